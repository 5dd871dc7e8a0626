"""What is done to an account asks whoever calls it whether the whole account is theirs to manage."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from cast import play
from diaban.apps.access import AccessRefused, House
from diaban.apps.accounts import actions as accounts
from diaban.apps.accounts.keys import actions as keys
from diaban.apps.accounts.models import User
from diaban.apps.audit.models import Event
from diaban.apps.places import actions as place_actions

AT = datetime(2026, 11, 23, 3, tzinfo=UTC)
ACTS: dict[str, Callable[..., object]] = {
    "code": lambda by, of: accounts.issue_activation(user=of, by=by, at=AT),
    "close": lambda by, of: accounts.close_account(user=of, by=by, at=AT),
    "reopen": lambda by, of: accounts.reopen_account(user=of, by=by, at=AT),
    "factors": lambda by, of: keys.reset(of=of, by=by, at=AT),
}


@pytest.mark.django_db
@pytest.mark.parametrize("act", ACTS)
def test_who_serves_here_and_reaches_further_is_not_the_units(act: str) -> None:
    place_actions.load_catalogue(by=House("test"), at=AT)
    van, an = play("van"), play("an")
    User.objects.filter(pk=an.pk).update(unit=van.unit)
    before = Event.objects.count()
    with pytest.raises(AccessRefused):
        ACTS[act](van, User.objects.get(pk=an.pk))
    with pytest.raises(AccessRefused):
        ACTS[act](van, van)
    assert Event.objects.count() == before
    ACTS[act](House("test"), User.objects.get(pk=an.pk))
