"""Every window of a replicate, one after another, with its logarithms: slow, simple, for designs of any kind."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from diaban.engine.kernels.compiled import kernel
from diaban.engine.kernels.scan_statistic import statistic


@kernel
def largest_of_all(
    starts: NDArray[np.int64],
    times: NDArray[np.int16],
    rows: NDArray[np.int64],
    reach: NDArray[np.int32],
    product: bool,
    zone: NDArray[np.float64],
    clock: NDArray[np.float64],
    cells: NDArray[np.float64],
    total: float,
    labelled: bool,
    longest: int,
    earliest: int,
    least: int,
    high: bool,
    low: bool,
) -> float:
    """Return the largest statistic of one replicate."""
    steps, cases, best = clock.shape[0] - 1, float(times.shape[0]), 0.0
    count, weight = np.zeros(steps + 1, np.int64), np.zeros(steps + 1)
    for row in range(rows.shape[0] - 1):
        count[:] = 0
        weight[:] = 0
        for entry in range(rows[row], rows[row + 1]):
            place = reach[entry]
            for case in range(starts[place], starts[place + 1]):
                for end in range(times[case] + 1, steps + 1):
                    count[end] += 1
            for end in range(1, steps + 1):
                weight[end] = zone[entry] * clock[end] / total if product else weight[end] + cells[place, end]
            for start in range(steps):
                for end in range(max(start + 1, earliest), min(start + longest, steps) + 1):
                    inside = count[end] - count[start]
                    if inside < least:
                        continue
                    size = weight[end] - weight[start]
                    if product:
                        size = zone[entry] * (clock[end] - clock[start]) / total
                    more = inside * total > size * cases
                    if (more and high) or (not more and low):
                        best = max(best, statistic(inside, size, cases, total, labelled))
    return best
