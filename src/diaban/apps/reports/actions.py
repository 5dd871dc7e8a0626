"""Issue a dossier; set the letterhead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from diaban.apps.audit.actions import Actor, record
from diaban.apps.localities.models import Cycle
from diaban.apps.reports import queries
from diaban.apps.reports.models import Issue, Letterhead
from diaban.core.dossier import digest, plain


class Refused(Exception):
    """An act that is not done; the text says why and what to do."""


@transaction.atomic
def issue(
    *,
    by: Actor,
    at: datetime,
    cycle: Cycle,
    number: int | None = None,
    issued_on: date | None = None,
    reason: str = "",
) -> Issue:
    """Freeze the dossier of a cycle under the next issue number.

    Refused when the cycle has no units, when nothing changed since the last issue, and when an issue takes the place
    of another without a reason. `number` and `issued_on` are those of the document register, None if not yet given.
    """
    cycle = Cycle.objects.select_for_update().get(pk=cycle.pk)
    last = queries.latest(cycle)
    made = queries.draft(cycle, issue=last.issue + 1 if last else 1, number=number, issued_on=issued_on)
    if not made.classes:
        raise Refused(_("Kỳ {year} chưa có xã nào: mở kỳ phân loại trước khi phát hành hồ sơ.").format(year=cycle.year))
    if last is not None:
        frozen = queries.dossier_of(last)
        same = (frozen.letterhead, frozen.number, frozen.issued_on) == (made.letterhead, number, issued_on)
        if same and last.content == made.made_from:
            raise Refused(
                _("Không có gì khác với lần phát hành {issue}: tải lại tệp của lần đó.").format(issue=last.issue)
            )
        if not reason.strip():
            raise Refused(_("Ghi lý do phát hành lại: lần {issue} đã phát hành.").format(issue=last.issue))
    found = Issue.objects.create(
        cycle=cycle,
        issue=made.issue,
        document_number=number,
        document_date=issued_on,
        snapshot=plain(made),
        digest=digest(made),
        content=made.made_from,
        reason=reason.strip(),
        by=by.get_username(),
        at=at,
    )
    record(
        by=by,
        at=at,
        verb="reports.issue",
        subject=f"dossier:{cycle.year}/{found.issue}",
        detail={"digest": found.digest, "content": found.content, "number": number, "reason": found.reason},
    )
    return found


@transaction.atomic
def set_letterhead(*, by: Actor, at: datetime, effective_from: date, values: Mapping[str, str]) -> Letterhead:
    """Add a letterhead that holds from a day on; issues already made keep theirs."""
    found = Letterhead.objects.create(effective_from=effective_from, by=by.get_username(), at=at, **values)
    record(
        by=by,
        at=at,
        verb="reports.set_letterhead",
        subject=f"letterhead:{effective_from.isoformat()}",
        detail=dict(values),
    )
    return found
