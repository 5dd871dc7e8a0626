"""Which windows there are: circles, ties, shares, ellipses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scan_made import grid, random_data

from diaban.engine.positions import Positions
from diaban.engine.scan import Data, Model, Windows, expected_counts, gather, layers
from diaban.engine.scan import neighbours as module
from diaban.engine.scan.neighbours import circles
from diaban.engine.scan.searching import stretched


@given(
    seed=st.integers(0, 1000),
    radius=st.sampled_from([0.0, 1000.0, 1500.0, np.inf]),
    most=st.sampled_from([np.inf, 0.4, 0.1]),
    geodesic=st.booleans(),
)
@settings(deadline=None)
def test_circles_grow_by_distance(seed: int, radius: float, most: float, geodesic: bool) -> None:
    draw = np.random.default_rng(seed)
    if geodesic:
        positions = Positions(draw.uniform(106.5, 106.53, 12), draw.uniform(8.6, 8.63, 12), True)
    else:
        positions = Positions(draw.uniform(0, 3000, 12), draw.uniform(0, 3000, 12))
    weights = draw.uniform(0, 1, 12)
    rows = circles(positions, radius=radius, weights=weights, most=most * weights.sum())
    for centre in range(12):
        away = positions.distances(float(positions.x[centre]), float(positions.y[centre]))
        order = [int(place) for place in np.argsort(away) if away[place] <= radius]
        heavy = np.cumsum(weights[order])
        order = [place for place, sum_ in zip(order, heavy, strict=True) if sum_ <= most * weights.sum()]
        span = slice(int(rows.rows[centre]), int(rows.rows[centre + 1]))
        assert rows.reach[span].tolist() == order
        assert rows.distance[span] == pytest.approx(away[order], abs=1e-5)
    assert rows.centre.tolist() == list(range(12))


def test_equal_distances_come_in_the_order_of_the_places() -> None:
    # the four neighbours on a turned grid are equally far up to rounding; two more places lie on the centre
    turn = np.radians(31)
    x, y = np.array([0.0, 1, 0, -1, 0, 0, 0]) * 700, np.array([0.0, 0, 1, 0, -1, 0, 0]) * 700
    positions = Positions(
        1_185_432.1 + x * np.cos(turn) - y * np.sin(turn), 593_217.7 + x * np.sin(turn) + y * np.cos(turn)
    )
    rows = circles(positions, radius=800.0)
    assert rows.reach[: rows.rows[1]].tolist() == [0, 5, 6, 1, 2, 3, 4]
    last = rows.reach[rows.rows[6] : rows.rows[7]].tolist()
    assert last == [6, 0, 5, 1, 2, 3, 4]  # a centre stands first in its own row


def test_a_place_on_the_edge_of_the_radius_is_inside() -> None:
    positions = Positions(np.array([106.7, 106.7]), np.array([10.0, 10.1]), True)
    away = float(positions.distances(106.7, 10.0)[1])
    assert len(circles(positions, radius=away).reach) == 4
    assert len(circles(positions, radius=away - 0.01).reach) == 2


def test_share_counts_what_is_at_risk() -> None:
    positions = grid(2)
    place, step = np.array([0, 0, 0, 1, 2, 3], np.int32), np.array([0, 1, 0, 1, 0, 1], np.int32)
    cases = layers(Data(Model.PERMUTATION, positions, place, step, 2), Windows(share=0.5))[0].design
    assert [cases.reach[a:b].tolist() for a, b in zip(cases.rows, cases.rows[1:], strict=False)] == [
        [0],  # half of the cases
        [1],  # with its neighbour 0 it would pass a half
        [2],
        [3, 1, 2],
    ]
    expected = expected_counts([1.0, 1, 1, 5], 6, steps=2)
    data = Data(Model.POISSON, positions, place, step, 2, expected=expected)
    people = layers(data, Windows(share=0.5))[0].design
    assert [people.reach[a:b].tolist() for a, b in zip(people.rows, people.rows[1:], strict=False)] == [
        [0, 1, 2],
        [1, 0],
        [2, 0],
        [],  # place 3 alone holds more than a half
    ]
    controls = np.zeros((4, 2), np.int32)
    controls[3] = 20
    bernoulli = layers(Data(Model.BERNOULLI, positions, place, step, 2, controls=controls), Windows(share=0.1))[0]
    assert bernoulli.design.reach.tolist() == [0, 1, 1, 0, 2, 0]
    named = Data(Model.PERMUTATION, positions, place, step, 2, population=np.array([1.0, 1, 1, 1]))
    assert len(layers(named, Windows(share=0.25))[0].design.reach) == 4


def test_one_place_is_a_purely_temporal_scan() -> None:
    data = Data(
        Model.POISSON, Positions(np.zeros(1), np.zeros(1)), np.zeros(3, np.int32), np.array([0, 1, 1]), 4,
        expected=np.full((1, 4), 0.75),
    )  # fmt: skip
    assert layers(data, Windows())[0].design.reach.tolist() == [0]


def test_durations() -> None:
    data = random_data(Model.PERMUTATION, 1, steps=5)
    assert layers(data, Windows())[0].design.longest == 2
    assert layers(data, Windows(duration=9))[0].design.longest == 5
    flat = random_data(Model.BERNOULLI, 1, steps=1)
    assert layers(flat, Windows())[0].design.longest == 1


def test_gather_makes_places_of_events() -> None:
    places, which = gather(Positions(np.array([5.0, 1, 5, 2, 1]), np.array([0.0, 9, 0, 9, 9])))
    assert (places.x.tolist(), places.y.tolist()) == ([5, 1, 2], [0, 9, 9])
    assert which.tolist() == [0, 1, 0, 2, 1]
    assert len(gather(Positions(np.empty(0), np.empty(0)))[0]) == 0


def test_many_places_are_cut_into_blocks_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    positions = grid(12)
    whole = circles(positions, radius=4000.0)
    weighed = circles(positions, radius=np.inf, weights=np.ones(144), most=40.0)
    monkeypatch.setattr(module, "_TOGETHER", 500)
    assert np.array_equal(circles(positions, radius=4000.0).reach, whole.reach)
    assert np.array_equal(circles(positions, radius=np.inf, weights=np.ones(144), most=40.0).reach, weighed.reach)
    monkeypatch.setattr(module, "MOST", 2000)
    with pytest.raises(ValueError, match="smaller radius"):
        circles(positions, radius=4000.0)
    with pytest.raises(ValueError, match="smaller radius"):
        circles(positions, radius=np.inf, weights=np.ones(144), most=40.0)


def test_ellipses_are_circles_of_a_stretched_plane() -> None:
    data = random_data(Model.BERNOULLI, 4, places=30, coarse=False)
    made = layers(data, Windows(radius=2000.0, share=None, shapes=((2.0, 6), (4.0, 12)), penalty=1.0))
    assert [layer.weight for layer in made] == pytest.approx([1, 8 / 9, 16 / 25])
    layer = made[1]
    assert len(layer.rows.centre) == 30 * 6
    x, y = data.positions.x, data.positions.y
    for row in (0, 37, 95, 179):
        centre, angle = int(layer.rows.centre[row]), np.radians(layer.angle[row])
        along = (x - x[centre]) * np.cos(angle) + (y - y[centre]) * np.sin(angle)
        across = (y - y[centre]) * np.cos(angle) - (x - x[centre]) * np.sin(angle)
        inside = np.flatnonzero((along / 2000) ** 2 + (across / 1000) ** 2 <= 1)
        members = layer.rows.reach[layer.rows.rows[row] : layer.rows.rows[row + 1]]
        assert sorted(members.tolist()) == inside.tolist()
        sizes = np.hypot(along, 2 * across)[members]
        assert (np.diff(sizes) >= 0).all()
    assert len(stretched(data.positions, 3.0, 45.0)) == 30


@pytest.mark.parametrize(
    ("settings_", "said"),
    [
        ({"radius": -1.0}, "radius"),
        ({"share": 0.0}, "share"),
        ({"share": 1.5}, "share"),
        ({"duration": 0}, "duration"),
        ({"looks": 3}, "prospective"),
        ({"least": 0}, "at least one case"),
        ({"high": False}, "high rates, low rates"),
        ({"shapes": ((1.0, 4),)}, "longer than wide"),
        ({"penalty": -1.0}, "penalty"),
        ({"flexible": 16}, "at most 15"),
        ({"flexible": 5, "shapes": ((2.0, 4),)}, "not both"),
    ],
)
def test_settings_that_make_no_windows_are_refused(settings_: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Windows(**settings_)  # type: ignore[arg-type]


def test_data_that_do_not_fit_are_refused() -> None:
    two, none = grid(2), np.empty(0, np.int32)
    one = np.zeros(1, np.int32)
    cases = [
        (lambda: Data(Model.PERMUTATION, two, none, none, 1), "two steps"),
        (lambda: Data(Model.PERMUTATION, two, np.array([4]), one, 2), "case 0: place 4"),
        (lambda: Data(Model.PERMUTATION, two, one, np.array([2]), 2), "step 2"),
        (lambda: Data(Model.PERMUTATION, two, one, none, 2), "a place and a step"),
        (lambda: Data(Model.PERMUTATION, two, np.array([0.5]), one, 2), "whole numbers"),
        (lambda: Data(Model.POISSON, two, one, one), "shape"),
        (lambda: Data(Model.POISSON, two, one, one, expected=np.array([[0.0], [1], [0], [0]])), "none is expected"),
        (lambda: Data(Model.POISSON, two, one, one, expected=np.ones((4, 1))), "sum to the 1 cases"),
        (lambda: Data(Model.POISSON, two, one, one, expected=np.full((4, 1), np.nan)), "numbers of 0 or more"),
        (lambda: Data(Model.BERNOULLI, two, one, one, controls=np.full((4, 1), -1)), "whole numbers of 0"),
        (lambda: Data(Model.BERNOULLI, two, one, one), "controls"),
        (lambda: Data(Model.PERMUTATION, two, one, one, 2, population=np.ones(3)), "population"),
        (lambda: Data(Model.BERNOULLI, Positions(np.empty(0), np.empty(0)), none, none), "at least one place"),
    ]
    for call, said in cases:
        with pytest.raises(ValueError, match=said):
            call()
    degrees = Data(Model.PERMUTATION, Positions(np.array([106.0, 107]), np.array([10.0, 10]), True), one, one, 2)
    with pytest.raises(ValueError, match="projection"):
        layers(degrees, Windows(shapes=((2.0, 6),)))
