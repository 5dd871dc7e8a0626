"""Who a user name belongs to, for pages that tell who did something."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext

from diaban.apps.accounts.models import User
from diaban.apps.places import queries as places
from diaban.core.policy import ROLES
from diaban.core.privacy import MASK, PrivacyClass, visible


def people(usernames: Iterable[str], *, cleared: frozenset[PrivacyClass]) -> dict[str, str]:
    """Return each user name with the person's name before it: "Nguyễn Văn An (nvan)". One query.

    A name that is no account (the set-up, the command line, an account that ended) stays as it is. Whoever is not
    cleared for officers' data gets the mask for every one of them.
    """
    wanted = set(usernames)
    if not visible(PrivacyClass.OFFICER, cleared):
        return dict.fromkeys(wanted, MASK)
    known = dict(User.objects.filter(username__in=wanted).values_list("username", "full_name"))
    return {name: f"{known[name]} ({name})" if known.get(name) else name for name in wanted}


def my_posts(user: User, on: date) -> list[tuple[str, str, date | None, str]]:
    """Return the posts in force on `on`, one's own and those lent: role, unit, last day, who lent it (or nothing)."""
    own = [(row, "", row.last_day) for row in user.assignments.all()]
    lent = user.delegations_received.filter(start__lte=on, end__gt=on).select_related("assignment__user")
    rows = own + [(one.assignment, str(one.assignment.user), one.last_day) for one in lent]
    held = [one for one in rows if one[0].in_force(on)]
    names = places.names([row.unit_id for row, _giver, _until in held if row.unit_id is not None], on)
    return [
        (
            gettext(ROLES[row.role].title),
            names[row.unit_id] if row.unit_id is not None else gettext("Toàn địa bàn"),
            until,
            giver,
        )
        for row, giver, until in held
    ]


def unit_name(user: User, on: date) -> str:
    """Return the name, on `on`, of the unit that the officer serves in; nothing when none is set."""
    return places.names([user.unit_id], on)[user.unit_id] if user.unit_id is not None else ""
