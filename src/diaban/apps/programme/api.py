"""Tasks over the API: lists, one task, progress, evidence (a document or a figure), reports."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema

from diaban.adapters.clock import now, today
from diaban.apps.access import AccessRefused, Permission, rights_of
from diaban.apps.access.api import REFUSALS, Paging, asks
from diaban.apps.hotspots.api.base import Day, Line, Text, actor
from diaban.apps.places import queries as places
from diaban.apps.programme import actions
from diaban.apps.programme.models import Task, Turn
from diaban.apps.programme.queries.page import found_tasks
from diaban.apps.programme.queries.sight import may, seats_of
from diaban.core.lifecycle.steps import Part

router = Router(tags=["tasks"])
Money = Annotated[int, Field(ge=0, le=10**15)]
Seq = Annotated[int, Field(ge=1, le=32_000)]
Code = Annotated[str, Field(max_length=24, pattern=r"^[A-Za-z0-9-]+$")]


class TurnOut(Schema):
    """One time that a task falls due. `first_due`: the deadline as it was first given; `due`: with extensions."""

    seq: int
    label: str
    first_day: date
    due: date | None
    first_due: date | None
    state: str
    final: bool
    percent: int
    reported_on: date | None
    done_on: date | None


class TaskOut(Schema):
    """A task. `unit` is the uid of the commune, null at the province; `current` the earliest turn that is owed."""

    code: str
    kind: str
    state: str
    title: str
    product: str
    lead: str
    others: list[str]
    unit: str | None
    unit_name: str
    post: str
    parent: str | None
    plan: str | None
    starts: date
    due: date | None
    regime: str
    grain: str
    budget: int | None
    spent: int
    current: TurnOut | None


class TaskWhole(TaskOut):
    """A task with its turns, the newest first."""

    words: str
    turns: list[TurnOut]


class TaskPage(Schema):
    """Part of a list; `count` is of all the tasks asked for that one sees."""

    count: int
    items: list[TaskOut]


class TasksAsked(Paging):
    """What is asked for; nothing given asks for every task within sight."""

    unit: str = Field("", max_length=40, description="uid of a unit")
    lead: str = Field("", max_length=60, description="code of an agency")
    plan: str = Field("", max_length=60, description="code of a plan")
    state: Literal["", "open", "ended", "cancelled"] = ""
    late: bool = Field(False, description="only what is owed and past its deadline")


class ProgressIn(Schema):
    """How far the work is; at least one of percent, words, spent. `spent`: đồng since the last time."""

    percent: int | None = Field(None, ge=0, le=100)
    words: Text = ""
    spent: Money | None = None
    document: Line = ""


class ReportIn(Schema):
    """The work is done."""

    words: Text = ""
    spent: Money | None = None
    document: Line = ""


class EvidenceIn(Schema):
    """A document or a figure; files and hot-spots are added on the page."""

    kind: Literal["document", "figure"]
    words: Annotated[str, Field(max_length=400, pattern=r"^[^\x00]*$")]
    document: Line = ""
    document_on: Day | None = None
    amount: Decimal | None = Field(None, max_digits=16, decimal_places=4)
    measure: Annotated[str, Field(max_length=40, pattern=r"^[^\x00]*$")] = ""


PLAIN = ("code", "kind", "state", "title", "product", "starts", "due", "regime", "grain", "budget", "spent")


def _turn(turn: Turn | None) -> TurnOut | None:
    return TurnOut.from_orm(turn) if turn else None


def _told(task: Task, names: dict[int, str]) -> dict[str, object]:
    return {
        **{name: getattr(task, name) for name in PLAIN},
        "lead": task.lead.code,
        "others": [one.agency.code for one in task.co.all()],
        "unit": task.unit.uid if task.unit else None,
        "unit_name": names.get(task.unit_id or 0, ""),
        "post": task.post.title if task.post else "",
        "plan": task.plan.code if task.plan else None,
        "current": _turn(task.current),
    }  # fmt: skip


def _parents(request: HttpRequest, tasks: list[Task]) -> dict[int, str]:
    """Return the codes of the tasks above that one sees."""
    ids = {task.parent_id for task in tasks if task.parent_id}
    return dict(found_tasks(rights_of(request)).filter(pk__in=ids).values_list("pk", "code"))


def _seen(request: HttpRequest, code: str) -> Task:
    task = found_tasks(rights_of(request)).filter(code=code).first()
    if task is None:
        raise Http404
    return task


def _turn_to_work(request: HttpRequest, code: str, seq: int) -> Turn:
    """Return a turn that one may work on: 404 out of sight, 403 where others do the work."""
    task = _seen(request, code)
    verdict = may(Part.CARRIES_OUT, task, rights=rights_of(request), seats=seats_of(actor(request), today()))
    if not verdict.allowed:
        raise AccessRefused(verdict)
    turn = task.turns.filter(seq=seq).first()
    if turn is None:
        raise Http404
    return turn


def _answer(turn: Turn) -> TurnOut:
    turn.refresh_from_db()
    return TurnOut.from_orm(turn)


@router.get("/tasks", response={200: TaskPage, **REFUSALS}, summary="Tasks")
@asks(Permission.TASK_VIEW)
def tasks(request: HttpRequest, query: Annotated[TasksAsked, Query()]) -> TaskPage:
    """Return the tasks that one sees, by code."""
    rows = found_tasks(rights_of(request))
    for column, value in (("unit__uid", query.unit), ("lead__code", query.lead), ("plan__code", query.plan),
                          ("state", query.state)):  # fmt: skip
        if value:
            rows = rows.filter(**{column: value})
    if query.late:
        rows = rows.filter(current__final=False, current__reported_on__isnull=True, current__due__lt=today())
    part = list(rows.order_by("code")[query.offset : query.offset + query.limit])
    names = places.names({task.unit_id for task in part if task.unit_id}, today())
    above = _parents(request, part)
    items = [TaskOut(**_told(task, names), parent=above.get(task.parent_id or 0)) for task in part]  # type: ignore[arg-type]
    return TaskPage(count=rows.count(), items=items)


@router.get("/tasks/{code}", response={200: TaskWhole, **REFUSALS}, summary="One task")
@asks(Permission.TASK_VIEW)
def task(request: HttpRequest, code: Code) -> TaskWhole:
    """Return one task with its turns; one out of sight is answered like one that is not there."""
    found = _seen(request, code)
    names = places.names([found.unit_id], today()) if found.unit_id else {}
    return TaskWhole(
        **_told(found, names),  # type: ignore[arg-type]
        parent=_parents(request, [found]).get(found.parent_id or 0),
        words=found.words,
        turns=[TurnOut.from_orm(one) for one in found.turns.order_by("-seq")],
    )


@router.post("/tasks/{code}/turns/{int:seq}/progress", response={200: TurnOut, **REFUSALS}, summary="Progress")
@asks(Permission.TASK_REPORT)
def progress(request: HttpRequest, code: Code, seq: Seq, given: ProgressIn) -> TurnOut:
    """Say how far the work is."""
    turn = _turn_to_work(request, code, seq)
    return _answer(actions.progress(turn=turn, by=actor(request), at=now(), **given.dict()))


@router.post("/tasks/{code}/turns/{int:seq}/evidence", response={200: TurnOut, **REFUSALS}, summary="Add evidence")
@asks(Permission.TASK_REPORT)
def evidence(request: HttpRequest, code: Code, seq: Seq, given: EvidenceIn) -> TurnOut:
    """Add a document or a figure as evidence."""
    turn = _turn_to_work(request, code, seq)
    actions.add_evidence(turn=turn, given=actions.Shown(**given.dict()), by=actor(request), at=now())
    return _answer(turn)


@router.post("/tasks/{code}/turns/{int:seq}/report", response={200: TurnOut, **REFUSALS}, summary="Report done")
@asks(Permission.TASK_REPORT)
def report(request: HttpRequest, code: Code, seq: Seq, given: ReportIn) -> TurnOut:
    """Say that the work is done; somebody else confirms it."""
    turn = _turn_to_work(request, code, seq)
    return _answer(actions.report_done(turn=turn, by=actor(request), at=now(), **given.dict()))
