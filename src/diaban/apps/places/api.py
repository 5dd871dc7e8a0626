"""Units as they are on a day: public facts."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema

from diaban.adapters.clock import today
from diaban.apps.access import Permission
from diaban.apps.access.api import REFUSALS, Paging, asks
from diaban.apps.places import queries
from diaban.apps.places.models import Level
from diaban.core.units import territory

router = Router(tags=["units"])


class UnitOut(Schema):
    """A unit as it was on a day. `uid` names one territory for ever; a code names it only on that day."""

    uid: str
    name: str
    code: str
    kind: str
    level: str
    parent: str | None


class UnitPage(Schema):
    """Part of a list of units."""

    count: int
    items: list[UnitOut]


class UnitQuery(Paging):
    """Which units: those of a day, of one level, in the working area or everywhere."""

    on: date | None = Field(None, description="The day; today when left out.")
    level: Level = Field(Level.COMMUNE, description="province, district or commune.")
    everywhere: bool = Field(False, description="All units known, not only those of the working area.")


def _out(place: queries.Place) -> UnitOut:
    return UnitOut(
        uid=place.uid, name=place.name, code=place.code, kind=place.kind, level=place.level, parent=place.parent
    )


@router.get("/units", response={200: UnitPage, **REFUSALS}, summary="Units of a day")
@asks(Permission.UNIT_VIEW)
def units(request: HttpRequest, query: Annotated[UnitQuery, Query()]) -> UnitPage:  # noqa: ARG001
    """Return the units that exist on a day, by code."""
    on = query.on or today()
    found = queries.places(on, query.level)
    if not query.everywhere:
        area = queries.area_unit_ids(on)
        found = [place for place in found if place.id in area]
    part = found[query.offset : query.offset + query.limit]
    return UnitPage(count=len(found), items=[_out(place) for place in part])


@router.get("/units/{uid}", response={200: UnitOut, **REFUSALS}, summary="One unit")
@asks(Permission.UNIT_VIEW)
def unit(request: HttpRequest, uid: str, on: date | None = None) -> UnitOut:  # noqa: ARG001
    """Return the unit as it was on a day, or on its nearest day when it did not exist then."""
    held = queries.known()
    if uid not in held.register:
        raise Http404
    day = territory.nearest_day(held.register, uid, on or today())
    return _out(queries.place_of(held, held.register.spell(uid, day)))
