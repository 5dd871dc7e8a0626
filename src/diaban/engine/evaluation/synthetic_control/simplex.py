"""The mixture of columns (weights from 0 on, summing to 1) that lies nearest to a target."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

Floats = NDArray[np.float64]


def nearest_mixture(columns: Floats, target: Floats) -> Floats:
    """Return the weights (n,) from 0 on, summing to 1, at which `columns` (k, n) @ weights is nearest to `target` (k,).

    Exact, by nonnegative least squares: with A = columns - target, the least of |A u|² + (Σu - 1)² over u ≥ 0 lies in
    the direction of the wanted weights, for along any direction w it is |A w|² / (1 + |A w|²), which rises with |A w|.
    (C. L. Lawson and R. J. Hanson, Solving Least Squares Problems, 1974, chapter 23, for the algorithm.) Where several
    mixtures are equally near, one of them is returned, always the same.
    """
    apart = columns - target[:, None]
    size = np.sqrt((apart**2).sum(axis=0)).min()
    if size == 0:  # a unit that is equal to the target
        weights = np.zeros(columns.shape[1])
        weights[int(np.argmin((apart**2).sum(axis=0)))] = 1.0
        return weights
    system = np.vstack([apart / size, np.ones(columns.shape[1])])
    wish = np.zeros(len(system))
    wish[-1] = 1.0
    free, _ = optimize.nnls(system, wish)
    return np.asarray(free / free.sum(), dtype=np.float64)
