"""Spreading events over cells by the quartic kernel, which ends at its bandwidth."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from diaban.engine.kernels.compiled import kernel


@kernel
def quartic(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    weights: NDArray[np.float64],
    bandwidth: float,
    left: float,
    bottom: float,
    cell: float,
    inside: NDArray[np.bool_],
    values: NDArray[np.float64],
    masses: NDArray[np.float64],
) -> None:
    """Add each event's weight to `values` (rows, columns) and what of it falls inside, unweighted, to `masses` (n).

    Height at distance r below the bandwidth h: 3 / (pi h^2) (1 - r^2 / h^2)^2.
    """
    rows, columns = values.shape
    top = 3 / (math.pi * bandwidth * bandwidth)
    for i in range(x.shape[0]):
        across, along = (x[i] - left) / cell - 0.5, (y[i] - bottom) / cell - 0.5
        reach = bandwidth / cell
        held = 0.0
        for row in range(max(0, math.ceil(along - reach)), min(rows - 1, math.floor(along + reach)) + 1):
            for column in range(max(0, math.ceil(across - reach)), min(columns - 1, math.floor(across + reach)) + 1):
                share = 1 - ((row - along) * (row - along) + (column - across) * (column - across)) / (reach * reach)
                if share > 0:
                    height = top * share * share
                    values[row, column] += weights[i] * height
                    if inside[row, column]:
                        held += height
        masses[i] = held * cell * cell
