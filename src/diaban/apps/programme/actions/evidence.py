"""What shows that work was done: added by those who do it, taken back with a reason, never deleted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db import transaction

from diaban.adapters.uploads import Kind, Refusal, check, clean_photo, shown_name, traces_left
from diaban.apps.access import AccessRefused, Permission, Person, Rights, rights_at
from diaban.apps.audit import actions as audit
from diaban.apps.audit.models import Kind as EventKind
from diaban.apps.hotspots.models import Hotspot
from diaban.apps.programme.actions.base import allow, day_of, locked, must_be_open, refuse, subject
from diaban.apps.programme.models import Evidence, Turn
from diaban.apps.programme.queries.sight import seats_of, sees_evidence
from diaban.core.lifecycle import Problem, StepRefused
from diaban.core.lifecycle.steps import Part
from diaban.core.messages import N_, Message, say
from diaban.core.policy import Purpose

TYPES: Final = {
    Kind.PDF: "application/pdf",
    Kind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.TEXT: "text/plain",
    Kind.JPEG: "image/jpeg",
    Kind.PNG: "image/png",
}
"""What may be attached, and as what it is given out again."""
MOST_BYTES: Final = 10 * 2**20
PHOTOS: Final = (Kind.JPEG, Kind.PNG)


@dataclass(frozen=True, slots=True)
class Shown:
    """One piece of evidence as it comes in. `kind` is one of `Evidence.Kind`; only that kind's fields count."""

    kind: str
    words: str
    document: str = ""
    document_on: date | None = None
    hotspot: Hotspot | None = None
    amount: Decimal | None = None
    measure: str = ""
    file_name: str = ""
    data: bytes = b""


def add_evidence(*, turn: Turn, given: Shown, by: Person, at: datetime) -> Evidence:
    """Add one piece of evidence to a turn that is not final and return it.

    A photo is drawn anew without its traces; other files are looked through. Raises `StepRefused` with every reason,
    `AccessRefused` when the task, or the hot-spot named, is out of reach.
    """
    ready = _file(given) if given.kind == Evidence.Kind.FILE else ("", "", b"")
    with transaction.atomic():
        task = locked(turn.task)
        row = Turn.objects.select_for_update().get(pk=turn.pk)
        allow(Part.CARRIES_OUT, task, by=by, at=at)
        must_be_open(task)
        if row.final:
            raise refuse(say(N_("Lần này đã khép; mở lại trước khi thêm minh chứng.")))
        if problems := [Problem(field, message) for field, message in _problems(given, day_of(at), rights_at(by, at))]:
            raise StepRefused(problems)
        name, content_type, data = ready
        piece = Evidence(
            turn=row, kind=given.kind, words=given.words.strip(), recorded_by=by.get_username(), recorded_at=at
        )
        if given.kind == Evidence.Kind.DOCUMENT:
            piece.document, piece.document_on = given.document.strip(), given.document_on
        elif given.kind == Evidence.Kind.HOTSPOT:
            piece.hotspot = given.hotspot
        elif given.kind == Evidence.Kind.FIGURE:
            piece.amount, piece.measure = given.amount, given.measure.strip()
        else:
            piece.file_name, piece.file_type, piece.file_size = name, content_type, len(data)
            piece.file_digest, piece.file_data = hashlib.sha256(data).hexdigest(), data
        piece.save(force_insert=True)
        detail: dict[str, object] = {"turn": row.label or row.seq, "kind": given.kind, "words": piece.words}
        detail |= {
            name: value for name, value in (("document", piece.document), ("digest", piece.file_digest)) if value
        }
        audit.record(by=by, at=at, verb="task.evidence", subject=subject(task), detail=detail)
    return piece


