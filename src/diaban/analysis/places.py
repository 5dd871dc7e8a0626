"""The places of a table, numbered: its areas, its distinct points, or squares that points are gathered into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diaban.analysis.tables import NOT_REPORTED, AreaCounts, PointEvents, Table
from diaban.engine.local import squares
from diaban.engine.local.cells import Plane
from diaban.engine.positions import Positions
from diaban.engine.scan import gather

NICE = (50, 100, 200, 300, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 7_500, 10_000, 20_000, 50_000, 100_000)
"""Sides of squares, in metres, that are chosen from when nobody chooses."""


@dataclass(frozen=True, eq=False)
class Places:
    """Places and the cases in them.

    `positions` (P,); `units`, `names`: of areas, empty for points. `place`, `day` (n,): every case by itself, in the
    order of the rows; `other_place`, `other_day`: the controls, when there are any. `cell`: the side of the squares
    that points were gathered into, None when nothing was gathered. `pairs`: areas that touch, None where not known.
    """

    positions: Positions
    place: NDArray[np.int32]
    day: NDArray[np.int32]
    units: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    population: NDArray[np.float64] | None = None
    other_place: NDArray[np.int32] | None = None
    other_day: NDArray[np.int32] | None = None
    cell: float | None = None
    pairs: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        """Return the number of places."""
        return len(self.positions)

    def told(self, chosen: Sequence[int] | NDArray[np.int32]) -> dict[str, Any]:
        """Return the chosen places as they stand in a row of an answer: codes of areas, or coordinates of points."""
        rows = [int(place) for place in chosen]
        if self.units:
            return {"units": [self.units[row] for row in rows], "names": [self.names[row] for row in rows]}
        return {"points": [[float(self.positions.x[row]), float(self.positions.y[row])] for row in rows]}

    def centre(self, x: float, y: float) -> dict[str, float]:
        """Return a position with the names of its axes."""
        return {"lat": y, "lon": x} if self.positions.geodesic else {"x": x, "y": y}


def of_areas(table: AreaCounts) -> Places:
    """Return the areas of a table, with each of its events as a case. Areas that reported nothing add none."""
    times = np.maximum(table.count, 0)
    place, day = np.repeat(table.unit, times), np.repeat(table.day, times)
    others: tuple[Any, Any] = (None, None)
    if table.controls is not None:
        times = np.maximum(table.controls, 0)
        others = np.repeat(table.unit, times), np.repeat(table.day, times)
    pairs = None if table.pairs is None else table.pairs.astype(np.int64)
    return Places(table.positions, place, day, table.units, table.names, table.population, *others, pairs=pairs)


def of_points(table: PointEvents, cell: float | None = None) -> Places:
    """Return the distinct points of a table, or the squares of side `cell` metres that hold some.

    A square stands at the mean of its events, so that distances stay true to them.
    """
    if cell is None:
        positions, which = gather(table.positions)
    else:
        laid = squares(table.positions, cell, everywhere=False)
        which = laid.member.astype(np.int32)
        number = np.bincount(which, minlength=len(laid))
        x, y = (np.bincount(which, weights=axis, minlength=len(laid)) / number for axis in _axes(table.positions))
        positions = Positions(x, y, table.positions.geodesic, table.positions.radius)
    if table.control is None:
        return Places(positions, which, table.day, cell=cell)
    case, other = ~table.control, table.control
    return Places(positions, which[case], table.day[case], (), (), None, which[other], table.day[other], cell)


def _axes(positions: Positions) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return positions.x, positions.y


def places_of(table: Table, cell: float | None = None) -> Places:
    """Return the places of a table."""
    return of_areas(table) if isinstance(table, AreaCounts) else of_points(table, cell)


def side_for(positions: Positions, most: int) -> float:
    """Return the smallest of the nice sides with which events lie in at most `most` squares."""
    for side in NICE:
        if len(squares(positions, side, everywhere=False)) <= most:
            return float(side)
    return float(NICE[-1])


def plane_of(positions: Positions) -> Positions:
    """Return positions in metres: as they are, or on the plane round their middle (`engine.local.cells`)."""
    return positions if not positions.geodesic else Positions(*Plane.of(positions).forward(positions))


def unreported(table: AreaCounts) -> int:
    """Return how many rows were not reported."""
    return int((table.count == NOT_REPORTED).sum())
