"""Steps of time end with the data: the last one is whole, and every day lies in exactly one."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diaban.analysis.cli.options import duration, metres
from diaban.analysis.steps import steps_of
from diaban.analysis.tables import About, TableError, day_number

DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2040, 1, 1))


@given(DAYS, st.integers(1, 1_500), st.sampled_from(["day", "week", "month"]))
def test_every_day_lies_in_one_step_and_only_the_first_is_cut(first: dt.date, length: int, kind: str) -> None:
    about = About(first, first + dt.timedelta(days=length))
    steps = steps_of(about, kind)
    days = np.arange(day_number(about.first), day_number(about.end), dtype=np.int32)
    found = steps.of(days)
    assert found[0] == 0 and found[-1] == len(steps) - 1
    assert (np.diff(found) >= 0).all() and set(found.tolist()) == set(range(len(steps)))
    widths = np.diff(steps.edges)
    low, high = {"day": (1, 1), "week": (7, 7), "month": (28, 31)}[kind]
    assert ((widths[1:] >= low) & (widths[1:] <= high)).all()
    assert steps.whole == (low <= widths[0] <= high and steps.edges[0] == day_number(about.first)) or kind == "month"
    assert steps.of(days[:1] - 1)[0] == -1 and steps.of(days[-1:] + 1)[0] == len(steps)


def test_months_are_those_of_the_calendar_when_the_data_end_with_one() -> None:
    steps = steps_of(About(dt.date(2024, 1, 15), dt.date(2024, 4, 1)), "month")
    assert [day.isoformat() for day in steps.starts] == ["2024-01-15", "2024-02-01", "2024-03-01"]
    assert not steps.whole and len(steps.only_whole()) == 2
    steps = steps_of(About(dt.date(2024, 1, 13), dt.date(2024, 3, 13)), "month")
    assert [day.isoformat() for day in steps.starts] == ["2024-01-13", "2024-02-13"]
    assert steps.whole


def test_months_allow_no_weeks() -> None:
    with pytest.raises(TableError):
        steps_of(About(dt.date(2024, 1, 1), dt.date(2024, 4, 1), grain="month"), "week")


def test_lengths_as_people_write_them() -> None:
    assert [metres(text) for text in ("500", "500m", "3km", "1,5 km", "0.5KM")] == [500, 500, 3000, 1500, 500]
    assert [duration("8", "week"), duration("28d", "week"), duration("4w", "day"), duration("1 tháng", "day")] == [
        8,
        4,
        28,
        30,
    ]
