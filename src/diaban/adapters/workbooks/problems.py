"""What can be wrong with a file: with all of it (`Refusal`) or with one cell of it (`Problem`)."""

from __future__ import annotations

from dataclasses import dataclass

from diaban.core.messages import Message

EMPTY = Message("")


class Refusal(Exception):
    """The file as a whole cannot be read; `message` says why and what to do, in one sentence."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True, slots=True)
class Problem:
    """One cell that cannot be taken. `row` is the number that the person sees; 0 with `column` "" means the sheet."""

    sheet: str
    row: int
    column: str  # the stable code
    value: str  # as the person wrote it, shortened
    why: Message
    accepted: Message = EMPTY

    def __str__(self) -> str:
        return f"{self.sheet}!{self.row}/{self.column}: {self.value!r}: {self.why} {self.accepted}".rstrip()