def withdraw_evidence(*, evidence: Evidence, reason: str, by: Person, at: datetime) -> Evidence:
    """Take a piece back with a reason; it stays to be seen and counts for nothing. Not while the work is confirmed."""
    with transaction.atomic():
        task = locked(evidence.turn.task)
        piece = Evidence.objects.select_for_update(of=("self",)).select_related("turn").get(pk=evidence.pk)
        allow(Part.CARRIES_OUT, task, by=by, at=at)
        must_be_open(task)
        if piece.withdrawn_at:
            raise refuse(say(N_("Minh chứng này đã rút rồi.")))
        if piece.turn.final:
            raise refuse(say(N_("Lần này đã khép; mở lại trước khi rút minh chứng.")))
        if piece.turn.reported_on:
            raise refuse(say(N_("Đã báo cáo hoàn thành bằng minh chứng này; chờ trả lại rồi mới rút được.")))
        if not reason.strip():
            raise refuse(say(N_("Ghi lý do.")), "reason")
        piece.withdrawn_at, piece.withdrawn_by, piece.withdrawn_reason = at, by.get_username(), reason.strip()
        piece.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
        audit.record(
            by=by, at=at, verb="task.evidence_withdraw", subject=subject(task),
            detail={"kind": piece.kind, "words": piece.words, "reason": reason.strip()},
        )  # fmt: skip
    return piece


def hand_out_file(*, evidence: Evidence, by: Person, at: datetime, purpose: Purpose) -> bytes:
    """Return the bytes of an attached file and tell the log who took them out. Raises `AccessRefused`."""
    task = evidence.turn.task
    rights = rights_at(by, at)
    if not sees_evidence(rights, seats_of(by, day_of(at)), task):
        raise AccessRefused(rights.can(Permission.TASK_EVIDENCE, unit=task.unit_id))
    with transaction.atomic():
        data = bytes(Evidence.objects.values_list("file_data", flat=True).get(pk=evidence.pk) or b"")
        audit.record(
            by=by, at=at, verb="task.file", subject=subject(task), kind=EventKind.EXPORT, purpose=purpose,
            detail={"digest": evidence.file_digest, "bytes": len(data)},
        )  # fmt: skip
    return data


def left_in_file(data: bytes) -> list[Message]:
    """Return what a file that was just attached still tells of whoever wrote it, for the one who attached it."""
    return traces_left(data, check(data, allowed=tuple(TYPES)))


def _file(given: Shown) -> tuple[str, str, bytes]:
    """Return name, type and bytes fit to be kept. Outside the transaction: drawing a photo takes a while."""
    try:
        kind = check(given.data, allowed=tuple(TYPES))
        data = clean_photo(given.data).data if kind in PHOTOS else given.data
    except Refusal as refusal:
        raise refuse(refusal.message, "file") from None
    if len(data) > MOST_BYTES:
        raise refuse(
            say(N_("Tệp nặng quá {n} MB. Giảm cỡ, hoặc ghi số văn bản thay cho tệp."), n=MOST_BYTES // 2**20), "file"
        )
    name = shown_name(given.file_name) or "tep"
    if not name.lower().endswith(kind.ending):
        stem = name.rpartition(".")[0] or name
        name = stem + kind.ending
    return name, TYPES[kind], data


def _problems(given: Shown, on: date, rights: Rights) -> Iterator[tuple[str, Message]]:
    if given.kind not in Evidence.Kind.values:
        yield "kind", say(N_("Chọn loại minh chứng."))
    if not given.words.strip():
        yield "words", say(N_("Ghi minh chứng này cho thấy điều gì."))
    if given.kind == Evidence.Kind.DOCUMENT:
        if not given.document.strip():
            yield "document", say(N_("Ghi số, ký hiệu văn bản."))
        if given.document_on and given.document_on > on:
            yield "document_on", say(N_("Ngày văn bản ở tương lai: chỉ ghi văn bản đã ban hành."))
    if given.kind == Evidence.Kind.FIGURE:
        if given.amount is None:
            yield "amount", say(N_("Ghi con số."))
        if not given.measure.strip():
            yield "measure", say(N_("Ghi đơn vị tính, ví dụ: điểm, buổi, người."))
    if given.kind == Evidence.Kind.HOTSPOT and (
        given.hotspot is None or not rights.can(Permission.HOTSPOT_VIEW, unit=given.hotspot.unit_id).allowed
    ):
        yield "hotspot", say(N_("Không có điểm, tụ điểm mang mã này trong phạm vi xem."))
