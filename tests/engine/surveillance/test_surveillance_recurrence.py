"""The recurrence watch: a quiet place is left in peace, a return is seen, and silence without power is called so."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from diaban.engine.executors import Threads
from diaban.engine.kernels.surveillance_charts import against_past
from diaban.engine.positions import Positions
from diaban.engine.streams import Stream, generator
from diaban.engine.surveillance import recurrence
from diaban.engine.surveillance.recurrence import RecurrenceWatch, Sample, State, ratio, ring, tally, watch

ALL = np.ones(52, dtype=bool)


def test_the_score_is_the_likelihood_ratio_of_two_rates() -> None:
    counts, there = np.array([[0.0, 1, 0, 2, 3]]), np.array([[True, True, False, True, True]])
    out = np.zeros((1, 5))
    against_past(2.0, 10.0, counts, there, 3, out)

    def by_hand(recent: tuple[float, float], past: tuple[float, float]) -> float:
        (c, n), (b, m) = recent, past
        free = stats.poisson.logpmf(c, n * c / n) + stats.poisson.logpmf(b, m * b / m)
        level = (b + c) / (n + m)
        return float(free - stats.poisson.logpmf(c, n * level) - stats.poisson.logpmf(b, m * level))

    assert out[0, 0] == 0
    assert out[0, 1] == pytest.approx(max(by_hand((1, 1), (2, 11)), by_hand((1, 2), (2, 10))))
    assert out[0, 2] == pytest.approx(by_hand((1, 1), (2, 11)))  # the window holds weeks 0 and 1; 2 was not reported
    assert out[0, 4] == pytest.approx(max(by_hand((3, 1), (5, 13)), by_hand((5, 2), (3, 12))))


@pytest.mark.parametrize("alpha", [0.0, 0.5])
@pytest.mark.parametrize("rate", [0.05, 0.4, 2.0])
def test_places_that_stay_quiet_are_rarely_alarmed(rate: float, alpha: float) -> None:
    """Over references and watches drawn from one true rate: at most one in twenty is alarmed in its whole watch."""
    random = generator(int(rate * 100), Stream.SYNTHETIC)
    settings = RecurrenceWatch(alpha=alpha, replicates=1000)
    scatter = (lambda size: random.gamma(1 / alpha, alpha, size)) if alpha else np.ones
    thresholds: dict[int, float] = {}
    alarmed, tried = 0, 1200
    for _ in range(tried):
        cases = int(random.poisson(rate * scatter(26)).sum())
        if cases not in thresholds:
            shared = recurrence._Shared(
                settings, Sample(cases, 26), Sample(cases, 26), 1.0, 5, Stream.SURVEILLANCE_NULL
            )
            thresholds[cases] = recurrence._threshold(recurrence._simulate(shared, None)[:, -1], 0.05)
        counts = random.poisson(rate * scatter(52)).astype(float)[None, :]
        score = np.zeros((1, 52))
        against_past(float(cases), 26.0, counts, ALL[None, :], settings.window, score)
        alarmed += score.max() > thresholds[cases]
    assert alarmed / tried < 0.065


def follow(counts: NDArray[np.float64], **changes: object) -> recurrence.Recurrence:
    settings = RecurrenceWatch(**{"replicates": 2000, **changes})  # type: ignore[arg-type]
    return watch(counts, np.ones(len(counts), dtype=bool), Sample(2, 20), Sample(40, 26), settings, seed=1)


def test_a_return_is_seen_within_the_watch() -> None:
    quiet = follow(np.zeros(30))
    assert quiet.state == State.QUIET
    assert quiet.first_alarm is None
    assert quiet.false_high <= 0.05
    assert quiet.power > 0.99
    assert quiet.delay is not None and quiet.delay <= 4
    back = follow(np.array([0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 2.0]))
    assert back.state == State.ALARM
    assert back.first_alarm is not None and 6 <= back.first_alarm <= 8
    assert State.NOTICE in [State(int(state)) for state in back.states[: back.first_alarm]]
    assert back.after_former.ratio == pytest.approx(11 / 11 / (40 / 26))
    assert back.alarm > back.notice


def test_silence_without_power_is_no_all_clear() -> None:
    few = watch(np.zeros(5), np.ones(5, dtype=bool), Sample(0, 20), Sample(2, 26), RecurrenceWatch(), seed=1)
    assert few.power < 0.5
    assert few.state == State.NOT_ENOUGH
    short = watch(np.zeros(5), np.ones(5, dtype=bool), Sample(0, 7), Sample(40, 26), RecurrenceWatch(), seed=1)
    assert short.state == State.NOT_ENOUGH
    assert np.isnan(short.alarm)
    unseen = watch(np.zeros(6), np.arange(6) < 2, Sample(2, 20), Sample(40, 26), RecurrenceWatch(), seed=1)
    assert [State(int(state)) for state in unseen.states] == [State.QUIET] * 4 + [State.NOT_ENOUGH] * 2
    none = watch(np.zeros(0), np.zeros(0, dtype=bool), Sample(2, 20), Sample(40, 26), RecurrenceWatch(), seed=1)
    assert none.state == State.NOT_ENOUGH
    unknown = watch(np.zeros(6), np.ones(6, dtype=bool), Sample(2, 20), Sample(0, 0), RecurrenceWatch(), seed=1)
    assert np.isnan(unknown.power)
    assert unknown.state == State.QUIET


def test_missing_weeks_are_not_quiet_weeks() -> None:
    counts, settings = np.array([1.0, 0, 0, 0, 0, 0, 2, 2]), RecurrenceWatch(replicates=2000)
    there = np.array([1, 0, 0, 0, 0, 0, 1, 1], dtype=bool)
    quiet, former = Sample(2, 20), Sample(40, 26)
    gaps = watch(counts, there, quiet, former, settings, seed=1)
    zeros = watch(counts, np.ones(8, dtype=bool), quiet, former, settings, seed=1)
    assert gaps.score[-1] != zeros.score[-1]
    assert gaps.after_former.ratio == pytest.approx(5 / 3 / (40 / 26))


@pytest.mark.parametrize("count", [1, 2, 16])
def test_threads_give_the_same_bits(count: int) -> None:
    run = [
        watch(
            np.zeros(9), ALL[:9], Sample(3, 20), Sample(20, 26), RecurrenceWatch(alpha=0.2), seed=4, executor=executor
        )
        for executor in (None, Threads(count))
    ]
    assert (run[0].alarm, run[0].notice, run[0].power) == (run[1].alarm, run[1].notice, run[1].power)


def test_exact_ratios() -> None:
    found = ratio(Sample(3, 52), Sample(20, 52))
    low, high = stats.binomtest(3, 23).proportion_ci(0.95, method="exact")
    assert found.ratio == pytest.approx(3 / 20)
    assert found.low == pytest.approx(low / (1 - low))
    assert found.high == pytest.approx(high / (1 - high))
    assert ratio(Sample(0, 5), Sample(0, 5)) == recurrence.Ratio(None, 0.0, None)
    assert ratio(Sample(0, 5), Sample(3, 5)).low == 0
    assert ratio(Sample(0, 0), Sample(1, 5)).ratio is None


def test_rings_and_tallies() -> None:
    events = Positions(np.array([0.0, 100, 300, 500]), np.zeros(4))
    assert ring(events, 0, 0, 300).tolist() == [True, True, True, False]
    assert ring(events, 0, 0, 300, 100).tolist() == [False, False, True, False]
    assert tally(np.array([0, 0, 2, 7]), np.ones(4, dtype=bool), 3).tolist() == [2, 0, 1]
    with pytest.raises(ValueError, match="ring"):
        ring(events, 0, 0, 100, 100)


def test_what_has_no_meaning_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 52"):
        watch(np.zeros(53), np.ones(53, dtype=bool), Sample(1, 20), Sample(2, 20), RecurrenceWatch(), seed=1)
    with pytest.raises(ValueError, match="whole number"):
        watch(np.array([0.5]), np.ones(1, dtype=bool), Sample(1, 20), Sample(2, 20), RecurrenceWatch(), seed=1)
    with pytest.raises(ValueError, match="false_alarm"):
        RecurrenceWatch(false_alarm=0.4)
    with pytest.raises(ValueError, match="too few"):
        RecurrenceWatch(replicates=100)
    with pytest.raises(ValueError, match="counts in"):
        Sample(1, 0)


def test_scatter_makes_the_usual_rate_less_sure() -> None:
    settings, level = RecurrenceWatch(alpha=0.5), Sample(52, 26)
    shared = recurrence._Shared(settings, level, level, 1.0, 1, Stream.SURVEILLANCE_NULL)
    rates = recurrence._rates(shared, generator(1, Stream.SYNTHETIC), 40_000)
    assert rates.mean() == pytest.approx(53 / 26, rel=0.01)
    assert rates.var() == pytest.approx(53 / 26**2 * 2, rel=0.05)  # variance 1 + 0.5 × 2 times Poisson's
