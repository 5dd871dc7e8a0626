"""Give work for a phase: a task of the programme, told and followed like every other."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from diaban.apps.access import Permission, Person, require
from diaban.apps.audit.actions import record
from diaban.apps.programme.actions import Order, give_task
from diaban.apps.programme.models import Task
from diaban.apps.transformation.actions.base import locked, must_live, refuse, subject
from diaban.apps.transformation.models import Transformation, Work
from diaban.apps.transformation.queries.guards import table_of
from diaban.core.messages import N_, say


@transaction.atomic
def give_work(*, transformation: Transformation, phase: str, order: Order, by: Person, at: datetime) -> Task:
    """Give a task for a phase of the plan, in its commune; return it.

    Who may give work there decides the programme. An agency of the province works in the commune too: the task belongs
    to the commune whose plan it is.
    """
    row = locked(transformation)
    must_live(row)
    _known(row, phase)
    task = give_task(order=replace(order, kind=Task.Kind.TRANSFORMATION, phase=phase), unit=row.unit, by=by, at=at)
    Work.objects.create(transformation=row, task=task, phase=phase)
    record(
        by=by,
        at=at,
        verb="transformation.give",
        subject=subject(row),
        detail={"task": task.code, "phase": phase},
    )
    return task


@transaction.atomic
def attach(*, transformation: Transformation, phase: str, task: Task, by: Person, at: datetime) -> Work:
    """Count a task that was given otherwise as work of a phase; it must be the commune's or the province's own."""
    row = locked(transformation)
    require(by, Permission.TRANSFORM_KEEP, at=at, unit=row.unit_id)
    must_live(row)
    _known(row, phase)
    if task.unit_id not in (None, row.unit_id):
        raise refuse(say(N_("Nhiệm vụ {code} là của đơn vị khác."), code=task.code))
    if Work.objects.filter(task=task).exists():
        raise refuse(say(N_("Nhiệm vụ {code} đã nằm trong một kế hoạch chuyển hóa."), code=task.code))
    work = Work.objects.create(transformation=row, task=task, phase=phase)
    record(
        by=by,
        at=at,
        verb="transformation.attach",
        subject=subject(row),
        detail={"task": task.code, "phase": phase},
    )
    return work


def _known(row: Transformation, phase: str) -> None:
    if phase not in {one.code for one in table_of(row).phases}:
        raise refuse(say(N_("Không có giai đoạn “{code}”."), code=phase), "phase")
