"""Self-assessment, appraisal, decision: the steps of a standing, each guarded, dated and written down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _

from diaban.apps.access import Person
from diaban.apps.audit.actions import record, record_many
from diaban.apps.localities.models import Cycle, Decision, LocalityClass, Standing
from diaban.apps.localities.queries.territory import listed_before
from diaban.apps.localities.stages import Refused, advance, require_step

KEY_CLASSES = (LocalityClass.I, LocalityClass.II, LocalityClass.III)
ASSESSED = ("self_class", "self_note", "self_digest", "self_by", "self_in_name_of", "self_at")
APPRAISED = (
    "appraised_class",
    "appraisal_note",
    "appraised_digest",
    "appraised_by",
    "appraised_in_name_of",
    "appraised_at",
)


def _locked(standings: Sequence[Standing], *, closed_too: bool = False) -> list[Standing]:
    """Return the rows anew, locked for this transaction; refuse if their cycle is closed."""
    rows = list(
        Standing.objects.select_for_update(of=("self",))
        .filter(pk__in=[standing.pk for standing in standings])
        .select_related("cycle", "unit", "decision")
        .order_by("pk")
    )
    if not rows:
        raise Refused(_("Chưa chọn đơn vị nào."))
    if not closed_too and any(row.cycle.state == Cycle.State.CLOSED for row in rows):
        raise Refused(_("Kỳ phân loại đã khóa."))
    return rows


def subject(standing: Standing) -> str:
    """Return the audit subject of a standing (its cycle and unit must be loaded)."""
    return f"standing:{standing.cycle.year}:{standing.unit.uid}"


@transaction.atomic
def self_assess(*, standing: Standing, chosen: str, note: str = "", by: Person, at: datetime) -> Standing:
    """Record the class that the commune gives itself; a note is owed where it differs from the proposal."""
    (row,) = _locked([standing])
    giver = require_step(by, row, "self_assess", at=at)
    target = advance(row.stage, "self_assess")
    _check_class(chosen)
    if chosen != row.proposed_class and not note.strip():
        raise Refused(_("Tự đánh giá khác đề xuất: cần ghi lý do."), "note")
    row.self_class, row.self_note, row.self_digest = chosen, note.strip(), row.digest
    row.self_by, row.self_in_name_of, row.self_at, row.stage = by.get_username(), giver, at, target
    row.save(update_fields=["stage", *ASSESSED])
    record(
        by=by,
        at=at,
        verb="standing.self_assess",
        subject=subject(row),
        detail={"class": chosen, "proposed": row.proposed_class, "note": row.self_note} | _in_name_of(giver),
    )
    return row


@transaction.atomic
def appraise(*, standing: Standing, chosen: str, note: str = "", by: Person, at: datetime) -> Standing:
    """Record the province's appraisal; a note is owed where it differs from the proposal or the self-assessment."""
    (row,) = _locked([standing])
    giver = require_step(by, row, "appraise", at=at)
    target = advance(row.stage, "appraise")
    _check_class(chosen)
    if (chosen != row.proposed_class or chosen != row.self_class) and not note.strip():
        raise Refused(_("Kết quả thẩm định khác đề xuất hoặc khác tự đánh giá: cần ghi lý do."), "note")
    row.appraised_class, row.appraisal_note, row.appraised_digest = chosen, note.strip(), row.digest
    row.appraised_by, row.appraised_in_name_of, row.appraised_at = by.get_username(), giver, at
    row.stage = target
    row.save(update_fields=["stage", *APPRAISED])
    record(
        by=by,
        at=at,
        verb="standing.appraise",
        subject=subject(row),
        detail={"class": chosen, "proposed": row.proposed_class, "self": row.self_class, "note": row.appraisal_note}
        | _in_name_of(giver),
    )
    return row


@transaction.atomic
def appraise_many(*, standings: Iterable[Standing], by: Person, at: datetime) -> int:
    """Agree with the self-assessment of every standing given; return how many.

    Refuses the whole selection if one of them differs from its proposal: that one needs a note of its own.
    """
    rows = _locked(list(standings))
    for row in rows:
        giver = require_step(by, row, "appraise", at=at)
        row.stage = advance(row.stage, "appraise")
        if row.self_class != row.proposed_class:
            raise Refused(
                format_lazy(_("{uid}: tự đánh giá khác đề xuất; hãy thẩm định riêng và ghi lý do."), uid=row.unit.uid)
            )
        row.appraised_class, row.appraisal_note, row.appraised_digest = row.self_class, "", row.digest
        row.appraised_by, row.appraised_in_name_of, row.appraised_at = by.get_username(), giver, at
    Standing.objects.bulk_update(rows, ["stage", *APPRAISED], batch_size=100)
    return record_many(
        by=by,
        at=at,
        verb="standing.appraise",
        items=[
            (
                subject(row),
                {"class": row.appraised_class, "proposed": row.proposed_class, "self": row.self_class}
                | _in_name_of(row.appraised_in_name_of),
            )
            for row in rows
        ],
    )


