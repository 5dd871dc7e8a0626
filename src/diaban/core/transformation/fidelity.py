"""Was it carried out? Counted before anything is said of effect: what was not done cannot have worked.

Work counts as done once somebody else confirmed it; its lateness goes by the day on which it was said to be done.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

REPORTED, DONE, DROPPED = "reported", "done", "dropped"


class Kept(StrEnum):
    """What became of one time that work fell due."""

    ON_TIME = "on_time"
    LATE = "late"
    UNCONFIRMED = "unconfirmed"  # said to be done, not looked at yet
    NOT_DONE = "not_done"  # past its day
    AHEAD = "ahead"  # its day is still to come, or it has none
    DROPPED = "dropped"  # need not be done any more, with a reason


class Judgement(StrEnum):
    """What may be said: nothing is due yet, too little was done to speak of effect, or enough was."""

    TOO_FEW = "too_few"
    LOW = "low"
    ENOUGH = "enough"


@dataclass(frozen=True, slots=True)
class Turn:
    """One time that work falls due: its day, the state it is in, the day on which it was said to be done."""

    due: date | None
    state: str
    reported_on: date | None


@dataclass(frozen=True, slots=True)
class Fidelity:
    """The count of turns by what became of them. `good` is in thousandths."""

    on_time: int = 0
    late: int = 0
    unconfirmed: int = 0
    not_done: int = 0
    ahead: int = 0
    dropped: int = 0
    least_due: int = 0
    good: int = 0

    @property
    def done(self) -> int:
        """Return how many times work was confirmed as done."""
        return self.on_time + self.late

    @property
    def owed(self) -> int:
        """Return how many times work was due by now, or is already said to be done."""
        return self.done + self.unconfirmed + self.not_done

    @property
    def share(self) -> float | None:
        """Return which part of what was owed was confirmed as done; None where nothing was owed."""
        return self.done / self.owed if self.owed else None

    @property
    def judgement(self) -> Judgement:
        """Return whether effect may be spoken of."""
        if self.owed < max(self.least_due, 1):
            return Judgement.TOO_FEW
        return Judgement.ENOUGH if self.done * 1000 >= self.good * self.owed else Judgement.LOW


def kept(turn: Turn, on: date) -> Kept:
    """Return what became of a turn by the end of `on`."""
    if turn.state == DROPPED:
        return Kept.DROPPED
    if turn.state == DONE:
        late = turn.due is not None and turn.reported_on is not None and turn.reported_on > turn.due
        return Kept.LATE if late else Kept.ON_TIME
    if turn.state == REPORTED:
        return Kept.UNCONFIRMED
    return Kept.NOT_DONE if turn.due is not None and turn.due < on else Kept.AHEAD


def fidelity(turns: Iterable[Turn], on: date, *, least_due: int, good: int) -> Fidelity:
    """Return the count of `turns` on `on`."""
    counts = dict.fromkeys((str(one) for one in Kept), 0)
    for turn in turns:
        counts[str(kept(turn, on))] += 1
    return Fidelity(**counts, least_due=least_due, good=good)
