"""Recurrence watch: are the surroundings of a resolved hot-spot as quiet as they were, or is it coming back?

Counts are small here, often 0. So recent steps are compared with a quiet reference by a likelihood ratio in which the
usual rate is unknown (two Poisson samples), and what that does to a quiet place is simulated with the rate drawn from
what the reference leaves possible. See docs/methods/recurrence-watch.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from diaban.engine.executors import Executor, Serial
from diaban.engine.kernels import surveillance_charts as kernels
from diaban.engine.positions import Positions
from diaban.engine.streams import Stream, generator
from diaban.engine.surveillance.counts import Flags, Floats

_BLOCK = 500  # replicates in a unit of work


class State(IntEnum):
    """What is said of the surroundings on a day of the watch."""

    QUIET = 0  # yên
    NOTICE = 1  # theo dõi
    ALARM = 2  # báo động: có dấu hiệu tái phức tạp
    NOT_ENOUGH = 3  # chưa đủ số liệu


@dataclass(frozen=True, slots=True)
class RecurrenceWatch:
    """Settings.

    - `steps`: length of the watch. `false_alarm`: the chance that a place that stays quiet is alarmed at least once in
      the whole watch; `false_notice` the same for "theo dõi".
    - `window`: a return is looked for in the last 1 … `window` steps.
    - `least_quiet`: reported steps that the quiet reference needs; `least_share` the share of the steps of the watch so
      far that must have been reported before anybody may say "quiet".
    - `least_power`: if a return to the former level would be alarmed within the watch with a smaller chance than this,
      silence says nothing, and the state is "not enough".
    - `alpha`: over-dispersion of a step's count (variance mean + alpha mean²), as when a raid finds several at once.
    """

    steps: int = 52
    false_alarm: float = 0.05
    false_notice: float = 0.3
    window: int = 13
    least_quiet: int = 8
    least_share: float = 0.5
    least_power: float = 0.5
    alpha: float = 0.0
    replicates: int = 4000

    def __post_init__(self) -> None:
        """Refuse settings that have no meaning."""
        if not 0 < self.false_alarm < self.false_notice < 1:
            raise ValueError("0 < false_alarm < false_notice < 1")
        if min(self.steps, self.window, self.least_quiet) < 1 or not (np.isfinite(self.alpha) and self.alpha >= 0):
            raise ValueError("steps, window and least_quiet start at 1, alpha at 0")
        if not (0 <= self.least_share <= 1 and 0 <= self.least_power < 1):
            raise ValueError("least_share and least_power are shares")
        if self.replicates * self.false_alarm < 20:
            raise ValueError(f"{self.replicates} replicates are too few for a chance of {self.false_alarm}")


@dataclass(frozen=True, slots=True)
class Sample:
    """A number of counts in a number of reported steps."""

    cases: int
    steps: int

    def __post_init__(self) -> None:
        """Refuse what is no count."""
        if self.cases < 0 or self.steps < 0 or (self.cases and not self.steps):
            raise ValueError(f"{self.cases} counts in {self.steps} steps")


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times as many counts a step after as before; exact conditional interval (None: unbounded or unknown)."""

    ratio: float | None
    low: float
    high: float | None


@dataclass(frozen=True, eq=False)
class Recurrence:
    """What the watch found.

    - `score`, `states` (T,): by step; the score is a log-likelihood ratio in nats.
    - `state`: of the last step; `first_alarm`: the step of the first alarm, None without.
    - `notice`, `alarm`: thresholds; `false_alarm`: chance that a quiet place is alarmed in the whole watch, with its
      95 % interval `false_low` … `false_high`.
    - `power`: chance that a return to the former level from the first step on is alarmed within the watch (nan when
      the former level is unknown); `delay`: median steps to it, None when half are not reached.
    - `after_former`, `after_quiet`: counts a step so far, against the former level and against the quiet reference.
    """

    score: Floats
    states: NDArray[np.int8]
    state: State
    first_alarm: int | None
    notice: float
    alarm: float
    false_alarm: float
    false_low: float
    false_high: float
    power: float
    delay: int | None
    after_former: Ratio
    after_quiet: Ratio
    seed: int


def ring(events: Positions, x: float, y: float, outer: float, inner: float = 0.0) -> Flags:
    """Return which events lie at more than `inner` (from 0 on: at 0 too) and at most `outer` metres from a point."""
    if not 0 <= inner < outer:
        raise ValueError(f"a ring reaches from 0 or more to farther out, not from {inner} to {outer} m")
    distance = events.distances(x, y)
    found: Flags = (distance <= outer) & ((distance > inner) | (inner == 0))
    return found


def tally(steps: NDArray[np.integer], inside: Flags, length: int) -> Floats:
    """Return the number of events inside for each of `length` steps; events outside the span are left out."""
    chosen = np.asarray(steps)[inside]
    chosen = chosen[(chosen >= 0) & (chosen < length)]
    return np.bincount(chosen, minlength=length).astype(np.float64)


def ratio(after: Sample, before: Sample, confidence: float = 0.95) -> Ratio:
    """Compare two rates exactly: given the sum, the counts after are binomial (Przyborowski and Wilenski 1940)."""
    if not (after.steps and before.steps):
        return Ratio(None, 0.0, None)
    total, tail = after.cases + before.cases, (1 - confidence) / 2
    scale = before.steps / after.steps
    low = 0.0
    if after.cases:
        share = float(stats.beta.ppf(tail, after.cases, before.cases + 1))
        low = scale * share / (1 - share)
    high = None
    if before.cases:
        share = float(stats.beta.isf(tail, after.cases + 1, before.cases)) if total else 1.0
        high = scale * share / (1 - share)
    return Ratio(scale * after.cases / before.cases if before.cases else None, low, high)


