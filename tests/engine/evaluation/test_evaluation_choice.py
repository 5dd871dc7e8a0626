"""Places chosen for a bad year fall by themselves: shown, and taken off. Comparison places are the most alike."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from diaban.engine.evaluation.counts import BeforeAfter
from diaban.engine.evaluation.matching import features, match
from diaban.engine.evaluation.ratios import ratio_of_ratios
from diaban.engine.evaluation.selection import Selection, chosen_for_being_bad, spread_of_rates
from diaban.engine.streams import Stream, generator

Counts = NDArray[np.int64]


def worst(
    replicate: int, *, effect: float = 1.0, places: int = 80, chosen: int = 8
) -> tuple[Counts, Counts, NDArray[np.bool_]]:
    """Draw places that truly differ, choose those with most events, and draw the next period."""
    draw = generator(51, Stream.EVALUATION_BOOTSTRAP, replicate)
    rates = draw.gamma(4.0, 12 / 4.0, places)
    before = draw.poisson(rates)
    flags = np.zeros(places, bool)
    flags[np.argsort(-before, kind="stable")[:chosen]] = True
    after = draw.poisson(np.where(flags, effect, 1.0) * rates * 1.1)
    return before, after, flags


def test_the_worst_fall_with_nothing_done_and_ours_says_none() -> None:
    found: list[Selection] = []
    naive = 0
    for replicate in range(300):
        before, after, flags = worst(replicate)
        found.append(chosen_for_being_bad(before, after, flags))
        plain = ratio_of_ratios(
            BeforeAfter(int(before[flags].sum()), int(after[flags].sum())),
            BeforeAfter(int(before[~flags].sum()), int(after[~flags].sum())),
        )
        naive += plain.fell
    assert naive / 300 > 0.3  # the naive comparison "finds" an effect in a third of them, not in one of forty
    alarms = np.mean([not one.low <= 1 <= one.high for one in found])
    assert alarms < 0.075
    assert np.mean([one.ratio for one in found]) == pytest.approx(1, abs=0.02)
    assert np.mean([one.by_itself for one in found if one.by_itself]) < 0.97  # although all places rose by a tenth


def test_a_true_effect_is_still_found() -> None:
    found = [chosen_for_being_bad(*worst(r, effect=0.6)) for r in range(100)]
    assert np.mean([one.fell for one in found]) > 0.95
    assert np.mean([one.ratio for one in found]) == pytest.approx(0.6, abs=0.03)


def test_spread_of_rates_comes_back() -> None:
    draw = generator(52, Stream.EVALUATION_BOOTSTRAP)
    size = draw.uniform(5, 50, 2000)
    found = spread_of_rates(draw.poisson(draw.gamma(3.0, 2 / 3.0, 2000) * size), size)
    assert found.mean == pytest.approx(2, rel=0.05)
    assert found.shape == pytest.approx(3, rel=0.1)
    assert math.isinf(spread_of_rates(np.full(50, 7)).shape)


def test_shrinkage_lies_between_the_count_and_the_middle() -> None:
    before, after, flags = worst(1)
    found = chosen_for_being_bad(before, after, flags)
    middle = before.mean()
    assert (np.minimum(before, middle) - 1e-9 <= found.shrunk).all()
    assert (found.shrunk <= np.maximum(before, middle) + 1e-9).all()
    assert found.expected_before < found.observed_before


def test_alike_places_shrink_wholly() -> None:
    found = chosen_for_being_bad(np.full(20, 6), np.full(20, 6), np.arange(20) < 2)
    assert found.expected_before == pytest.approx(12)
    assert found.ratio == pytest.approx(1, abs=0.01)


def test_selection_refuses_what_it_cannot_compare() -> None:
    with pytest.raises(ValueError, match="five places"):
        spread_of_rates(np.array([1, 2, 3]))
    with pytest.raises(ValueError, match="five places"):
        spread_of_rates(np.zeros(9))
    with pytest.raises(ValueError, match="some chosen"):
        chosen_for_being_bad(np.ones(9), np.ones(9), np.ones(9, bool))
    with pytest.raises(ValueError, match="without residents"):
        spread_of_rates(np.ones(9), np.zeros(9))


def test_the_twin_is_matched() -> None:
    figures = {"level": np.array([1.0, 5, 1.1, 3, 9]), "trend": np.array([0.0, 2, 0.1, 1, -3])}
    found = match(figures, np.arange(5) == 0, each=1)
    assert found.pairs == ((0, (2,)),)
    assert found.controls == (2,)
    assert not any(one.poor for one in found.balance)
    level = found.balance[0]
    assert abs(level.difference_after) < abs(level.difference_before)


def test_calipers_leave_rather_than_take_a_bad_match() -> None:
    figures = {"level": np.array([0.0, 10, 11, 12])}
    found = match(figures, np.arange(4) == 0)
    assert found.unmatched == (0,)
    assert found.controls == ()
    assert found.balance[0].poor


def test_neighbours_can_be_left_out() -> None:
    figures = {"level": np.array([1.0, 1.0, 1.2, 5])}
    found = match(figures, np.arange(4) == 0, candidates=np.array([True, False, True, True]), each=2)
    assert found.controls == (2,)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 3), st.integers(3, 6))
def test_one_match_each_has_the_least_total_distance(seed: int, treated: int, others: int) -> None:
    draw = generator(seed, Stream.EVALUATION_BOOTSTRAP)
    values = draw.normal(size=treated + others)
    flags = np.arange(treated + others) < treated
    found = match({"level": values}, flags, each=1, caliper=1e9)
    spread = values.std()
    best = min(
        sum(abs(values[a] - values[treated + b]) for a, b in enumerate(order)) / spread
        for order in permutations(range(others), treated)
    )
    assert sum(one[0] for one in found.distances) == pytest.approx(best)
    assert len(found.controls) == treated


def test_features_read_only_what_was_before() -> None:
    counts = np.array([[2, 2, 4, 4, 99], [3, 3, 3, 3, 0]])
    found = features(counts, 4, population=np.array([100.0, 1000]))
    assert found["level"] == pytest.approx(np.log([12.5, 12.5]))
    assert found["trend"] == pytest.approx([math.log(8.5 / 4.5), 0])
    with pytest.raises(ValueError, match="two steps"):
        features(counts, 1)
