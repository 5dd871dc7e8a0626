"""Put a plan in force, and end it."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diaban.apps.access import Permission, Person, require
from diaban.apps.audit.actions import record
from diaban.apps.plans.drafts import draft_of
from diaban.apps.plans.models import Version
from diaban.apps.plans.refusals import NotReady, Refused
from diaban.core.drafting import Gap, missing
from diaban.core.messages import N_, say


def lacking(version: Version, reason: str = "") -> list[Gap]:
    """Return everything that keeps the version from being carried out, and what makes it poorer."""
    gaps = []
    if not reason.strip() and not (version.number and version.date):
        words = N_("Chưa có số hoặc ngày của văn bản: ghi vào đầu văn bản, hoặc nêu lý do khi đưa vào thực hiện.")
        gaps.append(Gap(None, "head", say(words)))
    return gaps + missing(draft_of(version))


@transaction.atomic
def put_in_force(*, version: Version, by: Person, at: datetime, day: date | None = None, reason: str = "") -> Version:
    """Let a draft be carried out from `day` on (its effective day, its date, or the day of `at`).

    The version that held before is closed on that day and stays readable. Raises `NotReady` with every gap.
    """
    require(by, Permission.PLAN_KEEP, at=at, unit=version.plan.unit_id)
    version = Version.objects.select_for_update(of=("self",)).select_related("plan").get(pk=version.pk)
    if version.state != Version.State.DRAFT:
        raise Refused(_("Văn bản này không còn ở bước rà soát; không đưa vào thực hiện lần nữa."))
    gaps = [gap for gap in lacking(version, reason) if gap.blocks]
    if gaps:
        raise NotReady(_("Còn {n} điều cần làm trước khi đưa vào thực hiện.").format(n=len(gaps)), gaps)
    day = day or version.effective or version.date or timezone.localdate(at)
    before = Version.objects.filter(plan=version.plan, state=Version.State.IN_FORCE).first()
    if before is not None:
        if before.in_force_from and day <= before.in_force_from:
            sentence = _("Ngày bắt đầu phải sau ngày {day}, khi bản đang thực hiện bắt đầu.")
            raise Refused(sentence.format(day=f"{before.in_force_from:%d/%m/%Y}"), "day")
        before.state, before.in_force_to = Version.State.SUPERSEDED, day
        before.save(update_fields=["state", "in_force_to"])
    version.state, version.in_force_from = Version.State.IN_FORCE, day
    version.reason = reason.strip() or version.reason
    version.save(update_fields=["state", "in_force_from", "reason"])
    record(
        by=by,
        at=at,
        verb="plan.force",
        subject=f"plan:{version.plan.code}",
        detail={"version": version.seq, "from": day.isoformat(), "reason": reason.strip()},
    )
    return version
