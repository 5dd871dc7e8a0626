"""Periods of the 15→14 and calendar regimes: the law's own examples, then every day of ten years."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diaban.catalogue.periods_loader import regime, regimes
from diaban.core.periods import Grain, PeriodError, Regime

FIRST, LAST = date(2018, 1, 1), date(2028, 12, 31)
EVERY_DAY = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
BOTH = pytest.mark.parametrize("cut", [regime("nd09"), regime("calendar")], ids=lambda cut: cut.id)
TILING = [grain for grain in Grain if grain is not Grain.NINE_MONTHS]


@pytest.mark.parametrize(
    ("code", "first", "last", "label"),
    [
        ("2026-11", date(2026, 10, 15), date(2026, 11, 14), "Tháng 11 · 15/10–14/11/2026"),
        ("2026-01", date(2025, 12, 15), date(2026, 1, 14), "Tháng 1 · 15/12/2025–14/01/2026"),
        ("2026-Q1", date(2025, 12, 15), date(2026, 3, 14), "Quý I · 15/12/2025–14/03/2026"),
        ("2026-Q3", date(2026, 6, 15), date(2026, 9, 14), "Quý III · 15/06–14/09/2026"),
        ("2026-H1", date(2025, 12, 15), date(2026, 6, 14), "6 tháng đầu năm · 15/12/2025–14/06/2026"),
        ("2026-H2", date(2026, 6, 15), date(2026, 12, 14), "6 tháng cuối năm · 15/06–14/12/2026"),
        ("2026-9M", date(2025, 12, 15), date(2026, 9, 14), "9 tháng · 15/12/2025–14/09/2026"),
        ("2026", date(2025, 12, 15), date(2026, 12, 14), "Năm 2026 · 15/12/2025–14/12/2026"),
    ],
)
def test_periods_of_decree_09(code: str, first: date, last: date, label: str) -> None:
    period = regime().period(code)
    assert (period.start, period.last_day) == (first, last)
    assert period.code == str(period) == code
    assert str(period.label) == label


def test_names_without_days() -> None:
    names = [
        str(regime().period(code).name) for code in ("2026-02", "2026-Q4", "2026-H1", "2026-H2", "2026-9M", "2026")
    ]
    assert names == [
        "Tháng 2 năm 2026",
        "Quý IV năm 2026",
        "6 tháng đầu năm 2026",
        "6 tháng cuối năm 2026",
        "9 tháng năm 2026",
        "Năm 2026",
    ]


def test_the_20th_of_december_belongs_to_the_next_year() -> None:
    assert regime().containing(date(2025, 12, 20), Grain.YEAR).code == "2026"
    assert regime().containing(date(2025, 12, 14), Grain.YEAR).code == "2025"
    assert regime("calendar").containing(date(2025, 12, 20), Grain.YEAR).code == "2025"


@BOTH
@pytest.mark.parametrize("grain", TILING)
def test_periods_tile_ten_years_without_hole_or_overlap(cut: Regime, grain: Grain) -> None:
    seen = [day for year in range(2018, 2029) for period in cut.periods(year, grain) for day in period.days()]
    assert seen == [seen[0] + timedelta(days=n) for n in range(len(seen))]
    assert seen[0] <= date(2018, 1, 1)
    assert seen[-1] >= date(2028, 12, 14)


@BOTH
def test_every_day_of_ten_years_lies_in_nested_periods(cut: Regime) -> None:
    for day in EVERY_DAY:
        month, quarter, half, year = (cut.containing(day, grain) for grain in TILING)
        assert day in month
        assert month.start >= quarter.start >= half.start >= year.start
        assert month.end <= quarter.end <= half.end <= year.end
        assert month.year == quarter.year == half.year == year.year == cut.year_of(day)


@BOTH
def test_nine_months_hold_the_first_three_quarters(cut: Regime) -> None:
    for year in range(2018, 2029):
        (nine,) = cut.periods(year, Grain.NINE_MONTHS)
        quarters = cut.periods(year, Grain.QUARTER)
        assert (nine.start, nine.end) == (quarters[0].start, quarters[2].end)
        assert cut.containing(nine.last_day, Grain.NINE_MONTHS) == nine
        assert cut.inside(nine, Grain.QUARTER) == quarters[:3]
        with pytest.raises(PeriodError, match="không thuộc kỳ 9 tháng nào"):
            cut.containing(nine.end, Grain.NINE_MONTHS)


@BOTH
def test_parts_of_a_year(cut: Regime) -> None:
    year = cut.period("2024")
    assert len(cut.inside(year, Grain.MONTH)) == 12
    assert sum(len(part) for part in cut.inside(year, Grain.HALF)) == len(year) == 366


@BOTH
@settings(deadline=None)
@given(
    day=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    grain=st.sampled_from(TILING),
    step=st.integers(-60, 60),
)
def test_codes_and_shifts_round_trip(cut: Regime, day: date, grain: Grain, step: int) -> None:
    period = cut.containing(day, grain)
    assert cut.period(period.code) == period
    moved = cut.shift(period, step)
    assert cut.shift(moved, -step) == period
    assert (moved.start > period.start) is (step > 0)
    assert cut.shift(period, 1).start == period.end
    assert cut.year_before(period).code == period.code.replace(str(period.year), str(period.year - 1), 1)


@pytest.mark.parametrize(
    "code",
    ["", "26-11", "2026-13", "2026-00", "2026-Q0", "2026-Q5", "2026-H3", "2026-9", "11/2026", "2026-9M1", "٢٠٢٦"],
)
def test_a_bad_code_is_refused_with_what_is_accepted(code: str) -> None:
    with pytest.raises(PeriodError) as caught:
        regime().period(code)
    assert code in str(caught.value)
    assert "nhận" in str(caught.value)


def test_years_out_of_range_and_foreign_periods_are_refused() -> None:
    with pytest.raises(PeriodError, match="ngoài khoảng"):
        regime().period("0001")
    with pytest.raises(PeriodError, match="thuộc chế độ"):
        regime().shift(regime("calendar").period("2026"), 1)
    with pytest.raises(KeyError, match="nd09"):
        regime("lunar")


def test_the_deadlines_of_the_classification_cycle() -> None:
    year = regime().period("2026")
    found = {deadline.step.code: deadline for deadline in regime().deadlines(year) if deadline.cascade == "qd28"}
    assert found["province"].limit == date(2026, 12, 20)
    assert found["province"].due == date(2026, 12, 19)
    assert found["ministry"].limit == date(2026, 12, 30)
    assert found["province"].step.article == "QĐ 28/2025/QĐ-TTg, Điều 7 khoản 2"
    assert "trước ngày 20/12/2026 (chậm nhất hết ngày 19/12/2026)" in str(found["province"].label)


def test_the_monthly_cascade_of_the_police_statistics() -> None:
    month = regime().period("2026-03")
    days = [deadline.limit.day for deadline in regime().deadlines(month) if deadline.cascade == "tt13-2022"]
    assert days == [16, 18, 20, 24]
    (government,) = [one for one in regime().deadlines(month) if one.cascade == "nd09-dieu13"]
    assert government.due == government.limit == date(2026, 3, 25)


def test_the_text_in_force_on_the_day_decides() -> None:
    year = regime().period("2024")
    assert all(deadline.cascade != "qd28" for deadline in regime().deadlines(year))
    assert any(deadline.cascade == "qd28" for deadline in regime().deadlines(year, on=date(2025, 8, 24)))
    senders = {
        code: next(d.step.code for d in regime().deadlines(regime().period(code)) if d.cascade == "tt13-2022")
        for code in ("2024-06", "2026-06")
    }
    assert senders == {"2024-06": "district", "2026-06": "commune"}
    assert [d.cascade for d in regime().deadlines(regime().period("2022-05"))] == ["nd09-dieu13"]


def test_every_deadline_comes_after_the_cut_off_and_in_order() -> None:
    for cut in regimes().values():
        for grain in Grain:
            for period in cut.periods(2026, grain):
                due = [deadline.due for deadline in cut.deadlines(period)]
                assert due == sorted(due)
                assert all(day > period.last_day for day in due)


def test_every_dated_fact_names_its_source() -> None:
    for cut in regimes().values():
        assert cut.reference
        assert cut.checked_by
        assert all(rule.article for rule in cut.grains.values())
        for cascade in cut.cascades:
            assert cascade.reference
            assert cascade.checked_by
            assert all(step.article for step in cascade.steps)
