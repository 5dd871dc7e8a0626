"""Compile every kernel once, so that the first analysis need not wait: `diaban doctor` asks for it.

A kernel is compiled for the types that it first meets and kept on disk. `FAMILIES` names for each family a function
that asks its methods small questions, with each type that users' data can have. It is listed by name, so that nothing
is loaded before it is asked for.
"""

from __future__ import annotations

import importlib
import pkgutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import diaban.engine

FAMILIES: tuple[tuple[str, str], ...] = (
    ("scan", "diaban.engine.warming:scan"),
    ("local", "diaban.engine.warming:local"),
    ("trend", "diaban.engine.warming:trend"),
    ("interaction", "diaban.engine.warming:interaction"),
    ("density", "diaban.engine.warming:density"),
    ("surveillance", "diaban.engine.warming:surveillance"),
)


@dataclass(frozen=True, slots=True)
class Warmed:
    """What a family's turn did: kernels compiled now and found on disk, seconds. `fault` is empty if all went well."""

    family: str
    compiled: int
    loaded: int
    seconds: float
    fault: str = ""


def warm(families: tuple[tuple[str, str], ...] = FAMILIES) -> Iterator[Warmed]:
    """Warm one family after another and tell of each. A fault of one is told and doesn't stop the others."""
    for family, address in families:
        before, start, fault = _tally(), time.perf_counter(), ""
        try:
            _called(address)()
        except Exception as error:
            fault = f"{type(error).__name__}: {error}"
        after = _tally()
        yield Warmed(family, after[0] - before[0], after[1] - before[1], time.perf_counter() - start, fault=fault)


def dispatchers() -> dict[str, Any]:
    """Return every compiled function of the loaded engine, by module and name."""
    found: dict[str, Any] = {}
    for module in _modules():
        for name, value in vars(module).items():
            if hasattr(value, "py_func") and hasattr(value, "stats") and value.py_func.__module__ == module.__name__:
                found[f"{module.__name__}.{name}"] = value
    return found


def _modules() -> list[ModuleType]:
    return [
        importlib.import_module(one.name) for one in pkgutil.walk_packages(diaban.engine.__path__, "diaban.engine.")
    ]


def _called(address: str) -> Callable[[], None]:
    module, name = address.split(":")
    called: Callable[[], None] = getattr(importlib.import_module(module), name)
    return called


def _tally() -> tuple[int, int]:
    """Return how many kernels were compiled, and found on disk, since the start."""
    statistics = [one.stats for one in dispatchers().values()]
    compiled = sum(sum(one.cache_misses.values()) for one in statistics)
    return compiled, sum(sum(one.cache_hits.values()) for one in statistics)
