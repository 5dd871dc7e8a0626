"""Flexible windows against all connected sets, one by one."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scan_made import grid, random_data, touching
from scan_reference import counts_of, largest

from diaban.engine.executors import Serial, Threads
from diaban.engine.positions import Positions
from diaban.engine.scan import Data, Model, Settings, Windows, pairs_within, scan
from diaban.engine.scan.flexible import Shapes, sets_of


def connected(places: tuple[int, ...], pairs: np.ndarray) -> bool:
    """Return whether places hang together."""
    reached, fresh = {places[0]}, [places[0]]
    while fresh:
        here = fresh.pop()
        beside = {int(b) for a, b in pairs if a == here} | {int(a) for a, b in pairs if b == here}
        more = (beside & set(places)) - reached
        reached |= more
        fresh += more
    return len(reached) == len(places)


def with_pairs(data: Data, distance: float = 1500.0) -> Data:
    """Return the data with pairs of places that lie near each other."""
    return replace(data, touching=pairs_within(data.positions, distance))


@given(seed=st.integers(0, 500), most=st.integers(1, 6), share=st.sampled_from([0.3, 0.6, None]))
@settings(deadline=None, max_examples=40)
def test_every_connected_set_comes_once(seed: int, most: int, share: float | None) -> None:
    data = with_pairs(random_data(Model.PERMUTATION, seed, places=8, coarse=False))
    sets = sets_of(data, Windows(flexible=most, share=share))
    risk = data.at_risk()
    assert data.touching is not None
    for centre in range(8):
        away = data.positions.distances(float(data.positions.x[centre]), float(data.positions.y[centre]))
        near = np.argsort(away)[:most].tolist()
        expected = {
            frozenset(chosen)
            for size in range(1, most + 1)
            for chosen in combinations(near, size)
            if centre in chosen
            and connected(chosen, data.touching)
            and risk[list(chosen)].sum() <= (share or 1) * risk.sum() + 1e-6
        }
        at = np.flatnonzero(sets.centre == centre)
        if not len(at):
            assert not expected
            continue
        first = int(sets.first[at[0]])
        last = int(sets.first[at[0] + 1]) if at[0] + 1 < len(sets.first) else len(sets.added)
        found = [frozenset(sets.places(number).tolist()) for number in range(first, last)]
        assert len(found) == len(set(found))
        assert set(found) == expected


@pytest.mark.parametrize("model", list(Model))
@pytest.mark.parametrize("prospective", [False, True])
def test_best_set_is_that_of_the_definition(model: Model, prospective: bool) -> None:
    for seed in range(6):
        data = with_pairs(random_data(model, seed, places=7, steps=4, cases=30, coarse=False))
        asked = Windows(flexible=5, prospective=prospective, looks=2 if prospective else 1)
        shapes = Shapes.of(data, asked)
        members = [shapes.sets.places(number) for number in range(len(shapes.sets.added))]
        rows = np.concatenate([[0], np.cumsum([len(one) for one in members])])
        design = replace(shapes.design, rows=rows, reach=np.concatenate(members), looks=1)
        result = scan(data, Settings(asked, replicates=0), seed=1)
        expected = largest(design)
        assert (result.clusters[0].statistic if result.clusters else 0) == pytest.approx(expected)
        # the widest window of each row is the set; narrower ones are sets too, only shorter on their way
        value = shapes.maxima(seed=3, first=4, count=2, executor=Serial())
        assert value == pytest.approx(shapes.maxima(seed=3, first=4, count=2, executor=Threads(2)), abs=0)
        assert (value > 0).all()
        again = shapes.bests(counts_of(shapes.design), design.earliest)[1][:, 1].max()
        assert again == pytest.approx(expected)


def test_a_bent_cluster_is_found_whole() -> None:
    bent = [8, 9, 10, 16, 22]
    counts = np.full(36, 3)
    counts[bent] = 12
    place = np.repeat(np.arange(36), counts)
    expected = np.full((36, 1), len(place) / 36)
    data = Data(Model.POISSON, grid(6), place, np.zeros_like(place), expected=expected, touching=touching(6))
    flexible = scan(data, Settings(Windows(flexible=12), replicates=99, stop=None), seed=1)
    circle = scan(data, Settings(Windows(), replicates=0), seed=1).clusters[0]
    assert sorted(flexible.clusters[0].places.tolist()) == bent
    assert flexible.clusters[0].statistic > circle.statistic
    assert flexible.clusters[0].p_value == 0.01
    assert all(not set(one.places.tolist()) & set(bent) for one in flexible.clusters[1:])
    assert flexible.windows == len(sets_of(data, Windows(flexible=12)).added)


def test_what_does_not_fit_is_refused() -> None:
    data = random_data(Model.PERMUTATION, 1)
    with pytest.raises(ValueError, match="touch"):
        scan(data, Settings(Windows(flexible=4)), seed=1)
    with pytest.raises(ValueError, match="touch"):
        scan(replace(data, touching=np.array([[0, 99]])), Settings(Windows(flexible=4)), seed=1)


def test_islands_touch_nobody() -> None:
    positions = Positions(np.array([0.0, 180_000]), np.zeros(2))
    place, step = np.array([0, 0, 0, 1, 1, 1], np.int32), np.array([0, 1, 2, 3, 3, 3], np.int32)
    data = Data(Model.PERMUTATION, positions, place, step, 4, touching=pairs_within(positions, 5000))
    result = scan(data, Settings(Windows(flexible=2), replicates=9), seed=1)
    assert result.clusters[0].places.tolist() in ([0], [1])
