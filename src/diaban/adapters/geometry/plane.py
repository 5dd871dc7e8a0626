"""Flat coordinates in metres whose areas are the ellipsoid's own.

The projection is the cylindrical equal-area one (Snyder, Map Projections: A Working Manual, USGS 1395, §10) on WGS 84
with the standard parallel at the middle of the data: areas are exact everywhere, shapes are true near that parallel.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

SEMI_MAJOR = 6_378_137.0
_FLATTENING = 1 / 298.257223563
_E2 = _FLATTENING * (2 - _FLATTENING)
_E = math.sqrt(_E2)


def q_of_sine_parts() -> tuple[float, float]:
    """Return the ellipsoid's e and 1 - e², the two constants of `q_of_sine`."""
    return _E, 1 - _E2


def q_of_sine(sine: float) -> float:
    """Return Snyder's q (3-12) for the sine of a latitude."""
    es = _E * sine
    return (1 - _E2) * (sine / (1 - es * es) - math.log((1 - es) / (1 + es)) / (2 * _E))


@dataclass(frozen=True, slots=True)
class Plane:
    """A projection around one longitude and one latitude, both in degrees."""

    lon0: float
    lat0: float

    @property
    def scale(self) -> float:
        """Return Snyder's k0 (10-13), a number without unit."""
        sine = math.sin(math.radians(self.lat0))
        return math.cos(math.radians(self.lat0)) / math.sqrt(1 - _E2 * sine * sine)

    @property
    def q0(self) -> float:
        """Return q at the plane's own latitude."""
        return q_of_sine(math.sin(math.radians(self.lat0)))

    def forward(self, lon: float, lat: float) -> tuple[float, float]:
        """Return metres east and north of the origin for degrees."""
        north = SEMI_MAJOR * (q_of_sine(math.sin(math.radians(lat))) - self.q0) / (2 * self.scale)
        return SEMI_MAJOR * math.radians(lon - self.lon0) * self.scale, north

    def inverse(self, x: float, y: float) -> tuple[float, float]:
        """Return degrees for metres: Newton's method on q (Snyder 3-16), good to 1e-10 degrees."""
        lon = self.lon0 + math.degrees(x / (SEMI_MAJOR * self.scale))
        q = 2 * self.scale * y / SEMI_MAJOR + self.q0
        phi = math.asin(max(-1.0, min(1.0, q / 2)))
        for _step in range(8):
            sine = math.sin(phi)
            inner = 1 - _E2 * sine * sine
            change = inner * inner / (2 * math.cos(phi)) * (q - q_of_sine(sine)) / (1 - _E2)
            phi += change
            if abs(change) < 1e-14:
                break
        return lon, math.degrees(phi)


def plane_for(points: Iterable[tuple[float, float]]) -> Plane:
    """Return the plane centred on the box around `points` (lon, lat; at least one)."""
    lons, lats = zip(*points, strict=True)
    return Plane((min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2)
