"""Reads the table of issues and its clocks into core objects."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from diaban.core.concerns import Asks, Clocks, ConcernTable, Move, Rung, Side, State
from diaban.core.reminders import Receiver

_FOLDER = files("diaban.catalogue") / "concerns"


def _read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((_FOLDER / name).read_text(encoding="utf-8"))
    return data


@cache
def table() -> ConcernTable:
    """Return the states and steps; raises `ConcernTableError` when they are unsound."""
    data = _read("steps.yaml")
    states = tuple(
        State(one["code"], one["title"], one["description"], Side(one["waits"]) if "waits" in one else None)
        for one in data["states"]
    )
    moves = tuple(
        Move(
            verb=one["step"],
            title=one["title"],
            sources=tuple(one.get("from", ())),
            target=one["to"],
            side=Side(one["part"]),
            asks=frozenset(Asks(name) for name in one.get("needs", ())),
        )
        for one in data["moves"]
    )
    return ConcernTable(states, moves)


def _rung(row: dict[str, Any]) -> Rung:
    return Rung(row["late_days"], row["to"], Receiver(row["tells"]), row["level"])


@cache
def versions() -> tuple[Clocks, ...]:
    """Return every version of the clocks, oldest first."""
    found = [
        Clocks(
            version=one["version"],
            effective_from=one["effective_from"],
            receive_days=one["receive_days"],
            answer_days=one["answer_days"],
            reference=one["reference"],
            checked_by=one["checked_by"],
            rungs=tuple(_rung(rung) for rung in one.get("escalate", ())),
            holidays=frozenset(one.get("holidays", ())),
        )
        for one in _read("clocks.yaml")["versions"]
    ]
    return tuple(sorted(found, key=lambda one: one.effective_from))


def clocks(on: date) -> Clocks:
    """Return the clocks in force on `on`; before the first version, the first."""
    known = versions()
    return next((one for one in reversed(known) if one.effective_from <= on), known[0])
