"""Charts that add up small excesses: CUSUM of transformed counts, and likelihood ratios of a lasting rise.

A single step may be no alarm and ten slightly high ones together be one. Sources: E. S. Page, Biometrika 41 (1954);
transformed CUSUM: G. Rossi, L. Lampugnani and M. Marchi, Stat. Med. 18 (1999) 2111-2122; Poisson CUSUM: J. M. Lucas,
Technometrics 27 (1985); likelihood ratio with season: M. Höhle and M. Paul, Comput. Stat. Data Anal. 52 (2008).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from diaban.engine.kernels import surveillance_charts as kernels
from diaban.engine.surveillance.bounds import Bounds, Steps, Verdict, judged_steps
from diaban.engine.surveillance.counts import Counts, Flags, Floats


class Transform(StrEnum):
    """How a count becomes a deviation of about mean 0 and variance 1."""

    STANDARD = "standard"  # (y - m) / √m
    ROSSI = "rossi"  # (y - 3 m + 2 √(y m)) / (2 √m)


@dataclass(frozen=True, slots=True)
class Cusum:
    """Sum of deviations less `allowance`, never below 0; an alarm above `limit`."""

    allowance: float = 1.04
    limit: float = 2.26
    transform: Transform = Transform.ROSSI

    def __post_init__(self) -> None:
        """Refuse settings that have no meaning."""
        if not (self.allowance >= 0 and self.limit > 0):
            raise ValueError("allowance is 0 or more, limit above 0")


@dataclass(frozen=True, slots=True)
class RatioCusum:
    """CUSUM of log-likelihood ratios for a mean grown `rise`-fold; an alarm above `limit`."""

    rise: float = 2.0
    limit: float = 4.0

    def __post_init__(self) -> None:
        """Refuse settings that have no meaning."""
        if not (1 < self.rise < 1e6 and self.limit > 0):
            raise ValueError("rise is above 1, limit above 0")


@dataclass(frozen=True, slots=True)
class LikelihoodRatio:
    """Largest log-likelihood ratio of a rise of any size that began at most `window` steps ago; alarm from `limit` on.

    `restart`: the chart starts anew after an alarm, as in the literature. Without it an alarm lasts while it is true.
    """

    limit: float = 5.0
    window: int = 26
    restart: bool = False

    def __post_init__(self) -> None:
        """Refuse settings that have no meaning."""
        if not (self.limit > 0 and self.window >= 1):
            raise ValueError("limit is above 0, window at least one step")


def means(expected: Floats, counts: Counts) -> Floats:
    """Return the expected counts for every step, (S, T), none below 0; nan where there is no baseline."""
    mean = np.ascontiguousarray(np.broadcast_to(np.asarray(expected, dtype=np.float64), counts.values.shape))
    if (mean < 0).any() or np.isinf(mean).any():
        raise ValueError("expected counts are numbers from 0 on; nan where there is no baseline")
    return mean


def spreads(alpha: Floats | float, counts: Counts) -> Floats:
    """Return the over-dispersion of every series: variance = mean + alpha mean²."""
    found = np.ascontiguousarray(np.broadcast_to(np.asarray(alpha, dtype=np.float64), (counts.series,)))
    if not (np.isfinite(found).all() and (found >= 0).all()):
        raise ValueError("alpha is 0 (Poisson) or more")
    return found


def _bounds(counts: Counts, mean: Floats, score: Floats, upper: Floats, alarm: Flags, steps: Steps | None) -> Bounds:
    chosen = judged_steps(steps, counts.steps)
    found = np.where(alarm, Verdict.ALARM, Verdict.QUIET).astype(np.int8)
    found = np.where(np.isnan(mean), np.int8(Verdict.NO_BASELINE), found)
    found = np.where(counts.reported, found, np.int8(Verdict.UNREPORTED))
    judged = np.where(found <= Verdict.FEW, score, np.nan)
    return Bounds(chosen, mean[:, chosen], upper[:, chosen], judged[:, chosen], found[:, chosen])


def cusum(counts: Counts, expected: Floats, settings: Cusum, steps: Steps | None = None) -> Bounds:
    """Chart every series from its first step on; `expected` (T,) or (S, T).

    `upper` is the count at which a step's sum would reach the limit, 0 when it stands above already; the score is the
    sum. A step with an expected count of 0 or without a baseline or a report leaves the sum as it was.
    """
    mean = means(expected, counts)
    known = counts.reported & (np.nan_to_num(mean) > 0)
    root = np.sqrt(np.where(known, mean, 1.0))
    y, m = counts.values, np.where(known, mean, 1.0)
    if settings.transform is Transform.ROSSI:
        deviation = (y - 3 * m + 2 * np.sqrt(y * m)) / (2 * root)
    else:
        deviation = (y - m) / root
    score = np.zeros_like(y)
    kernels.add_up(deviation - settings.allowance, known, score)
    before = np.concatenate([np.zeros((counts.series, 1)), score[:, :-1]], axis=1)
    needed = settings.limit + settings.allowance - before
    if settings.transform is Transform.ROSSI:
        side = np.sqrt(np.maximum(4 * m + 2 * root * needed, 0)) - root
        upper = np.maximum(side, 0) ** 2
    else:
        upper = np.maximum(m + root * needed, 0)
    return _bounds(counts, mean, score, np.where(known, upper, np.nan), score > settings.limit, steps)


def ratio_cusum(
    counts: Counts,
    expected: Floats,
    settings: RatioCusum,
    alpha: Floats | float = 0.0,
    steps: Steps | None = None,
) -> Bounds:
    """Chart log-likelihood ratios for Poisson (alpha 0) or negative binomial counts; the score is in nats."""
    mean, spread = means(expected, counts), spreads(alpha, counts)
    score = np.zeros_like(mean)
    kernels.ratio_cusum(counts.values, counts.reported, np.nan_to_num(mean), spread, math.log(settings.rise), score)
    before = np.concatenate([np.zeros((counts.series, 1)), score[:, :-1]], axis=1)
    m, a, rise = np.nan_to_num(mean), spread[:, None], settings.rise
    grown = np.where(a > 0, np.log1p(a * m * (rise - 1) / (1 + a * m)) / np.where(a > 0, a, 1), m * (rise - 1))
    worth = math.log(rise) - np.where(a > 0, a * grown, 0)
    upper = np.where(np.isnan(mean), np.nan, np.maximum((settings.limit - before + grown) / worth, 0))
    return _bounds(counts, mean, score, upper, score > settings.limit, steps)


def likelihood_ratio(
    counts: Counts,
    expected: Floats,
    settings: LikelihoodRatio,
    alpha: Floats | float = 0.0,
    steps: Steps | None = None,
) -> tuple[Bounds, NDArray[np.int64]]:
    """Chart the largest log-likelihood ratio; also return the likeliest beginning of the rise at each judged step.

    `upper` is not given (nan): the count that would be an alarm has no formula.
    """
    mean, spread = means(expected, counts), spreads(alpha, counts)
    score, begins = np.zeros_like(mean), np.zeros(mean.shape, dtype=np.int64)
    restart = settings.limit if settings.restart else np.inf
    kernels.likelihood_ratio(
        counts.values, counts.reported, np.nan_to_num(mean), spread, settings.window, restart, score, begins
    )
    found = _bounds(counts, mean, score, np.full_like(mean, np.nan), score >= settings.limit, steps)
    return found, begins[:, found.steps]
