"""Reads the rules of reminders, and how long notices are kept, from `catalogue/reminders`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from diaban.core.reminders import Basis, Receiver, Rule, RuleSet


@dataclass(frozen=True, slots=True)
class Keeping:
    """For how many days notices are kept: after they were read, unread, and the mark of what was sent to whom."""

    read_days: int
    unread_days: int
    sent_days: int


def _read(name: str) -> dict[str, Any]:
    path = files("diaban.catalogue") / "reminders" / f"{name}.yaml"
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return data


def _rule(row: dict[str, Any]) -> Rule:
    return Rule(
        code=row["code"],
        basis=Basis(row["basis"]),
        days=row["days"],
        to=tuple(Receiver(one) for one in row["to"]),
        level=row["level"],
        together_from=row.get("together_from", 0),
        effective_from=row["effective_from"],
        effective_to=row.get("effective_to"),
    )


@cache
def reminders(code: str) -> RuleSet:
    """Return the rules called `code` ("tasks"); raises `RulesError` when they contradict themselves."""
    data = _read(code)
    rules = tuple(_rule(row) for row in data["rules"])
    return RuleSet(data["id"], data["title"], data["reference"], data["checked_by"], rules)


@cache
def keeping() -> Keeping:
    """Return for how long notices are kept."""
    data = _read("keeping")
    return Keeping(data["read_days"], data["unread_days"], data["sent_days"])
