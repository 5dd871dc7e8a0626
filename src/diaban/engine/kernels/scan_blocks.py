"""Into which blocks of widths and durations a scan's windows are cut, once for all replicates.

A block should be as large as it can be without being opened often: the chance that its largest window holds as many
cases as its smallest one needs is bounded by Chernoff's inequality, exp(-(c ln(c/m) - c + m)). How well the blocks are
cut decides the time, never the result.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from diaban.engine.kernels.compiled import kernel
from diaban.engine.kernels.scan_ladder import bucket_above, bucket_below
from diaban.engine.kernels.scan_series import STRETCH, stretch_start


@kernel
def _slack(small: float, large: float, counts: NDArray[np.int32], share: float) -> float:
    """Return how improbable it is, as minus a logarithm, that a block with these weights is opened."""
    count, mean = float(counts[bucket_below(small)]), large * share
    if count <= mean:
        return 0.0
    return count * math.log(count / mean) - count + mean if mean > 0 else 1e9


@kernel
def _cut_row(
    blocks: NDArray[np.int32],
    zone: NDArray[np.float64],
    durations: NDArray[np.float64],
    counts: NDArray[np.int32],
    share: float,
    patience: float,
) -> int:
    """Cut one row; `durations[d]` is the usual share of time of d steps. Returns the number of blocks."""
    made, wide, most = 0, zone.shape[0], durations.shape[0] - 1
    while wide > 0:
        large = zone[wide - 1] * durations[most]
        narrow = wide
        while narrow > 1 and _slack(zone[narrow - 2] * durations[most], large, counts, share) >= patience:
            narrow -= 1
        if most > 1:  # leave half of what may be lost to the durations
            least = math.sqrt(zone[narrow - 1] * zone[wide - 1])
            while zone[narrow - 1] < least:
                narrow += 1
        long = most
        while long > 0:
            brief = long
            large = zone[wide - 1] * durations[long]
            while brief > 1 and _slack(zone[narrow - 1] * durations[brief - 1], large, counts, share) >= patience:
                brief -= 1
            blocks[made, 0], blocks[made, 1], blocks[made, 2], blocks[made, 3] = narrow, wide, brief, long
            made += 1
            long = brief - 1
        wide = narrow - 1
    return made


@kernel
def cut_blocks(
    rows: NDArray[np.int64],
    zone: NDArray[np.float64],
    durations: NDArray[np.float64],
    counts: NDArray[np.int32],
    share: float,
    patience: float,
    first_block: NDArray[np.int64],
) -> NDArray[np.int32]:
    """Fill `first_block` (rows + 1) and return the blocks of all rows (blocks, 4)."""
    widest = 1
    for row in range(rows.shape[0] - 1):
        widest = max(widest, rows[row + 1] - rows[row])
    scratch = np.empty((widest * (durations.shape[0] - 1), 4), np.int32)
    blocks = np.empty((1024, 4), np.int32)
    first_block[0] = 0
    for row in range(rows.shape[0] - 1):
        made = _cut_row(scratch, zone[rows[row] : rows[row + 1]], durations, counts, share, patience)
        begin = first_block[row]
        if begin + made > blocks.shape[0]:
            larger = np.empty((2 * (begin + made), 4), np.int32)
            larger[:begin] = blocks[:begin]
            blocks = larger
        blocks[begin : begin + made] = scratch[:made]
        first_block[row + 1] = begin + made
    return blocks[: first_block[rows.shape[0] - 1]].copy()


@kernel
def weigh_blocks(
    rows: NDArray[np.int64],
    reach: NDArray[np.int32],
    zone: NDArray[np.float64],
    product: bool,
    clock: NDArray[np.float64],
    cells: NDArray[np.float64],
    total: float,
    earliest: int,
    first_block: NDArray[np.int64],
    blocks: NDArray[np.int32],
    never: int,
    buckets: NDArray[np.int16],
) -> None:
    """Fill `buckets` (blocks, stretches, 3) with what bounds the windows of a block among the starts of a stretch.

    First the bucket of its lightest window; then that of its narrowest and briefest window at the start where that
    weighs most; last that of its heaviest window. `never` stands where there is no window.
    """
    steps, most = clock.shape[0] - 1, 1
    for b in range(blocks.shape[0]):
        most = max(most, blocks[b, 3])
    light_clock, brief_clock, heavy_clock = clock_bounds(clock, most, buckets.shape[1])
    widest = 1
    for row in range(rows.shape[0] - 1):
        widest = max(widest, rows[row + 1] - rows[row])
    sums = np.zeros((1 if product else widest + 1, steps + 1))
    for row in range(rows.shape[0] - 1):
        first = rows[row]
        if not product:
            for width in range(1, rows[row + 1] - first + 1):
                for t in range(steps + 1):
                    sums[width, t] = sums[width - 1, t] + cells[reach[first + width - 1], t]
        for b in range(first_block[row], first_block[row + 1]):
            narrow, wide, brief, long = blocks[b, 0], blocks[b, 1], blocks[b, 2], blocks[b, 3]
            for stretch in range(buckets.shape[1]):
                begin = stretch_start(stretch, steps)
                beyond = min(begin + STRETCH, steps - brief + 1)
                if beyond <= max(begin, earliest - long):
                    buckets[b, stretch, :] = never
                    continue
                if product:
                    lightest = zone[first + narrow - 1] * light_clock[brief, stretch] / total
                    highest = zone[first + narrow - 1] * brief_clock[brief, stretch] / total
                    heaviest = zone[first + wide - 1] * heavy_clock[long, stretch] / total
                else:
                    lightest, heaviest = np.inf, 0.0
                    for start in range(begin, beyond):
                        end = min(start + long, steps)
                        lightest = min(lightest, sums[narrow, start + brief] - sums[narrow, start])
                        heaviest = max(heaviest, sums[wide, end] - sums[wide, start])
                    highest = lightest
                buckets[b, stretch, 0] = bucket_below(max(lightest, 0.0))
                buckets[b, stretch, 1] = bucket_below(max(highest, 0.0))
                buckets[b, stretch, 2] = bucket_above(heaviest)


@kernel
def clock_bounds(
    clock: NDArray[np.float64], most: int, stretches: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return for each number of steps and each stretch of starts: least, most, and most when cut at the last step."""
    steps = clock.shape[0] - 1
    light, heavy = np.full((most + 1, stretches), np.inf), np.zeros((most + 1, stretches))
    cut = np.zeros((most + 1, stretches))
    for duration in range(1, most + 1):
        for stretch in range(stretches):
            begin = stretch_start(stretch, steps)
            for start in range(begin, min(begin + STRETCH, steps)):
                weight = clock[min(start + duration, steps)] - clock[start]
                cut[duration, stretch] = max(cut[duration, stretch], weight)
                if start + duration <= steps:
                    light[duration, stretch] = min(light[duration, stretch], weight)
                    heavy[duration, stretch] = max(heavy[duration, stretch], weight)
    return light, heavy, cut


@kernel
def slope_of_clock(clock: NDArray[np.float64], slopes: NDArray[np.int16]) -> None:
    """Fill `slopes` (durations, stretches, STRETCH): where each start stands between the least and the most, × 255.

    The smallest count with which a window can beat a statistic is a concave function of its weight (the likelihood
    ratio is convex in both), so between two weights it lies above the straight line; this is how far along it to go.
    """
    steps = clock.shape[0] - 1
    light, heavy, _ = clock_bounds(clock, slopes.shape[0] - 1, slopes.shape[1])
    slopes[:] = 0
    for duration in range(1, slopes.shape[0]):
        for stretch in range(slopes.shape[1]):
            begin, low, high = stretch_start(stretch, steps), light[duration, stretch], heavy[duration, stretch]
            if high <= low:
                continue
            for start in range(begin, min(begin + STRETCH, steps - duration + 1)):
                along = (clock[start + duration] - clock[start] - low) / (high - low)
                slopes[duration, stretch, start - begin] = int(along * 255)