@dataclass(frozen=True, slots=True)
class _Shared:
    settings: RecurrenceWatch
    quiet: Sample
    level: Sample
    extra: float
    seed: int
    stream: Stream


def _rates(shared: _Shared, random: np.random.Generator, size: int) -> Floats:
    """Draw rates that the sample leaves possible: gamma, its shape divided by how much counts scatter."""
    level = shared.level
    spread = 1 + shared.settings.alpha * level.cases / max(level.steps, 1)
    return random.gamma((level.cases + shared.extra) / spread, spread / level.steps, size)


def _maxima(shared: _Shared, item: tuple[int, int]) -> Floats:
    """Return the running maximum of the score over a whole watch, (block, steps)."""
    first, last = item
    settings = shared.settings
    random = generator(shared.seed, shared.stream, first)
    mean = np.repeat(_rates(shared, random, last - first)[:, None], settings.steps, axis=1)
    if settings.alpha > 0:
        mean = mean * random.gamma(1 / settings.alpha, settings.alpha, mean.shape)
    counts = random.poisson(mean).astype(np.float64)
    out = np.zeros_like(counts)
    kernels.against_past(
        float(shared.quiet.cases), float(shared.quiet.steps), counts, np.ones(counts.shape, dtype=np.bool_),
        settings.window, out,
    )  # fmt: skip
    return np.maximum.accumulate(out, axis=1)


def _threshold(maxima: Floats, chance: float) -> float:
    """Return the smallest value that at most a share `chance` exceeds, beyond Monte Carlo doubt."""
    ordered = np.sort(maxima)
    size = len(ordered)
    allowed = max(0, int(stats.binom.ppf(0.025, size, chance)) - 1)
    return float(ordered[size - 1 - allowed])


def _simulate(shared: _Shared, executor: Executor | None) -> Floats:
    size = shared.settings.replicates
    items = [(first, min(first + _BLOCK, size)) for first in range(0, size, _BLOCK)]
    return np.concatenate((executor or Serial()).run(_maxima, shared, items))


def _share(cases: int, size: int) -> tuple[float, float]:
    low = float(stats.beta.ppf(0.025, cases, size - cases + 1)) if cases else 0.0
    high = float(stats.beta.isf(0.025, cases + 1, size - cases)) if cases < size else 1.0
    return low, high


def watch(
    counts: Floats,
    reported: Flags,
    quiet: Sample,
    former: Sample,
    settings: RecurrenceWatch,
    *,
    seed: int,
    executor: Executor | None = None,
) -> Recurrence:
    """Follow the surroundings through their watch.

    `counts`, `reported` (T,): the steps of the watch so far, at most `settings.steps`. `quiet`: the reference of a
    place at rest, e.g. the settled weeks after the resolution or comparable surroundings; never the time when the spot
    was active. `former`: that time, for the level to which a return would go.
    """
    values, there = np.asarray(counts, dtype=np.float64), np.asarray(reported, dtype=np.bool_)
    if values.ndim != 1 or values.shape != there.shape or len(values) > settings.steps:
        raise ValueError(f"the watch has at most {settings.steps} steps, each with a count and whether it was reported")
    values = np.where(there, values, 0.0)
    if (values < 0).any() or (values != np.floor(values)).any():
        raise ValueError("a count is a whole number from 0 on")
    score = np.zeros((1, len(values)))
    kernels.against_past(
        float(quiet.cases), float(quiet.steps), values[None, :], there[None, :], settings.window, score
    )  # fmt: skip
    after = Sample(int(values.sum()), int(there.sum()))
    compared = ratio(after, former), ratio(after, quiet)
    if quiet.steps < settings.least_quiet:
        states = np.full(len(values), State.NOT_ENOUGH, dtype=np.int8)
        nothing = (math.nan,) * 6
        return Recurrence(score[0], states, State.NOT_ENOUGH, None, *nothing, None, *compared, seed)
    null = _simulate(_Shared(settings, quiet, quiet, 1.0, seed, Stream.SURVEILLANCE_NULL), executor)[:, -1]
    notice, alarm = _threshold(null, settings.false_notice), _threshold(null, settings.false_alarm)
    over = int((null > alarm).sum())
    power, delay = math.nan, None
    if former.steps:
        planted = _Shared(settings, quiet, former, 0.5, seed, Stream.SURVEILLANCE_PLANTED)
        within = (_simulate(planted, executor) > alarm).mean(axis=0)
        power = float(within[-1])
        delay = int(np.argmax(within >= 0.5)) + 1 if power >= 0.5 else None
    states = _states(score[0], there, notice, alarm, power, settings)
    alarms = np.flatnonzero(states == State.ALARM)
    return Recurrence(
        score[0], states, State(int(states[-1])) if len(states) else State.NOT_ENOUGH,
        int(alarms[0]) if len(alarms) else None, notice, alarm, over / settings.replicates,
        *_share(over, settings.replicates), power, delay, *compared, seed,
    )  # fmt: skip


def _states(
    score: Floats, reported: Flags, notice: float, alarm: float, power: float, settings: RecurrenceWatch
) -> NDArray[np.int8]:
    """Return the state of every step. An alarm needs no further data; an all-clear needs power and reports."""
    states = np.where(score > alarm, State.ALARM, np.where(score > notice, State.NOTICE, State.QUIET))
    seen = np.cumsum(reported) / np.arange(1, len(score) + 1)
    blind = (seen < settings.least_share) | (not math.isnan(power) and power < settings.least_power)
    return np.where((states == State.QUIET) & blind, State.NOT_ENOUGH, states).astype(np.int8)
