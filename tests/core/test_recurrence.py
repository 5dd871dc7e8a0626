"""When work that comes again falls due: every period once, none left out, none twice."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diaban.catalogue.periods_loader import regime
from diaban.core.periods import Grain, Regime
from diaban.core.plans.recurrence import first, occurrences

REGIMES = [regime("nd09"), regime("calendar")]
WHOLE = [Grain.MONTH, Grain.QUARTER, Grain.HALF, Grain.YEAR]
DAYS = st.dates(date(2018, 1, 1), date(2032, 12, 31))


@given(st.sampled_from(REGIMES), st.sampled_from(WHOLE), DAYS, st.integers(0, 2000), st.integers(0, 40))
def test_periods_follow_one_another_without_gap_or_overlap(
    rule: Regime, grain: Grain, starts: date, days: int, grace: int
) -> None:
    until = starts + timedelta(days=days)
    found = occurrences(rule, grain, starts=starts, until=until, grace_days=grace)
    assert starts in found[0].period
    assert until in found[-1].period
    assert all(one.period.end == other.period.start for one, other in itertools.pairwise(found))
    assert all(one.due == one.period.last_day + timedelta(days=grace) for one in found)


@given(st.sampled_from(REGIMES), st.sampled_from(list(Grain)), DAYS, st.integers(0, 900), st.integers(0, 900))
def test_looking_later_only_adds(rule: Regime, grain: Grain, starts: date, one: int, more: int) -> None:
    early = occurrences(rule, grain, starts=starts, until=starts + timedelta(days=one))
    late = occurrences(rule, grain, starts=starts, until=starts + timedelta(days=one + more))
    assert late[: len(early)] == early
    assert len({item.period for item in late}) == len(late)


@given(st.sampled_from(REGIMES), st.sampled_from(WHOLE), DAYS, st.integers(0, 900), st.integers(0, 40))
def test_nothing_falls_due_after_the_end(rule: Regime, grain: Grain, starts: date, last: int, grace: int) -> None:
    ends = starts + timedelta(days=last)
    until = ends + timedelta(days=400)
    found = occurrences(rule, grain, starts=starts, until=until, grace_days=grace, ends=ends)
    free = occurrences(rule, grain, starts=starts, until=until, grace_days=grace)
    assert found == tuple(one for one in free if one.due <= ends)
    assert first(rule, grain, starts=starts, grace_days=grace, ends=ends) == (found[0] if found else None)


def test_the_month_from_fifteenth_to_fourteenth() -> None:
    found = occurrences(regime("nd09"), Grain.MONTH, starts=date(2026, 11, 15), until=date(2026, 12, 14))
    assert [(one.period.code, one.due) for one in found] == [("2026-12", date(2026, 12, 14))]


@pytest.mark.parametrize("starts", [date(2026, 10, 1), date(2026, 12, 1)])
def test_nothing_is_owed_between_nine_months_and_the_years_end(starts: date) -> None:
    rule = regime("calendar")
    assert occurrences(rule, Grain.NINE_MONTHS, starts=starts, until=date(2026, 12, 31)) == ()
    following = first(rule, Grain.NINE_MONTHS, starts=starts)
    assert following is not None
    assert following.period.code == "2027-9M"
