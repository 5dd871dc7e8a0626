"""p-values: ranks, the sequential stop, Gumbel; uniform when nothing goes on."""

from __future__ import annotations

import numpy as np
import pytest
from scan_made import random_data
from scipy import stats

from diaban.engine.scan import Data, Model, Settings, Windows, least_cases, scan
from diaban.engine.scan.inference import Replicates, replicate
from diaban.engine.scan.statistic import statistic
from diaban.engine.streams import Stream, generator


def test_rank_counts_what_reaches_the_statistic() -> None:
    used = Replicates(np.array([1.0, 2.0, 3.0, 4.0]), 4)
    assert [used.p_value(value) for value in (5.0, 4.0, 3.5, 0.5)] == [0.2, 0.4, 0.4, 1.0]
    assert used.p_value(3.0 + 1e-12) == 0.6  # the same window summed in another order
    assert Replicates(np.empty(0), 0).p_value(1.0) is None


def test_sequential_stop_is_exact_whatever_the_batches() -> None:
    drawn = generator(1, Stream.SYNTHETIC).uniform(0, 1, 5000)
    asked: list[tuple[int, int]] = []

    def largest(first: int, count: int) -> np.ndarray:
        asked.append((first, count))
        return drawn[first : first + count]

    used = replicate(largest, 0.9, replicates=5000, stop=50)
    place = int(np.flatnonzero(drawn >= 0.9)[49]) + 1
    assert used.stopped
    assert len(used.maxima) == place
    assert used.p_value(0.9) == 50 / place
    assert used.p_value(0.5) == (drawn[:place] >= 0.5).sum() / place
    assert asked[:3] == [(0, 128), (128, 256), (384, 512)]
    never = replicate(largest, 0.999, replicates=2000, stop=50)
    assert not never.stopped
    assert never.p_value(0.999) == ((drawn[:2000] >= 0.999).sum() + 1) / 2001
    full = replicate(largest, 0.0, replicates=50, stop=50)
    assert not full.stopped  # the last replicate was the last one anyway
    assert full.p_value(0.0) == 1


def test_gumbel_only_below_what_replicates_show() -> None:
    maxima = stats.gumbel_r.rvs(10.0, 2.0, size=999, random_state=4)
    used = Replicates(maxima, 999)
    assert used.gumbel(float(np.sort(maxima)[-3])) is None
    far = float(maxima.max()) + 12
    scale = maxima.std(ddof=1) * np.sqrt(6) / np.pi
    assert used.gumbel(far) == pytest.approx(stats.gumbel_r.sf(far, maxima.mean() - np.euler_gamma * scale, scale))
    assert used.gumbel(far) == pytest.approx(stats.gumbel_r.sf(far, 10, 2), rel=0.8)
    assert Replicates(maxima[:50], 999, stopped=True).gumbel(far) is None
    assert Replicates(maxima[:50], 50).gumbel(far) is None
    assert Replicates(np.full(999, 3.0), 999).gumbel(9.0) is None


def test_critical_value_is_where_the_p_value_passes_the_level() -> None:
    maxima = generator(2, Stream.SYNTHETIC).uniform(0, 1, 199)
    used = Replicates(maxima, 199)
    critical = used.critical(0.05)
    assert critical is not None
    above, at = used.p_value(critical + 1e-6), used.p_value(critical)
    assert above is not None and at is not None
    assert above <= 0.05 < at
    assert Replicates(maxima[:9], 9).critical(0.05) is None


def test_least_cases_inverts_the_statistic() -> None:
    for critical, expected in ((7.5, 1.3), (7.5, 40.0), (2.0, 0.01)):
        count = least_cases(critical, expected, 500)
        assert count is not None
        assert float(statistic(Model.POISSON, count, expected, 500)) > critical
        assert count - 1 <= expected or float(statistic(Model.POISSON, count - 1, expected, 500)) <= critical
    assert least_cases(50.0, 2.0, 5) is None
    assert least_cases(1.0, 0.0, 5) is None


@pytest.mark.parametrize("model", list(Model))
def test_nothing_going_on_gives_uniform_p_values(model: Model) -> None:
    """With R replicates and no ties a p-value is k / (R + 1), each k as likely: a test of Kolmogorov and Smirnov."""
    runs, replicates = 120, 19
    found = []
    for seed in range(runs):
        data = null_data(model, seed)
        result = scan(data, Settings(Windows(share=0.5), replicates=replicates, stop=None), seed=seed)
        value = result.clusters[0].p_value
        assert value is not None
        found.append(value)
    shown = np.searchsorted(np.sort(found), np.arange(1, replicates + 1) / (replicates + 1) + 1e-9) / runs
    meant = np.arange(1, replicates + 1) / (replicates + 1)
    late = 0.03 if model is Model.BERNOULLI else 0.0  # ties make p-values of labels err to the safe side
    assert (shown - meant).max() < 1.63 / np.sqrt(runs)
    assert (meant - shown).max() < 1.63 / np.sqrt(runs) + late


def null_data(model: Model, seed: int) -> Data:
    """Return data drawn as the model says."""
    made = random_data(model, seed, places=12, steps=6, cases=90, coarse=False)
    if model is not Model.POISSON:
        return made
    assert made.expected is not None
    cells = generator(seed, Stream.SYNTHETIC, 1).choice(12 * 6, 90, p=made.expected.ravel() / made.expected.sum())
    return Data(model, made.positions, cells // 6, cells % 6, 6, expected=made.expected)


def test_the_sequential_stop_does_not_alarm_too_often() -> None:
    settings = Settings(Windows(share=0.5), replicates=99, stop=5)
    alarms = 0
    for seed in range(120):
        value = scan(null_data(Model.POISSON, 1000 + seed), settings, seed=seed).clusters[0].p_value
        alarms += value is not None and value <= 0.1
    assert 1 <= alarms <= 25  # 120 × 0.1, four standard errors


def test_earlier_looks_keep_the_rate_of_false_alarms() -> None:
    """A series without change is looked at after each of its last 5 steps, every time with the windows alive then."""
    alarms = {"alone": 0, "with earlier looks": 0}
    for seed in range(50):
        whole = random_data(Model.PERMUTATION, 500 + seed, places=10, steps=9, cases=90, coarse=False)
        hit = dict.fromkeys(alarms, False)
        for look in range(5):
            now = whole.step < 5 + look
            seen = Data(Model.PERMUTATION, whole.positions, whole.place[now], whole.step[now], 5 + look)
            for way, looks in (("alone", 1), ("with earlier looks", look + 1)):
                windows = Windows(duration=2, prospective=True, looks=looks)
                result = scan(seen, Settings(windows, replicates=39, stop=None), seed=seed * 10 + look)
                value = result.clusters[0].p_value if result.clusters else 1.0
                hit[way] |= value is not None and value <= 0.1
                if result.clusters:
                    assert result.clusters[0].end == 5 + look
                    assert (result.clusters[0].recurrence is None) == (looks > 1)
        for way in alarms:
            alarms[way] += hit[way]
    assert alarms["with earlier looks"] <= 13  # 50 × 0.1, and four standard errors
    assert alarms["alone"] > 1.5 * alarms["with earlier looks"]
    assert alarms["alone"] >= 13
