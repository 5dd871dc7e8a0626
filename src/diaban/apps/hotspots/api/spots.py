"""Hot-spots: list, one with its steps, opening, taking a step."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated

from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema, Status

from diaban.adapters.clock import now, today
from diaban.apps.access import Permission, rights_of
from diaban.apps.access.api import REFUSALS, Paging, as_cleared, asks
from diaban.apps.hotspots import actions, queries, traces
from diaban.apps.hotspots.api.base import Day, Line, Text, actor, unit_of, units_asked
from diaban.apps.hotspots.models import Form, Grade, Hotspot, Kind
from diaban.apps.hotspots.queries import HotspotFilter, hotspots_list, ordered_page, units_seen
from diaban.apps.hotspots.queries.lists import HOTSPOT_ORDERS
from diaban.apps.places import queries as places
from diaban.core.privacy import PrivacyClass

router = Router()


class SpotOut(Schema):
    """A hot-spot as it stands. Days are null while they have not come."""

    id: int
    code: str
    name: str
    kind: Kind
    grade: Grade
    form: Form
    state: str
    unit: str = Field(description="uid of the unit as of the last step that set it")
    unit_name: str
    address: str
    lon: float | None
    lat: float | None
    detected_on: date | None
    listed_on: date | None
    eliminated_on: date | None
    removed_on: date | None
    reformed_count: int
    watch_until: date | None
    updated_at: datetime


class StepOut(Schema):
    """One line of a hot-spot's life; `stands` is false for a line that was taken back."""

    seq: int
    verb: str
    on: date
    from_state: str
    to_state: str
    document: str
    decider: str
    reason: str
    stands: bool


class SpotDetail(SpotOut):
    """A hot-spot with its whole life."""

    steps: list[StepOut]


class SpotPage(Schema):
    """Part of a list of hot-spots; `count` is of what one sees."""

    count: int
    items: list[SpotOut]


class SpotQuery(Paging):
    """Which hot-spots."""

    q: Line = Field("", description="Words of code, name or address, with or without diacritics.")
    unit: Line = Field("", description="uid: what lies in this unit, over time.")
    kind: list[Kind] = []
    state: list[Line] = []


class SpotIn(Schema):
    """A new hot-spot with its first step."""

    name: Line
    unit: Line = Field(description="uid of the unit")
    kind: Kind
    grade: Grade
    verb: Line = Field("detect", description="detect, enlist or receive")
    on: Day
    document: Line
    decider: Line
    form: Form = Form.PLACE
    address: Line = ""
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-90, le=90)
    note: Text = ""


class StepIn(Schema):
    """A decision about a hot-spot."""

    verb: Line
    on: Day
    document: Line
    decider: Line
    reason: Text = ""
    evidence: Text = ""


def _out(spots: Iterable[Hotspot], on: date, cleared: frozenset[PrivacyClass]) -> list[SpotOut]:
    spots = list(spots)
    names = places.names({spot.unit_id for spot in spots}, on)
    uids = places.known().uids
    return [
        as_cleared(SpotOut, spot, cleared, unit=uids[spot.unit_id], unit_name=names[spot.unit_id]) for spot in spots
    ]


def _seen(request: HttpRequest, pk: int) -> Hotspot:
    spot = queries.spots_seen(rights_of(request)).filter(pk=pk).first()
    if spot is None:
        raise Http404
    return spot


def _detail(request: HttpRequest, spot: Hotspot) -> SpotDetail:
    cleared = rights_of(request).cleared
    (out,) = _out([spot], today(), cleared)
    lines = [as_cleared(StepOut, step, cleared) for step in spot.steps.order_by("seq")]
    return SpotDetail(steps=lines, **out.model_dump())


@router.get("/hotspots", response={200: SpotPage, **REFUSALS}, summary="Hot-spots within sight")
@asks(Permission.HOTSPOT_VIEW)
def hotspots(request: HttpRequest, query: Annotated[SpotQuery, Query()]) -> SpotPage:
    """Return hot-spots, those changed last first."""
    on, seen = today(), units_seen(rights_of(request), Permission.HOTSPOT_VIEW)
    asked = HotspotFilter(
        on=on,
        text=query.q,
        unit_ids=units_asked(query.unit, seen, on),
        kinds=tuple(query.kind),
        states=tuple(query.state),
    )
    rows = hotspots_list(asked)
    page = ordered_page(rows, "-cap_nhat", HOTSPOT_ORDERS, query.offset, query.offset + query.limit, on)
    count = rows.count()
    traces.looked(request, "hotspot", text=query.q, found=count, terms={"unit": query.unit} if query.unit else None)
    return SpotPage(count=count, items=_out(page, on, rights_of(request).cleared))


@router.get("/hotspots/{int:pk}", response={200: SpotDetail, **REFUSALS}, summary="One hot-spot with its steps")
@asks(Permission.HOTSPOT_VIEW)
def hotspot(request: HttpRequest, pk: int) -> SpotDetail:
    """Return one hot-spot; one out of sight is answered like one that does not exist."""
    spot = _seen(request, pk)
    traces.shown(request, spot)
    return _detail(request, spot)


@router.post("/hotspots", response={201: SpotDetail, **REFUSALS}, summary="Open a hot-spot")
@asks(Permission.HOTSPOT_RECORD)
def open_hotspot(request: HttpRequest, given: SpotIn) -> Status[SpotDetail]:
    """Open a hot-spot at a unit that one records for; every reason against it comes at once (422)."""
    values = given.model_dump()
    values["unit"] = unit_of(request, given.unit, Permission.HOTSPOT_RECORD)
    spot = actions.create_hotspot(by=actor(request), at=now(), **values)
    return Status(201, _detail(request, spot))


@router.post("/hotspots/{int:pk}/steps", response={201: SpotDetail, **REFUSALS}, summary="Take a step")
@asks(Permission.HOTSPOT_STEP)
def take_step(request: HttpRequest, pk: int, given: StepIn) -> Status[SpotDetail]:
    """Take a step of the workflow that needs no other unit and no other hot-spot; reasons against it come at once."""
    spot = actions.take_step(
        hotspot=_seen(request, pk), decision=actions.Decision(**given.model_dump()), by=actor(request), at=now()
    )
    return Status(201, _detail(request, spot))
