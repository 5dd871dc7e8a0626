"""Sentences of the core, kept in snapshots and read back in the language of the screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from diaban.core.messages import Message


def pack(value: object) -> Any:
    """Return a core sentence as JSON: `{"m": msgid, "p": {…}}`; plain values as they are, anything else as text."""
    if isinstance(value, Message):
        packed: dict[str, Any] = {"m": value.msgid}
        if value.params:
            packed["p"] = {name: pack(one) for name, one in value.params.items()}
        return packed
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def unpack(packed: Any) -> Message | str:
    """Return what `pack` kept."""
    if isinstance(packed, Mapping):
        params = {name: unpack(one) if isinstance(one, Mapping) else one for name, one in packed.get("p", {}).items()}
        return Message(packed["m"], params)
    return "" if packed is None else str(packed)


def told(packed: Any) -> str:
    """Return a packed sentence in the active language."""
    sentence = unpack(packed)
    return sentence.render(gettext) if isinstance(sentence, Message) else gettext(sentence) if sentence else ""
