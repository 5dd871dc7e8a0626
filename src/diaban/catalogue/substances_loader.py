"""Substances that may be seized and the measures in which each is counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit of measure. Amounts are kept as integers of `smallest`; `scale` of them make one `label`."""

    code: str
    label: str
    label_long: str
    smallest: str
    scale: int


@dataclass(frozen=True, slots=True)
class Substance:
    """A substance or plant; `measures` are the only ones it is counted in, the usual one first."""

    code: str
    title: str
    measures: tuple[str, ...]
    plant: bool = False


@cache
def measures() -> Mapping[str, Measure]:
    """Return every measure by code, in the catalogue's order."""
    return MappingProxyType({row["code"]: Measure(**row) for row in _data()["measures"]})


@cache
def substances() -> Mapping[str, Substance]:
    """Return every substance by code, in the catalogue's order."""
    return MappingProxyType(
        {row["code"]: Substance(**row | {"measures": tuple(row["measures"])}) for row in _data()["substances"]}
    )


@cache
def plants() -> tuple[str, ...]:
    """Return the codes of plants that contain narcotic substances (QĐ 28/2025/QĐ-TTg Điều 4 điểm d)."""
    return tuple(code for code, substance in substances().items() if substance.plant)


def _data() -> dict[str, Any]:
    text = (files("diaban.catalogue") / "substances.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data
