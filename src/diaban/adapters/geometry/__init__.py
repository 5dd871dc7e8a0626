"""Outlines of territories: reading GeoJSON, checking a coverage, thinning it for display, sketching one from points.

Longitude and latitude are degrees in WGS 84 (EPSG:4326), in GeoJSON's order: longitude first. Areas are square metres
on the ellipsoid. Reading and the tiles need nothing but Python; checks, thinning and the sketch need the optional extra
`maps` (shapely) and raise `MapsMissing` with the way to get it.
"""

from __future__ import annotations

from diaban.adapters.geometry.checks import check_coverage
from diaban.adapters.geometry.extra import MapsMissing, maps_available
from diaban.adapters.geometry.merge import merge
from diaban.adapters.geometry.problems import Problem, Severity
from diaban.adapters.geometry.read import Feature, Geometry, ReadResult, bounds, read_geojson
from diaban.adapters.geometry.sketch import sketch
from diaban.adapters.geometry.thin import thin, vertices
from diaban.adapters.geometry.tiles import tiles

__all__ = [
    "Feature",
    "Geometry",
    "MapsMissing",
    "Problem",
    "ReadResult",
    "Severity",
    "bounds",
    "check_coverage",
    "maps_available",
    "merge",
    "read_geojson",
    "sketch",
    "thin",
    "tiles",
    "vertices",
]
