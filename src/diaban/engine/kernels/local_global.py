"""Whole-map permutations: the cross product of neighbours' values after shuffling them over the units."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from diaban.engine.kernels.compiled import kernel
from diaban.engine.kernels.random import shuffle


@kernel
def cross_product(
    values: NDArray[np.float64], start: NDArray[np.int64], other: NDArray[np.int32], weight: NDArray[np.float64]
) -> float:
    """Return Σ_i x_i Σ_j w_ij x_j, in the order of the rows."""
    total = 0.0
    for unit in range(values.shape[0]):
        lag = 0.0
        for at in range(start[unit], start[unit + 1]):
            lag += weight[at] * values[other[at]]
        total += values[unit] * lag
    return total


@kernel
def shuffled_cross_products(
    values: NDArray[np.float64],
    start: NDArray[np.int64],
    other: NDArray[np.int32],
    weight: NDArray[np.float64],
    seed: np.uint64,
    stream: np.uint32,
    first: np.uint64,
    out: NDArray[np.float64],
) -> None:
    """Fill `out[r]` with the cross product after the shuffle of replicate `first + r`."""
    held = np.empty_like(values)
    for row in range(out.shape[0]):
        held[:] = values
        shuffle(held, seed, stream, np.uint64(first) + np.uint64(row))
        out[row] = cross_product(held, start, other, weight)
