"""How one cell of an answer's table is written for people."""

from __future__ import annotations

import datetime as dt
from typing import Any

from diaban.analysis import words
from diaban.core.messages import Message

NOTHING = "–"


def written(value: Any, kind: str) -> str:
    """Return a cell as text, by the kind of its column."""
    if value is None:
        return NOTHING
    if isinstance(value, Message) or kind == "text":
        return str(value)
    if kind == "units":
        return ", ".join(map(str, value))
    if kind == "day":
        return words.day(dt.date.fromisoformat(value))
    if kind == "count":
        return words.number(value)
    if kind == "metres":
        return words.metres(value)
    if kind == "p":
        return words.p_value(value) if value >= 0.00001 else "< 0,00001"
    if kind == "share":
        return words.share(value)
    return words.number(value, 2 if kind == "ratio" or abs(value) < 100 else 1)
