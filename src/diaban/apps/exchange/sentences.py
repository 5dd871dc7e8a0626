"""Keep a `Message` in a JSON column and say it again in the reader's language."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from diaban.core.messages import Message, say


def pack(message: Message) -> dict[str, Any]:
    """Return the sentence as JSON."""
    return {"s": message.msgid, "p": {name: _pack_value(value) for name, value in message.params.items()}}


def _pack_value(value: object) -> Any:
    if isinstance(value, Message):
        return pack(value)
    if isinstance(value, (bool, int, str)) or value is None:
        return value
    return format(value, "f").replace(".", ",") if isinstance(value, Decimal) else str(value)


def unpack(packed: dict[str, Any] | None) -> Message:
    """Return the sentence that `pack` kept; nothing said for None."""
    if not packed:
        return say("")
    params = {name: unpack(value) if isinstance(value, dict) else value for name, value in packed["p"].items()}
    return say(packed["s"], **params)


def told(packed: dict[str, Any] | None) -> str:
    """Return the sentence in the language in use."""
    message = unpack(packed)
    return message.render(gettext) if message.msgid else ""
