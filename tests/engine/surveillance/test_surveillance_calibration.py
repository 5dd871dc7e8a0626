"""A rate of false alarms that was asked for is kept on fresh draws; planted rises are found as soon as predicted."""

from __future__ import annotations

import numpy as np
import pytest

from diaban.engine.executors import Executor, Serial, Threads
from diaban.engine.streams import Stream, generator
from diaban.engine.surveillance import calibration, ears, farrington, models, nulls, province, scorers
from diaban.engine.surveillance.counts import Counts, complete

PLACES = 30  # communes of a province


def quiet_province(alpha: float = 0.0, zeros: float = 0.0, steps: int = 104) -> nulls.Null:
    """Return means between 0.1 and 4 a week with a season."""
    base = nulls.steady(np.geomspace(0.1, 4, PLACES), steps, alpha, zeros)
    season = np.exp(0.4 * np.cos(2 * np.pi * np.arange(steps) / 52))
    return nulls.Null(base.mean * season, base.alpha, base.zeros, base.reported)


@pytest.mark.parametrize(
    ("alpha", "zeros", "rise"), [(0.0, 0.0, 2.0), (0.5, 0.0, 2.0), (0.3, 0.3, 2.0), (0.0, 0.0, None), (0.5, 0.0, None)]
)
def test_one_false_alarm_a_year_is_kept_on_fresh_draws(alpha: float, zeros: float, rise: float | None) -> None:
    null = quiet_province(alpha, zeros)
    scorer = scorers.Known(null.mean * (1 - zeros), null.alpha, rise, window=8)
    found = calibration.calibrate(scorer, null, per_year=1, replicates=120 if rise else 60, seed=7, burn_in=52)
    assert found.achieved.high <= 1
    assert found.achieved.rate > 0.5  # not by never alarming
    fresh = calibration.measure(scorer, null, found.threshold, replicates=240 if rise else 80, seed=8, burn_in=52)
    assert fresh.low <= 1
    assert fresh.rate <= (1.15 if rise else 1.3)
    assert fresh.rate > 0.4


@pytest.mark.parametrize(
    "scorer",
    [
        scorers.Modelled(models.Model(harmonics=1), 260, 2.0),
        scorers.Modelled(models.Model(harmonics=1), 260, 0),
        scorers.Flexible(farrington.Farrington(), 52),
        scorers.Early(ears.Ears(least_spread=1.0)),
    ],
)
def test_methods_that_estimate_are_calibrated_with_their_error(scorer: scorers.Scorer) -> None:
    null = quiet_province(0.2, steps=312).only(np.arange(22, 30))
    found = calibration.calibrate(scorer, null, per_year=2, replicates=12, seed=1, burn_in=260)
    fresh = calibration.measure(scorer, null, found.threshold, replicates=12, seed=2, burn_in=260)
    assert found.achieved.high <= 2
    assert fresh.low <= 2


def test_a_wrong_null_breaks_the_promise() -> None:
    """What calibration cannot know: counts that scatter more than the null says alarm far too often."""
    told, true = quiet_province(0.0), quiet_province(0.5)
    scorer = scorers.Known(told.mean, told.alpha)
    found = calibration.calibrate(scorer, told, per_year=1, replicates=60, seed=7, burn_in=52)
    assert calibration.measure(scorer, true, found.threshold, replicates=40, seed=8, burn_in=52).low > 5


@pytest.mark.parametrize("executor", [Threads(1), Threads(2), Threads(16)])
def test_threads_give_the_same_bits(executor: Executor) -> None:
    null = quiet_province(0.4)
    scorer = scorers.Known(null.mean, null.alpha)

    def run(by: Executor) -> tuple[object, ...]:
        found = calibration.calibrate(scorer, null, per_year=2, replicates=30, seed=3, executor=by)
        one = np.array([25])
        soon = calibration.detect(
            scorer.only(one), null.only(one), found.threshold, start=60, rise=3, replicates=30, seed=3, executor=by
        )
        return found, soon

    assert run(executor) == run(Serial())


def test_a_planted_rise_is_found_the_sooner_the_larger() -> None:
    null = quiet_province(0.2)
    scorer = scorers.Known(null.mean, null.alpha)
    found = calibration.calibrate(scorer, null, per_year=1, replicates=60, seed=1, burn_in=52)
    one = np.array([25])
    runs = {
        rise: calibration.detect(
            scorer.only(one), null.only(one), found.threshold, start=60, rise=rise, replicates=150, seed=5
        )
        for rise in (1.0, 2.0, 4.0)
    }
    assert runs[1.0].within[43] < 0.2
    assert runs[1.0].median is None
    assert runs[4.0].median is not None and runs[4.0].median <= 4
    assert runs[2.0].median is not None and runs[2.0].median > runs[4.0].median
    assert runs[4.0].within[11] > 0.98
    assert all(np.diff(runs[2.0].within) >= 0)


