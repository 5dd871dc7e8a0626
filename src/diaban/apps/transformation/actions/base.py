"""What every act on a transformation shares: refusals, the locked row, the line of its way."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Max

from diaban.apps.access import Person
from diaban.apps.transformation.models import Passage, Transformation
from diaban.core.lifecycle import Problem, StepRefused
from diaban.core.messages import N_, Message, say


def refuse(message: Message, field: str = "") -> StepRefused:
    """Return the refusal for one reason."""
    return StepRefused([Problem(field, message)])


def locked(transformation: Transformation) -> Transformation:
    """Return the transformation anew, locked for this transaction."""
    rows = Transformation.objects.select_for_update(of=("self",)).select_related("unit", "baseline_cycle")
    return rows.get(pk=transformation.pk)


def must_live(transformation: Transformation) -> None:
    """Refuse an act on a plan that has ended."""
    if not transformation.live:
        raise refuse(say(N_("Kế hoạch {code} đã kết thúc; không sửa được nữa."), code=transformation.code))


def subject(transformation: Transformation) -> str:
    """Return the audit subject of a transformation."""
    return f"transformation:{transformation.code}"


def passage(
    row: Transformation, verb: str, before: str, *, on: date, by: Person, giver: str, at: datetime,
    document: str = "", reason: str = "",
) -> Passage:  # fmt: skip
    """Write one line of the plan's way."""
    last = row.passages.aggregate(last=Max("seq"))["last"] or 0
    return Passage.objects.create(
        transformation=row, seq=last + 1, verb=verb, from_state=before, to_state=row.state, on=on,
        document=document.strip(), reason=reason.strip(), by=by.get_username(), in_name_of=giver, at=at,
    )  # fmt: skip
