"""Where things are: positions on a plane or on the earth, and the distances between them.

Two kinds, never mixed: metres of a stated projection, and degrees of longitude and latitude. Distances between
degrees are lengths of great circles on a sphere (haversine); its radius is the earth's mean one, 6,371.0088 km (IUGG;
H. Moritz, Geodetic Reference System 1980, J. Geodesy 74, 2000), and the sphere errs by at most 0.5 % against the
ellipsoid. So an island 180 km out at sea needs no projection and no special case.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

EARTH_RADIUS = 6_371_008.8
"""Mean radius of the earth in metres."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Positions:
    """`n` positions: `x`, `y` in metres, or longitude and latitude in degrees when `geodesic`.

    Raises `ValueError` when the arrays differ in length, hold something that is no number, or are no degrees.
    """

    x: Floats
    y: Floats
    geodesic: bool = False
    radius: float = EARTH_RADIUS

    def __post_init__(self) -> None:
        """Check and freeze the arrays."""
        for name in ("x", "y"):
            values = np.ascontiguousarray(getattr(self, name), dtype=np.float64)
            values.setflags(write=False)
            object.__setattr__(self, name, values)
        if self.x.ndim != 1 or self.x.shape != self.y.shape:
            raise ValueError(f"x and y must be two rows of the same length, not {self.x.shape} and {self.y.shape}")
        if not (np.isfinite(self.x).all() and np.isfinite(self.y).all()):
            raise ValueError("every position needs two numbers")
        if self.geodesic and (np.abs(self.x) > 360).any() | (np.abs(self.y) > 90).any():
            raise ValueError("degrees of longitude lie within ±360, of latitude within ±90")

    def __len__(self) -> int:
        """Return the number of positions."""
        return len(self.x)

    @cached_property
    def embedded(self) -> Floats:
        """The positions where straight lines keep the order of distances: (n, 2) metres, or (n, 3) on the sphere.

        For KD-trees: ask for `chord(distance)` instead of the distance.
        """
        if not self.geodesic:
            return np.column_stack([self.x, self.y])
        longitude, latitude = np.radians(self.x), np.radians(self.y)
        return self.radius * np.column_stack(
            [np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)]
        )

    def chord(self, distance: float) -> float:
        """Return the straight length in `embedded` of a distance in metres."""
        if not self.geodesic:
            return distance
        return float(2 * self.radius * np.sin(min(distance / (2 * self.radius), np.pi / 2)))

    def arc(self, chord: Floats) -> Floats:
        """Return the distances in metres of straight lengths in `embedded`."""
        if not self.geodesic:
            return chord
        arcs: Floats = 2 * self.radius * np.arcsin(np.minimum(chord / (2 * self.radius), 1))
        return arcs

    def distances(self, x: float, y: float) -> Floats:
        """Return the distance in metres of every position to one, given as the positions are."""
        if not self.geodesic:
            return np.hypot(self.x - x, self.y - y)
        here, there = np.radians(self.y), np.radians(y)
        half = np.sin((here - there) / 2) ** 2 + np.cos(here) * np.cos(there) * np.sin(np.radians(self.x - x) / 2) ** 2
        arcs: Floats = 2 * self.radius * np.arcsin(np.sqrt(np.minimum(half, 1)))
        return arcs

    def take(self, chosen: NDArray[np.intp]) -> Positions:
        """Return the chosen positions, in that order."""
        return Positions(self.x[chosen], self.y[chosen], self.geodesic, self.radius)
