"""Who is whose neighbour: by distance, nearest, by border; against brute force and libpysal."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from libpysal.weights import KNN, DistanceBand

from diaban.engine.local import Neighbours, from_pairs, nearest, touching, within
from diaban.engine.positions import Positions

places = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=2, max_size=25)


def rows(neighbours: Neighbours) -> list[list[int]]:
    return [neighbours.other[a:b].tolist() for a, b in zip(neighbours.start[:-1], neighbours.start[1:], strict=True)]


def on_plane(points: list[tuple[int, int]]) -> Positions:
    return Positions(np.array([x for x, _ in points], float), np.array([y for _, y in points], float))


@given(places, st.integers(1, 8))
@settings(deadline=None, max_examples=60)
def test_within_takes_the_edge_and_the_same_place(points: list[tuple[int, int]], reach: int) -> None:
    found = rows(within(on_plane(points), reach))
    for one, (x, y) in enumerate(points):
        expected = [
            other for other, (u, v) in enumerate(points) if other != one and (x - u) ** 2 + (y - v) ** 2 <= reach**2
        ]
        assert found[one] == expected


@given(places, st.integers(1, 5))
@settings(deadline=None, max_examples=60)
def test_nearest_takes_lower_numbers_of_equally_far_ones(points: list[tuple[int, int]], count: int) -> None:
    count = min(count, len(points) - 1)
    found = rows(nearest(on_plane(points), count))
    for one, (x, y) in enumerate(points):
        apart = sorted(((x - u) ** 2 + (y - v) ** 2, n) for n, (u, v) in enumerate(points) if n != one)
        assert found[one] == sorted(n for _, n in apart[:count])


def test_the_same_as_libpysal() -> None:
    points = np.random.default_rng(4).uniform(0, 100, (80, 2))
    positions = Positions(points[:, 0], points[:, 1])
    near = KNN.from_array(points, k=5)
    assert rows(nearest(positions, 5)) == [sorted(near.neighbors[n]) for n in range(80)]
    band = DistanceBand.from_array(points, threshold=15.0, silence_warnings=True)
    assert rows(within(positions, 15.0)) == [sorted(band.neighbors[n]) for n in range(80)]


def test_distances_of_degrees_are_great_circles() -> None:
    # One degree of longitude on the equator and at 60° north: 111.19 km and half of it.
    positions = Positions(np.array([0.0, 1.0, 0.0, 1.0]), np.array([0.0, 0.0, 60.0, 60.0]), geodesic=True)
    assert rows(within(positions, 60_000)) == [[], [], [3], [2]]
    assert rows(within(positions, 111_196)) == [[1], [0], [3], [2]]
    assert rows(within(positions, 111_195)) == [[], [], [3], [2]]


def test_inverse_distance() -> None:
    found = within(on_plane([(0, 0), (3, 4), (0, 0)]), 10, power=2)
    assert rows(found) == [[1, 2], [0, 2], [0, 1]]
    assert found.weight.tolist() == [4, 100, 4, 4, 100, 4]
    assert not found.equal
    assert found.binary().equal
    assert found.standardised().weight_sums == pytest.approx(1)


def test_touching_takes_each_pair_once_and_leaves_out_itself() -> None:
    found = touching(4, np.array([[0, 1], [1, 0], [0, 1], [2, 2], [2, 1]]))
    assert rows(found) == [[1], [0, 2], [1], []]
    assert found.alone.tolist() == [False, False, False, True]
    assert found.equal
    assert found.standardised().weight.tolist() == [1, 0.5, 0.5, 1]
    assert found.largest.tolist() == [1, 1, 1, 1]
    assert found.weight_squares.tolist() == [1, 2, 1, 0]
    assert touching(3, np.empty((0, 2))).alone.all()


@pytest.mark.parametrize(
    ("start", "other", "weight", "word"),
    [
        ([0, 1, 2], [1], [1], "rise"),
        ([0, 1, 1], [1], [0], "above zero"),
        ([0, 1, 1], [1], [np.nan], "above zero"),
        ([0, 1, 1], [2], [1], "numbered"),
        ([0, 1, 1], [0], [1], "its own"),
        ([0, 2, 2], [1, 1], [1, 1], "twice"),
        ([0, 1, 1], [1], [1, 2], "as many weights"),
    ],
)
def test_bad_rows_are_refused(start: list[int], other: list[int], weight: list[float], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        Neighbours(np.array(start), np.array(other, np.int32), np.array(weight, float))


def test_bad_questions_are_refused() -> None:
    points = on_plane([(0, 0), (1, 1)])
    with pytest.raises(ValueError, match="above zero metres"):
        within(points, 0)
    with pytest.raises(ValueError, match="power"):
        within(points, 1, power=-1)
    for count in (0, 2):
        with pytest.raises(ValueError, match="nearest neighbours"):
            nearest(points, count)
    with pytest.raises(ValueError, match="outside"):
        from_pairs(2, np.array([0]), np.array([2]))
    with pytest.raises(ValueError, match="same length"):
        from_pairs(2, np.array([0]), np.array([1, 1]))
