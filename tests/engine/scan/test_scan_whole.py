"""Scans from data to clusters: what is planted is found, any number of workers, data at the edge."""

from __future__ import annotations

import numpy as np
import pytest
from scan_made import grid, random_data
from scipy import stats

from diaban.engine.executors import Cancelled, Serial, Threads
from diaban.engine.positions import Positions
from diaban.engine.scan import Data, Model, ScanResult, Secondary, Settings, Windows, least_cases, scan
from diaban.engine.streams import Stream, generator


def same(one: ScanResult, other: ScanResult) -> bool:
    """Return whether two results are equal to the last bit."""
    pairs = zip(one.clusters, other.clusters, strict=True)
    return bool(np.array_equal(one.replicates.maxima, other.replicates.maxima)) and all(
        np.array_equal(a.places, b.places) and (a.statistic, a.p_value, a.start, a.end) == (
            b.statistic, b.p_value, b.start, b.end
        )
        for a, b in pairs
    )  # fmt: skip


@pytest.mark.parametrize("model", list(Model))
def test_any_number_of_threads_gives_the_same_bits(model: Model) -> None:
    data = random_data(model, 8, places=15, steps=8, cases=120, coarse=False)
    settings = Settings(Windows(share=0.5, shapes=((2.0, 3),)), replicates=150, stop=20)
    results = [scan(data, settings, seed=7, executor=way) for way in (Serial(), Threads(1), Threads(2), Threads(16))]
    assert all(same(results[0], other) for other in results[1:])
    assert not same(results[0], scan(data, settings, seed=8))


