"""What chance does: p-values from the maxima of replicates.

- rank: (1 + replicates that reach the statistic) / (1 + replicates), M. Dwass, Ann. Math. Stat. 28 (1957);
- sequential: replicates stop at the h-th that reaches the largest statistic, and p = h / replicates then
  (J. Besag and P. Clifford, Biometrika 78, 1991);
- Gumbel: a smooth tail fitted by moments to the maxima, only for what is rarer than replicates can show (A. Abrams,
  K. Kleinman and M. Kulldorff, Int. J. Health Geogr. 9:61, 2010). An approximation; it carries its own name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SAME = 1e-9
"""Statistics that differ by less than this share are equal: the same window, summed in another order."""

_EULER = 0.5772156649015329
_FIRST = 128
_LARGEST = 2048


@dataclass(frozen=True, eq=False)
class Replicates:
    """Maxima of the replicates that were used, in their order.

    `stopped`: they ended at the `stop`-th one that reached the largest observed statistic.
    """

    maxima: Floats
    asked: int
    stopped: bool = False

    def reached(self, statistic: float) -> int:
        """Return how many replicates reach a statistic."""
        return int((self.maxima >= statistic - SAME * max(statistic, 1.0)).sum())

    def critical(self, level: float) -> float | None:
        """Return the value that a statistic must pass for a p-value of at most `level`; None where it can't be known.

        With R replicates and k = level × (R + 1): the k-th largest of their maxima.
        """
        done = len(self.maxima)
        allowed = int(np.floor(level * (done + 1) + SAME)) - 1
        if self.stopped or allowed < 0 or allowed >= done:
            return None
        return float(np.sort(self.maxima)[done - 1 - allowed])

    def p_value(self, statistic: float) -> float | None:
        """Return how often chance reaches a statistic: by rank, or sequential; None without replicates."""
        done = len(self.maxima)
        if not done:
            return None
        return self.reached(statistic) / done if self.stopped else (self.reached(statistic) + 1) / (done + 1)

    def gumbel(self, statistic: float) -> float | None:
        """Return the Gumbel p-value where it lies below 1 / (1 + replicates) and no replicate reaches the statistic."""
        done = len(self.maxima)
        if done < 99 or self.stopped or self.reached(statistic):
            return None
        spread = float(self.maxima.std(ddof=1))
        if spread <= 0:
            return None
        scale = spread * np.sqrt(6) / np.pi
        away = (statistic - (float(self.maxima.mean()) - _EULER * scale)) / scale
        value = float(-np.expm1(-np.exp(-away)))
        return value if value < 1 / (done + 1) else None


def replicate(
    largest: Callable[[int, int], Floats], observed: float, *, replicates: int, stop: int | None
) -> Replicates:
    """Ask for maxima, `largest(first, count)`, until `replicates` are done or `stop` of them reach `observed`.

    Batches grow by a fixed rule and what lies behind the stopping replicate is thrown away, so that the result depends
    neither on batches nor on workers.
    """
    if replicates < 0 or (stop is not None and stop < 1):
        raise ValueError("replicates are counted from 0, and the sequential stop from 1")
    done: Floats = np.empty(0)
    batch = replicates if stop is None else min(_FIRST, replicates)
    while len(done) < replicates:
        done = np.concatenate([done, largest(len(done), min(batch, replicates - len(done)))])
        if stop is not None:
            reached = np.flatnonzero(done >= observed - SAME * max(observed, 1.0))
            if len(reached) >= stop and reached[stop - 1] + 1 < replicates:
                return Replicates(done[: reached[stop - 1] + 1], replicates, stopped=True)
        batch = min(2 * batch, _LARGEST)
    return Replicates(done, replicates)
