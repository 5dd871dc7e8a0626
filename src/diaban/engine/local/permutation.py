"""Conditional permutation: how often chance gives a unit neighbours like these (L. Anselin, Geogr. Anal. 27, 1995).

The unit keeps its own value; its neighbours' values are drawn from all others without repetition. Gi, Gi* and local
Moran rank the same sum, so they share these p-values.

All units are ranked against the same draws, which makes the work fall from units × replicates × neighbours to
replicates × neighbours + units. Each unit's own p-value is exact; errors of two units are not independent (with few
replicates, units with the same count flip together). The remedy is more replicates, and they are cheap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diaban.engine.executors import Executor, Progress, Threads, quiet
from diaban.engine.kernels.local_draws import draw_rows, merge_ranks, running_sums, swap_ranks
from diaban.engine.kernels.local_weighted import weighted_ranks, weighted_swaps
from diaban.engine.local.neighbours import Neighbours
from diaban.engine.local.whole import as_integers, as_small_floats, as_whole_weights
from diaban.engine.streams import Stream

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Counts = NDArray[np.int32]

REPLICATES = 99_999
"""Default: at 9,999 the shared draws make p-values of equal counts cross a threshold together."""

LANES = 256
PARTS = 16
ROOM = 2**21


@dataclass(frozen=True, eq=False)
class Ranks:
    """How many of `replicates` drawn sums reached each unit's own sum, and how many did not pass it (ties in both)."""

    above: Counts
    below: Counts
    replicates: int
    alone: NDArray[np.bool_]

    @property
    def p_high(self) -> Floats:
        """One-sided p-value of a high sum; nan for a unit alone."""
        return np.where(self.alone, np.nan, (self.above + 1) / (self.replicates + 1))

    @property
    def p_low(self) -> Floats:
        """One-sided p-value of a low sum; nan for a unit alone."""
        return np.where(self.alone, np.nan, (self.below + 1) / (self.replicates + 1))

    @property
    def p_value(self) -> Floats:
        """Two-sided p-value: twice the smaller side, at most 1; nan for a unit alone."""
        doubled: Floats = np.minimum(1.0, 2 * np.minimum(self.p_high, self.p_low))
        return doubled


@dataclass(frozen=True, eq=False)
class _Equal:
    """What every block of replicates needs when only the number of neighbours counts."""

    values: Ints
    counts: Ints
    place: Ints  # of a unit, in the order of (count, sum)
    sums: Ints  # in that order
    groups: list[tuple[int, int, int]]  # (count, first, last) in that order
    seed: int

    @property
    def width(self) -> int:
        return self.groups[-1][0] + 1


@dataclass(frozen=True, eq=False)
class _Weighted:
    """What every block of replicates needs when weights differ."""

    values: Floats
    counts: Ints
    start: Ints
    weight: Floats
    sums: Floats
    width: int
    seed: int


