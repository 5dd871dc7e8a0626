"""What a page asks of the policy: the record that is seen, the act that is allowed, the buttons that are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from diaban.apps.access import AccessRefused, Permission, rights_of
from diaban.apps.hotspots import listing, queries
from diaban.apps.hotspots.models import Hotspot, Incident, Route
from diaban.apps.hotspots.queries import UnitIds
from diaban.apps.places.queries import Place
from diaban.apps.places.scope import Scope

# Name in a template -> what the button behind it asks.
BUTTONS: Final[Mapping[str, Permission]] = {
    "see_spots": Permission.HOTSPOT_VIEW,
    "see_incidents": Permission.INCIDENT_VIEW,
    "see_series": Permission.SERIES_VIEW,
    "record": Permission.HOTSPOT_RECORD,
    "step": Permission.HOTSPOT_STEP,
    "record_incident": Permission.INCIDENT_RECORD,
    "void": Permission.RECORD_VOID,
    "set_route": Permission.ROUTE_SET,
    "set_values": Permission.VALUES_SET,
    "import": Permission.REGISTER_IMPORT,
    "export": Permission.REGISTER_EXPORT,
    "read_journal": Permission.AUDIT_VIEW,
}


def spot_seen(request: HttpRequest, pk: int) -> Hotspot:
    """Return the hot-spot; 404 when it is out of sight, as when there is none."""
    return get_object_or_404(queries.spots_seen(rights_of(request)).select_related("merged_into", "unit"), pk=pk)


def incident_seen(request: HttpRequest, pk: int) -> Incident:
    """Return the incident, void or not; 404 when it is out of sight, as when there is none."""
    incidents = queries.incidents_seen(rights_of(request))
    return get_object_or_404(incidents.select_related("hotspot", "unit", "voided_by"), pk=pk)


def route_seen(request: HttpRequest, pk: int) -> Route:
    """Return the key route, void or not; 404 when it is out of sight, as when there is none."""
    return get_object_or_404(queries.routes_seen(rights_of(request)).select_related("voided_by"), pk=pk)


def ask(request: HttpRequest, permission: Permission, *unit_ids: int) -> None:
    """Raise `AccessRefused` (403) unless the person may do this at all of the units, or in the whole area without any.

    The action asks again.
    """
    for unit_id in unit_ids or (None,):
        verdict = rights_of(request).can(permission, unit=unit_id)
        if not verdict.allowed:
            raise AccessRefused(verdict)


def may(request: HttpRequest, *unit_ids: int) -> dict[str, bool]:
    """Return which buttons the person may press at all of the units; without a unit, anywhere."""
    rights = rights_of(request)
    if not unit_ids:
        return {name: rights.holds(permission) for name, permission in BUTTONS.items()}
    return {
        name: all(rights.can(permission, unit=unit_id).allowed for unit_id in unit_ids)
        for name, permission in BUTTONS.items()
    }


def seen(request: HttpRequest, *permissions: Permission) -> UnitIds:
    """Return the units in which the person holds all of `permissions`; None = everywhere."""
    return queries.units_seen(rights_of(request), *permissions)


def offered(request: HttpRequest, scope: Scope, permission: Permission) -> list[Place]:
    """Return the communes that a form offers: those in which the person may do this."""
    return listing.communes_within(scope, seen(request, permission))


def preset(request: HttpRequest, communes: list[Place]) -> str:
    """Return the uid of the commune that a form begins with: one's own, or the only one that there is to choose."""
    own = getattr(request.user, "unit", None)
    uids = [place.uid for place in communes]
    if len(uids) == 1:
        return uids[0]
    return next((uid for uid in uids if own is not None and own.uid == uid), "")
