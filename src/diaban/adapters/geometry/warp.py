"""Whole shapely geometries between degrees and the metres of a `Plane`."""

from __future__ import annotations

import importlib
from typing import Any

from diaban.adapters.geometry.extra import shapely_module
from diaban.adapters.geometry.plane import SEMI_MAJOR, Plane, q_of_sine_parts


def to_metres(geometries: Any, plane: Plane) -> Any:
    """Return the geometry (or array of them) in metres of `plane`."""
    numpy = importlib.import_module("numpy")
    k, q0 = plane.scale, plane.q0
    e, one_less = q_of_sine_parts()

    def forward(degrees: Any) -> Any:
        sine = numpy.sin(numpy.radians(degrees[:, 1]))
        es = e * sine
        q = one_less * (sine / (1 - es * es) - numpy.log((1 - es) / (1 + es)) / (2 * e))
        east = SEMI_MAJOR * numpy.radians(degrees[:, 0] - plane.lon0) * k
        return numpy.column_stack([east, SEMI_MAJOR * (q - q0) / (2 * k)])

    return shapely_module().transform(geometries, forward)


def to_degrees(geometries: Any, plane: Plane) -> Any:
    """Return the geometry (or array of them) in degrees, the inverse of `to_metres`."""
    numpy = importlib.import_module("numpy")

    def inverse(metres: Any) -> Any:
        return numpy.array([plane.inverse(float(x), float(y)) for x, y in metres], dtype=float).reshape(-1, 2)

    return shapely_module().transform(geometries, inverse)
