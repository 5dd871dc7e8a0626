"""The one byte form of a dossier: sorted keys, no blanks, UTF-8. Same dossier, same bytes, on every machine."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import types
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from diaban.core.dossier.snapshot import SCHEMA, Dossier

T = TypeVar("T")


def plain(value: object) -> Any:
    """Return `value` as JSON types: dataclass to object, tuple to list, day to ISO text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    if value is None or isinstance(value, bool | int | str):
        return value
    raise TypeError(f"a dossier holds no {type(value).__name__}")


def canonical_json(value: object) -> str:
    """Return the canonical JSON text of a dossier or of one of its parts."""
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(value: object) -> str:
    """Return the SHA-256 (64 hex digits) of the canonical JSON in UTF-8."""
    return hashlib.sha256(canonical_json(value).encode("utf-8")).hexdigest()


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(hint: Any, value: Any, where: str) -> Any:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        if value is None:
            return None
        (inner,) = [option for option in get_args(hint) if option is not type(None)]
        return _read(inner, value, where)
    if origin is tuple:
        inner = get_args(hint)[0]
        return tuple(_read(inner, item, f"{where}[{n}]") for n, item in enumerate(value))
    if dataclasses.is_dataclass(hint):
        return read_into(hint, value, where)  # type: ignore[arg-type]
    if hint is date:
        return date.fromisoformat(value)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(value)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        raise ValueError(f"{where}: {value!r} is not {hint.__name__}")
    return value


def read_into(kind: type[T], data: Mapping[str, Any], where: str = "dossier") -> T:
    """Build `kind` from JSON data; a field it does not know is an error, a field it lacks takes its default."""
    hints = _hints(kind)  # type: ignore[arg-type]  # a class is hashable; the stub of lru_cache loses it
    if unknown := sorted(set(data) - set(hints)):
        raise ValueError(f"{where}: unknown fields {', '.join(unknown)}")
    return kind(**{name: _read(hints[name], value, f"{where}.{name}") for name, value in data.items()})


def read_dossier(data: Mapping[str, Any]) -> Dossier:
    """Return the dossier kept as JSON; raise ValueError when it was written by a newer schema."""
    if data.get("schema", 1) > SCHEMA:
        raise ValueError(f"schema {data['schema']} is newer than {SCHEMA}")
    return read_into(Dossier, data)
