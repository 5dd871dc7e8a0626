"""Weighted displacement difference: how many events fewer than in the comparison areas, with its uncertainty.

A. P. Wheeler and J. H. Ratcliffe, "A simple weighted displacement difference test to evaluate place based crime
interventions", Crime Science 7:11 (2018). Harm weights: A. P. Wheeler, "Amending the WDD test to incorporate harm
weights" (2020). The counts are taken as Poisson; `dispersion` widens the error where they are noisier.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy import stats

from diaban.engine.evaluation.counts import NOTHING, BeforeAfter

LEAST_MEAN = 5.0
"""Events per area and period from which the paper's simulations find the normal approximation good."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A change in the number of events against the comparison areas; below 0 is fewer events.

    `local` is the part of the treated area, `moved` that of the area around it. `enough` is false where an area that
    was used has fewer than five events a period on the average: the interval is then too rough to decide by.
    """

    estimate: float
    standard_error: float
    z: float
    p_value: float
    low: float
    high: float
    level: float
    local: float
    moved: float
    enough: bool


@dataclass(frozen=True, slots=True)
class AreaWeights:
    """The size of each area (streets, residents, km², …); counts are divided by it. Only their proportions matter."""

    treated: float = 1.0
    control: float = 1.0
    around: float = 1.0
    around_control: float = 1.0

    def __post_init__(self) -> None:
        """Refuse sizes that cannot divide."""
        for name in ("treated", "control", "around", "around_control"):
            _positive(getattr(self, name), f"weight of {name}")


def wdd(
    treated: BeforeAfter,
    control: BeforeAfter,
    around: BeforeAfter = NOTHING,
    around_control: BeforeAfter = NOTHING,
    *,
    time_weights: tuple[float, float] = (1.0, 1.0),
    area_weights: AreaWeights | None = None,
    dispersion: float = 1.0,
    level: float = 0.95,
) -> Difference:
    """Return the weighted displacement difference.

    (change in treated - change in control) + (change around - change in the control of around). Counts before and
    after are divided by `time_weights` (the lengths of the two periods, in any unit) and by the areas' sizes. Leave
    the last two areas out where nothing could move to. Raises `ValueError` when no area has an event, for then nothing
    is known of the error.
    """
    weights = area_weights or AreaWeights()
    for value in time_weights:
        _positive(value, "time weight")
    if not 0 < level < 1:
        raise ValueError(f"level lies between 0 and 1, not at {level}")
    if dispersion < 1:
        raise ValueError(f"dispersion is at least 1, not {dispersion}")
    used = [(treated, weights.treated), (control, weights.control)]
    if around.total + around_control.total:
        used += [(around, weights.around), (around_control, weights.around_control)]
    changes = [_change(counts, time_weights) / size for counts, size in used]
    variance = dispersion * sum(_variance(counts, time_weights) / size**2 for counts, size in used)
    local = changes[0] - changes[1]
    moved = changes[2] - changes[3] if len(changes) == 4 else 0.0
    enough = all(counts.total >= 2 * LEAST_MEAN for counts, _ in used)
    return _difference(local, moved, variance, level, enough)


def weighted_by_harm(differences: Sequence[Difference], weights: Sequence[float], level: float = 0.95) -> Difference:
    """Return the sum of several kinds' differences, each times the harm of one event of its kind.

    The kinds must have been counted apart, so that their errors are independent.
    """
    if len(differences) != len(weights) or not differences:
        raise ValueError(f"one weight for each kind: {len(differences)} kinds, {len(weights)} weights")
    if not all(math.isfinite(weight) and weight >= 0 for weight in weights):
        raise ValueError("a weight of harm is a number from 0 on")
    pairs = list(zip(differences, weights, strict=True))
    return _difference(
        math.fsum(weight * one.local for one, weight in pairs),
        math.fsum(weight * one.moved for one, weight in pairs),
        math.fsum((weight * one.standard_error) ** 2 for one, weight in pairs),
        level,
        all(one.enough for one, weight in pairs if weight > 0),
    )


def _difference(local: float, moved: float, variance: float, level: float, enough: bool) -> Difference:
    if variance <= 0:
        raise ValueError("no area has an event: nothing can be compared, and nothing is known of the error")
    error, estimate = math.sqrt(variance), local + moved
    reach = float(stats.norm.ppf(0.5 + level / 2)) * error
    z = estimate / error
    return Difference(
        estimate=estimate,
        standard_error=error,
        z=z,
        p_value=float(2 * stats.norm.sf(abs(z))),
        low=estimate - reach,
        high=estimate + reach,
        level=level,
        local=local,
        moved=moved,
        enough=enough,
    )


def _change(counts: BeforeAfter, time: tuple[float, float]) -> float:
    return counts.after / time[1] - counts.before / time[0]


def _variance(counts: BeforeAfter, time: tuple[float, float]) -> float:
    return counts.after / time[1] ** 2 + counts.before / time[0] ** 2


def _positive(value: float, what: str) -> None:
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"{what}: a number above 0, not {value}")
