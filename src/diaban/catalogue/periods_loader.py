"""Reads the dated regimes and deadline cascades of `catalogue/periods` into core objects."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

from diaban.core.periods import Cascade, Grain, GrainRule, Regime, Step

CASCADES = "cascades.yaml"
DEFAULT_REGIME = "nd09"


def _read(name: str) -> dict[str, Any]:
    text = files("diaban.catalogue").joinpath("periods", name).read_text(encoding="utf-8")
    document = yaml.safe_load(text)
    if not isinstance(document, dict):
        raise ValueError(f"catalogue/periods/{name}: expected a mapping at the top")
    return document


def _day(value: object, where: str) -> date | None:
    if value is None or type(value) is date:
        return value
    raise ValueError(f"catalogue/periods: {where} must be a date YYYY-MM-DD, got {value!r}")


def _step(row: Mapping[str, Any]) -> Step:
    return Step(
        code=row["code"],
        sender=row["sender"],
        receiver=row["receiver"],
        sentence=row["sentence"],
        day=row["day"],
        strict=row["strict"],
        article=row["article"],
        effective_from=_day(row.get("effective_from"), f"step {row['code']}: effective_from"),
        effective_to=_day(row.get("effective_to"), f"step {row['code']}: effective_to"),
    )


def _cascade(row: Mapping[str, Any]) -> Cascade:
    return Cascade(
        id=row["id"],
        title=row["title"],
        regime=row["regime"],
        grains=frozenset(Grain(grain) for grain in row["grains"]),
        steps=tuple(_step(step) for step in row["steps"]),
        reference=row["reference"],
        checked_by=row["checked_by"],
        effective_from=_day(row.get("effective_from"), f"cascade {row['id']}: effective_from"),
        effective_to=_day(row.get("effective_to"), f"cascade {row['id']}: effective_to"),
        notes=tuple(row.get("notes") or ()),
    )


@cache
def regimes() -> Mapping[str, Regime]:
    """Return every regime by its id, each with the cascades that follow its periods."""
    cascades = tuple(_cascade(row) for row in _read(CASCADES)["cascades"])
    found: dict[str, Regime] = {}
    names = sorted(entry.name for entry in files("diaban.catalogue").joinpath("periods").iterdir())
    for name in names:
        if not name.endswith(".yaml") or name == CASCADES:
            continue
        row = _read(name)
        found[row["id"]] = Regime(
            id=row["id"],
            name=row["title"],
            first_day=row["first_day"],
            month_shift=row["month_shift"],
            grains=MappingProxyType({Grain(grain): GrainRule(**rule) for grain, rule in row["grains"].items()}),
            reference=row["reference"],
            checked_by=row["checked_by"],
            cascades=tuple(cascade for cascade in cascades if cascade.regime == row["id"]),
            notes=tuple(row.get("notes") or ()),
        )
    return MappingProxyType(found)


def regime(regime_id: str = DEFAULT_REGIME) -> Regime:
    """Return one regime: "nd09" (15→14, the default) or "calendar". `KeyError` names the known ids."""
    try:
        return regimes()[regime_id]
    except KeyError:
        raise KeyError(f"unknown period regime {regime_id!r}; known: {', '.join(regimes())}") from None
