"""More time: asked with a reason by those who do the work, decided with a reason by somebody else."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from diaban.apps.access import Person
from diaban.apps.audit import actions as audit
from diaban.apps.programme import reminders
from diaban.apps.programme.actions.base import allow, day_of, giver_of, locked, must_be_open, refuse, subject
from diaban.apps.programme.models import Extension, Task, Turn
from diaban.core.lifecycle import Problem, StepRefused
from diaban.core.lifecycle.steps import Part
from diaban.core.messages import N_, say

Decision = Extension.Decision


def ask_extension(*, turn: Turn, until: date, reason: str, by: Person, at: datetime) -> Extension:
    """Ask for more time for a turn that has a deadline and is not yet reported; one request waits at a time."""
    with transaction.atomic():
        task = locked(turn.task)
        row = Turn.objects.select_for_update().get(pk=turn.pk)
        row.task = task
        giver = giver_of(allow(Part.CARRIES_OUT, task, by=by, at=at))
        must_be_open(task)
        problems = []
        if row.due is None:
            problems.append(Problem("", say(N_("Nhiệm vụ này không có hạn nên không cần gia hạn."))))
        elif until <= row.due:
            problems.append(
                Problem("until", say(N_("Ngày xin gia hạn phải sau hạn đang có {due}."), due=f"{row.due:%d/%m/%Y}"))
            )
        if until < day_of(at):
            problems.append(Problem("until", say(N_("Ngày xin gia hạn đã qua."))))
        if row.final or row.reported_on:
            problems.append(Problem("", say(N_("Đã báo cáo hoàn thành hoặc đã khép; không còn gì để gia hạn."))))
        if row.extensions.filter(decision=Decision.WAITING).exists():
            problems.append(Problem("", say(N_("Đang có một đề nghị gia hạn chờ quyết định."))))
        if not reason.strip():
            problems.append(Problem("reason", say(N_("Ghi lý do xin gia hạn."))))
        if problems:
            raise StepRefused(problems)
        made = Extension.objects.create(
            turn=row,
            until=until,
            reason=reason.strip(),
            asked_by=by.get_username(),
            asked_in_name_of=giver,
            asked_at=at,
        )
        reminders.extension_asked(extension=made, by=by, at=at)
        audit.record(
            by=by, at=at, verb="task.extend_ask", subject=subject(task),
            detail={"turn": row.label or row.seq, "extended_to": until.isoformat(), "reason": made.reason},
        )  # fmt: skip
    return made


def decide_extension(
    *, extension: Extension, grant: bool, reason: str = "", until: date | None = None, by: Person, at: datetime
) -> Extension:
    """Grant the time asked for (or a shorter one: `until`), or refuse it; a reason is owed for less than was asked.

    Never by whoever asked, nor by whoever lent them the role. Granted, the turn's deadline moves; the first deadline
    stays to be seen.
    """
    with transaction.atomic():
        task, made, turn = _waiting(extension)
        allow(Part.CONFIRMS, task, by=by, at=at, submitted_by=made.askers)
        if made.asked_by == by.get_username():  # the house has no role that says so
            raise refuse(say(N_("Người xin gia hạn không tự quyết định; cần một người khác.")))
        day = until or made.until
        problems = []
        if grant and (day > made.until or (turn.due is not None and day <= turn.due)):
            due = turn.due or made.until
            text = N_("Ngày gia hạn phải sau hạn đang có {due} và không quá ngày được xin {until}.")
            problems.append(Problem("until", say(text, due=f"{due:%d/%m/%Y}", until=f"{made.until:%d/%m/%Y}")))
        if not reason.strip() and (not grant or day < made.until):
            problems.append(Problem("reason", say(N_("Ghi lý do khi không đồng ý hoặc cho ngắn hơn ngày được xin."))))
        if problems:
            raise StepRefused(problems)
        made.decision = Decision.GRANTED if grant else Decision.REFUSED
        made.granted_until = day if grant else None
        made.decided_reason = reason.strip()
        made.decided_by, made.decided_at = by.get_username(), at
        made.save()
        before = turn.due
        if grant:
            turn.due = day
            turn.save(update_fields=["due"])
        reminders.extension_decided(extension=made, by=by, at=at)
        detail: dict[str, object] = {"turn": turn.label or turn.seq, "decision": made.decision}
        if grant and before:
            detail |= {"before": before.isoformat(), "after": day.isoformat()}
        if made.decided_reason:
            detail["reason"] = made.decided_reason
        audit.record(by=by, at=at, verb="task.extend_decide", subject=subject(task), detail=detail)
    return made


def withdraw_extension(*, extension: Extension, by: Person, at: datetime) -> Extension:
    """Take a request back that nobody decided yet; by those who do the work."""
    with transaction.atomic():
        task, made, turn = _waiting(extension)
        allow(Part.CARRIES_OUT, task, by=by, at=at)
        made.decision, made.decided_by, made.decided_at = Decision.WITHDRAWN, by.get_username(), at
        made.save(update_fields=["decision", "decided_by", "decided_at"])
        audit.record(
            by=by, at=at, verb="task.extend_withdraw", subject=subject(task),
            detail={"turn": turn.label or turn.seq, "extended_to": made.until.isoformat()},
        )  # fmt: skip
    return made


def _waiting(extension: Extension) -> tuple[Task, Extension, Turn]:
    """Return task, request and turn, locked; refuse when the request waits no more."""
    task = locked(extension.turn.task)
    made = Extension.objects.select_for_update(of=("self",)).get(pk=extension.pk)
    turn = Turn.objects.select_for_update().get(pk=made.turn_id)
    turn.task, made.turn = task, turn
    if made.decision != Decision.WAITING:
        raise refuse(say(N_("Đề nghị này đã được quyết định hoặc đã rút.")))
    return task, made, turn
