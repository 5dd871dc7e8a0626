"""EARS: is this step's count more than the last few steps explain? No past years needed.

C1 compares with the seven steps just before, C2 leaves two steps between, C3 adds up what C2 found in three steps.
Source: L. Hutwagner, W. Thompson, G. M. Seeman and T. Treadwell, J. Urban Health 80 (2003) i89-i96.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import stats

from diaban.engine.surveillance.bounds import Bounds, Steps, Verdict, judged_steps, verdicts
from diaban.engine.surveillance.counts import Counts, Floats


class Variant(StrEnum):
    """Which of the three."""

    C1 = "C1"
    C2 = "C2"
    C3 = "C3"


@dataclass(frozen=True, slots=True)
class Ears:
    """Settings: `baseline` steps, of which at least `reported` must have been reported; `alpha` as the methods have it.

    `alpha` is one-sided in the normal; None stands for 0.001 with C1 and C2, and for the published bound of 2 with C3,
    whose sum over three steps of max(0, C2 - 1) no normal describes. `least_spread` is the smallest
    standard deviation: at 0 a single count after a silent baseline is an alarm, and with rare counts most baselines
    are silent.
    """

    variant: Variant = Variant.C2
    baseline: int = 7
    reported: int = 4
    alpha: float | None = None
    least_spread: float = 0.0

    def __post_init__(self) -> None:
        """Refuse settings that have no meaning."""
        if not 2 <= self.reported <= self.baseline:
            raise ValueError(f"a baseline of {self.baseline} needs 2 … {self.baseline} reported, not {self.reported}")
        if self.alpha is not None and not 0 < self.alpha < 0.5:
            raise ValueError(f"alpha lies between 0 and 0.5, not {self.alpha}")
        if not self.least_spread >= 0:
            raise ValueError("the smallest standard deviation is 0 or more")

    @property
    def bound(self) -> float:
        """Return the score that an alarm exceeds."""
        if self.alpha is None and self.variant is Variant.C3:
            return 2.0
        return float(stats.norm.isf(0.001 if self.alpha is None else self.alpha))


def _moments(counts: Counts, baseline: int, lag: int, needed: int) -> tuple[Floats, Floats]:
    """Return mean and standard deviation (S, T) of the `baseline` steps that end `lag` steps before each; nan early."""
    mean = np.full(counts.values.shape, np.nan)
    spread = np.full(counts.values.shape, np.nan)
    first = baseline + lag
    if counts.steps <= first:
        return mean, spread
    values = np.lib.stride_tricks.sliding_window_view(counts.values, baseline, axis=1)
    there = np.lib.stride_tricks.sliding_window_view(counts.reported, baseline, axis=1)
    last = counts.steps - first
    values, there = values[:, :last], there[:, :last]
    number = there.sum(axis=2)
    enough = number >= needed
    number = np.maximum(number, 2)
    middle = (values * there).sum(axis=2) / number
    squares = (there * (values - middle[:, :, None]) ** 2).sum(axis=2)
    mean[:, first:] = np.where(enough, middle, np.nan)
    spread[:, first:] = np.where(enough, np.sqrt(squares / (number - 1)), np.nan)
    return mean, spread


def watch(counts: Counts, settings: Ears, steps: Steps | None = None) -> Bounds:
    """Judge every series at every asked step (by default all).

    The score is the distance from the mean in standard deviations (C3: what is added up). With a spread of 0 any count
    above the mean is an alarm and scores infinity. C3 has an `upper` of -1 where the two steps before are an alarm by
    themselves, whatever is counted now.
    """
    chosen = judged_steps(steps, counts.steps)
    lag = 0 if settings.variant is Variant.C1 else 2
    mean, spread = _moments(counts, settings.baseline, lag, settings.reported)
    spread = np.maximum(spread, settings.least_spread)
    over = counts.values - mean
    with np.errstate(divide="ignore", invalid="ignore"):
        score = np.where(spread > 0, over / np.where(spread > 0, spread, 1), np.where(over > 0, np.inf, 0.0))
    score = np.where(np.isnan(mean), np.nan, score)
    if settings.variant is Variant.C3:
        beyond = np.where(counts.reported, np.maximum(0, np.nan_to_num(score, nan=0, posinf=1e9) - 1), 0)
        earlier = np.zeros_like(beyond)
        earlier[:, 1:] += beyond[:, :-1]
        earlier[:, 2:] += beyond[:, :-2]
        upper = mean + spread * (1 + settings.bound - earlier)
        upper = np.where(earlier > settings.bound, -1.0, np.maximum(upper, 0))
        upper = np.where(np.isnan(mean), np.nan, upper)
        score = np.where(np.isnan(mean), np.nan, np.maximum(np.nan_to_num(score, nan=0, posinf=1e9) - 1, 0) + earlier)
    else:
        upper = mean + settings.bound * spread
    upper = upper[:, chosen]
    found = verdicts(counts.values[:, chosen], counts.reported[:, chosen], upper)
    judged = found <= Verdict.FEW
    return Bounds(chosen, mean[:, chosen], upper, np.where(judged, score[:, chosen], np.nan), found)
