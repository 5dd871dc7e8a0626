"""Tasks from the sentences of a plan: what was accepted as work there becomes work that is given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from diaban.apps.access import Permission, Person, require
from diaban.apps.agencies.models import Agency
from diaban.apps.audit import actions as audit
from diaban.apps.places import queries as places
from diaban.apps.places.models import Unit
from diaban.apps.plans.models import Duty, Mark
from diaban.apps.programme import reminders
from diaban.apps.programme.actions.base import day_of
from diaban.apps.programme.actions.giving import Order, make
from diaban.apps.programme.models import Task
from diaban.core.lifecycle import Problem, StepRefused
from diaban.core.messages import N_, say

KEPT = (Mark.ACCEPTED, Mark.CORRECTED, Mark.ADDED)
COMMUNE = "commune"


def make_from_duties(
    *,
    duties: Iterable[Duty],
    by: Person,
    at: datetime,
    guide: Agency | None = None,
    units: Sequence[Unit] | None = None,
    starts: date | None = None,
    grace_days: int = 0,
) -> list[Task]:
    """Make tasks of duties of a plan in force and return them, a parent before its children; all of them or none.

    A duty of the province becomes one task with its lead and co-ordinating agencies. One of the communes becomes a task
    of guidance and below it one task for every commune (`units`; None: all of the working area). The guidance is led by
    the duty's own lead when that is an agency of the province, otherwise by `guide` (None: the province's police); the
    commune's part by the duty's lead, or by the commune's agency in the same line. In a commune's own plan every duty
    is a task there. A duty that has its task already is passed over. An agency that no longer exists is replaced by its
    successor. Raises `StepRefused` naming every duty that cannot be given and why.
    """
    on = day_of(at)
    rows = _rows(duties)
    for unit_id in {row.clause.version.plan.unit_id for row in rows}:
        require(by, Permission.TASK_ASSIGN, at=at, unit=unit_id)
    with transaction.atomic():
        Duty.objects.select_for_update().filter(pk__in=[row.pk for row in rows]).count()
        there = set(Task.objects.filter(duty__in=rows).values_list("duty", flat=True))
        rows = [row for row in rows if row.pk not in there]
        below = _communes(rows, units, on)
        tasks: list[Task] = []
        events: list[tuple[str, dict[str, Any]]] = []
        problems: list[Problem] = []
        for row in rows:
            try:
                made, told = _from_duty(row, guide, below, starts, grace_days, by=by, at=at)
            except StepRefused as refusal:
                problems += [_named(row, problem) for problem in refusal.problems]
                continue
            tasks += made
            events += told
        if problems:
            raise StepRefused(problems)
        if events:
            reminders.tasks_given(tasks=tasks, by=by, at=at)
            audit.record_many(by=by, at=at, verb="task.give", items=events)
    return tasks


def in_force(agency: Agency, on: date) -> Agency:
    """Return the agency, or whichever took over its work by `on`; itself when nobody did."""
    seen = {agency.pk}
    while agency.valid_to and agency.valid_to <= on and agency.successor and agency.successor_id not in seen:
        agency = agency.successor
        seen.add(agency.pk)
    return agency


def _rows(duties: Iterable[Duty]) -> list[Duty]:
    """Return the duties that somebody looked at and kept, in the order of the text, with all that is asked of them."""
    return list(
        Duty.objects.filter(pk__in=[duty.pk for duty in duties], status__in=KEPT)
        .select_related("clause__version__plan__unit", "lead__successor")
        .prefetch_related("others__successor", "also")
        .order_by("clause__version", "clause__position", "pk")
    )


def _communes(rows: Sequence[Duty], units: Sequence[Unit] | None, on: date) -> list[Unit]:
    if units is not None:
        return list(units)
    if not any(row.level == COMMUNE and row.clause.version.plan.unit_id is None for row in rows):
        return []
    order = {place.id: rank for rank, place in enumerate(places.area_places(on))}
    return sorted(Unit.objects.filter(pk__in=order), key=lambda unit: order[unit.pk])


def _from_duty(
    row: Duty, guide: Agency | None, below: Sequence[Unit], starts: date | None, grace_days: int,
    *, by: Person, at: datetime,
) -> tuple[list[Task], list[tuple[str, dict[str, Any]]]]:  # fmt: skip
    if row.lead is None:
        text = N_("Chưa có cơ quan chủ trì trong danh mục ({name}); chọn ở trang rà soát kế hoạch.")
        raise StepRefused([Problem("lead", say(text, name=row.lead_name or "–"))])
    plan = row.clause.version.plan
    order = _order(row, in_force(row.lead, day_of(at)), day_of(at), starts, grace_days)
    if plan.unit is not None:
        return make(order, [plan.unit], by=by, at=at)
    if row.level != COMMUNE:
        return make(order, [None], by=by, at=at)
    guide, lead = _two_levels(order.lead, guide, day_of(at))
    title = f"Hướng dẫn, đôn đốc: {order.title}"  # kept as a record: Vietnamese for whoever gives it
    above, told = make(replace(order, title=title[:400], lead=guide, product=""), [None], by=by, at=at)
    children, more = make(replace(order, parent=above[0], lead=lead, others=()), below, by=by, at=at, from_above=True)
    return [*above, *children], [*told, *more]


def _two_levels(lead: Agency, guide: Agency | None, on: date) -> tuple[Agency, Agency]:
    """Return who guides at the province and who carries out in the commune, when the text names one of the two."""
    if lead.level == Agency.Level.COMMUNE:
        guide = guide or _agency(Agency.Level.PROVINCE, Agency.Line.POLICE, on)
        if guide is None:
            text = N_("Việc của cấp xã cần một cơ quan cấp tỉnh hướng dẫn, đôn đốc; chọn cơ quan ấy.")
            raise StepRefused([Problem("guide", say(text))])
        return guide, lead
    below = _agency(Agency.Level.COMMUNE, lead.line, on) or _agency(
        Agency.Level.COMMUNE, Agency.Line.ADMINISTRATION, on
    )
    if below is None:
        text = N_("Danh mục cơ quan chưa có cơ quan cấp xã nào để giao việc; thêm ở trang Cơ quan, phân công.")
        raise StepRefused([Problem("lead", say(text))])
    return guide or lead, below


def _agency(level: str, line: str, on: date) -> Agency | None:
    rows = Agency.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on), level=level, line=line)
    return rows.order_by("pk").first()


def _order(row: Duty, lead: Agency, on: date, starts: date | None, grace_days: int) -> Order:
    version = row.clause.version
    plan = version.plan
    day = starts or version.in_force_from or version.effective or version.date or on
    due = None if row.regime else row.due
    if due is not None and due < day:
        day = due
    last = plan.ends + timedelta(days=grace_days) if plan.ends and row.regime else None
    return Order(
        title=row.title,
        lead=lead,
        starts=day,
        due=due,
        regime=row.regime,
        grain=row.grain,
        grace_days=grace_days,
        ends=last,
        words=row.words,
        product=row.product,
        plan=plan,
        duty=row,
        others=tuple(in_force(one, on) for one in row.others.all()),
        clauses=(row.clause, *row.also.all()),
    )


def _named(row: Duty, problem: Problem) -> Problem:
    where = say(N_("Điều khoản {path}, “{title}”: {why}"), path=row.clause.path, title=row.title, why=problem.message)
    return Problem(problem.field, where)
