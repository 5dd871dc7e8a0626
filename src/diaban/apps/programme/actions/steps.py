"""The steps of one turn: begun, progress, reported done, confirmed, sent back, dropped, opened again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from diaban.apps.access import Person
from diaban.apps.audit import actions as audit
from diaban.apps.programme import reminders
from diaban.apps.programme.actions.base import (
    allow,
    day_of,
    giver_of,
    locked,
    must_be_open,
    set_current,
    step_row,
    subject,
)
from diaban.apps.programme.models import Extension, Step, Task, Turn
from diaban.catalogue.steps_loader import steps
from diaban.core.lifecycle import Problem, StepRefused
from diaban.core.lifecycle.steps import Given, Stage
from diaban.core.messages import N_, say

MOST_SPENT = 10**15


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody says with a step. `reason` where the step asks for one; `spent` in đồng, since the last time."""

    words: str = ""
    reason: str = ""
    percent: int | None = None
    spent: int | None = None
    document: str = ""


NOTHING = Told()


def begin(*, turn: Turn, by: Person, at: datetime) -> Turn:
    """Say that the work has begun."""
    return take_step(turn=turn, verb="begin", by=by, at=at)


def progress(
    *, turn: Turn, by: Person, at: datetime, percent: int | None = None, words: str = "", spent: int | None = None,
    document: str = "",
) -> Turn:  # fmt: skip
    """Say how far the work is: at least one of percent (0 to 100), words, money spent since the last time (đồng)."""
    told = Told(words=words, percent=percent, spent=spent, document=document)
    return take_step(turn=turn, verb="progress", told=told, by=by, at=at)


def report_done(
    *, turn: Turn, by: Person, at: datetime, words: str = "", spent: int | None = None, document: str = ""
) -> Turn:
    """Say that the work is done. The day of it, by which lateness goes, is that of `at`: nobody dates it back."""
    return take_step(turn=turn, verb="report", told=Told(words=words, spent=spent, document=document), by=by, at=at)


def confirm(*, turn: Turn, by: Person, at: datetime, words: str = "") -> Turn:
    """Confirm that reported work is done; never by whoever reported it, nor by whoever lent them the role."""
    return take_step(turn=turn, verb="confirm", told=Told(words=words), by=by, at=at)


def send_back(*, turn: Turn, reason: str, by: Person, at: datetime) -> Turn:
    """Send reported work back with a reason: it is owed again, and the next report's day counts."""
    return take_step(turn=turn, verb="send_back", told=Told(reason=reason), by=by, at=at)


def drop(*, turn: Turn, reason: str, by: Person, at: datetime) -> Turn:
    """Say that this time need not be done, and why."""
    return take_step(turn=turn, verb="drop", told=Told(reason=reason), by=by, at=at)


def reopen(*, turn: Turn, reason: str, by: Person, at: datetime) -> Turn:
    """Open a turn again that was done or dropped, and its task with it where that was ended."""
    return take_step(turn=turn, verb="reopen", told=Told(reason=reason), by=by, at=at)


def take_step(*, turn: Turn, verb: str, by: Person, at: datetime, told: Told = NOTHING) -> Turn:
    """Take one step of a turn and return the turn. Raises `StepRefused` with every reason, `AccessRefused`."""
    with transaction.atomic():
        task = locked(turn.task)
        done = step(task, turn, verb, told, by=by, at=at)
        set_current([task])
        tell([done], by=by, at=at)
        audit.record(by=by, at=at, verb=f"task.{verb}", subject=subject(task), detail=done.detail)
    return done.turn


def take_many(*, turns: Sequence[Turn], verb: str, by: Person, at: datetime, told: Told = NOTHING) -> list[Turn]:
    """Take the same step of several turns, all of them or none; the refusal names every task that does not allow it."""
    problems: list[Problem] = []
    done: list[Done] = []
    tasks: dict[int, Task] = {}
    with transaction.atomic():
        for turn in sorted(turns, key=lambda one: one.pk):
            task = tasks.setdefault(turn.task_id, locked(turn.task))
            try:
                done.append(step(task, turn, verb, told, by=by, at=at))
            except StepRefused as refusal:
                problems += [
                    Problem(one.field, say(N_("{code}: {why}"), code=task.code, why=one.message))
                    for one in refusal.problems
                ]
        if problems:
            raise StepRefused(problems)
        set_current(list(tasks.values()))
        tell(done, by=by, at=at)
        items = [(subject(one.turn.task), one.detail) for one in done]
        audit.record_many(by=by, at=at, verb=f"task.{verb}", items=items)
    return [one.turn for one in done]


