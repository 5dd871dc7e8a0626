"""How far apart points lie, in plain Python: nearest neighbours, groups, and coincident points moved apart."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

Point = tuple[float, float]


class _Grid:
    """Points in square boxes, so that a neighbour is sought in nine boxes instead of everywhere."""

    def __init__(self, points: Mapping[str, Point], size: float) -> None:
        self.points = points
        self.size = size
        self.boxes: dict[tuple[int, int], list[str]] = {}
        for key in sorted(points):
            self.boxes.setdefault(self._box(points[key]), []).append(key)

    def _box(self, point: Point) -> tuple[int, int]:
        return math.floor(point[0] / self.size), math.floor(point[1] / self.size)

    def around(self, point: Point, rings: int) -> Iterator[str]:
        column, row = self._box(point)
        for x in range(column - rings, column + rings + 1):
            for y in range(row - rings, row + rings + 1):
                yield from self.boxes.get((x, y), ())


def _box_size(points: Mapping[str, Point]) -> float:
    """Return a side that puts about two points in a box of the region they cover."""
    xs = [point[0] for point in points.values()]
    ys = [point[1] for point in points.values()]
    return max(math.sqrt((max(xs) - min(xs) + 1) * (max(ys) - min(ys) + 1) * 2 / len(points)), 1.0)


def nearest(points: Mapping[str, Point], *, rank: int = 1) -> dict[str, float]:
    """Return the distance to each point's `rank`-th nearest other point (the farthest when fewer; inf alone)."""
    if not points:
        return {}
    grid = _Grid(points, _box_size(points))
    found: dict[str, float] = {}
    for key, point in points.items():
        rings = 1
        while True:
            everywhere = (2 * rings + 1) ** 2 >= 2 * len(points)
            others = points if everywhere else grid.around(point, rings)
            distances = sorted(math.dist(point, points[other]) for other in others if other != key)
            # A point outside the rings is more than `rings` sides away, so anything nearer than that is final.
            if everywhere or (len(distances) >= rank and distances[rank - 1] <= rings * grid.size):
                found[key] = distances[min(rank, len(distances)) - 1] if distances else math.inf
                break
            rings *= 2
    return found


def groups(points: Mapping[str, Point], *, reach: float) -> list[tuple[str, ...]]:
    """Return the points in groups: two belong together when a chain of steps no longer than `reach` joins them."""
    grid = _Grid(points, reach)
    left = set(points)
    found: list[tuple[str, ...]] = []
    for start in sorted(points):
        if start not in left:
            continue
        left.discard(start)
        members, queue = [start], [start]
        while queue:
            point = points[queue.pop()]
            for other in grid.around(point, 1):
                if other in left and math.dist(point, points[other]) <= reach:
                    left.discard(other)
                    members.append(other)
                    queue.append(other)
        found.append(tuple(sorted(members)))
    return found


def spread(points: Mapping[str, Point], *, apart: float = 200.0) -> dict[str, Point]:
    """Return the points with coincident ones (within one metre) set on a small circle: each has room for a cell."""
    together: dict[tuple[int, int], list[str]] = {}
    for key in sorted(points):
        together.setdefault((round(points[key][0]), round(points[key][1])), []).append(key)
    moved: dict[str, Point] = {}
    for members in together.values():
        for index, key in enumerate(members):
            x, y = points[key]
            if len(members) > 1:
                angle = 2 * math.pi * index / len(members)
                x, y = x + apart * math.cos(angle), y + apart * math.sin(angle)
            moved[key] = (x, y)
    return moved
