"""EARS, CUSUM and likelihood-ratio charts do what their formulas say, step by step."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import optimize, stats

from diaban.engine.streams import Stream, generator
from diaban.engine.surveillance import charts, ears
from diaban.engine.surveillance.bounds import Verdict
from diaban.engine.surveillance.counts import complete, reported_or_nan

Floats = NDArray[np.float64]
# Thirty weeks made up for this test: a quiet spell, a hump at week 17.
WEEKS = [3, 2, 4, 1, 2, 3, 0, 2, 1, 3, 2, 2, 1, 4, 2, 3, 2, 9, 12, 7, 3, 2, 1, 0, 2, 3, 1, 2, 2, 3]


def test_ears_by_hand() -> None:
    counts = complete(WEEKS)
    bound = stats.norm.isf(0.001)
    scores = np.full(30, np.nan)
    for t in range(30):
        before, earlier = WEEKS[max(0, t - 7) : t], WEEKS[max(0, t - 9) : max(0, t - 2)]
        first = ears.watch(counts, ears.Ears(ears.Variant.C1), [t])
        second = ears.watch(counts, ears.Ears(ears.Variant.C2), [t])
        if t >= 7:
            assert first.upper[0, 0] == pytest.approx(np.mean(before) + bound * np.std(before, ddof=1))
            assert first.alarms[0, 0] == (WEEKS[t] > first.upper[0, 0])
        else:
            assert first.verdicts[0, 0] == Verdict.NO_BASELINE
        if t >= 9:
            scores[t] = (WEEKS[t] - np.mean(earlier)) / np.std(earlier, ddof=1)
            assert second.score[0, 0] == pytest.approx(scores[t])
            assert second.upper[0, 0] == pytest.approx(np.mean(earlier) + bound * np.std(earlier, ddof=1))
    third = ears.watch(counts, ears.Ears(ears.Variant.C3))
    beyond = np.maximum(np.nan_to_num(scores) - 1, 0)
    added = beyond + np.r_[0, beyond[:-1]] + np.r_[0, 0, beyond[:-2]]
    np.testing.assert_allclose(third.score[0, 9:], added[9:])
    assert (third.alarms[0] == (added > 2)).all()
    assert np.flatnonzero(third.alarms[0]).tolist() == [17, 18, 19, 20, 21]
    judged = ~np.isnan(third.upper[0])
    assert ((counts.values[0] > third.upper[0]) == third.alarms[0])[judged].all()


def test_ears_with_gaps_and_silence() -> None:
    values = np.array(WEEKS, dtype=float)
    values[[10, 12, 13]] = np.nan
    found = ears.watch(reported_or_nan(values), ears.Ears(ears.Variant.C1))
    assert found.verdicts[0, 10] == Verdict.UNREPORTED
    past = [1, 3, 2, 2]  # of weeks 8 … 14 those that were reported
    assert found.upper[0, 15] == pytest.approx(np.mean(past) + stats.norm.isf(0.001) * np.std(past, ddof=1))
    values[9] = np.nan
    assert ears.watch(reported_or_nan(values), ears.Ears(ears.Variant.C1), [15]).verdicts[0, 0] == Verdict.NO_BASELINE
    silent = np.zeros(20)
    silent[15] = 1
    lone = ears.watch(complete(silent), ears.Ears(), [14, 15])
    assert lone.verdicts[0].tolist() == [Verdict.QUIET, Verdict.ALARM]
    assert lone.score[0, 1] == np.inf
    calm = ears.watch(complete(silent), ears.Ears(least_spread=0.5), [15])
    assert calm.verdicts[0, 0] == Verdict.QUIET
    with pytest.raises(ValueError, match="baseline"):
        ears.Ears(reported=8)


@settings(deadline=None, max_examples=30)
@given(number=st.integers(0, 10**6), rossi=st.booleans())
def test_cusum_and_its_bound(number: int, rossi: bool) -> None:
    random = generator(number, Stream.SYNTHETIC)
    mean = random.uniform(0.5, 6, 40)
    values = random.poisson(mean * 1.3).astype(float)
    values[random.random(40) < 0.1] = np.nan
    setting = charts.Cusum(transform=charts.Transform.ROSSI if rossi else charts.Transform.STANDARD)
    found = charts.cusum(reported_or_nan(values), mean, setting)
    total = 0.0
    for t in range(40):
        if np.isnan(values[t]):
            assert found.verdicts[0, t] == Verdict.UNREPORTED
            continue
        y, m = values[t], mean[t]
        deviation = (y - 3 * m + 2 * math.sqrt(m * y)) / (2 * math.sqrt(m)) if rossi else (y - m) / math.sqrt(m)
        before, total = total, max(0.0, total + deviation - setting.allowance)
        assert found.score[0, t] == pytest.approx(total)
        assert found.alarms[0, t] == (total > setting.limit)
        if before <= setting.limit:  # a sum at its bound stands at the limit
            u = found.upper[0, t]
            reached = (u - 3 * m + 2 * math.sqrt(m * u)) / (2 * math.sqrt(m)) if rossi else (u - m) / math.sqrt(m)
            assert before + reached - setting.allowance == pytest.approx(setting.limit)


def test_cusum_runs_as_long_as_published() -> None:
    """D. C. Montgomery, Introduction to Statistical Quality Control: at 0.5 and 4, both sides 168, so one side 336."""
    random = generator(1, Stream.SYNTHETIC)
    values = random.poisson(10_000, (1000, 2000)).astype(float)
    found = charts.cusum(complete(values), np.array(10_000.0), charts.Cusum(0.5, 4, charts.Transform.STANDARD))
    runs = np.where(found.alarms.any(axis=1), found.alarms.argmax(axis=1) + 1, 2000)
    assert runs.mean() == pytest.approx(336, rel=0.12)


@settings(deadline=None, max_examples=10)
@given(number=st.integers(0, 10**6), alpha=st.sampled_from([0.0, 0.3, 2.0]), rise=st.sampled_from([1.5, 3.0]))
def test_ratio_charts_equal_likelihoods(number: int, alpha: float, rise: float) -> None:
    random = generator(number, Stream.SYNTHETIC)
    mean = random.uniform(0.3, 4, 25)
    values = random.poisson(mean * random.choice([1, 2], 25)).astype(float)
    values[random.random(25) < 0.1] = np.nan
    counts = reported_or_nan(values)
    there = ~np.isnan(values)

    def gains(kappa: float) -> Floats:
        def log_mass(m: Floats) -> Floats:
            plain = stats.nbinom(1 / alpha, 1 / (1 + alpha * m)) if alpha else stats.poisson(m)
            return np.where(there, plain.logpmf(np.nan_to_num(values)), 0)

        return log_mass(mean * np.exp(kappa)) - log_mass(mean)

    found = charts.ratio_cusum(counts, mean, charts.RatioCusum(rise, limit=3), alpha)
    total, log_gains = 0.0, gains(math.log(rise))
    for t in range(25):
        before, total = total, max(0.0, total + log_gains[t])
        if there[t]:
            assert found.score[0, t] == pytest.approx(total, abs=1e-9)
            assert found.alarms[0, t] == (total > 3)
            if before <= 3:
                assert (values[t] > found.upper[0, t]) == (total > 3)
    largest, begins = charts.likelihood_ratio(counts, mean, charts.LikelihoodRatio(window=6), alpha)
    for t in (14, 24):
        if not there[t]:
            continue
        best = 0.0
        for start in range(max(0, t - 5), t + 1):
            span = slice(start, t + 1)
            best = max(
                best,
                -optimize.minimize_scalar(lambda k, s=span: -gains(k)[s].sum(), bounds=(0, 6), method="bounded").fun,
            )
        assert largest.score[0, t] == pytest.approx(best, abs=1e-5)
        assert t - 5 <= begins[0, t] <= t


def test_a_chart_restarts_or_goes_on() -> None:
    values = np.r_[np.ones(10), np.full(6, 6.0), np.ones(3)]
    lasting, begins = charts.likelihood_ratio(complete(values), np.array(1.0), charts.LikelihoodRatio(4))
    assert lasting.alarms[0, 10:16].all()
    assert begins[0, 15] == 10
    anew, _ = charts.likelihood_ratio(complete(values), np.array(1.0), charts.LikelihoodRatio(8, restart=True))
    assert np.flatnonzero(anew.alarms[0]).tolist() == [11, 13, 15]


def test_charts_refuse_and_pass_over() -> None:
    counts = complete([[1, 2, 3], [1, 2, 3]])
    mean = np.array([[1.0, 1, 1], [np.nan, np.nan, np.nan]])
    found = charts.cusum(counts, mean, charts.Cusum())
    assert (found.verdicts[1] == Verdict.NO_BASELINE).all()
    assert (charts.ratio_cusum(counts, mean, charts.RatioCusum()).verdicts[1] == Verdict.NO_BASELINE).all()
    assert (charts.cusum(counts, np.zeros(3), charts.Cusum()).score == 0).all()
    with pytest.raises(ValueError, match="from 0 on"):
        charts.cusum(counts, np.array(-1.0), charts.Cusum())
    with pytest.raises(ValueError, match="alpha"):
        charts.ratio_cusum(counts, np.array(1.0), charts.RatioCusum(), -1)
    with pytest.raises(ValueError, match="rise"):
        charts.RatioCusum(rise=1.0)
