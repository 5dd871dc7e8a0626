"""Fewer vertices for display, with shared edges kept shared."""

from __future__ import annotations

import json
from collections.abc import Mapping

from diaban.adapters.geometry.extra import shapely_module
from diaban.adapters.geometry.plane import plane_for
from diaban.adapters.geometry.read import Geometry, bounds, positions
from diaban.adapters.geometry.warp import to_degrees, to_metres

# 1e-5 degrees is about one metre: enough for a map on a screen, half the bytes.
_DIGITS = 1e-5


def vertices(geometry: Geometry) -> int:
    """Return how many positions the geometry has."""
    return sum(1 for _position in positions(geometry))


def thin(geometries: Mapping[str, Geometry], *, metres: float) -> dict[str, Geometry]:
    """Return copies whose edges deviate by about `metres`; neighbours keep one common edge.

    Uses coverage simplification (Visvalingam-Whyatt on shared edges). Where the input is not a clean coverage each
    geometry is thinned alone, so that a flawed layer is still shown.
    """
    shapely = shapely_module()
    keys = list(geometries)
    if not keys:
        return {}
    shapes = shapely.from_geojson([json.dumps(geometries[key]) for key in keys])
    corners = [corner for key in keys for corner in (bounds(geometries[key])[:2], bounds(geometries[key])[2:])]
    plane = plane_for(corners)
    flat = to_metres(shapes, plane)
    if shapely.coverage_is_valid(flat):
        flat = shapely.coverage_simplify(flat, metres)
    else:
        flat = shapely.simplify(flat, metres, preserve_topology=True)
    thinned = shapely.set_precision(to_degrees(flat, plane), _DIGITS, mode="pointwise")
    found: dict[str, Geometry] = {}
    for key, shape in zip(keys, thinned, strict=True):
        whole = shape if shape.is_valid else shapely.make_valid(shape)
        geometry = json.loads(shapely.to_geojson(whole))
        found[key] = geometry if geometry["type"] in ("Polygon", "MultiPolygon") else geometries[key]
    return found
