"""What kind of file it is, and its text."""

from __future__ import annotations

from dataclasses import dataclass

from diaban.core.messages import N_, Message, say


class PlanFileError(Exception):
    """A file from which no text can be taken; `message` says why and what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True, slots=True)
class SourceText:
    """The text of a file in reading order, one line per line of the file or paragraph; table rows as "| a | b |"."""

    text: str
    format: str
    notes: tuple[Message, ...] = ()


def text_of(name: str, data: bytes) -> SourceText:
    """Return the text of the file called `name`. Raises `PlanFileError`, and nothing else, when there is none."""
    del name
    try:
        return SourceText(data.decode("utf-8-sig"), "txt")
    except UnicodeDecodeError:
        raise PlanFileError(say(N_("Tệp không đọc được."))) from None
