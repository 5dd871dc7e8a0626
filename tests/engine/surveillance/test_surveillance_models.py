"""Fitted models equal statsmodels' on the same counts, and say so when counts cannot carry them."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats
from statsmodels.discrete.count_model import ZeroInflatedNegativeBinomialP, ZeroInflatedPoisson

from diaban.engine.kernels.surveillance_fit import Work, fit
from diaban.engine.streams import Stream, generator
from diaban.engine.surveillance import models
from diaban.engine.surveillance.counts import Counts, complete, reported_or_nan

Floats = NDArray[np.float64]


def work(groups: int, columns: int, steps: int) -> Work:
    return Work(
        np.zeros(groups), np.zeros(columns), np.zeros(steps), np.zeros(steps), np.zeros(groups),
        np.zeros((groups, columns)), np.zeros((columns, columns)),
    )  # fmt: skip


@settings(deadline=None, max_examples=40)
@given(
    number=st.integers(0, 10**6), columns=st.integers(0, 3), groups=st.integers(1, 5), alpha=st.sampled_from([0, 0.4])
)
def test_weighted_fits_equal_a_generalised_linear_model(number: int, columns: int, groups: int, alpha: float) -> None:
    random = generator(number, Stream.SYNTHETIC)
    steps = 60
    group = np.arange(steps) % groups
    z = random.normal(size=(steps, columns))
    y = random.poisson(np.exp(0.8 + 0.3 * group + z @ np.full(columns, 0.2))).astype(float)
    y[:groups] += 1  # every level has a count
    omega, offset = random.uniform(0.2, 2, steps), random.normal(size=steps) * 0.2
    omega[random.random(steps) < 0.1] = 0
    omega[:groups] = 1
    ours = work(groups, columns, steps)
    assert fit(y, omega, offset, group.astype(np.int64), z, alpha, ours)
    design = np.column_stack([np.eye(groups)[group], z])
    family = sm.families.NegativeBinomial(alpha=alpha) if alpha else sm.families.Poisson()
    theirs = sm.GLM(y, design, family=family, offset=offset, freq_weights=omega).fit(
        tol_criterion="params", tol=1e-12, maxiter=300
    )
    np.testing.assert_allclose(np.concatenate([ours.level, ours.slope]), theirs.params, rtol=0, atol=1e-8)
    information = (design * ours.weight[:, None]).T @ design
    np.testing.assert_allclose(ours.diagonal, np.diag(information)[:groups], rtol=1e-7)


def made(number: int, steps: int, alpha: float, zeros: float, per_year: float = 52) -> Floats:
    random = generator(number, Stream.SYNTHETIC, 1)
    year = np.arange(steps) / per_year
    mean = np.exp(1 + 0.1 * year + 0.5 * np.cos(2 * np.pi * year))
    if alpha:
        mean = mean * random.gamma(1 / alpha, alpha, steps)
    return np.where(random.random(steps) < zeros, 0, random.poisson(mean)).astype(float)


@pytest.mark.parametrize("trend", [False, True])
def test_negative_binomial_baselines_equal_statsmodels(trend: bool) -> None:
    counts = complete(made(1, 260, 0.5, 0))
    ours = models.fit(counts, models.Model(harmonics=2, trend=trend), range(260, 312))
    _, z = models.columns(np.arange(260), 52, ours.model)
    theirs = sm.NegativeBinomial(counts.values[0], sm.add_constant(z)).fit(
        disp=0, maxiter=500, gtol=1e-9, warn_convergence=False
    )
    np.testing.assert_allclose(np.r_[ours.levels[0], ours.slopes[0], ours.alpha], theirs.params, atol=2e-5)
    assert ours.likelihood[0] == pytest.approx(theirs.llf, abs=1e-7)
    assert ours.likelihood[0] >= theirs.llf - 1e-9
    assert ours.aic[0] == pytest.approx(theirs.aic, abs=1e-6)
    known = sm.GLM(
        counts.values[0], sm.add_constant(z), family=sm.families.NegativeBinomial(alpha=ours.alpha[0])
    ).fit(tol=1e-13)  # fmt: skip
    _, later = models.columns(ours.ahead, 52, ours.model)
    told = known.get_prediction(sm.add_constant(later, has_constant="add"), which="linear")
    np.testing.assert_allclose(ours.predictor[0], told.predicted, atol=1e-7)
    # statsmodels' GLM takes the expected information too
    np.testing.assert_allclose(ours.error[0], told.se, rtol=1e-6)


def test_a_season_of_levels_is_a_factor() -> None:
    counts = complete(made(2, 120, 0, 0, 12), per_year=12)
    ours = models.fit(counts, models.Model(models.Family.POISSON, harmonics=0, levels=12, trend=True), used=110)
    design = np.column_stack([np.eye(12)[np.arange(110) % 12], np.arange(110) / 12])
    theirs = sm.GLM(counts.values[0, :110], design, family=sm.families.Poisson()).fit(tol=1e-13)
    np.testing.assert_allclose(np.r_[ours.levels[0], ours.slopes[0]], theirs.params, atol=1e-8)


@pytest.mark.parametrize(
    ("family", "theirs", "alpha"),
    [
        (models.Family.ZERO_INFLATED_POISSON, ZeroInflatedPoisson, 0.0),
        (models.Family.ZERO_INFLATED_NEGATIVE_BINOMIAL, ZeroInflatedNegativeBinomialP, 0.4),
    ],
)
def test_extra_zeros_equal_statsmodels(family: models.Family, theirs: type, alpha: float) -> None:
    counts = complete(made(3, 300, alpha, 0.3))
    ours = models.fit(counts, models.Model(family, harmonics=1))
    _, z = models.columns(np.arange(300), 52, ours.model)
    fitted = theirs(counts.values[0], sm.add_constant(z)).fit(
        disp=0, maxiter=2000, gtol=1e-8, method="bfgs", warn_convergence=False
    )
    assert ours.likelihood[0] == pytest.approx(fitted.llf, abs=1e-6)
    assert ours.zeros[0] == pytest.approx(1 / (1 + np.exp(-fitted.params[0])), abs=1e-3)
    np.testing.assert_allclose(np.r_[ours.levels[0], ours.slopes[0]], fitted.params[1:4], atol=2e-3)


def test_without_extra_zeros_none_are_found() -> None:
    counts = complete(np.full((1, 80), 4) + np.arange(80) % 3)
    ours = models.fit(counts, models.Model(models.Family.ZERO_INFLATED_NEGATIVE_BINOMIAL, harmonics=0))
    assert ours.zeros[0] == 0
    assert ours.alpha[0] == 0  # scatters less than Poisson
    assert ours.expected[0, 0] == pytest.approx(counts.values.mean(), abs=1e-9)


def test_missing_steps_are_not_zeros() -> None:
    values = made(4, 160, 0.3, 0)
    holes = np.arange(160) % 7 == 3
    ours = models.fit(reported_or_nan(np.where(holes, np.nan, values)), models.Model(trend=True), [200])
    _, z = models.columns(np.flatnonzero(~holes), 52, ours.model)
    theirs = sm.NegativeBinomial(values[~holes], sm.add_constant(z)).fit(
        disp=0, maxiter=500, gtol=1e-9, warn_convergence=False
    )
    assert ours.likelihood[0] == pytest.approx(theirs.llf, abs=1e-7)


def test_what_cannot_be_fitted_has_no_numbers() -> None:
    values = np.zeros((4, 60))
    values[1, 20] = 9  # one heap: a season cannot be told, levels can
    values[2, :3] = 5
    values[3] = 2
    reported = np.ones((4, 60), dtype=bool)
    reported[2, 3:] = False  # fewer steps than parameters
    found = models.fit(Counts(values, reported), models.Model(models.Family.POISSON, harmonics=1))
    assert np.isnan(found.predictor[[0, 2]]).all()
    assert found.expected[3] == pytest.approx(2, abs=1e-9)
    forecast = models.forecast(found)
    assert np.isnan(forecast.high[[0, 2]]).all()
    assert (forecast.high[3] >= forecast.expected[3]).all()


def test_a_level_never_seen_has_no_forecast() -> None:
    values = np.where(np.arange(60) % 12 == 5, np.nan, 3.0)
    found = models.fit(reported_or_nan(values, 12), models.Model(models.Family.POISSON, 0, 12), range(60, 72))
    assert np.isnan(found.predictor[0]).tolist() == [month == 5 for month in range(12)]


@settings(deadline=None, max_examples=60)
@given(
    mean=st.floats(0.01, 60), alpha=st.sampled_from([0.0, 0.05, 1.0, 8.0]), zeros=st.sampled_from([0.0, 0.4]),
    count=st.integers(-1, 100),
)  # fmt: skip
def test_probabilities_are_those_of_the_distributions(mean: float, alpha: float, zeros: float, count: int) -> None:
    plain = stats.nbinom(1 / alpha, 1 / (1 + alpha * mean)) if alpha else stats.poisson(mean)
    expected = zeros * (count >= 0) + (1 - zeros) * plain.cdf(count)
    found = models.probability_up_to(*(np.array([float(value)]) for value in (count, mean, alpha, zeros)))
    assert found[0] == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("alpha", [0.0, 0.5])
def test_forecasts_cover_what_they_promise(alpha: float) -> None:
    """120 series of two years: the next year's weeks fall into their 90 % intervals as often as promised."""
    random = generator(5, Stream.SYNTHETIC)
    year = np.arange(156) / 52
    mean = 3 * np.exp(0.4 * np.cos(2 * np.pi * year)) * np.ones((120, 1))
    values = random.poisson(mean * (random.gamma(1 / alpha, alpha, mean.shape) if alpha else 1)).astype(float)
    counts = complete(values)
    told = models.forecast(models.fit(counts, models.Model(harmonics=1), range(104, 156), used=104), 0.9)
    covered = ((values[:, 104:] >= told.low) & (values[:, 104:] <= told.high)).mean()
    assert 0.89 < covered < 0.97
    above = (values[:, 104:] > told.high).mean()
    assert above < 0.06


