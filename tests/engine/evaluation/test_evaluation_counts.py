"""Differences, quotients and ratios give the published figures, agree with other implementations, and stay honest."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from diaban.engine.evaluation.counts import BeforeAfter, dispersion
from diaban.engine.evaluation.differences import AreaWeights, wdd, weighted_by_harm
from diaban.engine.evaluation.power import events_for_difference, events_for_ratio, power_of_ratio
from diaban.engine.evaluation.quotient import Undefined, wdq
from diaban.engine.evaluation.ratios import rate_ratio, ratio_of_ratios
from diaban.engine.streams import Stream, generator

COUNT = st.integers(0, 40)
AREA = st.builds(BeforeAfter, COUNT, COUNT)
PAPER = {
    "treated": BeforeAfter(207, 110),
    "control": BeforeAfter(308, 318),
    "around": BeforeAfter(178, 157),
    "around_control": BeforeAfter(150, 140),
}  # Wheeler and Ratcliffe (2018)


def test_the_papers_example() -> None:
    found = wdd(**PAPER)
    assert (found.estimate, found.local, found.moved) == (-118, -107, -11)
    assert found.standard_error == pytest.approx(math.sqrt(1568))
    assert found.z == pytest.approx(-2.98, abs=0.005)
    assert (round(found.low), round(found.high)) == (-196, -40)
    assert found.enough


def test_periods_of_unequal_length() -> None:
    found = wdd(BeforeAfter(80, 20), BeforeAfter(100, 50), time_weights=(2, 1))
    assert found.estimate == -20
    assert found.standard_error == pytest.approx(math.sqrt(115))


def test_areas_of_unequal_size() -> None:
    found = wdd(**PAPER, area_weights=AreaWeights(control=0.9, treated=1.2, around_control=1.6, around=1.5))
    expected = (-99.69444444, 35.4280755, -2.813995483, -169.1321965, -30.25669241)
    assert (found.estimate, found.standard_error, found.z, found.low, found.high) == pytest.approx(expected, rel=1e-8)


def test_harm() -> None:
    """Wheeler's example of 2020: vehicles, theft, burglary, robbery, assault."""
    control = [(133, 91), (388, 305), (148, 97), (86, 64), (94, 67)]
    treated = [(130, 74), (327, 202), (398, 190), (144, 92), (183, 96)]
    kinds = [wdd(BeforeAfter(*t), BeforeAfter(*c)) for t, c in zip(treated, control, strict=True)]
    found = weighted_by_harm(kinds, [3, 2, 5, 7, 10])
    assert found.estimate == -1721
    assert found.standard_error == pytest.approx(304.10360077, rel=1e-9)
    assert (found.z, found.low, found.high) == pytest.approx((-5.65925558, -2317.03210507, -1124.96789493), rel=1e-8)


def test_noise_beyond_poisson_widens_the_error() -> None:
    assert wdd(**PAPER, dispersion=4).standard_error == pytest.approx(2 * math.sqrt(1568))


def test_few_events_are_called_few() -> None:
    assert not wdd(BeforeAfter(5, 0), BeforeAfter(20, 20)).enough
    with pytest.raises(ValueError, match="no area has an event"):
        wdd(BeforeAfter(0, 0), BeforeAfter(0, 0))


@pytest.mark.parametrize("bad", [-1, 1.5, True])
def test_what_is_no_count_is_refused(bad: object) -> None:
    with pytest.raises(ValueError, match="whole number"):
        BeforeAfter(bad, 1)  # type: ignore[arg-type]


def test_the_interval_of_the_difference_holds() -> None:
    draw = generator(1, Stream.EVALUATION_BOOTSTRAP)
    means = np.array([30.0, 20.0, 60.0, 60.0])  # treated falls by a third, control stays: the truth is -10
    held = 0
    for tb, ta, cb, ca in draw.poisson(means, (2000, 4)):
        found = wdd(BeforeAfter(tb, ta), BeforeAfter(cb, ca))
        held += found.low <= -10 <= found.high
    assert 0.93 < held / 2000 < 0.97


