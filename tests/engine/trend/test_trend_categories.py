"""Seventeen categories: every place gets exactly one, hot and cold mirror each other, each has its example."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diaban.engine.trend import WORDS, Category, Version, classify, words

C = Category
CASES = st.tuples(st.lists(st.sampled_from([-1, 0, 1]), min_size=1, max_size=30), st.sampled_from([-1, 0, 1]))


def kind(signs: list[int], trend: int, version: Version = Version.PRO) -> Category:
    return Category(classify(np.array([signs]), np.array([trend]), version)[0])


def by_the_text(signs: list[int], trend: int, version: Version) -> Category:
    """The published sentences one after another, for the hot side, then mirrored; the first that holds."""
    for side in (1, -1):
        hot = [side * sign == 1 for sign in signs]
        cold = [side * sign == -1 for sign in signs]
        often = sum(hot) * 10 >= len(hot) * 9
        final = 0
        while final < len(hot) and hot[-1 - final]:
            final += 1
        before = any(hot[: len(hot) - final])
        sentences = [
            (C.NEW, hot[-1] and not any(hot[:-1])),
            (C.CONSECUTIVE, final >= (2 if version is Version.PRO else 1) and not before and not often),
            (C.INTENSIFYING, often and hot[-1] and side * trend == 1),
            (C.PERSISTENT, often and hot[-1] and trend == 0),
            (C.DIMINISHING, often and hot[-1] and side * trend == -1),
            (C.OSCILLATING, hot[-1] and any(cold) and not often),
            (C.HISTORICAL, often and not hot[-1] and not cold[-1]),
            (C.SPORADIC, hot[-1] and not any(cold) and not often),
            (
                C.SPORADIC,
                version is Version.ARCMAP and any(hot) and not any(cold) and not often,
            ),
        ]
        for category, holds in sentences:
            if holds:
                return category if side == 1 else category.mirror
    return C.NONE


@pytest.mark.parametrize("version", list(Version))
@pytest.mark.parametrize("steps", range(1, 8))
def test_every_history_has_the_category_of_the_text(version: Version, steps: int) -> None:
    signs = np.array(list(product((-1, 0, 1), repeat=steps)))
    for trend in (-1, 0, 1):
        found = classify(signs, np.full(len(signs), trend), version)
        expected = [by_the_text(row.tolist(), trend, version) for row in signs]
        assert found.tolist() == expected


@given(CASES, st.sampled_from(list(Version)))
def test_long_histories_too_and_hot_and_cold_mirror(case: tuple[list[int], int], version: Version) -> None:
    signs, trend = case
    assert kind(signs, trend, version) == by_the_text(signs, trend, version)
    assert kind([-sign for sign in signs], -trend, version) == kind(signs, trend, version).mirror


@given(CASES)
def test_the_versions_differ_in_sporadic_only(case: tuple[list[int], int]) -> None:
    signs, trend = case
    pro, arcmap = kind(signs, trend), kind(signs, trend, Version.ARCMAP)
    if pro != arcmap:
        assert (pro, abs(arcmap), signs[-1]) == (C.NONE, C.SPORADIC, 0)


EXAMPLES = [
    (C.NEW, [0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 1),
    (C.CONSECUTIVE, [0, 0, 0, 0, 0, 0, 0, 1, 1, 1], 1),
    (C.INTENSIFYING, [1, 1, 1, 0, 1, 1, 1, 1, 1, 1], 1),
    (C.PERSISTENT, [1, 1, 1, 0, 1, 1, 1, 1, 1, 1], 0),
    (C.DIMINISHING, [1, 1, 1, 0, 1, 1, 1, 1, 1, 1], -1),
    (C.SPORADIC, [0, 1, 0, 0, 1, 1, 0, 0, 0, 1], 0),
    (C.OSCILLATING, [0, 1, 0, -1, 1, 0, 0, 0, 0, 1], 0),
    (C.HISTORICAL, [1, 1, 1, 1, 1, 1, 1, 1, 1, 0], 0),
    (C.NONE, [0, 0, 1, 0, 1, 1, 0, 0, 0, 0], 0),
]


@pytest.mark.parametrize(("category", "signs", "trend"), EXAMPLES)
def test_examples(category: Category, signs: list[int], trend: int) -> None:
    assert kind(signs, trend) == category
    assert kind([-sign for sign in signs], -trend) == category.mirror


@pytest.mark.parametrize(
    ("signs", "trend", "pro", "arcmap"),
    [
        ([0, 1, 0, 1, 0, 0, 0, 0, 0, 0], 0, C.NONE, C.SPORADIC),  # on and off, but the last step is not hot
        ([0, -1, 0, 1, 0, 0, 0, 0, 0, 0], 0, C.NONE, C.NONE),
        ([-1, 0, 0, 0, 0, 0, 0, 0, 0, 1], 0, C.NEW, C.NEW),  # never hot before; that it was cold changes nothing
        ([-1, 0, 0, 0, 0, 0, 0, 0, 1, 1], 0, C.CONSECUTIVE, C.CONSECUTIVE),
        ([-1] * 9 + [1], 0, C.NEW, C.NEW),  # and a cold past of 90 %: what is now goes first
        ([0] + [1] * 9, 0, C.PERSISTENT, C.PERSISTENT),  # one last run, but 90 %
        ([0, 0] + [1] * 8, 0, C.CONSECUTIVE, C.CONSECUTIVE),
        ([0] * 10, 1, C.NONE, C.NONE),
        ([1] * 9 + [-1], 0, C.NEW_COLD, C.NEW_COLD),
        ([1] * 10, 0, C.PERSISTENT, C.PERSISTENT),
    ],
)
def test_where_sentences_meet(signs: list[int], trend: int, pro: Category, arcmap: Category) -> None:
    assert kind(signs, trend) == pro
    assert kind(signs, trend, Version.ARCMAP) == arcmap


def test_ninety_percent_is_counted_in_whole_numbers() -> None:
    for steps in range(10, 300):
        least = -(-9 * steps // 10)
        for hot, category in ((least, C.PERSISTENT), (least - 1, C.CONSECUTIVE)):
            assert kind([0] * (steps - hot) + [1] * hot, 0) == category, (steps, hot)


def test_words_of_all_seventeen() -> None:
    assert sorted(entry.category for entry in WORDS) == sorted(Category)
    assert len({str(entry.name) for entry in WORDS}) == len({entry.english for entry in WORDS}) == 17
    assert len({str(entry.meaning) for entry in WORDS}) == 17
    assert str(words(C.HISTORICAL_COLD).name) == "Điểm lạnh đã qua"
    for entry in WORDS:
        if entry.category > 0:
            assert words(entry.category.mirror).english == entry.english.replace("hot", "cold")


@pytest.mark.parametrize(("signs", "trend"), [([[2]], [0]), ([[1]], [3]), ([[1]], [0, 0]), ([[]], [0]), ([1], [0])])
def test_bad_signs_are_refused(signs: list[list[int]], trend: list[int]) -> None:
    with pytest.raises(ValueError, match="trend"):
        classify(np.array(signs), np.array(trend))
