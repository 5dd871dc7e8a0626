"""The worked examples of docs/methods/surveillance.md and docs/methods/recurrence-watch.md."""

from __future__ import annotations

import math

import numpy as np
import pytest

from diaban.engine.surveillance import calibration, charts, ears, farrington, nulls, province, recurrence, scorers
from diaban.engine.surveillance.counts import complete

WEEKS = [2, 3, 1, 2, 4, 2, 2, 9]


def test_ears() -> None:
    found = ears.watch(complete(WEEKS), ears.Ears(ears.Variant.C1), [7])
    assert found.expected[0, 0] == pytest.approx(16 / 7)
    assert found.upper[0, 0] == pytest.approx(5.23, abs=0.005)
    assert found.score[0, 0] == pytest.approx(7.06, abs=0.005)
    assert found.alarms[0, 0]


def test_farrington_on_a_constant_past() -> None:
    values = complete([3] * 260 + [8, 9])
    classic = farrington.watch(values, farrington.classic(trend=False), [260])
    by_hand = (3 ** (2 / 3) + 2.5758 * math.sqrt(4 / 9 * 3 ** (1 / 3) * (1 + 3 / 84))) ** 1.5
    assert classic.upper[0, 0] == pytest.approx(by_hand, abs=1e-3) == pytest.approx(8.54, abs=0.005)
    flexible = farrington.watch(values, farrington.Farrington(), [260, 261])
    assert flexible.upper[0].tolist() == [8, 8]
    assert flexible.alarms[0].tolist() == [False, True]


def test_charts_on_a_small_lasting_rise() -> None:
    counts = complete([2, 4, 3, 5, 4, 6])
    ratio = charts.ratio_cusum(counts, np.array(2.0), charts.RatioCusum(rise=2, limit=4))
    assert np.round(ratio.score[0], 2).tolist() == [0, 0.77, 0.85, 2.32, 3.09, 5.25]
    assert np.flatnonzero(ratio.alarms[0]).tolist() == [5]
    largest, begins = charts.likelihood_ratio(counts, np.array(2.0), charts.LikelihoodRatio())
    assert round(float(largest.score[0, 5]), 2) == 5.35
    assert begins[0, 5] == 1


def test_a_province_of_thirty_communes() -> None:
    null = nulls.steady(np.geomspace(0.1, 4, 30), 104, alpha=0.2)
    scorer = scorers.Known(null.mean, null.alpha)
    found = province.prepare(scorer, null, province.Budget(1, 0), replicates=200, seed=1, burn_in=52)
    assert found.threshold == pytest.approx(5.47, abs=0.3)  # numpy may change its draws with a version
    assert found.achieved.rate == pytest.approx(0.83, abs=0.1)
    assert found.achieved.years == 200
    assert found.achieved.high <= 1
    one = np.array([25])
    soon = calibration.detect(
        scorer.only(one), null.only(one), found.threshold, start=60, rise=3, replicates=200, seed=1
    )
    assert soon.median == 4


def test_recurrence() -> None:
    weeks = np.array([0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 2.0])
    found = recurrence.watch(
        weeks, np.ones(11, dtype=bool), recurrence.Sample(2, 20), recurrence.Sample(40, 26),
        recurrence.RecurrenceWatch(), seed=1,
    )  # fmt: skip
    assert found.notice == pytest.approx(3.71, abs=0.15)
    assert found.alarm == pytest.approx(5.92, abs=0.3)
    assert found.states.tolist() == [0, 0, 0, 0, 0, 0, 0, 1, 2, 2, 2]
    assert found.delay == 3
    assert found.power > 0.99
    assert found.after_former.ratio == pytest.approx(0.65)
    assert (round(found.after_former.low, 2), round(found.after_former.high or 0, 2)) == (0.30, 1.29)
