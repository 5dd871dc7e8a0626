"""Whether a whole map is clustered: Moran's I and the general G."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from diaban.engine.executors import Executor, Progress, Threads, quiet
from diaban.engine.kernels.local_global import cross_product, shuffled_cross_products
from diaban.engine.local.moments import weight_moments
from diaban.engine.local.neighbours import Neighbours
from diaban.engine.local.permutation import check_draws
from diaban.engine.local.results import GlobalStatistic
from diaban.engine.local.whole import checked
from diaban.engine.streams import Stream

Floats = NDArray[np.float64]

BLOCK = 64


@dataclass(frozen=True, eq=False)
class _Map:
    values: Floats
    neighbours: Neighbours
    seed: int


def global_moran(
    values: NDArray[np.generic],
    neighbours: Neighbours,
    *,
    replicates: int = 999,
    seed: int = 0,
    executor: Executor | None = None,
    progress: Progress = quiet,
) -> GlobalStatistic:
    """Return Moran's I with its moments under randomisation (Cliff and Ord 1981) and its rank among shuffled maps.

    `replicates` 0 leaves the shuffles out. Raises `ValueError` on fewer than 4 units, constant values or no neighbours.
    """
    given = _varied(values, neighbours)
    size = len(given)
    centred = given - given.mean()
    squares = float(np.sum(centred**2))
    s0, s1, s2 = weight_moments(neighbours)
    factor = size / (s0 * squares)
    expected = -1 / (size - 1)
    kurtosis = size * float(np.sum(centred**4)) / squares**2
    first = size * ((size**2 - 3 * size + 3) * s1 - size * s2 + 3 * s0**2)
    second = kurtosis * ((size**2 - size) * s1 - 2 * size * s2 + 6 * s0**2)
    variance = (first - second) / ((size - 1) * (size - 2) * (size - 3) * s0**2) - expected**2
    return _answer(
        "moran", centred, neighbours, factor, expected, variance, replicates, seed, executor or Threads(), progress
    )


def global_g(
    values: NDArray[np.generic],
    neighbours: Neighbours,
    *,
    replicates: int = 999,
    seed: int = 0,
    executor: Executor | None = None,
    progress: Progress = quiet,
) -> GlobalStatistic:
    """Return the general G (A. Getis and J. K. Ord, Geogr. Anal. 24, 1992): do high values stand near high ones?

    G = Σ w_ij x_i x_j / Σ x_i x_j over i ≠ j. Raises `ValueError` as `global_moran` does, and on values below zero.
    """
    given = _varied(values, neighbours)
    if (given < 0).any():
        raise ValueError("the general G needs values of zero or more: counts or rates")
    size = len(given)
    m1, m2, m3, m4 = (float(np.sum(given**power)) for power in (1, 2, 3, 4))
    pairs = m1**2 - m2
    if pairs <= 0:
        raise ValueError("all that was counted lies in one unit: the general G has nothing to compare")
    s0, s1, s2 = weight_moments(neighbours)
    expected = s0 / (size * (size - 1))
    b0 = (size**2 - 3 * size + 3) * s1 - size * s2 + 3 * s0**2
    b1 = -((size**2 - size) * s1 - 2 * size * s2 + 6 * s0**2)
    b2 = -(2 * size * s1 - (size + 3) * s2 + 6 * s0**2)
    b3 = 4 * (size - 1) * s1 - 2 * (size + 1) * s2 + 8 * s0**2
    b4 = s1 - s2 + s0**2
    square = (b0 * m2**2 + b1 * m4 + b2 * m1**2 * m2 + b3 * m1 * m3 + b4 * m1**4) / (
        pairs**2 * size * (size - 1) * (size - 2) * (size - 3)
    )
    variance = square - expected**2
    return _answer(
        "g", given, neighbours, 1 / pairs, expected, variance, replicates, seed, executor or Threads(), progress
    )


def _varied(values: NDArray[np.generic], neighbours: Neighbours) -> Floats:
    given = checked(values, len(neighbours))
    if len(given) < 4:
        raise ValueError(f"a statistic of a whole map needs at least 4 units, not {len(given)}")
    if given.min() == given.max():
        raise ValueError("all units have the same value: there is no pattern to measure")
    if neighbours.alone.all():
        raise ValueError("no unit has a neighbour: choose a larger distance")
    return given


def _shuffles(shared: _Map, block: tuple[int, int]) -> Floats:
    near = shared.neighbours
    out = np.empty(block[1] - block[0])
    shuffled_cross_products(
        shared.values,
        near.start,
        near.other,
        near.weight,
        np.uint64(shared.seed),
        np.uint32(Stream.LOCAL_GLOBAL),
        np.uint64(block[0]),
        out,
    )
    return out


def _answer(
    name: str,
    values: Floats,
    neighbours: Neighbours,
    factor: float,
    expected: float,
    variance: float,
    replicates: int,
    seed: int,
    executor: Executor,
    progress: Progress,
) -> GlobalStatistic:
    own = float(cross_product(values, neighbours.start, neighbours.other, neighbours.weight))
    z = (own * factor - expected) / variance**0.5 if variance > 0 else 0.0
    p_value = float("nan")
    if replicates:
        check_draws(replicates, seed)
        blocks = [(first, min(first + BLOCK, replicates)) for first in range(0, replicates, BLOCK)]
        drawn = np.concatenate(executor.run(_shuffles, _Map(values, neighbours, seed), blocks, progress))
        # The same sum in another order may differ in its last bits; that is a tie, counted on both sides.
        slack = 1e-11 * float(neighbours.weight.sum()) * float(np.mean(values**2)) + 1e-11 * abs(own)
        above, below = int((drawn >= own - slack).sum()), int((drawn <= own + slack).sum())
        p_value = min(1.0, 2 * (min(above, below) + 1) / (replicates + 1))
    return GlobalStatistic(
        name, own * factor, expected, variance, z, float(2 * ndtr(-abs(z))), p_value, replicates, seed
    )
