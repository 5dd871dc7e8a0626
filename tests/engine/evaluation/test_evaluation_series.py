"""Regressions agree with statsmodels; a planted break is found, and seldom another, also in correlated series."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from numpy.typing import NDArray

from diaban.engine.evaluation import regression
from diaban.engine.evaluation.interrupted import Season, _design, interrupted_series
from diaban.engine.streams import Stream, generator

Floats = NDArray[np.float64]


def series(
    replicate: int, steps: int = 96, start: int = 60, jump: float = 1.0, memory: float = 0.0
) -> NDArray[np.int64]:
    """A monthly series with trend, season, noise beyond Poisson that remembers, and a jump."""
    draw = generator(21, Stream.EVALUATION_BOOTSTRAP, replicate)
    time = np.arange(steps)
    noise = np.zeros(steps)
    for t in range(1, steps):
        noise[t] = memory * noise[t - 1] + draw.normal(0, 0.15)
    mean = 40 * np.exp(0.004 * time + 0.2 * np.sin(2 * np.pi * time / 12) + noise)
    return draw.poisson(mean * np.where(time >= start, jump, 1.0))


def design_of(steps: int) -> Floats:
    time = np.arange(steps) / steps
    angle = 2 * np.pi * np.arange(steps) / 12
    return np.column_stack([np.ones(steps), time, np.sin(angle), np.cos(angle)])


@pytest.mark.parametrize("alpha", [0.0, 0.3])
def test_coefficients_and_errors_are_statsmodels(alpha: float) -> None:
    counts, design = series(0), design_of(96)
    offset = np.linspace(0, 0.4, 96)
    family = sm.families.NegativeBinomial(alpha=alpha) if alpha else sm.families.Poisson()
    model = sm.GLM(counts, design, family=family, offset=offset)
    theirs = model.fit(tol=1e-13, maxiter=200)
    ours = regression.fit(design, counts, offset, alpha)
    np.testing.assert_allclose(ours.coefficients, theirs.params, rtol=1e-6)
    np.testing.assert_allclose(ours.bread, theirs.cov_params(), rtol=1e-6)
    if alpha:
        return  # theirs puts the observed information around the scores, ours the expected; for Poisson they are one
    robust = model.fit(tol=1e-13, maxiter=200, cov_type="HAC", cov_kwds={"maxlags": 4})
    np.testing.assert_allclose(ours.newey_west(4) * ours.freedom / 96, robust.cov_params(), rtol=1e-6, atol=1e-12)


def test_alpha_balances_pearson() -> None:
    counts, design = series(1, memory=0.5), design_of(96)
    fitted = regression.fit_negative_binomial(design, counts)
    assert fitted.alpha > 0
    assert (fitted.pearson**2).sum() == pytest.approx(fitted.freedom, rel=1e-6)
    calm = generator(22, Stream.EVALUATION_BOOTSTRAP).binomial(50, 0.9, 96)  # calmer than Poisson
    assert regression.fit_negative_binomial(design, calm).alpha == 0


def test_a_planted_fall_is_found_with_its_size() -> None:
    found = interrupted_series(series(2, jump=0.6), 60, season=Season(12, 1))
    assert found.level.low < 0.6 < found.level.high
    assert found.level.fell
    assert found.p_value < 0.001
    assert found.events.high < 0
    assert found.events.estimate == pytest.approx(float((found.fitted - found.expected).sum()), rel=1e-9)
    assert found.trend.low < np.exp(0.004) < found.trend.high


def test_a_quiet_series_seldom_breaks() -> None:
    """300 series without a break, Poisson with noise of its own."""
    seldom = np.mean([interrupted_series(series(r), 60, season=Season(12, 1)).level.p_value < 0.05 for r in range(200)])
    assert seldom < 0.09


def test_correlated_noise_is_mostly_forgiven() -> None:
    """Plain Poisson errors find a break in half of the quiet series whose noise remembers (0.7); ours in an eighth."""
    naive = honest = 0
    for r in range(200):
        counts = series(r, memory=0.7)
        fitted = regression.fit(_design(96, 60, Season(12, 1)), counts)
        naive += abs(fitted.coefficients[2]) > 1.96 * np.sqrt(fitted.bread[2, 2])
        honest += interrupted_series(counts, 60, season=Season(12, 1)).level.p_value < 0.05
    assert naive / 200 > 0.4
    assert honest / 200 < 0.18


def test_correlation_is_told() -> None:
    found = interrupted_series(series(3, steps=200, start=100, memory=0.9), 100, season=Season(12, 1))
    assert found.correlation > 0.3
    assert found.p_uncorrelated < 0.01


def test_exposure_stands_for_the_lengths_of_steps() -> None:
    counts = series(4)
    days = np.where(np.arange(96) % 2, 30.0, 31.0)
    plain, per_day = interrupted_series(counts, 60), interrupted_series(counts, 60, exposure=np.full(96, 30.0))
    assert plain.level.estimate == pytest.approx(per_day.level.estimate)
    assert interrupted_series(counts, 60, exposure=days).level.estimate != plain.level.estimate


@pytest.mark.parametrize(
    ("counts", "start", "says"),
    [
        ([0] * 10 + [1] * 10, 10, "one side has no event"),
        ([1, 2, 3, 1, 2, 3], 2, "three steps on each side"),
        ([1, 2, 3, 1, 2, 3], 3, None),
        ([-1] * 20, 10, "whole numbers"),
        ([1.5] * 20, 10, "whole numbers"),
        ([float("nan")] * 20, 10, "missing report is not zero"),
    ],
)
def test_thin_and_bad_series(counts: list[float], start: int, says: str | None) -> None:
    if says is None:
        assert interrupted_series(np.array(counts), start).level.estimate
        return
    with pytest.raises(ValueError, match=says):
        interrupted_series(np.array(counts), start)


def test_a_constant_series_has_no_break() -> None:
    found = interrupted_series(np.full(40, 7), 20)
    assert found.level.estimate == pytest.approx(1)
    assert found.level.p_value > 0.9
    assert found.events.estimate == pytest.approx(0, abs=1e-6)


def test_a_season_must_fit() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        Season(4, 2)
    with pytest.raises(ValueError, match="terms"):
        interrupted_series(np.arange(1, 9), 4, season=Season(12, 3))
