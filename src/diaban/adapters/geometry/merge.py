"""Several outlines as one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from diaban.adapters.geometry.extra import MapsMissing, shapely_module
from diaban.adapters.geometry.read import Geometry


def merge(geometries: Sequence[Geometry]) -> Geometry:
    """Return the union of one or more outlines; without shapely the parts side by side, inner edges included."""
    if len(geometries) == 1:
        return geometries[0]
    try:
        shapely = shapely_module()
    except MapsMissing:
        return _side_by_side(geometries)
    shapes = shapely.make_valid(shapely.from_geojson([json.dumps(geometry) for geometry in geometries]))
    union: dict[str, Any] = json.loads(shapely.to_geojson(shapely.union_all(shapes)))
    # A repair can leave lines or points beside the areas; then the parts are shown as they are.
    return union if union["type"] in ("Polygon", "MultiPolygon") else _side_by_side(geometries)


def _side_by_side(geometries: Sequence[Geometry]) -> Geometry:
    polygons: list[Any] = []
    for geometry in geometries:
        coordinates = geometry["coordinates"]
        polygons.extend([coordinates] if geometry["type"] == "Polygon" else coordinates)
    return {"type": "MultiPolygon", "coordinates": polygons}
