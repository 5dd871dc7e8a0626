"""Reads the table of transformation plans into core objects."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from diaban.core.transformation import Idea, Move, Need, Part, PhaseKind, PlanTable, Prompt, State


@cache
def versions() -> tuple[PlanTable, ...]:
    """Return every version, oldest first; raises `PlanError` when one is unsound."""
    path = files("diaban.catalogue") / "transformation" / "plan.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(sorted(map(_table, data["versions"]), key=lambda one: one.effective_from))


def table_on(day: date) -> PlanTable:
    """Return the version in force on `day`; before the first version, the first."""
    known = versions()
    return next((one for one in reversed(known) if one.effective_from <= day), known[0])


def _table(data: dict[str, Any]) -> PlanTable:
    return PlanTable(
        code=data["code"],
        effective_from=data["effective_from"],
        reference=data["reference"].strip(),
        checked_by=data["checked_by"],
        least_due=data["fidelity"]["least_due"],
        good=data["fidelity"]["good"],
        states=tuple(State(one["code"], one["title"], one["why"], one.get("final", False)) for one in data["states"]),
        moves=tuple(
            Move(
                one["step"],
                one["title"],
                tuple(one["from"]),
                one["to"],
                Part(one["part"]),
                frozenset(Need(name) for name in one["needs"]),
            )
            for one in data["moves"]
        ),
        phases=tuple(
            PhaseKind(one["code"], one["title"], one["why"], one["months"], one.get("maintains", False))
            for one in data["phases"]
        ),
        prompts=tuple(
            Prompt(one["code"], one["part"], one["title"], one["question"], one.get("owed", False))
            for one in data["prompts"]
        ),
        ideas=tuple(Idea(one["phase"], one["agency"], one["title"], one["description"]) for one in data["ideas"]),
    )
