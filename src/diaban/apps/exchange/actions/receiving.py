"""Take a file in, ask for its check, its writing or its undoing, or drop it."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from diaban.adapters.uploads import shown_name
from diaban.adapters.workbooks import Refusal
from diaban.adapters.workbooks.container import check_size
from diaban.apps.access import Permission
from diaban.apps.accounts.models import User
from diaban.apps.audit.actions import Actor, record
from diaban.apps.exchange import files
from diaban.apps.exchange.actions.reach import require_held
from diaban.apps.exchange.models import Batch
from diaban.apps.exchange.registry import Sheet, sheet_by_code
from diaban.apps.exchange.sentences import pack, told
from diaban.apps.jobs.actions import enqueue
from diaban.apps.jobs.models import Run

DRAFTS_KEPT = timedelta(days=30)
_DRAFTS = (Batch.State.RECEIVED, Batch.State.REFUSED, Batch.State.CHECKED)
_AT_ONCE = 200  # the rest at the next round: other writers should not wait long


class BatchRefused(Exception):
    """The batch is not in a state that allows this; the text is for people."""


@transaction.atomic
def receive(*, sheet: str, file_name: str, data: bytes, options: Mapping[str, str], by: User, at: datetime) -> Batch:
    """Keep the file as a new batch. Raises `BatchRefused` when it is empty, over the size limit or wrongly labelled."""
    found = sheet_by_code(sheet)
    require_held(by, Permission.REGISTER_IMPORT, *found.asks, at=at)
    refuse_options(found, options)
    try:
        check_size(len(data))
    except Refusal as refusal:
        raise BatchRefused(told(pack(refusal.message))) from None
    batch = Batch.objects.create(
        number=uuid.uuid4().hex[:20],  # until the key is known; unique for those who come at the same moment
        sheet=sheet,
        file_name=shown_name(file_name),
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        options=dict(options),
        by=by,
        at=at,
    )
    batch.number = f"NX{at:%y}-{batch.pk:05d}"
    batch.save(update_fields=["number"])
    files.keep(batch, data)
    record(
        by=by,
        at=at,
        verb="exchange.receive",
        subject=f"batch:{batch.number}",
        detail={"sheet": sheet, "sha256": batch.sha256, "options": dict(options)},
    )
    return batch


def refuse_options(sheet: Sheet, options: Mapping[str, str]) -> None:
    """Raise `BatchRefused` when the choices for the whole file (such as the cycle) are not, or no longer, offered."""
    if sheet.options_form is None:
        return
    form = sheet.options_form(dict(options))
    if not form.is_valid():
        lines = [f"{form.fields[name].label}: {' '.join(map(str, errors))}" for name, errors in form.errors.items()]
        raise BatchRefused(_("Tùy chọn của tệp không dùng được. {lines}").format(lines=" ".join(lines)))


def _locked(batch: Batch, *states: str) -> Batch:
    """Return the batch, locked; raise `BatchRefused` when it is at work or in another state."""
    held = Batch.objects.select_for_update(of=("self",)).select_related("run").get(pk=batch.pk)
    if held.is_busy:
        raise BatchRefused(_("Lô {number} đang được xử lý; chờ xong rồi làm tiếp.").format(number=held.number))
    if held.state not in states:
        raise BatchRefused(
            _("Lô {number} ở trạng thái “{state}”, không làm được việc này.").format(
                number=held.number, state=held.get_state_display()
            )
        )
    return held


@transaction.atomic
def start_check(batch: Batch, *, by: User, at: datetime, legacy: str | None = None) -> Run:
    """Queue the dry run; `legacy` sets the old encoding to convert from ("" = none)."""
    require_held(by, Permission.REGISTER_IMPORT, *sheet_by_code(batch.sheet).asks, at=at)
    held = _locked(batch, Batch.State.RECEIVED, Batch.State.REFUSED, Batch.State.CHECKED)
    if legacy is not None:
        held.legacy = legacy
    held.state = Batch.State.RECEIVED
    return _queue(held, "exchange.check", by=by, at=at)


@transaction.atomic
def request(batch: Batch, *, work: str, by: User, at: datetime, mode: str = "") -> Run:
    """Queue the writing (`work="apply"`, with `mode`) or the undoing (`work="undo"`) of a batch."""
    right = Permission.IMPORT_UNDO if work == "undo" else Permission.REGISTER_IMPORT
    require_held(by, right, *sheet_by_code(batch.sheet).asks, at=at)
    if work == "undo":
        return _queue(_locked(batch, Batch.State.APPLIED), "exchange.undo", by=by, at=at)
    held = _locked(batch, Batch.State.CHECKED)
    if mode not in Batch.Mode.values:
        raise BatchRefused(_("Chọn cách ghi: tất cả hoặc không dòng nào, hay chỉ các dòng hợp lệ."))
    if not held.to_write:
        raise BatchRefused(_("Lô {number} không có gì để ghi.").format(number=held.number))
    if mode == Batch.Mode.ALL and held.error_rows:
        raise BatchRefused(_("Còn {n} dòng lỗi: sửa hết, hoặc chọn chỉ ghi các dòng hợp lệ.").format(n=held.error_rows))
    held.mode = mode
    return _queue(held, "exchange.apply", by=by, at=at)


def _queue(held: Batch, kind: str, *, by: User, at: datetime) -> Run:
    address = reverse("exchange:batch", args=[held.number])
    held.save()
    run = enqueue(kind, by=by, at=at, params={"batch": held.pk, "user": by.pk}, address=address)
    # Only this column: a queue that works at once has already changed the others.
    Batch.objects.filter(pk=held.pk).update(run=run)
    return run


@transaction.atomic
def discard(batch: Batch, *, by: User, at: datetime) -> None:
    """Drop a batch that was not written: its file and its rows go, its line in the list stays."""
    require_held(by, Permission.REGISTER_IMPORT, at=at)
    _drop(batch, by=by, at=at, verb="exchange.discard")


def _drop(batch: Batch, *, by: Actor, at: datetime, verb: str) -> None:
    held = _locked(batch, *_DRAFTS)
    held.state = Batch.State.DISCARDED
    held.save(update_fields=["state"])
    held.rows.all().delete()
    held.problems.all().delete()
    record(by=by, at=at, verb=verb, subject=f"batch:{held.number}")
    transaction.on_commit(lambda: files.drop(held))


def clean_drafts(*, by: Actor, at: datetime) -> int:
    """Drop the batches that were never written and lay untouched for `DRAFTS_KEPT`; return how many."""
    limit = at - DRAFTS_KEPT
    old = Batch.objects.filter(state__in=_DRAFTS, at__lt=limit).exclude(run__created_at__gte=limit)
    dropped = 0
    for batch in old.order_by("pk")[:_AT_ONCE]:
        try:
            with transaction.atomic():
                _drop(batch, by=by, at=at, verb="exchange.expire")
        except BatchRefused:
            continue  # somebody took it up, or another worker dropped it, at this very moment
        dropped += 1
    return dropped
