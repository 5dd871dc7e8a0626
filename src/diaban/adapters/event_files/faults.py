"""What is wrong with a file of events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from diaban.core.messages import Message

SHOWN = 20
_WIDEST = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """One bad cell: where it stands, what is there, why it cannot be taken and what to do."""

    line: int
    column: str
    value: str
    why: Message
    fix: Message


@dataclass(slots=True)
class Bad:
    """All cells of a column that are wrong in one way; `rows` count from 0."""

    role: str
    why: Message
    fix: Message
    rows: list[int] = field(default_factory=list)


class EventFileError(Exception):
    """The file cannot be taken.

    `refusal`: why the file as a whole cannot; or `faults`: the bad cells, the first `SHOWN` of `total`, how many there
    are of each kind (`kinds`: sentence, number) and in how many rows.
    """

    def __init__(
        self,
        refusal: Message | None = None,
        *,
        faults: Sequence[Fault] = (),
        total: int = 0,
        kinds: Sequence[tuple[Message, int]] = (),
        bad_rows: int = 0,
        hints: Sequence[Message] = (),
    ) -> None:
        """Keep what is to be told."""
        super().__init__(str(refusal) if refusal else f"{total} faults")
        self.refusal = refusal
        self.faults = tuple(faults)
        self.total = total
        self.kinds = tuple(kinds)
        self.bad_rows = bad_rows
        self.hints = tuple(hints)


def shortened(value: str) -> str:
    """Return a cell's text on one line, cut where it is long."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in value[:200]).split())
    return line if len(line) <= _WIDEST else f"{line[: _WIDEST - 1]}…"
