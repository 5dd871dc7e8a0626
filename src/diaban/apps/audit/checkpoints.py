"""Signed checkpoints: in the database, and as lines of a file outside it that a database set back cannot take along."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction

from diaban.adapters.audit_file import read_witness
from diaban.apps.audit import seals
from diaban.apps.audit.models import ONLY, Head, SignedCheckpoint
from diaban.core.chain import Checkpoint, moment

WITNESS_NAME: Final = "audit-checkpoints.jsonl"


def witness_path() -> Path:
    """Return the witness file of this installation. Keep a copy on another machine."""
    return Path(settings.DATA_DIR) / WITNESS_NAME


def plain(row: SignedCheckpoint) -> Checkpoint:
    """Return a row as the pure core knows it."""
    return Checkpoint(row.number, row.origin, row.seq, row.hash, row.at, row.key, row.signature)


def last_origin() -> str:
    """Return the name of the chain that the last checkpoint belongs to; empty when there is none."""
    last = SignedCheckpoint.objects.order_by("-number").first()
    return last.origin if last else ""


def make(head: Head, *, at: datetime) -> Checkpoint:
    """Sign where the chain stands, unless that was signed already. The head must be locked."""
    last = SignedCheckpoint.objects.order_by("-number").first()
    if last is not None and last.seq == head.seq:
        return plain(last)
    number = last.number + 1 if last else 1
    made = seals.signed(Checkpoint(number, head.origin, head.seq, head.hash, moment(at), ""))
    SignedCheckpoint.objects.create(**made.as_dict())
    return made


def make_now(*, at: datetime) -> Checkpoint | None:
    """Sign where the chain stands now and write the witness file; None when there is no chain, or a broken head."""
    with transaction.atomic():
        head = Head.objects.select_for_update().filter(pk=ONLY).first()
        if head is None or not seals.is_genuine(head.origin, head.seq, head.hash, head.mark):
            return None
        made = make(head, at=at)
    write_witness(made.origin)
    return made


def write_witness(origin: str) -> int:
    """Append the checkpoints that the witness file does not hold yet; return how many. On the disk when it returns.

    A line cut short by a crash is dropped first. Two processes may append the same lines: they say the same.
    """
    path = witness_path()
    _drop_torn_line(path)
    written = read_witness(path)[0] if path.exists() else []
    known = max((one.number for one in written if one.origin == origin), default=0)
    rows = SignedCheckpoint.objects.filter(number__gt=known, origin=origin).order_by("number")
    lines = [plain(row).as_line() for row in rows]
    if lines:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write("".join(f"{line}\n" for line in lines))
            file.flush()
            os.fsync(file.fileno())
    return len(lines)


def _drop_torn_line(path: Path) -> None:
    if not path.exists():
        return
    with path.open("r+b") as file:
        held = file.read()
        if held and not held.endswith(b"\n"):
            file.truncate(held.rfind(b"\n") + 1)
