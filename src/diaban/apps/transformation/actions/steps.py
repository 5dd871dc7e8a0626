"""The steps of a plan: approve, begin, maintain, end … each guarded by the table."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from diaban.apps.access import AccessRefused, Permission, Person, Rights, rights_at
from diaban.apps.audit.actions import record
from diaban.apps.transformation.actions.base import locked, passage, refuse, subject
from diaban.apps.transformation.models import Transformation
from diaban.apps.transformation.queries.guards import given_for, table_of
from diaban.core.messages import N_, say
from diaban.core.policy import Verdict
from diaban.core.transformation import Move, Part

ASKS = {Part.KEEPS: Permission.TRANSFORM_KEEP, Part.APPROVES: Permission.TASK_CONFIRM}
"""Approving a plan is confirming work of the unit: nobody does it to what they wrote themselves."""


def verdict_for(rights: Rights, transformation: Transformation, step: Move) -> Verdict:
    """Return what the policy says of somebody taking `step`; what the guards say is another question."""
    authors: set[str] = set()
    if step.part is Part.APPROVES:
        authors = {transformation.created_by, *transformation.answers.values_list("by", flat=True)}
    return rights.can(ASKS[step.part], unit=transformation.unit_id, submitted_by=authors)


@transaction.atomic
def move(
    *,
    transformation: Transformation,
    verb: str,
    on: date,
    by: Person,
    at: datetime,
    document: str = "",
    reason: str = "",
) -> Transformation:
    """Take a step of the plan on a day; raise `StepRefused` with every reason why not, `AccessRefused`."""
    row = locked(transformation)
    table = table_of(row)
    step = table.move(verb)
    verdict = verdict_for(rights_at(by, at), row, step)
    if not verdict.allowed:
        raise AccessRefused(verdict)
    today = timezone.localdate(at)
    if on > today:
        raise refuse(say(N_("Ngày của bước này không thể ở tương lai.")), "on")
    last = row.passages.order_by("-seq").first()
    if last is not None and on < last.on:
        raise refuse(say(N_("Ngày của bước này ở trước bước gần nhất ({day})."), day=f"{last.on:%d/%m/%Y}"), "on")
    after = table.take(row.state, verb, given_for(row, on, document=document, reason=reason))
    before, row.state = row.state, after.code
    if verb == "approve":
        row.approved_number, row.approved_on = document.strip(), on
    if after.code == "maintaining":
        row.maintained_since = on
    elif after.code == "doing":
        row.maintained_since = None
    if after.final:
        row.closed_on = on
    row.save()
    giver = verdict.grant.giver if verdict.grant else ""
    passage(row, verb, before, on=on, by=by, giver=giver, at=at, document=document, reason=reason)
    detail = {"before": before, "after": row.state, "document": document.strip(), "reason": reason.strip()}
    record(
        by=by,
        at=at,
        verb=f"transformation.{verb}",
        subject=subject(row),
        detail={name: value for name, value in detail.items() if value} | ({"in_name_of": giver} if giver else {}),
    )
    return row
