"""Counting close pairs under shuffled times: one lane of a vector for each shuffle."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from diaban.engine.kernels.compiled import kernel
from diaban.engine.kernels.random import shuffle

LANES = 128
"""Shuffles side by side: 256 bytes an event in 16 bits."""

TILE = 32
"""Shuffles made before they are turned into lanes."""

ROOM = 32_000
"""Pairs counted in 16 bits before the counts move to wider numbers."""


@kernel
def shuffled_times(
    steps: NDArray[np.generic],
    seed: np.uint64,
    stream: np.uint32,
    first: np.uint64,
    tile: NDArray[np.generic],
    out: NDArray[np.generic],
) -> None:
    """Fill lane l of `out` (n, LANES) with `steps` in the order of replicate `first + l`. `tile` (TILE, n) is room."""
    count = steps.shape[0]
    for begin in range(0, LANES, TILE):
        for row in range(TILE):
            tile[row, :] = steps
            shuffle(tile[row], seed, stream, np.uint64(first + np.uint64(begin + row)))
        for i in range(count):
            for row in range(TILE):
                out[i, begin + row] = tile[row, i]


@kernel
def count_close(
    times: NDArray[np.generic],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    starts: NDArray[np.int64],
    edges: NDArray[np.generic],
    counters: NDArray[np.int16],
    gap: NDArray[np.generic],
    out: NDArray[np.int64],
) -> None:
    """Add to `out` (S, T, LANES) the pairs of each space band whose times differ by at most `edges[t]`.

    `times` (n, LANES) is not negative, so that a difference keeps to its type, as `edges` (T) does. Pairs of band s
    are `starts[s]:starts[s+1]`. `counters` (T, LANES) and `gap` (LANES) are room.
    """
    limits = edges.shape[0]
    for band in range(starts.shape[0] - 1):
        begin = starts[band]
        while begin < starts[band + 1]:
            end = min(begin + ROOM, starts[band + 1])
            counters[:, :] = 0
            for pair in range(begin, end):
                one, other = times[left[pair]], times[right[pair]]
                for lane in range(LANES):
                    gap[lane] = abs(one[lane] - other[lane])
                for limit in range(limits):
                    edge = edges[limit]
                    for lane in range(LANES):
                        counters[limit, lane] += np.int16(gap[lane] <= edge)
            for limit in range(limits):
                for lane in range(LANES):
                    out[band, limit, lane] += np.int64(counters[limit, lane])
            begin = end
