"""The draft of a plan: its pieces in the order of the text, each with what it names, promises and asks for.

Ids are those of the store; what was just made has a negative one. A piece stands behind its parent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from diaban.core.messages import Message


class DraftError(Exception):
    """An act that the draft does not allow; `message` says why and what to do instead, `field` where it is one's."""

    def __init__(self, message: Message, field: str = "") -> None:
        super().__init__(str(message))
        self.message = message
        self.field = field


class Status(StrEnum):
    """How something came to be, and whether somebody looked at it."""

    FOUND = "found"
    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    ADDED = "added"
    REJECTED = "rejected"

    @property
    def seen(self) -> bool:
        """Whether somebody has looked at it."""
        return self is not Status.FOUND

    @property
    def stands(self) -> bool:
        """Whether somebody has looked at it and kept it."""
        return self in (Status.ACCEPTED, Status.CORRECTED, Status.ADDED)


@dataclass(frozen=True, slots=True)
class Named:
    """An agency that a piece names: its id in the register (None: not known there), its name, the words of the text."""

    agency: int | None
    name: str
    words: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a sentence that can be understood in several."""

    code: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Goal:
    """What a piece promises to reach, in its own `words`; `reading` is the code of the reading that it takes."""

    id: int
    kind: str
    words: str
    indicator: int | None = None
    op: str = ""
    value: Decimal | None = None
    upper: Decimal | None = None
    measure: str = ""
    against: str = ""
    by: str = ""
    reading: str = ""
    uncertain: bool = False
    status: Status = Status.FOUND


@dataclass(frozen=True, slots=True)
class Duty:
    """What looks like a task: for whom, by when. `also` are the ids of further pieces that it serves."""

    id: int
    title: str
    words: str
    lead: int | None = None
    lead_name: str = ""
    others: tuple[int, ...] = ()
    other_names: tuple[str, ...] = ()
    also: tuple[int, ...] = ()
    level: str = "province"
    due: dt.date | None = None
    deadline: str = ""
    regime: str = ""
    grain: str = ""
    product: str = ""
    uncertain: bool = False
    status: Status = Status.FOUND


@dataclass(frozen=True, slots=True)
class Piece:
    """A clause: `label` is its part of the path, `first` and `last` where its words stand in the original text."""

    id: int
    parent: int | None
    label: str
    text: str
    mark: str = ""
    heading: bool = False
    uncertain: bool = False
    why: str = ""
    readings: tuple[Reading, ...] = ()
    first: int | None = None
    last: int | None = None
    status: Status = Status.FOUND
    no_measure: str = ""
    stem: int | None = None
    named: tuple[Named, ...] = ()
    goals: tuple[Goal, ...] = ()
    duties: tuple[Duty, ...] = ()

    @property
    def found(self) -> tuple[Goal | Duty, ...]:
        """What is promised and asked for in it."""
        return (*self.goals, *self.duties)

    @property
    def seen(self) -> bool:
        """Whether somebody has looked at the piece and at everything found in it."""
        return self.status.seen and all(one.status.seen for one in self.found)

    @property
    def doubtful(self) -> bool:
        """Whether the reader was unsure of it, or of something found in it."""
        return self.uncertain or any(one.uncertain for one in self.found)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the looking-through is."""

    seen: int
    all: int
    doubtful: int  # not looked at, and uncertain


@dataclass(frozen=True, slots=True)
class Draft:
    """All pieces, in the order of the text."""

    pieces: tuple[Piece, ...] = ()
    _places: dict[int, int] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        self._places.update({piece.id: place for place, piece in enumerate(self.pieces)})

    def place(self, piece: int) -> int:
        """Return where in the order a piece stands; raise KeyError for none."""
        return self._places[piece]

    def piece(self, number: int) -> Piece:
        """Return a piece by its id; raise KeyError for none."""
        return self.pieces[self._places[number]]

    def end(self, number: int) -> int:
        """Return the place behind the last piece below the piece `number`."""
        family = {number}
        place = self._places[number] + 1
        while place < len(self.pieces) and self.pieces[place].parent in family:
            family.add(self.pieces[place].id)
            place += 1
        return place

    def children(self, parent: int | None) -> list[Piece]:
        """Return what stands directly below `parent` (None: at the top), in order."""
        return [piece for piece in self.pieces if piece.parent == parent]

    def paths(self) -> dict[int, str]:
        """Return the whole path of every piece."""
        found: dict[int, str] = {}
        for piece in self.pieces:
            above = found[piece.parent] if piece.parent is not None else ""
            found[piece.id] = f"{above}.{piece.label}" if above else piece.label
        return found

    def depths(self) -> dict[int, int]:
        """Return how deep every piece stands; 0 at the top."""
        found: dict[int, int] = {}
        for piece in self.pieces:
            found[piece.id] = found[piece.parent] + 1 if piece.parent is not None else 0
        return found

    def served(self) -> frozenset[int]:
        """Return the pieces that an accepted duty of another piece serves."""
        return frozenset(
            other for piece in self.pieces for duty in piece.duties if duty.status.stands for other in duty.also
        )

    def with_pieces(self, changed: Iterable[Piece]) -> Draft:
        """Return the draft with some pieces in another shape."""
        by_id = {piece.id: piece for piece in changed}
        return Draft(tuple(by_id.get(piece.id, piece) for piece in self.pieces))

    def with_piece(self, number: int, **values: object) -> Draft:
        """Return the draft with some values of one piece set."""
        return self.with_pieces([replace(self.piece(number), **values)])  # type: ignore[arg-type]

    def new_id(self) -> int:
        """Return an id that nothing in the draft has."""
        ids = [0]
        for piece in self.pieces:
            ids += [piece.id, *(one.id for one in piece.goals), *(one.id for one in piece.duties)]
            ids += [one.id for one in piece.named]
        return min(ids) - 1

    def progress(self) -> Progress:
        """Return how far the looking-through is."""
        seen = sum(piece.seen for piece in self.pieces)
        doubtful = sum(not piece.seen and piece.doubtful for piece in self.pieces)
        return Progress(seen, len(self.pieces), doubtful)
