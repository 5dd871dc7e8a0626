"""Zones by distance, and the four words about the surroundings: each is said where it is true, seldom elsewhere."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diaban.engine.evaluation.counts import BeforeAfter
from diaban.engine.evaluation.displacement import Reading, change_in, read_displacement
from diaban.engine.evaluation.rings import OUTSIDE, Around, Periods, distances, growth_in_pieces, tally, zones
from diaban.engine.positions import Positions
from diaban.engine.streams import Stream, generator


def test_zones_by_distance_on_a_plane() -> None:
    points = Positions(np.array([0.0, 300, 300.5, 500, 900, 901, 5000]), np.zeros(7))
    far = distances(points, Positions(np.array([0.0]), np.array([0.0])))
    assert zones(far, 300, [500, 900], 2000).tolist() == [0, 0, 1, 1, 2, 3, OUTSIDE]


def test_distances_over_the_sea_go_round_the_earth() -> None:
    """Vũng Tàu to Côn Đảo, against the haversine formula written out."""
    town = Positions(np.array([107.08]), np.array([10.35]), geodesic=True)
    island = Positions(np.array([106.60]), np.array([8.69]), geodesic=True)
    a, b = np.radians([10.35, 8.69])
    h = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(0.48) / 2) ** 2
    assert distances(island, town)[0] == pytest.approx(2 * 6_371_008.8 * np.arcsin(np.sqrt(h)), rel=1e-12)


def test_units_are_their_own_zone_at_radius_zero() -> None:
    units = Positions(np.array([0.0, 1000, 5000]), np.zeros(3))
    assert zones(distances(units, Positions(units.x[:1], units.y[:1])), 0, [2000]).tolist() == [0, 1, 2]


@pytest.mark.parametrize(("radius", "bounds"), [(500, [400]), (-1, [3]), (100, [200, 200]), (100, [float("inf")])])
def test_bounds_must_rise(radius: float, bounds: list[float]) -> None:
    with pytest.raises(ValueError, match=r"rise|distances"):
        zones(np.array([1.0]), radius, bounds)


def test_tally_of_events_and_of_counts() -> None:
    zone = np.array([0, 0, 1, 2, 2, -1, 0], np.int8)
    when = np.array([9, 10, 12, 5, 11, 10, 99], np.int32)
    periods = Periods.around(10, 5)
    assert tally(zone, when, periods, 1) == Around(BeforeAfter(1, 1), (BeforeAfter(0, 1),), BeforeAfter(1, 1))
    counted = tally(zone, when, periods, 1, np.array([3, 4, 5, 6, 7, 8, 9]))
    assert counted == Around(BeforeAfter(3, 4), (BeforeAfter(0, 5),), BeforeAfter(6, 7))


@pytest.mark.parametrize("spans", [((0, 5), (4, 9)), ((5, 5), (6, 9)), ((8, 9), (1, 2))])
def test_periods_are_in_order(spans: tuple[tuple[int, int], tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match="before must lie"):
        Periods(*spans)


@pytest.mark.parametrize(
    ("ring", "expected"),
    [
        (BeforeAfter(100, 170), Reading.DISPLACED),
        (BeforeAfter(100, 50), Reading.DIFFUSED),
        (BeforeAfter(100, 98), Reading.NO_EVIDENCE),
        (BeforeAfter(100, 125), Reading.INCONCLUSIVE),  # neither surely more, nor surely less than half the fall
    ],
)
def test_the_four_words(ring: BeforeAfter, expected: Reading) -> None:
    found = read_displacement(Around(BeforeAfter(200, 100), (ring,), BeforeAfter(1000, 1000)))
    assert found.reading is expected


def test_nothing_fell_so_nothing_moved() -> None:
    found = read_displacement(Around(BeforeAfter(10, 7), (BeforeAfter(10, 40),), BeforeAfter(100, 100)))
    assert found.reading is Reading.INCONCLUSIVE
    assert found.together.rose


def test_a_move_into_one_ring_of_three_is_found() -> None:
    rings = (BeforeAfter(100, 98), BeforeAfter(100, 180), BeforeAfter(100, 104))
    found = read_displacement(Around(BeforeAfter(400, 200), rings, BeforeAfter(2000, 2000)))
    assert found.reading is Reading.DISPLACED
    assert [ratio.rose for ratio in found.rings] == [False, True, False]
    assert found.net.high < 0  # some of it moved, the rest was gained


def test_the_interval_of_events_prevented_holds() -> None:
    draw = generator(11, Stream.EVALUATION_BOOTSTRAP)
    truth = 60 * (0.5 - 1) * 1.2  # the comparison rises by 20 %, the treated area falls to half of that
    rows = draw.poisson([60, 36, 200, 240], (2000, 4))
    found = [change_in(BeforeAfter(a, b), BeforeAfter(c, d)) for a, b, c, d in rows]
    held = np.mean([one.low <= truth <= one.high for one in found])
    assert 0.93 < held < 0.98


def readings(ring_after: float, treated_after: float = 150, times: int = 300) -> Counter[Reading]:
    draw = generator(12, Stream.EVALUATION_BOOTSTRAP)
    means = [300, treated_after, 200, ring_after, 200, 200, 3000, 3000]
    found: Counter[Reading] = Counter()
    for row in draw.poisson(means, (times, 8)):
        t0, t1, a0, a1, b0, b1, c0, c1 = row
        areas = Around(BeforeAfter(t0, t1), (BeforeAfter(a0, a1), BeforeAfter(b0, b1)), BeforeAfter(c0, c1))
        found[read_displacement(areas).reading] += 1
    return found


def test_a_planted_move_is_called_a_move() -> None:
    found = readings(350)  # all that went from the treated area came up next door
    assert found[Reading.DISPLACED] > 270
    assert found[Reading.DIFFUSED] == 0


def test_without_a_move_hardly_any_is_claimed() -> None:
    found = readings(200)
    assert found[Reading.DISPLACED] + found[Reading.DIFFUSED] < 300 * 0.06
    assert found[Reading.NO_EVIDENCE] > 150


def test_a_planted_spread_is_called_a_spread() -> None:
    assert readings(120)[Reading.DIFFUSED] > 250


COUNT = st.integers(0, 30)
AREA = st.builds(BeforeAfter, COUNT, COUNT)


@settings(deadline=None)
@given(AREA, st.lists(AREA, min_size=1, max_size=3), AREA, st.floats(1, 4))
def test_any_counts_have_a_reading(
    treated: BeforeAfter, rings: list[BeforeAfter], control: BeforeAfter, noise: float
) -> None:
    found = read_displacement(Around(treated, tuple(rings), control), dispersion=noise)
    assert found.moved.low <= found.moved.estimate <= found.moved.high
    if found.reading is Reading.DISPLACED:
        assert found.treated.fell
        assert found.together.rose or any(ratio.rose for ratio in found.rings)


@pytest.mark.parametrize("geodesic", [False, True])
def test_growth_of_pieces_of_the_comparison(geodesic: bool) -> None:
    """Squares of 1 km whose growth differs by 0.4 (standard deviation), and such as do not differ."""
    draw = generator(13, Stream.EVALUATION_BOOTSTRAP)
    for sigma in (0.0, 0.4):
        east, north, when = [], [], []
        for column in range(15):
            for row in range(15):
                before, after = draw.poisson(40), draw.poisson(40 * np.exp(draw.normal(0, sigma)))
                east.append(column * 1000 + draw.uniform(10, 990, before + after))
                north.append(row * 1000 + draw.uniform(10, 990, before + after))
                when.append(np.repeat([0, 1], [before, after]))
        x, y, days = np.concatenate(east), np.concatenate(north), np.concatenate(when)
        if geodesic:
            degree = np.radians(1) * 6_371_008.8
            x, y = x / degree, y / degree  # at the equator
        zone = np.full(len(days), 2, np.int8)
        found = growth_in_pieces(
            Positions(x, y, geodesic), zone, days, Periods((0, 1), (1, 2)), 1, 1000 / np.sqrt(np.pi)
        )
        assert found == pytest.approx(sigma**2, abs=0.04)
    assert growth_in_pieces(Positions(x, y, geodesic), zone * 0, days, Periods((0, 1), (1, 2)), 1, 100) == 0
