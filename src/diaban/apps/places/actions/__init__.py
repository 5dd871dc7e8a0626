"""What changes about places, each in one transaction with one event in the log."""

from __future__ import annotations

from diaban.apps.places.actions.area import set_area
from diaban.apps.places.actions.boundaries import BoundariesRefused, import_boundaries
from diaban.apps.places.actions.catalogue import load_catalogue
from diaban.apps.places.actions.national import import_national
from diaban.apps.places.actions.populations import declare_population
from diaban.apps.places.actions.store import Facts, Written, write
from diaban.apps.places.actions.units_csv import CsvReport, import_units_csv

__all__ = [
    "BoundariesRefused",
    "CsvReport",
    "Facts",
    "Written",
    "declare_population",
    "import_boundaries",
    "import_national",
    "import_units_csv",
    "load_catalogue",
    "set_area",
    "write",
]
