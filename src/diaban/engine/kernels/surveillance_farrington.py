"""Farrington's baseline for many series at one step: fit, weigh past outbreaks down, fit again, keep or drop the trend.

Methods: C. P. Farrington et al., J. R. Stat. Soc. A 159 (1996) 547-563; A. Noufaily et al., Stat. Med. 32 (2013)
1206-1222. Settings and meaning: `engine.surveillance.farrington`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from diaban.engine.kernels.compiled import kernel
from diaban.engine.kernels.surveillance_fit import Work, fit, leverage

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NO_FIT, LEVEL, TREND = 0, 1, 2


class Found(NamedTuple):
    """What `baselines` fills, one value for each series.

    `expected` now, `spread` (standard error of the linear predictor at dispersion 1), `phi` (dispersion, not below 1),
    `slope` (0 without a trend), `kind`.
    """

    expected: Floats
    spread: Floats
    phi: Floats
    slope: Floats
    kind: NDArray[np.int8]


@kernel
def dispersion(y: Floats, omega: Floats, group: Ints, mu: Floats, parameters: int) -> float:
    """Return Pearson's statistic over its degrees of freedom; nan without any."""
    total, steps = 0.0, 0
    for t in range(y.shape[0]):
        if omega[t] > 0 and group[t] >= 0:
            steps += 1
            if mu[t] > 0:
                total += omega[t] * (y[t] - mu[t]) ** 2 / mu[t]
    return total / (steps - parameters) if steps > parameters else np.nan


@kernel
def reweigh(y: Floats, omega: Floats, group: Ints, z: Floats, work: Work, phi: float, outlying: float) -> None:
    """Give steps with a standardised Anscombe residual over `outlying` the weight residual**-2, sum kept."""
    space = np.zeros(z.shape[1])
    total, steps = 0.0, 0
    for t in range(y.shape[0]):
        if omega[t] <= 0 or group[t] < 0:
            continue
        steps += 1
        new, mean = 1.0, work.mu[t]
        if mean > 0 and work.weight[t] > 0:
            residual = 1.5 * (y[t] ** (2 / 3) * mean ** (-1 / 6) - math.sqrt(mean))
            left = 1 - work.weight[t] * leverage(group[t], z[t], work, space)
            if left > 1e-12:
                residual /= math.sqrt(phi * left)
                if residual > outlying:
                    new = residual**-2
        omega[t] = new
        total += new
    for t in range(y.shape[0]):
        if omega[t] > 0 and group[t] >= 0:
            omega[t] *= steps / total


@kernel
def _robust(
    y: Floats, omega: Floats, offset: Floats, group: Ints, z: Floats, outlying: float, parameters: int, work: Work
) -> float:
    """Fit, reweigh (unless `outlying` is infinite), fit again; return the dispersion, nan when there is no fit."""
    if not fit(y, omega, offset, group, z, 0.0, work):
        return np.nan
    phi = dispersion(y, omega, group, work.mu, parameters)
    if np.isnan(phi) or outlying == np.inf:
        return phi
    reweigh(y, omega, group, z, work, max(phi, 1.0), outlying)
    if not fit(y, omega, offset, group, z, 0.0, work):
        return np.nan
    return dispersion(y, omega, group, work.mu, parameters)


@kernel
def _look(y: Floats, omega: Floats, group: Ints, filled: Ints) -> tuple[int, float]:
    """Return how many steps are used and their highest count; mark the groups that have any."""
    present, highest = 0, 0.0
    filled[:] = 0
    for t in range(y.shape[0]):
        if omega[t] > 0 and group[t] >= 0:
            present += 1
            highest = max(highest, y[t])
            filled[group[t]] = 1
    return present, highest


@kernel
def _spread(group_now: int, row: Floats, work: Work, space: Floats) -> float:
    """Return the standard error of the linear predictor now, at dispersion 1; 0 where the mean is 0."""
    return math.sqrt(leverage(group_now, row, work, space)) if work.diagonal[group_now] > 0 else 0.0


@kernel
def baselines(
    counts: Floats,
    plain: Floats,
    offsets: Floats,
    offset_now: Floats,
    group: Ints,
    trend: Floats,
    group_now: int,
    outlying: float,
    critical: Floats,
    out: Found,
) -> None:
    """Fit every row of `counts` (S, n) and say what is expected now.

    `plain` (S, n) is 1 where a step is used, `group` (n,) its level; `trend` (n, 1) the time of each step, now being 0.
    `critical[d]`: the two-sided Student bound at d degrees of freedom that a trend must pass (0 lets every trend pass,
    infinity none). A trend is dropped, too, when it promises more now than was ever seen.
    """
    rows, steps = counts.shape
    groups = max(group.max(), group_now) + 1
    level, mu, weight, omega = np.zeros(groups), np.zeros(steps), np.zeros(steps), np.zeros(steps)
    diagonal, space, now_row, flat_row = np.zeros(groups), np.zeros(1), np.zeros(1), np.zeros(0)
    sloped = Work(level, np.zeros(1), mu, weight, diagonal, np.zeros((groups, 1)), np.zeros((1, 1)))
    flat = Work(level, np.zeros(0), mu, weight, diagonal, np.zeros((groups, 0)), np.zeros((0, 0)))
    nothing, filled = np.zeros((steps, 0)), np.zeros(groups, np.int64)
    for s in range(rows):
        y, offset = counts[s], offsets[min(s, offsets.shape[0] - 1)]
        shift = offset_now[min(s, offset_now.shape[0] - 1)]
        present, highest = _look(y, plain[s], group, filled)
        parameters = filled.sum()
        out.kind[s], out.slope[s] = NO_FIT, 0.0
        out.expected[s], out.spread[s], out.phi[s] = np.nan, np.nan, np.nan
        if filled[group_now] == 0 or present <= parameters:
            continue
        freedom = present - parameters - 1
        if freedom > 0 and critical[freedom] < np.inf:
            omega[:] = plain[s]
            found = _robust(y, omega, offset, group, trend, outlying, parameters + 1, sloped)
            if not np.isnan(found):
                now = math.exp(level[group_now] + shift)
                steep = abs(sloped.slope[0]) * sloped.block[0, 0] >= critical[freedom] * math.sqrt(found)
                if steep and now <= highest:
                    out.kind[s], out.phi[s], out.expected[s] = TREND, max(found, 1.0), now
                    out.slope[s], out.spread[s] = sloped.slope[0], _spread(group_now, now_row, sloped, space)
                    continue
        omega[:] = plain[s]
        found = _robust(y, omega, offset, group, nothing, outlying, parameters, flat)
        if not np.isnan(found):
            out.kind[s], out.phi[s], out.expected[s] = LEVEL, max(found, 1.0), math.exp(level[group_now] + shift)
            out.spread[s] = _spread(group_now, flat_row, flat, space)
