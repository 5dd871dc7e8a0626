"""The grid of cells on which a density is worked out, and the window inside which events can happen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_CELLS = 16_000_000


@dataclass(frozen=True, slots=True)
class Grid:
    """`rows` × `columns` square cells of `cell` metres; the first has its lower left corner at (`left`, `bottom`)."""

    left: float
    bottom: float
    cell: float
    columns: int
    rows: int

    def __post_init__(self) -> None:
        """Check the size."""
        if not (self.cell > 0 and self.columns >= 1 and self.rows >= 1):
            raise ValueError("a grid needs cells wider than 0 m, and at least one")
        if self.columns * self.rows > MOST_CELLS:
            raise ValueError(f"{self.rows} × {self.columns} cells are too many (at most {MOST_CELLS}): use larger ones")

    @classmethod
    def over(cls, box: tuple[float, float, float, float], cell: float) -> Grid:
        """Return the grid that covers a box (left, bottom, right, top), reaching over its right and top if need be."""
        left, bottom, right, top = box
        if not (cell > 0 and right >= left and top >= bottom):
            raise ValueError("a grid needs a box whose right and top are not below its left and bottom, and a cell")
        count = [max(int(np.ceil(span / cell * (1 - 1e-12))), 1) for span in (right - left, top - bottom)]
        return cls(left, bottom, cell, count[0], count[1])

    @property
    def x(self) -> Floats:
        """The middles of the columns."""
        return self.left + self.cell * (np.arange(self.columns, dtype=np.float64) + 0.5)

    @property
    def y(self) -> Floats:
        """The middles of the rows, from below."""
        return self.bottom + self.cell * (np.arange(self.rows, dtype=np.float64) + 0.5)

    @property
    def area(self) -> float:
        """Square metres of a cell."""
        return self.cell * self.cell

    def inside(self, rings: Sequence[NDArray[np.float64]]) -> NDArray[np.bool_]:
        """Return which cells (rows, columns) have their middle inside rings of corners (k, 2).

        Even-odd: a ring inside another is a hole, and rings side by side (islands) add up. Rings need not be closed.
        """
        starts, ends = [], []
        for ring in rings:
            corners = np.asarray(ring, dtype=np.float64)
            if corners.ndim != 2 or corners.shape[1:] != (2,) or len(corners) < 3 or not np.isfinite(corners).all():
                raise ValueError("a ring needs at least three corners of two numbers each")
            starts.append(corners)
            ends.append(np.roll(corners, -1, axis=0))
        if not starts:
            raise ValueError("a window needs at least one ring")
        start, end = np.concatenate(starts), np.concatenate(ends)
        middles, held = self.x, np.zeros((self.rows, self.columns), dtype=bool)
        for row, y in enumerate(self.y):
            crossing = (start[:, 1] <= y) != (end[:, 1] <= y)
            one, other = start[crossing], end[crossing]
            cuts = one[:, 0] + (y - one[:, 1]) / (other[:, 1] - one[:, 1]) * (other[:, 0] - one[:, 0])
            held[row] = np.searchsorted(np.sort(cuts), middles) % 2 == 1
        return held
