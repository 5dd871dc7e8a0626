"""Distances on the plane and on the earth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diaban.engine.positions import EARTH_RADIUS, Positions

DEGREES = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


def test_con_dao_lies_out_at_sea() -> None:
    places = Positions(np.array([107.0843, 106.6]), np.array([10.346, 8.69]), geodesic=True)
    assert places.distances(107.0843, 10.346)[1] == pytest.approx(191_700, rel=5e-3)


@given(st.lists(DEGREES, min_size=1, max_size=8), DEGREES)
def test_straight_lines_keep_the_order_and_give_the_arc_back(
    points: list[tuple[float, float]], there: tuple[float, float]
) -> None:
    places = Positions(*map(np.array, zip(*points, strict=True)), geodesic=True)
    one = Positions(np.array([there[0]]), np.array([there[1]]), geodesic=True)
    chords = np.linalg.norm(places.embedded - one.embedded, axis=1)
    # Near the other side of the earth the arc's sine is flat; no province is that wide.
    near = chords < 1.9 * EARTH_RADIUS
    assert places.arc(chords)[near] == pytest.approx(places.distances(*there)[near], abs=0.05)
    for chord, arc in zip(chords[near], places.distances(*there)[near], strict=True):
        assert places.chord(arc) == pytest.approx(chord, abs=0.05)


def test_the_plane_is_the_plane() -> None:
    places = Positions(np.array([0.0, 3.0]), np.array([0.0, 4.0]))
    assert places.distances(0, 0).tolist() == [0, 5]
    assert places.chord(5) == 5
    assert places.take(np.array([1])).x.tolist() == [3]


@pytest.mark.parametrize(
    ("x", "y", "geodesic"),
    [([1.0], [1.0, 2.0], False), ([np.nan], [1.0], False), ([1.0], [91.0], True), ([[1.0]], [[1.0]], False)],
)
def test_what_is_no_position_is_refused(x: list[float], y: list[float], geodesic: bool) -> None:
    with pytest.raises(ValueError, match=r"position|degrees|rows"):
        Positions(np.array(x), np.array(y), geodesic)
