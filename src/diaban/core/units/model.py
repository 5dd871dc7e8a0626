"""What is known of an administrative unit, and what went wrong when it cannot be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from diaban.core.messages import Message

WHOLE = "whole"
"""Basis of an edge by which a unit went into another undivided."""

# Longest first, so that "Thành phố" is not left as "phố". A title is part of the name only before a number.
TITLES = ("Thành phố", "Thị trấn", "Đặc khu", "Thị xã", "Phường", "Huyện", "Quận", "Tỉnh", "Xã")


def bare_name(name: str) -> str:
    """Return `name` without its title: "Phường Vũng Tàu" is "Vũng Tàu"; "Phường 1" stays, being no name without it."""
    for title in TITLES:
        rest = name[len(title) :]
        if name.startswith(title) and rest.startswith(" ") and not rest.strip().isdigit():
            return rest.strip()
    return name


@dataclass(frozen=True, slots=True)
class Spell:
    """What a unit was called, coded, ranked and placed under on the days `start <= day < end` (`end` None: still).

    `unit` is the identity of a territory ("26506@2025-07-01": code @ first day with that territory); the other
    fields may change while it lasts. `name` carries its title. `kind` and `level` are codes of the catalogue.
    """

    unit: str
    name: str
    code: str
    kind: str
    level: str
    parent: str | None
    start: date
    end: date | None
    instrument: str

    def covers(self, day: date) -> bool:
        """Tell whether the spell holds on `day`."""
        return self.start <= day and (self.end is None or day < self.end)

    @property
    def bare_name(self) -> str:
        """The name without its title; see `bare_name`."""
        return bare_name(self.name)


@dataclass(frozen=True, slots=True)
class Edge:
    """On the day `on`, the share `share` of `source` became part of `target`; `source` ends and `target` begins then.

    `share` is the part of the source's amount that went (of its people, unless `basis` names another measure);
    1 for a whole merge, None when the instrument moves a part and gives no figure. `basis` is "whole", "population",
    "area", "declared", or "" while the share is unknown.
    """

    source: str
    target: str
    on: date
    share: Fraction | None
    basis: str
    instrument: str


@dataclass(frozen=True, slots=True)
class Part:
    """What of a unit lies in `unit` on another day. `share` None: some of it, nobody has said how much."""

    unit: str
    share: Fraction | None
    basis: str

    @property
    def is_whole(self) -> bool:
        """Tell whether the unit went there undivided, so that its figures do too."""
        return self.share == 1


class UnitsError(ValueError):
    """Something about units cannot be answered; `message` says what and what to do, in Vietnamese."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class InvalidRegister(UnitsError):
    """The spells and edges contradict each other; `problems` lists every contradiction found."""

    def __init__(self, message: Message, problems: Sequence[Message]) -> None:
        super().__init__(message)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join([str(self.message), *(f"- {problem}" for problem in self.problems)])


class UnknownUnit(UnitsError, LookupError):
    """No unit has this uid, or it does not exist on the day asked for."""


class UnknownCode(UnitsError, LookupError):
    """No unit has this code on the day asked for; the message says when it was in use and for what."""


class AmbiguousCode(UnitsError, LookupError):
    """The code belongs to units of several levels on that day; the message names them."""
