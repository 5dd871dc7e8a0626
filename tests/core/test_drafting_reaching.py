"""Whether a figure reaches a target: at the edge, without figures, against the year before."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diaban.core.drafting.reaching import Amount, Reached, reached


def amount(numerator: int, denominator: int | None = None) -> Amount:
    return Amount(Decimal(numerator), None if denominator is None else Decimal(denominator))


@pytest.mark.parametrize(
    ("kind", "value", "now", "said"),
    [
        ("floor_strict", 80, amount(80, 100), "no"),
        ("floor_strict", 80, amount(801, 1000), "yes"),
        ("floor", 80, amount(80, 100), "yes"),
        ("ceiling", 5, amount(5, 100), "yes"),
        ("ceiling_strict", 5, amount(5, 100), "no"),
        ("floor", 80, amount(80), "unknown"),  # a share is asked, and the whole is not known
        ("floor", None, amount(80, 100), "unknown"),
        ("coverage", None, amount(99, 100), "no"),
        ("coverage", None, amount(100, 100), "yes"),
        ("coverage", None, amount(100), "unknown"),
        ("zero", None, amount(0), "yes"),
        ("zero", None, amount(1), "no"),
        ("done", None, amount(3), "yes"),
        ("done", None, amount(0), "no"),
        ("done", None, amount(29, 30), "no"),
        ("follow", None, None, "followed"),
        ("zero", None, None, "unknown"),
        ("strange", 1, amount(1, 2), "unknown"),
    ],
)
def test_a_target_is_reached_or_not_or_not_known(kind: str, value: int | None, now: Amount | None, said: str) -> None:
    asked = None if value is None else Decimal(value)
    assert reached(kind, asked, now, percent=True) == said


@pytest.mark.parametrize(
    ("kind", "now", "before", "said"),
    [
        ("must_rise", amount(11), amount(10), "yes"),
        ("must_rise", amount(10), amount(10), "no"),
        ("must_fall", amount(9), amount(10), "yes"),
        ("must_rise", amount(11), None, "unknown"),
        ("growth_cap", amount(1009), amount(1000), "yes"),
        ("growth_cap", amount(1010), amount(1000), "no"),  # "dưới 1%": 1% exactly is too much
        ("growth_cap", amount(5), amount(0), "unknown"),  # nothing grows from nothing in percent
        ("must_fall", amount(5, 0), amount(1, 2), "unknown"),
    ],
)
def test_growth_is_measured_against_the_year_before(kind: str, now: Amount, before: Amount | None, said: str) -> None:
    assert reached(kind, Decimal(1), now, before) == said


def test_a_figure_that_is_a_growth_needs_no_year_before() -> None:
    assert reached("growth_cap", Decimal(1), amount(9, 1000), is_growth=True) is Reached.YES
    assert reached("growth_cap", Decimal(1), amount(10, 1000), is_growth=True) is Reached.NO
    assert reached("must_fall", None, amount(-1, 100), is_growth=True) is Reached.YES
    assert reached("growth_cap", None, amount(9, 1000), is_growth=True) is Reached.UNKNOWN
    assert reached("growth_cap", Decimal(1), amount(9, 0), is_growth=True) is Reached.UNKNOWN


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 100))
def test_a_floor_and_a_strict_ceiling_are_opposites(numerator: int, denominator: int, value: int) -> None:
    now, asked = amount(numerator, denominator), Decimal(value)
    floor = reached("floor", asked, now, percent=True)
    assert {floor, reached("ceiling_strict", asked, now, percent=True)} == {Reached.YES, Reached.NO}
    assert (floor is Reached.YES) == (numerator * 100 >= value * denominator)
