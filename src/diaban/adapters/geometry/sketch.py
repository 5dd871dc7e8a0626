"""A schematic tessellation from one point per territory: "lược đồ, không phải địa giới".

Each point's cell is its Voronoi cell, clipped to a soft hull so that the sketch has a coast instead of wedges running
to infinity. Points far from all others (an island 180 km out) are a group of their own and get a round cell. The
result depends on the points alone, not on their order.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from diaban.adapters.geometry.extra import shapely_module
from diaban.adapters.geometry.plane import Plane, plane_for
from diaban.adapters.geometry.read import Geometry
from diaban.adapters.geometry.spacing import Point, groups, nearest, spread
from diaban.adapters.geometry.warp import to_degrees

_DIGITS = 1e-5


def sketch(points: Mapping[str, Point]) -> dict[str, Geometry]:
    """Return a cell per key for points in degrees (lon, lat). Cells of one group share edges and do not overlap."""
    shapely = shapely_module()
    if not points:
        return {}
    plane = plane_for(points.values())
    flat = spread({key: plane.forward(*points[key]) for key in sorted(points)})
    typical = _typical_spacing(flat)
    cells: dict[str, Any] = {}
    for members in groups(flat, reach=max(6 * typical, 30_000.0)):
        cells |= _cells(shapely, {key: flat[key] for key in members}, typical)
    keys = sorted(cells)
    return _as_geojson(shapely, keys, [cells[key] for key in keys], plane)


def _typical_spacing(flat: Mapping[str, Point]) -> float:
    """Return the median distance to the nearest neighbour in metres; 5 km for a single point."""
    distances = sorted(distance for distance in nearest(flat).values() if math.isfinite(distance))
    return distances[len(distances) // 2] if distances else 5_000.0


def _cells(shapely: Any, flat: Mapping[str, Point], typical: float) -> dict[str, Any]:
    keys = sorted(flat)
    hull = _soft_hull(shapely, flat, typical)
    if len(keys) == 1:
        return {keys[0]: hull}
    located = shapely.points([flat[key] for key in keys])
    regions = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(located), extend_to=hull))
    holder, owner = shapely.STRtree(regions).query(located, predicate="within")
    found: dict[str, Any] = {}
    for point_index, region_index in zip(holder, owner, strict=True):
        clipped = shapely.intersection(regions[region_index], hull)
        found[keys[point_index]] = _piece_with(shapely, clipped, located[point_index])
    return found


def _piece_with(shapely: Any, shape: Any, point: Any) -> Any:
    """Return the part of `shape` that holds the point: a cell cut in two by a bay keeps its own side."""
    parts = shapely.get_parts(shape)
    return (
        min(parts, key=lambda part: (shapely.distance(part, point), -shapely.area(part))) if len(parts) > 1 else shape
    )


def _soft_hull(shapely: Any, flat: Mapping[str, Point], typical: float) -> Any:
    """Return a rounded outline around the points.

    Discs as large as the local spacing are joined, then closed and smoothed, so bays wider than two cells stay open and
    a dense town does not swell into the sea.
    """
    near = nearest(flat, rank=3)
    keys = sorted(flat)
    radii = [
        min(max(0.55 * near[key], 0.3 * typical), 1.15 * typical) if math.isfinite(near[key]) else typical
        for key in keys
    ]
    discs = shapely.buffer(shapely.points([flat[key] for key in keys]), radii, quad_segs=16)
    joined = shapely.union_all(discs)
    close = 1.6 * typical
    closed = shapely.buffer(shapely.buffer(joined, close), -close)
    parts = [shapely.polygons(shapely.get_exterior_ring(part)) for part in shapely.get_parts(closed)]
    return shapely.simplify(shapely.union_all(parts), typical / 60)


def _as_geojson(shapely: Any, keys: list[str], cells: list[Any], plane: Plane) -> dict[str, Geometry]:
    degrees = shapely.set_precision(to_degrees(cells, plane), _DIGITS, mode="pointwise")
    return {key: json.loads(shapely.to_geojson(cell)) for key, cell in zip(keys, degrees, strict=True)}
