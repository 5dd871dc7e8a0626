"""Days → steps of time. Steps are counted back from the end of the data, so that the last one is whole.

Days and weeks end on the last day of the data. Months end there too: when the data end with a month they are calendar
months, else they run from the same day of one month to that of the next. Only the first step can be shorter.
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diaban.analysis.tables import About, Table, TableError, date_of, day_number
from diaban.core.messages import N_, say

MOST_STEPS = 20_000
_DAYS = {"day": 1, "week": 7, "month": 28}


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """`edges` (T + 1,): days since 1970-01-01; step t is `[edges[t], edges[t+1])`. `whole`: the first is not cut."""

    kind: str
    edges: NDArray[np.int32]
    whole: bool

    def __len__(self) -> int:
        """Return the number of steps."""
        return len(self.edges) - 1

    def of(self, day: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return the step of each day; -1 before the first, T after the last."""
        return (np.searchsorted(self.edges, day, side="right") - 1).astype(np.int32)

    def start(self, step: int) -> dt.date:
        """Return a step's first day."""
        return date_of(int(self.edges[step]))

    def last(self, end: int) -> dt.date:
        """Return the last day of the step before `end`."""
        return date_of(int(self.edges[end]) - 1)

    @property
    def starts(self) -> tuple[dt.date, ...]:
        """Return the first day of every step."""
        return tuple(date_of(int(edge)) for edge in self.edges[:-1])

    def only_whole(self) -> Steps:
        """Return the steps without a first one that is cut."""
        return self if self.whole or len(self) < 2 else Steps(self.kind, self.edges[1:], True)


def steps_of(about: About, kind: str) -> Steps:
    """Return the steps of a table's span."""
    if _DAYS[kind] < _DAYS[about.grain]:
        raise TableError((say(N_("Số liệu theo tháng không trả lời được theo ngày hay tuần; chọn bước là tháng.")),))
    first, end = day_number(about.first), day_number(about.end)
    if kind == "month":
        edges, behind = [end], 0
        while edges[-1] > first:
            behind += 1
            edges.append(day_number(_months_before(about.end, behind)))
        edges.reverse()
    else:
        length = _DAYS[kind]
        count = -(-(end - first) // length)
        edges = [end - length * back for back in range(count, -1, -1)]
    if len(edges) - 1 > MOST_STEPS:
        raise TableError((say(N_("Kỳ số liệu có {n} bước; chọn bước dài hơn (tuần, tháng)."), n=len(edges) - 1),))
    whole = edges[0] == first
    edges[0] = first
    return Steps(kind, np.asarray(edges, dtype=np.int32), whole)


def _months_before(day: dt.date, months: int) -> dt.date:
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def step_numbers(table: Table, steps: Steps) -> NDArray[np.int32]:
    """Return the step of every row of a table."""
    return steps.of(table.day)
