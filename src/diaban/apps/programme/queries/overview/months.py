"""What falls due in a stretch of days: every turn, those done included, gathered by the work that they belong to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from django.db.models import Count, F, Q, QuerySet

from diaban.apps.programme.models import Task, Turn
from diaban.apps.programme.queries.overview.facts import DROPPED, Span
from diaban.apps.programme.queries.overview.states import Work, work_of


@dataclass(slots=True)
class DueGroup:
    """The tasks that carry out one task (`below`), or that task itself, due on one day: how many stand how."""

    due: date
    code: str
    title: str
    below: bool
    counts: Counter[Work] = field(default_factory=Counter)

    @property
    def n(self) -> int:
        """Return how many tasks they are."""
        return sum(self.counts.values())


def due_groups(tasks: QuerySet[Task], span: Span, on: date) -> list[DueGroup]:
    """Return what of `tasks` falls due in the span, by day; counted by the database, two queries in all."""
    turns = Turn.objects.filter(span.condition(), due__isnull=False, task__in=tasks.order_by().values("pk"))
    reported = Q(reported_on__isnull=False)
    rows = (
        turns.order_by()
        .values("due", "final", "state", "task__state", above=F("task__parent"))
        .annotate(n=Count("pk"), said=Count("pk", filter=reported))
        .filter(above__isnull=False)
    )
    alone = turns.filter(task__parent__isnull=True).order_by()
    found: dict[tuple[date, int, bool], Counter[Work]] = {}
    for row in cast("Iterable[dict[str, Any]]", rows):
        held = found.setdefault((row["due"], row["above"], True), Counter())
        for n, said in ((row["said"], True), (row["n"] - row["said"], False)):
            if n:
                held[_work(row["due"], row["final"], row["state"], row["task__state"], said, on)] += n
    for task, due, final, state, kept, when in alone.values_list(
        "task", "due", "final", "state", "task__state", "reported_on"
    ):
        if due is not None:
            held = found.setdefault((due, task, False), Counter())
            held[_work(due, final, state, kept, when is not None, on)] += 1
    named = {
        row[0]: row[1:]
        for row in Task.objects.filter(pk__in={key for _due, key, _below in found}).values_list("pk", "code", "title")
    }
    return [DueGroup(due, *named[key], below, counts) for (due, key, below), counts in found.items()]


def _work(due: date, final: bool, state: str, kept: str, said: bool, on: date) -> Work:
    if final:
        return Work.OFF if state == DROPPED else Work.DONE
    return Work.OFF if kept != Task.State.OPEN else work_of(due, said, on)
