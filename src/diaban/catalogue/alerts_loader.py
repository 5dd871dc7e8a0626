"""Reads the table of alerts into core objects."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import yaml

from diaban.core.alerts import AlertMove, AlertState, AlertTable

_FILE = files("diaban.catalogue") / "alerts" / "steps.yaml"


@cache
def table() -> AlertTable:
    """Return the states and steps; raises `AlertTableError` when they are unsound."""
    data = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    states = tuple(
        AlertState(one["code"], one["title"], one["description"], one["open"], one.get("finding", ""))
        for one in data["states"]
    )
    moves = tuple(
        AlertMove(one["step"], one["title"], tuple(one.get("from", ())), one["to"], one.get("needs_words", False))
        for one in data["moves"]
    )
    return AlertTable(states, moves)