def planted(seed: int, extra: float) -> Data:
    """Return 36 places × 8 steps with 1.25 cases in each cell, and `extra` in four places during the last two steps."""
    draw = generator(seed, Stream.SYNTHETIC)
    usual = np.full((36, 8), 1.25)
    rates = usual.copy()
    rates[np.ix_([14, 15, 20, 21], [6, 7])] *= extra
    cells = np.repeat(np.arange(36 * 8), draw.poisson(rates).ravel())
    expected = usual * len(cells) / usual.sum()
    return Data(Model.POISSON, grid(6), cells // 8, cells % 8, 8, expected=expected)


def test_a_planted_cluster_is_found_as_often_as_a_formula_says() -> None:
    """One window near the planted one passes the critical value as often as the Poisson distribution says.

    The circle of a planted place and its four neighbours, of which two are planted too, stands for all windows: a bound
    of the power from below.
    """
    runs, alarms, right = 40, 0, 0
    bounds = []
    for seed in range(runs):
        data = planted(seed, 3.5)
        result = scan(data, Settings(Windows(share=0.5, duration=4), replicates=99, stop=None), seed=seed)
        critical = result.replicates.critical(0.05)
        assert critical is not None
        count = least_cases(critical, 5 * 2 * 1.25 * data.cases / 360, data.cases)
        assert count is not None
        bounds.append(stats.poisson.sf(count - 1, (3 * 3.5 + 2) * 2 * 1.25))
        first = result.clusters[0]
        found = first.p_value is not None and first.p_value <= 0.05
        alarms += found
        right += found and first.end > 6 and len({14, 15, 20, 21} & set(first.places.tolist())) >= 2
    least = float(np.mean(bounds))
    assert alarms / runs >= least - 3 * np.sqrt(least * (1 - least) / runs)
    assert 0.5 < least < 1
    assert right >= 0.85 * alarms


def test_a_quiet_place_far_away_stays_out() -> None:
    result = scan(planted(3, 6.0), Settings(Windows(share=0.5), replicates=99), seed=1)
    assert result.clusters[0].p_value == 0.01
    assert 0 not in result.clusters[0].places
    assert result.clusters[0].gumbel is None or result.clusters[0].gumbel < 0.01
    assert all(one.p_value != 1 for one in result.clusters[1:])


def test_low_rates_are_found_when_asked() -> None:
    usual = np.full((36, 1), 4.0)
    counts = np.full(36, 4)
    counts[[14, 15, 20, 21]] = 0
    place = np.repeat(np.arange(36), counts)
    data = Data(Model.POISSON, grid(6), place, np.zeros_like(place), expected=usual * len(place) / usual.sum())
    asked = Windows(share=0.5, high=False, low=True, least=0)
    first = scan(data, Settings(asked, replicates=99), seed=2).clusters[0]
    assert set(first.places.tolist()) <= {14, 15, 20, 21}
    assert first.observed == 0
    assert first.p_value == 0.01
    assert first.relative_risk == 0


def test_a_purely_temporal_scan() -> None:
    step = np.repeat(np.arange(10), [2, 2, 2, 2, 9, 9, 2, 2, 2, 2]).astype(np.int32)
    data = Data(
        Model.POISSON, Positions(np.zeros(1), np.zeros(1)), np.zeros_like(step), step, 10,
        expected=np.full((1, 10), len(step) / 10),
    )  # fmt: skip
    result = scan(data, Settings(replicates=99), seed=3)
    assert (result.clusters[0].start, result.clusters[0].end) == (4, 6)
    assert result.clusters[0].radius == 0
    assert result.windows == 10 + 9 + 8 + 7 + 6


def test_data_at_the_edge_give_no_clusters() -> None:
    everywhere = Settings(Windows(share=None), replicates=19)
    for place, step in (([], []), ([0], [1]), ([2, 2, 2], [0, 1, 3]), ([0, 1, 2], [2, 2, 2])):
        data = Data(Model.PERMUTATION, grid(2), np.array(place, np.int32), np.array(step, np.int32), 4)
        result = scan(data, everywhere, seed=1)
        assert result.clusters == ()
        assert len(result.replicates.maxima) == 0
        assert result.cases == len(place)
    none = Data(Model.POISSON, grid(2), np.empty(0, np.int32), np.empty(0, np.int32), expected=np.zeros((4, 1)))
    assert scan(none, everywhere, seed=1).clusters == ()
    nobody = Data(
        Model.BERNOULLI, grid(2), np.zeros(3, np.int32), np.zeros(3, np.int32), controls=np.zeros((4, 1), np.int32)
    )
    assert scan(nobody, everywhere, seed=1).clusters == ()


def test_places_without_people_and_duplicates_do_no_harm() -> None:
    positions = Positions(np.array([0.0, 0, 0, 1000, 1000]), np.zeros(5))
    place, step = np.array([0, 0, 1, 1, 3, 3, 0, 1]), np.array([3, 3, 3, 3, 0, 1, 0, 2])
    expected = np.outer([2.0, 2, 0, 4, 0], np.full(4, 0.25))
    result = scan(Data(Model.POISSON, positions, place, step, 4, expected=expected), Settings(replicates=19), seed=1)
    assert result.clusters[0].places.tolist() == [0, 1]
    assert (result.clusters[0].start, result.clusters[0].end, result.clusters[0].radius) == (3, 4, 0.0)


def test_rules_for_clusters_beside_the_most_likely() -> None:
    data = random_data(Model.BERNOULLI, 21, places=40, steps=1, cases=60, coarse=False)
    found = {rule: scan(data, Settings(replicates=0, secondary=rule, most=40), seed=1).clusters for rule in Secondary}
    first = found[Secondary.MOST_LIKELY][0]
    assert len(found[Secondary.MOST_LIKELY]) == 1
    assert all(clusters[0].places.tolist() == first.places.tolist() for clusters in found.values())
    for number, one in enumerate(found[Secondary.NO_OVERLAP]):
        for other in found[Secondary.NO_OVERLAP][:number]:
            assert not set(one.places.tolist()) & set(other.places.tolist())
    for number, one in enumerate(found[Secondary.CENTRES_OUTSIDE_STRONGER]):
        assert all(one.centre not in other.places for other in found[Secondary.CENTRES_OUTSIDE_STRONGER][:number])
    for number, one in enumerate(found[Secondary.CENTRES_OUTSIDE_OTHERS]):
        assert all(
            one.centre not in other.places and other.centre not in one.places
            for other in found[Secondary.CENTRES_OUTSIDE_OTHERS][:number]
        )
    sizes = {rule: len(clusters) for rule, clusters in found.items()}
    assert sizes[Secondary.NO_OVERLAP] <= sizes[Secondary.NO_OVERLAP_ANY_WINDOW]
    assert sizes[Secondary.CENTRES_OUTSIDE_OTHERS] <= sizes[Secondary.CENTRES_OUTSIDE_WEAKER]
    assert sizes[Secondary.CENTRES_OUTSIDE_STRONGER] <= sizes[Secondary.NO_MUTUAL_CENTRES]
    assert sizes[Secondary.NO_MUTUAL_CENTRES] <= sizes[Secondary.EVERY_CENTRE] <= 40


def test_ellipses_find_a_long_cluster_and_pay_for_it() -> None:
    counts = np.full(64, 3)
    counts[[24, 25, 26, 27, 28, 29, 30, 31]] = 9  # a row of the map
    place = np.repeat(np.arange(64), counts)
    expected = np.full((64, 1), len(place) / 64)
    data = Data(Model.POISSON, grid(8), place, np.zeros_like(place), expected=expected)
    circle = scan(data, Settings(Windows(share=0.5), replicates=0), seed=1).clusters[0]
    free = scan(data, Settings(Windows(share=0.5, shapes=((5.0, 4),), penalty=0.0), replicates=0), seed=1).clusters[0]
    paid = scan(data, Settings(Windows(share=0.5, shapes=((5.0, 4),), penalty=1.0), replicates=0), seed=1).clusters[0]
    assert sorted(free.places.tolist()) == list(range(24, 32))
    assert (free.ratio, free.angle) == (5.0, 0.0)
    assert free.statistic > circle.statistic
    assert paid.statistic == pytest.approx(max(free.statistic * 20 / 36, circle.statistic))


def test_progress_counts_replicates_and_can_stop() -> None:
    data = random_data(Model.PERMUTATION, 5, places=10, steps=6, cases=60)
    told: list[tuple[int, int]] = []
    scan(data, Settings(replicates=150, stop=None), seed=1, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (150, 150)
    assert [done for done, _ in told] == sorted(done for done, _ in told)

    def stop(done: int, _total: int) -> None:
        if done > 10:
            raise Cancelled

    with pytest.raises(Cancelled):
        scan(data, Settings(replicates=150, stop=None), seed=1, progress=stop)
