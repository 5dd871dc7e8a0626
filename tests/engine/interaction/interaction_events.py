"""Data for tests of interaction."""

from __future__ import annotations

import warnings
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from diaban.engine.positions import Positions


class Events(NamedTuple):
    positions: Positions
    steps: NDArray[np.int64]


@cache
def burkitt() -> Events:
    """188 cases of a disease in a district of Uganda, as libpysal ships them to show what it does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import libpysal

        table = libpysal.io.open(libpysal.examples.get_path("burkitt.dbf"))
        x, y, steps = (np.array(table.by_col(name)) for name in ("X", "Y", "T"))
        table.close()
    return Events(Positions(x, y), steps.astype(np.int64))


def scattered(seed: int, count: int, side: float = 1000.0, span: int = 100) -> Events:
    """Return events that know nothing of each other."""
    rng = np.random.default_rng(seed)
    return Events(Positions(*rng.uniform(0, side, (2, count))), rng.integers(0, span, count))


def repeating(seed: int, count: int, children: int) -> Events:
    """Return events of which some are followed by another within 30 m and 3 days."""
    base = scattered(seed, count, 3000.0, 365)
    rng = np.random.default_rng(seed + 1)
    x = np.concatenate([base.positions.x, base.positions.x[:children] + rng.uniform(-20, 20, children)])
    y = np.concatenate([base.positions.y, base.positions.y[:children] + rng.uniform(-20, 20, children)])
    steps = np.concatenate([base.steps, base.steps[:children] + rng.integers(0, 4, children)])
    return Events(Positions(x, y), steps)
