"""Submit a dossier, return it, issue it by another hand; set the letterhead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from diaban.apps.access import AccessRefused, Permission, Person, require, rights_at
from diaban.apps.audit.actions import record
from diaban.apps.localities.models import Cycle
from diaban.apps.reports import queries
from diaban.apps.reports.models import Issue, Letterhead, Submission
from diaban.apps.reports.steps import Refused, advance, verdict
from diaban.core.dossier import Dossier, digest, plain

__all__ = ["Refused", "issue", "send_back", "set_letterhead", "submit"]


@transaction.atomic
def submit(*, by: Person, at: datetime, cycle: Cycle, note: str = "", reason: str = "") -> Submission:
    """Lay the dossier of a cycle, as it stands now, before somebody else for issuing.

    A submission that still waits is replaced by the new one. Refused when the cycle has no units, when just this is
    waiting already, when what was returned comes back unchanged without a word, and when an issue is to take the place
    of another without a reason.
    """
    giver = _giver(by, Permission.REPORT_SUBMIT, at)
    cycle = Cycle.objects.select_for_update().get(pk=cycle.pk)
    last_issue, last = queries.latest(cycle), queries.last_submission(cycle)
    made = queries.draft(cycle, issue=last_issue.issue + 1 if last_issue else 1)
    if not made.classes:
        raise Refused(_("Kỳ {year} chưa có xã nào: mở kỳ phân loại trước khi trình hồ sơ.").format(year=cycle.year))
    if last_issue is not None and not reason.strip():
        raise Refused(_("Ghi lý do phát hành lại: lần {issue} đã phát hành.").format(issue=last_issue.issue))
    if last is not None:
        _make_way(last, made, note, by, at)
    turn = Submission.objects.filter(cycle=cycle).aggregate(last=Max("turn"))["last"] or 0
    found = Submission.objects.create(
        cycle=cycle,
        turn=turn + 1,
        snapshot=plain(made),
        digest=digest(made),
        content=made.made_from,
        note=note.strip(),
        reason=reason.strip(),
        by=by.get_username(),
        in_name_of=giver,
        at=at,
    )
    record(
        by=by,
        at=at,
        verb="reports.submit",
        subject=_subject(found),
        detail={"content": found.content, "digest": found.digest, "note": found.note, "reason": found.reason}
        | _in_name_of(giver),
    )
    return found


def _make_way(last: Submission, made: Dossier, note: str, by: Person, at: datetime) -> None:
    """Let a new submission follow the last one: replace the one that waits; hold one that says nothing new."""
    same = not queries.drifted(last, made)
    if last.state == Submission.State.WAITING:
        if same:
            raise Refused(_("Bản này đã trình và đang chờ duyệt; chưa có gì đổi để trình lại."))
        last.state = advance(last.state, "replace")
        last.answered_by, last.answered_at = by.get_username(), at
        last.save(update_fields=["state", "answered_by", "answered_at"])
    elif last.state == Submission.State.RETURNED and same and not note.strip():
        raise Refused(_("Bản bị trả lại chưa đổi gì: sửa số liệu, hoặc ghi lời giải trình khi trình lại."))


@transaction.atomic
def send_back(*, by: Person, at: datetime, submission: Submission, remark: str) -> Submission:
    """Return a submission with a remark, so that it is corrected and submitted anew."""
    found, giver = _answer(submission, "send_back", by, at)
    if not remark.strip():
        raise Refused(_("Trả lại thì cần ghi ý kiến để người trình biết phải sửa gì."))
    found.remark = remark.strip()
    found.save(update_fields=["state", "remark", "answered_by", "answered_at"])
    record(
        by=by,
        at=at,
        verb="reports.send_back",
        subject=_subject(found),
        detail={"remark": found.remark, "content": found.content} | _in_name_of(giver),
    )
    return found


@transaction.atomic
def issue(
    *, by: Person, at: datetime, submission: Submission, number: int | None = None, issued_on: date | None = None
) -> Issue:
    """Approve a submission of somebody else and freeze exactly what it says under the next issue number.

    `number` and `issued_on` are those of the document register, None if not yet given. Refused when anything changed
    since it was submitted, and when nothing differs from the last issue.
    """
    found, giver = _answer(submission, "issue", by, at)
    cycle = found.cycle
    last = queries.latest(cycle)
    made = queries.draft(cycle, issue=last.issue + 1 if last else 1, number=number, issued_on=issued_on)
    if queries.drifted(found, made):
        raise Refused(
            _(
                "Số liệu hoặc thông tin cơ quan ban hành đã đổi sau khi trình: trả lại để trình bản mới,"
                " không phát hành bản khác với bản đã trình."
            )
        )
    if last is not None:
        frozen = queries.dossier_of(last)
        same = (frozen.letterhead, frozen.number, frozen.issued_on) == (made.letterhead, number, issued_on)
        if same and last.content == made.made_from:
            raise Refused(
                _("Không có gì khác với lần phát hành {issue}: tải lại tệp của lần đó.").format(issue=last.issue)
            )
    made_issue = Issue.objects.create(
        cycle=cycle,
        issue=made.issue,
        document_number=number,
        document_date=issued_on,
        snapshot=plain(made),
        digest=digest(made),
        content=made.made_from,
        reason=found.reason,
        submission=found,
        submitted_by=found.by,
        by=by.get_username(),
        in_name_of=giver,
        at=at,
    )
    found.save(update_fields=["state", "answered_by", "answered_at"])
    record(
        by=by,
        at=at,
        verb="reports.issue",
        subject=f"dossier:{cycle.year}/{made_issue.issue}",
        detail={
            "digest": made_issue.digest,
            "content": made_issue.content,
            "number": number,
            "reason": made_issue.reason,
            "submission": found.turn,
            "submitted_by": found.by,
        }
        | _in_name_of(giver),
    )
    return made_issue


def _answer(submission: Submission, step: str, by: Person, at: datetime) -> tuple[Submission, str]:
    """Return the submission anew, locked and moved on but not stored, and in whose name it is answered."""
    Cycle.objects.select_for_update().get(pk=submission.cycle_id)  # the same lock as `submit`: one after the other
    found = Submission.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=submission.pk)
    answer = verdict(rights_at(by, at), found, step)
    if not answer.allowed:
        raise AccessRefused(answer)
    found.state = advance(found.state, step)
    found.answered_by, found.answered_at = by.get_username(), at
    return found, answer.grant.giver if answer.grant else ""


def _giver(by: Person, permission: Permission, at: datetime) -> str:
    """Return in whose name `by` acts (empty: their own). Raises `AccessRefused`."""
    grant = require(by, permission, at=at).grant
    return grant.giver if grant else ""


def _subject(submission: Submission) -> str:
    return f"submission:{submission.cycle.year}/{submission.turn}"


def _in_name_of(giver: str) -> dict[str, str]:
    return {"in_name_of": giver} if giver else {}


@transaction.atomic
def set_letterhead(*, by: Person, at: datetime, effective_from: date, values: Mapping[str, str]) -> Letterhead:
    """Add a letterhead that holds from a day on; issues already made keep theirs."""
    require(by, Permission.LETTERHEAD_SET, at=at)
    found = Letterhead.objects.create(effective_from=effective_from, by=by.get_username(), at=at, **values)
    record(
        by=by,
        at=at,
        verb="reports.set_letterhead",
        subject=f"letterhead:{effective_from.isoformat()}",
        detail=dict(values),
    )
    return found
