"""Settings as stored: `from_dict`, the exact inverse of `to_dict`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from diaban.analysis.settings.base import Circle, SettingsError
from diaban.analysis.settings.questions import (
    EmergingSettings,
    EvaluateSettings,
    GiSettings,
    KnoxSettings,
    ScanSettings,
    WatchSettings,
)
from diaban.core.messages import N_, Message, say

AnySettings = ScanSettings | GiSettings | EmergingSettings | KnoxSettings | WatchSettings | EvaluateSettings
QUESTIONS: Mapping[str, type[AnySettings]] = {
    kind.question: kind
    for kind in (ScanSettings, GiSettings, EmergingSettings, KnoxSettings, WatchSettings, EvaluateSettings)
}


def from_dict(told: Mapping[str, Any]) -> AnySettings:
    """Return the settings that `to_dict` told. Raises `SettingsError`; unknown names and other types are errors too."""
    kind = QUESTIONS.get(str(told.get("question")))
    if kind is None:
        raise SettingsError({"question": say(N_("Không có câu hỏi “{value}”."), value=told.get("question"))})
    types = {one.name: str(one.type) for one in fields(kind)}
    values: dict[str, Any] = {}
    found: dict[str, Message] = {}
    for name, value in told.items():
        if name == "question":
            continue
        if name not in types:
            found[name] = say(N_("Không có thiết lập “{value}”."), value=name)
            continue
        try:
            values[name] = _typed(types[name], value)
        except (TypeError, ValueError, KeyError):
            found[name] = say(N_("{what}: không đọc được “{value}”."), what=name, value=value)
    if found:
        raise SettingsError(found)
    return kind(**values)


def _typed(annotation: str, value: Any) -> Any:
    plain = annotation.removesuffix(" | None")
    if value is None and plain != annotation:
        return None
    if plain.startswith("tuple["):
        if not isinstance(value, list):
            raise TypeError(value)
        return tuple(_READERS[plain[6 : plain.index(",")]](part) for part in value)
    return _READERS[plain](value)


def _exactly(*kinds: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) not in kinds:
            raise TypeError(value)
        return value

    return read


def _circle(value: Any) -> Circle:
    return Circle(*(_READERS["float"](value[name]) for name in ("x", "y", "radius")))


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "str": _exactly(str),
    "bool": _exactly(bool),
    "int": _exactly(int),
    "float": _exactly(int, float),
    "dt.date": dt.date.fromisoformat,
    "Circle": _circle,
}
