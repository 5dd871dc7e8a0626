"""What of the registers somebody sees: every page, list, look-up and file starts from these, never from the tables."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from diaban.apps.access import Permission, Rights
from diaban.apps.hotspots.models import Hotspot, Incident, Route, RouteUnit

UnitIds = frozenset[int] | None
"""Ids of units of any date; None = no limit."""


def both(one: UnitIds, other: UnitIds) -> UnitIds:
    """Return the units that are in both; None when neither is a limit."""
    if one is None or other is None:
        return other if one is None else one
    return one & other


def units_seen(rights: Rights, *permissions: Permission) -> UnitIds:
    """Return the units in which all of `permissions` hold; None when there is no limit."""
    found: UnitIds = None
    for permission in permissions:
        found = both(found, rights.units(permission))
    return found


def of_units(unit_ids: UnitIds, column: str = "unit") -> Q:
    """Return the condition that a row is recorded in one of the units."""
    return Q() if unit_ids is None else Q(**{f"{column}__in": unit_ids})


def spots_seen(rights: Rights) -> QuerySet[Hotspot]:
    """Return the hot-spots that somebody with these rights sees, void ones included."""
    return rights.visible(Hotspot.objects.all(), Permission.HOTSPOT_VIEW)


def incidents_seen(rights: Rights) -> QuerySet[Incident]:
    """Return the incidents that somebody with these rights sees, void ones included."""
    return rights.visible(Incident.everything.all(), Permission.INCIDENT_VIEW)


def routes_seen(rights: Rights, *needed: Permission) -> QuerySet[Route]:
    """Return the key routes of which at least one unit is within sight, void ones included.

    A route is one record: whoever sees it sees its whole course. `needed`: permissions to hold there besides.
    """
    units = units_seen(rights, Permission.ROUTE_VIEW, *needed)
    if units is None:
        return Route.everything.all()
    return Route.everything.filter(pk__in=RouteUnit.objects.filter(unit__in=units).values("route"))


def sees_spot(rights: Rights, hotspot_id: int | None) -> bool:
    """Say whether somebody sees this hot-spot; nobody sees one that is not there."""
    return hotspot_id is not None and spots_seen(rights).filter(pk=hotspot_id).exists()


def codes_seen(rights: Rights, hotspot_ids: Iterable[int]) -> dict[int, str]:
    """Return the codes of those of the hot-spots that somebody sees."""
    return dict(spots_seen(rights).filter(pk__in=set(hotspot_ids)).values_list("pk", "code"))
