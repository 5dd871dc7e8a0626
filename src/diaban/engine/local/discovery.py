"""Many tests at once: false-discovery control (Y. Benjamini and Y. Hochberg, J. R. Stat. Soc. B 57, 1995).

Testing 10,600 communes at 5 % calls 530 of them hot where nothing goes on. Here at most the chosen share of those that
are called is expected to be false. Holds for independent tests and for positively dependent ones (Benjamini and
Yekutieli, Ann. Stat. 29, 2001), such as neighbours'.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

CONFIDENCES = (0.10, 0.05, 0.01)
"""The levels behind the classes 90 %, 95 % and 99 % that ArcGIS draws."""


def checked_level(level: float) -> float:
    """Return a level strictly between 0 and 1, or raise `ValueError`."""
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, for example 0.05, not {level}")
    return level


def cutoff(p_values: Floats, level: float) -> float:
    """Return the largest p-value that is still a discovery at `level`; -1 when none is.

    The largest p_(i) with p_(i) <= level × i / m, over the m values that are numbers (units alone have none).
    """
    tested = np.sort(p_values[~np.isnan(p_values)], axis=None)
    passing = np.flatnonzero(tested <= checked_level(level) * np.arange(1, len(tested) + 1) / max(len(tested), 1))
    return float(tested[passing[-1]]) if len(passing) else -1.0


def discoveries(p_values: Floats, level: float) -> Bools:
    """Return which p-values are discoveries at `level`. What has no p-value is none."""
    return np.nan_to_num(p_values, nan=2.0) <= cutoff(p_values, level)


def adjusted(p_values: Floats) -> Floats:
    """Return for each p-value the smallest level at which it is a discovery; nan stays nan."""
    found = np.full(p_values.shape, np.nan)
    tested = ~np.isnan(p_values)
    given = p_values[tested]
    order = np.argsort(given, kind="stable")[::-1]
    size = len(given)
    running = np.minimum.accumulate(given[order] * size / np.arange(size, 0, -1)) if size else given
    values = np.empty(size)
    values[order] = np.minimum(running, 1.0)
    found[tested] = values
    return found


def confidence(p_values: Floats, sign: Floats, control: bool = True) -> NDArray[np.int8]:
    """Return the classes that ArcGIS calls Gi_Bin: ±1, ±2, ±3 for 90 %, 95 %, 99 %, hot above and cold below zero.

    Each confidence has a cut-off of its own: Benjamini and Hochberg's at 10 %, 5 % and 1 % when `control`, else the
    level itself.
    """
    bins = np.zeros(p_values.shape, dtype=np.int8)
    for level in CONFIDENCES:
        bins += discoveries(p_values, level) if control else np.nan_to_num(p_values, nan=2.0) <= level
    return (bins * np.sign(np.nan_to_num(sign))).astype(np.int8)
