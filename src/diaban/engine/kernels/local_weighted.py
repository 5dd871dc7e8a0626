"""Conditional permutations for any weights: every unit weighs the same drawn values by its own weights.

A product of matrices, (units × neighbours) by (neighbours × replicates), whose result is never stored: each row is
compared with the unit's own sum at once. Values and weights are whole numbers small enough that every product and every
partial sum is exact in a float, so neither the order of addition nor a fused multiplication changes a bit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from diaban.engine.kernels.compiled import kernel


@kernel
def weighted_ranks(
    drawn: NDArray[np.float64],
    start: NDArray[np.int64],
    weight: NDArray[np.float64],
    own: NDArray[np.float64],
    above: NDArray[np.int32],
    below: NDArray[np.int32],
) -> None:
    """Add to `above` and `below` how many lanes of Σ weight × `drawn` (neighbours, lanes) reach or do not pass `own`.

    `start` cuts `weight` into the units' rows; each row is filled up with zeros to a multiple of four.
    """
    lanes = drawn.shape[1]
    total = np.empty(lanes)
    for unit in range(own.shape[0]):
        first, last = start[unit], start[unit + 1]
        if first == last:
            continue
        total[:] = 0.0
        for at in range(first, last, 4):
            row = at - first
            a, b, c, d = weight[at], weight[at + 1], weight[at + 2], weight[at + 3]
            for lane in range(lanes):
                total[lane] += (
                    a * drawn[row, lane]
                    + b * drawn[row + 1, lane]
                    + c * drawn[row + 2, lane]
                    + d * drawn[row + 3, lane]
                )
        value = own[unit]
        reached = np.int64(0)
        passed = np.int64(0)
        for lane in range(lanes):
            reached += np.int64(total[lane] >= value)
            passed += np.int64(total[lane] > value)
        above[unit] += np.int32(reached)
        below[unit] += np.int32(lanes - passed)


@kernel
def weighted_swaps(
    values: NDArray[np.float64],
    ids: NDArray[np.int32],
    counts: NDArray[np.int64],
    start: NDArray[np.int64],
    weight: NDArray[np.float64],
    own: NDArray[np.float64],
    above: NDArray[np.int32],
    below: NDArray[np.int32],
) -> None:
    """Correct the counts of every unit that a row drew as its own neighbour: the next id after its own stands in."""
    rows, width = ids.shape
    for row in range(rows):
        for drawn in range(width):
            unit = ids[row, drawn]
            count = counts[unit]
            if drawn < count:
                before = 0.0
                for place in range(count):
                    before += weight[start[unit] + place] * values[ids[row, place]]
                after = before + weight[start[unit] + drawn] * (values[ids[row, count]] - values[unit])
                value = own[unit]
                above[unit] += np.int32(after >= value) - np.int32(before >= value)
                below[unit] += np.int32(after <= value) - np.int32(before <= value)
