"""Write a checked batch, or take a written one back: each in one transaction, each exactly or not at all."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from diaban.apps.access import Permission
from diaban.apps.accounts.models import User
from diaban.apps.audit.actions import record, together
from diaban.apps.exchange.actions.reach import Reach, require_held, units_of
from diaban.apps.exchange.actions.receiving import BatchRefused, refuse_options
from diaban.apps.exchange.models import Batch, BatchPart, BatchRow
from diaban.apps.exchange.registry import Change, Context, Sheet, SheetRefused, sheet_by_code

CHUNK = 1_000
_NAMED = 20
Step = Callable[[int, int], None]


@together()
def apply_batch(batch: Batch, *, by: User, at: datetime, step: Step) -> None:
    """Write every new and changed row, with the rights that `by` has now.

    Raises `BatchRefused` and writes nothing when a row moved since the check or is no longer within reach, and
    `AccessRefused` when `by` may no longer write to this register at all.
    """
    held = Batch.objects.select_for_update().get(pk=batch.pk)
    if held.state != Batch.State.CHECKED or not held.mode:
        raise BatchRefused(_("Lô {number} chưa sẵn sàng để ghi.").format(number=held.number))
    if held.mode == Batch.Mode.ALL and held.error_rows:
        raise BatchRefused(_("Lô {number} còn dòng lỗi.").format(number=held.number))
    sheet, context = sheet_by_code(held.sheet), Context(by, at, held.options, held.number)
    rights = require_held(by, Permission.REGISTER_IMPORT, *sheet.asks, at=at)
    refuse_options(sheet, held.options)
    reach = Reach(rights, (Permission.REGISTER_IMPORT, *sheet.asks))
    done = 0
    for rows in _chunks(held):
        _refuse_out_of_reach(sheet, rows, reach, context)
        standing = sheet.current([row.key for row in rows], context)
        _refuse_moved(
            [row for row in rows if standing.get(row.key) != row.before],
            _("Các dòng sau đã được sửa ở nơi khác từ lúc kiểm tra: {rows}. Kiểm tra lại lô rồi ghi."),
        )
        _write(held, sheet, rows, context)
        done += len(rows)
        step(done, held.to_write)
    held.state, held.applied_by, held.applied_at = Batch.State.APPLIED, by, at
    held.save(update_fields=["state", "applied_by", "applied_at"])
    record(
        by=by,
        at=at,
        verb="exchange.apply",
        subject=f"batch:{held.number}",
        detail={"sheet": held.sheet, "mode": held.mode, "new": held.new, "changed": held.changed},
    )


def _write(batch: Batch, sheet: Sheet, rows: list[BatchRow], context: Context) -> None:
    try:
        image = sheet.write([_change(row) for row in rows], context)
    except SheetRefused as refused:
        raise BatchRefused(str(refused)) from None
    BatchPart.objects.create(batch=batch, first=rows[0].number, last=rows[-1].number, image=image)
    # What the register made of the row (totals filled in, spaces trimmed) is what an undo must find again.
    standing = sheet.current([row.key for row in rows], context)
    moved = [row for row in rows if standing[row.key] != row.after]
    for row in moved:
        row.after = standing[row.key]
    # By upsert: an update of many rows by CASE costs three times as much.
    BatchRow.objects.bulk_create(
        moved, batch_size=CHUNK, update_conflicts=True, unique_fields=["id"], update_fields=["after"]
    )


@together()
def undo_batch(batch: Batch, *, by: User, at: datetime, step: Step) -> None:
    """Put every row back to what stood before, with the rights that `by` has now.

    Raises `BatchRefused`, naming rows, when any was changed since or is out of reach, and `AccessRefused`.
    """
    held = Batch.objects.select_for_update().get(pk=batch.pk)
    if held.state != Batch.State.APPLIED:
        raise BatchRefused(_("Lô {number} chưa được ghi.").format(number=held.number))
    sheet, context = sheet_by_code(held.sheet), Context(by, at, held.options, held.number)
    rights = require_held(by, Permission.IMPORT_UNDO, *sheet.asks, at=at)
    reach = Reach(rights, (Permission.IMPORT_UNDO, *sheet.asks))
    moved: list[BatchRow] = []
    for rows in _chunks(held):
        _refuse_out_of_reach(sheet, rows, reach, context)
        standing = sheet.current([row.key for row in rows], context)
        moved += [row for row in rows if standing.get(row.key) != row.after]
    _refuse_moved(moved, _("Không hoàn tác được: các dòng sau đã được sửa sau khi ghi lô này: {rows}."))
    done = 0
    for part in held.parts.order_by("-first"):
        rows = list(held.rows.filter(number__range=(part.first, part.last)).order_by("number"))
        try:
            sheet.revert([_change(row) for row in rows], part.image, context)
        except SheetRefused as refused:
            raise BatchRefused(str(refused)) from None
        standing = sheet.current([row.key for row in rows], context)
        _refuse_moved(
            [row for row in rows if standing.get(row.key) != row.before],
            _("Không hoàn tác được: các dòng sau không trở về đúng giá trị cũ: {rows}."),
        )
        done += len(rows)
        step(done, held.to_write)
    held.state, held.undone_by, held.undone_at = Batch.State.UNDONE, by, at
    held.save(update_fields=["state", "undone_by", "undone_at"])
    record(by=by, at=at, verb="exchange.undo", subject=f"batch:{held.number}", detail={"sheet": held.sheet})


def _refuse_out_of_reach(sheet: Sheet, rows: list[BatchRow], reach: Reach, context: Context) -> None:
    """Refuse when a row is another unit's by now, or the right to it was taken since the check."""
    before, after = (units_of(sheet, found, context) for found in ([r.before for r in rows], [r.after for r in rows]))
    lost = [
        row
        for row, old, new in zip(rows, before, after, strict=True)
        if not reach.holds(new) or (row.before is not None and not reach.holds(old))
    ]
    _refuse_moved(lost, _("Phạm vi được giao nay không còn gồm các dòng sau: {rows}. Chưa có gì được ghi."))


def _refuse_moved(rows: list[BatchRow], sentence: str) -> None:
    if not rows:
        return
    named = "; ".join(f"{row.number} ({row.key})" for row in rows[:_NAMED])
    more = _(" và {n} dòng khác").format(n=len(rows) - _NAMED) if len(rows) > _NAMED else ""
    raise BatchRefused(sentence.format(rows=named + more))


def _chunks(batch: Batch) -> Iterator[list[BatchRow]]:
    """Yield the rows in the file's order."""
    rows = batch.rows.order_by("number").iterator(chunk_size=CHUNK)
    while chunk := list(itertools.islice(rows, CHUNK)):
        yield chunk


def _change(row: BatchRow) -> Change:
    return Change(row.number, row.key, row.before, row.after, row.act)
