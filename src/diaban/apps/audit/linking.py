"""The one place where events get their number and hash: under the lock of the head, in the transaction of the act.

On PostgreSQL the head's row is locked until the act's transaction ends, so it has to be the last lock that an act
takes (ADR 0090). An act that records in many steps gathers them with `together`.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.db import transaction

from diaban.apps.audit import checkpoints, seals
from diaban.apps.audit.models import ONLY, Event, Head, Kind
from diaban.core.chain import HEAD_LOST, canonical_json, genesis, link, moment

CHECKPOINT_EVERY: Final = 1_000  # events
SYSTEM: Final = "hệ thống"
BATCH: Final = 1_000


@dataclass(frozen=True, slots=True)
class Draft:
    """An event before it has a place in the chain."""

    at: datetime
    actor: str
    kind: str
    verb: str
    subject: str
    purpose: str
    detail: Mapping[str, Any]

    def event(self, seq: int = 0, prev: str = "") -> Event:
        """Return the event at this place of the chain."""
        text = canonical_json(self.detail)
        digest = link(seq, moment(self.at), self.actor, self.kind, self.verb, self.subject, self.purpose, text, prev)
        return Event(
            seq=seq, at=self.at, actor=self.actor, kind=self.kind, verb=self.verb, subject=self.subject,
            purpose=self.purpose, detail=dict(self.detail), prev=prev, hash=digest,
        )  # fmt: skip


_gathered: ContextVar[list[Draft] | None] = ContextVar("gathered", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Link everything recorded inside at the end of the block, at once, in one transaction with the block.

    For acts of many steps and for imports: the head is then locked for a moment, not for minutes, and after every
    other lock. Nothing inside may be rolled back alone (no savepoint that is given up): its events would stay.
    """
    if _gathered.get() is not None:
        yield
        return
    drafts: list[Draft] = []
    token = _gathered.set(drafts)
    try:
        with transaction.atomic():
            yield
            _gathered.set(None)
            append(drafts)
    finally:
        _gathered.reset(token)


def append(drafts: Sequence[Draft]) -> list[Event]:
    """Write events at the end of the chain, in the caller's transaction or one of their own; return them."""
    if not drafts:
        return []
    waiting = _gathered.get()
    if waiting is not None:
        waiting.extend(drafts)
        return [draft.event() for draft in drafts]
    with transaction.atomic(savepoint=False):
        head = lock_head(drafts[0].at)
        began, events = head.seq, []
        for draft in drafts:
            event = draft.event(head.seq + 1, head.hash)
            head.seq, head.hash = event.seq, event.hash
            events.append(event)
        Event.objects.bulk_create(events, batch_size=BATCH)
        head.mark = seals.head_mark(head.origin, head.seq, head.hash)
        head.save(force_update=True, update_fields=["seq", "hash", "mark"])
        if began // CHECKPOINT_EVERY != head.seq // CHECKPOINT_EVERY:
            checkpoints.make(head, at=drafts[-1].at)
            transaction.on_commit(partial(checkpoints.write_witness, head.origin), robust=True)
    return events


def lock_head(at: datetime) -> Head:
    """Return the head, locked until the transaction ends (SQLite has locked the whole database already).

    A head that is gone or was not marked by this system is made anew from the last event, and the chain tells so for
    ever: work goes on, and no verification passes over it.
    """
    head = Head.objects.select_for_update().filter(pk=ONLY).first()
    if head is None:
        head, _made = Head.objects.get_or_create(pk=ONLY, defaults=_fresh())
        head = Head.objects.select_for_update().get(pk=ONLY)
        lost = head.seq == 0 and Event.objects.exists()
    else:
        lost = not seals.is_genuine(head.origin, head.seq, head.hash, head.mark)
    return _found_again(head, at) if lost else head


def _fresh() -> dict[str, Any]:
    origin = checkpoints.last_origin() or secrets.token_hex(16)
    digest = genesis(origin)
    return {"origin": origin, "seq": 0, "hash": digest, "mark": seals.head_mark(origin, 0, digest)}


def _found_again(head: Head, at: datetime) -> Head:
    """Put the head behind the last event that is there, and an event behind that which tells of it."""
    said = {"seq": head.seq, "hash": head.hash}
    last = Event.objects.order_by("-seq").first()
    seq, digest = (last.seq, last.hash) if last else (0, genesis(head.origin))
    told = Draft(at, SYSTEM, Kind.SYSTEM, HEAD_LOST, "audit:head", "", said).event(seq + 1, digest)
    Event.objects.bulk_create([told])
    head.seq, head.hash = told.seq, told.hash
    return head
