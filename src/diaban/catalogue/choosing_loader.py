"""Reads the criteria for choosing localities into core objects."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from diaban.core.choosing import CriteriaSet, Criterion, Scale, ScaleKind, Step


@cache
def versions() -> tuple[CriteriaSet, ...]:
    """Return every version of the criteria, oldest first; raises `CriterionError` when one is unsound."""
    path = files("diaban.catalogue") / "choosing" / "criteria.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(sorted(map(_set, data["versions"]), key=lambda one: one.effective_from))


def criteria_on(day: date) -> CriteriaSet:
    """Return the criteria in force on `day`; before the first version, the first."""
    known = versions()
    return next((one for one in reversed(known) if one.effective_from <= day), known[0])


def criteria(code: str) -> CriteriaSet:
    """Return the version with this code; `KeyError` names the known ones."""
    for one in versions():
        if one.code == code:
            return one
    raise KeyError(f"unknown criteria {code!r}; known: {', '.join(one.code for one in versions())}")


def _set(data: dict[str, Any]) -> CriteriaSet:
    return CriteriaSet(
        code=data["code"],
        effective_from=data["effective_from"],
        reference=data["reference"].strip(),
        checked_by=data["checked_by"],
        criteria=tuple(_criterion(row) for row in data["criteria"]),
        least_known=data["least_known"],
        spread=data["spread"],
        draws=data["draws"],
        near=Fraction(data["near"]),
    )


def _criterion(data: dict[str, Any]) -> Criterion:
    return Criterion(
        code=data["code"],
        title=data["title"],
        short=data["label"],
        measure=data["measure"],
        source=data["source"],
        scale=_scale(data["scale"]),
        weight=data["weight"],
        why=data.get("why", ""),
        caution=data.get("hint", ""),
    )


def _scale(data: dict[str, Any]) -> Scale:
    return Scale(
        kind=ScaleKind(data["kind"]),
        codes=tuple((str(code), worth) for code, worth in data.get("codes", {}).items()),
        steps=tuple(Step(Fraction(floor), worth) for floor, worth in data.get("steps", ())),
        rising=data.get("direction", "more") == "more",
    )
