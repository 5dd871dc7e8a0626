"""Maps: neighbours share their border, names lie inside, the picture is whole, small and quick."""

from __future__ import annotations

import random
import time
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diaban.ui.svgmap import Mark, Shape, build_map, fill_of, shape_of
from diaban.ui.svgmap.labels import place
from diaban.ui.svgmap.outline import GRID, Ring, thin
from kit import island, kit_map, land

SVG = "{http://www.w3.org/2000/svg}"


def tree(svg: str) -> ET.Element:
    return ET.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def edges(ring: Ring) -> set[frozenset[tuple[int, int]]]:
    return {frozenset(pair) for pair in zip(ring, ring[1:] + ring[:1], strict=True)}


def wavy(columns: int, rows: int, seed: int) -> list[Ring]:
    """Rings of a rectangle cut into cells whose borders are random walks shared by both sides."""
    chance = random.Random(seed)
    known: dict[tuple[tuple[int, int], tuple[int, int]], Ring] = {}

    def side(a: tuple[int, int], b: tuple[int, int]) -> Ring:
        first, last = min(a, b), max(a, b)
        if (first, last) not in known:
            steps = [
                (
                    round(first[0] + (last[0] - first[0]) * t / 10) + chance.randint(-3, 3),
                    round(first[1] + (last[1] - first[1]) * t / 10) + chance.randint(-3, 3),
                )
                for t in range(1, 10)
            ]
            known[first, last] = [first, *steps, last]
        line = known[first, last]
        return line if a == first else line[::-1]

    rings = []
    for row in range(rows):
        for column in range(columns):
            at = [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1), (column, row)]
            turn = [(x * 120, y * 120) for x, y in at]
            rings.append([cell for a, b in pairwise(turn) for cell in side(a, b)[:-1]])
    return rings


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_every_inner_border_is_drawn_the_same_from_both_sides(
    columns: int, rows: int, seed: int, chance: random.Random
) -> None:
    rings = wavy(columns, rows, seed)
    turned = []
    for ring in rings:
        at = chance.randrange(len(ring))
        again = ring[at:] + ring[:at]
        turned.append(again[::-1] if chance.random() < 0.5 else again)
    thinned = thin(turned, tolerance=1.5)
    assert all(set(kept) <= set(ring) for kept, ring in zip(thinned, rings, strict=True))
    inner_before = [set(a) & set(b) for i, a in enumerate(rings) for b in rings[i + 1 :]]
    pairs = [(a, b) for i, a in enumerate(thinned) for b in thinned[i + 1 :]]
    for shared, (a, b) in zip(inner_before, pairs, strict=True):
        if len(shared) > 1:  # side by side, not corner to corner
            assert set(a) & shared == set(b) & shared
            assert edges(a) & edges(b)


@given(st.integers(0, 10**6))
@settings(deadline=None, max_examples=20)
def test_no_point_left_out_is_far_from_the_line_drawn(seed: int) -> None:
    (ring,) = wavy(1, 1, seed)
    (kept,) = thin([ring], tolerance=1.0)
    lines = [tuple(edge) for edge in edges(kept)]
    for x, y in ring:
        assert min(_away(x, y, *edge) for edge in lines) <= 1.0 * GRID + 1e-9


def _away(x: int, y: int, a: tuple[int, int], b: tuple[int, int]) -> float:
    bx, by, px, py = b[0] - a[0], b[1] - a[1], x - a[0], y - a[1]
    t = max(0.0, min(1.0, (px * bx + py * by) / (bx * bx + by * by)))
    return float(((px - t * bx) ** 2 + (py - t * by) ** 2) ** 0.5)


def test_a_name_lies_inside_its_outline_and_clear_of_signs() -> None:
    square: Ring = [(0, 0), (800, 0), (800, 400), (0, 400)]  # 200 × 100 units
    label = place([square], "Vũng Tàu")
    assert label is not None
    assert 30 < label.x < 170
    assert 10 < label.y < 90
    moved = place([square], "Vũng Tàu", [(label.x, label.y)])
    assert moved is not None
    assert abs(moved.y - label.y) > 12 * max(1, 1 / moved.scale) or abs(moved.x - label.x) > 20


