"""What entered and left the list in a period, and the identity that must hold for every unit and kind."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from diaban.core.lifecycle.history import History
from diaban.core.lifecycle.workflow import NOWHERE, Movement, Workflow

Group = Callable[[str, str], Hashable | None]


@dataclass(slots=True)
class Flow:
    """Counts of existing spots: at the end of the day before the period, what moved in it, and at its end.

    `opening`, `closing` are counted from the states on those two days, the movements from the steps; `holds` says
    whether they agree. A spot that is eliminated and re-forms in the same period counts once in each column.
    """

    opening: int = 0
    new: int = 0
    reformed: int = 0
    moved_in: int = 0
    reclassified_in: int = 0
    eliminated: int = 0
    removed: int = 0
    merged: int = 0
    moved_out: int = 0
    reclassified_out: int = 0
    closing: int = 0

    @property
    def expected(self) -> int:
        """What the closing must be: opening + everything that entered − everything that left."""
        entered = self.new + self.reformed + self.moved_in + self.reclassified_in
        left = self.eliminated + self.removed + self.merged + self.moved_out + self.reclassified_out
        return self.opening + entered - left

    @property
    def holds(self) -> bool:
        """Whether the identity of the period holds."""
        return self.expected == self.closing

    def add(self, column: str, count: int = 1) -> None:
        """Add `count` to the named column."""
        setattr(self, column, getattr(self, column) + count)


ENTER_COLUMN = {Movement.NEW: "new", Movement.REFORMED: "reformed", Movement.MOVED: "moved_in"}
LEAVE_COLUMN = {
    Movement.ELIMINATED: "eliminated",
    Movement.REMOVED: "removed",
    Movement.MERGED: "merged",
    Movement.MOVED: "moved_out",
}


def flow(histories: Iterable[History], start: date, end: date) -> Flow:
    """Return the flow of all `histories` together in `[start, end)`: moves between their units cancel out."""
    return flow_by(histories, start, end, lambda _unit, _kind: True).get(True, Flow())


def flow_by(histories: Iterable[History], start: date, end: date, group: Group) -> dict[Hashable, Flow]:
    """Return the flow in `[start, end)` for each group.

    `group(unit, kind)` names the group a spot is counted in (a unit of the period's last day, say), None for none.
    A change of unit or kind that changes the group leaves one group and enters the other.
    """
    flows: dict[Hashable, Flow] = {}
    for history in histories:
        before = Standing(NOWHERE, "", "")
        for entry in history.effective:
            after = Standing(entry.to_state, entry.unit, entry.kind)
            if start <= entry.step.on < end:
                for key, column in moves(history.workflow, entry.step.verb, before, after, group):
                    flows.setdefault(key, Flow()).add(column)
            before = after
        for column, day in (("opening", start - timedelta(days=1)), ("closing", end - timedelta(days=1))):
            standing = history.entry_on(day)
            if standing and history.workflow.exists(standing.to_state):
                key = group(standing.unit, standing.kind)
                if key is not None:
                    flows.setdefault(key, Flow()).add(column)
    return flows


class Standing(NamedTuple):
    """Where a spot stands: its state, unit and kind."""

    state: str
    unit: str
    kind: str


def moves(
    workflow: Workflow, verb: str, before: Standing, after: Standing, group: Group
) -> Iterator[tuple[Hashable, str]]:
    """Yield the `(group, column of Flow)` pairs that one step counts in."""
    existed, exists = workflow.exists(before.state), workflow.exists(after.state)
    old = group(before.unit, before.kind) if existed else None
    new = group(after.unit, after.kind) if exists else None
    if old == new:
        return
    transition = workflow.transition(verb)
    movement = transition.movement if transition else Movement.NONE
    stayed = "moved" if before.unit != after.unit else "reclassified"  # on the list, in another group
    if old is not None:
        yield old, f"{stayed}_out" if exists else LEAVE_COLUMN[movement]
    if new is not None:
        yield new, f"{stayed}_in" if existed else ENTER_COLUMN[movement]
