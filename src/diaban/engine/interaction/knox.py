"""Knox's test of space-time interaction, in as many bands of distance and of time as are asked for.

E. G. Knox, "The detection of space-time interactions", Applied Statistics 13 (1964): among all pairs of events, count
those near in space and near in time. Shuffling the times over the events keeps where and when events happen and breaks
the tie between the two; M. Besag and P. J. Diggle, Applied Statistics 26 (1977), take p from the rank of the count.
See docs/methods/knox.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc

from diaban.engine.executors import Executor, Progress, Serial, quiet
from diaban.engine.interaction import pairs as near
from diaban.engine.interaction.pairs import Metric
from diaban.engine.kernels import knox as kernels
from diaban.engine.positions import Positions
from diaban.engine.streams import Stream

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MOST_STEPS = 2**31 - 1
"""The longest span of steps: more would leave 32 bits."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What to count and how often to shuffle.

    - `space`: upper edges of the bands of distance in metres, rising. A band holds `lower < d <= upper`; an edge of 0
      is a band of its own, "the same place". `time`: upper edges in whole steps, likewise; 0 is "the same step".
    - `metric`: straight lines (great circles for degrees) or Manhattan.
    - `permutations`, `seed`: how many shuffles, and which.
    - `most_pairs`: pairs held in memory at a time (8 bytes each). More are done in portions, each of which shuffles
      anew, so the result is the same and the time grows.
    """

    space: tuple[float, ...]
    time: tuple[int, ...]
    metric: Metric = Metric.STRAIGHT
    permutations: int = 999
    seed: int = 0
    most_pairs: int = 50_000_000

    def __post_init__(self) -> None:
        """Check the settings."""
        near.checked_edges(self.space)
        whole = all(int(edge) == edge for edge in self.time)
        if not whole or not self.time or self.time[0] < 0 or any(np.diff(self.time) <= 0):
            raise ValueError(f"upper edges of time must be whole steps from 0 that rise, not {self.time}")
        if self.permutations < 0 or self.most_pairs < 1:
            raise ValueError("permutations must be 0 or more, and at least one pair must fit")


@dataclass(frozen=True, eq=False)
class Knox:
    """The counts, what they would be without interaction, and how rare they are. S bands of distance, T of time.

    - `observed` (S + 1, T + 1): pairs of each cell; the last row and column hold whatever is further away. Its sum is
      n (n - 1) / 2.
    - `expected`: the same cells when times and places have nothing to do with each other: row sum × column sum / all.
      This is the exact mean over all shuffles.
    - `simulated` (R, S, T): the counts of each shuffle.
    """

    settings: Settings
    observed: Ints
    expected: Floats
    simulated: NDArray[np.int32]

    @property
    def ratio(self) -> Floats:
        """Observed over expected, 1 where nothing is expected (nothing can be observed there either)."""
        return np.divide(self.observed, self.expected, out=np.ones(self.expected.shape), where=self.expected > 0)

    @cached_property
    def p_high(self) -> Floats:
        """(S, T): how rare so many pairs are, (1 + shuffles with at least as many) / (R + 1)."""
        return _rank((self.simulated >= self._inner).sum(axis=0), len(self.simulated))

    @cached_property
    def p_low(self) -> Floats:
        """(S, T): how rare so few pairs are, (1 + shuffles with at most as many) / (R + 1)."""
        return _rank((self.simulated <= self._inner).sum(axis=0), len(self.simulated))

    @property
    def p_poisson(self) -> Floats:
        """(S, T): Knox's own approximation, the chance that a Poisson count of the expected mean exceeds the observed.

        For comparison with other programs only: pairs share events, so that their counts vary more than Poisson's.
        """
        mean = np.maximum(self.expected[:-1, :-1], 1e-300)
        return _poisson_above(self._inner, mean)

    @cached_property
    def p_any(self) -> float:
        """How rare it is that any cell stands out so far: all cells together are one question.

        From the largest (count - mean) / standard deviation over the cells, of the data and of each shuffle, with the
        mean and deviation over data and shuffles alike (P. H. Westfall and S. S. Young, 1993, chapter 2).
        """
        every = np.concatenate([self._inner[None], self.simulated]).reshape(len(self.simulated) + 1, -1)
        spread = every.std(axis=0)
        if not (spread > 0).any():
            return 1.0
        largest = ((every - every.mean(axis=0))[:, spread > 0] / spread[spread > 0]).max(axis=1)
        return float((largest >= largest[0] * (1 - 1e-12)).mean())

    def cumulative(self) -> Knox:
        """Return the same with bands that all begin at 0: "within 200 m and 7 days" instead of "200-400 m, 4-7 days".

        The last row and column then hold everything.
        """

        def summed(cells: NDArray[np.int64]) -> NDArray[np.int64]:
            return cells.cumsum(axis=-2).cumsum(axis=-1)

        expected: Floats = self.expected.cumsum(axis=0).cumsum(axis=1)
        simulated = summed(self.simulated.astype(np.int64)).astype(np.int32)
        return Knox(self.settings, summed(self.observed), expected, simulated)

    @property
    def _inner(self) -> Ints:
        return self.observed[:-1, :-1]


def _rank(exceeding: Ints, replicates: int) -> Floats:
    p: Floats = (1 + exceeding) / (replicates + 1)
    return p


def _poisson_above(counts: Ints, mean: Floats) -> Floats:
    """Return P(X > count)."""
    p: Floats = gammainc(counts + 1, mean)
    return p


def knox(
    positions: Positions,
    steps: Ints,
    settings: Settings,
    executor: Executor | None = None,
    progress: Progress = quiet,
) -> Knox:
    """Count close pairs, and count them again under shuffled times.

    `steps` (n) are whole numbers (days, hours, …). Fewer than two events give zeros and p = 1. The same seed gives the
    same result with any executor; threads are the one to use for a single table, and many models are spread over
    processes or a cluster as whole calls of this function.
    """
    executor = executor or Serial()
    steps = np.ascontiguousarray(steps, dtype=np.int64)
    if len(steps) and int(steps.max()) - int(steps.min()) > MOST_STEPS:
        raise ValueError("the steps span more than 32 bits: count in days or hours instead")
    edges = near.checked_edges(settings.space)
    sweep = near.lay_out(positions, steps, edges, settings.metric)
    shape = (len(settings.space), len(settings.time))
    observed = np.zeros(shape, dtype=np.int64)
    simulated = np.zeros((settings.permutations, *shape), dtype=np.int64)
    row_sums = np.zeros(shape[0], dtype=np.int64)
    for portion in near.found(sweep, settings.most_pairs, executor):
        observed += _counted(sweep.step, portion, settings.time)
        row_sums += np.diff(portion.starts)
        if settings.permutations:
            simulated += _shuffled(sweep.step, portion, settings, executor, progress)
    table = _with_the_rest(observed, row_sums, _pairs_in_time(steps, settings.time), len(steps))
    return Knox(settings, table, _expected(table), simulated.astype(np.int32))


def _counted(steps: Ints, portion: near.Pairs, limits: tuple[int, ...]) -> Ints:
    """Return the pairs of each cell (S, T) as they are."""
    gaps = np.abs(steps[portion.left] - steps[portion.right])
    column = np.searchsorted(limits, gaps)  # the first edge that is not below the gap
    cells = np.zeros((len(portion.starts) - 1, len(limits)), dtype=np.int64)
    for band in range(len(cells)):
        held = column[portion.starts[band] : portion.starts[band + 1]]
        cells[band] = np.bincount(held, minlength=len(limits) + 1)[: len(limits)]
    return cells


def _pairs_in_time(steps: Ints, limits: tuple[int, ...]) -> Ints:
    """Return how many of all pairs fall into each band of time (T); shuffling doesn't change it."""
    ordered = np.sort(steps)
    place = np.arange(len(ordered))
    within = [int((np.searchsorted(ordered, ordered + limit, side="right") - place - 1).sum()) for limit in limits]
    return np.array(within, dtype=np.int64) - np.array([0, *within[:-1]], dtype=np.int64)