def test_a_thin_outline_shows_its_name_only_when_enlarged() -> None:
    narrow: Ring = [(0, 0), (40, 0), (40, 400), (0, 400)]
    wide: Ring = [(0, 0), (1600, 0), (1600, 400), (0, 400)]
    small, large = place([narrow], "Châu Pha"), place([wide], "Châu Pha")
    assert small is not None
    assert large is not None
    assert small.scale > 2 > large.scale


def test_the_picture_is_sound_and_every_unit_can_be_reached() -> None:
    picture = kit_map()
    root = tree(picture.svg)
    units = [a for a in root.iter(f"{SVG}a") if a.get("class") == "map__unit"]
    assert {a.get("data-key") for a in units} == {f"u{i}" for i in range(24)} | {"dao"}
    assert all(a.get("href") and a.get("aria-label") for a in units)
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    assert "style=" not in picture.svg
    assert picture.svg == kit_map().svg
    assert picture.inset_names == ("Đặc khu Đảo",)
    assert picture.n_shapes == 25


def test_a_unit_too_small_to_draw_can_still_be_reached() -> None:
    tiny = {
        "type": "Polygon",
        "coordinates": [[[107.2, 10.5], [107.20001, 10.5], [107.20001, 10.50001], [107.2, 10.5]]],
    }
    picture = build_map([*land(3, 3), Shape("nho", tiny, "Nhỏ", href="/nho/", title="Xã Nhỏ")])
    path = next(a.find(f"{SVG}path") for a in tree(picture.svg).iter(f"{SVG}a") if a.get("data-key") == "nho")
    assert path is not None
    assert (path.get("d") or "").startswith("M")


def test_words_from_outside_cannot_become_markup() -> None:
    evil = '"><script>alert(1)</script>'
    shape = replace(land(1, 1)[0], label=evil, title=evil, value_text=evil, href=f"/x/{evil}", tone=evil)
    picture = build_map([shape], [Mark(107.05, 10.35, "diem_nguy_co", "listed", title=evil)], title=evil)
    assert "<script" not in picture.svg
    tree(picture.svg)


def test_signs_on_one_spot_are_all_seen() -> None:
    marks = [Mark(107.2, 10.5, "tu_diem_phuc_tap", "listed", title=str(i)) for i in range(8)]
    places = {
        (e.get("data-x"), e.get("data-y"))
        for e in tree(build_map(land(4, 4), marks).svg).iter(f"{SVG}g")
        if e.get("class") == "map__mark"
    }
    assert len(places) == 8


@pytest.mark.parametrize(
    ("kind", "shape"),
    [("diem_nguy_co", "circle"), ("diem_phuc_tap", "triangle"), ("tu_diem_phuc_tap", "square"),
     ("diem_to_chuc_chua_chap", "house"), ("diamond", "diamond"), ("chưa biết", "circle")],
)  # fmt: skip
def test_the_shape_says_the_kind(kind: str, shape: str) -> None:
    assert shape_of(kind) == shape


def test_the_fill_says_the_state() -> None:
    named = ["listed", "reformed", "watched", "removed", "detected"]
    assert [fill_of(state) for state in named] == ["full", "ring", "half", "empty", "dash"]


def test_what_lies_far_is_framed_without_being_asked() -> None:
    assert build_map([*land(4, 4), island()]).inset_names == ("Đặc khu Đảo",)
    assert build_map([*land(4, 4), island()], inset_keys=()).inset_names == ()
    assert build_map(land(14, 1)).inset_names == ()
    assert build_map([*land(2, 1), island()]).inset_names == ()


def test_no_shapes_at_all_is_still_a_picture() -> None:
    assert tree(build_map([]).svg).get("viewBox") == "0 0 1000 613"


def test_a_province_of_168_communes_takes_under_a_tenth_of_a_second() -> None:
    shapes = land(14, 12)
    assert len(shapes) == 168
    best = 9.0
    for _ in range(5):
        start = time.process_time()
        picture = build_map(shapes)
        best = min(best, time.process_time() - start)
    assert best < 0.1
    assert len(picture.svg) < 120_000
