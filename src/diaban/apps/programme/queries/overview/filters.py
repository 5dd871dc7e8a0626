"""What a list of tasks is narrowed to: the same conditions behind every number and the list that it leads to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet

from diaban.apps.plans.models import Clause, Plan
from diaban.apps.programme.models import Task, TaskClause, TaskParty
from diaban.apps.programme.queries.overview.facts import Fact, Span
from diaban.apps.programme.queries.overview.states import Work
from diaban.core.text import fold

LEADS, JOINS = "chu_tri", "phoi_hop"
PROVINCE, COMMUNE = "tinh", "xa"


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """The conditions of a list; an empty one is no condition.

    `clauses` are ids of the first form of a clause; `unit_ids` are of any date. `works`, `steps` and `late_over` (days)
    ask how a task stands and are looked at after the rows are read. `own`
    and `only` are the reader's own part, and what waits for their hand.
    """

    on: date
    text: str = ""
    plan: int | None = None
    clauses: tuple[int, ...] = ()
    agency: int | None = None
    part: str = ""
    unit_ids: frozenset[int] | None = None
    level: str = ""
    kind: str = ""
    parent: int | None = None
    post: int | None = None
    no_post: bool = False
    own: Q | None = None
    only: frozenset[int] | None = None
    span: Span = field(default_factory=Span)
    works: frozenset[Work] = frozenset()
    steps: frozenset[str] = frozenset()
    late_over: int = 0

    def fits(self, fact: Fact) -> bool:
        """Tell whether a task stands as asked."""
        if self.works and fact.work not in self.works:
            return False
        if self.steps and fact.step not in self.steps:
            return False
        return not self.late_over or fact.late > self.late_over


def of_plan(plan: Plan | int) -> Q:
    """Return the condition that a task belongs to a plan: made for it, or carrying out one of its sentences."""
    linked = TaskClause.objects.filter(clause__version__plan=plan).values("task")
    return Q(plan=plan) | Q(pk__in=linked) | Q(parent__in=linked)


def of_clauses(stems: tuple[int, ...]) -> Q:
    """Return the condition that a task, or the task above it, carries out one of the clauses."""
    linked = TaskClause.objects.filter(clause__in=stems).values("task")
    return Q(pk__in=linked) | Q(parent__in=linked)


def of_agency(agency: int, part: str = "") -> Q:
    """Return the condition that an agency leads a task or co-ordinates in it; `part` asks for one of the two."""
    joins = Q(pk__in=TaskParty.objects.filter(agency=agency).values("task"))
    if part == LEADS:
        return Q(lead=agency)
    return joins if part == JOINS else Q(lead=agency) | joins


def narrowed(tasks: QuerySet[Task], asked: TaskFilter) -> QuerySet[Task]:
    """Return those of `tasks` that the filter asks for, apart from how they stand (`TaskFilter.fits`)."""
    wanted = _words(asked.text)
    if asked.plan is not None:
        wanted &= of_plan(asked.plan)
    if asked.clauses:
        wanted &= of_clauses(asked.clauses)
    if asked.agency is not None:
        wanted &= of_agency(asked.agency, asked.part)
    if asked.unit_ids is not None:
        wanted &= Q(unit__in=asked.unit_ids)
    if asked.level:
        wanted &= Q(unit__isnull=asked.level == PROVINCE)
    if asked.kind:
        wanted &= Q(kind=asked.kind)
    if asked.parent is not None:
        wanted &= Q(parent=asked.parent)
    if asked.post is not None:
        wanted &= Q(post=asked.post)
    if asked.no_post:
        wanted &= Q(post__isnull=True, state=Task.State.OPEN)
    if asked.own is not None:
        wanted &= asked.own
    if asked.only is not None:
        wanted &= Q(pk__in=asked.only)
    return tasks.filter(wanted)


def below(clause: Clause) -> tuple[int, ...]:
    """Return the first forms of a clause and of everything that stands under it in its version."""
    rows = Clause.objects.filter(version=clause.version_id).order_by("position").only("parent", "stem")
    inside, keys = {clause.pk}, [clause.key]
    for row in rows:
        if row.parent_id in inside and row.pk not in inside:
            inside.add(row.pk)
            keys.append(row.key)
    return tuple(keys)


def _words(text: str) -> Q:
    """Every word must occur, in any order, without regard to diacritics; the longest is looked for first."""
    wanted = Q()
    for word in sorted(fold(text).split(), key=len, reverse=True):
        wanted &= Q(search__contains=word)
    return wanted
