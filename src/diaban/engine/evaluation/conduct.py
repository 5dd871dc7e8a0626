"""Before any effect is spoken of: was the work done, and does anything but the work's own activity speak for it?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from diaban.engine.evaluation.rings import Around
from diaban.engine.evaluation.selection import Selection


class CarriedOut(StrEnum):
    """What the tasks allow to be said."""

    UNKNOWN = "unknown"  # nothing, or too little, was planned to judge by
    LOW = "low"
    ENOUGH = "enough"


@dataclass(frozen=True, slots=True)
class Agency:
    """One agency's tasks: how many were planned to be done by now, and how many were confirmed as done."""

    name: str
    planned: int
    done: int

    def __post_init__(self) -> None:
        """Refuse more done than planned."""
        if not 0 <= self.done <= self.planned:
            raise ValueError(f"{self.name}: {self.done} done of {self.planned} planned")

    @property
    def share(self) -> float | None:
        """Return the share that was done; None where nothing was planned."""
        return self.done / self.planned if self.planned else None


@dataclass(frozen=True, slots=True)
class Fidelity:
    """All agencies' tasks, and the unit's own thresholds ("do đơn vị đặt").

    `stated`: the share that was done where only that is known and not its tasks; agencies are then left empty.
    """

    agencies: tuple[Agency, ...] = ()
    least_share: float = 0.8
    least_planned: int = 3
    stated: float | None = None

    def __post_init__(self) -> None:
        """Refuse thresholds without a meaning."""
        if not 0 <= self.least_share <= 1 or self.least_planned < 1:
            raise ValueError("least_share lies between 0 and 1, least_planned is at least 1")
        if self.stated is not None and (self.agencies or not 0 <= self.stated <= 1):
            raise ValueError("a stated share lies between 0 and 1, and stands alone, without agencies")

    @property
    def planned(self) -> int:
        """Return how many tasks were planned in all."""
        return sum(agency.planned for agency in self.agencies)

    @property
    def done(self) -> int:
        """Return how many of them were done."""
        return sum(agency.done for agency in self.agencies)

    @property
    def judged(self) -> CarriedOut:
        """Return whether enough was done to ask for an effect."""
        if self.stated is not None:
            return CarriedOut.ENOUGH if self.stated >= self.least_share else CarriedOut.LOW
        if self.planned < self.least_planned:
            return CarriedOut.UNKNOWN
        return CarriedOut.ENOUGH if self.done >= self.least_share * self.planned else CarriedOut.LOW


@dataclass(frozen=True, slots=True)
class Outcome:
    """One indicator of the basket.

    - `enforcement`: it moves with the force's own activity (arrests, finds of patrols, seizures). It is shown,
      and never decides: more work looks like more of the problem, and less work like success.
    - `areas`: events before and after, of the treated area, the rings (may be empty) and the comparison.
    - `dispersion`: of the series before (`counts.dispersion`). `spread`: how far places' growth differs by itself
      (`panel.comparison_spread`, `rings.growth_in_pieces`); left at 0, chance drifts of one place pass for effects.
      `selection`: where the place was chosen for being bad.
    - `lengths`: of the periods before and after, in any unit.
    - `per_period`: the treated area's events in a month or another period, for "how long would it take".
    """

    name: str
    areas: Around
    enforcement: bool = False
    dispersion: float = 1.0
    spread: float = 0.0
    selection: Selection | None = None
    per_period: float = 0.0
    lengths: tuple[float, float] = (1.0, 1.0)


def deciding(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """Return the indicators that may decide. Raises `ValueError` for an empty basket or a name used twice."""
    names = [outcome.name for outcome in outcomes]
    if not names or len(set(names)) < len(names):
        raise ValueError("the basket needs at least one outcome, each with a name of its own")
    return tuple(outcome for outcome in outcomes if not outcome.enforcement)
