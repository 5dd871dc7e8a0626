"""The command line that puts the same question again."""

from __future__ import annotations

import datetime as dt
import shlex
from dataclasses import MISSING, fields
from typing import Any

from diaban.analysis.settings import Circle, Settings
from diaban.analysis.tables import About

_NAMES = {"max_share": "--max-population-share", "version": "--version-of"}
_VALUES = {"permutation": "stp"}
_ALWAYS = frozenset({"false_alarms_per_year"})  # its default at the command line depends on the question


def command_of(settings: Settings, about: About, seed: int, *, geodesic: bool) -> str:
    """Return `diaban analyse …` with every option that is not what stands by itself.

    The file's name stands for the data; a question put to a register has none, and FILE stands there.
    """
    words = ["diaban", "analyse", settings.question, about.name or "FILE", *about.reading]
    for one in fields(settings):
        value = getattr(settings, one.name)
        default = one.default if one.default is not MISSING else None
        if value != default or one.name in _ALWAYS:
            words += _option(settings.question, one.name, value, geodesic)
    words += ["--from", about.first.isoformat(), "--to", (about.end - dt.timedelta(days=1)).isoformat()]
    for option, chosen in (("--category", about.categories), ("--source", about.sources)):
        for word in chosen:
            words += [option, word]
    return shlex.join([*words, "--seed", str(seed)])


def _option(question: str, name: str, value: Any, geodesic: bool) -> list[str]:
    option = _NAMES.get(name, f"--{name.replace('_', '-')}")
    if isinstance(value, Circle):
        spot = f"{value.y!r},{value.x!r}" if geodesic else f"{value.x!r},{value.y!r}"
        if question == "evaluate":
            return ["--treated", f"{spot},{value.radius:g}"]
        return ["--place", spot, "--radius", f"{value.radius!r}"]
    if name == "units":
        if question == "evaluate":
            return ["--treated", ",".join(value)]
        return [word for unit in value for word in ("--unit", unit)]
    if isinstance(value, bool):
        return [option if value else f"--no-{name.replace('_', '-')}"]
    if isinstance(value, tuple):
        return [option, ",".join(f"{part:g}" if isinstance(part, float) else str(part) for part in value)]
    return [option, _VALUES.get(str(value), str(value))]
