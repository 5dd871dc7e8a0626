"""Incidents: list, one, recording."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema, Status

from diaban.adapters.clock import now, today
from diaban.apps.access import Permission, rights_of
from diaban.apps.access.api import REFUSALS, Paging, as_cleared, asks
from diaban.apps.hotspots import actions, queries, traces
from diaban.apps.hotspots.api.base import Day, Line, Text, actor, unit_of, units_asked
from diaban.apps.hotspots.models import Incident, IncidentKind, Source
from diaban.apps.hotspots.queries import IncidentFilter, incidents_list, ordered_page, sees_spot, units_seen
from diaban.apps.hotspots.queries.lists import INCIDENT_ORDERS
from diaban.apps.places import queries as places

router = Router()
Count = Annotated[int | None, Field(ge=0, le=2_000_000_000)]


class IncidentOut(Schema):
    """An event on a day at a place. A count that is null was not reported; `hotspot` is null also when out of sight."""

    id: int
    code: str
    on: date
    unit: str
    unit_name: str
    kind: IncidentKind
    source: Source
    place: str
    lon: float | None
    lat: float | None
    hotspot: int | None
    cases: int | None
    arrested: int | None
    prosecuted: int | None
    fined: int | None
    no_suspect: bool


class IncidentPage(Schema):
    """Part of a list of incidents; `count` is of what one sees."""

    count: int
    items: list[IncidentOut]


class IncidentQuery(Paging):
    """Which incidents; days are included on both sides."""

    q: Line = ""
    unit: Line = Field("", description="uid: what lies in this unit, over time.")
    kind: list[IncidentKind] = []
    source: list[Source] = []
    first: Day | None = None
    last: Day | None = None
    hotspot: int | None = Field(None, ge=0, le=2**62)


class IncidentIn(Schema):
    """A new incident. No names, no numbers of persons."""

    on: Day
    unit: Line = Field(description="uid of the unit")
    kind: IncidentKind
    source: Source
    place: Line = ""
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-90, le=90)
    cases: Count = None
    arrested: Count = None
    prosecuted: Count = None
    fined: Count = None
    no_suspect: bool = False
    note: Text = ""


def _out(request: HttpRequest, incidents: Iterable[Incident], on: date) -> list[IncidentOut]:
    incidents = list(incidents)
    names = places.names({one.unit_id for one in incidents}, on)
    uids = places.known().uids
    spots = queries.codes_seen(rights_of(request), (one.hotspot_id for one in incidents if one.hotspot_id))
    cleared = rights_of(request).cleared
    return [
        as_cleared(
            IncidentOut,
            one,
            cleared,
            unit=uids[one.unit_id],
            unit_name=names[one.unit_id],
            hotspot=one.hotspot_id if one.hotspot_id in spots else None,
        )
        for one in incidents
    ]


@router.get("/incidents", response={200: IncidentPage, **REFUSALS}, summary="Incidents within sight")
@asks(Permission.INCIDENT_VIEW)
def incidents(request: HttpRequest, query: Annotated[IncidentQuery, Query()]) -> IncidentPage:
    """Return incidents, the newest first."""
    rights, on = rights_of(request), today()
    spot = query.hotspot
    asked = IncidentFilter(
        on=on,
        text=query.q,
        unit_ids=units_asked(query.unit, units_seen(rights, Permission.INCIDENT_VIEW), on),
        kinds=tuple(query.kind),
        sources=tuple(query.source),
        first=query.first,
        last=query.last,
        hotspot_id=spot if spot is None or sees_spot(rights, spot) else 0,
    )
    rows = incidents_list(asked)
    page = ordered_page(rows, "-ngay", INCIDENT_ORDERS, query.offset, query.offset + query.limit, on)
    count = rows.count()
    traces.looked(request, "incident", text=query.q, found=count, terms={"unit": query.unit} if query.unit else None)
    return IncidentPage(count=count, items=_out(request, page, on))


@router.get("/incidents/{int:pk}", response={200: IncidentOut, **REFUSALS}, summary="One incident")
@asks(Permission.INCIDENT_VIEW)
def incident(request: HttpRequest, pk: int) -> IncidentOut:
    """Return one incident; one out of sight is answered like one that does not exist."""
    found = queries.incidents_seen(rights_of(request)).filter(pk=pk).first()
    if found is None:
        raise Http404
    traces.shown(request, found)
    return _out(request, [found], today())[0]


@router.post("/incidents", response={201: IncidentOut, **REFUSALS}, summary="Record an incident")
@asks(Permission.INCIDENT_RECORD)
def record_incident(request: HttpRequest, given: IncidentIn) -> Status[IncidentOut]:
    """Record an incident at a unit that one records for; every reason against it comes at once (422)."""
    values = given.model_dump()
    values["unit"] = unit_of(request, given.unit, Permission.INCIDENT_RECORD)
    made = actions.record_incident(by=actor(request), at=now(), **values)
    return Status(201, _out(request, [made], today())[0])
