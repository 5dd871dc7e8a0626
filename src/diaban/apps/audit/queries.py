"""Reads of the audit that stay fast over a million events: every one follows an index and stops early."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from django.db import connection
from django.db.models import Count, Max, QuerySet

from diaban.adapters.crypto.keyring import KeyRingError
from diaban.apps.audit import seals
from diaban.apps.audit.checkpoints import plain
from diaban.apps.audit.models import ONLY, Event, Head, Kind, SignedCheckpoint
from diaban.apps.vault.keys import ring

COUNTED: Final = 10_000  # a count goes no further: nobody reads on, and the database would
Place = tuple[datetime, int]  # where a page begins or ends: moment and number of an event
_MICROSECOND: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Page:
    """Some events, newest first. `newer` and `older` are the places to go on from; None: there are none."""

    events: tuple[Event, ...]
    newer: Place | None
    older: Place | None


def page(found: QuerySet[Event], size: int, *, before: Place | None = None, after: Place | None = None) -> Page:
    """Return `size` events: the newest, those older than `before`, or the next ones newer than `after`.

    The cost does not grow with the depth: the place is looked up in the index, nothing is counted off.
    """
    if after is not None:
        rows = list(_beyond(found, after, "newer").order_by("at", "seq")[: size + 1])
        more, events = len(rows) > size, rows[:size][::-1]
        return Page(tuple(events), _place(events[0]) if more else None, _place(events[-1]) if events else None)
    older = _beyond(found, before, "older") if before is not None else found
    rows = list(older.order_by("-at", "-seq")[: size + 1])
    events = rows[:size]
    return Page(
        tuple(events),
        _place(events[0]) if before is not None and events else None,
        _place(events[-1]) if len(rows) > size else None,
    )


def _beyond(found: QuerySet[Event], place: Place, way: Literal["older", "newer"]) -> QuerySet[Event]:
    at, seq = place
    if way == "older":
        return found.filter(at__lte=at).exclude(at=at, seq__gte=seq)
    return found.filter(at__gte=at).exclude(at=at, seq__lte=seq)


def _place(event: Event) -> Place:
    return event.at, event.seq


def place_text(place: Place | None) -> str:
    """Return a place as an address holds it: microseconds since 1970 and number."""
    if place is None:
        return ""
    whole = place[0].astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    micros = (whole.days * 86_400 + whole.seconds) * _MICROSECOND + whole.microseconds
    return f"{micros}-{place[1]}"


def read_place(text: str) -> Place | None:
    """Return the place of an address; None for anything that is not one."""
    micros, _dash, seq = text.partition("-")
    if not (micros.isascii() and micros.isdigit() and seq.isascii() and seq.isdigit() and len(text) < 40):
        return None
    try:
        seconds, rest = divmod(int(micros), _MICROSECOND)
        return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest), int(seq)
    except (ValueError, OverflowError, OSError):
        return None


def count(found: QuerySet[Event]) -> int:
    """Return how many events there are, at most `COUNTED` + 1."""
    return found.order_by()[: COUNTED + 1].count()


def distinct(column: Literal["actor", "verb", "purpose"]) -> list[str]:
    """Return the values that occur in a column, by leaping through its index instead of reading it."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE leap(v) AS (SELECT min({column}) FROM audit_log UNION ALL"  # noqa: S608  (three literals)
            f" SELECT (SELECT min({column}) FROM audit_log WHERE {column} > leap.v) FROM leap WHERE leap.v IS NOT NULL)"
            " SELECT v FROM leap WHERE v IS NOT NULL"
        )
        return [value for (value,) in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Toucher:
    """What one actor had to do with a record: how often, and when last."""

    actor: str
    kind: str
    times: int
    last: datetime


def touchers(subjects: Iterable[str]) -> list[Toucher]:
    """Return who saw, changed, took out or was refused the records, the latest first."""
    rows = (
        Event.objects.filter(subject__in=list(subjects))
        .order_by()
        .values_list("actor", "kind")
        .annotate(times=Count("seq"), last=Max("at"))
    )
    return sorted((Toucher(*row) for row in rows), key=lambda one: one.last, reverse=True)


@dataclass(frozen=True, slots=True)
class ChainState:
    """How the chain stands, as far as a page can tell in a moment; `diaban verify` looks at every event.

    `whole` is False when the head or the last checkpoint does not fit, or the last full verification found something.
    `checked_at` is the moment of that verification; None: there was none yet.
    """

    events: int
    checkpoint: int
    attested: int
    signed_at: datetime | None
    checked_at: datetime | None
    findings: int
    whole: bool

    @property
    def since(self) -> int:
        """Return how many events came after the last checkpoint."""
        return self.events - self.attested


def chain_state() -> ChainState | None:
    """Return how the chain stands; None while it is empty."""
    head = Head.objects.filter(pk=ONLY).first()
    if head is None:
        return None
    row = SignedCheckpoint.objects.order_by("-number").first()
    checked = Event.objects.filter(verb="audit.verify", kind=Kind.SYSTEM).order_by("-at", "-seq").first()
    findings = int(checked.detail.get("findings", 0)) if checked else 0
    try:
        whole = findings == 0 and seals.is_genuine(head.origin, head.seq, head.hash, head.mark)
        if row is not None and whole:
            event = Event.objects.filter(seq=row.seq).first()
            signed = seals.is_signed_by(seals.public_keys(ring()), plain(row))
            whole = signed and event is not None and event.hash == row.hash
    except KeyRingError:
        whole = False
    return ChainState(
        events=head.seq,
        checkpoint=row.number if row else 0,
        attested=row.seq if row else 0,
        signed_at=datetime.fromisoformat(row.at).replace(tzinfo=UTC) if row else None,
        checked_at=checked.at if checked else None,
        findings=findings,
        whole=whole,
    )
