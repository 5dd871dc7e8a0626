"""Places and people by how near they are to hot-spots."""

from __future__ import annotations

import numpy as np
import pytest

from diaban.engine.exposure import exposure
from diaban.engine.positions import Positions


@pytest.mark.parametrize("geodesic", [False, True])
def test_it_is_what_looking_at_every_pair_says(geodesic: bool) -> None:
    rng = np.random.default_rng(1)
    low, high = ((106.9, 10.3), (107.1, 10.5)) if geodesic else ((0, 0), (20_000, 20_000))
    places = Positions(*rng.uniform(low, high, (2500, 2)).T, geodesic)
    spots = Positions(*rng.uniform(low, high, (60, 2)).T, geodesic)
    people = rng.integers(0, 900, 2500).astype(float)
    edges = (200.0, 500.0, 1000.0)
    found = exposure(places, spots, edges, people)
    far = np.array([places.distances(x, y) for x, y in zip(spots.x, spots.y, strict=True)])
    band = np.searchsorted(edges, far)
    for number in range(3):
        assert (found.counts[:, number] == (band == number).sum(axis=0)).all()
        assert (found.places_around[:, number] == (band == number).sum(axis=1)).all()
        assert found.people_around[:, number] == pytest.approx((band == number) @ people)
    assert found.nearest == pytest.approx(far.min(axis=0))
    assert (found.which == far.argmin(axis=0)).all()
    nearest = np.searchsorted(edges, far.min(axis=0))
    assert found.places_by_nearest.tolist() == np.bincount(nearest, minlength=4).tolist()
    assert found.people_by_nearest == pytest.approx(np.bincount(nearest, weights=people, minlength=4))
    assert found.people_by_nearest.sum() == pytest.approx(people.sum())


def test_the_worked_example() -> None:
    """docs/methods/exposure.md: three schools in a row, two hot-spots."""
    schools = Positions([0.0, 300.0, 2000.0], [0.0, 0.0, 0.0])
    spots = Positions([100.0, 200.0], [0.0, 0.0])
    found = exposure(schools, spots, (100.0, 300.0), np.array([500.0, 800.0, 400.0]))
    assert found.counts.tolist() == [[1, 1], [1, 1], [0, 0]]
    assert found.nearest.tolist() == [100.0, 100.0, 1800.0]
    assert found.which.tolist() == [0, 1, 1]
    assert found.people_around.tolist() == [[500.0, 800.0], [800.0, 500.0]]
    assert found.people_by_nearest.tolist() == [1300.0, 0.0, 400.0]
    assert found.places_by_nearest.tolist() == [2, 0, 1]


def test_ties_nothing_and_bad_input() -> None:
    middle = Positions([0.0], [0.0])
    ties = Positions([5.0, -5.0, 0.0, 5.0], [0.0, 0.0, 5.0, 0.0])
    assert exposure(middle, ties, (5.0,)).which.tolist() == [0]
    assert exposure(middle, Positions([9.0], [0.0]), (5.0,)).nearest.tolist() == [9.0]
    none = Positions([], [])
    alone = exposure(middle, none, (5.0,), np.array([7.0]))
    assert alone.nearest.tolist() == [np.inf]
    assert alone.which.tolist() == [-1]
    assert alone.people_by_nearest.tolist() == [0.0, 7.0]
    assert exposure(none, middle, (5.0,)).people_around.tolist() == [[0.0]]
    with pytest.raises(ValueError, match="degrees"):
        exposure(middle, Positions([1.0], [1.0], geodesic=True), (5.0,))
    with pytest.raises(ValueError, match="people"):
        exposure(middle, ties, (5.0,), np.array([-1.0]))
