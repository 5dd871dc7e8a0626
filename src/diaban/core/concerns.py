"""The life of an issue that a unit raises: a table of states and steps, and its clocks in working days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from diaban.core.lifecycle.table import Table
from diaban.core.reminders import Receiver

_DAY = timedelta(days=1)
_FRIDAY = 4


class ConcernTableError(ValueError):
    """The table or the clocks contradict themselves."""


class Side(StrEnum):
    """Who takes a step: the unit that raised the issue, or the agency that it is addressed to."""

    RAISER = "raiser"
    ADDRESSED = "addressed"


class Asks(StrEnum):
    """What a step asks for: words (an answer, a reason), an agency to send it to."""

    WORDS = "words"
    AGENCY = "agency"


@dataclass(frozen=True, slots=True)
class State:
    """One state. `waits`: who has the next word; None where the issue is over."""

    code: str
    title: str
    why: str
    waits: Side | None


@dataclass(frozen=True, slots=True)
class Move:
    """One step from any of `sources` (none: it begins the life) to `target`."""

    verb: str
    title: str
    sources: tuple[str, ...]
    target: str
    side: Side
    asks: frozenset[Asks] = frozenset()


@dataclass(frozen=True, slots=True)
class ConcernTable(Table[State, Move]):
    """All states and moves; construction checks that nothing leads nowhere and that every issue can come to its end."""

    states: tuple[State, ...]
    moves: tuple[Move, ...]

    def __post_init__(self) -> None:
        if problems := list(self.unsound()):
            raise ConcernTableError("; ".join(problems))
        ending = self.leading_to(*(one.code for one in self.states if one.waits is None))
        if len([move for move in self.moves if not move.sources]) != 1:
            raise ConcernTableError("one step, and only one, begins the life")
        for state in self.states:
            leaves = [move for move in self.moves if state.code in move.sources]
            if bool(leaves) != (state.waits is not None):
                raise ConcernTableError(f"{state.code}: somebody has the next word exactly where a step leads on")
            if state.waits is not None and not any(move.side is state.waits for move in leaves):
                raise ConcernTableError(f"{state.code}: whoever is waited for can do nothing")
            if state.code not in ending:
                raise ConcernTableError(f"{state.code}: no way to an end")

    @property
    def open_states(self) -> frozenset[str]:
        """Return the states in which somebody still has the next word."""
        return frozenset(one.code for one in self.states if one.waits is not None)


@dataclass(frozen=True, slots=True)
class Rung:
    """From so many days late on, the issue is reported to `to` (words), whom `tells` finds; `level` 0-3: how urgent."""

    late_days: int
    to: str
    tells: Receiver = Receiver.HEAD
    level: int = 2


@dataclass(frozen=True, slots=True)
class Clocks:
    """How soon an issue is received and answered, in working days ("do đơn vị đặt"), from `effective_from` on."""

    version: str
    effective_from: date
    receive_days: int
    answer_days: int
    reference: str
    checked_by: str = ""
    rungs: tuple[Rung, ...] = ()
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if not 0 < self.receive_days <= self.answer_days:
            raise ConcernTableError("receiving takes a day at least, and no longer than answering")
        late = [one.late_days for one in self.rungs]
        if late != sorted(set(late)) or any(days < 1 for days in late):
            raise ConcernTableError("the rungs go up")

    def receive_by(self, start: date) -> date:
        """Return the last day for receiving what was raised or forwarded on `start`."""
        return add_working_days(start, self.receive_days, self.holidays)

    def answer_by(self, start: date) -> date:
        """Return the last day for answering what was raised, forwarded or asked again on `start`."""
        return add_working_days(start, self.answer_days, self.holidays)

    def rung(self, late_days: int) -> int:
        """Return how many rungs a lateness has climbed; 0 for none."""
        return sum(late_days >= one.late_days for one in self.rungs)


def is_working_day(day: date, holidays: Iterable[date] = ()) -> bool:
    """Tell whether `day` is Monday to Friday and no holiday."""
    return day.weekday() <= _FRIDAY and day not in set(holidays)


def add_working_days(start: date, days: int, holidays: frozenset[date] = frozenset()) -> date:
    """Return the day that is `days` working days after `start`, which is not counted itself."""
    day = start
    while days > 0:
        day += _DAY
        if is_working_day(day, holidays):
            days -= 1
    return day


def late_days(due: date | None, today: date) -> int:
    """Return by how many days `due` has passed on `today`; 0 when it has not, or when there is none."""
    return max(0, (today - due).days) if due is not None else 0
