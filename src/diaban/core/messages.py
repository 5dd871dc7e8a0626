"""Sentences that the pure core speaks: a Vietnamese template and its parameters, translated at the edge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


def N_(msgid: str) -> str:
    """Mark `msgid` for the English catalogue and return it unchanged."""
    return msgid


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence for people.

    `msgid` is Vietnamese with named fields in `str.format` style ("thiếu {n} người"); `params` fills them.
    A parameter may itself be a `Message`. `str(message)` is the Vietnamese sentence.
    """

    msgid: str
    params: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    def render(self, translate: Callable[[str], str] = str) -> str:
        """Return the sentence with `translate` applied to every template (identity gives Vietnamese)."""
        filled = {
            name: value.render(translate) if isinstance(value, Message) else value
            for name, value in self.params.items()
        }
        return translate(self.msgid).format_map(filled)

    def __str__(self) -> str:
        return self.render()


def say(msgid: str, /, **params: object) -> Message:
    """Build a `Message`; mark the literal with `N_` at the call: `say(N_("thiếu {n} người"), n=3)`."""
    return Message(msgid, MappingProxyType(dict(params)))
