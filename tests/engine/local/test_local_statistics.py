"""Gi, Gi*, local and global Moran, G: published figures, esda, and definitions written out."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import esda
import libpysal
import numpy as np
import pytest
from libpysal.weights import Queen, W
from numpy.typing import NDArray

from diaban.engine.executors import Threads
from diaban.engine.local import (
    Inference,
    Neighbours,
    Quadrant,
    from_pairs,
    gi,
    global_g,
    global_moran,
    moran,
    touching,
    within,
)
from diaban.engine.positions import Positions

Lattice = Callable[[int, int], Neighbours]
NORMAL = Inference.NORMAL

# The six points of esda's own tests.
SIX = Positions(np.array([10, 20, 40, 15, 30, 30.0]), np.array([10, 10, 10, 20, 20, 30.0]))
SIX_VALUES = np.array([2, 3, 3.2, 5, 8, 7])


def opened(name: str, *kind: str) -> Any:
    """Read one of the examples that come with libpysal, whole."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return libpysal.io.open(libpysal.examples.get_path(name), "r", *kind)


def directed(weights: W) -> Neighbours:
    place = {name: number for number, name in enumerate(weights.id_order)}
    first = [place[one] for one in weights.id_order for _ in weights.neighbors[one]]
    second = [place[other] for one in weights.id_order for other in weights.neighbors[one]]
    return from_pairs(len(place), np.array(first), np.array(second))


@pytest.fixture(scope="module")
def columbus() -> tuple[Neighbours, NDArray[np.float64]]:
    """CRIME in 49 neighbourhoods of Columbus (L. Anselin 1988), with the 230 neighbours that spdep's examples use."""
    table, listed = opened("columbus.dbf"), opened("spdep_listw2WB_columbus", "geobugs_text")
    found = directed(listed.read()), np.array(table.by_col("CRIME"), dtype=float)
    table.close()
    listed.close()
    return found


def test_six_points() -> None:
    near = within(SIX, 15)
    found = global_g(SIX_VALUES, near, replicates=0)
    assert found.statistic == pytest.approx(0.55709779, abs=5e-9)
    assert found.p_normal / 2 == pytest.approx(0.172936, abs=5e-7)  # esda's is one-sided
    assert np.isnan(found.p_value)
    assert gi(SIX_VALUES, near, star=False, inference=NORMAL).z[0] == pytest.approx(-1.0136729, abs=5e-8)
    assert gi(SIX_VALUES, near, inference=NORMAL).z[0] == pytest.approx(-1.39727626, abs=5e-9)
    # A row divided by its sum says the same: the score does not change. (esda's -0.62074534 takes the sum of the
    # weights for their number, which holds for ones only.)
    for star in (False, True):
        binary, shared = (gi(SIX_VALUES, n, star=star, inference=NORMAL).z for n in (near, near.standardised()))
        assert shared == pytest.approx(binary, abs=1e-12)


def test_columbus(columbus: tuple[Neighbours, NDArray[np.float64]]) -> None:
    """Figures of spdep (Debian's r-cran-spdep 1.2.7)."""
    near, crime = columbus
    found = global_moran(crime, near.standardised(), replicates=0)
    assert found.statistic == pytest.approx(0.4857709, abs=5e-8)
    assert found.z == pytest.approx(5.342714, abs=5e-7)
    whole = global_g(crime, near, replicates=0)
    assert whole.statistic == pytest.approx(0.1227242, abs=5e-8)
    assert whole.expected == pytest.approx(0.09778912, abs=5e-9)
    assert whole.variance == pytest.approx(3.383972e-5, abs=5e-12)
    z = gi(crime, near, inference=NORMAL).z
    top = {29: 3.286070, 16: 3.280201, 24: 3.271094, 28: 2.805861, 11: 2.625151}
    assert (np.argsort(-z)[:5] + 1).tolist() == list(top)
    assert z[np.array(list(top)) - 1] == pytest.approx(list(top.values()), abs=5e-7)


