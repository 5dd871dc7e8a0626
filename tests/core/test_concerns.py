"""The table of issues is sound and its clocks count working days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diaban.catalogue.concerns_loader import clocks, table, versions
from diaban.core.concerns import (
    ConcernTable,
    ConcernTableError,
    Rung,
    Side,
    add_working_days,
    is_working_day,
    late_days,
)

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def test_the_table_of_the_catalogue_waits_for_somebody_until_it_ends() -> None:
    assert table().open_states == {"raised", "forwarded", "received", "answered", "asked_again"}
    assert table().state("answered").waits is Side.RAISER
    assert {move.verb for move in table().from_state("answered")} == {"close", "ask_again"}


def test_a_table_with_a_hole_is_refused() -> None:
    states, moves = table().states, table().moves
    for broken in (
        (states[:-1], moves),
        (states, tuple(move for move in moves if move.sources)),
        (states, tuple(move for move in moves if "answered" not in move.sources)),
        (tuple(replace(one, waits=Side.RAISER) if one.code == "closed" else one for one in states), moves),
        (tuple(replace(one, waits=Side.RAISER) if one.code == "received" else one for one in states),
         tuple(move for move in moves if move.verb != "withdraw")),
    ):  # fmt: skip
        with pytest.raises(ConcernTableError):
            ConcernTable(*broken)


def test_clocks_are_the_units_own_and_say_so() -> None:
    for one in versions():
        assert "do đơn vị đặt" in one.reference.lower()
    with pytest.raises(ConcernTableError):
        replace(clocks(date(2026, 1, 1)), receive_days=20)
    with pytest.raises(ConcernTableError):
        replace(clocks(date(2026, 1, 1)), rungs=(Rung(7, "a"), Rung(1, "b")))
    assert clocks(date(2000, 1, 1)) == versions()[0]


def test_a_friday_and_two_days_is_tuesday() -> None:
    assert add_working_days(date(2026, 11, 20), 2) == date(2026, 11, 24)
    assert add_working_days(date(2026, 11, 20), 2, frozenset({date(2026, 11, 23)})) == date(2026, 11, 25)


@given(DAYS, st.integers(1, 60), st.frozensets(DAYS, max_size=8))
def test_exactly_so_many_working_days_lie_between(start: date, days: int, holidays: frozenset[date]) -> None:
    end = add_working_days(start, days, holidays)
    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert sum(is_working_day(day, holidays) for day in between) == days
    assert is_working_day(end, holidays)


@given(DAYS, st.integers(-50, 50))
def test_lateness_begins_the_day_after(due: date, shift: int) -> None:
    assert late_days(due, due + timedelta(days=shift)) == max(0, shift)
    assert late_days(None, due) == 0


@given(st.integers(0, 100), st.integers(0, 100))
def test_rungs_are_climbed_and_not_left_by_waiting(one: int, other: int) -> None:
    watch = clocks(date(2026, 1, 1))
    low, high = sorted((one, other))
    assert watch.rung(low) <= watch.rung(high)
    assert watch.rung(0) == 0
