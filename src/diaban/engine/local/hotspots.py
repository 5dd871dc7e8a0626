"""Where high or low values stand together: Gi, Gi* and local Moran."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from diaban.engine.executors import Executor, Progress, quiet
from diaban.engine.local.discovery import adjusted, checked_level, confidence, discoveries
from diaban.engine.local.moments import gi_scores, gi_star_scores, moran_moments, score, two_sided
from diaban.engine.local.neighbours import Neighbours
from diaban.engine.local.permutation import REPLICATES, rank_neighbours
from diaban.engine.local.results import HotSpots, Inference, LocalMoran, Quadrant, Run
from diaban.engine.local.whole import checked

Floats = NDArray[np.float64]


def gi(
    values: NDArray[np.generic],
    neighbours: Neighbours,
    *,
    star: bool = True,
    level: float = 0.05,
    inference: Inference = Inference.PERMUTATION,
    replicates: int = REPLICATES,
    seed: int = 0,
    executor: Executor | None = None,
    progress: Progress = quiet,
) -> HotSpots:
    """Return Gi* (or Gi without the unit itself) of every unit, with false-discovery control at `level`.

    Values are counts or rates, one for each unit. A. Getis and J. K. Ord, Geogr. Anal. 24 (1992); J. K. Ord and
    A. Getis, Geogr. Anal. 27 (1995). Raises `ValueError` on values that are missing or do not fit.
    """
    given = checked(values, len(neighbours))
    checked_level(level)
    z = np.where(neighbours.alone, np.nan, (gi_star_scores if star else gi_scores)(given, neighbours))
    p_value = two_sided(z)
    if inference is Inference.PERMUTATION:
        ranks = rank_neighbours(
            given, neighbours, replicates=replicates, seed=seed, executor=executor, progress=progress
        )
        p_value = ranks.p_value
        side = np.where(neighbours.alone, np.nan, ranks.p_low - ranks.p_high)
    else:
        side = z
    found = discoveries(p_value, level)
    return HotSpots(
        z=z,
        p_value=p_value,
        q_value=adjusted(p_value),
        hot=found & (np.nan_to_num(side) > 0),
        cold=found & (np.nan_to_num(side) < 0),
        confidence=confidence(p_value, side),
        alone=neighbours.alone,
        star=star,
        run=_run(inference, level, replicates, seed),
    )


def moran(
    values: NDArray[np.generic],
    neighbours: Neighbours,
    *,
    level: float = 0.05,
    inference: Inference = Inference.PERMUTATION,
    replicates: int = REPLICATES,
    seed: int = 0,
    executor: Executor | None = None,
    progress: Progress = quiet,
) -> LocalMoran:
    """Return local Moran's I of every unit (L. Anselin, Geogr. Anal. 27, 1995), with false-discovery control.

    I_i = z_i Σ_j w_ij z_j / (Σ z² / n), z the deviations from the mean, weights as `neighbours` gives them (mostly
    `neighbours.standardised()`). Constant values give 0 with p-value 1. Raises `ValueError` as `gi` does.
    """
    given = checked(values, len(neighbours))
    checked_level(level)
    alone = neighbours.alone
    centred = given - given.mean()
    if given.min() == given.max():
        centred = np.zeros(len(given))
    spread = float(np.mean(centred**2))
    lag = neighbours.sums(centred)
    if spread > 0:
        statistic = centred * lag / spread
        expected, variance = moran_moments(centred, neighbours)
    else:
        statistic, expected, variance = (np.zeros(len(given)) for _ in range(3))
    scale = float(neighbours.weight_squares.max(initial=0.0)) * 1e-6
    z = np.where(alone, np.nan, score(statistic, expected, variance, scale))
    p_value = two_sided(z)
    if inference is Inference.PERMUTATION:
        p_value = rank_neighbours(
            given, neighbours, replicates=replicates, seed=seed, executor=executor, progress=progress
        ).p_value
    return LocalMoran(
        statistic=np.where(alone, np.nan, statistic),
        expected=np.where(alone, np.nan, expected),
        variance=np.where(alone, np.nan, variance),
        z=z,
        p_value=p_value,
        q_value=adjusted(p_value),
        significant=discoveries(p_value, level),
        quadrant=_quadrants(centred, np.where(alone, 0.0, lag)),
        alone=alone,
        run=_run(inference, level, replicates, seed),
    )


def _quadrants(own: Floats, lag: Floats) -> NDArray[np.int8]:
    found = np.full(len(own), Quadrant.NONE, np.int8)
    for quadrant, high, near in (
        (Quadrant.HIGH_HIGH, 1, 1),
        (Quadrant.LOW_HIGH, -1, 1),
        (Quadrant.LOW_LOW, -1, -1),
        (Quadrant.HIGH_LOW, 1, -1),
    ):
        found[(np.sign(own) == high) & (np.sign(lag) == near)] = quadrant
    return found


def _run(inference: Inference, level: float, replicates: int, seed: int) -> Run:
    return Run(inference, level, replicates if inference is Inference.PERMUTATION else 0, seed)
