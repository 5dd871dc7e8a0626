"""Reads the plain tables of steps (`workflows/task.yaml`) into core objects."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from diaban.core.lifecycle.steps import Move, Need, Part, Stage, Steps


@cache
def versions(code: str) -> tuple[Steps, ...]:
    """Return every version of the table `code`, oldest first; raises `StepsError` when one is unsound."""
    path = files("diaban.catalogue") / "workflows" / f"{code}.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(sorted((_steps(data["code"], one) for one in data["versions"]), key=lambda one: one.effective_from))


def steps(on: date, code: str = "task") -> Steps:
    """Return the version of the table in force on `on`; before the first version, the first."""
    known = versions(code)
    return next((one for one in reversed(known) if one.effective_from <= on), known[0])


def _steps(code: str, data: dict[str, Any]) -> Steps:
    return Steps(
        code=code,
        version=data["version"],
        effective_from=data["effective_from"],
        reference=data["reference"],
        checked_by=data["checked_by"],
        states=tuple(
            Stage(one["code"], one["title"], one["description"], one.get("final", False)) for one in data["stages"]
        ),
        moves=tuple(
            Move(
                verb=one["step"],
                title=one["title"],
                sources=tuple(one.get("from", ())),
                target=one.get("to", ""),
                part=Part(one["part"]),
                needs=frozenset(Need(name) for name in one.get("needs", ())),
            )
            for one in data["moves"]
        ),
    )
