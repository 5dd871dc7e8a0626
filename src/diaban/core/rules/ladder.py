"""From a figure to its band: whole-number steps of one quantity, and which of them an unreported figure may take."""

from __future__ import annotations

from dataclasses import dataclass

from diaban.core.rules.model import Band, Bound, Scheme


@dataclass(frozen=True, slots=True)
class Step:
    """The whole values `low..high` (`high` None: without end) and the rank of the class whose band they lie in."""

    low: int
    high: int | None
    level: int


@dataclass(frozen=True, slots=True)
class Rung:
    """The band of one class on one quantity."""

    level: int
    band: Band


@dataclass(frozen=True, slots=True)
class Ladder:
    """All bands on one quantity, highest class first. Level 0: in no band."""

    rungs: tuple[Rung, ...]
    zero_counts: bool

    def level(self, value: int, base: int | None) -> int:
        """Return the rank of the highest class whose band holds `value`; exact in integers at every boundary."""
        if value == 0 and not self.zero_counts:
            return 0
        for rung in self.rungs:
            low, high = rung.band.low, rung.band.high
            if (low is None or _reaches(value, low, base)) and (high is None or not _reaches(value, high, base)):
                return rung.level
        return 0

    def steps(self, base: int | None) -> tuple[Step, ...]:
        """Return the values from 0 upward cut where the level changes."""
        cuts = {0, 1}
        for rung in self.rungs:
            cuts.update(bound.least(base) for bound in (rung.band.low, rung.band.high) if bound is not None)
        starts: list[tuple[int, int]] = []
        for cut in sorted(cuts):
            level = self.level(cut, base)
            if not starts or starts[-1][1] != level:
                starts.append((cut, level))
        ends = [start for start, _ in starts[1:]]
        return tuple(
            Step(low=start, high=ends[index] - 1 if index < len(ends) else None, level=level)
            for index, (start, level) in enumerate(starts)
        )

    def levels(self) -> frozenset[int]:
        """Return every level the quantity can have for some base."""
        return frozenset({0} | {rung.level for rung in self.rungs})

    def possible(self, base: int | None, at_most: int | None, at_least: int = 0) -> frozenset[int]:
        """Return the levels that an unreported value between `at_least` and `at_most` may have."""
        return frozenset(
            step.level
            for step in self.steps(base)
            if (at_most is None or step.low <= at_most) and (step.high is None or step.high >= at_least)
        )


def _reaches(value: int, bound: Bound, base: int | None) -> bool:
    return value * bound.den >= (1 if base is None else base) * bound.num


def ladders(scheme: Scheme, zero_counts: bool) -> tuple[Ladder, ...]:
    """Return the ladder of every quantity of `scheme`, in order."""
    found: list[Ladder] = []
    for measure in scheme.measures:
        for position in range(len(measure.quantities)):
            rungs = [
                Rung(scheme.rank(criterion.klass), criterion.bands[position])
                for criterion in scheme.criteria
                if criterion.measure == measure.key
            ]
            found.append(Ladder(tuple(rungs), zero_counts))
    return tuple(found)
