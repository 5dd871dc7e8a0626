"""New-point alarm: every place of a province looked at each step, one budget of false alarms for all of them.

Half of the budget goes by default to the places by themselves (a rise inside one commune's borders), the other half to
the prospective space-time scan (a rise that crosses borders), of which only a p-value is needed here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diaban.engine.executors import Executor, Progress, quiet
from diaban.engine.surveillance.calibration import Calibrated, calibrate
from diaban.engine.surveillance.counts import Counts, Floats
from diaban.engine.surveillance.nulls import Null
from diaban.engine.surveillance.scorers import Scorer


@dataclass(frozen=True, slots=True)
class Budget:
    """At most `per_year` false alarms a year in the province; `to_scan` of it for the scan (0: no scan is run)."""

    per_year: float = 1.0
    to_scan: float = 0.5

    def __post_init__(self) -> None:
        """Refuse budgets without meaning."""
        if not (self.per_year > 0 and 0 <= self.to_scan < 1):
            raise ValueError("a budget is above 0 a year, the scan's share within [0, 1)")

    @property
    def of_places(self) -> float:
        """Return the false alarms a year that places by themselves may make."""
        return self.per_year * (1 - self.to_scan)

    @property
    def of_scan(self) -> float:
        """Return the false alarms a year that the scan may make."""
        return self.per_year * self.to_scan


@dataclass(frozen=True, slots=True)
class ScanFinding:
    """What a prospective scan found at one look: the p-value of its most likely cluster, and its places."""

    p_value: float
    places: tuple[int, ...]

    def __post_init__(self) -> None:
        """Refuse what is no p-value."""
        if not 0 < self.p_value <= 1:
            raise ValueError(f"a p-value lies in (0, 1], not {self.p_value}")

    def recurrence_years(self, looks_a_year: float) -> float:
        """Return the recurrence interval: once in how many years chance alone shows as much."""
        return 1 / (self.p_value * looks_a_year)


@dataclass(frozen=True, eq=False)
class ProvinceLook:
    """One look at the province.

    `score` (S,) of each place now (nan: not judged), `alarms` the places above the threshold, strangest first, `begun`
    those of them that were not above it a step before. `scan_alarm`: whether the scan's cluster is an alarm;
    `recurrence_years` of it, None without a scan. `calibrated` tells what all this rests on.
    """

    score: Floats
    alarms: tuple[int, ...]
    begun: tuple[int, ...]
    scan_alarm: bool
    recurrence_years: float | None
    calibrated: Calibrated
    budget: Budget


def prepare(
    scorer: Scorer,
    null: Null,
    budget: Budget,
    *,
    replicates: int,
    seed: int,
    burn_in: int = 0,
    executor: Executor | None = None,
    progress: Progress = quiet,
) -> Calibrated:
    """Calibrate the places' share of the budget; see `calibrate`."""
    return calibrate(
        scorer, null, per_year=budget.of_places, replicates=replicates, seed=seed, burn_in=burn_in, executor=executor,
        progress=progress,
    )  # fmt: skip


def _last_two(scores: Floats) -> tuple[Floats, Floats]:
    """Return the last step's score and the state carried from the steps before (the last one that was judged)."""
    earlier = scores[:, :-1]
    carried = np.full(len(scores), -np.inf)
    for column in earlier.T:
        carried = np.where(np.isnan(column), carried, column)
    return scores[:, -1], carried


def look(
    scorer: Scorer, counts: Counts, calibrated: Calibrated, budget: Budget, scan: ScanFinding | None = None
) -> ProvinceLook:
    """Look at the last step of the counts. `ValueError` when a scan is given for which the budget has nothing."""
    if scan is not None and budget.to_scan == 0:
        raise ValueError("the budget leaves nothing for the scan; give it a share or leave the scan out")
    if not np.isclose(calibrated.asked, budget.of_places):
        raise ValueError(f"calibrated for {calibrated.asked:g} a year, the budget has {budget.of_places:g} for places")
    now, before = _last_two(scorer.scores(counts))
    above = np.flatnonzero(now > calibrated.threshold)
    order: NDArray[np.intp] = above[np.argsort(-now[above], kind="stable")]
    begun = tuple(int(place) for place in order if not before[place] > calibrated.threshold)
    years = scan.recurrence_years(counts.per_year) if scan is not None else None
    alarmed = years is not None and years >= 1 / budget.of_scan
    return ProvinceLook(now, tuple(int(p) for p in order), begun, alarmed, years, calibrated, budget)
