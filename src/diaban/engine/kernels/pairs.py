"""Which events lie near each other: a sweep over rows of events, each row sorted along itself."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from diaban.engine.kernels.compiled import kernel

EUCLIDEAN, MANHATTAN, GREAT_CIRCLE = 0, 1, 2


@kernel
def separation(
    metric: int,
    x0: float,
    y0: float,
    cosine0: float,
    x1: float,
    y1: float,
    cosine1: float,
) -> float:
    """Return the distance of two points: in their own unit, or in radians of the sphere for points in degrees."""
    if metric == EUCLIDEAN:
        return math.sqrt((x0 - x1) * (x0 - x1) + (y0 - y1) * (y0 - y1))
    if metric == MANHATTAN:
        return abs(x0 - x1) + abs(y0 - y1)
    across = math.sin((x0 - x1) * (math.pi / 360))
    along = math.sin((y0 - y1) * (math.pi / 360))
    return 2 * math.asin(math.sqrt(min(along * along + cosine0 * cosine1 * across * across, 1.0)))


@kernel
def sweep(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    cosine: NDArray[np.float64],
    step: NDArray[np.int64],
    width: NDArray[np.float64],
    bounds: NDArray[np.int64],
    first: int,
    last: int,
    period: float,
    metric: int,
    unit: float,
    edges: NDArray[np.float64],
    reach: int,
    cursors: NDArray[np.int64],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
) -> None:
    """Count the pairs of events of each band, or write them down.

    Events are sorted by row, then by x; rows are as high as the outermost edge, so partners of event i are in its own
    row behind it and in the next. bounds (n, 3): where its own row ends, where the next begins and ends. A pair counts
    once, at its event of `first <= i < last`. `width` is how far in x partners can be; `period` is 360 for degrees, 0
    for a plane. Band b holds distances (times `unit`) of `edges[b-1] < d <= edges[b]`, the first band `d <= edges[0]`.
    Pairs whose steps differ by more than `reach` are left out; a negative `reach` asks for all. `cursors[b]` goes up
    by one for each pair of band b; where `left` has room, the pair is written to that place first.
    """
    outermost = edges[-1]
    writing = left.shape[0] > 0
    for i in range(first, last):
        xi, yi, cosine_i, step_i, width_i = x[i], y[i], cosine[i], step[i], width[i]
        for row in range(2):
            low = i + 1 if row == 0 else bounds[i, 1]
            high = bounds[i, 0] if row == 0 else bounds[i, 2]
            if low >= high:
                continue
            everyone = period > 0 and 2 * width_i >= period
            turns = 1 if period > 0 and not everyone else 0
            for turn in range(-turns, turns + 1):
                shift = turn * period
                j = low
                if not everyone:
                    j += np.searchsorted(x[low:high], xi - width_i - shift)
                while j < high and (everyone or x[j] + shift <= xi + width_i):
                    if reach < 0 or abs(step[j] - step_i) <= reach:
                        far = unit * separation(metric, xi, yi, cosine_i, x[j], y[j], cosine[j])
                        if far <= outermost:
                            band = 0
                            while far > edges[band]:
                                band += 1
                            if writing:
                                left[cursors[band]] = i
                                right[cursors[band]] = j
                            cursors[band] += 1
                    j += 1
