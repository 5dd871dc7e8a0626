"""The times that work falls due: the first when it is given, the next ones as their periods begin."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Max

from diaban.apps.access import Permission, Person, require
from diaban.apps.audit import actions as audit
from diaban.apps.programme.actions.base import set_current, step_row
from diaban.apps.programme.models import Step, Task, Turn
from diaban.catalogue.periods_loader import regime
from diaban.catalogue.steps_loader import steps
from diaban.core.periods import Grain
from diaban.core.plans.recurrence import Occurrence, first, occurrences

BATCH = 500


def first_turns(task: Task, on: date) -> list[Turn]:
    """Return, not saved, the turns that a task has from the start: its one time, or every period begun by `on`.

    Work that comes again and begins later has its first period from the start as well: it is seen before it begins.
    """
    if not task.regime:
        return [_turn(task, 1, on, first_day=task.starts, last_day=task.due, due=task.due)]
    rule, grain = regime(task.regime), Grain(task.grain)
    found = _begun(task, on) or [
        one
        for one in [first(rule, grain, starts=task.starts, grace_days=task.grace_days, ends=task.ends)]
        if one is not None
    ]
    return [_of(task, seq, one, on) for seq, one in enumerate(found, start=1)]


def open_turns(*, on: date, by: Person, at: datetime, tasks: Iterable[Task] | None = None) -> int:
    """Make the turns of recurring work whose periods have begun by `on` and that are not there; return how many.

    Of all open tasks, or of `tasks`. Doing it again makes nothing. For a chore: it asks the right to give work at the
    province.
    """
    require(by, Permission.TASK_ASSIGN, at=at)
    with transaction.atomic():
        rows = Task.objects.select_for_update(of=("self",)).filter(state=Task.State.OPEN).exclude(regime="")
        if tasks is not None:
            rows = rows.filter(pk__in=[task.pk for task in tasks])
        chosen = list(rows.order_by("pk"))
        there = {
            row["task"]: (row["last"], row["n"])
            for row in Turn.objects.filter(task__in=chosen)
            .values("task")
            .annotate(last=Max("first_day"), n=Count("pk"))
        }
        turns = []
        for task in chosen:
            last, seq = there.get(task.pk, (None, 0))
            fresh = [one for one in _begun(task, on) if last is None or one.period.start > last]
            turns += [_of(task, seq + place, one, on) for place, one in enumerate(fresh, start=1)]
        if not turns:
            return 0
        Turn.objects.bulk_create(turns, batch_size=BATCH)
        Step.objects.bulk_create(
            [step_row(turn, "give", turn.state, by=by, at=at, seq=1) for turn in turns], batch_size=BATCH
        )
        grown = {turn.task_id for turn in turns}
        set_current([task for task in chosen if task.pk in grown])
        audit.record(by=by, at=at, verb="tasks.turns", subject="tasks:turns", detail={"made": len(turns)})
    return len(turns)


def _begun(task: Task, on: date) -> list[Occurrence]:
    return list(
        occurrences(
            regime(task.regime), Grain(task.grain), starts=task.starts, until=on, grace_days=task.grace_days,
            ends=task.ends,
        )
    )  # fmt: skip


def _of(task: Task, seq: int, one: Occurrence, on: date) -> Turn:
    return _turn(
        task, seq, on, first_day=one.period.start, last_day=one.period.last_day, due=one.due, label=str(one.period.name)
    )


def _turn(
    task: Task, seq: int, on: date, *, first_day: date, last_day: date | None, due: date | None, label: str = ""
) -> Turn:
    return Turn(
        task=task, seq=seq, label=label, first_day=first_day, last_day=last_day, due=due, first_due=due,
        state=steps(on).opening.target,
    )  # fmt: skip
