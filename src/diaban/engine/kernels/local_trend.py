"""Mann and Kendall's pair counts, and sums over neighbours in space and time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from diaban.engine.kernels.compiled import kernel


@kernel
def pair_signs(series: NDArray[np.float64], score: NDArray[np.int64], tied: NDArray[np.int64]) -> None:
    """For each row, count rises less falls over all pairs of steps, and Σ t (t-1) (2t+5) over groups of t equal values.

    With e later equals of a step, the group's term is the sum of 6 e (e + 2) over its steps: no sorting is needed.
    """
    steps = series.shape[1]
    for row in range(series.shape[0]):
        values = series[row]
        total = np.int64(0)
        groups = np.int64(0)
        for step in range(steps - 1):
            value = values[step]
            rises = np.int64(0)
            falls = np.int64(0)
            for later in range(step + 1, steps):
                rises += np.int64(values[later] > value)
                falls += np.int64(values[later] < value)
            total += rises - falls
            equal = np.int64(steps - 1 - step) - rises - falls
            groups += 6 * equal * (equal + 2)
        score[row] = total
        tied[row] = groups


@kernel
def near_sums(
    slices: NDArray[np.int64], start: NDArray[np.int64], other: NDArray[np.int32], out: NDArray[np.int64]
) -> None:
    """Fill `out` with each place's own value and its neighbours', step by step: (places, steps) both."""
    for place in range(slices.shape[0]):
        out[place] = slices[place]
        for at in range(start[place], start[place + 1]):
            near = slices[other[at]]
            for step in range(out.shape[1]):
                out[place, step] += near[step]
