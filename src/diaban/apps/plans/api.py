"""Plans over the API: the list, and one plan with its clauses, targets and tasks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema

from diaban.apps.access import Permission, rights_of
from diaban.apps.access.api import REFUSALS, Paging, asks
from diaban.apps.plans import queries
from diaban.apps.plans.drafts import draft_of
from diaban.apps.plans.models import Indicator, Mark
from diaban.apps.plans.queries.lists import Line, lines, ordered
from diaban.core.drafting import Piece, settled

router = Router(tags=["plan"])


class PlanOut(Schema):
    """A plan with the version that counts: the one in force, else the newest. `unit` null: of the whole area."""

    code: str
    name: str
    kind: str = Field(description="plan, programme or registration")
    unit: str | None
    parent: str | None = Field(description="code of the plan that this one carries out")
    starts: date | None
    ends: date | None
    version: int
    state: str = Field(description="draft, in_force, superseded or ended")
    number: str
    date: date | None
    clauses: int


class PlanPage(Schema):
    """Part of the list; `count` is of the plans that one sees."""

    count: int
    items: list[PlanOut]


class TargetOut(Schema):
    """A target; `value` null: the kind needs none, or the text gives none. `reading`: code of the clause's reading."""

    kind: str = Field(description="floor, floor_strict, ceiling, coverage, growth_cap, zero, must_rise …")
    indicator: str | None
    value: Decimal | None
    upper: Decimal | None
    unit: str
    against: str
    by: str
    words: str
    reading: str
    status: Mark


class DutyOut(Schema):
    """A task as the plan words it."""

    title: str
    lead: int | None = Field(description="id of the leading agency")
    level: str
    due: date | None
    grain: str
    deadline: str
    product: str
    status: Mark


class ReadingOut(Schema):
    """One way to understand a clause."""

    code: str
    title: str
    text: str


class ClauseOut(Schema):
    """A clause. `key` stays the same through amendments; `settled`: it is known what becomes of it."""

    key: int
    path: str
    mark: str
    text: str
    heading: bool
    uncertain: bool
    settled: bool
    no_measure: str
    agencies: list[str]
    readings: list[ReadingOut]
    targets: list[TargetOut]
    duties: list[DutyOut]


class PlanWhole(PlanOut):
    """A plan with its text's structure."""

    title: str
    issuer: str
    notes: list[str]
    content: list[ClauseOut]


def _out(line: Line) -> PlanOut:
    plan, version = line.plan, line.version
    return PlanOut(
        code=plan.code,
        name=plan.name,
        kind=plan.kind,
        unit=plan.unit.uid if plan.unit else None,
        parent=plan.parent.code if plan.parent else None,
        starts=plan.starts,
        ends=plan.ends,
        version=version.seq,
        state=version.state,
        number=version.number,
        date=version.date,
        clauses=line.clauses,
    )


@router.get("/plans", response={200: PlanPage, **REFUSALS}, summary="Plans")
@asks(Permission.PLAN_VIEW)
def plans(request: HttpRequest, query: Annotated[Paging, Query()]) -> PlanPage:
    """Return the plans that one sees, the latest to begin first."""
    ids = ordered(queries.visible_plans(rights_of(request)), "-starts")
    part = ids[query.offset : query.offset + query.limit]
    return PlanPage(
        count=len(ids), items=[_out(line) for line in lines(part, queries.visible_versions(rights_of(request)))]
    )


@router.get("/plans/{code}", response={200: PlanWhole, **REFUSALS}, summary="One plan")
@asks(Permission.PLAN_VIEW)
def plan(request: HttpRequest, code: str) -> PlanWhole:
    """Return one plan with its clauses, targets and tasks; one out of sight is answered like one that is not there."""
    found = queries.visible_plans(rights_of(request)).filter(code=code).first()
    shown = lines([found.pk], queries.visible_versions(rights_of(request))) if found else []
    if not shown:
        raise Http404
    line = shown[0]
    draft = draft_of(line.version)
    paths, served = draft.paths(), draft.served()
    codes = dict(Indicator.objects.values_list("pk", "code"))
    content = [_clause(piece, paths[piece.id], served, codes) for piece in draft.pieces]
    version = line.version
    return PlanWhole(
        **_out(line).dict(), title=version.title, issuer=version.issuer, notes=version.notes, content=content
    )


def _clause(piece: Piece, path: str, served: frozenset[int], codes: dict[int, str]) -> ClauseOut:
    return ClauseOut(
        key=piece.stem or piece.id,
        path=path,
        mark=piece.mark,
        text=piece.text,
        heading=piece.heading,
        uncertain=piece.uncertain,
        settled=settled(piece, served),
        no_measure=piece.no_measure,
        agencies=[one.name for one in piece.named],
        readings=[ReadingOut(code=one.code, title=one.title, text=one.text) for one in piece.readings],
        targets=[
            TargetOut(
                kind=one.kind,
                indicator=codes.get(one.indicator or 0),
                value=one.value,
                upper=one.upper,
                unit=one.measure,
                against=one.against,
                by=one.by,
                words=one.words,
                reading=one.reading,
                status=Mark(one.status.value),
            )
            for one in piece.goals
        ],
        duties=[
            DutyOut(
                title=one.title,
                lead=one.lead,
                level=one.level,
                due=one.due,
                grain=one.grain,
                deadline=one.deadline,
                product=one.product,
                status=Mark(one.status.value),
            )
            for one in piece.duties
        ],
    )
