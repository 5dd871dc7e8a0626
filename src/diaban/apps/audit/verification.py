"""Verify the chain as it stands in this database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from django.db import OperationalError, connection
from django.db.models import Max

from diaban.adapters.audit_file import read_witness
from diaban.adapters.crypto.keyring import KeyRing
from diaban.apps.audit import guards, seals
from diaban.apps.audit.checkpoints import plain
from diaban.apps.audit.models import ONLY, Event, SignedCheckpoint
from diaban.apps.audit.models import Head as StoredHead
from diaban.core.chain import Checkpoint, Evidence, Head, Report, Row, verify
from diaban.core.messages import N_, say

CHUNK: Final = 20_000
_FIRST: Final = -(2**63)
_LAST: Final = 2**63 - 1
Step = Callable[[int, int], None]
# The moment as text of one form. SQLite keeps the text that was hashed, short of microseconds that are zero; PostgreSQL
# keeps a number, of which a year before Christ must not look like one after.
_AT: Final = {
    "sqlite": "CASE length(at) WHEN 19 THEN at || '.000000' ELSE at END",
    "postgresql": "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
    " || CASE WHEN at < '0001-01-01 00:00:00+00' THEN ' BC' ELSE '' END",
}


def verify_database(*, keys: KeyRing, witness: Path | None, step: Step | None = None) -> Report:
    """Return what is wrong with the events, checkpoints, head and triggers of this database.

    `witness` is the witness file to hold against it; None: none is asked for. Events that are written meanwhile are
    left to the next time. `step(done, total)` is told now and then. Raises `DatabaseError` when it cannot be read.
    """
    # The file first, then the checkpoints, then the head: each was written before the next could grow.
    seen, damaged = _witness(witness)
    kept = [plain(row) for row in SignedCheckpoint.objects.order_by("number")]
    head, origin = _head(keys, kept)
    public = seals.public_keys(keys)
    report = verify(
        rows(last=head.seq if head else _LAST, step=step),
        Evidence(origin, head, kept, seen),
        is_signed=lambda one: seals.is_signed_by(public, one),
    )
    _beyond(report)
    if witness is not None and seen is None and kept:
        told = say(N_("Không có tệp chứng {path} dù đã có {n} điểm chốt."), path=witness, n=len(kept))
        report.add("witness", 0, "", told)
    for number in damaged:
        report.add("witness", 0, "", say(N_("Dòng {n} của tệp chứng không còn như lúc ghi."), n=number))
    for name in guards.missing():
        told = say(N_("Cơ sở dữ liệu thiếu chốt chặn {name}: sửa và xóa không còn bị từ chối."), name=name)
        report.add("guard", 0, "", told)
    return report


def _witness(path: Path | None) -> tuple[list[Checkpoint] | None, list[int]]:
    if path is None or not path.exists():
        return None, []
    return read_witness(path)


def _head(keys: KeyRing, kept: list[Checkpoint]) -> tuple[Head | None, str]:
    """Return the head, and the name of the chain: its own, or that of the checkpoints when it is gone."""
    row = StoredHead.objects.filter(pk=ONLY).first()
    if row is None:
        return None, kept[0].origin if kept else ""
    genuine = seals.is_genuine(row.origin, row.seq, row.hash, row.mark, keys=keys)
    return Head(row.seq, row.hash, genuine), row.origin


def _beyond(report: Report) -> None:
    """Look for events behind the head. Their number is read first: an honest one has moved the head by then."""
    last = Event.objects.aggregate(last=Max("seq"))["last"] or 0
    head = StoredHead.objects.filter(pk=ONLY).first()
    if head is not None and last > head.seq:
        told = say(
            N_("Có {n} dòng sau dòng {seq} mà hệ thống không ghi: đã bị chèn thêm, hoặc dòng đầu chuỗi là bản cũ."),
            n=last - head.seq,
            seq=head.seq,
        )
        report.add("extra", head.seq + 1, "", told)


def rows(*, last: int = _LAST, step: Step | None = None) -> Iterator[Row]:
    """Return the events up to number `last` as they are stored, by their number; a chunk at a time in memory."""
    begin, done = _next(_FIRST), 0
    while begin is not None and begin <= last:
        # A span of numbers, no LIMIT: without fresh statistics PostgreSQL would sort the rest of the table each time.
        end = min(begin + CHUNK - 1, last)
        chunk = _chunk(begin, end)
        yield from chunk
        done += len(chunk)
        if step is not None:
            step(done, max(last, done) if last != _LAST else done)
        if end == last:
            return
        begin = end + 1 if len(chunk) == CHUNK else _next(end + 1)


def _next(begin: int) -> int | None:
    """Return the first number from `begin` on that there is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(seq) FROM audit_log WHERE seq >= %s", [begin])
        found: int | None = cursor.fetchone()[0]
        return found


def _chunk(begin: int, end: int) -> list[Row]:
    statement = (
        f"SELECT seq, {_AT[connection.vendor]}, actor, kind, verb, subject, purpose, detail, prev, hash"  # noqa: S608
        " FROM audit_log WHERE seq >= %s AND seq <= %s ORDER BY seq"
    )
    with connection.cursor() as cursor:
        try:
            cursor.execute(statement, [begin, end])
            found: list[Any] = cursor.fetchall()
        except OperationalError:
            if connection.vendor != "sqlite":
                raise
            found = _raw(cursor, statement, begin, end)
    return found


def _raw(cursor: Any, statement: str, begin: int, end: int) -> list[Any]:
    """Read again on SQLite with bytes that are no text let through: a flipped bit must not stop the verification."""
    plain_factory = cursor.connection.text_factory
    cursor.connection.text_factory = lambda held: held.decode("utf-8", "surrogateescape")
    try:
        cursor.execute(statement, [begin, end])
        found: list[Any] = cursor.fetchall()
        return found
    finally:
        cursor.connection.text_factory = plain_factory
