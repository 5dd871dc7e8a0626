"""Farrington's bounds equal a plain reading of the papers in statsmodels, and its verdicts are honest about gaps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy import stats

from diaban.engine.executors import Serial, Threads
from diaban.engine.streams import Stream, generator
from diaban.engine.surveillance import farrington
from diaban.engine.surveillance.bounds import Verdict
from diaban.engine.surveillance.counts import complete, reported_or_nan
from diaban.engine.surveillance.farrington import Farrington, Threshold, classic

Floats = NDArray[np.float64]


def made(number: int, rate: float = 1.2, steps: int = 300) -> Floats:
    random = generator(number, Stream.SYNTHETIC)
    year = np.arange(steps) / 52
    mean = np.exp(rate + 0.12 * year + 0.5 * np.cos(2 * np.pi * year)) * random.gamma(4, 1 / 4, steps)
    values = random.poisson(mean).astype(float)
    values[150:154] += 12  # a past outbreak, to be weighed down
    return values


def by_hand(y: Floats, now: int, settings: Farrington) -> tuple[float, float, float, bool]:
    """Return mean, standard error of its logarithm, dispersion, and whether there is a trend, with statsmodels."""
    steps = np.array([t for t in range(now) if level_by_hand(t, now, settings) >= 0])
    levels = np.array([level_by_hand(t, now, settings) for t in steps])

    def robust(trend: bool) -> tuple[sm.GLM, float]:
        design = np.eye(settings.seasons)[levels] if settings.seasons > 1 else np.ones((len(steps), 1))
        design = np.column_stack([design, (steps - now) / 52]) if trend else design
        weights = np.ones(len(steps))
        for _ in range(2):
            model = sm.GLM(y[steps], design, family=sm.families.Poisson(), var_weights=weights).fit(tol=1e-14)
            phi = float(model.pearson_chi2 / (len(steps) - design.shape[1]))
            hat = model.get_hat_matrix_diag()
            anscombe = 1.5 * (y[steps] ** (2 / 3) * model.mu ** (-1 / 6) - np.sqrt(model.mu))
            anscombe = anscombe / np.sqrt(max(phi, 1) * (1 - hat))
            if settings.outlying is None:
                break
            last = weights
            weights = np.where(anscombe > settings.outlying, 1 / np.where(anscombe == 0, 1, anscombe) ** 2, 1)
            weights = weights * len(steps) / weights.sum()
        model = sm.GLM(
            y[steps], design, family=sm.families.Poisson(), var_weights=weights if settings.outlying is None else last
        ).fit(tol=1e-14)  # fmt: skip
        return model, float(model.pearson_chi2 / (len(steps) - design.shape[1]))

    for trend in (True, False):
        model, phi = robust(trend)
        row = np.zeros(len(model.params))
        row[0] = 1
        mean = float(np.exp(row @ model.params))
        scale = np.asarray(model.normalized_cov_params)
        if trend:
            error = np.sqrt(phi * scale[-1, -1])
            p = 2 * stats.t.sf(abs(model.params[-1]) / error, len(steps) - len(row))
            if not (settings.trend and p <= settings.trend_p and mean <= y[steps].max()):
                continue
        return mean, float(np.sqrt(max(phi, 1) * (row @ scale @ row))), max(phi, 1.0), trend
    raise AssertionError


def level_by_hand(step: int, now: int, settings: Farrington) -> int:
    """Return the level of a step by definition: windows of 2 w + 1 and equal parts between, longer ones first."""
    if step >= now - settings.skip:
        return -1
    for years in range(settings.years + 1):
        if abs(step - (now - 52 * years)) <= settings.half:
            return 0 if years or settings.seasons > 1 else -1
    if settings.seasons == 1 or step < now - 52 * settings.years:
        return -1
    past = (step - now) % 52 - settings.half - 1
    room = 52 - 2 * settings.half - 1
    edges = np.cumsum(
        [room // (settings.seasons - 1) + (i < room % (settings.seasons - 1)) for i in range(settings.seasons - 1)]
    )
    return 1 + int(np.searchsorted(edges, past, side="right"))


@pytest.mark.parametrize(
    "settings",
    [
        classic(),
        classic(outlying=None, trend=False),
        Farrington(),
        Farrington(trend_p=1.0, years=3),
        Farrington(seasons=5),
    ],
)
def test_baselines_equal_the_papers_read_in_statsmodels(settings: Farrington) -> None:
    kinds = set()
    for number, rate in enumerate([1.2, 0.3, 2.5, 1.0]):
        y = made(number, rate)
        fitted = farrington.baselines(complete(y), settings, [260, 299])
        for column, now in enumerate([260, 299]):
            mean, error, phi, trend = by_hand(y, now, settings)
            kinds.add(trend)
            assert fitted.expected[0, column] == pytest.approx(mean, rel=1e-8)
            assert fitted.dispersion[0, column] == pytest.approx(phi, rel=1e-8)
            assert fitted.spread[0, column] == pytest.approx(error, rel=1e-6)
            assert (fitted.kind[0, column] == 2) == trend
    assert True in kinds or not settings.trend


def test_bounds_follow_their_formulas() -> None:
    settings = classic(alpha=0.02)
    counts = complete(made(3))
    fitted = farrington.baselines(counts, settings)
    mean, error, phi = fitted.expected[0, 0], fitted.spread[0, 0], fitted.dispersion[0, 0]
    z = stats.norm.isf(0.01)
    deviation = np.sqrt(mean * phi + (mean * error) ** 2)  # of a count about the fitted mean

    def upper(threshold: Threshold, two_sided: bool = True) -> float:
        return float(farrington.upper_bounds(fitted, replace(settings, threshold=threshold, two_sided=two_sided))[0, 0])

    assert upper(Threshold.UNTRANSFORMED) == pytest.approx(mean + z * deviation)
    assert upper(Threshold.SQUARE_ROOT) == pytest.approx((mean**0.5 + z * 0.5 * mean**-0.5 * deviation) ** 2)
    assert upper(Threshold.TWO_THIRDS) == pytest.approx(
        (mean ** (2 / 3) + z * 2 / 3 * mean ** (-1 / 3) * deviation) ** 1.5
    )
    size = mean / (phi - 1)
    assert upper(Threshold.NEGATIVE_BINOMIAL) == stats.nbinom.isf(0.01, size, size / (size + mean))
    assert upper(Threshold.NEGATIVE_BINOMIAL, two_sided=False) == stats.nbinom.isf(0.02, size, size / (size + mean))
    higher = mean * np.exp(z * error)
    assert upper(Threshold.NEGATIVE_BINOMIAL_MEAN) == stats.nbinom.isf(0.01, higher / (phi - 1), 1 / phi)


def test_scores_are_tails() -> None:
    counts, mean, phi = np.array([[0.0, 3, 9, 2]]), np.array([[2.0, 2, 4, 0]]), np.array([[1.0, 1, 2.5, 1]])
    score = farrington.tail_score(counts, mean, phi)
    assert score[0, 0] == 0
    assert score[0, 1] == pytest.approx(-np.log10(stats.poisson.sf(2, 2)))
    assert score[0, 2] == pytest.approx(-np.log10(stats.nbinom.sf(8, 4 / 1.5, 1 / 2.5)))
    assert score[0, 3] == 300


def test_the_usual_past_gives_few_alarms_and_a_rise_gives_one() -> None:
    random = generator(9, Stream.SYNTHETIC)
    quiet = random.poisson(3, (2000, 261)).astype(float)
    found = farrington.watch(complete(quiet), Farrington(), [260])
    assert found.alarms.mean() < 0.02
    quiet[:, 260] += 12
    assert farrington.watch(complete(quiet), Farrington(), [260]).alarms.mean() > 0.95


def test_gaps_are_neither_zeros_nor_all_clears() -> None:
    y = made(1)
    holes = y.copy()
    holes[[52, 104, 130, 200]] = np.nan
    zeros = np.nan_to_num(holes)
    masked = farrington.baselines(reported_or_nan(holes), Farrington(), [260])
    assert masked.expected[0, 0] != farrington.baselines(complete(zeros), Farrington(), [260]).expected[0, 0]
    holes[260] = np.nan
    assert farrington.watch(reported_or_nan(holes), Farrington(), [260]).verdicts[0, 0] == Verdict.UNREPORTED
    never = np.full(300, np.nan)
    never[260] = 7
    lone = farrington.watch(reported_or_nan(never), Farrington(), [260])
    assert lone.verdicts[0, 0] == Verdict.NO_BASELINE
    assert np.isnan(lone.score[0, 0])


def test_degenerate_series() -> None:
    values = np.zeros((4, 300))
    values[1] = 3  # constant
    values[2, 260] = 4  # nothing ever, then four: under the least of five counts
    values[3, 255:261] = 4  # nothing ever, then many
    found = farrington.watch(complete(values), Farrington(), [260])
    assert found.verdicts[:, 0].tolist() == [Verdict.FEW, Verdict.QUIET, Verdict.FEW, Verdict.ALARM]
    assert found.expected[:, 0] == pytest.approx([0, 3, 0, 0], abs=1e-9)


def test_a_population_makes_it_a_model_of_rates() -> None:
    y = made(2)
    population = np.exp(np.arange(300) / 100)
    fitted = farrington.baselines(complete(y), Farrington(trend=False, outlying=None), [260], population)
    levels = farrington.reference(260, 52, Farrington())
    used = levels == 0
    mean = y[:260][used].sum() / population[:260][used].sum() * population[260]
    assert fitted.expected[0, 0] == pytest.approx(mean, rel=1e-10)
    with pytest.raises(ValueError, match="above 0"):
        farrington.baselines(complete(y), Farrington(), [260], np.zeros(300))


def test_threads_give_the_same_bits() -> None:
    values = np.stack([made(number) for number in range(40)] * 60)
    counts = complete(values)
    runs = [farrington.watch(counts, Farrington(), [260, 270], executor=e) for e in (Serial(), Threads(2), Threads(16))]
    for run in runs[1:]:
        assert run.upper.tobytes() == runs[0].upper.tobytes()
        assert run.score.tobytes() == runs[0].score.tobytes()


def test_months_and_what_lies_before_the_data() -> None:
    y = generator(1, Stream.SYNTHETIC).poisson(6, 72)
    counts = complete(y, per_year=12)
    found = farrington.watch(counts, Farrington(half=1, seasons=4, skip=3))
    assert found.verdicts[0, 0] == Verdict.QUIET
    with pytest.raises(ValueError, match="before the data"):
        farrington.watch(counts, Farrington(years=6, half=1, seasons=4))
    with pytest.raises(ValueError, match="no room"):
        farrington.watch(counts, Farrington(half=4))
    with pytest.raises(ValueError, match="steps to judge"):
        farrington.watch(counts, Farrington(half=1, seasons=4), [72])
    with pytest.raises(ValueError, match="alpha"):
        Farrington(alpha=0.7)