def test_north_carolina() -> None:
    """Sudden infant deaths 1974 per 1,000 births in 100 counties, queen neighbours: figures of spdep 1.2.7."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        near = directed(Queen.from_shapefile(libpysal.examples.get_path("sids2.shp")))
    table = opened("sids2.dbf")
    name = table.by_col("NAME")
    rate = 1000 * np.array(table.by_col("SID74"), float) / np.array(table.by_col("BIR74"), float)
    table.close()
    found = global_moran(rate, near.standardised(), replicates=999)
    figures = (found.statistic, found.expected, found.variance, found.z)
    assert figures == pytest.approx((0.2309104, -0.01010101, 0.004065134, 3.780074), abs=5e-7)
    assert found.p_normal / 2 == pytest.approx(7.839e-5, abs=5e-9)  # spdep's is one-sided
    assert found.p_value < 0.01
    z = gi(rate, near, inference=NORMAL).z
    top = np.argsort(-z)[:5]
    assert [name[unit] for unit in top] == ["Northampton", "Bertie", "Richmond", "Robeson", "Halifax"]
    assert z[top] == pytest.approx([4.251772, 3.945757, 3.007641, 2.869504, 2.592668], abs=5e-7)
    local = moran(rate, near.standardised(), inference=NORMAL)
    bertie = name.index("Bertie")
    assert (local.statistic[bertie], local.z[bertie]) == pytest.approx((2.486912, 3.640485), abs=5e-7)


def test_moran_and_gi_of_esda(columbus: tuple[Neighbours, NDArray[np.float64]]) -> None:
    """Local and global Moran, their moments, and Gi, as esda has them. (Its permutations: bench/oracles_local.py.)"""
    near, crime = columbus
    rows = {i: near.other[near.start[i] : near.start[i + 1]].tolist() for i in range(49)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        weights = W(rows, silence_warnings=True)
        theirs = esda.Moran_Local(crime, weights, permutations=0)
        whole = esda.Moran(crime, weights, permutations=0)
        plain = esda.G_Local(crime, W(rows, silence_warnings=True), star=False, transform="B", permutations=0)
    ours = moran(crime, near.standardised(), inference=NORMAL)
    assert ours.statistic * 48 / 49 == pytest.approx(theirs.Is, abs=1e-9)  # esda divides by n - 1
    assert ours.quadrant.tolist() == theirs.q.tolist()
    assert gi(crime, near, star=False, inference=NORMAL).z == pytest.approx(plain.Zs, abs=1e-9)
    found = global_moran(crime, near.standardised(), replicates=0)
    assert (found.statistic, found.variance) == pytest.approx((whole.I, whole.VI_rand), abs=1e-12)


@pytest.mark.parametrize("star", [False, True])
def test_gi_is_its_definition(star: bool) -> None:
    generator = np.random.default_rng(8)
    positions = Positions(generator.uniform(0, 10, 40), generator.uniform(0, 10, 40))
    near = within(positions, 3, power=1.5, nearest_counts_as=0.5)
    values = generator.gamma(1, size=40)
    z = gi(values, near, star=star, inference=NORMAL).z
    for unit in range(40):
        weight = near.matrix.toarray()[unit]
        if star:
            weight[unit] = weight.max()
            pool, used = values, weight
        else:
            pool, used = np.delete(values, unit), np.delete(weight, unit)
        size = len(pool)
        room = (size * (used**2).sum() - used.sum() ** 2) / (size - 1)
        assert z[unit] == pytest.approx((used @ pool - pool.mean() * used.sum()) / (pool.std() * room**0.5), abs=1e-10)


def test_moments_of_local_moran_are_those_of_permutations(lattice: Lattice) -> None:
    generator = np.random.default_rng(3)
    near = lattice(4, 4).standardised()
    values = generator.gamma(1, size=16)
    ours = moran(values, near, inference=NORMAL)
    centred = values - values.mean()
    unit, count = 5, int(near.counts[5])
    others = np.delete(centred, unit)
    drawn = np.array([generator.permutation(others)[:count].mean() for _ in range(40_000)])
    sums = centred[unit] * drawn / np.mean(centred**2)
    assert ours.expected[unit] == pytest.approx(sums.mean(), abs=5 * sums.std() / 200)
    assert ours.variance[unit] == pytest.approx(sums.var(), rel=0.05)


def test_hot_and_cold_places_are_found_and_false_discoveries_bounded(lattice: Lattice) -> None:
    near = lattice(30, 30)
    mean = np.full((30, 30), 4.0)
    mean[3:9, 3:9], mean[20:26, 20:26] = 12, 0.5
    share, found = [], []
    for seed in range(12):
        values = np.random.default_rng(seed).poisson(mean).ravel()
        result = gi(values, near, replicates=9_999, seed=seed)
        # What a cell's neighbourhood holds is what is tested: true where a planted block is within reach.
        hot, cold = (
            (near.sums((mean == level).ravel().astype(float)) + (mean == level).ravel()) > 0 for level in (12, 0.5)
        )
        false = (result.hot & ~hot).sum() + (result.cold & ~cold).sum()
        share.append(false / max(result.hot.sum() + result.cold.sum(), 1))
        found.append(result.hot[(mean == 12).ravel()].mean())
        assert not (result.hot & result.cold).any()
        assert (np.sign(result.confidence[result.hot]) == 1).all()
        assert (result.confidence[result.cold] <= -2).all()
    assert np.mean(share) < 0.05
    assert np.mean(found) > 0.8


def test_quadrants() -> None:
    near = touching(5, np.array([[0, 1], [2, 3]]))
    found = moran(np.array([10, 9, 0, 8, 3.0]), near, replicates=99)
    assert [Quadrant(q) for q in found.quadrant] == [
        Quadrant.HIGH_HIGH,
        Quadrant.HIGH_HIGH,
        Quadrant.LOW_HIGH,
        Quadrant.HIGH_LOW,
        Quadrant.NONE,
    ]
    assert str(Quadrant.HIGH_LOW.meaning) == "cao giữa nơi thấp"
    assert np.isnan(found.statistic[4]) and np.isnan(found.p_value[4]) and not found.significant[4]


@pytest.mark.parametrize("inference", list(Inference))
def test_constant_values_are_no_discovery(lattice: Lattice, inference: Inference) -> None:
    for value in (0.0, 7.0, 0.1, 1e9 + 0.1):
        values = np.full(16, value)
        for star in (False, True):
            found = gi(values, lattice(4, 4), star=star, inference=inference, replicates=99)
            assert (found.z == 0).all() and (found.p_value == 1).all()
            assert not found.hot.any() and not found.cold.any() and not found.confidence.any()
        local = moran(values, lattice(4, 4), inference=inference, replicates=99)
        assert (local.statistic == 0).all() and (local.p_value == 1).all() and not local.significant.any()


def test_all_in_one_place_and_one_event(lattice: Lattice) -> None:
    values = np.zeros(25)
    values[12] = 1
    found = gi(values, lattice(5, 5), replicates=999)
    assert np.isfinite(found.z).all()
    assert not found.hot.any()  # one event is no cluster
    with pytest.raises(ValueError, match="one unit"):
        global_g(values, lattice(5, 5))


def test_units_alone_get_no_result() -> None:
    near = touching(5, np.array([[0, 1], [1, 2]]))
    for inference in Inference:
        found = gi(np.array([5, 4, 0, 9, 0]), near, inference=inference, replicates=99)
        assert np.isnan(found.z).tolist() == np.isnan(found.p_value).tolist() == [False, False, False, True, True]
        assert not found.hot[3] and found.confidence[3] == 0 and np.isnan(found.q_value[3])


def test_a_unit_whose_neighbours_are_all_others_has_no_score() -> None:
    near = touching(4, np.array([[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]))
    assert (gi(np.array([1, 2, 3, 9]), near, inference=NORMAL).z == 0).all()
    assert (gi(np.array([1, 2, 3, 9]), near, star=False, inference=NORMAL).z == 0).all()


@pytest.mark.parametrize("statistic", [global_moran, global_g])
def test_whole_maps_the_same_bits_for_any_number_of_workers(lattice: Lattice, statistic: Callable[..., object]) -> None:
    values = np.random.default_rng(1).poisson(2, 64)
    results = [
        statistic(values, lattice(8, 8), replicates=500, seed=4, executor=Threads(workers)) for workers in (1, 2, 16)
    ]
    assert results[0] == results[1] == results[2]


def test_whole_maps_null_and_planted(lattice: Lattice) -> None:
    near = lattice(7, 7)
    for statistic in (global_moran, global_g):
        p_values = [
            statistic(np.random.default_rng(seed).poisson(5, 49), near, replicates=199, seed=seed).p_value
            for seed in range(150)
        ]
        assert 0.005 <= np.mean(np.array(p_values) <= 0.05) <= 0.12
    sloping = np.add.outer(np.arange(7), np.arange(7)).ravel()
    assert global_moran(sloping, near).p_value == pytest.approx(0.002)
    assert global_moran(sloping, near).z > 5


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ([1, 2, 3], "16 units need as many"),
        ([np.nan] + [1.0] * 15, "unit 0 has no value"),
        ([1e300] + [1.0] * 15, "2\\*\\*53"),
    ],
)
def test_bad_values_are_refused(lattice: Lattice, values: list[float], word: str) -> None:
    for statistic in (gi, moran, global_moran, global_g):
        with pytest.raises(ValueError, match=word):
            statistic(np.array(values), lattice(4, 4))


def test_bad_questions_are_refused(lattice: Lattice) -> None:
    with pytest.raises(ValueError, match="level"):
        gi(np.arange(16), lattice(4, 4), level=5)
    with pytest.raises(ValueError, match="at least 3"):
        gi(np.arange(2), touching(2, np.array([[0, 1]])))
    with pytest.raises(ValueError, match="same value"):
        global_moran(np.ones(16), lattice(4, 4))
    with pytest.raises(ValueError, match="zero or more"):
        global_g(np.arange(16) - 4, lattice(4, 4))
    with pytest.raises(ValueError, match="no unit has a neighbour"):
        global_moran(np.arange(5), touching(5, np.empty((0, 2))))
    with pytest.raises(ValueError, match="at least 4"):
        global_moran(np.arange(3), touching(3, np.array([[0, 1]])))
