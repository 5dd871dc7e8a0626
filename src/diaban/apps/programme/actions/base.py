"""What every act on a task shares: who may, the locked rows, the step that is written down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db.models import Max
from django.utils.timezone import localdate

from diaban.apps.access import AccessRefused, Person, rights_at
from diaban.apps.programme.models import Step, Task, Turn
from diaban.apps.programme.queries.sight import may, seats_of
from diaban.core.lifecycle import Problem, StepRefused
from diaban.core.lifecycle.steps import Part
from diaban.core.messages import N_, Message, say
from diaban.core.policy import Verdict


def refuse(message: Message, field: str = "") -> StepRefused:
    """Return the refusal for one reason."""
    return StepRefused([Problem(field, message)])


def allow(part: Part, task: Task, *, by: Person, at: datetime, submitted_by: Iterable[str] = ()) -> Verdict:
    """Return the verdict that lets `by` act on the task in a part; raise `AccessRefused` when the policy says no."""
    on = localdate(at)
    verdict = may(part, task, rights=rights_at(by, at), seats=seats_of(by, on), submitted_by=submitted_by)
    if not verdict.allowed:
        raise AccessRefused(verdict)
    return verdict


def giver_of(verdict: Verdict) -> str:
    """Return the user name of whoever lent the role under which somebody acts, empty for one's own."""
    return verdict.grant.giver if verdict.grant else ""


def subject(task: Task) -> str:
    """Return the audit subject of a task."""
    return f"task:{task.code}"


def locked(task: Task) -> Task:
    """Return the task anew, locked for this transaction."""
    return Task.objects.select_for_update(of=("self",)).select_related("lead", "unit").get(pk=task.pk)


def must_be_open(task: Task) -> None:
    """Refuse an act on a task that was ended or taken back."""
    if task.state != Task.State.OPEN:
        raise refuse(say(N_("Nhiệm vụ {code} đã kết thúc hoặc đã thôi giao; mở lại trước khi ghi."), code=task.code))


def step_row(
    turn: Turn, verb: str, to_state: str, *, by: Person, at: datetime, giver: str = "", seq: int | None = None,
    from_state: str = "", words: str = "", percent: int | None = None, spent: int | None = None, document: str = "",
) -> Step:  # fmt: skip
    """Return the line of the turn's history, not saved; `seq` None: the next one."""
    if seq is None:
        seq = (turn.steps.aggregate(last=Max("seq"))["last"] or 0) + 1
    return Step(
        turn=turn, seq=seq, verb=verb, from_state=from_state, to_state=to_state, on=localdate(at), percent=percent,
        spent=spent, words=words.strip(), document=document.strip(), recorded_by=by.get_username(), in_name_of=giver,
        recorded_at=at,
    )  # fmt: skip


def set_current(tasks: Sequence[Task]) -> None:
    """Point every task to its earliest turn that still owes something, or to its last one."""
    best: dict[int, tuple[bool, int, int]] = {}
    rows = Turn.objects.filter(task__in=[task.pk for task in tasks]).values_list("task", "final", "seq", "pk")
    for task_id, final, seq, pk in rows:
        rank = (final, -seq if final else seq, pk)
        if task_id not in best or rank < best[task_id]:
            best[task_id] = rank
    changed = []
    for task in tasks:
        found = best[task.pk][2] if task.pk in best else None
        if task.current_id != found:
            task.current_id = found
            changed.append(task)
    Task.objects.bulk_update(changed, ["current"], batch_size=500)


def day_of(at: datetime) -> date:
    """Return the day of the house's time zone."""
    return localdate(at)
