"""The test turned round: from how many cases on can a window of some weight beat a statistic?

Weights are put into buckets of 1.6 % on a scale of logarithms (the upper bits of a float of 32 bits), statistics into
levels. A table holds for every level and bucket the smallest count (largest, for fewer than expected) with which any
window of that bucket could beat that level. It errs only towards looking once too often, so what it lets a scan skip
is certainly not larger.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from diaban.engine.kernels.compiled import kernel
from diaban.engine.kernels.scan_statistic import statistic

LOWEST = 113 << 6  # the bucket of weight 2**-14, the lightest that has one of its own
NEVER = 1 << 30  # a count that nothing reaches
STEP = 1.03  # from level to level
LEVELS = 150  # level 0 is 0, level i is STEP**(i - 1): up to 80


@kernel
def bucket_below(weight: float) -> int:
    """Return the bucket of a weight, or one below."""
    bits = int(np.float32(weight * 0.999999).view(np.int32))
    return max((bits >> 17) - LOWEST + 1, 0)


@kernel
def bucket_above(weight: float) -> int:
    """Return the bucket of a weight, or one above."""
    bits = int(np.float32(weight * 1.000001).view(np.int32))
    return max((bits >> 17) - LOWEST + 1, 0)


@kernel
def level_of(value: float) -> int:
    """Return the highest level that does not exceed a statistic."""
    if value < 1.0:
        return 0
    return min(int(np.log(value) / np.log(STEP)) + 1, LEVELS - 1)


@kernel
def _height(level: int) -> float:
    return 0.0 if level == 0 else STEP ** (level - 1) * (1 - 1e-9)


@kernel
def _edge(bucket: int) -> float:
    """Return the smallest weight of a bucket."""
    return 0.0 if bucket == 0 else float(np.int32((bucket - 1 + LOWEST) << 17).view(np.float32))


@kernel
def fill_ladder(table: NDArray[np.int32], cases: int, total: float, labelled: bool, least: int) -> None:
    """Fill (levels, buckets + 1) with the smallest counts that can beat a level; the last column says never."""
    last, share = table.shape[1] - 1, cases / total
    for level in range(table.shape[0]):
        height, count = _height(level), max(least, 1)
        table[level, last] = NEVER
        for bucket in range(last):
            weight = _edge(bucket)
            while bucket and count <= cases:
                # With labels a window never holds more cases than persons, so fewer persons than that count for none.
                size = max(weight, float(count)) if labelled else weight
                if size >= total:
                    count = cases + 1
                elif count > size * share and statistic(count, size, float(cases), total, labelled) > height:
                    break
                else:
                    count += 1
            table[level, bucket] = count if count <= cases else NEVER


@kernel
def fill_ladder_low(table: NDArray[np.int32], cases: int, total: float, labelled: bool, least: int) -> None:
    """Fill (levels, buckets + 1) with the largest counts, below what is expected, that can beat a level; -1 is none."""
    last, share = table.shape[1] - 1, cases / total
    for level in range(table.shape[0]):
        height, count = _height(level), -1
        table[level, last] = -1
        for bucket in range(last):
            size = _edge(bucket + 1)
            while count < cases - 1:
                more = count + 1
                if size < total and (
                    more >= size * share or statistic(more, size, float(cases), total, labelled) <= height
                ):
                    break
                count = more
            table[level, bucket] = count if count >= least else -1
