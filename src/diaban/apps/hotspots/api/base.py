"""What the endpoints of the registers share."""

from __future__ import annotations

from datetime import date
from typing import Annotated, cast

from django.http import Http404, HttpRequest
from pydantic import AfterValidator, StringConstraints

from diaban.apps.access import Permission, rights_of
from diaban.apps.accounts.models import User
from diaban.apps.hotspots.queries import UnitIds, both
from diaban.apps.places import queries as places
from diaban.apps.places.models import Unit


def _clean(text: str) -> str:
    """Refuse what no database keeps and no person types."""
    if "\x00" in text:
        raise ValueError("NUL")
    return text


Line = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True), AfterValidator(_clean)]
Text = Annotated[str, StringConstraints(max_length=4000, strip_whitespace=True), AfterValidator(_clean)]
FIRST, LAST = date(1976, 1, 1), date(2199, 12, 31)


def sane(day: date) -> date:
    """Refuse days that no register of units reaches."""
    if not FIRST <= day <= LAST:
        raise ValueError(f"{FIRST.isoformat()} … {LAST.isoformat()}")
    return day


Day = Annotated[date, AfterValidator(sane)]


def actor(request: HttpRequest) -> User:
    """Return who is signed in; the API answers nobody else."""
    return cast(User, request.user)


def unit_of(request: HttpRequest, uid: str, permission: Permission) -> Unit:
    """Return the unit for which one holds `permission`, or answer 404: elsewhere there is nothing to write to."""
    unit = places.unit_by_uid(uid)
    ids = rights_of(request).units(permission)
    if unit is None or (ids is not None and unit.pk not in ids):
        raise Http404
    return unit


def units_asked(uid: str, seen: UnitIds, on: date) -> UnitIds:
    """Return the units within sight that lie in the unit with this uid (empty: no narrower); nothing for a stranger."""
    if not uid:
        return seen
    unit = places.unit_by_uid(uid)
    return both(places.scope_unit_ids(unit, on) if unit else frozenset(), seen)
