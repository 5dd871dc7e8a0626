"""Squares and hexagons of equal size laid over events, so that counts can be compared.

Degrees are first put on a plane: the azimuthal equidistant projection of a sphere, centred in the middle of the events
(J. P. Snyder, Map Projections, USGS Professional Paper 1395, 1987). Distances from the centre are true; elsewhere, at r
metres from it, lengths are off by at most r² / 6R²: 4 in 100,000 at 100 km, 13 at 180 km, 1 in 100 at 1,500 km.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from diaban.engine.local.neighbours import Neighbours, touching
from diaban.engine.positions import Positions

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_CELLS = 2_000_000
_NO_PLANE = (float("nan"), float("nan"))


class Shape(StrEnum):
    """The shape of a cell."""

    SQUARE = "square"
    HEXAGON = "hexagon"


@dataclass(frozen=True, eq=False)
class Plane:
    """The plane that cells are laid on: that of the events, or one round `centre` (longitude, latitude)."""

    geodesic: bool
    centre: tuple[float, float]
    radius: float

    @classmethod
    def of(cls, positions: Positions) -> Plane:
        """Return the plane of the positions' own metres, or the one round the middle of their degrees."""
        if not positions.geodesic:
            return cls(False, _NO_PLANE, positions.radius)
        middle = positions.embedded.mean(axis=0)
        if np.linalg.norm(middle) < 0.5 * positions.radius:
            raise ValueError("the events lie too far apart for one plane: cut the area, or give units of your own")
        longitude = float(np.degrees(np.arctan2(middle[1], middle[0])))
        latitude = float(np.degrees(np.arctan2(middle[2], np.hypot(middle[0], middle[1]))))
        return cls(True, (longitude, latitude), positions.radius)

    def forward(self, positions: Positions) -> tuple[Floats, Floats]:
        """Return metres on the plane."""
        if not self.geodesic:
            return positions.x, positions.y
        east, north = np.radians(positions.x - self.centre[0]), np.radians(positions.y)
        middle = np.radians(self.centre[1])
        apart = positions.distances(*self.centre) / self.radius
        stretch = self.radius / np.sinc(apart / np.pi)
        x = stretch * np.cos(north) * np.sin(east)
        y = stretch * (np.cos(middle) * np.sin(north) - np.sin(middle) * np.cos(north) * np.cos(east))
        return x, y

    def back(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return longitude and latitude of metres on the plane, or the metres of a plane that was given."""
        if not self.geodesic:
            return x, y
        apart = np.hypot(x, y) / self.radius
        middle = np.radians(self.centre[1])
        shrunk = np.sinc(apart / np.pi) / self.radius
        north = np.arcsin(np.clip(np.cos(apart) * np.sin(middle) + y * shrunk * np.cos(middle), -1, 1))
        east = np.arctan2(x * shrunk, np.cos(middle) * np.cos(apart) - y * shrunk * np.sin(middle))
        longitude = (self.centre[0] + np.degrees(east) + 180) % 360 - 180
        latitude: Floats = np.degrees(north)
        return longitude, latitude


@dataclass(frozen=True, eq=False)
class Cells:
    """Cells laid over events.

    - `column`, `row` (n,): each cell's whole-number address. Rows of hexagons are shifted by half a cell where odd.
    - `size` (metres): the width of a square; of a hexagon, the distance of two opposite sides, which is also that
      between the centres of neighbours.
    - `origin`: the metres on the plane of the middle of cell (0, 0).
    - `member` (events,): the cell of each event. `counts` (n,): events in each cell.
    """

    shape: Shape
    size: float
    plane: Plane
    origin: tuple[float, float]
    column: Ints
    row: Ints
    member: Ints

    def __len__(self) -> int:
        """Return the number of cells."""
        return len(self.column)

    @cached_property
    def counts(self) -> Ints:
        """How many events lie in each cell."""
        return np.bincount(self.member, minlength=len(self)).astype(np.int64)

    @cached_property
    def _middles(self) -> tuple[Floats, Floats]:
        odd, height = (0.0, 1.0) if self.shape is Shape.SQUARE else (0.5, 3**0.5 / 2)
        x: Floats = self.origin[0] + self.size * (self.column + odd * (self.row % 2))
        y: Floats = self.origin[1] + (self.size * height) * self.row.astype(np.float64)
        return x, y

    @cached_property
    def centres(self) -> Positions:
        """The middle of each cell, as the events were given."""
        return Positions(*self.plane.back(*self._middles), self.plane.geodesic, self.plane.radius)

    @cached_property
    def corners(self) -> Floats:
        """The corners of each cell, (n, 4 or 6, 2), against the clock, as the events were given."""
        if self.shape is Shape.SQUARE:
            across, up = np.array([-1, 1, 1, -1]) / 2, np.array([-1, -1, 1, 1]) / 2
        else:
            angle = np.radians(np.arange(6) * 60 - 90)
            across, up = np.cos(angle) / 3**0.5, np.sin(angle) / 3**0.5
        x, y = (middle[:, None] + self.size * side for middle, side in zip(self._middles, (across, up), strict=True))
        return np.stack(self.plane.back(x, y), axis=-1)

    @cached_property
    def neighbours(self) -> Neighbours:
        """Cells that touch: eight round a square (corners too), six round a hexagon."""
        address = {(c, r): n for n, (c, r) in enumerate(zip(self.column.tolist(), self.row.tolist(), strict=True))}
        pairs = []
        for (column, row), cell in address.items():
            shift = row % 2
            ahead = (
                ((1, 0), (-1, 1), (0, 1), (1, 1))
                if self.shape is Shape.SQUARE
                else ((1, 0), (shift - 1, 1), (shift, 1))
            )
            for across, up in ahead:
                found = address.get((column + across, row + up))
                if found is not None:
                    pairs.append((cell, found))
        return touching(len(self), np.array(pairs, dtype=np.int64).reshape(-1, 2))


def squares(events: Positions, size: float, *, everywhere: bool = True) -> Cells:
    """Lay squares of `size` metres over the events.

    `everywhere`: all cells of the rectangle round the events, empty ones too; else only cells with events. A map of
    the latter says "high among places where something happened", which is another question.
    Raises `ValueError` without events, on a size of zero, and when more than two million cells would be needed.
    """
    return _lay(Shape.SQUARE, events, size, everywhere)


def hexagons(events: Positions, size: float, *, everywhere: bool = True) -> Cells:
    """Lay hexagons over the events, `size` metres from side to opposite side; otherwise as `squares`."""
    return _lay(Shape.HEXAGON, events, size, everywhere)


def _lay(shape: Shape, events: Positions, size: float, everywhere: bool) -> Cells:
    if not len(events):
        raise ValueError("there are no events to lay cells over")
    if not (np.isfinite(size) and size > 0):
        raise ValueError(f"the size of a cell must be above zero metres, not {size}")
    plane = Plane.of(events)
    x, y = plane.forward(events)
    origin = (float(x.min()) + size / 2, float(y.min()) + size / 2)
    across, up = (x - origin[0]) / size, (y - origin[1]) / size
    if max(float(across.max()) + 2, 1) * max(float(up.max()) + 2, 1) > MOST_CELLS and everywhere:
        raise ValueError(
            f"cells of {size:g} m would be more than {MOST_CELLS:,}: choose larger ones, or only those with events"
        )
    if shape is Shape.SQUARE:
        column, row = np.floor(across + 0.5).astype(np.int64), np.floor(up + 0.5).astype(np.int64)
    else:
        column, row = _hexagon_of(across, up)
    low, left = int(row.min()), int(column.min())
    breadth = int(column.max()) - left + 1
    address = (row - low) * breadth + (column - left)
    if everywhere:
        cells, member = np.arange((int(row.max()) - low + 1) * breadth), address
    else:
        cells, member = np.unique(address, return_inverse=True)
    return Cells(shape, size, plane, origin, cells % breadth + left, cells // breadth + low, member.astype(np.int64))


def _hexagon_of(across: Floats, up: Floats) -> tuple[Ints, Ints]:
    """Return column and row of the hexagon whose middle is nearest; the lower row, then column, of equal ones."""
    height = 3**0.5 / 2
    guess = np.floor(up / height).astype(np.int64)
    best = np.full(len(across), np.inf)
    column, row = np.zeros(len(across), np.int64), np.zeros(len(across), np.int64)
    for step in (0, 1):
        tried = guess + step
        shift = 0.5 * (tried % 2)
        near = np.ceil(across - shift - 0.5).astype(np.int64)
        apart = (across - near - shift) ** 2 + (up - tried * height) ** 2
        closer = apart < best - 1e-12
        best[closer], column[closer], row[closer] = apart[closer], near[closer], tried[closer]
    return column, row