def test_power_is_what_arithmetic_says() -> None:
    """One place, each week by itself, mean 2, an alarm at 8 or more: at a mean of 6 that happens with chance 0.256."""
    null = nulls.steady(np.array([2.0]), 60)
    scorer = scorers.Known(null.mean, null.alpha, rise=None, window=1)
    score = scorer.scores(complete([[7] * 59 + [8]]))
    threshold = float(score[0, -2])
    found = calibration.detect(scorer, null, threshold, start=50, rise=3, replicates=2000, seed=1)
    assert found.within[0] == pytest.approx(0.25602, abs=4 * 0.0098)
    rate = calibration.measure(scorer, null, threshold, replicates=1000, seed=1, burn_in=1)
    tail = 0.0010967  # Poisson(2) of 8 or more; an alarm begins when the week before was below
    assert rate.low <= 52 * tail * (1 - tail) <= rate.high


def test_too_few_replicates_are_refused_with_the_number_needed() -> None:
    null = quiet_province()
    scorer = scorers.Known(null.mean, null.alpha)
    with pytest.raises(ValueError, match="at least 50"):
        calibration.calibrate(scorer, null, per_year=0.1, replicates=10, seed=1)
    with pytest.raises(ValueError, match="burn-in"):
        calibration.calibrate(scorer, null, per_year=1, replicates=10, seed=1, burn_in=104)
    null = nulls.steady(np.array([0.0]), 52)
    with pytest.raises(ValueError, match="nothing to calibrate"):
        calibration.calibrate(
            scorers.Known(np.full((1, 52), np.nan), np.zeros(1)), null, per_year=1, replicates=20, seed=1
        )  # fmt: skip
    found = calibration.calibrate(
        scorers.Known(np.zeros((1, 52)), np.zeros(1)), null, per_year=1, replicates=20, seed=1
    )
    assert (found.threshold, found.achieved.alarms) == (0, 0)  # a place where nothing happens: any score is an alarm


def test_crossings() -> None:
    scores = np.array([[0.0, 2, 1, np.nan, 3, 3]])
    low, high = calibration.crossings(scores)
    assert list(zip(low, high, strict=True)) == [(-np.inf, 0), (0, 2), (1, 3)]
    low, high = calibration.crossings(scores, 2)
    assert list(zip(low, high, strict=True)) == [(1, 3)]
    assert len(calibration.crossings(np.full((1, 4), np.nan))[0]) == 0


def test_a_null_comes_from_fitted_models() -> None:
    random = generator(1, Stream.SYNTHETIC)
    fitted = models.fit(complete(random.poisson(3, (4, 260))), models.Model(), range(260, 364))
    null = nulls.of_model(fitted)
    assert null.mean.shape == (4, 104)
    drawn = nulls.draw(null, 1, Stream.SURVEILLANCE_NULL, 0)
    assert 2 < drawn.values.mean() < 4
    assert (drawn.values == nulls.draw(null, 1, Stream.SURVEILLANCE_NULL, 0).values).all()
    assert (drawn.values != nulls.draw(null, 1, Stream.SURVEILLANCE_NULL, 1).values).any()
    empty = models.fit(complete(np.zeros((1, 60))), models.Model())
    with pytest.raises(ValueError, match="series 0"):
        nulls.of_model(empty)
    with pytest.raises(ValueError, match="alpha"):
        nulls.steady(np.array([1.0]), 5, alpha=-1)


def test_a_province_shows_its_new_point_and_nothing_else() -> None:
    null = quiet_province(0.2)
    scorer = scorers.Known(null.mean, null.alpha)
    budget = province.Budget(per_year=1)
    calibrated = province.prepare(scorer, null, budget, replicates=120, seed=1, burn_in=52)
    assert calibrated.asked == 0.5
    counts = nulls.draw(null, 99, Stream.SYNTHETIC, 0)
    values = counts.values.copy()
    values[17, 100:] += 9
    now = Counts(values, counts.reported)
    seen = province.look(scorer, now, calibrated, budget, province.ScanFinding(0.001, (17, 18)))
    assert seen.alarms == (17,)
    assert seen.begun == ()  # it began earlier
    assert seen.recurrence_years == pytest.approx(1000 / 52)
    assert seen.scan_alarm
    first = Counts(values[:, :101], counts.reported[:, :101])
    begun = province.look(
        scorers.Known(null.mean[:, :101], null.alpha), first, calibrated, budget, province.ScanFinding(0.02, ())
    )
    assert begun.begun == begun.alarms
    assert not begun.scan_alarm  # expected about once a year
    calm = province.look(scorer, counts, calibrated, budget)
    assert calm.alarms == ()
    assert calm.recurrence_years is None
    with pytest.raises(ValueError, match="calibrated for"):
        province.look(scorer, counts, calibrated, province.Budget(2))
    with pytest.raises(ValueError, match="nothing for the scan"):
        province.look(scorer, counts, calibrated, province.Budget(0.5, 0), province.ScanFinding(0.1, ()))