def test_the_quotient_and_its_parts() -> None:
    found = wdq(treated=BeforeAfter(100, 60), around=BeforeAfter(50, 60), control=BeforeAfter(200, 200))
    assert found.gross == 40
    assert found.net == pytest.approx(0.2)
    assert found.success == pytest.approx(-0.2)
    assert found.buffer == pytest.approx(0.05)
    assert found.quotient == pytest.approx(-0.25)  # a quarter of the fall came up around
    assert found.total_net == pytest.approx(30)


def test_the_quotient_fails_on_zeros_and_says_so() -> None:
    found = wdq(BeforeAfter(10, 5), BeforeAfter(5, 5), BeforeAfter(4, 0))
    assert found.undefined is Undefined.CONTROL_ZERO
    assert found.quotient is None
    assert wdq(BeforeAfter(10, 12), BeforeAfter(5, 5), BeforeAfter(4, 4)).undefined is Undefined.NO_SUCCESS
    assert wdq(BeforeAfter(10, 12), BeforeAfter(5, 5), BeforeAfter(0, 4)).total_net is None


@settings(deadline=None)
@given(AREA, AREA)
def test_ratio_of_ratios_is_scipys(treated: BeforeAfter, control: BeforeAfter) -> None:
    found = ratio_of_ratios(treated, control)
    assert found.low <= found.high
    if treated.total and control.total and treated.before + control.before and treated.after + control.after:
        table = [[treated.after, treated.before], [control.after, control.before]]
        theirs = stats.contingency.odds_ratio(table, kind="conditional").confidence_interval(0.95)
        assert found.low == pytest.approx(theirs.low, rel=1e-6)
        assert found.high == pytest.approx(theirs.high, rel=1e-6)
        sides = [stats.fisher_exact(table, alternative=side).pvalue for side in ("less", "greater")]
        assert found.p_value == pytest.approx(min(1.0, 2 * min(sides)), abs=1e-9)
    else:
        assert (found.low, found.high, found.p_value) == (0.0, math.inf, 1.0)


@settings(deadline=None)
@given(AREA, st.floats(0.1, 10))
def test_rate_ratio_is_scipys(counts: BeforeAfter, exposure: float) -> None:
    found = rate_ratio(counts, (1.0, exposure))
    if not counts.total:
        assert (found.estimate, found.low, found.high) == (None, 0.0, math.inf)
        return
    theirs = stats.binomtest(counts.after, counts.total).proportion_ci(0.95, "exact")
    low, high = (value / (1 - value) / exposure if value < 1 else math.inf for value in (theirs.low, theirs.high))
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-9)
    assert (found.p_value < 0.05) == (not low <= 1 <= high)


@settings(deadline=None)
@given(AREA, AREA, st.floats(1, 5))
def test_noise_never_narrows(treated: BeforeAfter, control: BeforeAfter, noise: float) -> None:
    plain, noisy = ratio_of_ratios(treated, control), ratio_of_ratios(treated, control, dispersion=noise)
    assert noisy.low <= plain.low * (1 + 1e-9)
    assert noisy.high >= plain.high * (1 - 1e-9)
    assert noisy.p_value >= plain.p_value - 1e-12


def test_small_counts_are_not_called_a_fall() -> None:
    """Three before, none after, nothing changed around: naive arithmetic says minus 100 %."""
    found = ratio_of_ratios(BeforeAfter(3, 0), BeforeAfter(50, 50))
    assert found.estimate == 0
    assert not found.fell


def test_large_counts_take_no_time_and_agree_with_the_normal() -> None:
    found = ratio_of_ratios(BeforeAfter(60_000, 30_000), BeforeAfter(500_000, 400_000))
    error = math.sqrt(1 / 60_000 + 1 / 30_000 + 1 / 500_000 + 1 / 400_000)
    assert found.estimate == pytest.approx(0.625)
    assert found.low == pytest.approx(0.625 * math.exp(-1.96 * error), rel=1e-4)


def test_null_counts_seldom_alarm() -> None:
    draw = generator(2, Stream.EVALUATION_BOOTSTRAP)
    rows = draw.poisson([8, 8, 40, 40], (1200, 4))
    alarms = [ratio_of_ratios(BeforeAfter(a, b), BeforeAfter(c, d)).p_value < 0.05 for a, b, c, d in rows]
    assert np.mean(alarms) < 0.05  # exact: never above its level


