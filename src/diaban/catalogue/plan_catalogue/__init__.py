"""Plans that ship with the product, read and checked by hand: every clause with its tasks, its indicators or why none.

`plan("kh208-2022")` is a plan; `indicators()` are the figures that targets speak of. Every file is checked whole when
it is read: `PlanCatalogueError` lists all that is wrong, with file and place.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from diaban.catalogue.plan_catalogue.model import (
    CatalogueBasis,
    CatalogueClause,
    CataloguePlan,
    CatalogueReading,
    CatalogueTarget,
    CatalogueTask,
    Indicator,
    PlanCatalogueError,
)
from diaban.catalogue.plan_catalogue.reading import read_indicators, read_plan_document

_YAML = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

__all__ = [
    "CatalogueBasis",
    "CatalogueClause",
    "CataloguePlan",
    "CatalogueReading",
    "CatalogueTarget",
    "CatalogueTask",
    "Indicator",
    "PlanCatalogueError",
    "agency_names",
    "indicators",
    "plan",
    "plan_keys",
    "plans",
    "source_text",
]

FOLDER = files("diaban.catalogue") / "plans"
NOT_PLANS = ("agencies.yaml", "indicators.yaml")


def plan_keys() -> tuple[str, ...]:
    """Return the keys of all plans of the catalogue, sorted."""
    names = (path.name for path in FOLDER.iterdir())
    return tuple(
        sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml") and name not in NOT_PLANS)
    )


@cache
def plan(key: str) -> CataloguePlan:
    """Return the plan of `key`; raise KeyError for no such plan, PlanCatalogueError for a file that is wrong."""
    if key not in plan_keys():
        raise KeyError(key)
    return read_plan_document(_document(f"{key}.yaml"), key, indicators(), agency_names())


def plans() -> tuple[CataloguePlan, ...]:
    """Return every plan of the catalogue, by key."""
    return tuple(plan(key) for key in plan_keys())


@cache
def source_text(key: str) -> str:
    """Return the text that the plan was read from, empty where the catalogue does not hold it."""
    path = FOLDER / f"{key}.txt"
    return path.read_text(encoding="utf-8") if path.is_file() else ""


@cache
def indicators() -> Mapping[str, Indicator]:
    """Return every indicator by code, in the catalogue's order."""
    return read_indicators(_document("indicators.yaml"), "indicators.yaml")


@cache
def agency_names() -> frozenset[str]:
    """Return the names of agencies that the catalogue knows."""
    data = _document("agencies.yaml")
    return frozenset([*(row["name"] for row in data["agencies"]), *data["by_pattern"]])


def _document(name: str) -> dict[str, Any]:
    """Return the plain data of a file of the folder."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.load(text, Loader=_YAML)  # noqa: S506 safe loaders only
    return data
