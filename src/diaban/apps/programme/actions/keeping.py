"""Changing what was given: the words, the day, the post that answers, the sentences it carries out; its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from diaban.apps.access import Permission, Person, require
from diaban.apps.agencies.models import Agency, Post
from diaban.apps.audit import actions as audit
from diaban.apps.places import queries as places
from diaban.apps.plans.models import Clause
from diaban.apps.programme import reminders
from diaban.apps.programme.actions.base import allow, day_of, locked, must_be_open, refuse, set_current, subject
from diaban.apps.programme.actions.giving import search_words
from diaban.apps.programme.actions.steps import Told, step
from diaban.apps.programme.models import Task, TaskClause, TaskParty
from diaban.apps.programme.orders import problems_of
from diaban.core.lifecycle import StepRefused
from diaban.core.lifecycle.steps import Part
from diaban.core.messages import N_, say

EDITABLE: Final = ("title", "words", "product", "lead", "due", "ends", "grace_days", "budget", "kind", "phase")

TOLD: Final = {"title": "name"}
"""Keys of the log that are called otherwise: there a title is a post's."""


def edit_task(
    *, task: Task, changes: Mapping[str, Any], others: Iterable[Agency] | None = None, by: Person, at: datetime
) -> Task:
    """Change what was given (`EDITABLE`, and with `others` who co-ordinates). The log keeps what stood there before.

    A new deadline moves the turns that are still owed and were not given more time; those done keep theirs.
    """
    if strange := set(changes) - set(EDITABLE):
        raise ValueError(f"{sorted(strange)}: sửa được {EDITABLE}")
    with transaction.atomic():
        row = locked(task)
        allow(Part.ASSIGNS, row, by=by, at=at)
        must_be_open(row)
        before = {name: _told(getattr(row, name)) for name in changes}
        for name, value in changes.items():
            setattr(row, name, value.strip() if isinstance(value, str) else value)
        if problems := problems_of(row, [row.unit], day_of(at)):
            raise StepRefused(problems)
        changed = {name: [before[name], _told(getattr(row, name))] for name in changes}
        changed = {TOLD.get(name, name): pair for name, pair in changed.items() if pair[0] != pair[1]}
        if others is not None:
            changed |= _set_others(row, others)
        if not changed:
            return row
        unit_name = places.names([row.unit_id], day_of(at))[row.unit_id] if row.unit_id else None
        row.search = search_words(row.code, row.title, row.lead, row.product, unit_name)
        row.save(update_fields=[*changes, "search"])
        if "due" in changed:
            row.turns.filter(final=False).exclude(extensions__decision="granted").update(due=row.due, last_day=row.due)
        audit.record(by=by, at=at, verb="task.edit", subject=subject(row), detail=changed)
    return row


def set_post(*, task: Task, post: Post | None, by: Person, at: datetime) -> Task:
    """Name the post that answers for a task: one of the lead agency, in the task's unit where it has one."""
    with transaction.atomic():
        row = locked(task)
        require(by, Permission.OWNER_SET, at=at, unit=row.unit_id)
        must_be_open(row)
        if post is not None:
            wrong_unit = post.unit_id is not None and post.unit_id != row.unit_id
            if post.agency_id != row.lead_id or wrong_unit or (post.ended_on and post.ended_on <= day_of(at)):
                raise refuse(say(N_("Chọn một chức danh đang có của cơ quan chủ trì, ở đơn vị này.")), "post")
        before = row.post.title if row.post else ""
        row.post = post
        row.save(update_fields=["post"])
        if post is not None:
            reminders.tasks_given(tasks=[row], by=by, at=at)
        audit.record(
            by=by, at=at, verb="task.post", subject=subject(row),
            detail={"charge": [before, post.title if post else ""]},
        )  # fmt: skip
    return row


def link_clauses(*, task: Task, clauses: Iterable[Clause], by: Person, at: datetime) -> Task:
    """Say that the task carries out these sentences as well, of whatever plans."""
    return _relink(task, add=list(clauses), by=by, at=at)


def unlink_clause(*, task: Task, clause: Clause, by: Person, at: datetime) -> Task:
    """Say that the task does not carry out this sentence."""
    return _relink(task, remove=clause, by=by, at=at)


def _relink(
    task: Task, *, add: list[Clause] | None = None, remove: Clause | None = None, by: Person, at: datetime
) -> Task:
    with transaction.atomic():
        row = locked(task)
        allow(Part.ASSIGNS, row, by=by, at=at)
        must_be_open(row)
        if remove is not None:
            gone, _by_table = TaskClause.objects.filter(task=row, clause_id=remove.key).delete()
            if gone:
                audit.record(
                    by=by, at=at, verb="task.clause_unlink", subject=subject(row), detail={"path": remove.path}
                )
            return row
        there = set(row.for_clauses.values_list("clause", flat=True))
        fresh = {clause.key: clause for clause in add or [] if clause.key not in there}
        TaskClause.objects.bulk_create([TaskClause(task=row, clause_id=key) for key in fresh])
        if fresh:
            paths = sorted(clause.path for clause in fresh.values())
            audit.record(by=by, at=at, verb="task.clause_link", subject=subject(row), detail={"path": ", ".join(paths)})
    return row


def end_task(*, task: Task, reason: str = "", by: Person, at: datetime) -> Task:
    """End a task that owes nothing more: no further turn comes. Refused while a turn is still owed."""
    with transaction.atomic():
        row = locked(task)
        allow(Part.ASSIGNS, row, by=by, at=at)
        must_be_open(row)
        owed = row.turns.filter(final=False).count()
        if owed:
            text = N_("Còn {n} lần chưa hoàn thành; xác nhận hoặc thôi từng lần trước, hoặc chọn “Thôi giao”.")
            raise refuse(say(text, n=owed))
        _close(row, Task.State.ENDED, reason)
        audit.record(by=by, at=at, verb="task.end", subject=subject(row), detail={"reason": reason.strip()})
    return row


def cancel_task(*, task: Task, reason: str, by: Person, at: datetime) -> Task:
    """Take a task back with a reason: every turn still owed is dropped with it. Its children stay as they are."""
    with transaction.atomic():
        row = locked(task)
        allow(Part.ASSIGNS, row, by=by, at=at)
        must_be_open(row)
        if not reason.strip():
            raise refuse(say(N_("Ghi lý do.")), "reason")
        dropped = 0
        for turn in row.turns.filter(final=False).order_by("seq"):
            step(row, turn, "drop", Told(reason=reason), by=by, at=at)
            dropped += 1
        _close(row, Task.State.CANCELLED, reason)
        set_current([row])
        audit.record(
            by=by, at=at, verb="task.call_off", subject=subject(row),
            detail={"reason": reason.strip(), "dropped": dropped},
        )  # fmt: skip
    return row


def _close(row: Task, state: str, reason: str) -> None:
    row.state, row.closed_reason = state, reason.strip()[:500]
    row.save(update_fields=["state", "closed_reason"])


def _set_others(row: Task, others: Iterable[Agency]) -> dict[str, list[Any]]:
    wanted = {one.pk: one for one in others if one.pk != row.lead_id}
    there = {one.agency_id: one.agency.name for one in row.co.select_related("agency")}
    if set(there) == set(wanted):
        return {}
    row.co.exclude(agency__in=wanted).delete()
    TaskParty.objects.bulk_create([TaskParty(task=row, agency=one) for pk, one in wanted.items() if pk not in there])
    return {"others": [sorted(there.values()), sorted(one.name for one in wanted.values())]}


def _told(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value.name if isinstance(value, Agency) else value
