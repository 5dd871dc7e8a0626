"""What of the programme waits for one person: their own work, what they must confirm, what they must decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from diaban.apps.access import Permission, Rights
from diaban.apps.plans.models import Clause, Mark, Plan, Target, Version
from diaban.apps.plans.queries import visible_plans
from diaban.apps.programme.models import Extension, Task, TaskClause, Turn
from diaban.apps.programme.queries.overview.facts import DROPPED
from diaban.apps.programme.queries.overview.states import SOON_DAYS
from diaban.apps.programme.queries.sight import visible_tasks


@dataclass(frozen=True, slots=True)
class Judged:
    """One thing that the person may settle: the turn, its task, and (for more time) the day asked for."""

    turn: int
    task: int
    until: date | None = None


def to_confirm(rights: Rights) -> list[Judged]:
    """Return the turns reported as done that somebody with these rights may confirm: never those they reported."""
    if not rights.holds(Permission.TASK_CONFIRM):
        return []
    turns = Turn.objects.filter(final=False, reported_on__isnull=False, task__state=Task.State.OPEN)
    rows = turns.filter(task__in=_reach(rights)).order_by("due", "pk")
    found = rows.values_list("pk", "task", "task__from_above", "task__unit", "reported_by")
    allowed = _Allowed(rights)
    return [Judged(turn, task) for turn, task, above, unit, by in found if allowed(None if above else unit, by)]


def to_decide(rights: Rights) -> list[Judged]:
    """Return the wishes for more time that somebody with these rights may decide: never their own."""
    if not rights.holds(Permission.TASK_CONFIRM):
        return []
    asked = Extension.objects.filter(decision=Extension.Decision.WAITING, turn__final=False)
    rows = asked.filter(turn__task__in=_reach(rights)).order_by("asked_at", "pk")
    found = rows.values_list(
        "turn", "turn__task", "turn__task__from_above", "turn__task__unit", "asked_by", "asked_in_name_of", "until"
    )
    allowed = _Allowed(rights)
    return [
        Judged(turn, task, until)
        for turn, task, above, unit, by, lent, until in found
        if allowed(None if above else unit, by, lent)
    ]


def _reach(rights: Rights) -> QuerySet[Task]:
    """Return the tasks that may be theirs to judge: those of their units, before it is asked who did what."""
    units = rights.units(Permission.TASK_CONFIRM)
    seen = visible_tasks(rights)
    return (seen if units is None else seen.filter(unit__in=units)).order_by().only("pk")


class _Allowed:
    """The policy's answer for a unit and whoever submitted, asked once for each pair."""

    def __init__(self, rights: Rights) -> None:
        self.rights = rights
        self.known: dict[tuple[int | None, tuple[str, ...]], bool] = {}

    def __call__(self, unit: int | None, *submitted_by: str) -> bool:
        pair = unit, submitted_by
        if pair not in self.known:
            verdict = self.rights.can(Permission.TASK_CONFIRM, unit=unit, submitted_by=submitted_by)
            self.known[pair] = verdict.allowed
        return self.known[pair]


def pressing(tasks: QuerySet[Task], on: date) -> tuple[int, int]:
    """Return how many of `tasks` are late, and how many others fall due soon; one query."""
    owed = Turn.objects.filter(final=False, reported_on__isnull=True, task__in=tasks.order_by().values("pk"))
    late, near = Q(due__lt=on), Q(due__lte=on + timedelta(days=SOON_DAYS))
    found = owed.filter(task__state=Task.State.OPEN).aggregate(
        late=Count("task", filter=late, distinct=True), near=Count("task", filter=near, distinct=True)
    )
    return found["late"], found["near"] - found["late"]


def own_plans(rights: Rights) -> QuerySet[Plan]:
    """Return the plans whose gaps are somebody's to close: the whole area's for whoever reaches it, else their units'.

    What a commune's own plan leaves open is the commune's matter.
    """
    units = rights.units(Permission.PLAN_VIEW)
    seen = visible_plans(rights)
    return seen.filter(unit__isnull=True) if units is None else seen.filter(unit__in=units)


def ownerless(plans: QuerySet[Plan], tasks: QuerySet[Task]) -> QuerySet[Clause]:
    """Return the sentences in force that are nobody's: no task given, no target, no word on why nothing is measured.

    `tasks` are those within the reader's sight; what carries a sentence out elsewhere is not told.
    """
    given = TaskClause.objects.filter(task__in=tasks.order_by().exclude(state=Task.State.CANCELLED).values("pk"))
    given = given.exclude(task__current__final=True, task__current__state=DROPPED)
    rows = Clause.objects.filter(version__plan__in=plans, version__state=Version.State.IN_FORCE, heading=False)
    rows = rows.filter(no_measure="").exclude(status=Mark.REJECTED)
    return rows.alias(first=Coalesce("stem", "pk")).filter(
        ~Exists(given.filter(clause=OuterRef("first"))),
        ~Exists(Target.objects.filter(clause=OuterRef("pk")).exclude(status=Mark.REJECTED)),
        ~Exists(Clause.objects.filter(parent=OuterRef("pk")).exclude(status=Mark.REJECTED)),
    )
