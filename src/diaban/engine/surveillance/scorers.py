"""Methods as scores: a number for each series and step, the larger the stranger. One threshold turns them into alarms.

What is calibrated is a scorer: settings that can be sent to a worker and give the same scores for the same counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import special

from diaban.engine.surveillance import charts, ears, farrington, models
from diaban.engine.surveillance.bounds import Bounds
from diaban.engine.surveillance.counts import Counts, Floats

_TOP = 300.0  # a score of "impossible", where a logarithm would be infinite


class Scorer(Protocol):
    """Gives scores (S, T'): for the last T' steps of the counts; nan where a step cannot be judged."""

    def scores(self, counts: Counts) -> Floats:
        """Return the scores of counts."""
        ...

    def only(self, chosen: NDArray[np.intp], /) -> Scorer:
        """Return the scorer of some of the series."""
        ...


@dataclass(frozen=True, eq=False)
class Known:
    """Chart against means that are known or were fitted once: `rise` None for the general likelihood ratio.

    `expected` (S, T), `alpha` (S,). Calibration on a null with the same means leaves the error of fitting them out.
    """

    expected: Floats
    alpha: Floats
    rise: float | None = 2.0
    window: int = 26

    def scores(self, counts: Counts) -> Floats:
        """Return the chart."""
        return _chart(counts, self.expected, self.alpha, self.rise, self.window)

    def only(self, chosen: NDArray[np.intp]) -> Known:
        """Return the chart of some series."""
        return replace(self, expected=self.expected[chosen], alpha=self.alpha[chosen])


@dataclass(frozen=True, slots=True)
class Modelled:
    """Fit a model to the first `used` steps, then chart the others: the error of fitting is calibrated with the rest.

    `rise` as in `Known`; 0 scores each step by itself, -log10 of the probability of so many or more.
    """

    model: models.Model
    used: int
    rise: float | None = 2.0
    window: int = 26

    def scores(self, counts: Counts) -> Floats:
        """Return the chart of the steps after the first `used`; nan for series without a model."""
        fitted = models.fit(counts, self.model, range(self.used, counts.steps), self.used)
        with np.errstate(over="ignore"):
            mean = np.where(fitted.predictor > 700, np.nan, np.exp(fitted.predictor))
        alpha = np.nan_to_num(fitted.alpha)
        later = Counts(counts.values[:, self.used :], counts.reported[:, self.used :], counts.per_year)
        if self.rise == 0:
            score = surprise(later.values, mean, alpha[:, None], np.nan_to_num(fitted.zeros)[:, None])
            return np.where(later.reported, score, np.nan)
        return _chart(later, mean * (1 - np.nan_to_num(fitted.zeros)[:, None]), alpha, self.rise, self.window)

    def only(self, _chosen: NDArray[np.intp], /) -> Modelled:
        """Return itself: every series is fitted alone."""
        return self


@dataclass(frozen=True, slots=True)
class Flexible:
    """Farrington's method at the last `judged` steps."""

    settings: farrington.Farrington
    judged: int = 52

    def scores(self, counts: Counts) -> Floats:
        """Return -log10 of the probability of so many or more; 0 where the method's own rule asks for more counts."""
        found = farrington.watch(counts, self.settings, range(counts.steps - self.judged, counts.steps))
        return _few_are_quiet(found)

    def only(self, _chosen: NDArray[np.intp], /) -> Flexible:
        """Return itself: every series is judged alone."""
        return self


@dataclass(frozen=True, slots=True)
class Early:
    """EARS at every step."""

    settings: ears.Ears = field(default_factory=ears.Ears)

    def scores(self, counts: Counts) -> Floats:
        """Return the scores of EARS; an infinite one is 300."""
        found = ears.watch(counts, self.settings)
        return np.where(np.isinf(found.score), _TOP, found.score)

    def only(self, _chosen: NDArray[np.intp], /) -> Early:
        """Return itself: every series is judged alone."""
        return self


def _few_are_quiet(found: Bounds) -> Floats:
    return np.where(found.verdicts == 2, 0.0, found.score)


def _chart(counts: Counts, expected: Floats, alpha: Floats, rise: float | None, window: int) -> Floats:
    if rise is None:
        settings = charts.LikelihoodRatio(window=window)
        return charts.likelihood_ratio(counts, expected, settings, alpha)[0].score
    return charts.ratio_cusum(counts, expected, charts.RatioCusum(rise=rise), alpha).score


def surprise(counts: Floats, mean: Floats, alpha: Floats, zeros: Floats) -> Floats:
    """Return -log10 of the probability of so many counts or more; 0 for none, nan without a mean."""
    counts, mean, alpha, zeros = np.broadcast_arrays(counts, mean, alpha, zeros)
    some = (counts > 0) & np.isfinite(mean)
    at, m = np.where(some, counts, 1.0), np.where(some & (mean > 0), mean, 1.0)
    wide = alpha > 1e-9
    size = 1 / np.where(wide, alpha, 1.0)
    tail = np.where(wide, special.betainc(at, size, m / (size + m)), special.gammainc(at, m)) * (1 - zeros)
    score = np.where(some, -np.log10(np.maximum(tail, 10**-_TOP)), 0.0)
    score = np.where(some & (mean <= 0), _TOP, score)
    return np.where(np.isnan(mean), np.nan, score)
