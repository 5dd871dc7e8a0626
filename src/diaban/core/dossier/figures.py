"""The summary figures of a dossier, counted from its rows: no figure is stored twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from diaban.core.dossier.snapshot import ClassRow, Dossier, FlowRow, Standing

UNCLASSED = Standing.UNCLASSED


@dataclass(frozen=True, slots=True)
class ClassCount:
    """How many communes stand in one class, by each way of counting."""

    standing: Standing
    previous: int | None  # None: last cycle cannot be compared as a whole
    literal: int
    at_least: int
    approved: int


@dataclass(frozen=True, slots=True)
class Decision:
    """Communes approved by one decision."""

    number: str
    on: date | None
    rows: tuple[ClassRow, ...]


def class_counts(dossier: Dossier) -> tuple[ClassCount, ...]:
    """Return the counts per class, in the order of `Standing`; `previous` only when every commune has one."""
    rows = dossier.classes
    comparable = bool(rows) and all(row.previous is not None for row in rows)
    previous = Counter(row.previous for row in rows)
    literal = Counter(row.literal for row in rows)
    at_least = Counter(row.at_least for row in rows)
    approved = Counter(row.approved for row in rows)
    return tuple(
        ClassCount(item, previous[item] if comparable else None, literal[item], at_least[item], approved[item])
        for item in Standing
        if item is not UNCLASSED or UNCLASSED in {*previous, *literal, *at_least, *approved}
    )


def to_review(rows: Iterable[ClassRow]) -> tuple[ClassRow, ...]:
    """Return the communes that a person must look at before a class is approved, each once."""
    return tuple(
        row
        for row in rows
        if row.readings_differ
        or row.conflicts
        or Standing.NEITHER in (row.literal, row.at_least)
        or Standing.UNDETERMINED in (row.literal, row.at_least)
    )


def clear(rows: Iterable[ClassRow]) -> tuple[ClassRow, ...]:
    """Return the communes whose proposal can be approved as it stands."""
    rows = tuple(rows)
    doubtful = {row.unit_code for row in to_review(rows)}
    return tuple(row for row in rows if row.unit_code not in doubtful and row.approved is None)


def moved(rows: Iterable[ClassRow]) -> tuple[ClassRow, ...]:
    """Return the communes whose class is known in both cycles and changed."""
    unknown = (None, Standing.UNDETERMINED)
    return tuple(
        row
        for row in rows
        if row.previous not in unknown and row.standing not in unknown and not _same(row.previous, row.standing)
    )


def _same(before: Standing | None, after: Standing | None) -> bool:
    """Return whether two classes are one, where the older rule did not tell drug-free communes from the rest."""
    outside = (Standing.NEITHER, Standing.UNCLASSED)
    return before is after or (before in outside and after in outside)


def decisions(rows: Iterable[ClassRow]) -> tuple[Decision, ...]:
    """Return the approving decisions, by day and number, with their communes."""
    by_decision: dict[tuple[str, date | None], list[ClassRow]] = {}
    for row in rows:
        if row.approved is not None:
            by_decision.setdefault((row.decision_number, row.decision_date), []).append(row)
    ordered = sorted(by_decision, key=lambda key: (key[1] or date.min, key[0]))
    return tuple(Decision(number, on, tuple(by_decision[number, on])) for number, on in ordered)


def flow_total(flows: Iterable[FlowRow]) -> FlowRow:
    """Return the sum of the rows of all kinds."""
    flows = tuple(flows)
    return FlowRow(
        kind="Cộng",
        opening=sum(row.opening for row in flows),
        new=sum(row.new for row in flows),
        reformed=sum(row.reformed for row in flows),
        eliminated=sum(row.eliminated for row in flows),
        removed=sum(row.removed for row in flows),
        closing=sum(row.closing for row in flows),
        moved=sum(row.moved for row in flows),
    )


UNIT_KINDS = ("phường", "xã", "thị trấn", "đặc khu")


def unit_kinds(rows: Iterable[ClassRow]) -> dict[str, int] | None:
    """Return how many phường, xã, thị trấn and đặc khu there are, or None when a name does not begin with its kind."""
    counts = dict.fromkeys(UNIT_KINDS, 0)
    for row in rows:
        kind = next((kind for kind in UNIT_KINDS if row.unit_name.lower().startswith(kind + " ")), None)
        if kind is None:
            return None
        counts[kind] += 1
    return {kind: number for kind, number in counts.items() if number}
