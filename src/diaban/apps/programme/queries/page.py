"""Everything that the page of one task shows, read once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from diaban.apps.access import Permission, Rights
from diaban.apps.agencies.models import Agency, Post
from diaban.apps.agencies.queries import posts_on
from diaban.apps.plans.models import Clause, Version
from diaban.apps.programme.models import Evidence, Task, TaskClause, Turn
from diaban.apps.programme.queries.sight import Seats, may, sees_evidence, visible_tasks
from diaban.catalogue.steps_loader import steps
from diaban.core.lifecycle.steps import Move, Need, Part


def found_tasks(rights: Rights) -> QuerySet[Task]:
    """Return the tasks within sight with what a page of one needs."""
    return (
        visible_tasks(rights)
        .select_related("lead", "unit", "post", "parent", "plan", "current")
        .prefetch_related("co__agency")
    )


def permitted(task: Task, turn: Turn, *, rights: Rights, seats: Seats, name: str, on: date) -> tuple[Move, ...]:
    """Return the steps that somebody may take of the turn now, in the table's order."""
    if task.state != Task.State.OPEN and not turn.final:
        return ()
    table = steps(on)
    found = []
    for move in table.from_state(turn.state):
        if task.state != Task.State.OPEN and move.verb != "reopen":
            continue
        submitted = {turn.reported_by} if move.verb == "confirm" else set()
        if Need.ANOTHER in move.needs and name in submitted:
            continue
        if may(move.part, task, rights=rights, seats=seats, submitted_by=submitted).allowed:
            found.append(move)
    return tuple(found)


def acts(task: Task, *, rights: Rights, seats: Seats) -> frozenset[str]:
    """Return what else somebody may do with the task: "report", "assign", "confirm", "post", "cascade"."""
    found = {
        word
        for word, part in (("report", Part.CARRIES_OUT), ("assign", Part.ASSIGNS), ("confirm", Part.CONFIRMS))
        if may(part, task, rights=rights, seats=seats).allowed
    }
    if rights.can(Permission.OWNER_SET, unit=task.unit_id).allowed:
        found.add("post")
    if task.unit_id is None and rights.can(Permission.TASK_ASSIGN).allowed:
        found.add("cascade")
    return frozenset(found) if task.state == Task.State.OPEN else frozenset()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that a task carries out, in the newest text of its plan that has it."""

    clause: Clause
    plan_code: str
    plan_name: str


def sentences(task: Task, rights: Rights) -> list[Sentence]:
    """Return the sentences that the task carries out, of plans within sight."""
    keys = list(TaskClause.objects.filter(task=task).values_list("clause", flat=True))
    rows = Clause.objects.filter(pk__in=keys) | Clause.objects.filter(stem__in=keys)
    units = rights.units(Permission.PLAN_VIEW)
    newest: dict[int, Clause] = {}
    known = rows.exclude(version__state=Version.State.DRAFT).select_related("version__plan").order_by("version__seq")
    for clause in known:
        unit = clause.version.plan.unit_id
        if unit is None or units is None or unit in units:
            newest[clause.key] = clause
    return [
        Sentence(one, one.version.plan.code, one.version.plan.name)
        for one in sorted(newest.values(), key=lambda one: (one.version.plan_id, one.position))
    ]


def offered_agencies(on: date, level: str = "") -> list[Agency]:
    """Return the agencies in force to which work is given."""
    rows = Agency.objects.exclude(level=Agency.Level.CENTRAL).exclude(level=Agency.Level.DISTRICT)
    rows = rows.filter(valid_to__isnull=True) | rows.filter(valid_to__gt=on)
    return [one for one in rows if not level or one.level == level]


def offered_posts(task: Task, on: date) -> list[Post]:
    """Return the posts that may answer for the task: those of its lead agency there."""
    rows = posts_on(on).filter(agency=task.lead_id)
    found = rows.filter(unit=task.unit_id) if task.unit_id else rows.filter(unit__isnull=True)
    return list(found or rows.filter(unit__isnull=True))


def seen_elsewhere(pieces: Sequence[Evidence], rights: Rights, seats: Seats) -> dict[str, list[str]]:
    """Return, by digest of a file, the codes of other tasks that show the same file, where one sees their evidence."""
    digests = {piece.file_digest: piece.turn.task_id for piece in pieces if piece.file_digest}
    if not digests:
        return {}
    rows = (
        Evidence.objects.filter(
            file_digest__in=digests, withdrawn_at__isnull=True, turn__task__in=visible_tasks(rights)
        )
        .exclude(turn__task__in=set(digests.values()))
        .select_related("turn__task")
        .prefetch_related("turn__task__co")
        .defer("file_data")
        .order_by("turn__task__code")
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        task = row.turn.task
        if sees_evidence(rights, seats, task) and task.code not in found.setdefault(row.file_digest, []):
            found[row.file_digest].append(task.code)
    return {digest: codes for digest, codes in found.items() if codes}
