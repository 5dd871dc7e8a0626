"""From "at most one false alarm a year in the whole province" to a threshold, proved by simulation.

An alarm is a beginning: a series whose score goes above the threshold after a step at which it was not above. Weeks
that go on are the same alarm. The threshold is the same for all series, because scores already allow for how much each
one counts and scatters. See docs/methods/surveillance.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from diaban.engine.executors import Executor, Progress, Serial, quiet
from diaban.engine.streams import Stream
from diaban.engine.surveillance.counts import Floats
from diaban.engine.surveillance.nulls import Null, draw
from diaban.engine.surveillance.scorers import Scorer

_BLOCK = 8  # replicates in a unit of work, whatever the number of workers
_SPARE = 20  # crossings kept for each one that the asked rate allows


@dataclass(frozen=True, slots=True)
class Rate:
    """False alarms a year, all series together: the estimate and its 95 % Monte Carlo interval, from `years` drawn."""

    rate: float
    low: float
    high: float
    years: float
    alarms: int


@dataclass(frozen=True, slots=True)
class Calibrated:
    """An alarm is a score above `threshold`; `achieved` is what that gives when nothing happens; `asked` a year."""

    threshold: float
    asked: float
    achieved: Rate
    replicates: int
    seed: int


@dataclass(frozen=True, slots=True)
class Detection:
    """Of planted rises: the share alarmed within each number of steps (1, 2, …), its standard error, and the median.

    `within[d]` is the share with an alarm standing or beginning in the first d + 1 steps of the rise. `median` is the
    number of steps until half of all rises were alarmed, None when that is not reached.
    """

    within: tuple[float, ...]
    error: tuple[float, ...]
    median: int | None
    replicates: int


def crossings(scores: Floats, burn_in: int = 0) -> tuple[Floats, Floats]:
    """Return what each rising step crosses: alarms begin there for thresholds in [from, to).

    Steps that were not judged (nan) keep the state before them. Steps before `burn_in` only set the state.
    """
    filled = np.where(np.isnan(scores), -np.inf, scores)
    missing = np.isnan(scores)
    if missing.any():
        last = np.maximum.accumulate(np.where(missing, -1, np.arange(scores.shape[1])), axis=1)
        filled = np.where(last < 0, -np.inf, np.take_along_axis(filled, np.maximum(last, 0), axis=1))
    before = np.concatenate([np.full((len(filled), 1), -np.inf), filled[:, :-1]], axis=1)
    rising = filled > before
    rising[:, :burn_in] = False
    return before[rising], filled[rising]


@dataclass(frozen=True, eq=False)
class _Shared:
    scorer: Scorer
    null: Null
    seed: int
    stream: Stream
    burn_in: int
    keep: int
    start: int


@dataclass(frozen=True, eq=False)
class _Measured(_Shared):
    threshold: float


def _replicates(item: tuple[int, int]) -> range:
    return range(item[0], item[1])


def _scores(shared: _Shared, replicate: int) -> tuple[Floats, int]:
    """Return the scores of one draw and how many of its first columns are burnt in."""
    scores = shared.scorer.scores(draw(shared.null, shared.seed, shared.stream, replicate))
    return scores, max(0, shared.burn_in - (shared.null.steps - scores.shape[1]))


def _crossed(shared: _Shared, item: tuple[int, int]) -> list[tuple[Floats, Floats, int]]:
    """Return for each replicate the highest crossings and the number of steps that were judged."""
    found = []
    for replicate in _replicates(item):
        scores, burnt = _scores(shared, replicate)
        low, high = crossings(scores, burnt)
        if len(high) > shared.keep:
            best = np.argpartition(high, len(high) - shared.keep)[-shared.keep :]
            low, high = low[best], high[best]
        found.append((low, high, scores.shape[1] - burnt))
    return found


def _items(replicates: int) -> list[tuple[int, int]]:
    return [(first, min(first + _BLOCK, replicates)) for first in range(0, replicates, _BLOCK)]


def _rate(counts: NDArray[np.int64], years: float) -> Rate:
    """Return the rate of alarms counted in each replicate; the wider of Poisson's and the replicates' own interval."""
    total = int(counts.sum())
    low = float(stats.chi2.ppf(0.025, 2 * total)) / 2 if total else 0.0
    high = float(stats.chi2.isf(0.025, 2 * (total + 1))) / 2
    if len(counts) > 1:
        side = 1.96 * float(counts.std(ddof=1)) * np.sqrt(len(counts))
        low, high = min(low, max(0.0, total - side)), max(high, total + side)
    return Rate(total / years, float(low / years), float(high / years), years, total)


def calibrate(
    scorer: Scorer,
    null: Null,
    *,
    per_year: float,
    replicates: int,
    seed: int,
    burn_in: int = 0,
    executor: Executor | None = None,
    progress: Progress = quiet,
) -> Calibrated:
    """Return the smallest threshold at which false alarms are at most `per_year`, beyond Monte Carlo doubt.

    "Beyond doubt": the upper end of the 95 % interval of the rate is not above what was asked, at this threshold and at
    every higher one. `burn_in` steps at the beginning are not counted, lest a chart's fresh start look like quiet.
    `ValueError` when the replicates are too few for that, saying how many are needed.
    """
    if not per_year > 0:
        raise ValueError(f"false alarms a year are above 0, not {per_year}")
    judged = (null.steps - burn_in) / null.per_year
    if judged <= 0:
        raise ValueError(f"nothing is left to judge after a burn-in of {burn_in} of {null.steps} steps")
    keep = int(np.ceil(_SPARE * max(per_year * judged, 10)))
    shared = _Shared(scorer, null, seed, Stream.SURVEILLANCE_NULL, burn_in, keep, 0)
    found = [
        one for block in (executor or Serial()).run(_crossed, shared, _items(replicates), progress) for one in block
    ]
    years = sum(steps for _, _, steps in found) / null.per_year
    allowed = per_year * years
    if allowed < 10:
        needed = int(np.ceil(replicates * 10 / allowed)) if allowed > 0 else replicates * 10
        raise ValueError(f"{replicates} replicates hold {years:.3g} years; draw at least {needed} for this rate")
    floor = max((float(high.min()) for _, high, _ in found if len(high) == keep), default=-np.inf)
    low = np.concatenate([one[0] for one in found])
    high = np.concatenate([one[1] for one in found])
    candidates = np.unique(np.concatenate([low, high]))
    candidates = candidates[np.isfinite(candidates) & (candidates >= floor)]
    if not len(candidates):
        raise ValueError("no score ever rose; there is nothing to calibrate")
    begun = np.searchsorted(np.sort(low), candidates, side="right")
    total = begun - np.searchsorted(np.sort(high), candidates, side="right")
    too_many = np.flatnonzero(stats.chi2.isf(0.025, 2 * (total + 1)) / 2 > allowed)
    place = int(too_many[-1]) + 1 if len(too_many) else 0
    while True:
        threshold = float(candidates[min(place, len(candidates) - 1)])
        counted = np.array([int(((one[0] <= threshold) & (one[1] > threshold)).sum()) for one in found])
        rate = _rate(counted, years)
        if rate.high <= per_year or place >= len(candidates) - 1:
            return Calibrated(threshold, per_year, rate, replicates, seed)
        place += max(1, (len(candidates) - place) // 50)


def measure(
    scorer: Scorer,
    null: Null,
    threshold: float,
    *,
    replicates: int,
    seed: int,
    burn_in: int = 0,
    executor: Executor | None = None,
    progress: Progress = quiet,
) -> Rate:
    """Return the rate of alarms of a threshold on fresh draws: the check of a calibration, with another seed."""
    shared = _Measured(scorer, null, seed, Stream.SURVEILLANCE_NULL, burn_in, 0, 0, threshold)
    found = [
        one for block in (executor or Serial()).run(_counts_of, shared, _items(replicates), progress) for one in block
    ]
    return _rate(np.array([one[0] for one in found]), sum(one[1] for one in found) / null.per_year)


def _counts_of(shared: _Measured, item: tuple[int, int]) -> list[tuple[int, int]]:
    """Return for each replicate the alarms of a threshold and the number of steps that were judged."""
    found = []
    for replicate in _replicates(item):
        scores, burnt = _scores(shared, replicate)
        low, high = crossings(scores, burnt)
        alarms = int(((low <= shared.threshold) & (high > shared.threshold)).sum())
        found.append((alarms, scores.shape[1] - burnt))
    return found


def _delays(shared: _Measured, item: tuple[int, int]) -> list[NDArray[np.int64]]:
    """Return for each replicate and series the steps from the rise to the alarm, counted from 0; -1 for never."""
    found = []
    for replicate in _replicates(item):
        scores, _ = _scores(shared, replicate)
        after = scores[:, shared.start - (shared.null.steps - scores.shape[1]) :] > shared.threshold
        found.append(np.where(after.any(axis=1), after.argmax(axis=1), -1).astype(np.int64))
    return found


def detect(
    scorer: Scorer,
    null: Null,
    threshold: float,
    *,
    start: int,
    rise: float,
    replicates: int,
    seed: int,
    executor: Executor | None = None,
    progress: Progress = quiet,
) -> Detection:
    """Plant a rise of every series from step `start` on and tell how soon it is alarmed.

    Give the null and the scorer of the series in question (`only`). An alarm that stands when the rise begins counts as
    one in its first step.
    """
    shared = _Measured(
        scorer, null.raised(start, rise), seed, Stream.SURVEILLANCE_PLANTED, 0, 0, start, threshold
    )  # fmt: skip
    found = [
        one for block in (executor or Serial()).run(_delays, shared, _items(replicates), progress) for one in block
    ]
    delays = np.concatenate(found)
    within = [float(((delays >= 0) & (delays <= d)).mean()) for d in range(null.steps - start)]
    error = [float(np.sqrt(share * (1 - share) / len(delays))) for share in within]
    median = next((d + 1 for d, share in enumerate(within) if share >= 0.5), None)
    return Detection(tuple(within), tuple(error), median, replicates)
