"""Pairs within bands of distance: the same as looking at every pair."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from diaban.engine.executors import Threads
from diaban.engine.interaction.pairs import Metric, checked_edges, found, lay_out
from diaban.engine.positions import Positions


def by_definition(positions: Positions, steps: NDArray[np.int64], edges: tuple[float, ...], metric: Metric, reach: int):
    pairs = [set() for _ in edges]
    for i in range(len(positions)):
        if metric is Metric.MANHATTAN:
            far = np.abs(positions.x - positions.x[i]) + np.abs(positions.y - positions.y[i])
        else:
            far = positions.distances(positions.x[i], positions.y[i])
        for j in range(i + 1, len(positions)):
            if reach >= 0 and abs(steps[i] - steps[j]) > reach:
                continue
            for band, upper in enumerate(edges):
                if far[j] <= upper:
                    pairs[band].add((i, j))
                    break
    return pairs


def by_sweep(positions, steps, edges, metric=Metric.STRAIGHT, reach=-1, most=10**9, executor=None):
    sweep = lay_out(positions, steps, checked_edges(edges), metric, reach)
    pairs = [set() for _ in edges]
    total = 0
    for portion in found(sweep, most, executor):
        total += len(portion)
        one, other = sweep.order[portion.left], sweep.order[portion.right]
        for band in range(len(edges)):
            held = slice(portion.starts[band], portion.starts[band + 1])
            pairs[band] |= {(min(a, b), max(a, b)) for a, b in zip(one[held], other[held], strict=True)}
    assert total == sum(map(len, pairs))  # no pair twice
    return pairs


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(-12, 12), st.integers(-12, 12), st.integers(0, 5)), max_size=40),
    st.sampled_from([(0.0,), (0.0, 1.0, 5.0), (3.0, 4.0), (5.0,), (100.0,)]),
    st.sampled_from(list(Metric)),
    st.sampled_from([-1, 0, 2]),
)
def test_on_a_plane(rows, edges, metric, reach) -> None:
    x, y, steps = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    positions = Positions(x, y)  # whole numbers: distances that are exactly an edge, and many at the same place
    assert by_sweep(positions, steps, edges, metric, reach) == by_definition(positions, steps, edges, metric, reach)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.one_of(st.floats(-180, 180), st.floats(179, 181), st.floats(-181, -179)),
            st.one_of(st.floats(-90, 90), st.floats(88, 90), st.floats(-1, 1)),
        ),
        max_size=30,
    ),
    st.sampled_from([(0.0, 3e4), (1e5, 2e5), (1e6, 5e6), (1.9e7, 2.1e7)]),
)
def test_on_the_earth(rows, edges) -> None:
    """Across the line of 180 degrees and over the poles too."""
    x, y = np.array(rows).reshape(-1, 2).T
    positions = Positions(x, y, geodesic=True)
    steps = np.zeros(len(x), dtype=np.int64)
    assert sum(map(len, by_sweep(positions, steps, edges))) == sum(
        map(len, by_definition(positions, steps, edges, Metric.STRAIGHT, -1))
    )


def test_an_island_and_the_mainland() -> None:
    """Distances over the sea need no projection."""
    places = Positions([107.0843, 106.6057, 106.6058], [10.346, 8.682, 8.682], geodesic=True)
    steps = np.zeros(3, dtype=np.int64)
    assert by_sweep(places, steps, (50.0, 150_000.0, 200_000.0)) == [{(1, 2)}, set(), {(0, 1), (0, 2)}]


def test_portions_and_workers_find_the_same() -> None:
    rng = np.random.default_rng(3)
    positions = Positions(*rng.uniform(0, 1000, (2, 700)))
    steps = rng.integers(0, 50, 700)
    whole = by_sweep(positions, steps, (10.0, 50.0))
    assert whole == by_definition(positions, steps, (10.0, 50.0), Metric.STRAIGHT, -1)
    for most in (1, 500, 3000):
        assert by_sweep(positions, steps, (10.0, 50.0), most=most) == whole
    sweep = lay_out(positions, steps, checked_edges((10.0, 50.0)))
    (alone,) = found(sweep, 10**9)
    (shared,) = found(sweep, 10**9, Threads(16))
    assert (alone.left == shared.left).all() and (alone.right == shared.right).all()


def test_nothing_and_everything_at_one_place() -> None:
    none = np.zeros(0)
    assert by_sweep(Positions(none, none), none.astype(np.int64), (1.0,)) == [set()]
    one = Positions(np.ones(5), np.ones(5))
    assert len(by_sweep(one, np.zeros(5, dtype=np.int64), (0.0, 1.0))[0]) == 10
    for longitudes in ([10.0, 100.0], [0.0, 180.0], [-180.0, 180.0]):  # half the world apart is still once
        pole = Positions(longitudes, [90.0, 90.0], geodesic=True)
        assert sum(map(len, by_sweep(pole, np.zeros(2, dtype=np.int64), (1.0,)))) == 1


def test_bad_edges_and_metrics() -> None:
    for edges in ((), (-1.0,), (1.0, 1.0), (2.0, 1.0), (np.nan,), (np.inf,)):
        with pytest.raises(ValueError, match=r"bands|edges"):
            checked_edges(edges)
    with pytest.raises(ValueError, match="plane"):
        lay_out(Positions([1.0], [1.0], geodesic=True), np.zeros(1), np.ones(1), Metric.MANHATTAN)
    with pytest.raises(ValueError, match="as many steps"):
        lay_out(Positions([1.0], [1.0]), np.zeros(2), np.ones(1))