@transaction.atomic
def send_back(*, standing: Standing, note: str, by: Person, at: datetime) -> Standing:
    """Return the standing to the commune with an opinion; its self-assessment must be made again."""
    (row,) = _locked([standing])
    giver = require_step(by, row, "send_back", at=at)
    target = advance(row.stage, "send_back")
    if not note.strip():
        raise Refused(_("Trả lại thì cần ghi ý kiến để xã biết phải sửa gì."), "note")
    record(
        by=by,
        at=at,
        verb="standing.send_back",
        subject=subject(row),
        detail={"note": note.strip(), "self": row.self_class, "appraised": row.appraised_class} | _in_name_of(giver),
    )
    row.stage, row.self_class, row.self_at, row.appraised_class, row.appraised_at = target, "", None, "", None
    row.self_note = row.appraisal_note = row.self_digest = row.appraised_digest = ""
    row.self_by = row.self_in_name_of = row.appraised_by = row.appraised_in_name_of = ""
    row.save(update_fields=["stage", *ASSESSED, *APPRAISED])
    return row


@transaction.atomic
def decide(
    *,
    standing: Standing,
    number: str,
    date: date,
    by: Person,
    at: datetime,
    chosen: str | None = None,
    reason: str = "",
    listing: str = "",
) -> Decision:
    """Record a numbered decision on one standing; `chosen` defaults to the appraised class."""
    (decision,) = decide_many(
        standings=[standing], number=number, date=date, by=by, at=at, chosen=chosen, reason=reason, listing=listing
    )
    return decision


@transaction.atomic
def decide_many(
    *,
    standings: Iterable[Standing],
    number: str,
    date: date,
    by: Person,
    at: datetime,
    chosen: str | None = None,
    reason: str = "",
    listing: str = "",
) -> list[Decision]:
    """Record one decision, with one number and date, on every standing given; all of them or none.

    Each takes its appraised class unless `chosen` names one. Where the class differs from the proposal a reason is
    owed: `reason`, or the note of the appraisal. `listing` defaults to what follows from last year's list.
    Raises `Refused` for a future date, a standing not appraised, or figures changed since its appraisal.
    """
    rows = _locked(list(standings))
    givers = [require_step(by, row, "decide", at=at) for row in rows]
    number = _check_number(number, date, rows[0].cycle, at, reason)
    was_listed = listed_before(rows[0].cycle, [row.unit_id for row in rows])
    decisions = []
    for row, giver in zip(rows, givers, strict=True):
        row.stage = advance(row.stage, "decide")
        if row.appraised_digest != row.digest:
            raise Refused(
                format_lazy(
                    _(
                        "{uid}: số liệu hoặc quy tắc đã đổi sau khi thẩm định; hãy thẩm định lại trước khi"
                        " ghi quyết định."
                    ),
                    uid=row.unit.uid,
                )
            )
        final = chosen or row.appraised_class
        own = row.appraisal_note if final == row.appraised_class else ""
        decisions.append(
            _decision(
                row,
                number,
                date,
                final,
                reason.strip() or own,
                listing or _listing(final, row.unit_id in was_listed),
                (by.get_username(), giver),
                at,
            )
        )
    Decision.objects.bulk_create(decisions)
    for row, decision in zip(rows, decisions, strict=True):
        row.decision = decision
    Standing.objects.bulk_update(rows, ["stage", "decision"], batch_size=200)
    record_many(
        by=by,
        at=at,
        verb="standing.decide",
        items=[(subject(row), _audited(decision)) for row, decision in zip(rows, decisions, strict=True)],
    )
    return decisions