@dataclass(frozen=True, slots=True)
class Done:
    """A step that was taken: the turn as it now stands, its new line, what the log says, who had reported."""

    turn: Turn
    line: Step
    detail: dict[str, Any]
    reporter: str


def tell(done: Sequence[Done], *, by: Person, at: datetime) -> None:
    """Tell those who reported that their work was confirmed or sent back."""
    for one in done:
        if one.line.verb == "confirm":
            reminders.turn_confirmed(step=one.line, reporter=one.reporter, by=by, at=at)
        elif one.line.verb == "send_back":
            reminders.turn_sent_back(step=one.line, reporter=one.reporter, by=by, at=at)


def step(task: Task, turn: Turn, verb: str, told: Told, *, by: Person, at: datetime) -> Done:
    """Write one step of a turn of a locked task. For a caller's transaction."""
    row = Turn.objects.select_for_update().get(pk=turn.pk)
    row.task = task
    table = steps(day_of(at))
    part = table.move(verb).part
    reporters = reporters_of(row)
    verdict = allow(part, task, by=by, at=at, submitted_by=reporters if verb == "confirm" else ())
    if verb != "reopen":
        must_be_open(task)
    given = Given(
        reason=told.reason,
        words=told.words,
        evidence=row.evidence.filter(withdrawn_at__isnull=True).count() if verb == "report" else 0,
        names_product=bool(task.product),
        own_report=by.get_username() in reporters,
    )
    stage = table.take(row.state, verb, given)
    if problems := _amounts(verb, told):
        raise StepRefused(problems)
    percent = 100 if verb == "report" else told.percent
    line = step_row(
        row, verb, stage.code, by=by, at=at, giver=giver_of(verdict), from_state=row.state,
        words=told.reason or told.words, percent=percent, spent=told.spent, document=told.document,
    )  # fmt: skip
    before, reporter = row.state, row.reported_by
    _change(row, verb, stage, percent, by, day_of(at))
    row.save()
    line.save(force_insert=True)
    if told.spent:
        Task.objects.filter(pk=task.pk).update(spent=F("spent") + told.spent)
    if verb == "reopen" and task.state != Task.State.OPEN:
        task.state, task.closed_reason = Task.State.OPEN, ""
        task.save(update_fields=["state", "closed_reason"])
    if row.final or row.reported_on:
        _close_waiting(row, by, at)
    return Done(row, line, _detail(row, before, told, percent, line.in_name_of), reporter)


def reporters_of(turn: Turn) -> frozenset[str]:
    """Return who reported the turn done: whoever did, and in whose name; nobody when it is not reported."""
    if not turn.reported_by:
        return frozenset()
    last = turn.steps.filter(verb="report").order_by("-seq").first()
    names = {turn.reported_by, last.recorded_by if last else "", last.in_name_of if last else ""}
    return frozenset(name for name in names if name)


def _amounts(verb: str, told: Told) -> list[Problem]:
    problems = []
    if told.percent is not None and not 0 <= told.percent <= 100:
        problems.append(Problem("percent", say(N_("Tiến độ phải từ 0 đến 100 phần trăm."))))
    if told.spent is not None and not 0 <= told.spent <= MOST_SPENT:
        problems.append(Problem("spent", say(N_("Số tiền đã chi thêm phải từ 0 trở lên, tính bằng đồng."))))
    if verb == "progress" and told.percent is None and not told.spent and not told.words.strip():
        problems.append(Problem("words", say(N_("Ghi ít nhất một trong ba: phần trăm, lời, số tiền đã chi."))))
    return problems


def _change(row: Turn, verb: str, stage: Stage, percent: int | None, by: Person, on: date) -> None:
    row.state, row.final = stage.code, stage.final
    if percent is not None:
        row.percent = percent
    if verb == "report":
        row.reported_on, row.reported_by = on, by.get_username()
    elif verb == "confirm":
        row.done_on = on
    elif verb in ("send_back", "reopen"):
        row.reported_on, row.reported_by, row.done_on = None, "", None


def _close_waiting(row: Turn, by: Person, at: datetime) -> None:
    """More time is no longer asked for work that owes nothing."""
    row.extensions.filter(decision=Extension.Decision.WAITING).update(
        decision=Extension.Decision.WITHDRAWN, decided_by=by.get_username(), decided_at=at
    )


def _detail(row: Turn, before: str, told: Told, percent: int | None, giver: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "turn": row.label or row.seq,
        "from": before,
        "to": row.state,
        "percent": percent,
        "spent": told.spent,
        "words": told.words.strip(),
        "reason": told.reason.strip(),
        "document": told.document.strip(),
        "in_name_of": giver,
    }
    return {name: value for name, value in found.items() if value not in ("", None)}
