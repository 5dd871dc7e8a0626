"""Reads about places, for every app. A unit is a `Unit` row, its id, or a `Place`: the unit as it was on a day."""

from __future__ import annotations

from diaban.apps.places.queries.area import (
    area_name,
    area_places,
    area_root_place,
    area_roots,
    area_unit_ids,
    current_area,
    current_roots,
    territory_since,
)
from diaban.apps.places.queries.boundaries import BoundaryReport, Layer, check_boundaries, layers
from diaban.apps.places.queries.figures import Figure, figures_of, population
from diaban.apps.places.queries.outlines import Outline, far_units, outlines, worst_quality
from diaban.apps.places.queries.portrait import Portrait, portrait, surroundings
from diaban.apps.places.queries.register import Known, known, register
from diaban.apps.places.queries.units import (
    Place,
    lying_in,
    names,
    opened_by,
    place,
    place_of,
    places,
    scope_unit_ids,
    search,
    unit_by_code,
    unit_by_uid,
    units_below,
)

__all__ = [
    "BoundaryReport",
    "Figure",
    "Known",
    "Layer",
    "Outline",
    "Place",
    "Portrait",
    "area_name",
    "area_places",
    "area_root_place",
    "area_roots",
    "area_unit_ids",
    "check_boundaries",
    "current_area",
    "current_roots",
    "far_units",
    "figures_of",
    "known",
    "layers",
    "lying_in",
    "names",
    "opened_by",
    "outlines",
    "place",
    "place_of",
    "places",
    "population",
    "portrait",
    "register",
    "scope_unit_ids",
    "search",
    "surroundings",
    "territory_since",
    "unit_by_code",
    "unit_by_uid",
    "units_below",
    "worst_quality",
]
