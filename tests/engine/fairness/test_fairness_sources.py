"""Sources stay apart unless somebody says why; unknown exposure is not zero."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diaban.engine.fairness import (
    Counts,
    Exposure,
    Source,
    exposed_rates,
    gini,
    pooled,
    top_share,
)

REPORTED = Counts(Source.REPORTED, np.array([3, 0, 5]))
PATROL = Counts(Source.PATROL, np.array([9, 1, 0]))


def test_counts_name_their_source() -> None:
    with pytest.raises(ValueError, match="name their source"):
        Counts("reported", np.array([1]))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="missing report is not zero"):
        Counts(Source.TIP, np.array([1.0, math.nan]).astype(object))
    assert not REPORTED.values.flags.writeable


def test_pooling_needs_a_reason_and_shows_shares() -> None:
    found = pooled([REPORTED, PATROL], "tổng số vụ cho báo cáo năm")
    assert found.values.tolist() == [12, 1, 5]
    assert dict(found.shares) == {Source.REPORTED: 8 / 18, Source.PATROL: 10 / 18}
    assert found.mixed
    assert not isinstance(found, Counts)  # nothing made for one source takes it
    assert not pooled([REPORTED, Counts(Source.TIP, np.array([1, 1, 1]))], "đều do người dân báo").mixed


@pytest.mark.parametrize(
    ("parts", "reason", "says"),
    [
        ([REPORTED, PATROL], "", "without a reason"),
        ([REPORTED, PATROL], "  vì      ", "without a reason"),
        ([REPORTED], "một lý do đủ dài", "at least two"),
        ([REPORTED, REPORTED], "một lý do đủ dài", "each of another source"),
        ([REPORTED, Counts(Source.TIP, np.array([1]))], "một lý do đủ dài", "same places"),
    ],
)
def test_silent_pooling_is_refused(parts: list[Counts], reason: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        pooled(parts, reason)


def test_no_patrol_hours_are_not_no_finds() -> None:
    never, none, some = exposed_rates(PATROL, Exposure.PATROL_HOURS, np.array([math.nan, 0.0, 50.0]), per=100)
    assert (never.known, never.rate, never.exposure) == (False, None, None)
    assert not none.known
    assert none.contradicts  # one find in no hours: the records contradict themselves
    assert (some.known, some.rate, some.low) == (True, 0.0, 0.0)
    assert some.high == pytest.approx(-math.log(0.025) / 50 * 100)  # zero finds still leave room


def test_garwoods_interval() -> None:
    (found,) = exposed_rates(Counts(Source.REPORTED, np.array([10])), Exposure.RESIDENTS, np.array([5000.0]), per=1000)
    assert found.rate == pytest.approx(2)
    assert (found.low, found.high) == pytest.approx((4.795389 / 5, 18.390356 / 5), rel=1e-6)  # his table: 4.795, 18.39


def test_finds_are_not_divided_by_residents() -> None:
    with pytest.raises(ValueError, match="divided by patrol_hours"):
        exposed_rates(PATROL, Exposure.RESIDENTS, np.ones(3))
    with pytest.raises(ValueError, match="divided by residents"):
        exposed_rates(REPORTED, Exposure.PATROL_HOURS, np.ones(3))
    with pytest.raises(ValueError, match="from 0 on"):
        exposed_rates(REPORTED, Exposure.RESIDENTS, -np.ones(3))


@given(st.lists(st.integers(0, 50), min_size=1, max_size=12))
def test_gini_is_the_mean_difference(amounts: list[int]) -> None:
    values = np.array(amounts, float)
    total, count = values.sum(), len(values)
    brute = np.abs(values[:, None] - values).sum() / (2 * count * total) if total else 0.0
    assert gini(values) == pytest.approx(brute)
    assert top_share(values) == pytest.approx(values.max() / total if total else 0.0)


def test_gini_of_known_cases() -> None:
    assert gini(np.array([[1, 1, 1, 1], [0, 0, 0, 8]])) == pytest.approx([0, 0.75])
    with pytest.raises(ValueError, match="from 0 on"):
        gini(np.array([-1, 2]))
