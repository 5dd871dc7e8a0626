"""Which parts of a unit gave no figure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from diaban.core.units.lines import Lines


class Coverage:
    """Tells, for a unit of one day and the units that reported, which of its territory nobody reported for."""

    __slots__ = ("_lines", "_onto", "_remembered")

    def __init__(self, lines: Lines, onto: date) -> None:
        self._lines = lines
        self._onto = onto
        self._remembered: dict[tuple[str, tuple[str, ...]], tuple[str, ...]] = {}

    def missing(self, unit: str, reported: tuple[str, ...]) -> tuple[str, ...]:
        """Return the units, as large as possible, that lie in `unit` and none of whose territory reported.

        A unit counts as reported when it did itself, or when all that it came from did, or all that it became.
        """
        key = (unit, reported)
        found = self._remembered.get(key)
        if found is None:
            found = self._remembered[key] = self._find(unit, frozenset(reported))
        return found

    def _find(self, unit: str, reported: frozenset[str]) -> tuple[str, ...]:
        if unit in reported:
            return ()
        earlier = self._walk(unit, reported, self._before)
        later = self._walk(unit, reported, self._after)
        if earlier == () or later == ():
            return ()
        return tuple(sorted({*(earlier or ()), *(later or ())} - reported))

    def _walk(
        self, unit: str, reported: frozenset[str], step: Callable[[str], tuple[str, ...]]
    ) -> tuple[str, ...] | None:
        """Return what is missing on one side of time; None when nothing on that side reported at all."""
        if unit in reported:
            return ()
        sides = {neighbour: self._walk(neighbour, reported, step) for neighbour in step(unit)}
        if all(missing is None for missing in sides.values()):
            return None
        gaps: list[str] = []
        for neighbour, missing in sides.items():
            gaps.extend((neighbour,) if missing is None else missing)
        return tuple(gaps)

    def _before(self, unit: str) -> tuple[str, ...]:
        return tuple(edge.source for edge in self._lines.into(unit))

    def _after(self, unit: str) -> tuple[str, ...]:
        return tuple(edge.target for edge in self._lines.out_of(unit))
