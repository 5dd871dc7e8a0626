"""Conditional permutations for equal weights: one set of draws serves every unit.

A replicate draws a few ids in order, without repetition. Its first k ids are a fair draw of k units. For a unit that is
itself among them, the id that follows the first k takes its place; what is left is a fair draw from the *others*, which
is what conditional permutation asks for (L. Anselin, Geographical Analysis 27, 1995). So one sorted column of sums per
number of neighbours ranks all units that have that number. All sums are whole numbers: a tie is a tie.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from diaban.engine.kernels.compiled import kernel
from diaban.engine.kernels.random import philox

_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


@kernel
def draw_rows(
    ids: NDArray[np.int32], order: NDArray[np.int32], seed: np.uint64, stream: np.uint32, first: np.uint64
) -> None:
    """Fill row r of `ids` with distinct ids in random order, those of replicate `first + r`.

    `order` holds 0 … n-1 and does so again afterwards. The front of a Fisher-Yates shuffle, with D. Lemire's exact
    bounded draws (ACM Trans. Model. Comput. Simul. 29, 2019), taken back after each row.
    """
    rows, width = ids.shape
    size = order.shape[0]
    swapped = np.empty(width, np.int32)
    k0, k1 = np.uint32(np.uint64(seed) & _LOW), np.uint32(np.uint64(seed) >> _HALF)
    for row in range(rows):
        replicate = np.uint64(first) + np.uint64(row)
        low, high = np.uint32(replicate & _LOW), np.uint32(replicate >> _HALF)
        block = np.uint32(0)
        words = philox(block, low, np.uint32(stream), high, k0, k1)
        used = 0
        for place in range(width):
            bound = np.uint64(size - place)
            while True:
                if used == 4:
                    block = np.uint32(block + np.uint32(1))
                    words = philox(block, low, np.uint32(stream), high, k0, k1)
                    used = 0
                word = words[0] if used == 0 else words[1] if used == 1 else words[2] if used == 2 else words[3]
                used += 1
                product = np.uint64(word) * bound
                fraction = product & _LOW
                if fraction >= bound or fraction >= (np.uint64(4294967296) - bound) % bound:
                    break
            chosen = place + np.int64(product >> _HALF)
            swapped[place] = np.int32(chosen)
            held = order[chosen]
            order[chosen] = order[place]
            order[place] = held
            ids[row, place] = held
        for place in range(width - 1, -1, -1):
            chosen = np.int64(swapped[place])
            held = order[chosen]
            order[chosen] = order[place]
            order[place] = held


@kernel
def running_sums(values: NDArray[np.int64], ids: NDArray[np.int32], sums: NDArray[np.int64]) -> None:
    """Fill `sums[k, r]` with the sum of the values of the first k ids of row r."""
    rows, width = ids.shape
    for row in range(rows):
        total = np.int64(0)
        sums[0, row] = 0
        for place in range(width):
            total += values[ids[row, place]]
            sums[place + 1, row] = total


@kernel
def merge_ranks(
    drawn: NDArray[np.int64], own: NDArray[np.int64], above: NDArray[np.int32], below: NDArray[np.int32]
) -> None:
    """Count, for each of the sorted sums `own`, the sorted sums `drawn` that reach it and those that do not pass it."""
    size = drawn.shape[0]
    lower = upper = 0
    for unit in range(own.shape[0]):
        value = own[unit]
        while lower < size and drawn[lower] < value:
            lower += 1
        while upper < size and drawn[upper] <= value:
            upper += 1
        above[unit] = np.int32(size - lower)
        below[unit] = np.int32(upper)


@kernel
def swap_ranks(
    values: NDArray[np.int64],
    ids: NDArray[np.int32],
    sums: NDArray[np.int64],
    place: NDArray[np.int64],
    counts: NDArray[np.int64],
    own: NDArray[np.int64],
    above: NDArray[np.int32],
    below: NDArray[np.int32],
) -> None:
    """Correct the counts of every unit that a row drew among its own neighbours: the next id takes its place.

    `counts`, by unit, is the number of neighbours (0: not asked); `place` is where the unit stands in `own`, `above`
    and `below`.
    """
    rows, width = ids.shape
    for row in range(rows):
        for drawn in range(width):
            unit = ids[row, drawn]
            count = counts[unit]
            if drawn < count:
                at = place[unit]
                before = sums[count, row]
                after = sums[count + 1, row] - values[unit]
                above[at] += np.int32(after >= own[at]) - np.int32(before >= own[at])
                below[at] += np.int32(after <= own[at]) - np.int32(before <= own[at])
