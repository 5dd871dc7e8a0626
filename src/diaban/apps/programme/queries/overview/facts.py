"""How many tasks stand on a day, read with two queries whatever their number; the overview pages only add them up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from django.db.models import Q, QuerySet

from diaban.apps.programme.models import Task, Turn
from diaban.apps.programme.queries.overview.states import Work, work_of

_TASK = ("pk", "parent", "plan", "kind", "lead", "unit", "post", "state", "current__state")
_TURN = ("task", "pk", "state", "due", "reported_on", "percent", "final")
DROPPED: Final = "dropped"  # the final state of a turn that nobody owes any more, in the workflow of tasks
Row = tuple[int, int, str, date | None, date | None, int, bool]


@dataclass(frozen=True, slots=True)
class Span:
    """Due days from `first` to `last`, both included; None: no bound."""

    first: date | None = None
    last: date | None = None

    def __bool__(self) -> bool:
        return self.first is not None or self.last is not None

    def condition(self) -> Q:
        """Return the condition on a turn's due day."""
        wanted = Q()
        if self.first is not None:
            wanted &= Q(due__gte=self.first)
        if self.last is not None:
            wanted &= Q(due__lte=self.last)
        return wanted


class Fact(NamedTuple):
    """How one task stands: by the most urgent of its open turns. Ids of the rows that it belongs to; `late`: days.

    A page makes thousands of them: a tuple takes a fifth of the time of a frozen dataclass.
    """

    task: int
    parent: int | None
    plan: int | None
    kind: str
    lead: int
    unit: int | None
    post: int | None
    work: Work
    turn: int | None = None
    step: str = ""
    due: date | None = None
    percent: int = 0
    late: int = 0


def facts(tasks: QuerySet[Task], on: date, span: Span | None = None) -> list[Fact]:
    """Return how each of `tasks` stands on `on`.

    With a `span`, only tasks that fall due in it, each as the turn stands that does: a month's page and the list that
    it leads to then count the same.
    """
    turns = Turn.objects.filter(task__in=tasks.order_by().values("pk"))
    turns = turns.filter(span.condition(), due__isnull=False) if span else turns.filter(final=False)
    found: dict[int, Row] = {}
    for row in turns.order_by().values_list(*_TURN):
        held = found.get(row[0])
        if held is None or _urgency(row) < _urgency(held):
            found[row[0]] = row
    rows = tasks.order_by().values_list(*_TASK)
    return [_fact(row, found.get(row[0]), on) for row in rows if not span or row[0] in found]


def _urgency(row: Row) -> tuple[bool, bool, date]:
    """Order the turns of one task: owed before reported before over, the oldest due day first."""
    return row[6], row[4] is not None, row[3] or date.max


def _fact(task: tuple[Any, ...], turn: Row | None, on: date) -> Fact:
    pk, parent, plan, kind, lead, unit, post, state, last = task
    over = state != Task.State.OPEN
    if turn is None:
        # Nothing is owed: it was done, or nobody has to do it, or its first time has not come.
        off = state == Task.State.CANCELLED or last == DROPPED
        work = Work.OFF if off else Work.DONE if last is not None or over else Work.COMING
        return Fact(pk, parent, plan, kind, lead, unit, post, work)
    _task, key, step, due, reported_on, percent, final = turn
    if final:
        work = Work.OFF if step == DROPPED else Work.DONE
    else:
        work = Work.OFF if over else work_of(due, reported_on is not None, on)
    late = (on - due).days if work is Work.LATE and due else 0
    return Fact(pk, parent, plan, kind, lead, unit, post, work, key, step, due, percent, late)


def counted(found: Iterable[Fact]) -> Counter[Work]:
    """Return how many of the tasks stand in each state."""
    return Counter(one.work for one in found)
