"""Ratios of rates with exact intervals, good for the small counts of one place.

Two Poisson counts, given their sum, are a binomial; two pairs of them, given all margins, are Fisher's noncentral
hypergeometric. Neither needs a large count. J. Przyborowski and H. Wilenski, Biometrika 31 (1940); C. J. Clopper and
E. S. Pearson, Biometrika 26 (1934); J. Cornfield, Proc. Third Berkeley Symposium 4 (1956).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special, stats

from diaban.engine.evaluation.counts import BeforeAfter

_LIMIT = 60.0  # |logarithm of a ratio| beyond which an interval is called open


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio of rates; below 1 is fewer events. `estimate` is None when it would be 0/0.

    `low` may be 0 and `high` infinite: the counts do not bound that side. `p_value` is two-sided: twice the smaller
    tail, at most 1, so that it agrees with the interval wherever `dispersion` is 1.
    """

    estimate: float | None
    low: float
    high: float
    p_value: float
    level: float
    dispersion: float = 1.0

    @property
    def fell(self) -> bool:
        """Whether the whole interval lies below 1."""
        return self.high < 1

    @property
    def rose(self) -> bool:
        """Whether the whole interval lies above 1."""
        return self.low > 1


def rate_ratio(counts: BeforeAfter, exposure: tuple[float, float] = (1.0, 1.0), level: float = 0.95) -> Ratio:
    """Return rate after / rate before of one area, with the exact conditional binomial interval.

    `exposure` is what the counts before and after are divided by: days, patrol hours, residents times years. No
    comparison area is asked, so a ratio below 1 does not say that anything worked.
    """
    if not all(math.isfinite(value) and value > 0 for value in exposure):
        raise ValueError(f"exposure: two numbers above 0, not {exposure}; what was never looked at has no rate")
    _check_level(level)
    if not counts.total:
        return Ratio(None, 0.0, math.inf, 1.0, level)
    after, total, tail = counts.after, counts.total, (1 - level) / 2
    low = float(stats.beta.ppf(tail, after, total - after + 1)) if after else 0.0
    high = float(stats.beta.ppf(1 - tail, after + 1, total - after)) if after < total else 1.0
    share = exposure[1] / (exposure[0] + exposure[1])
    below = float(stats.binom.cdf(after, total, share))
    above = float(stats.binom.sf(after - 1, total, share))
    scale = exposure[0] / exposure[1]
    estimate = scale * after / counts.before if counts.before else math.inf
    return Ratio(estimate, scale * _odds(low), scale * _odds(high), min(1.0, 2 * min(below, above)), level)


def ratio_of_ratios(
    treated: BeforeAfter,
    control: BeforeAfter,
    level: float = 0.95,
    dispersion: float = 1.0,
    spread: float = 0.0,
) -> Ratio:
    """Return (treated after / before) / (control after / before) with its exact conditional interval.

    The lengths of the periods and the sizes of the areas cancel. It is the effect of the log-linear model with one
    factor for each area and one for each period. `dispersion` (see `counts.dispersion`) widens the interval by its
    square root on the scale of logarithms, and shrinks the evidence of the p-value alike. `spread` (see
    `panel.comparison_spread`) is the variance with which the areas' logarithmic growth differs by itself; it does not
    shrink with more events, and works as a dispersion enlarged by spread / (sum of the counts' reciprocals).
    """
    _check_level(level)
    if not (math.isfinite(dispersion) and dispersion >= 1):
        raise ValueError(f"dispersion is at least 1, not {dispersion}")
    if not (math.isfinite(spread) and spread >= 0):
        raise ValueError(f"spread is a variance from 0 on, not {spread}")
    cells = (treated.before, treated.after, control.before, control.after)
    dispersion += spread / math.fsum(1 / (count + 0.5) for count in cells)
    up, down = treated.after * control.before, treated.before * control.after
    estimate = None if up == down == 0 else math.inf if down == 0 else up / down
    table = _Table.of(treated, control)
    if table.support.size == 1:  # the margins leave one table only: nothing can be learned
        return Ratio(estimate, 0.0, math.inf, 1.0, level, dispersion)
    tail = (1 - level) / 2
    low = table.ratio_where(tail, below=False)
    high = table.ratio_where(tail, below=True)
    p_value = min(1.0, 2 * min(table.tail(0.0, below=True), table.tail(0.0, below=False)))
    if dispersion > 1:
        root = math.sqrt(dispersion)
        centre = math.log((treated.after + 0.5) * (control.before + 0.5)) - math.log(
            (treated.before + 0.5) * (control.after + 0.5)
        )
        low = math.exp(min(_LIMIT, centre - root * max(0.0, centre - math.log(low)))) if low > 0 else 0.0
        high = math.exp(min(_LIMIT, centre + root * max(0.0, math.log(high) - centre))) if high < math.inf else high
        p_value = float(2 * stats.norm.sf(stats.norm.isf(p_value / 2) / root))
    return Ratio(estimate, low, high, p_value, level, dispersion)


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """All 2×2 tables with the margins of the observed one: how many of the treated events may lie after."""

    support: NDArray[np.float64]
    weight: NDArray[np.float64]  # logarithm of each table's weight where the ratio is 1
    observed: int

    @classmethod
    def of(cls, treated: BeforeAfter, control: BeforeAfter) -> _Table:
        after = treated.after + control.after
        low, high = max(0, after - control.total), min(after, treated.total)
        x = np.arange(low, high + 1, dtype=np.float64)
        weight = -(
            special.gammaln(x + 1)
            + special.gammaln(treated.total - x + 1)
            + special.gammaln(after - x + 1)
            + special.gammaln(control.total - after + x + 1)
        )
        return cls(x, weight - weight.max(), treated.after - low)

    def tail(self, log_ratio: float, below: bool) -> float:
        """Return the chance of as many or fewer (or as many or more) treated events after, at that ratio."""
        tilted = self.weight + log_ratio * (self.support - self.support[self.observed])
        chance = np.exp(tilted - tilted.max())
        part = chance[: self.observed + 1] if below else chance[self.observed :]
        return float(min(1.0, part.sum() / chance.sum()))

    def ratio_where(self, tail: float, below: bool) -> float:
        """Return the ratio at which that tail's chance is `tail`: the upper limit for `below`, else the lower one."""
        last = len(self.support) - 1
        if (below and self.observed == last) or (not below and self.observed == 0):
            return math.inf if below else 0.0
        excess = partial(self._excess, tail, below)
        step = 2.0 if below else -2.0  # at the estimate the tail is about a half; walk outwards until it is too small
        inner, outer = self._centre(), self._centre() + step
        while excess(outer) > 0 and abs(outer) < _LIMIT:
            inner, outer, step = outer, outer + step, 2 * step
        if excess(inner) < 0 or excess(outer) > 0:
            inner, outer = -_LIMIT, _LIMIT
        return math.exp(optimize.brentq(excess, inner, outer, xtol=1e-11))

    def _centre(self) -> float:
        """Return the tilt at which the table's most likely count is the observed one, roughly."""
        here = max(1, min(self.observed, len(self.support) - 2)) if len(self.support) > 2 else 0
        if len(self.support) <= 2:
            return 0.0
        return float(self.weight[here - 1] - self.weight[here + 1]) / 2

    def _excess(self, tail: float, below: bool, log_ratio: float) -> float:
        return self.tail(log_ratio, below) - tail


def _odds(share: float) -> float:
    return math.inf if share >= 1 else share / (1 - share)


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise ValueError(f"level lies between 0 and 1, not at {level}")
