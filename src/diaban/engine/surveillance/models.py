"""What is usual: log-linear baselines with season and trend, from Poisson to negative binomial with extra zeros.

Means are exp(level + trend + season); variance is mean + alpha mean²; a share of steps may be zero for a reason of its
own. Sources: J. F. Lawless, Can. J. Stat. 15 (1987); D. Lambert, Technometrics 34 (1992). See
docs/methods/surveillance.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy import special

from diaban.engine.kernels import surveillance_models as kernels
from diaban.engine.surveillance.bounds import Steps
from diaban.engine.surveillance.counts import Counts, Floats

_NODES = 15  # points of Gauss and Hermite over the error of the linear predictor


class Family(StrEnum):
    """How counts scatter about their mean."""

    POISSON = "poisson"
    NEGATIVE_BINOMIAL = "negative_binomial"
    ZERO_INFLATED_POISSON = "zero_inflated_poisson"
    ZERO_INFLATED_NEGATIVE_BINOMIAL = "zero_inflated_negative_binomial"

    @property
    def dispersed(self) -> bool:
        """Return whether alpha is fitted."""
        return self in (Family.NEGATIVE_BINOMIAL, Family.ZERO_INFLATED_NEGATIVE_BINOMIAL)

    @property
    def inflated(self) -> bool:
        """Return whether a share of extra zeros is fitted."""
        return self in (Family.ZERO_INFLATED_POISSON, Family.ZERO_INFLATED_NEGATIVE_BINOMIAL)


@dataclass(frozen=True, slots=True)
class Model:
    """Settings: the family; `harmonics` pairs of sine and cosine in a year, or one level for each of `levels` parts of
    it (not both); `trend` a straight line of the logarithm.
    """

    family: Family = Family.NEGATIVE_BINOMIAL
    harmonics: int = 1
    levels: int = 1
    trend: bool = False

    def __post_init__(self) -> None:
        """Refuse settings that have no meaning."""
        if self.harmonics < 0 or self.levels < 1 or (self.harmonics and self.levels > 1):
            raise ValueError("a season is harmonics (0 or more) or levels (2 or more), not both")


@dataclass(frozen=True, eq=False)
class Fitted:
    """Models of S series over the steps 0 … T-1 of `counts`.

    `levels` (S, G), `slopes` (S, q) in the order trend (per year), cos 1, sin 1, cos 2, …; `alpha`, `zeros` (share of
    extra zeros) and `likelihood` (logarithm) by series; `mean` (S, T) is that of the count part, so the expected count
    is `mean * (1 - zeros)`. `parameters`: how many were fitted. nan in the whole row where there is no fit.
    """

    model: Model
    counts: Counts
    levels: Floats
    slopes: Floats
    alpha: Floats
    zeros: Floats
    likelihood: Floats
    mean: Floats
    parameters: int
    ahead: NDArray[np.int64]
    predictor: Floats
    error: Floats

    @property
    def expected(self) -> Floats:
        """Return the expected counts of the fitted steps, (S, T)."""
        return self.mean * (1 - self.zeros[:, None])

    @property
    def aic(self) -> Floats:
        """Return Akaike's criterion, smaller is better."""
        return 2 * self.parameters - 2 * self.likelihood


def columns(steps: NDArray[np.int64], per_year: float, model: Model) -> tuple[NDArray[np.int64], Floats]:
    """Return the level of each step and its further columns."""
    year = steps / per_year
    level = np.floor(np.mod(year, 1) * model.levels + 1e-9).astype(np.int64) % model.levels
    parts = [year] if model.trend else []
    for wave in range(1, model.harmonics + 1):
        parts += [np.cos(2 * np.pi * wave * year), np.sin(2 * np.pi * wave * year)]
    return level, np.column_stack(parts) if parts else np.zeros((len(steps), 0))