def test_settings_without_meaning_are_refused() -> None:
    with pytest.raises(ValueError, match="not both"):
        models.Model(harmonics=1, levels=12)
    with pytest.raises(ValueError, match="fitted to 1"):
        models.fit(complete([1, 2, 3]), models.Model(), used=4)
    with pytest.raises(ValueError, match="coverage"):
        models.forecast(models.fit(complete([1, 2, 3] * 9), models.Model()), 1.0)
    with pytest.raises(ValueError, match=r"series 0, step 1"):
        complete([1, -2, 3])
    with pytest.raises(ValueError, match="whole number"):
        complete([0.5])
    with pytest.raises(ValueError, match="same shape"):
        Counts(np.zeros((2, 3)), np.ones((3, 2), dtype=bool))


def test_a_short_past_widens_the_forecast() -> None:
    found = models.fit(complete([2, 5, 3, 4, 1, 3]), models.Model(models.Family.POISSON, harmonics=0))
    told = models.forecast(found, 0.9)
    z = np.linspace(-8, 8, 4001)
    means, weights = np.exp(np.log(3) + z / np.sqrt(18)), stats.norm.pdf(z) * (z[1] - z[0])
    reached = [float((stats.poisson.cdf(count, means) * weights).sum()) for count in range(12)]
    assert told.high[0, 0] == next(count for count in range(12) if reached[count] >= 0.95) == 7
    assert stats.poisson.isf(0.05, 3) == 6  # what a mean known for sure would say
