"""Reads the workflow files of the catalogue."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from diaban.core.lifecycle import Movement, Requirement, State, Transition, Workflow


@cache
def versions(code: str) -> tuple[Workflow, ...]:
    """Return every version of workflow `code` ("hotspot"), oldest first; raises WorkflowError when one is unsound."""
    path = files("diaban.catalogue") / "workflows" / f"{code}.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    found = (_workflow(data["code"], version) for version in data["versions"])
    return tuple(sorted(found, key=lambda workflow: workflow.effective_from))


def workflow(code: str, on: date) -> Workflow:
    """Return the version of workflow `code` in force on `on`; before the first version, the first."""
    known = versions(code)
    return next((version for version in reversed(known) if version.effective_from <= on), known[0])


def _workflow(code: str, data: dict[str, Any]) -> Workflow:
    return Workflow(
        code=code,
        version=data["version"],
        effective_from=data["effective_from"],
        reference=data["reference"],
        checked_by=data["checked_by"],
        confirmed_grade=data["confirmed_grade"],
        watched_state=data["watched_state"],
        states=tuple(_state(state) for state in data["states"]),
        transitions=tuple(_transition(transition) for transition in data["transitions"]),
        voided_state=data.get("voided_state", ""),
    )


def _state(data: dict[str, Any]) -> State:
    return State(data["code"], data["title"], data["existing"], data["description"], data.get("final", False))


def _transition(data: dict[str, Any]) -> Transition:
    return Transition(
        verb=data["step"],
        title=data["title"],
        sources=tuple(data.get("from", ())),
        target=data.get("to", ""),
        requires=frozenset(Requirement(name) for name in data["requires"]),
        movement=Movement(data.get("movement", "")),
    )
