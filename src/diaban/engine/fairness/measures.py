"""How unevenly patrols are spread over places."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def gini(amounts: NDArray[np.generic]) -> Floats:
    """Return C. Gini's coefficient along the last axis.

    0: all alike, or nothing anywhere; (n - 1) / n: all in one place.
    """
    values = np.sort(np.asarray(amounts, dtype=np.float64), axis=-1)
    if values.shape[-1] == 0 or (values < 0).any():
        raise ValueError("amounts from 0 on, at least one place")
    count, total = values.shape[-1], values.sum(axis=-1)
    rank = np.arange(1, count + 1)
    weighed = (values * (2 * rank - count - 1)).sum(axis=-1)
    return np.asarray(weighed / (count * np.where(total > 0, total, 1.0)), dtype=np.float64)


def top_share(amounts: NDArray[np.generic]) -> Floats:
    """Return the share of the place with most, along the last axis; 0 where nothing is."""
    values = np.asarray(amounts, dtype=np.float64)
    if values.shape[-1] == 0 or (values < 0).any():
        raise ValueError("amounts from 0 on, at least one place")
    total = values.sum(axis=-1)
    return np.asarray(values.max(axis=-1) / np.where(total > 0, total, 1.0), dtype=np.float64)
