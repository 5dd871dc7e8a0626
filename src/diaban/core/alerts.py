"""The life of an alert: somebody looks, says what was found on the spot, and it is closed. A table of states and steps.

An alert says that a count is higher than chance would make it. It says nothing of why, and nothing of persons: people
go and look, and write down whether there was something.
"""

from __future__ import annotations

from dataclasses import dataclass

from diaban.core.lifecycle.table import Table


class AlertTableError(ValueError):
    """The table contradicts itself."""


@dataclass(frozen=True, slots=True)
class AlertState:
    """One state. `open`: somebody still has to do something; `finding`: what checking found ("real", "unreal")."""

    code: str
    title: str
    why: str
    open: bool
    finding: str = ""


@dataclass(frozen=True, slots=True)
class AlertMove:
    """One step from any of `sources` (none: it begins the life) to `target`; `words`: it asks for words."""

    verb: str
    title: str
    sources: tuple[str, ...]
    target: str
    words: bool = False


@dataclass(frozen=True, slots=True)
class AlertTable(Table[AlertState, AlertMove]):
    """All states and moves; construction checks that every alert is looked into before it ends, and can end."""

    states: tuple[AlertState, ...]
    moves: tuple[AlertMove, ...]

    def __post_init__(self) -> None:
        """Check the table."""
        if problems := list(self.unsound()):
            raise AlertTableError("; ".join(problems))
        beginning = [move for move in self.moves if not move.sources]
        if len(beginning) != 1:
            raise AlertTableError("one step, and only one, begins the life")
        ends = [one.code for one in self.states if not one.open]
        if stuck := {one.code for one in self.states} - self.leading_to(*ends):
            raise AlertTableError(f"no way to an end from {sorted(stuck)}")
        if lost := {one.code for one in self.states} - self.reached_from(beginning[0].target):
            raise AlertTableError(f"no way to {sorted(lost)}")
        findings = {one.finding for one in self.states if one.finding}
        if findings != {"real", "unreal"}:
            raise AlertTableError("checking finds that it was real, or that it was not: both states are needed")
        for move in self.moves:
            if move.target in ends and not all(self.state(source).finding for source in move.sources):
                raise AlertTableError(f"{move.verb}: an alert ends only after it was checked")

    @property
    def open_states(self) -> frozenset[str]:
        """Return the states in which somebody still has to do something."""
        return frozenset(one.code for one in self.states if one.open)
