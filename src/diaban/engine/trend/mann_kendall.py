"""Whether series rise or fall, without asking for a shape or a distribution.

H. B. Mann, Econometrica 13 (1945); M. G. Kendall, Rank Correlation Methods (1975). S counts the pairs of steps that
rise, less those that fall. Var S = (n (n-1) (2n+5) - Σ t (t-1) (2t+5)) / 18 over groups of t equal values, and
Z = (S ∓ 1) / √Var S, towards zero. Series of dependent values reject too often; that is so of any smoothed series too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from diaban.engine.executors import Executor, Progress, Threads, quiet
from diaban.engine.kernels.local_trend import pair_signs

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BLOCK = 256


@dataclass(frozen=True, slots=True, eq=False)
class Trends:
    """Mann-Kendall of n series.

    - `score`: S. `variance`: of S, ties counted. `z`: standard score; 0 where all values are equal.
    - `p_value`: two-sided. `tau`: S over the number of pairs.
    """

    score: Ints
    variance: Floats
    z: Floats
    p_value: Floats
    tau: Floats

    def direction(self, level: float = 0.05) -> NDArray[np.int8]:
        """Return 1 for a rise, -1 for a fall that is significant at `level` (two-sided, each series by itself)."""
        return np.where(self.p_value <= level, np.sign(self.score), 0).astype(np.int8)


def mann_kendall(
    series: NDArray[np.generic], *, executor: Executor | None = None, progress: Progress = quiet
) -> Trends:
    """Return the trend of each row of `series` (n, steps), or of one series (steps,).

    Raises `ValueError` on fewer than 3 steps (nothing can be significant before the fifth) and on missing values.
    """
    given = np.array(series, dtype=np.float64, order="C", ndmin=2)
    if given.ndim != 2:
        raise ValueError(f"series are rows of steps, not an array of shape {given.shape}")
    count, steps = given.shape
    if steps < 3:
        raise ValueError(f"a trend needs at least 3 steps, not {steps}")
    if not np.isfinite(given).all():
        row, step = (int(place[0]) for place in np.nonzero(~np.isfinite(given)))
        raise ValueError(f"series {row} has no value at step {step}: fill it or leave the series out")
    score, tied = np.zeros(count, np.int64), np.zeros(count, np.int64)
    blocks = [(first, min(first + BLOCK, count)) for first in range(0, count, BLOCK)]
    parts = (executor or Threads()).run(_count, given, blocks, progress)
    for (first, last), (part_score, part_tied) in zip(blocks, parts, strict=True):
        score[first:last], tied[first:last] = part_score, part_tied
    variance = (steps * (steps - 1) * (2 * steps + 5) - tied) / 18
    z = np.where(variance > 0, (score - np.sign(score)) / np.sqrt(np.where(variance > 0, variance, 1.0)), 0.0)
    p_value = np.minimum(1.0, 2 * ndtr(-np.abs(z)))
    return Trends(score, variance, z, p_value, score / (steps * (steps - 1) / 2))


def _count(series: Floats, block: tuple[int, int]) -> tuple[Ints, Ints]:
    size = block[1] - block[0]
    score, tied = np.zeros(size, np.int64), np.zeros(size, np.int64)
    pair_signs(series[block[0] : block[1]], score, tied)
    return score, tied
