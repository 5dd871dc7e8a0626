"""What every small table of states and steps can answer, whatever else its states and steps carry.

Tasks, transformation plans and issues of units each have their own kinds of state and step and their own guards.
Finding a state, a step, the ways on, and the checks that no state is lost or a trap are the same for all. The life of a
hot-spot has a richer workflow of its own (`core.lifecycle.workflow`): columns of a flow, corrections.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from diaban.core.messages import N_, Message, say


class AState(Protocol):
    """A state has at least a code and words for it (a msgid)."""

    @property
    def code(self) -> str: ...
    @property
    def title(self) -> str: ...


class AMove(Protocol):
    """A step leads from any of `sources` (none: it begins the life) to `target` (empty: the state stays)."""

    @property
    def verb(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def sources(self) -> tuple[str, ...]: ...
    @property
    def target(self) -> str: ...


S = TypeVar("S", bound=AState)
M = TypeVar("M", bound=AMove)


class Table(Generic[S, M]):
    """The questions; a dataclass that inherits holds `states` and `moves`, in the order in which people see them."""

    __slots__ = ()
    states: tuple[S, ...]
    moves: tuple[M, ...]

    def state(self, code: str) -> S:
        """Return the state named `code`; KeyError with the known names otherwise."""
        for state in self.states:
            if state.code == code:
                return state
        raise KeyError(f"{code!r} không phải trạng thái: {[one.code for one in self.states]}")

    def move(self, verb: str) -> M:
        """Return the step named `verb`; KeyError with the known names otherwise."""
        found = self.find(verb)
        if found is None:
            raise KeyError(f"{verb!r} không phải bước: {[one.verb for one in self.moves]}")
        return found

    def find(self, verb: str) -> M | None:
        """Return the step named `verb`, or None."""
        return next((move for move in self.moves if move.verb == verb), None)

    def from_state(self, code: str) -> tuple[M, ...]:
        """Return the steps that may be taken in the state `code`, in the table's order."""
        return tuple(move for move in self.moves if code in move.sources)

    def out_of_turn(self, state: str, move: M) -> Message:
        """Return the sentence that refuses a step which does not lead on from `state`, naming those that do."""
        ways = ", ".join(one.title for one in self.from_state(state))
        return say(
            N_("Đang ở trạng thái “{state}” nên không làm được bước “{step}”. Bước làm được lúc này: {ways}."),
            state=say(self.state(state).title),
            step=say(move.title),
            ways=ways or say(N_("không có")),
        )

    def unsound(self) -> Iterator[str]:
        """Yield what is wrong with the names: given twice, or used and unknown."""
        for what, names in (
            ("states", [one.code for one in self.states]),
            ("moves", [one.verb for one in self.moves]),
        ):
            if len(set(names)) != len(names):
                yield f"{what}: lặp tên trong {names}"
        known = {one.code for one in self.states}
        for move in self.moves:
            if strange := {*move.sources, *([move.target] if move.target else [])} - known:
                yield f"bước {move.verb} dùng trạng thái lạ {sorted(strange)}"

    def reached_from(self, *starts: str) -> frozenset[str]:
        """Return the states that can be reached from `starts`, themselves included."""
        return self._closure(set(starts), forward=True)

    def leading_to(self, *ends: str) -> frozenset[str]:
        """Return the states from which one of `ends` can be reached, themselves included."""
        return self._closure(set(ends), forward=False)

    def _closure(self, found: set[str], *, forward: bool) -> frozenset[str]:
        ways = {(source, move.target) for move in self.moves if move.target for source in move.sources}
        pairs = ways if forward else {(target, source) for source, target in ways}
        grown = found | {after for before, after in pairs if before in found}
        return frozenset(found) if grown == found else self._closure(grown, forward=forward)
