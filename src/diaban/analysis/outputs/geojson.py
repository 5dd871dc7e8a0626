"""What is on the map as GeoJSON (RFC 7946): circles as polygons, squares, areas by their outline or their point."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from diaban.analysis.answer import Answer, Shape, to_document
from diaban.analysis.tables import AreaCounts, Table
from diaban.engine.positions import EARTH_RADIUS

_CORNERS = 64


def geojson_of(answer: Answer, table: Table) -> dict[str, Any]:
    """Return a FeatureCollection; each feature carries the row of the answer that it belongs to.

    Positions in metres of a projection stay as they are, and the collection says so (`diaban.coordinates`).
    """
    document = to_document(answer)
    rows = document[answer.rows]
    features = []
    for shape in answer.shapes:
        geometry = _geometry(shape, answer.geodesic, table)
        if geometry is None:
            continue
        properties: dict[str, Any] = {"kind": shape.kind, "tone": shape.tone, "label": shape.label}
        if shape.unit is not None:
            properties["unit_code"] = shape.unit
        if shape.value is not None:
            properties["value"] = shape.value
        if shape.row is not None:
            properties |= {name: value for name, value in rows[shape.row].items() if name not in ("points", "units")}
        features.append({"type": "Feature", "geometry": geometry, "properties": properties})
    told = {name: document[name] for name in ("schema", "question", "level", "headline", "cautions", "reproduce")}
    told["coordinates"] = "degrees" if answer.geodesic else "metres"
    return {"type": "FeatureCollection", "features": features, "diaban": told}


def _geometry(shape: Shape, geodesic: bool, table: Table) -> dict[str, Any] | None:
    if shape.kind == "area":
        return _area(shape, table)
    if shape.x is None or shape.y is None:
        return None
    if shape.kind == "circle" and shape.radius:
        return _polygon(around(shape.x, shape.y, shape.radius, geodesic))
    if shape.kind == "square" and shape.side:
        return _polygon(square(shape.x, shape.y, shape.side, geodesic))
    return {"type": "Point", "coordinates": _pair(shape.x, shape.y)}


def _area(shape: Shape, table: Table) -> dict[str, Any] | None:
    if not isinstance(table, AreaCounts) or shape.unit not in table.units:
        return None
    place = table.units.index(shape.unit)
    if table.rings and table.rings[place]:
        parts = [[[_pair(float(x), float(y)) for x, y in _closed(ring)]] for ring in table.rings[place]]
        return {"type": "MultiPolygon", "coordinates": parts}
    return {"type": "Point", "coordinates": _pair(float(table.positions.x[place]), float(table.positions.y[place]))}


def _closed(ring: Any) -> Any:
    return ring if np.array_equal(ring[0], ring[-1]) else np.vstack([ring, ring[:1]])


def around(x: float, y: float, radius: float, geodesic: bool) -> list[tuple[float, float]]:
    """Return a circle of `radius` metres as a ring against the clock, on the sphere when positions are degrees."""
    turns = [2 * math.pi * corner / _CORNERS for corner in range(_CORNERS)]
    if not geodesic:
        return [(x + radius * math.cos(turn), y + radius * math.sin(turn)) for turn in turns]
    arc, latitude = radius / EARTH_RADIUS, math.radians(y)
    ring = []
    for turn in turns:
        sine = math.sin(latitude) * math.cos(arc) + math.cos(latitude) * math.sin(arc) * math.sin(turn)
        east = math.atan2(
            math.cos(turn) * math.sin(arc) * math.cos(latitude), math.cos(arc) - math.sin(latitude) * sine
        )
        ring.append((x + math.degrees(east), math.degrees(math.asin(min(max(sine, -1.0), 1.0)))))
    return ring


def square(x: float, y: float, side: float, geodesic: bool) -> list[tuple[float, float]]:
    """Return a square of `side` metres round its middle as a ring against the clock."""
    up = side / 2
    across = up
    if geodesic:
        up = math.degrees(side / 2 / EARTH_RADIUS)
        across = up / max(math.cos(math.radians(y)), 1e-6)
    return [(x - across, y - up), (x + across, y - up), (x + across, y + up), (x - across, y + up)]


def _polygon(ring: list[tuple[float, float]]) -> dict[str, Any]:
    closed = [*ring, ring[0]]
    return {"type": "Polygon", "coordinates": [[_pair(x, y) for x, y in closed]]}


def _pair(x: float, y: float) -> list[float]:
    return [round(x, 7), round(y, 7)]
