"""The words of a notice: kept as a sentence with its parameters, read in the language of whoever reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext

from diaban.core.messages import Message
from diaban.ui.formats import day, grouped

_DAY = "day"


def kept(message: Message) -> dict[str, Any]:
    """Return the parameters of a sentence as JSON keeps them; a day stays a day, a sentence within is not taken."""
    found: dict[str, Any] = {}
    for name, value in message.params.items():
        if isinstance(value, date):
            found[name] = {_DAY: value.isoformat()}
        elif isinstance(value, str | int):
            found[name] = value
        else:
            raise TypeError(f"{message.msgid}: {name} is a {type(value).__name__}")
    return found


def rendered(msgid: str, params: Mapping[str, Any]) -> str:
    """Return the sentence in the language of the moment, its numbers and days written for people."""
    return gettext(msgid).format_map({name: _shown(value) for name, value in params.items()})


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return day(date.fromisoformat(value[_DAY]))
    return grouped(value) if isinstance(value, int) else str(value)
