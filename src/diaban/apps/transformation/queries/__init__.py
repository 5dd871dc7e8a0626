"""Reads of the transformation of localities."""

from diaban.apps.transformation.queries.carried import Carried, carried_out, works_of
from diaban.apps.transformation.queries.effects import Effects, class_history, effects_of, lowered
from diaban.apps.transformation.queries.guards import given_for, table_of
from diaban.apps.transformation.queries.scan import Scan, figures_now, scan_of
from diaban.apps.transformation.queries.sight import visible

__all__ = [
    "Carried",
    "Effects",
    "Scan",
    "carried_out",
    "class_history",
    "effects_of",
    "figures_now",
    "given_for",
    "lowered",
    "scan_of",
    "table_of",
    "visible",
    "works_of",
]
