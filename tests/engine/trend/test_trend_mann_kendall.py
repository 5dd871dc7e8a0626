"""Mann-Kendall: pymannkendall, the definition, series that a hand can count, null series."""

from __future__ import annotations

import numpy as np
import pymannkendall
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from diaban.engine.executors import Serial, Threads
from diaban.engine.trend import mann_kendall


@given(st.lists(st.integers(-3, 3), min_size=3, max_size=40))
@settings(deadline=None)
def test_as_the_definition(series: list[int]) -> None:
    values = np.array(series)
    found = mann_kendall(values)
    size = len(values)
    score = sum(np.sign(values[j] - values[i]) for i in range(size) for j in range(i + 1, size))
    groups = np.unique(values, return_counts=True)[1]
    variance = (size * (size - 1) * (2 * size + 5) - (groups * (groups - 1) * (2 * groups + 5)).sum()) / 18
    assert found.score[0] == score
    assert found.variance[0] == variance
    assert found.tau[0] == pytest.approx(score / (size * (size - 1) / 2))
    if variance:
        theirs = pymannkendall.original_test(values)
        assert found.z[0] == pytest.approx(theirs.z, abs=1e-12)
        assert found.p_value[0] == pytest.approx(theirs.p, abs=1e-12)
    else:
        assert (found.z[0], found.p_value[0]) == (0, 1)


def test_series_of_many_kinds_as_pymannkendall() -> None:
    generator = np.random.default_rng(1)
    series = np.concatenate(
        [
            generator.poisson(2, (15, 52)),
            generator.normal(size=(15, 52)),
            generator.poisson(np.arange(52) / 9, (10, 52)),
        ]
    )
    found = mann_kendall(series)
    for row, values in enumerate(series):
        theirs = pymannkendall.original_test(values)
        assert (found.score[row], found.variance[row]) == (theirs.s, theirs.var_s)
        assert (found.z[row], found.p_value[row], found.tau[row]) == pytest.approx((theirs.z, theirs.p, theirs.Tau))
        assert found.direction()[row] == {"increasing": 1, "decreasing": -1, "no trend": 0}[theirs.trend]


def test_the_worked_example() -> None:
    """docs/methods/emerging-hot-spots.md: 2 3 3 5 4 6 8 7 9 9 rises."""
    found = mann_kendall([2, 3, 3, 5, 4, 6, 8, 7, 9, 9])
    assert (found.score[0], found.variance[0]) == (39, 123)
    assert found.z[0] == pytest.approx(3.4263, abs=5e-5)
    assert found.p_value[0] == pytest.approx(0.000612, abs=5e-7)
    assert found.direction()[0] == 1
    assert mann_kendall([9, 9, 7, 8, 6, 4, 5, 3, 3, 2]).score[0] == -39


def test_null_series_reject_as_often_as_stated() -> None:
    series = np.random.default_rng(3).normal(size=(4_000, 30))
    p_values = mann_kendall(series).p_value
    # S is discrete and its correction leans to the safe side.
    assert 0.03 < (p_values <= 0.05).mean() < 0.06
    assert stats.kstest(p_values, "uniform").statistic < 0.06


def test_the_same_for_any_number_of_workers() -> None:
    series = np.random.default_rng(3).poisson(2, size=(1_000, 20))
    one, *others = (mann_kendall(series, executor=executor) for executor in (Serial(), Threads(2), Threads(16)))
    for other in others:
        assert (one.score == other.score).all()
        assert (one.p_value == other.p_value).all()


@pytest.mark.parametrize(
    ("series", "word"),
    [([1, 2], "at least 3 steps"), ([1, 2, np.nan], "series 0 has no value at step 2"), ([[[1]]], "rows of steps")],
)
def test_bad_series_are_refused(series: list[float], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        mann_kendall(series)
