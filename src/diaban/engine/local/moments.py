"""Means and variances of local and global statistics when values are placed at random, in closed form."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from diaban.engine.local.neighbours import Neighbours

Floats = NDArray[np.float64]


def two_sided(z: Floats) -> Floats:
    """Return the two-sided p-value of standard normal scores, nan where the score is."""
    p_values: Floats = np.minimum(1.0, 2 * ndtr(-np.abs(z)))
    return p_values


def score(value: Floats, expected: Floats, variance: Floats, scale: float) -> Floats:
    """Return (value - expected) / √variance; 0 where nothing can vary.

    A variance below the rounding of its own terms (`scale` is their size) is none: constant values, or a unit whose
    neighbours are all others.
    """
    varies = variance > 1e-12 * scale
    return np.where(varies, (value - expected) / np.sqrt(np.where(varies, variance, 1.0)), 0.0)


def gi_scores(values: Floats, neighbours: Neighbours) -> Floats:
    """Return the standard scores of Gi, a unit against all others (J. K. Ord, A. Getis, Geogr. Anal. 27, 1995)."""
    others = len(values) - 1
    centred = values - values.mean()
    mean = (centred.sum() - centred) / others
    spread = np.maximum((np.sum(centred**2) - centred**2) / others - mean**2, 0.0)
    weights, squares = neighbours.weight_sums, neighbours.weight_squares
    room = np.maximum((others * squares - weights**2) / (others - 1), 0.0)
    scale = float(np.mean(centred**2)) * float(squares.max(initial=0.0))
    return score(neighbours.sums(centred), weights * mean, spread * room, scale)


def gi_star_scores(values: Floats, neighbours: Neighbours) -> Floats:
    """Return the standard scores of Gi*, the unit counted among its neighbours (Ord and Getis 1995).

    Its own weight is the largest of its neighbours' weights: 1 among ones, and 1/k among k that share 1.
    """
    size = len(values)
    centred = values - values.mean()
    own = neighbours.largest
    weights, squares = neighbours.weight_sums + own, neighbours.weight_squares + own**2
    spread = float(np.mean(centred**2))
    room = np.maximum((size * squares - weights**2) / (size - 1), 0.0)
    total = neighbours.sums(centred) + own * centred
    return score(total, np.zeros(size), spread * room, spread * float(squares.max()))


def moran_moments(centred: Floats, neighbours: Neighbours) -> tuple[Floats, Floats]:
    """Return mean and variance of local Moran under conditional permutation.

    The unit keeps its value (R. R. Sokal, N. L. Oden and B. A. Thomson, Geogr. Anal. 30, 1998).
    """
    size = len(centred)
    spread = float(np.mean(centred**2))
    weights, squares = neighbours.weight_sums, neighbours.weight_squares
    expected = -(centred**2) * weights / ((size - 1) * spread)
    variance = (
        (centred / spread) ** 2
        * (size / (size - 2))
        * np.maximum(squares - weights**2 / (size - 1), 0.0)
        * np.maximum(spread - centred**2 / (size - 1), 0.0)
    )
    return expected, variance


def weight_moments(neighbours: Neighbours) -> tuple[float, float, float]:
    """Return S0, S1 and S2 of the weights (A. D. Cliff and J. K. Ord, Spatial Processes, 1981)."""
    matrix = neighbours.matrix
    both = matrix + matrix.T
    margins = neighbours.weight_sums + np.asarray(matrix.sum(axis=0)).ravel()
    return float(neighbours.weight.sum()), float((both.data**2).sum()) / 2, float((margins**2).sum())
