"""Maps that several tests look at."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from diaban.engine.local import Neighbours, touching


def queen(rows: int, columns: int) -> Neighbours:
    """A lattice whose cells touch at sides and corners."""
    cell = np.arange(rows * columns).reshape(rows, columns)
    pairs = [
        (cell[:, :-1], cell[:, 1:]),
        (cell[:-1], cell[1:]),
        (cell[:-1, :-1], cell[1:, 1:]),
        (cell[:-1, 1:], cell[1:, :-1]),
    ]
    return touching(rows * columns, np.concatenate([np.column_stack([a.ravel(), b.ravel()]) for a, b in pairs]))


@pytest.fixture(scope="session")
def lattice() -> Callable[[int, int], Neighbours]:
    return queen
