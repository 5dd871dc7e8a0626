"""Choosing localities: the scales, the ranking with its gaps, what other weights would say, whom to compare with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diaban.catalogue.choosing_loader import criteria, criteria_on, versions
from diaban.core.choosing import (
    CriteriaSet,
    Criterion,
    CriterionError,
    Ranking,
    Scale,
    ScaleKind,
    Step,
    checked_weights,
    distances,
    draw_weights,
    propose_comparisons,
    rank,
    sensitivity,
    standardised,
    top,
)
from diaban.core.choosing.sensitivity import score

TENTHS = Scale(ScaleKind.STEPS, steps=tuple(Step(Fraction(n), 100 * n) for n in range(1, 11)))


def made(*weights: int, least_known: int = 500) -> CriteriaSet:
    """Return criteria a, b, c … whose figures 0 … 10 are tenths of the scale."""
    codes = "abcdefgh"[: len(weights)]
    return CriteriaSet(
        code="thu",
        effective_from=date(2026, 1, 1),
        reference="",
        checked_by="",
        criteria=tuple(
            Criterion(code, code.upper(), code, "", "", TENTHS, weight)
            for code, weight in zip(codes, weights, strict=True)
        ),
        least_known=least_known,
        spread=30,
        draws=50,
        near=Fraction(1),
    )


def ranked(held: CriteriaSet, **rows: str) -> Ranking:
    """Rank localities whose figures are written as digits; "-" is missing, "x" is ten."""
    codes = list(held.weights)
    read = {"-": None, "x": 10}
    figures = {
        key: {code: read.get(sign, None if sign == "-" else int(sign) if sign != "x" else 10)
              for code, sign in zip(codes, signs, strict=True)}
        for key, signs in rows.items()
    }  # fmt: skip
    return rank(held, figures, held.weights)


def test_the_catalogue_is_sound_and_says_that_it_is_not_law() -> None:
    for version in versions():
        assert sum(version.weights.values()) == 100
        assert "Do đơn vị đặt" in version.reference
        assert all(one.why for one in version.criteria)
        assert criteria(version.code) is version
    today = criteria_on(date(2026, 11, 23))
    assert today.weights["patrol"] == 0  # what patrols find does not decide where patrols go
    assert {"reported", "patrol"} <= set(today.weights)  # never pooled
    assert criteria_on(date(1999, 1, 1)) is versions()[0]
    with pytest.raises(KeyError, match="de-nghi"):
        criteria("khac")


def test_scales() -> None:
    codes = Scale(ScaleKind.CODES, codes=(("I", 1000), ("free", 0)))
    assert codes.place(["free", None, "I"]) == [0, None, 1000]
    with pytest.raises(CriterionError, match="Thang không có mã “IV”"):
        codes.place(["IV"])
    steps = Scale(ScaleKind.STEPS, steps=(Step(Fraction(1), 400), Step(Fraction(2), 700)))
    assert steps.place([0, 1, Fraction(3, 2), 2, 99, None]) == [0, 400, 400, 700, 700, None]
    with pytest.raises(CriterionError, match="cần con số"):
        steps.place(["I"])
    more = Scale(ScaleKind.RANK)
    assert more.place([0, 0, 5, None, 9]) == [0, 0, 667, None, 1000]
    assert Scale(ScaleKind.RANK, rising=False).place([0, 0, 5, 9]) == [667, 667, 333, 0]
    assert more.place([7]) == [0]  # alone there is no order


@pytest.mark.parametrize(
    "make",
    [
        lambda: Scale(ScaleKind.CODES),
        lambda: Scale(ScaleKind.RANK, codes=(("I", 1),)),
        lambda: Scale(ScaleKind.STEPS, steps=(Step(Fraction(2), 1), Step(Fraction(1), 2))),
        lambda: Scale(ScaleKind.CODES, codes=(("I", 1001),)),
        lambda: replace(made(1), criteria=()),
        lambda: replace(made(1, 1), criteria=made(1).criteria * 2),
        lambda: made(0, 0),
    ],
)
def test_unsound_criteria_are_refused(make: object) -> None:
    with pytest.raises(CriterionError):
        make()  # type: ignore[operator]


def test_weights_are_checked() -> None:
    held = made(1, 2)
    assert list(checked_weights(held, {"b": 5, "a": 0})) == ["a", "b"]
    for wrong in ({"a": 1}, {"a": 1, "b": 101}, {"a": 1, "b": -1}, {"a": 1, "b": 1, "z": 1}, {"a": 0, "b": 0}):
        with pytest.raises(CriterionError):
            checked_weights(held, wrong)


def test_a_missing_figure_is_not_zero() -> None:
    ranking = ranked(made(50, 50), vắng="8-", không="80", đủ="88")
    lines = {line.key: line for line in ranking.lines}
    assert lines["vắng"].score == Fraction(8, 10)
    assert (lines["vắng"].low, lines["vắng"].high) == (Fraction(4, 10), Fraction(9, 10))
    assert lines["không"].score == lines["không"].low == lines["không"].high == Fraction(4, 10)
    assert lines["vắng"].place == lines["đủ"].place == 1
    assert lines["vắng"].tied == 1
    assert (lines["vắng"].best, lines["vắng"].worst) == (1, 2)
    assert lines["vắng"].missing == ("b",)


def test_too_little_known_gives_no_place() -> None:
    ranking = ranked(made(30, 70), mờ="x-", trống="--", rõ="11")
    places = {line.key: line.place for line in ranking.lines}
    assert places == {"rõ": 1, "mờ": None, "trống": None}
    assert [line.key for line in ranking.lines] == ["rõ", "mờ", "trống"]
    assert {line.key: (line.low, line.high) for line in ranking.lines}["trống"] == (0, 1)
    assert top(ranking, 3) == ("rõ",)


def test_ties_share_a_place_and_are_all_at_the_edge() -> None:
    ranking = ranked(made(1), một="9", hai="5", ba="5", bốn="1")
    assert [line.place for line in ranking.lines] == [1, 2, 2, 4]
    assert top(ranking, 2) == ("một", "hai", "ba")


def test_the_nearest_weight_that_swaps_is_exact() -> None:
    held = made(40, 60)
    ranking = ranked(held, a="x0", b="07", c="00")
    # b = 7·60 = 420 leads a = 10·40 = 400; a passes b where 10·w > 420 (first weight) or 400 > 7·w (second).
    found = sensitivity(ranking, 1, draws=20, spread=30, seed="s")
    assert (found.last_in, found.first_out) == ("b", "a")
    assert {swap.code: swap.at for swap in found.swaps} == {"a": 43, "b": 57}
    holds = {hold.code: hold for hold in found.holds}
    assert (holds["a"].low, holds["a"].high) == (0, 41)  # at 42 they are level: both first
    assert holds["a"].above == ((), ("a",))
    assert holds["a"].below is None
    assert (holds["b"].low, holds["b"].high) == (58, 100)


def test_what_is_certain_under_any_weights() -> None:
    found = sensitivity(ranked(made(10, 90), a="99", b="55", c="38", d="11"), 2, draws=5, spread=5, seed="s")
    certain = {one.key: one.certain for one in found.stability}
    assert certain == {"a": "always", "b": "", "c": "", "d": "never"}


def test_nothing_ranked_nothing_said() -> None:
    found = sensitivity(ranked(made(1), a="-"), 3, draws=5, spread=5, seed="s")
    assert (found.k, found.stability, found.holds, found.swaps) == (0, (), (), ())


def test_everybody_chosen_leaves_nobody_to_swap_with() -> None:
    found = sensitivity(ranked(made(1, 1), a="11", b="22"), 9, draws=5, spread=5, seed="s")
    assert (found.k, found.first_out, found.swaps) == (2, "", ())
    assert all(one.share == 1 for one in found.stability)


# Properties

SIGNS = st.text("-0123456789x", min_size=3, max_size=3)
TABLES = st.dictionaries(st.text("abcdefghijklmnop", min_size=1, max_size=3), SIGNS, min_size=1, max_size=9)
WEIGHTS = st.tuples(*[st.integers(0, 100)] * 3).filter(any)


@given(TABLES, WEIGHTS)
def test_a_score_lies_in_its_range_and_places_follow_scores(rows: dict[str, str], weights: tuple[int, ...]) -> None:
    ranking = ranked(made(*weights), **rows)
    assert sorted(line.key for line in ranking.lines) == sorted(rows)
    for line in ranking.lines:
        assert 0 <= line.low <= line.high <= 1
        assert (line.low == line.high) == (not line.missing)
        assert 1 <= line.best <= line.worst <= len(rows)
        if line.score is not None:
            assert line.low <= line.score <= line.high
            assert score(line.scaled, ranking.weights) == pytest.approx(float(line.score * 1000))
    for one in ranking.ranked:
        better = sum(other.score > one.score for other in ranking.ranked)  # type: ignore[operator]
        assert one.place == better + 1


@given(TABLES, WEIGHTS, st.integers(1, 5), st.data())
def test_filling_a_gap_stays_inside_what_was_said_possible(
    rows: dict[str, str], weights: tuple[int, ...], k: int, data: st.DataObject
) -> None:
    held = made(*weights)
    before = {line.key: line for line in ranked(held, **rows).lines}
    filled = {
        key: "".join(data.draw(st.sampled_from("05x")) if sign == "-" else sign for sign in signs)
        for key, signs in rows.items()
    }
    for line in ranked(held, **filled).lines:
        assert line.score is not None
        assert before[line.key].low <= line.score <= before[line.key].high
        assert line.place is not None
        assert before[line.key].best <= line.place <= before[line.key].worst


@given(TABLES, WEIGHTS, st.integers(1, 5))
def test_swaps_and_holds_are_the_nearest(rows: dict[str, str], weights: tuple[int, ...], k: int) -> None:
    held = made(*weights)
    ranking = ranked(held, **rows)
    found = sensitivity(ranking, k, draws=3, spread=10, seed="s")
    lines = {line.key: line for line in ranking.lines}
    kept = {line.key: line for line in ranking.ranked}

    def at(code: str, weight: int) -> list[int]:
        return [weight if one == code else old for one, old in held.weights.items()]

    for swap in found.swaps:
        into, out = lines[found.last_in].scaled, lines[found.first_out].scaled
        nearer = (
            range(101)
            if swap.at is None
            else [w for w in range(101) if abs(w - swap.weight) < abs(swap.at - swap.weight)]
        )
        assert not any(
            any(at(swap.code, w)) and score(out, at(swap.code, w)) > score(into, at(swap.code, w)) for w in nearer
        )
        if swap.at is not None:
            assert score(out, at(swap.code, swap.at)) > score(into, at(swap.code, swap.at))
    first = set(top(ranking, found.k)) if found.k else set()
    for hold in found.holds:
        for w in {hold.low, hold.high}:
            if any(at(hold.code, w)):
                scores = {key: score(line.scaled, at(hold.code, w)) for key, line in kept.items()}
                assert {key for key in scores if sum(s > scores[key] for s in scores.values()) < found.k} == first


@given(TABLES, WEIGHTS, st.integers(1, 4), st.lists(st.integers(0, 30), min_size=3, max_size=3))
def test_certainty_holds_under_any_weights(
    rows: dict[str, str], weights: tuple[int, ...], k: int, other: list[int]
) -> None:
    ranking = ranked(made(*weights), **rows)
    found = sensitivity(ranking, k, draws=0, spread=10, seed="s")
    tried = [new if old else 0 for old, new in zip(weights, other, strict=True)]
    if not any(tried):
        return
    scores = {line.key: score(line.scaled, tried) for line in ranking.ranked}
    for one in found.stability:
        place = 1 + sum(s > scores[one.key] for s in scores.values())
        if one.certain == "always":
            assert place <= found.k
        if one.certain == "never":
            assert place > found.k


@given(WEIGHTS, st.integers(1, 500), st.integers(0, 50))
def test_drawn_weights_are_repeatable_whole_and_keep_zero(weights: tuple[int, ...], spread: int, draw: int) -> None:
    one = draw_weights(weights, spread=spread, seed="a", draw=draw)
    assert one == draw_weights(weights, spread=spread, seed="a", draw=draw)
    assert all((new == 0) == (old == 0) for new, old in zip(one, weights, strict=True))
    assert abs(sum(one) - 1_000_000) <= 3


def test_draws_centre_on_the_set_weights() -> None:
    drawn = [draw_weights((10, 30, 60), spread=40, seed="tâm", draw=n) for n in range(2000)]
    means = [sum(one[i] for one in drawn) / 2000 / 1_000_000 for i in range(3)]
    assert means == pytest.approx([0.1, 0.3, 0.6], abs=0.01)
    assert len(set(drawn)) == 2000


def test_a_draw_stands_by_its_number_alone() -> None:
    ranking = ranked(made(40, 60), a="90", b="09", c="55")
    few = sensitivity(ranking, 1, draws=10, spread=5, seed="s")
    again = sensitivity(ranking, 1, draws=10, spread=5, seed="s")
    assert few == again
    assert few.stability != sensitivity(ranking, 1, draws=10, spread=5, seed="t").stability


# Comparisons


def test_the_nearest_unchosen_locality_is_proposed() -> None:
    rows = {
        "chọn": {"rate": 10.0, "people": 5.0},
        "giống": {"rate": 9.0, "people": 5.5},
        "khác": {"rate": 1.0, "people": 9.0},
        "mù": {"rate": None, "people": 5.0},
    }
    (pair,) = propose_comparisons(["chọn"], list(rows), rows)
    assert (pair.other, pair.shared, pair.again) == ("giống", 2, False)
    assert [one.other for one in distances("chọn", list(rows), rows)] == ["giống", "khác"]  # "mù" shares too little


def test_each_comparison_serves_once_until_none_is_left() -> None:
    rows = {key: {"x": float(x), "y": float(x)} for key, x in {"a": 1, "b": 2, "c": 3, "p": 2.1, "q": 9}.items()}
    pairs = {pair.chosen: pair for pair in propose_comparisons(["a", "b", "c"], ["p", "q", "a"], rows)}
    assert pairs["b"].other == "p"
    assert not pairs["b"].again
    assert {pairs["a"].other, pairs["c"].other} == {"p", "q"}
    assert sorted([pairs["a"].again, pairs["c"].again]) == [False, True]


def test_a_feature_that_is_the_same_everywhere_tells_nothing() -> None:
    features, placed = standardised({"a": {"x": 1.0, "y": 2.0}, "b": {"x": 1.0, "y": 4.0}})
    assert [one.code for one in features] == ["y"]
    assert placed["a"]["y"] == pytest.approx(-(0.5**0.5))


FIGURES = st.fixed_dictionaries({code: st.none() | st.floats(-1e6, 1e6) for code in "xyz"})


@given(st.dictionaries(st.sampled_from("abcdefgh"), FIGURES, min_size=2), st.integers(1, 4))
def test_comparisons_are_never_chosen_and_serve_once(rows: dict[str, dict[str, float | None]], n: int) -> None:
    chosen = sorted(rows)[:n]
    pairs = propose_comparisons(chosen, list(rows), rows)
    first = [pair.other for pair in pairs if not pair.again]
    assert len(first) == len(set(first))
    for pair in pairs:
        assert pair.other not in chosen
        assert pair.distance >= 0
        assert pair.shared >= 2
        if pair.again:
            assert pair.other in first
            assert {one.other for one in distances(pair.chosen, set(rows) - set(chosen), rows)} <= set(first)
