"""The yearly review over the API: reviews, units in one, declaring figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, cast

from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema
from pydantic import StringConstraints

from diaban.adapters.clock import now
from diaban.apps.access import Permission, rights_of
from diaban.apps.access.api import REFUSALS, Paging, asks
from diaban.apps.accounts.models import User
from diaban.apps.localities import actions, figures
from diaban.apps.localities.models import Cycle, LocalityClass, Stage, Standing
from diaban.apps.localities.queries import standings
from diaban.apps.localities.queries.standings import Row

router = Router(tags=["review"])
Line = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True, pattern=r"^[^\x00]*$")]
Year = Annotated[int, Field(ge=1, le=9999)]


class ReviewOut(Schema):
    """A cycle: 15/12 of the year before to 14/12."""

    year: int
    first_day: date
    last_day: date
    state: str


class StandingOut(Schema):
    """A unit in a review. `figures` holds what was declared; null is "not reported", never zero."""

    unit: str
    unit_name: str
    code: str
    stage: Stage
    proposed_class: LocalityClass
    decided_class: str
    missing: list[str]
    figures: dict[str, int | str | None]


class StandingPage(Schema):
    """Part of a review; `count` is of the units that one sees."""

    count: int
    items: list[StandingOut]


class FiguresIn(Schema):
    """Figures to declare: those not named stay as they are, null means not reported any more."""

    figures: dict[Line, int | Line | None]
    declared_by: Line = Field(description="a post or an agency, not a person")
    document: Annotated[str, StringConstraints(max_length=120, pattern=r"^[^\x00]*$")] = ""
    reason: Line = Field("", description="needed after the cut-off: the change is an adjustment")


def _cycle(year: int) -> Cycle:
    found = Cycle.objects.filter(year=year).first()
    if found is None:
        raise Http404
    return found


def _out(row: Row) -> StandingOut:
    declared: Mapping[str, Any] = {
        code: figures.as_json(getattr(row.declaration, code, None)) for code in figures.CODES
    }
    return StandingOut(
        unit=row.place.uid,
        unit_name=row.place.name,
        code=row.place.code,
        stage=Stage(row.standing.stage),
        proposed_class=LocalityClass(row.standing.proposed_class),
        decided_class=row.decided_class,
        missing=list(row.missing),
        figures=dict(declared),
    )


def _row(request: HttpRequest, cycle: Cycle, uid: str) -> Row:
    named = Standing.objects.filter(cycle=cycle, unit__uid=uid)
    unit = rights_of(request).visible(named, Permission.REVIEW_VIEW).values_list("unit_id", flat=True).first()
    if unit is None:
        raise Http404
    return standings(cycle, [unit])[0]


@router.get("/reviews", response={200: list[ReviewOut], **REFUSALS}, summary="Reviews")
@asks(Permission.REVIEW_VIEW)
def reviews(request: HttpRequest) -> list[ReviewOut]:  # noqa: ARG001
    """Return the reviews, the newest first."""
    return [ReviewOut.from_orm(cycle) for cycle in Cycle.objects.order_by("-year")]


@router.get("/reviews/{int:year}/units", response={200: StandingPage, **REFUSALS}, summary="Units of a review")
@asks(Permission.REVIEW_VIEW)
def review_units(request: HttpRequest, year: Year, query: Annotated[Paging, Query()]) -> StandingPage:
    """Return the units of a review that one sees, by name."""
    rows = standings(_cycle(year), rights_of(request).units(Permission.REVIEW_VIEW))
    rows.sort(key=lambda row: (row.place.order, row.place.code))
    part = rows[query.offset : query.offset + query.limit]
    return StandingPage(count=len(rows), items=[_out(row) for row in part])


@router.get("/reviews/{int:year}/units/{uid}", response={200: StandingOut, **REFUSALS}, summary="One unit of a review")
@asks(Permission.REVIEW_VIEW)
def review_unit(request: HttpRequest, year: Year, uid: str) -> StandingOut:
    """Return one unit of a review; one out of sight is answered like one that is not in it."""
    return _out(_row(request, _cycle(year), uid))


@router.put(
    "/reviews/{int:year}/units/{uid}/figures", response={200: StandingOut, **REFUSALS}, summary="Declare figures"
)
@asks(Permission.FIGURES_DECLARE)
def declare(request: HttpRequest, year: Year, uid: str, given: FiguresIn) -> StandingOut:
    """Declare figures of one unit; the proposal is computed anew."""
    cycle = _cycle(year)
    row = _row(request, cycle, uid)
    if strange := sorted(set(given.figures) - set(figures.CODES)):
        raise figures.BadFigure(strange[0], "không có số liệu này")
    actions.declare(
        cycle=cycle,
        unit=row.standing.unit,
        values=given.figures,
        by=cast(User, request.user),
        at=now(),
        declared_by=given.declared_by,
        document=given.document,
        reason=given.reason,
    )
    return _out(_row(request, cycle, uid))