def test_dispersion_of_poisson_is_one_and_of_negative_binomial_is_seen() -> None:
    draw = generator(3, Stream.EVALUATION_BOOTSTRAP)
    season = 1 + 0.5 * np.sin(np.arange(60) / 6)
    level = np.array([5, 10, 20, 40, 80, 160])[:, None]
    assert dispersion(draw.poisson(level * season)) < 1.2
    noisy = draw.negative_binomial(level * season / 2, 1 / 3)  # variance three times the mean
    assert dispersion(noisy) == pytest.approx(3, abs=0.5)
    assert dispersion(np.zeros((3, 4), int)) == 1
    assert dispersion(np.array([[1, 2, 3]])) == 1


@pytest.mark.parametrize(("ratio", "share"), [(0.5, 1.0), (0.7, 4.0), (1.5, 2.0)])
def test_the_events_that_are_called_needed_are_enough(ratio: float, share: float) -> None:
    needed = events_for_ratio(ratio, control_share=share, per_period=7)
    assert needed is not None
    assert needed.periods == math.ceil(needed.events / 7)
    assert power_of_ratio(ratio, needed.events, control_share=share) == pytest.approx(0.8, abs=0.01)
    draw = generator(4, Stream.EVALUATION_BOOTSTRAP)
    n = needed.events
    rows = draw.poisson([n, n * ratio, n * share, n * share], (800, 4))
    seen = [ratio_of_ratios(BeforeAfter(a, b), BeforeAfter(c, d)).p_value < 0.05 for a, b, c, d in rows]
    assert 0.72 < np.mean(seen) < 0.86  # the exact test is a little more careful than the formula
    fewer = draw.poisson([n / 4, n * ratio / 4, n * share / 4, n * share / 4], (300, 4))
    missed = [ratio_of_ratios(BeforeAfter(a, b), BeforeAfter(c, d)).p_value < 0.05 for a, b, c, d in fewer]
    assert np.mean(missed) < 0.4


def test_the_events_a_difference_needs() -> None:
    needed = events_for_difference(0.6, control_share=3)
    draw = generator(5, Stream.EVALUATION_BOOTSTRAP)
    n = needed.events
    weights = AreaWeights(control=3)
    rows = draw.poisson([n, n * 0.6, n * 3, n * 3], (2000, 4))
    seen = [wdd(BeforeAfter(a, b), BeforeAfter(c, d), area_weights=weights).p_value < 0.05 for a, b, c, d in rows]
    assert 0.76 < np.mean(seen) < 0.84


def test_noise_widens_by_its_root() -> None:
    plain = ratio_of_ratios(BeforeAfter(300, 200), BeforeAfter(900, 880))
    noisy = ratio_of_ratios(BeforeAfter(300, 200), BeforeAfter(900, 880), dispersion=4)
    assert math.log(noisy.high / noisy.low) == pytest.approx(2 * math.log(plain.high / plain.low), rel=1e-6)
    assert stats.norm.isf(noisy.p_value / 2) == pytest.approx(stats.norm.isf(plain.p_value / 2) / 2)


def test_noisy_null_counts_seldom_alarm_once_their_noise_is_told() -> None:
    draw = generator(6, Stream.EVALUATION_BOOTSTRAP)
    rows = draw.negative_binomial(np.array([60, 60, 300, 300]) / 2, 1 / 3, (300, 4))  # variance three times the mean
    told = np.mean(
        [ratio_of_ratios(BeforeAfter(a, b), BeforeAfter(c, d), 0.95, 3).p_value < 0.05 for a, b, c, d in rows]
    )
    plain = np.mean([ratio_of_ratios(BeforeAfter(a, b), BeforeAfter(c, d)).p_value < 0.05 for a, b, c, d in rows])
    assert told < 0.08
    assert plain > 0.15


def test_places_that_drift_by_themselves_need_more_or_can_never_tell() -> None:
    calm, drifting = events_for_ratio(0.6), events_for_ratio(0.6, spread=0.01)
    assert calm is not None
    assert drifting is not None
    assert drifting.events > calm.events
    assert events_for_ratio(0.75, spread=0.05) is None
    with pytest.raises(ValueError, match="spread"):
        ratio_of_ratios(BeforeAfter(1, 1), BeforeAfter(1, 1), spread=-1)
