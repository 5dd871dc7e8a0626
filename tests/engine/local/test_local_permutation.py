"""Conditional permutations: exact draws, exact ties, the same bits for any number of workers, uniform when null."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from itertools import combinations, permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from diaban.engine.executors import Progress, Serial, Threads, quiet
from diaban.engine.kernels.local_draws import draw_rows
from diaban.engine.local import Neighbours, from_pairs, gi, global_moran, touching
from diaban.engine.local.permutation import Ranks, rank_counts, rank_neighbours
from diaban.engine.local.whole import as_integers, as_small_floats, as_whole_weights
from diaban.engine.streams import Stream

Lattice = Callable[[int, int], Neighbours]


def drawn(size: int, width: int, replicates: int, seed: int) -> NDArray[np.int32]:
    ids = np.empty((replicates, width), np.int32)
    order = np.arange(size, dtype=np.int32)
    draw_rows(ids, order, np.uint64(seed), np.uint32(Stream.LOCAL_PERMUTATION), np.uint64(0))
    assert (order == np.arange(size)).all()
    return ids


def by_hand(values: NDArray[np.float64], near: Neighbours, replicates: int, seed: int) -> tuple[list[int], list[int]]:
    """The definition: for each unit, the first drawn ids; where it drew itself, the next id stands in its place."""
    ids = drawn(len(values), int(near.counts.max()) + 1, replicates, seed).tolist()
    above, below = [], []
    for unit in range(len(values)):
        row = slice(near.start[unit], near.start[unit + 1])
        weight, count = near.weight[row], int(near.counts[unit])
        own = float(weight @ values[near.other[row]])
        sums = []
        for line in ids:
            chosen = line[:count]
            if unit in chosen:
                chosen[chosen.index(unit)] = line[count]
            assert unit not in chosen
            assert len(set(chosen)) == count
            sums.append(float(weight @ values[chosen]) if count else 0.0)
        above.append(int((np.array(sums) >= own).sum()) if count else 0)
        below.append(int((np.array(sums) <= own).sum()) if count else 0)
    return above, below


@st.composite
def maps(draw: st.DrawFn) -> tuple[NDArray[np.float64], Neighbours]:
    size = draw(st.integers(3, 9))
    pairs = draw(
        st.sets(
            st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)).filter(lambda p: p[0] != p[1]), min_size=1
        )
    )
    first, second = np.array(sorted(pairs)).T
    weights = np.array(draw(st.lists(st.sampled_from([1, 2, 5]), min_size=len(first), max_size=len(first))), float)
    values = np.array(draw(st.lists(st.integers(-3, 4), min_size=size, max_size=size)), float)
    return values, from_pairs(size, first, second, weights if draw(st.booleans()) else None)


@given(maps(), st.integers(0, 2**53))
@settings(deadline=None, max_examples=60)
def test_counts_are_those_of_the_definition(case: tuple[NDArray[np.float64], Neighbours], seed: int) -> None:
    values, near = case
    ranks = rank_neighbours(values, near, replicates=30, seed=seed, executor=Serial())
    assert (ranks.above.tolist(), ranks.below.tolist()) == by_hand(values, near, 30, seed)
    assert (ranks.alone == near.alone).all()


def test_every_set_of_others_is_equally_likely() -> None:
    # 5 units, each with 2 of the 4 others: 6 sets. Values are powers of two, so a sum names its set.
    values = 2.0 ** np.arange(5)
    ids = drawn(5, 3, 60_000, 11)
    for unit in range(5):
        first = np.where(ids[:, :1] == unit, ids[:, 2:], ids[:, :1])
        second = np.where(ids[:, 1:2] == unit, ids[:, 2:], ids[:, 1:2])
        sums, counts = np.unique(values[first] + values[second], return_counts=True)
        assert sorted(sums) == sorted(float(sum(pair)) for pair in combinations(np.delete(values, unit), 2))
        assert stats.chisquare(counts).pvalue > 1e-4


@pytest.mark.parametrize("weighted", [False, True])
def test_exact_p_values(lattice: Lattice, weighted: bool) -> None:
    near = lattice(3, 3)
    if weighted:
        near = Neighbours(near.start, near.other, 1.0 + near.other % 3)
    values = np.array([4, 1, 0, 2, 2, 0, 7, 1, 3.0])
    replicates = 100_000
    ranks = rank_neighbours(values, near, replicates=replicates, seed=5)
    for unit in (0, 1, 4):
        row = slice(near.start[unit], near.start[unit + 1])
        weight, own = near.weight[row], float(near.weight[row] @ values[near.other[row]])
        others = np.delete(values, unit)
        sums = np.array([float(weight @ np.array(chosen)) for chosen in permutations(others, len(weight))])
        for found, exact in ((ranks.above, (sums >= own).mean()), (ranks.below, (sums <= own).mean())):
            assert abs(found[unit] / replicates - exact) < 5 * (exact * (1 - exact) / replicates + 1e-12) ** 0.5


@pytest.mark.parametrize("weighted", [False, True])
def test_the_same_bits_for_any_number_of_workers(lattice: Lattice, weighted: bool) -> None:
    near = lattice(12, 12)
    if weighted:
        near = Neighbours(near.start, near.other, np.random.default_rng(1).uniform(0.1, 1, len(near.other)))
    values = np.random.default_rng(2).poisson(2, 144).astype(float)
    one, *others = (
        rank_neighbours(values, near, replicates=5_000, seed=9, executor=executor)
        for executor in (Serial(), Threads(1), Threads(2), Threads(16))
    )
    for other in others:
        assert (one.above == other.above).all()
        assert (one.below == other.below).all()
    longer = rank_neighbours(values, near, replicates=5_001, seed=9)
    assert ((longer.above - one.above) <= 1).all()
    assert ((longer.above - one.above) >= 0).all()  # the first 5,000 replicates are the same, however blocks are cut


class Sent:
    """An executor whose work, shared things, items and results are sent as bytes, as to another process."""

    def run(
        self,
        work: Callable[[Any, Any], Any],
        shared: Any,
        items: Sequence[Any],
        progress: Progress = quiet,
    ) -> list[Any]:
        results = []
        for item in items:
            does, given, one = pickle.loads(pickle.dumps((work, shared, item)))
            results.append(pickle.loads(pickle.dumps(does(given, one))))
        progress(len(items), len(items))
        return results


def test_the_same_bits_from_another_process(lattice: Lattice) -> None:
    near = lattice(8, 8)
    weighted = Neighbours(near.start, near.other, np.random.default_rng(1).uniform(0.1, 1, len(near.other)))
    values = np.random.default_rng(2).poisson(2, 64).astype(float)
    for used in (near, weighted):
        here, there = (
            rank_neighbours(values, used, replicates=2_000, seed=9, executor=executor)
            for executor in (Serial(), Sent())
        )
        assert (here.above == there.above).all()
        assert (here.below == there.below).all()
    assert global_moran(values, near, executor=Serial()) == global_moran(values, near, executor=Sent())


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("whole", [False, True])
def test_null_values_give_uniform_p_values(lattice: Lattice, weighted: bool, whole: bool) -> None:
    near = lattice(6, 6)
    if weighted:
        near = Neighbours(near.start, near.other, np.random.default_rng(1).uniform(0.1, 1, len(near.other)))
    found = []
    for seed in range(400):
        generator = np.random.default_rng(seed)
        values = generator.integers(0, 10**6, 36).astype(float) if whole else generator.gamma(0.7, size=36)
        ranks = rank_neighbours(values, near, replicates=999, seed=seed, executor=Serial())
        found.append(ranks.p_high[14])
        assert ((ranks.above + ranks.below) >= 999).all()
    assert stats.kstest(found, "uniform").pvalue > 1e-3


def test_constant_values_and_all_others_as_neighbours_give_one(lattice: Lattice) -> None:
    assert (rank_neighbours(np.full(9, 2.5), lattice(3, 3), replicates=99, seed=1).p_value == 1).all()
    everyone = touching(5, np.array(list(combinations(range(5), 2))))
    values = np.array([0.1, 0.2, 0.3, 0.7, 1.9])
    assert (rank_neighbours(values, everyone, replicates=99, seed=1).p_value == 1).all()
    weighted = Neighbours(everyone.start, everyone.other, 1.0 + everyone.other)
    p_value = rank_neighbours(values, weighted, replicates=99, seed=1).p_value
    assert (p_value > 0).all() and (p_value < 1).any()


def test_a_unit_alone_has_no_p_value() -> None:
    near = touching(5, np.array([[0, 1], [1, 2]]))
    ranks = rank_neighbours(np.array([9.0, 8, 1, 0, 0]), near, replicates=99, seed=1)
    assert np.isnan(ranks.p_value).tolist() == [False, False, False, True, True]
    nobody = rank_neighbours(np.arange(3.0), touching(3, np.empty((0, 2))), replicates=99, seed=1)
    assert np.isnan(nobody.p_value).all()


def test_rates_are_rounded_alike_so_equal_sums_tie(lattice: Lattice) -> None:
    # Thirds: a sum of three in another order may differ in floats, never here.
    values = np.tile([1 / 3, 2 / 3, 0.1], 12)
    near = lattice(6, 6)
    ranks = rank_neighbours(values, near, replicates=2_000, seed=3)
    integers = as_integers(values, 10)
    assert len(np.unique(integers)) == 3
    sums = np.array([integers[near.other[a:b]].sum() for a, b in zip(near.start[:-1], near.start[1:], strict=True)])
    again = rank_counts(integers, sums, near.counts, replicates=2_000, seed=3)
    assert (ranks.above == again.above).all()


def test_whole_numbers_stay_and_others_lose_less_than_two_to_the_minus_fifty() -> None:
    counts = np.array([0.0, 3, 10**12])
    assert (as_integers(counts, 50) == counts).all()
    rates = np.array([0.1, 1e-3, 7.7])
    scaled = as_integers(rates, 1000)
    assert scaled.dtype == np.int64
    assert int(np.abs(scaled).max()) * 1001 < 2**62
    assert scaled / scaled[2] * 7.7 == pytest.approx(rates, abs=7.7 * 2**-50)
    assert (as_integers(np.zeros(3), 10) == 0).all()


@given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=10), st.lists(st.floats(1e-6, 1e6), min_size=3, max_size=10))
@settings(deadline=None, max_examples=100)
def test_weighted_sums_are_exact(values: list[float], weights: list[float]) -> None:
    small = as_small_floats(np.array(values))
    weight = np.array(weights)
    whole = as_whole_weights(weight, np.full(len(weight), weight.max()), small, len(weight))
    assert (whole == np.rint(whole)).all()
    assert (small == np.rint(small)).all()
    assert int(np.abs(small).max()) * int(whole.max()) * len(weight) <= 2**53
    assert whole / whole.max() == pytest.approx(weight / weight.max(), abs=2**-20)


@pytest.mark.parametrize("replicates", [0, -1, 10**8])
def test_bad_numbers_of_permutations_are_refused(lattice: Lattice, replicates: int) -> None:
    with pytest.raises(ValueError, match="permutations"):
        gi(np.arange(9.0), lattice(3, 3), replicates=replicates)
    with pytest.raises(ValueError, match="seed"):
        gi(np.arange(9.0), lattice(3, 3), seed=-1)


def test_more_neighbours_than_others_are_refused() -> None:
    with pytest.raises(ValueError, match="among 2 others"):
        rank_counts(np.zeros(3, np.int64), np.zeros(3, np.int64), np.full(3, 3), replicates=9, seed=1)


def test_two_sided_is_twice_the_smaller_side() -> None:
    ranks = Ranks(np.array([4, 99, 60], np.int32), np.array([97, 0, 60], np.int32), 99, np.zeros(3, bool))
    assert ranks.p_value == pytest.approx([0.1, 0.02, 1])
