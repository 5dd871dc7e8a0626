"""What a post opens as the tree changes under it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diaban.catalogue.units_loader import load_province
from diaban.core.policy import reach_of
from diaban.core.units import Edge, Register, Spell

CUT = date(2025, 7, 1)
BEGIN = date(2020, 1, 1)


def spell(uid: str, start: date, end: date | None, level: str = "commune", parent: str | None = "P") -> Spell:
    return Spell(uid, f"Xã {uid}", uid, "xa", level, parent, start, end, "")


def province() -> Spell:
    return Spell("P", "Tỉnh P", "P", "tinh", "province", None, BEGIN, None, "")


def edge(source: str, target: str, share: Fraction | None = Fraction(1)) -> Edge:
    return Edge(source, target, CUT, share, "whole" if share == 1 else "", "")


MERGED = Register(
    [province(), spell("A", BEGIN, CUT), spell("B", BEGIN, CUT), spell("Y", CUT, None), spell("Z", CUT, None)],
    [edge("A", "Y"), edge("B", "Y")],
)
SPLIT = Register(
    [province(), spell("A", BEGIN, CUT), spell("Y", CUT, None), spell("Z", CUT, None)],
    [edge("A", "Y", None), edge("A", "Z", None)],
)


@pytest.mark.parametrize(
    ("register", "root", "on", "opened"),
    [
        (MERGED, "A", date(2024, 1, 1), {"A"}),
        (MERGED, "A", date(2026, 1, 1), {"A", "Y", "B"}),
        (MERGED, "Y", date(2026, 1, 1), {"A", "B", "Y"}),
        (MERGED, "Z", date(2026, 1, 1), {"Z"}),
        (MERGED, "P", date(2026, 1, 1), {"P", "A", "B", "Y", "Z"}),
        (SPLIT, "A", date(2026, 1, 1), {"A"}),
        (SPLIT, "Y", date(2026, 1, 1), {"Y"}),
        (SPLIT, "P", date(2026, 1, 1), {"P", "A", "Y", "Z"}),
        (MERGED, "unknown", date(2026, 1, 1), {"unknown"}),
    ],
)
def test_a_merged_communes_officer_keeps_what_the_lineage_gives(
    register: Register, root: str, on: date, opened: set[str]
) -> None:
    assert reach_of(register, root, on) == opened


def test_the_posts_of_the_plans_own_province() -> None:
    register = load_province("brvt").register
    on = date(2026, 11, 23)
    ward = register.resolve("26506", on, "commune")
    old = {edge.source for edge in register.predecessors(ward)}
    assert len(old) == 7
    opened = reach_of(register, ward, on)
    assert {ward} | old <= opened
    for one in old:
        assert reach_of(register, one, on) == opened
        assert reach_of(register, one, date(2023, 1, 1)) == {one}
    island = register.resolve("26732", on, "commune")
    assert not opened & reach_of(register, island, on)


@st.composite
def histories(draw: st.DrawFn) -> Register:
    """Communes that are merged, divided or kept on one day."""
    old = [f"o{n}" for n in range(draw(st.integers(1, 6)))]
    new = [f"n{n}" for n in range(draw(st.integers(1, 4)))]
    edges = []
    for uid in old:
        heirs = draw(st.lists(st.sampled_from(new), min_size=1, max_size=2, unique=True))
        edges += [edge(uid, heir, Fraction(1) if len(heirs) == 1 else None) for heir in heirs]
    made = {one.target for one in edges}
    spells = [province(), *(spell(uid, BEGIN, CUT) for uid in old)]
    return Register([*spells, *(spell(uid, CUT, None) for uid in new if uid in made)], edges)


@given(histories())
def test_posts_of_different_communes_never_open_the_same_undivided_past(register: Register) -> None:
    on = date(2026, 1, 1)
    now = [spell.unit for spell in register.snapshot(on).of_level("commune")]
    opened = [reach_of(register, uid, on) for uid in now]
    for index, one in enumerate(opened):
        for other in opened[index + 1 :]:
            assert not one & other
    assert frozenset().union(*opened) <= reach_of(register, "P", on)


@given(histories())
def test_an_ended_post_opens_its_own_past_and_at_most_one_commune_of_today(register: Register) -> None:
    on = date(2026, 1, 1)
    now = {spell.unit for spell in register.snapshot(on).of_level("commune")}
    for edge_ in {one.source for one in (e for uid in now for e in register.predecessors(uid))}:
        opened = reach_of(register, edge_, on)
        assert edge_ in opened
        assert len(opened & now) <= 1
        for heir in opened & now:
            assert opened == reach_of(register, heir, on)
