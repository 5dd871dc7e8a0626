"""Baselines by maximum likelihood: Poisson, negative binomial, and both with extra zeros, series by series.

Negative binomial: variance mean + alpha mean² (J. F. Lawless, Can. J. Stat. 15, 1987); mean and alpha in turns, which
is quick because they are orthogonal. Extra zeros: expectation and maximisation (D. Lambert, Technometrics 34, 1992).
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

_TURNS = 200
_EM_TURNS = 2000
_LARGEST = 1e3  # alpha; beyond it a series is a few heaps among zeros


class Fits(NamedTuple):
    """What `fit_counts` fills for S series: nan in a row without a fit.

    `level` (S, G), `slope` (S, q), `alpha`, `zeros` and `likelihood` (S,), `mean` (S, T) of the count part, and for H
    steps ahead the linear `predictor` and its standard `error` (S, H).
    """

    level: Floats
    slope: Floats
    alpha: Floats
    zeros: Floats
    likelihood: Floats
    mean: Floats
    predictor: Floats
    error: Floats


class Ahead(NamedTuple):
    """The steps looked ahead to: `group` (H,), `z` (H, q)."""

    group: Ints
    z: Floats


@kernel
def log_mass(y: float, mean: float, alpha: float) -> float:
    """Return the logarithm of the probability of a count."""
    if mean <= 0:
        return 0.0 if y == 0 else -np.inf
    value = y * math.log(mean) - math.lgamma(y + 1)
    if alpha <= 0:
        return value - mean
    for j in range(1, int(y)):
        value += math.log1p(alpha * j)
    return value - (y + 1 / alpha) * math.log1p(alpha * mean)


@kernel
def alpha_score(y: Floats, omega: Floats, mu: Floats, alpha: float) -> float:
    """Return the derivative of the log-likelihood in alpha."""
    total = 0.0
    for t in range(y.shape[0]):
        if omega[t] <= 0 or mu[t] <= 0:
            continue
        here = 0.0
        for j in range(1, int(y[t])):
            here += j / (1 + alpha * j)
        x = alpha * mu[t]
        if x < 1e-4:
            here += mu[t] * mu[t] * (0.5 - 2 * x / 3 + 0.75 * x * x)
        else:
            here += (math.log1p(x) - x / (1 + x)) / (alpha * alpha)
        total += omega[t] * (here - mu[t] * y[t] / (1 + x))
    return total


@kernel
def likeliest_alpha(y: Floats, omega: Floats, mu: Floats) -> float:
    """Return the alpha of largest likelihood at given means; 0 when counts scatter no more than Poisson's."""
    if alpha_score(y, omega, mu, 0.0) <= 0:
        return 0.0
    low, high = 0.0, 0.1
    while alpha_score(y, omega, mu, high) > 0:
        low = high
        high *= 4
        if high > _LARGEST:
            return _LARGEST
    at_low, at_high = alpha_score(y, omega, mu, low), alpha_score(y, omega, mu, high)
    side = 0
    for _ in range(200):
        middle = (low * at_high - high * at_low) / (at_high - at_low)
        if not low < middle < high:
            middle = 0.5 * (low + high)
        here = alpha_score(y, omega, mu, middle)
        if abs(here) < 1e-12 or high - low < 1e-13 * (1 + high):
            return middle
        if here > 0:
            low, at_low = middle, here
            at_high *= 0.5 if side > 0 else 1.0
            side = 1
        else:
            high, at_high = middle, here
            at_low *= 0.5 if side < 0 else 1.0
            side = -1
    return 0.5 * (low + high)


@kernel
def _fit_one(y: Floats, omega: Floats, group: Ints, z: Floats, dispersed: bool, work: Work) -> float:
    """Fit the mean, and alpha when `dispersed`; return alpha, nan when there is no fit."""
    alpha, offset = 0.0, np.zeros(y.shape[0])
    for _ in range(_TURNS):
        if not fit(y, omega, offset, group, z, alpha, work):
            return np.nan
        if not dispersed:
            return 0.0
        new = likeliest_alpha(y, omega, work.mu)
        if abs(new - alpha) <= 1e-11 * (1e-3 + alpha):
            return new
        alpha = new
    return alpha


