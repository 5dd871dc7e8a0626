"""What entered and left the list in a period, and the identity that must hold for every unit and kind."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from diaban.core.lifecycle.history import Entry, History
from diaban.core.lifecycle.workflow import NOWHERE, Movement

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

    def count(key: Hashable | None, column: str) -> None:
        if key is not None:
            flows.setdefault(key, Flow()).add(column)

    for history in histories:
        previous: Entry | None = None
        for entry in history.effective:
            if start <= entry.step.on < end:
                _count_entry(history, previous, entry, group, count)
            previous = entry
        for column, day in (("opening", start - timedelta(days=1)), ("closing", end - timedelta(days=1))):
            standing = history.entry_on(day)
            if standing and history.workflow.exists(standing.to_state):
                count(group(standing.unit, standing.kind), column)
    return flows


def _count_entry(
    history: History,
    previous: Entry | None,
    entry: Entry,
    group: Group,
    count: Callable[[Hashable | None, str], None],
) -> None:
    existed = history.workflow.exists(previous.to_state if previous else NOWHERE)
    exists = history.workflow.exists(entry.to_state)
    before = group(previous.unit, previous.kind) if existed and previous else None
    after = group(entry.unit, entry.kind) if exists else None
    if before == after:
        return
    if existed and exists:  # it stayed on the list but changed group
        moved = previous is not None and previous.unit != entry.unit
        count(before, "moved_out" if moved else "reclassified_out")
        count(after, "moved_in" if moved else "reclassified_in")
    elif existed:
        count(before, LEAVE_COLUMN[history.movement(entry)])
    else:
        count(after, ENTER_COLUMN[history.movement(entry)])
