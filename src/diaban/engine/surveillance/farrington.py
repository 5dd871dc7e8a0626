"""Farrington's method and its flexible form: is this step's count more than the same season of past years explains?

A quasi-Poisson model of past counts (level, trend, season) gives what is expected now and how far counts scatter. Past
outbreaks are weighed down, so that one outbreak does not hide the next. Sources: C. P. Farrington, N. J. Andrews, A. D.
Beale and M. A. Catchpole, J. R. Stat. Soc. A 159 (1996) 547-563; A. Noufaily et al., Stat. Med. 32 (2013) 1206-1222.
See docs/methods/surveillance.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from diaban.engine.executors import Executor, Progress, Serial, quiet
from diaban.engine.kernels import surveillance_farrington as kernels
from diaban.engine.surveillance.bounds import Bounds, Steps, Verdict, judged_steps, verdicts
from diaban.engine.surveillance.counts import Counts, Floats

_BLOCK = 1024  # series in a unit of work, whatever the number of workers


class Threshold(StrEnum):
    """How the upper bound comes from the fitted mean and dispersion.

    - two_thirds, square_root, untransformed: normal interval of the transformed count, with the error of the fitted
      mean (Farrington 1996; two-thirds is the usual choice).
    - negative_binomial: quantile of a negative binomial (Poisson without over-dispersion) at the fitted mean
      (Noufaily 2013).
    - negative_binomial_mean: the same at the upper confidence limit of the mean, so that the error of the fit counts.
    """

    TWO_THIRDS = "two_thirds"
    SQUARE_ROOT = "square_root"
    UNTRANSFORMED = "untransformed"
    NEGATIVE_BINOMIAL = "negative_binomial"
    NEGATIVE_BINOMIAL_MEAN = "negative_binomial_mean"


@dataclass(frozen=True, slots=True)
class Farrington:
    """Settings. The defaults are the flexible method; `classic()` gives the one of 1996.

    - `years`: years of past used; `half`: half-width in steps of the window round the same step of past years.
    - `alpha`: share of false alarms per judged step when the model holds; one-sided, or of both sides if `two_sided`.
    - `seasons`: levels in a year; 1 uses only the windows themselves, more use all steps of the past, the window being
      one of the levels and the rest of the year divided into equal parts (10 in Noufaily).
    - `skip`: newest steps left out of the past, lest a slow rise become its own baseline.
    - `outlying`: standardised residual beyond which a past step is weighed down; None never.
    - `trend`: whether a trend may be fitted; kept when its p-value is below `trend_p` (1: always), there are three
      years or more, and it does not promise more than was ever seen.
    - `least`: an alarm needs that many counts in the last `least_steps` steps.
    """

    years: int = 4
    half: int = 3
    alpha: float = 0.01
    two_sided: bool = False
    seasons: int = 10
    skip: int = 26
    outlying: float | None = 2.58
    trend: bool = True
    trend_p: float = 0.05
    threshold: Threshold = Threshold.NEGATIVE_BINOMIAL
    least: int = 5
    least_steps: int = 4

    def __post_init__(self) -> None:
        """Refuse settings that have no meaning."""
        if self.years < 1 or self.half < 0 or self.seasons < 1 or self.skip < 0:
            raise ValueError("years and seasons start at 1, half and skip at 0")
        if not 0 < self.alpha < 0.5:
            raise ValueError(f"alpha lies between 0 and 0.5, not {self.alpha}")
        if not 0 < self.trend_p <= 1 or (self.outlying is not None and self.outlying <= 0):
            raise ValueError("trend_p lies in (0, 1], outlying above 0")
        if self.least < 0 or self.least_steps < 1:
            raise ValueError("least starts at 0, least_steps at 1")


def classic(years: int = 4, half: int = 3, alpha: float = 0.01, **others: object) -> Farrington:
    """Return the settings of 1996: windows of past years alone, two-sided bound of the 2/3 power."""
    settings: dict[str, object] = {
        "two_sided": True, "seasons": 1, "skip": 0, "outlying": 1.0, "threshold": Threshold.TWO_THIRDS, **others,
    }  # fmt: skip
    return Farrington(years=years, half=half, alpha=alpha, **settings)  # type: ignore[arg-type]


@dataclass(frozen=True, eq=False)
class Baselines:
    """Models of every series (rows) at every judged step (columns).

    `expected` mean now; `spread` standard error of its logarithm (dispersion included); `dispersion` (1 or more);
    `slope` of the trend per step, 0 without; `kind` 0 no fit, 1 level, 2 level and trend.
    """

    expected: Floats
    spread: Floats
    dispersion: Floats
    slope: Floats
    kind: NDArray[np.int8]


def reference(now: int, per_year: float, settings: Farrington) -> NDArray[np.int64]:
    """Return the level of each step before `now`: -1 not used, 0 the window now is compared with, 1 … other seasons.

    Steps are counted back by whole years, rounded. `ValueError` when the past does not reach back far enough or the
    windows of neighbouring years meet.
    """
    half = settings.half
    middles = [now - round(years * per_year) for years in range(settings.years + 1)]
    if middles[-1] - half < 0:
        raise ValueError(
            f"step {now}: {settings.years} years of {per_year:g} steps and {half} more lie before the data"
        )
    if middles[0] - middles[1] < 2 * half + settings.seasons:
        raise ValueError(f"a year of {per_year:g} steps has no room for windows of {2 * half + 1} and other seasons")
    levels = np.full(now, -1, dtype=np.int64)
    for later, middle in pairwise(middles):
        levels[middle - half : middle + half + 1] = 0
        if settings.seasons > 1:
            first, last = middle + half + 1, later - half
            length, longer = divmod(last - first, settings.seasons - 1)
            sizes = np.full(settings.seasons - 1, length)
            sizes[:longer] += 1
            levels[first:last] = np.repeat(np.arange(1, settings.seasons), sizes)
    if settings.seasons > 1:
        levels[now - half :] = 0
    levels[max(0, now - settings.skip) :] = -1
    return levels


@dataclass(frozen=True, eq=False)
class _Shared:
    counts: Counts
    settings: Farrington
    offset: Floats


def _baselines(shared: _Shared, item: tuple[int, int, int]) -> tuple[NDArray[np.generic], ...]:
    """Fit the series `first … last` at one step: a unit of work."""
    now, first, last = item
    settings, counts = shared.settings, shared.counts
    levels = reference(now, counts.per_year, settings)
    used = np.flatnonzero(levels >= 0)
    group = levels[used]
    values = np.ascontiguousarray(counts.values[first:last, used])
    plain = np.ascontiguousarray(counts.reported[first:last, used], dtype=np.float64)
    rows = slice(None) if shared.offset.shape[0] == 1 else slice(first, last)
    offsets = np.ascontiguousarray(shared.offset[rows][:, used])
    time = (used[:, None] - now) / counts.per_year
    critical = np.full(used.size + 1, np.inf)
    if settings.trend and settings.years >= 3:
        critical[1:] = stats.t.isf(settings.trend_p / 2, np.arange(1, used.size + 1))
    size = last - first
    out = kernels.Found(
        np.empty(size), np.empty(size), np.empty(size), np.empty(size), np.empty(size, dtype=np.int8)
    )  # fmt: skip
    kernels.baselines(
        values, plain, offsets, np.ascontiguousarray(shared.offset[rows, now]), np.ascontiguousarray(group),
        np.ascontiguousarray(time, dtype=np.float64), 0,
        np.inf if settings.outlying is None else float(settings.outlying), critical, out,
    )  # fmt: skip
    return out.expected, out.spread * np.sqrt(out.phi), out.phi, out.slope / counts.per_year, out.kind


def baselines(
    counts: Counts,
    settings: Farrington,
    steps: Steps | None = None,
    population: Floats | None = None,
    executor: Executor | None = None,
    progress: Progress = quiet,
) -> Baselines:
    """Fit the baseline of every series at every asked step (by default the last)."""
    chosen = judged_steps([counts.steps - 1] if steps is None else steps, counts.steps)
    for step in chosen:
        reference(int(step), counts.per_year, settings)
    shared = _Shared(counts, settings, _offset(population, counts))
    blocks = [(first, min(first + _BLOCK, counts.series)) for first in range(0, counts.series, _BLOCK)]
    items = [(int(now), first, last) for now in chosen for first, last in blocks]
    found = (executor or Serial()).run(_baselines, shared, items, progress)
    columns = []
    for part in range(5):
        whole = [
            np.concatenate([found[column * len(blocks) + block][part] for block in range(len(blocks))])
            for column in range(len(chosen))
        ]
        columns.append(np.column_stack(whole))
    return Baselines(*columns)


def _offset(population: Floats | None, counts: Counts) -> Floats:
    """Return the logarithm of the population, (1, T) or (S, T)."""
    if population is None:
        return np.zeros((1, counts.steps))
    people = np.broadcast_to(np.asarray(population, dtype=np.float64), counts.values.shape)
    if not (np.isfinite(people).all() and (people > 0).all()):
        raise ValueError("a population used as an offset is above 0 everywhere; leave places without people out")
    return np.ascontiguousarray(np.log(people))


def upper_bounds(fitted: Baselines, settings: Farrington) -> Floats:
    """Return the upper bounds of fitted baselines; nan where there is no fit."""
    mean, phi = fitted.expected, fitted.dispersion
    tail = settings.alpha / 2 if settings.two_sided else settings.alpha
    z = float(stats.norm.isf(tail))
    with np.errstate(divide="ignore", invalid="ignore"):
        match settings.threshold:
            case Threshold.TWO_THIRDS | Threshold.SQUARE_ROOT | Threshold.UNTRANSFORMED:
                tau = phi + mean * fitted.spread**2
                if settings.threshold is Threshold.UNTRANSFORMED:
                    upper = mean + z * np.sqrt(mean * tau)
                elif settings.threshold is Threshold.SQUARE_ROOT:
                    upper = (np.sqrt(mean) + z * np.sqrt(tau / 4)) ** 2
                else:
                    upper = (mean ** (2 / 3) + z * np.sqrt(4 / 9 * mean ** (1 / 3) * tau)) ** 1.5
            case Threshold.NEGATIVE_BINOMIAL:
                upper = count_quantile(tail, mean, phi)
            case Threshold.NEGATIVE_BINOMIAL_MEAN:
                upper = count_quantile(tail, mean * np.exp(z * fitted.spread), phi)
    bounds: Floats = np.where(np.isnan(mean), np.nan, upper)
    return bounds


def count_quantile(tail: float, mean: Floats, phi: Floats) -> Floats:
    """Return the least count with at most `tail` of probability above it; variance phi × mean, Poisson at phi = 1."""
    found = np.where(mean > 0, 0.0, 0.0)
    known = np.isfinite(mean) & (mean > 0)
    poisson = known & (phi <= 1)
    found[poisson] = stats.poisson.isf(tail, mean[poisson])
    wide = known & (phi > 1)
    size = mean[wide] / (phi[wide] - 1)
    found[wide] = stats.nbinom.isf(tail, size, 1 / phi[wide])
    return np.where(np.isnan(mean), np.nan, found)


def tail_score(counts: Floats, mean: Floats, phi: Floats) -> Floats:
    """Return -log10 of the probability of so many or more, at the mean and dispersion; 0 for no count, nan kept.

    A count where nothing at all is expected scores 300, the end of the scale.
    """
    score = np.zeros(np.broadcast_shapes(counts.shape, mean.shape))
    some = np.isfinite(mean) & (mean > 0) & (counts > 0)
    size = np.where(some & (phi > 1), mean / np.where(phi > 1, phi - 1, 1), 1.0)
    probability = np.where(
        phi > 1,
        special.betainc(np.where(some, counts, 1), size, np.where(some, 1 - 1 / np.maximum(phi, 1.0000001), 0.5)),
        special.gammainc(np.where(some, counts, 1), np.where(some, mean, 1)),
    )
    score[some] = -np.log10(np.maximum(probability[some], 1e-300))
    score[np.isfinite(mean) & (mean <= 0) & (counts > 0)] = 300.0
    return np.where(np.isnan(mean), np.nan, score)


def watch(
    counts: Counts,
    settings: Farrington,
    steps: Steps | None = None,
    population: Floats | None = None,
    executor: Executor | None = None,
    progress: Progress = quiet,
) -> Bounds:
    """Judge every series at every asked step (by default the last).

    `population`, (T,) or (S, T), makes the model one of rates. Its score is -log10 of the probability of so many
    counts or more under the fitted mean and dispersion.
    """
    chosen = judged_steps([counts.steps - 1] if steps is None else steps, counts.steps)
    fitted = baselines(counts, settings, chosen, population, executor, progress)
    upper = upper_bounds(fitted, settings)
    sums = np.concatenate([np.zeros((counts.series, 1)), np.cumsum(counts.values, axis=1)], axis=1)
    recent = sums[:, chosen + 1] - sums[:, np.maximum(chosen + 1 - settings.least_steps, 0)]
    values, reported = counts.values[:, chosen], counts.reported[:, chosen]
    found = verdicts(values, reported, upper, recent >= settings.least)
    score = tail_score(values, fitted.expected, fitted.dispersion)
    return Bounds(chosen, fitted.expected, upper, np.where(found <= Verdict.FEW, score, np.nan), found)