def fit(counts: Counts, model: Model, ahead: Steps | None = None, used: int | None = None) -> Fitted:
    """Fit every series to its first `used` steps (all by default) and look at the steps `ahead` (the next by default).

    A series has no fit (nan) with fewer reported steps than parameters, without a count, or when its season or trend
    cannot be told. `ValueError` when there is nothing to fit to.
    """
    last = counts.steps if used is None else used
    if not 1 <= last <= counts.steps:
        raise ValueError(f"a model is fitted to 1 … {counts.steps} steps, not {last}")
    steps = np.arange(last)
    chosen = np.arange(last, last + 1) if ahead is None else np.asarray(ahead, dtype=np.int64)
    group, z = columns(steps, counts.per_year, model)
    next_group, next_z = columns(chosen, counts.per_year, model)
    series, groups, width = counts.series, model.levels, z.shape[1]
    values = np.ascontiguousarray(counts.values[:, :last])
    plain = np.ascontiguousarray(counts.reported[:, :last], dtype=np.float64)
    parameters = groups + width + model.family.dispersed + model.family.inflated
    usable = (plain.sum(axis=1) > parameters) & (values.sum(axis=1) > 0)
    out = kernels.Fits(
        np.zeros((series, groups)), np.zeros((series, width)), np.zeros(series), np.zeros(series), np.zeros(series),
        np.zeros((series, last)), np.zeros((series, len(chosen))), np.zeros((series, len(chosen))),
    )  # fmt: skip
    kernels.fit_counts(
        values, plain, group, np.ascontiguousarray(z), model.family.dispersed, model.family.inflated,
        kernels.Ahead(next_group, np.ascontiguousarray(next_z)), out,
    )  # fmt: skip
    for array in out:
        array[~usable] = np.nan
    filled = np.column_stack([plain[:, group == g].sum(axis=1) for g in range(groups)]) > 0
    out.level[~filled] = np.nan
    out.predictor[~filled[:, next_group]] = np.nan
    return Fitted(
        model, counts, out.level, out.slope, out.alpha, out.zeros, out.likelihood, out.mean, parameters, chosen,
        out.predictor, out.error,
    )  # fmt: skip


def probability_up_to(counts: Floats, mean: Floats, alpha: Floats, zeros: Floats) -> Floats:
    """Return the probability of at most so many counts; -1 gives 0. Shapes broadcast."""
    counts, mean, alpha, zeros = np.broadcast_arrays(counts, mean, alpha, zeros)
    whole = np.maximum(np.floor(counts), 0)
    positive = np.where(mean > 0, mean, 1.0)
    wide = alpha > 1e-9
    size = 1 / np.where(wide, alpha, 1.0)
    below = np.where(
        wide, special.betainc(size, whole + 1, size / (size + positive)), special.gammaincc(whole + 1, positive)
    )
    below = np.where(mean > 0, below, 1.0)
    found: Floats = np.where(counts < 0, 0.0, zeros + (1 - zeros) * below)
    return np.where(np.isnan(mean), np.nan, found)


@dataclass(frozen=True, eq=False)
class Forecast:
    """For the steps ahead, (S, H): the expected count and the least counts that reach both ends of the interval."""

    expected: Floats
    low: Floats
    high: Floats


def forecast(fitted: Fitted, coverage: float = 0.95) -> Forecast:
    """Return forecast intervals that hold the scatter of counts and the error of the mean (normal on the log scale).

    Counts are whole, so an interval covers at least what is asked. The error of alpha and of the share of extra zeros
    is not in it. nan without a fit.
    """
    if not 0 < coverage < 1:
        raise ValueError(f"coverage lies between 0 and 1, not {coverage}")
    points, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    weights = weights / weights.sum()
    error = np.where(np.isinf(fitted.predictor), 0.0, fitted.error)
    with np.errstate(invalid="ignore"):
        means = np.exp(fitted.predictor[:, :, None] + np.minimum(error, 3.0)[:, :, None] * points)
    alpha, zeros = fitted.alpha[:, None, None], fitted.zeros[:, None, None]

    def reach(probability: float) -> Floats:
        """Return the least counts with at least that probability up to them, by bisection."""
        low = np.full(means.shape[:2], -1.0)
        high = np.ones_like(low)
        for _ in range(60):
            short = (probability_up_to(high[:, :, None], means, alpha, zeros) * weights).sum(axis=2) < probability
            if not short.any():
                break
            high = np.where(short, 2 * high, high)
        while (high - low > 1).any():
            middle = np.floor((low + high) / 2)
            short = (probability_up_to(middle[:, :, None], means, alpha, zeros) * weights).sum(axis=2) < probability
            open_ = high - low > 1
            low, high = np.where(open_ & short, middle, low), np.where(open_ & ~short, middle, high)
        return np.where(np.isnan(fitted.predictor), np.nan, high)

    tail = (1 - coverage) / 2
    expected = np.exp(fitted.predictor) * (1 - fitted.zeros[:, None])
    return Forecast(expected, reach(tail), reach(1 - tail))
