"""The sketch from points: whole, without overlap, the same every time."""

from __future__ import annotations

import json
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diaban.adapters.geometry import Feature, bounds, check_coverage, sketch, tiles
from diaban.adapters.geometry.extra import shapely_module
from diaban.adapters.geometry.spacing import groups, nearest, spread

PLACES = st.dictionaries(
    st.integers(10_000, 99_999).map(str),
    st.tuples(st.floats(106.9, 107.6).map(lambda v: round(v, 4)), st.floats(10.3, 10.9).map(lambda v: round(v, 4))),
    min_size=1,
    max_size=25,
)
FLAT = st.dictionaries(
    st.integers(0, 999).map(str), st.tuples(st.floats(-5e4, 5e4), st.floats(-5e4, 5e4)), min_size=1, max_size=30
)


def scattered(count: int, seed: int = 7) -> dict[str, tuple[float, float]]:
    draw = random.Random(seed)
    return {str(26000 + index): (draw.uniform(107, 107.5), draw.uniform(10.4, 10.8)) for index in range(count)}


@settings(max_examples=20, deadline=None)
@given(points=PLACES)
def test_every_point_gets_one_cell_and_no_two_overlap(points: dict[str, tuple[float, float]]) -> None:
    cells = sketch(points)
    assert cells.keys() == points.keys()
    found = check_coverage([Feature(index, key, "", cells[key]) for index, key in enumerate(sorted(cells), start=1)])
    # Corners are rounded to about one metre, so slivers of some hundred square metres may show; nothing larger.
    for problem in found:
        assert problem.kind == "overlap"
        assert int(str(problem.message).rsplit(": ", 1)[1].removesuffix(" m².").replace(".", "").split(",")[0]) < 50_000


@settings(max_examples=10, deadline=None)
@given(points=PLACES, seed=st.integers(0, 99))
def test_the_order_of_the_points_does_not_matter(points: dict[str, tuple[float, float]], seed: int) -> None:
    keys = list(points)
    random.Random(seed).shuffle(keys)
    shuffled = {key: points[key] for key in keys}
    assert sketch(points) == sketch(shuffled)
    assert tiles(points) == tiles(shuffled)


def test_a_cell_holds_its_point() -> None:
    shapely = shapely_module()
    points = scattered(40)
    for key, cell in sketch(points).items():
        shape = shapely.from_geojson(json.dumps(cell))
        assert shape.is_valid
        assert shape.contains(shapely.Point(points[key]))


def test_a_far_island_is_a_round_cell_of_ordinary_size() -> None:
    shapely = shapely_module()
    points = scattered(30) | {"26732": (106.6, 8.7)}
    cells = sketch(points)
    island = shapely.from_geojson(json.dumps(cells["26732"]))
    west, south, east, north = bounds(cells["26732"])
    assert (east - west) < 0.3
    assert (north - south) == pytest.approx((east - west) * math.cos(math.radians(8.7)), rel=0.05)
    assert 4 * math.pi * island.area / island.length**2 > 0.97
    # The mainland is drawn as if the island were not there: it is nobody's neighbour.
    assert all(bounds(cell)[1] > 10.2 for key, cell in cells.items() if key != "26732")


def test_two_points_in_one_place_both_get_a_cell() -> None:
    points = scattered(12) | {"a": (107.2, 10.6), "b": (107.2, 10.6)}
    cells = sketch(points)
    assert cells["a"] != cells["b"]
    assert {"a", "b"} <= cells.keys()


def test_one_point_and_none() -> None:
    assert sketch({}) == {}
    assert tiles({}) == {}
    assert list(sketch({"a": (107, 10)})) == ["a"]
    assert list(tiles({"a": (107, 10)})) == ["a"]


@settings(max_examples=20, deadline=None)
@given(points=PLACES)
def test_every_point_gets_a_hexagon_of_its_own(points: dict[str, tuple[float, float]]) -> None:
    found = tiles(points)
    assert found.keys() == points.keys()
    rings = {json.dumps(geometry["coordinates"]) for geometry in found.values()}
    assert len(rings) == len(points)
    assert all(len(geometry["coordinates"][0]) == 7 for geometry in found.values())


@given(points=FLAT, rank=st.integers(1, 4))
def test_nearest_equals_the_search_over_all(points: dict[str, tuple[float, float]], rank: int) -> None:
    found = nearest(points, rank=rank)
    for key, point in points.items():
        distances = sorted(math.dist(point, points[other]) for other in points if other != key)
        expected = distances[min(rank, len(distances)) - 1] if distances else math.inf
        assert found[key] == pytest.approx(expected)


@given(points=FLAT, reach=st.floats(1_000, 40_000))
def test_groups_are_the_chains_of_short_steps(points: dict[str, tuple[float, float]], reach: float) -> None:
    found = groups(points, reach=reach)
    assert sorted(key for group in found for key in group) == sorted(points)
    home = {key: index for index, group in enumerate(found) for key in group}
    for a in points:
        others = [b for b in points if b != a and math.dist(points[a], points[b]) <= reach]
        assert all(home[a] == home[b] for b in others)
        assert others or len(found[home[a]]) == 1


@given(points=FLAT)
def test_spread_points_are_apart(points: dict[str, tuple[float, float]]) -> None:
    moved = spread(points | {"twin-a": (1.0, 1.0), "twin-b": (1.0, 1.0)})
    assert math.dist(moved["twin-a"], moved["twin-b"]) > 100
