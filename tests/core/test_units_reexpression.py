"""Figures on the boundaries of another day: exact, estimated, not comparable, and never lost."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from diaban.core.units import (
    Edge,
    Quality,
    Register,
    Spell,
    UnitsError,
    UnknownUnit,
    Weights,
    plan,
    reexpress,
)

D0, D1, D2, NOW = date(2019, 4, 1), date(2025, 1, 1), date(2025, 7, 1), date(2026, 1, 1)
ONE = Fraction(1)


def unit(uid: str, start: date, end: date | None) -> Spell:
    return Spell(uid, f"Xã {uid.upper()}", f"{uid}{start.year}", "xa", "commune", None, start, end, "")


def edge(source: str, target: str, on: date, share: Fraction | None = ONE, basis: str = "whole") -> Edge:
    return Edge(source, target, on, share, basis, "")


# a and b unite in ab; c goes in thirds to c1 and to d2 (with d); e goes in unknown parts to e1 and to f2 (with f).
REGISTER = Register(
    [
        *(unit(uid, D0, D2) for uid in ("a", "b", "c", "d", "e", "f")),
        *(unit(uid, D2, None) for uid in ("ab", "c1", "d2", "e1", "f2")),
        unit("g", D0, None),
    ],
    [
        edge("a", "ab", D2),
        edge("b", "ab", D2),
        edge("c", "c1", D2, Fraction(1, 3), "population"),
        edge("c", "d2", D2, Fraction(2, 3), "population"),
        edge("d", "d2", D2),
        edge("e", "e1", D2, None, ""),
        edge("e", "f2", D2, None, ""),
        edge("f", "f2", D2),
    ],
)


def test_whole_merges_are_exact() -> None:
    result = reexpress(REGISTER, [("a", "T1", 3), ("b", "T1", 4), ("g", "T1", 1), ("a", "T2", 5), ("b", "T2", 0)], NOW)
    cell = result.cell("ab", "T1")
    assert cell == (7, Quality.EXACT, "", ("a", "b"), ())
    assert isinstance(result.cells["T1"]["ab"].amount, int)
    assert result.cells["T1"]["g"].amount == 1
    assert [c.amount for c in result.series("ab").values()] == [7, 5]
    assert not result.unplaced


def test_known_shares_are_estimates_that_name_their_weight() -> None:
    result = reexpress(REGISTER, [("c", 1, 10), ("d", 1, 5)], NOW)
    assert result.cell("c1", 1) == (Fraction(10, 3), Quality.ESTIMATED, "population", ("c",), ())
    assert result.cell("d2", 1) == (Fraction(35, 3), Quality.ESTIMATED, "population", ("c", "d"), ())
    assert result.total(1) == 15


def test_whole_numbers_by_largest_remainder() -> None:
    result = reexpress(REGISTER, [("c", n, n) for n in range(1, 8)], NOW, whole_numbers=True)
    pairs = [(result.cells[n]["c1"].amount, result.cells[n]["d2"].amount) for n in range(1, 8)]
    assert pairs == [(0, 1), (1, 1), (1, 2), (1, 3), (2, 3), (2, 4), (2, 5)]


def test_unknown_shares_leave_the_amount_unplaced_and_the_cells_not_comparable() -> None:
    result = reexpress(REGISTER, [("e", 1, 9), ("f", 1, 4)], NOW)
    assert result.unplaced[1] == (("e", 9, ("e1", "f2")),)
    assert result.cell("e1", 1) == (None, Quality.NOT_COMPARABLE, "", ("e",), ())
    assert result.cell("f2", 1) == (4, Quality.NOT_COMPARABLE, "", ("e", "f"), ())
    assert result.total(1) == 13


def test_nothing_divides_exactly_even_by_unknown_shares() -> None:
    result = reexpress(REGISTER, [("e", 1, 0), ("f", 1, 4)], NOW)
    assert result.cell("e1", 1) == (0, Quality.EXACT, "", ("e",), ())
    assert result.cell("f2", 1) == (4, Quality.EXACT, "", ("e", "f"), ())
    assert not result.unplaced


def test_a_unit_that_gave_no_figure_is_named_not_counted_as_zero() -> None:
    result = reexpress(REGISTER, [("a", 1, 3), ("c", 1, 3)], NOW)
    assert result.cells[1]["ab"].missing == ("b",)
    assert result.cells[1]["d2"].missing == ("d",)
    assert result.cells[1]["c1"].missing == ()
    assert result.cell("f2", 1) is None


def test_backward_without_weights_is_not_comparable() -> None:
    result = reexpress(REGISTER, [("ab", 1, 10), ("g", 1, 2)], D1)
    assert result.cells[1]["a"].quality is Quality.NOT_COMPARABLE
    assert result.cells[1]["a"].amount is None
    assert result.unplaced[1] == (("ab", 10, ("a", "b")),)
    assert result.cell("g", 1) == (2, Quality.EXACT, "", ("g",), ())


def test_backward_with_weights_is_estimated() -> None:
    sizes = Weights("population", {"a": 3000, "b": 1000})
    result = reexpress(REGISTER, [("ab", 1, 10)], D1, sizes)
    assert result.cell("a", 1) == (Fraction(15, 2), Quality.ESTIMATED, "population", ("ab",), ())
    assert result.cells[1]["b"].amount == Fraction(5, 2)
    rounded = reexpress(REGISTER, [("ab", 1, 10)], D1, sizes, whole_numbers=True)
    assert (rounded.cells[1]["a"].amount, rounded.cells[1]["b"].amount) == (8, 2)


def test_backward_weights_count_only_the_share_that_went() -> None:
    # d2 holds two thirds of c (900 people) and all of d (400): 600 to 400.
    result = reexpress(REGISTER, [("d2", 1, 10)], D1, Weights("area", {"c": 900, "d": 400}))
    assert {u: c.amount for u, c in result.cells[1].items()} == {"c": 6, "d": 4}
    assert result.cells[1]["c"].weight == "area+population"
    assert result.cells[1]["c"].missing == ("c1",)


@pytest.mark.parametrize(
    "weights",
    [
        Weights("population", {"a": 3000}),
        Weights("population", {"a": 0, "b": 0}),
        Weights("population", {"a": -1, "b": 5}),
        None,
    ],
)
def test_backward_needs_every_size(weights: Weights | None) -> None:
    result = reexpress(REGISTER, [("ab", 1, 10)], D1, weights)
    assert result.unplaced[1][0].amount == 10


def test_backward_across_a_division_is_exact_for_what_lies_inside() -> None:
    # c1 lies wholly in c; d2 does not.
    result = reexpress(REGISTER, [("c1", 1, 2), ("d2", 1, 6)], D1)
    assert result.cells[1]["c"].amount == 2
    assert result.cells[1]["c"].quality is Quality.NOT_COMPARABLE
    alone = reexpress(REGISTER, [("c1", 1, 2)], D1)
    assert alone.cell("c", 1) == (2, Quality.EXACT, "", ("c1",), ("d2",))


def test_backward_where_a_share_is_unknown() -> None:
    sizes = Weights("population", {"e": 10, "f": 10})
    result = reexpress(REGISTER, [("e1", 1, 3), ("f2", 1, 4)], D1, sizes)
    assert result.cells[1]["e"].amount == 3  # e1 lies in e, however much of e it is
    assert result.unplaced[1] == (("f2", 4, ("e", "f")),)


def test_a_series_across_the_change_keeps_both_sides() -> None:
    old = [("a", month, 1) for month in range(1, 7)] + [("b", month, 2) for month in range(1, 7)]
    new = [("ab", month, 5) for month in range(7, 13)]
    result = reexpress(REGISTER, old + new, NOW)
    assert [c.amount for c in result.series("ab").values()] == [3] * 6 + [5] * 6
    assert all(c.quality is Quality.EXACT and not c.missing for c in result.series("ab").values())


def test_two_figures_of_one_unit_and_period_are_added() -> None:
    result = reexpress(REGISTER, [("a", 1, 3), ("b", 1, 1), ("a", 1, 2)], NOW)
    assert result.cell("ab", 1) == (6, Quality.EXACT, "", ("a", "b"), ())


def test_a_unit_abolished_without_successor_is_unplaced() -> None:
    district = Spell("h", "Huyện H", "748", "huyen", "district", None, D0, D2, "")
    result = reexpress(Register([district]), [("h", 1, 7), ("h", 2, 0)], NOW)
    assert result.unplaced[1] == (("h", 7, ()),)
    assert result.unplaced[2] == (("h", 0, ()),)
    assert result.total(1) == 7


def test_partly_known_shares_place_what_is_known() -> None:
    register = Register(
        [unit("a", D0, D1), unit("x", D1, None), unit("y", D1, None)],
        [edge("a", "x", D1, Fraction(1, 4), "declared"), edge("a", "y", D1, None, "")],
    )
    result = reexpress(register, [("a", 1, 8)], NOW)
    assert result.cell("x", 1) == (2, Quality.ESTIMATED, "declared", ("a",), ())
    assert result.cells[1]["y"].quality is Quality.NOT_COMPARABLE
    assert result.unplaced[1] == (("a", 6, ("y",)),)
    assert reexpress(register, [("a", 1, 9)], NOW, whole_numbers=True).total(1) == 9


def test_a_code_is_no_key_and_a_count_is_not_negative() -> None:
    with pytest.raises(UnknownUnit, match="26506"):
        reexpress(REGISTER, [("26506", 1, 1)], NOW)
    with pytest.raises(UnknownUnit):
        plan(REGISTER, NOW, ["a"]).apply([("b", 1, 1)])
    with pytest.raises(UnitsError, match="số âm"):
        reexpress(REGISTER, [("a", 1, -1)], NOW)


def test_a_plan_serves_many_series() -> None:
    made = plan(REGISTER, NOW)
    assert made.apply([("a", 1, 3)]).cells[1]["ab"].amount == 3
    assert made.apply([("b", "2025", 4)]).cells["2025"]["ab"].amount == 4
    assert Quality.NOT_COMPARABLE.code == "not_comparable"