@kernel
def _likelihood(y: Floats, plain: Floats, mu: Floats, alpha: float, share: float, omega: Floats) -> float:
    """Return the log-likelihood with a share of extra zeros; put into `omega` how surely a step is none of them."""
    total = 0.0
    for t in range(y.shape[0]):
        omega[t] = 0.0
        if plain[t] <= 0:
            continue
        mass = log_mass(y[t], mu[t], alpha)
        if y[t] > 0 or share <= 0:
            omega[t] = 1.0
            total += mass + math.log1p(-share)
        else:
            both = share + (1 - share) * math.exp(mass)
            omega[t] = (1 - share) * math.exp(mass) / both
            total += math.log(both)
    return total


@kernel
def _inflate(
    y: Floats, plain: Floats, omega: Floats, group: Ints, z: Floats, dispersed: bool, work: Work
) -> tuple[float, float, float]:
    """Fit with extra zeros, from a start at half of all zeros; return alpha, their share, and the log-likelihood."""
    zeros, present = 0.0, plain.sum()
    for t in range(y.shape[0]):
        zeros += plain[t] if y[t] == 0 else 0.0
    share = 0.5 * zeros / present
    alpha = _fit_one(y, plain, group, z, dispersed, work)
    worth = _likelihood(y, plain, work.mu, alpha, share, omega)
    for _ in range(_EM_TURNS):
        share = 1 - omega.sum() / present
        if share < 1e-9:
            share = 0.0
        alpha = _fit_one(y, omega, group, z, dispersed, work)
        if np.isnan(alpha):
            break
        before = worth
        worth = _likelihood(y, plain, work.mu, alpha, share, omega)
        if abs(worth - before) < 1e-12 * (1 + abs(worth)):
            break
    return alpha, share, worth


@kernel
def fit_counts(
    counts: Floats, plain: Floats, group: Ints, z: Floats, dispersed: bool, inflated: bool, ahead: Ahead, out: Fits
) -> None:
    """Fit each row of `counts` (S, T): `plain` 1 where a step is used, `group` its level, `z` (T, q) other columns."""
    rows, steps = counts.shape
    columns, groups = z.shape[1], out.level.shape[1]
    weight, omega, diagonal, space = np.zeros(steps), np.zeros(steps), np.zeros(groups), np.zeros(columns)
    border, block = np.zeros((groups, columns)), np.zeros((columns, columns))
    for s in range(rows):
        work = Work(out.level[s], out.slope[s], out.mean[s], weight, diagonal, border, block)
        share = 0.0
        alpha = _fit_one(counts[s], plain[s], group, z, dispersed, work)
        worth = np.nan if np.isnan(alpha) else _likelihood(counts[s], plain[s], out.mean[s], alpha, 0.0, omega)
        if inflated and not np.isnan(alpha):
            alpha, share, worth = _inflate(counts[s], plain[s], omega, group, z, dispersed, work)
        out.alpha[s], out.zeros[s], out.likelihood[s] = alpha, share, worth
        if np.isnan(alpha):
            out.zeros[s], out.likelihood[s] = np.nan, np.nan
            out.level[s], out.slope[s], out.mean[s] = np.nan, np.nan, np.nan
            out.predictor[s], out.error[s] = np.nan, np.nan
            continue
        for h in range(ahead.group.shape[0]):
            g = ahead.group[h]
            out.predictor[s, h] = out.level[s, g]
            for i in range(columns):
                out.predictor[s, h] += ahead.z[h, i] * out.slope[s, i]
            out.error[s, h] = 0.0
            if diagonal[g] > 0:
                out.error[s, h] = math.sqrt(leverage(g, ahead.z[h], work, space))
