"""What of the programme somebody sees, and in which part they may act: every page, list and act starts from here."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from diaban.apps.access import Permission, Rights
from diaban.apps.agencies.queries import Seats, seats_of
from diaban.apps.programme.models import Task, TaskParty
from diaban.core.lifecycle.steps import Part
from diaban.core.messages import N_, say
from diaban.core.policy import Verdict

__all__ = ["Seats", "may", "of_seats", "seats_of", "sees_evidence", "takes_part", "visible_tasks"]

ASKED = {
    Part.CARRIES_OUT: Permission.TASK_REPORT,
    Part.CONFIRMS: Permission.TASK_CONFIRM,
    Part.ASSIGNS: Permission.TASK_ASSIGN,
}
"""Which permission each part asks for."""


def visible_tasks(rights: Rights) -> QuerySet[Task]:
    """Return the tasks that somebody sees: the province's for whoever sees any, a unit's where sight covers it."""
    if not rights.holds(Permission.TASK_VIEW):
        return Task.objects.none()
    units = rights.units(Permission.TASK_VIEW)
    return Task.objects.all() if units is None else Task.objects.filter(Q(unit__isnull=True) | Q(unit__in=units))


def takes_part(seats: Seats, task: Task) -> bool:
    """Say whether one of the seats leads or co-ordinates the task (its `co` should be fetched before)."""
    return seats.among({task.lead_id, *(one.agency_id for one in task.co.all())}, task.unit_id)


def of_seats(seats: Seats) -> Q:
    """Return the condition that a task is led or co-ordinated from one of the seats."""
    co = TaskParty.objects.filter(task=OuterRef("pk"))
    found = Q(lead__in=seats.everywhere) | Q(Exists(co.filter(agency__in=seats.everywhere)))
    for agency, unit in sorted(seats.local):
        found |= Q(unit=unit) & (Q(lead=agency) | Q(Exists(co.filter(agency=agency))))
    return found


def sees_evidence(rights: Rights, seats: Seats, task: Task) -> bool:
    """Say whether somebody sees the evidence of a task: by permission in its unit, or as one of those who take part."""
    if rights.can(Permission.TASK_EVIDENCE, unit=task.unit_id).allowed:
        return True
    return rights.holds(Permission.TASK_REPORT) and takes_part(seats, task)


def may(part: Part, task: Task, *, rights: Rights, seats: Seats, submitted_by: Iterable[str] = ()) -> Verdict:
    """Return whether somebody may act on a task in a part, and why.

    Work is carried out by whoever keeps the programme in the unit, or speaks for an agency that takes part: a
    department's account reaches the whole province, its say in a task only where its agency has one. What the province
    gave to a unit is judged, changed and ended at the province.
    """
    permission = ASKED[part]
    if part is not Part.CARRIES_OUT:
        return rights.can(permission, unit=task.giver_id, submitted_by=submitted_by)
    verdict = rights.can(permission, unit=task.unit_id)
    if verdict.allowed and rights.can(Permission.TASK_EVIDENCE, unit=task.unit_id).allowed:
        return verdict
    if rights.holds(permission) and takes_part(seats, task):
        reason = say(N_("Cơ quan của tài khoản chủ trì hoặc phối hợp nhiệm vụ này."))
        return Verdict(True, "granted", reason, permission, verdict.purpose, verdict.grant)
    if not verdict.allowed:
        return verdict
    reason = say(N_("Nhiệm vụ này do cơ quan khác chủ trì; chỉ cơ quan chủ trì, phối hợp mới ghi được."))
    return Verdict(False, "outside", reason, permission)
