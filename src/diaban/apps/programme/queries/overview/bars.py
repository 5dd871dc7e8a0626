"""The rows of a Gantt chart: tasks in a stretch of time with each time that they fall due in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from diaban.apps.programme.models import Task, Turn
from diaban.apps.programme.queries.overview.facts import DROPPED, Fact
from diaban.apps.programme.queries.overview.states import Work, work_of


@dataclass(frozen=True, slots=True)
class Stretch:
    """One time that a task falls due: its days, what part of it is done (0 to 1), how it stands."""

    first: date
    last: date
    done: float
    work: Work


@dataclass(frozen=True, slots=True)
class Bars:
    """One task with its stretches; `below`: how many carry it out below, and how many of them are late."""

    fact: Fact
    stretches: tuple[Stretch, ...]
    below: tuple[int, int] = (0, 0)


def tops(found: Sequence[Fact]) -> tuple[list[Fact], dict[int, list[Fact]]]:
    """Return the tasks that stand under no other of them, and those under each."""
    known = {one.task for one in found}
    under: dict[int, list[Fact]] = defaultdict(list)
    heads = []
    for one in found:
        if one.parent is not None and one.parent in known:
            under[one.parent].append(one)
        else:
            heads.append(one)
    return heads, under


def bars(shown: Iterable[Fact], under: Mapping[int, Sequence[Fact]], first: date, last: date, on: date) -> list[Bars]:
    """Return the stretches of `shown` between two days; two queries for the rows of one page."""
    facts = list(shown)
    keys = [one.task for one in facts]
    kept = dict(Task.objects.filter(pk__in=keys).values_list("pk", "state"))
    turns: dict[int, list[Stretch]] = defaultdict(list)
    inside = Q(first_day__lte=last) & (Q(due__gte=first) | Q(due__isnull=True))
    rows = Turn.objects.filter(inside, task__in=keys).order_by("task", "seq")
    for task, start, due, state, final, percent, said in rows.values_list(
        "task", "first_day", "due", "state", "final", "percent", "reported_on"
    ):
        if final:
            work = Work.OFF if state == DROPPED else Work.DONE
        else:
            work = Work.OFF if kept[task] != Task.State.OPEN else work_of(due, said is not None, on)
        done = 1.0 if work is Work.DONE else percent / 100
        turns[task].append(Stretch(start, max(due or last, start), done, work))
    return [Bars(one, tuple(turns[one.task]), _below(under.get(one.task, ()))) for one in facts]


def _below(facts: Sequence[Fact]) -> tuple[int, int]:
    return len(facts), sum(one.work is Work.LATE for one in facts)
