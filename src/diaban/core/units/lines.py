"""Lineage as arithmetic: which units of one day hold what was a unit on another day, and how much of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from diaban.core.units.model import WHOLE, Edge, Part, Spell

_ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Flow:
    """Where a unit went by some day: `known` shares by unit with the measures they rest on, and the `unknown`.

    A unit may be in both: part of it came by a known share, part by an unknown one. What the known shares leave
    below 1 is nowhere known.
    """

    known: Mapping[str, tuple[Fraction, frozenset[str]]]
    unknown: frozenset[str]


def name_basis(bases: frozenset[str]) -> str:
    """Name the measures that shares rest on: "whole" when none was needed, "area+population" when two were."""
    return "+".join(sorted(bases - {WHOLE, ""})) or WHOLE


class Lines:
    """The edges of a register, walked in both directions. Results are remembered: a register never changes."""

    def __init__(self, spells: Mapping[str, Sequence[Spell]], edges: Sequence[Edge]) -> None:
        self._life = {uid: (own[0].start, own[-1].end) for uid, own in spells.items()}
        out: dict[str, list[Edge]] = defaultdict(list)
        into: dict[str, list[Edge]] = defaultdict(list)
        for edge in edges:
            out[edge.source].append(edge)
            into[edge.target].append(edge)
        self._out = {uid: tuple(own) for uid, own in out.items()}
        self._into = {uid: tuple(own) for uid, own in into.items()}
        self._flows: dict[tuple[str, date], Flow] = {}

    def out_of(self, uid: str) -> tuple[Edge, ...]:
        """Return the edges that leave a unit."""
        return self._out.get(uid, ())

    def into(self, uid: str) -> tuple[Edge, ...]:
        """Return the edges that enter a unit."""
        return self._into.get(uid, ())

    def knows(self, uid: str) -> bool:
        """Tell whether the unit is in the register."""
        return uid in self._life

    def begins_after(self, uid: str, day: date) -> bool:
        """Tell whether the unit does not exist yet on `day`."""
        return self._life[uid][0] > day

    def first_day(self, uid: str) -> date:
        """Return the day on which the unit came to be."""
        return self._life[uid][0]

    def alive(self, uid: str, day: date) -> bool:
        """Tell whether the unit exists on `day`."""
        start, end = self._life[uid]
        return start <= day and (end is None or day < end)

    def flow(self, uid: str, day: date) -> Flow:
        """Return where a unit that began by `day` is on that day."""
        found = self._flows.get((uid, day))
        if found is None:
            found = self._flows[uid, day] = self._compute_flow(uid, day)
        return found

    def _compute_flow(self, uid: str, day: date) -> Flow:
        if self.alive(uid, day):
            return Flow({uid: (_ONE, frozenset())}, frozenset())
        known: dict[str, tuple[Fraction, frozenset[str]]] = {}
        unknown: set[str] = set()
        for edge in self.out_of(uid):
            onward = self.flow(edge.target, day)
            unknown |= onward.unknown
            if edge.share is None:
                unknown.update(onward.known)
                continue
            for unit, (share, bases) in onward.known.items():
                before, earlier = known.get(unit, (Fraction(0), frozenset[str]()))
                via = bases if edge.share == 1 else bases | {edge.basis}
                known[unit] = (before + edge.share * share, earlier | via)
        for unit, (share, _bases) in known.items():
            if share == 1:  # split and united again: nothing was estimated after all
                known[unit] = (_ONE, frozenset())
        return Flow(known, frozenset(unknown))

    def origins(self, uid: str, day: date) -> tuple[tuple[str, ...], bool]:
        """Return the units of `day` that hold what is now `uid`, which began later, and whether that is all of it."""
        found: dict[str, None] = {}
        complete = True
        pending, seen = [uid], {uid}
        while pending:
            unit = pending.pop()
            if self.alive(unit, day):
                found[unit] = None
                continue
            edges = self.into(unit)
            if not edges:  # made from something that the register does not know
                complete = False
            for edge in edges:
                if edge.source not in seen:
                    seen.add(edge.source)
                    pending.append(edge.source)
        return tuple(sorted(found)), complete

    def carry(self, uid: str, day: date) -> tuple[Part, ...]:
        """See `Register.carry`."""
        if self.begins_after(uid, day):
            origins, complete = self.origins(uid, day)
            if complete and len(origins) == 1:
                return (Part(origins[0], _ONE, WHOLE),)
            return tuple(Part(origin, None, "") for origin in origins)
        flow = self.flow(uid, day)
        parts = [
            # Where some came by an unknown share, the known share is not the whole of it.
            Part(unit, share, name_basis(bases))
            for unit, (share, bases) in flow.known.items()
            if unit not in flow.unknown
        ]
        parts += [Part(unit, None, "") for unit in flow.unknown]
        return tuple(sorted(parts, key=lambda p: (p.share is None, -(p.share or 0), p.unit)))

    def around(self, uid: str) -> tuple[set[str], tuple[Edge, ...]]:
        """Return every unit that `uid` came from or became, itself included, and the edges walked."""
        edges: dict[Edge, None] = {}
        units = {uid}
        for step in (self._backward, self._forward):
            pending, seen = [uid], {uid}
            while pending:
                for unit, edge in step(pending.pop()):
                    edges[edge] = None
                    if unit not in seen:
                        seen.add(unit)
                        pending.append(unit)
            units |= seen
        return units, tuple(sorted(edges, key=lambda e: (e.on, e.source, e.target)))

    def _backward(self, uid: str) -> Iterator[tuple[str, Edge]]:
        return ((edge.source, edge) for edge in self.into(uid))

    def _forward(self, uid: str) -> Iterator[tuple[str, Edge]]:
        return ((edge.target, edge) for edge in self.out_of(uid))
