"""Administrative units in time: dated names, codes, levels, parents, lineage; figures on any day's boundaries."""

from __future__ import annotations

from diaban.core.units.model import (
    WHOLE,
    AmbiguousCode,
    Edge,
    InvalidRegister,
    Part,
    Spell,
    UnitsError,
    UnknownCode,
    UnknownUnit,
    bare_name,
)
from diaban.core.units.reexpression import Cell, Plan, Quality, Reexpression, Unplaced, Weights, plan, reexpress
from diaban.core.units.register import Lineage, Register, Snapshot
from diaban.core.units.search import Hit

__all__ = [
    "WHOLE",
    "AmbiguousCode",
    "Cell",
    "Edge",
    "Hit",
    "InvalidRegister",
    "Lineage",
    "Part",
    "Plan",
    "Quality",
    "Reexpression",
    "Register",
    "Snapshot",
    "Spell",
    "UnitsError",
    "UnknownCode",
    "UnknownUnit",
    "Unplaced",
    "Weights",
    "bare_name",
    "plan",
    "reexpress",
]