@transaction.atomic
def supersede(
    *,
    standing: Standing,
    number: str,
    date: date,
    chosen: str,
    reason: str,
    by: Person,
    at: datetime,
    listing: str = "",
) -> Decision:
    """Record a decision that takes the place of the present one; permitted after the cycle is closed too.

    The earlier decision stays as it was. The number must be another, the date not earlier, the reason stated.
    """
    (row,) = _locked([standing], closed_too=True)
    giver = require_step(by, row, "supersede", at=at)
    row.stage = advance(row.stage, "supersede")
    old = row.decision
    if old is None:
        raise Refused(_("Chưa có quyết định nào để thay thế."))
    if not reason.strip():
        raise Refused(_("Quyết định thay thế cần ghi lý do."), "reason")
    number = _check_number(number, date, row.cycle, at, reason)
    # In Python, since a database need not know that "đ" and "Đ" are one letter.
    if number.casefold() in {one.casefold() for one in row.decisions.values_list("number", flat=True)}:
        raise Refused(_("Đơn vị đã có quyết định mang số này; quyết định thay thế phải mang số khác."), "number")
    if date < old.date:
        raise Refused(_("Ngày của quyết định thay thế không thể trước quyết định bị thay thế."), "date")
    was_listed = row.unit_id in listed_before(row.cycle, [row.unit_id])
    who = by.get_username(), giver
    new = _decision(row, number, date, chosen, reason.strip(), listing or _listing(chosen, was_listed), who, at)
    new.supersedes = old
    new.save()
    row.decision = new
    row.save(update_fields=["decision", "stage"])
    record(
        by=by,
        at=at,
        verb="standing.supersede",
        subject=subject(row),
        detail=_audited(new) | {"supersedes": old.number, "before": old.decided_class},
    )
    return new


def _check_class(chosen: str) -> None:
    if chosen not in LocalityClass.values:
        raise Refused(_("Loại không có trong danh mục."), "chosen")


def _check_number(number: str, day: date, cycle: Cycle, at: datetime, reason: str) -> str:
    number = " ".join(number.split())
    if not number:
        raise Refused(_("Cần số quyết định."), "number")
    if day > timezone.localdate(at):
        raise Refused(_("Ngày quyết định ở tương lai: chỉ ghi quyết định đã ban hành."), "date")
    if day < cycle.first_day:
        raise Refused(_("Ngày quyết định trước khi kỳ phân loại bắt đầu."), "date")
    if day <= cycle.last_day and not reason.strip():
        raise Refused(
            format_lazy(
                _("Quyết định ban hành trước khi chốt số liệu ({day}): cần ghi lý do."),
                day=f"{cycle.last_day:%d/%m/%Y}",
            ),
            "reason",
        )
    return number


def _decision(
    row: Standing, number: str, day: date, chosen: str, reason: str, listing: str, who: tuple[str, str], at: datetime
) -> Decision:
    """Return the decision, checked and not stored; `who` is who records it, and in whose name (empty: their own)."""
    _check_class(chosen)
    if chosen == LocalityClass.UNKNOWN:
        raise Refused(
            format_lazy(
                _("{uid}: không quyết định được “chưa xác định”; hãy bổ sung số liệu hoặc chọn loại và ghi lý do."),
                uid=row.unit.uid,
            ),
            "chosen",
        )
    if chosen != row.proposed_class and not reason:
        raise Refused(format_lazy(_("{uid}: loại quyết định khác đề xuất; cần ghi lý do."), uid=row.unit.uid), "reason")
    if listing not in Decision.Listing.values:
        raise Refused(_("Việc đưa vào, đưa ra khỏi danh sách không có trong danh mục."), "listing")
    if (listing in (Decision.Listing.IN, Decision.Listing.STAY)) != (chosen in KEY_CLASSES):
        raise Refused(_("Chỉ địa bàn loại I, II, III nằm trong danh sách trọng điểm."), "listing")
    return Decision(
        standing=row,
        number=number,
        date=day,
        decided_class=chosen,
        listing=listing,
        reason=reason,
        proposed_class=row.proposed_class,
        proposal=row.proposal,
        digest=row.digest,
        by=who[0],
        in_name_of=who[1],
        at=at,
    )


def _listing(chosen: str, was_listed: bool) -> str:
    if chosen in KEY_CLASSES:
        return Decision.Listing.STAY if was_listed else Decision.Listing.IN
    return Decision.Listing.OUT if was_listed else Decision.Listing.OFF


def _audited(decision: Decision) -> dict[str, Any]:
    return {
        "number": decision.number,
        "date": decision.date.isoformat(),
        "class": decision.decided_class,
        "proposed": decision.proposed_class,
        "listing": decision.listing,
        "reason": decision.reason,
        "digest": decision.digest,
    } | _in_name_of(decision.in_name_of)


def _in_name_of(giver: str) -> dict[str, str]:
    """Return what the log says of an act done under a delegation; nothing where it was one's own."""
    return {"in_name_of": giver} if giver else {}
