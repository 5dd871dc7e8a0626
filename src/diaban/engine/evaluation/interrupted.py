"""Interrupted time series: did one place's series break when the work began, given its own trend and season?

Segmented log-linear regression of counts with harmonics for the season: J. Lopez Bernal, S. Cummins and A. Gasparrini,
Int. J. Epidemiology 46 (2017); A. K. Wagner and others, J. Clinical Pharmacy and Therapeutics 27 (2002). There is no
comparison area here: whatever else changed in the same step is taken for the work's effect.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from diaban.engine.evaluation import regression
from diaban.engine.evaluation.counts import checked_counts
from diaban.engine.evaluation.displacement import Change
from diaban.engine.evaluation.ratios import Ratio

Floats = NDArray[np.float64]


class Family(StrEnum):
    """What is taken for chance: Poisson, or noisier than it."""

    POISSON = "poisson"
    NEGATIVE_BINOMIAL = "negative_binomial"


@dataclass(frozen=True, slots=True)
class Season:
    """A year of `period` steps (12 months, 52.1775 weeks) in `harmonics` pairs of waves; 0 for none."""

    period: float = 12.0
    harmonics: int = 2

    def __post_init__(self) -> None:
        """Refuse waves that cannot be told apart."""
        if self.harmonics < 0 or self.period <= 0 or 2 * self.harmonics >= self.period:
            raise ValueError(f"{self.harmonics} waves do not fit into a season of {self.period} steps")

    def columns(self, steps: int) -> Floats:
        """Return the waves (steps, 2 harmonics)."""
        angle = 2 * np.pi * np.arange(steps) / self.period
        waves = [wave(angle * (k + 1)) for k in range(self.harmonics) for wave in (np.sin, np.cos)]
        return np.column_stack(waves) if waves else np.empty((steps, 0))


@dataclass(frozen=True, eq=False)
class Interruption:
    """The break and what would have been without it.

    - `level`: the jump at the first step after, `slope`: the change of the trend per step, as ratios of rates.
    - `p_value` of no break at all (both together); `events`: all events after the break, against what the trend and
      season from before let expect; `expected`, `fitted` (steps,).
    - `trend`: the rate's ratio per step before. `correlation`: of a step's deviation with the next one's;
      `p_uncorrelated` (Ljung and Box over `lags` steps or the usual lags, at least 1).
    """

    level: Ratio
    slope: Ratio
    p_value: float
    events: Change
    trend: Ratio
    expected: Floats
    fitted: Floats
    alpha: float
    lags: int
    correlation: float
    p_uncorrelated: float


def interrupted_series(
    counts: NDArray[np.generic],
    start: int,
    *,
    season: Season | None = None,
    exposure: Floats | None = None,
    family: Family = Family.NEGATIVE_BINOMIAL,
    lags: int | None = None,
    level: float = 0.95,
) -> Interruption:
    """Ask whether the series (steps,) breaks at step `start`, the first one after.

    Errors are the larger of Newey and West's with `lags` (by default the usual rule) and the model's own, inflated for
    noise and memory (`Fitted.inflated`): in series as short as ours the former alone alarms too often. Intervals are
    Student's. Raises `ValueError`
    when a side has no event or fewer than three steps, or the series is too short for its terms.
    """
    values = checked_counts(counts)
    if values.ndim != 1:
        raise ValueError("one series of counts, one number per step")
    steps = len(values)
    if not 3 <= start <= steps - 3:
        raise ValueError(f"at least three steps on each side of the start are needed; start {start} of {steps}")
    if not (values[:start].any() and values[start:].any()):
        raise ValueError("one side has no event at all: a trend cannot be drawn; compare the counts instead (ratios)")
    design = _design(steps, start, season or Season(harmonics=0))
    offset = _offset(exposure, steps)
    fitter = regression.fit if family is Family.POISSON else regression.fit_negative_binomial
    fitted = fitter(design, values, offset)
    used = regression.usual_lags(steps) if lags is None else lags
    errors = (fitted.newey_west(used), fitted.inflated())
    reach = float(stats.t.ppf(0.5 + level / 2, fitted.freedom))
    bare = design.copy()
    bare[:, 2:4] = 0
    expected = np.exp(bare @ fitted.coefficients + offset)
    gradient = design[start:].T @ fitted.mean[start:] - bare[start:].T @ expected[start:]
    total = float(fitted.mean[start:].sum() - expected[start:].sum())
    width = reach * math.sqrt(max(float(gradient @ covariance @ gradient) for covariance in errors))
    return Interruption(
        level=_ratio(fitted, errors, 2, 1.0, level),
        slope=_ratio(fitted, errors, 3, 1.0, level),
        p_value=max(_joint(fitted.coefficients[2:4], matrix[2:4, 2:4], fitted.freedom) for matrix in errors),
        events=Change(total, total - width, total + width, level),
        trend=_ratio(fitted, errors, 1, 1 / steps, level),
        expected=expected,
        fitted=fitted.mean,
        alpha=fitted.alpha,
        lags=used,
        correlation=fitted.correlation,
        p_uncorrelated=_ljung_box(fitted.pearson, max(1, used)),
    )


def _design(steps: int, start: int, season: Season) -> Floats:
    """Return the columns: level, trend (in series' lengths, for sound numbers), jump, new trend per step, waves."""
    time = np.arange(steps, dtype=np.float64)
    after = (time >= start).astype(np.float64)
    return np.column_stack([np.ones(steps), time / steps, after, after * (time - start), season.columns(steps)])


def _offset(exposure: Floats | None, steps: int) -> Floats:
    if exposure is None:
        return np.zeros(steps)
    values = np.asarray(exposure, dtype=np.float64)
    if values.shape != (steps,) or not (np.isfinite(values) & (values > 0)).all():
        raise ValueError("exposure: one number above 0 per step; leave out steps that nobody looked at")
    return np.log(values)


def _ratio(fitted: regression.Fitted, errors: tuple[Floats, ...], term: int, scale: float, level: float) -> Ratio:
    value = scale * float(fitted.coefficients[term])
    error = scale * math.sqrt(max(float(covariance[term, term]) for covariance in errors))
    reach = error * float(stats.t.ppf(0.5 + level / 2, fitted.freedom))
    p_value = float(2 * stats.t.sf(abs(value) / error, fitted.freedom))
    return Ratio(math.exp(value), math.exp(value - reach), math.exp(value + reach), p_value, level)


def _joint(values: Floats, covariance: Floats, freedom: int) -> float:
    """Return Wald's p-value of all being zero, with F's distribution."""
    statistic = float(values @ np.linalg.pinv(covariance) @ values) / len(values)
    return float(stats.f.sf(statistic, len(values), freedom))


def _ljung_box(residuals: Floats, lags: int) -> float:
    centred = residuals - residuals.mean()
    total = float(centred @ centred)
    if total <= 1e-12 * len(centred):
        return 1.0
    steps = len(centred)
    found = [float(centred[lag:] @ centred[:-lag]) / total for lag in range(1, min(lags, steps - 1) + 1)]
    statistic = steps * (steps + 2) * sum(r**2 / (steps - lag) for lag, r in enumerate(found, start=1))
    return float(stats.chi2.sf(statistic, len(found)))