def _with_the_rest(cells: Ints, row_sums: Ints, column_sums: Ints, events: int) -> Ints:
    """Return the table with the row and the column of whatever is further away."""
    table = np.zeros((cells.shape[0] + 1, cells.shape[1] + 1), dtype=np.int64)
    table[:-1, :-1] = cells
    table[:-1, -1] = row_sums - cells.sum(axis=1)
    table[-1, :-1] = column_sums - cells.sum(axis=0)
    table[-1, -1] = events * (events - 1) // 2 - table.sum()
    return table


def _expected(table: Ints) -> Floats:
    every = max(int(table.sum()), 1)
    expected: Floats = np.outer(table.sum(axis=1) / every, table.sum(axis=0).astype(np.float64))
    return expected


@dataclass(frozen=True, eq=False)
class _Task:
    """What every block of shuffles needs."""

    steps: NDArray[np.signedinteger]
    limits: NDArray[np.signedinteger]
    portion: near.Pairs
    seed: int


def _shuffled(steps: Ints, portion: near.Pairs, settings: Settings, executor: Executor, progress: Progress) -> Ints:
    """Return the counts of each shuffle (R, S, T)."""
    since = steps - (steps.min() if len(steps) else 0)
    span = int(since.max()) if len(since) else 0
    kind: type[np.signedinteger] = np.int16 if span < 2**15 else np.int32
    limits = np.minimum(settings.time, span)  # further apart than the whole span is nothing
    task = _Task(since.astype(kind), limits.astype(kind), portion, settings.seed)
    blocks = range(0, settings.permutations, kernels.LANES)
    counts = executor.run(_block, task, list(blocks), progress)
    within = np.concatenate(counts, axis=2)[:, :, : settings.permutations]
    cells: Ints = np.diff(within, axis=1, prepend=0).transpose(2, 0, 1)
    return cells


def _block(task: _Task, first: int) -> Ints:
    """Return the counts of a block of shuffles (S, T, LANES), within each edge of time."""
    events, kind = len(task.steps), task.steps.dtype
    out = np.zeros((len(task.portion.starts) - 1, len(task.limits), kernels.LANES), dtype=np.int64)
    if events < 2 or not len(task.portion):
        return out
    times = np.empty((events, kernels.LANES), dtype=kind)
    tile = np.empty((kernels.TILE, events), dtype=kind)
    kernels.shuffled_times(
        task.steps, np.uint64(task.seed), np.uint32(Stream.KNOX_TIMES), np.uint64(first), tile, times
    )
    kernels.count_close(
        times,
        task.portion.left,
        task.portion.right,
        task.portion.starts,
        task.limits,
        np.empty((len(task.limits), kernels.LANES), dtype=np.int16),
        np.empty(kernels.LANES, dtype=kind),
        out,
    )
    return out