def _blocks(replicates: int, width: int) -> list[tuple[int, int]]:
    """Cut replicates into units of work. Depends on the data only, never on who works."""
    size = max(replicates // PARTS + 1, 1024)
    size = max(LANES, min(size, ROOM // width) // LANES * LANES)
    return [(first, min(first + size, replicates)) for first in range(0, replicates, size)]


def _drawn(shared: _Equal | _Weighted, block: tuple[int, int]) -> NDArray[np.int32]:
    ids = np.empty((block[1] - block[0], shared.width), np.int32)
    order = np.arange(len(shared.values), dtype=np.int32)
    draw_rows(ids, order, np.uint64(shared.seed), np.uint32(Stream.LOCAL_PERMUTATION), np.uint64(block[0]))
    return ids


def _rank_equal(shared: _Equal, block: tuple[int, int]) -> tuple[Counts, Counts]:
    ids = _drawn(shared, block)
    sums = np.empty((shared.width + 1, len(ids)), np.int64)
    running_sums(shared.values, ids, sums)
    above, below = np.zeros(len(shared.sums), np.int32), np.zeros(len(shared.sums), np.int32)
    for count, first, last in shared.groups:
        merge_ranks(np.sort(sums[count]), shared.sums[first:last], above[first:last], below[first:last])
    swap_ranks(shared.values, ids, sums, shared.place, shared.counts, shared.sums, above, below)
    return above, below


def _rank_weighted(shared: _Weighted, block: tuple[int, int]) -> tuple[Counts, Counts]:
    ids = _drawn(shared, block)
    above, below = np.zeros(len(shared.sums), np.int32), np.zeros(len(shared.sums), np.int32)
    padded = -(-shared.width // 4) * 4
    for first in range(0, len(ids), LANES):
        lanes = ids[first : first + LANES]
        drawn = np.zeros((padded, len(lanes)))
        drawn[: shared.width] = shared.values[lanes].T
        weighted_ranks(drawn, shared.start, shared.weight, shared.sums, above, below)
    weighted_swaps(shared.values, ids, shared.counts, shared.start, shared.weight, shared.sums, above, below)
    return above, below


def check_draws(replicates: int, seed: int) -> None:
    """Raise `ValueError` unless there are 1 to 10 million replicates, and a seed of 64 bits."""
    if not 1 <= replicates <= 10_000_000:
        raise ValueError(f"ask for 1 to 10,000,000 permutations (99, 999, 9,999, …), not {replicates}")
    if not 0 <= seed < 2**64:
        raise ValueError(f"a seed is a whole number from 0 to 2**64 - 1, not {seed}")


def rank_counts(
    values: Ints,
    sums: Ints,
    counts: Ints,
    *,
    replicates: int,
    seed: int,
    executor: Executor | None = None,
    progress: Progress = quiet,
) -> Ranks:
    """Rank sums of equally weighted neighbours among sums of as many others, drawn from `values`.

    - `values` (n,): whole numbers of all units (see `whole.as_integers`).
    - `sums`, `counts` (n,): each unit's sum over its neighbours and their number; count 0: not asked.
    """
    check_draws(replicates, seed)
    size = len(values)
    asked = np.flatnonzero(counts > 0)
    above, below = np.zeros(size, np.int32), np.zeros(size, np.int32)
    if len(asked):
        if int(counts.max()) >= size:
            raise ValueError(f"a unit has {int(counts.max())} neighbours among {size - 1} others")
        order = asked[np.lexsort((sums[asked], counts[asked]))]
        place = np.zeros(size, np.int64)
        place[order] = np.arange(len(order))
        firsts = np.flatnonzero(np.diff(counts[order], prepend=0))
        lasts = [*firsts[1:].tolist(), len(order)]
        groups = list(zip(counts[order][firsts].tolist(), firsts.tolist(), lasts, strict=True))
        shared = _Equal(np.ascontiguousarray(values, np.int64), counts, place, sums[order], groups, seed)
        parts = (executor or Threads()).run(_rank_equal, shared, _blocks(replicates, shared.width), progress)
        above[order] = sum(part for part, _ in parts)
        below[order] = sum(part for _, part in parts)
    return Ranks(above, below, replicates, counts == 0)


def rank_neighbours(
    values: Floats,
    neighbours: Neighbours,
    *,
    replicates: int,
    seed: int,
    executor: Executor | None = None,
    progress: Progress = quiet,
) -> Ranks:
    """Rank each unit's weighted sum of its neighbours' values among those of drawn ones."""
    most = int(neighbours.counts.max(initial=0))
    if neighbours.equal:
        whole = as_integers(values, most + 1)
        sums = _integer_sums(whole, neighbours)
        return rank_counts(
            whole, sums, neighbours.counts, replicates=replicates, seed=seed, executor=executor, progress=progress
        )
    check_draws(replicates, seed)
    small = as_small_floats(values)
    largest = np.repeat(neighbours.largest, neighbours.counts)
    weight = as_whole_weights(neighbours.weight, largest, small, most)
    own = np.zeros(len(neighbours))
    filled = ~neighbours.alone
    own[filled] = np.add.reduceat(weight * small[neighbours.other], neighbours.start[:-1][filled])
    start, padded = _padded(neighbours, weight)
    shared = _Weighted(small, neighbours.counts, start, padded, own, most + 1, seed)
    above, below = np.zeros(len(neighbours), np.int32), np.zeros(len(neighbours), np.int32)
    for part_above, part_below in (executor or Threads()).run(
        _rank_weighted, shared, _blocks(replicates, shared.width), progress
    ):
        above += part_above
        below += part_below
    return Ranks(above, below, replicates, neighbours.alone)


def _integer_sums(values: Ints, neighbours: Neighbours) -> Ints:
    sums = np.zeros(len(neighbours), np.int64)
    filled = ~neighbours.alone
    if filled.any():
        sums[filled] = np.add.reduceat(values[neighbours.other], neighbours.start[:-1][filled])
    return sums


def _padded(neighbours: Neighbours, weight: Floats) -> tuple[Ints, Floats]:
    """Fill each row of weights up with zeros to a multiple of four."""
    room = -(-neighbours.counts // 4) * 4
    start = np.concatenate([[0], np.cumsum(room)]).astype(np.int64)
    padded = np.zeros(start[-1])
    padded[np.arange(len(weight)) + np.repeat(start[:-1] - neighbours.start[:-1], neighbours.counts)] = weight
    return start, padded
