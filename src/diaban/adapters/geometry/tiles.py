"""Equal hexagons near the points, in plain Python: what the map shows where shapely is not installed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from diaban.adapters.geometry.plane import Plane, plane_for
from diaban.adapters.geometry.read import Geometry
from diaban.adapters.geometry.spacing import Point, groups, nearest

_SQRT3 = math.sqrt(3)
_Hex = tuple[int, int]


def tiles(points: Mapping[str, Point]) -> dict[str, Geometry]:
    """Return one hexagon per key, each on the free place of a honeycomb nearest to its point (lon, lat in degrees)."""
    if not points:
        return {}
    plane = plane_for(points.values())
    flat = {key: plane.forward(*points[key]) for key in sorted(points)}
    distances = sorted(distance for distance in nearest(flat).values() if math.isfinite(distance) and distance > 1)
    side = 0.62 * distances[len(distances) // 2] if distances else 3_000.0
    placed: dict[str, Geometry] = {}
    taken: set[_Hex] = set()
    for members in groups(flat, reach=max(10 * side, 30_000.0)):
        centre = _mean([flat[key] for key in members])
        for key in sorted(members, key=lambda name: (math.dist(flat[name], centre), name)):
            place = next(place for place in _outward(_hex_at(flat[key], side)) if place not in taken)
            taken.add(place)
            placed[key] = _outline(place, side, plane)
    return placed


def _mean(points: list[Point]) -> Point:
    return math.fsum(x for x, _y in points) / len(points), math.fsum(y for _x, y in points) / len(points)


def _hex_at(point: Point, side: float) -> _Hex:
    """Return the axial coordinates of the pointed-top hexagon that holds the point (cube rounding)."""
    q = (_SQRT3 / 3 * point[0] - point[1] / 3) / side
    r = 2 / 3 * point[1] / side
    x, z = round(q), round(r)
    y = round(-q - r)
    dx, dy, dz = abs(x - q), abs(y + q + r), abs(z - r)
    if dx > dy and dx > dz:
        x = -y - z
    elif dy <= dz:
        z = -x - y
    return x, z


def _outward(start: _Hex) -> Iterator[_Hex]:
    """Yield the place, then its rings from near to far."""
    yield start
    steps = ((1, 0), (0, 1), (-1, 1), (-1, 0), (0, -1), (1, -1))
    ring = 1
    while True:
        q, r = start[0], start[1] - ring
        for dq, dr in steps:
            for _step in range(ring):
                yield q, r
                q, r = q + dq, r + dr
        ring += 1


def _outline(place: _Hex, side: float, plane: Plane) -> Geometry:
    x, y = side * _SQRT3 * (place[0] + place[1] / 2), side * 1.5 * place[1]
    ring: list[list[float]] = []
    for corner in range(6):
        angle = math.pi / 3 * corner + math.pi / 6
        lon, lat = plane.inverse(x + side * math.cos(angle), y + side * math.sin(angle))
        ring.append([round(lon, 5), round(lat, 5)])
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
