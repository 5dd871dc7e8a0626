"""Difference in differences: sums give the regression's effect, placebos keep their level, planted effects show."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy import stats

from diaban.engine.evaluation.did import _stretched, difference_in_differences, event_study
from diaban.engine.evaluation.panel import Panel, growth_spread, log_ratios, placebo_sets
from diaban.engine.evaluation.twoway import _fit, fit_two_way
from diaban.engine.streams import Stream, generator


def panel(
    replicate: int,
    *,
    units: int = 24,
    steps: int = 24,
    start: int = 12,
    treated: int = 1,
    effect: float = 1.0,
    spread: float = 0.0,
    drift: float = 0.0,
    level: float = 2.5,
) -> Panel:
    """Units of very unequal size with a shared season; growth differs between units by `spread`."""
    draw = generator(31, Stream.EVALUATION_BOOTSTRAP, replicate)
    size = np.exp(draw.normal(level, 0.8, units))
    time = np.arange(steps)
    mean = np.outer(size, 1 + 0.3 * np.sin(time / 2))
    mean[:, start:] *= np.exp(draw.normal(0, spread, units))[:, None] if spread else 1
    chosen = np.zeros(units, bool)
    chosen[draw.permutation(units)[:treated]] = True
    mean[np.ix_(chosen, time >= start)] *= effect
    mean[chosen] *= np.exp(drift * (time - start))
    return Panel(draw.poisson(mean), chosen, start)


def dummies(counts: NDArray[np.float64], term: NDArray[np.float64]) -> NDArray[np.float64]:
    units, steps = counts.shape
    unit, step = np.divmod(np.arange(units * steps), steps)
    return np.column_stack(
        [unit[:, None] == np.arange(units), step[:, None] == np.arange(1, steps), term.ravel()]
    ).astype(float)


@pytest.mark.parametrize("alpha", [0.0, 0.2])
def test_the_projected_fit_is_the_full_regression(alpha: float) -> None:
    found = panel(0, units=8, steps=10, start=6, treated=3, spread=0.3)
    term = np.outer(found.treated, np.arange(10) >= 6).astype(float)
    family = sm.families.NegativeBinomial(alpha=alpha) if alpha else sm.families.Poisson()
    model = sm.GLM(found.counts.ravel(), dummies(found.counts, term), family=family)
    theirs = model.fit(tol=1e-13, maxiter=300)
    ours = _fit(found.counts, term[None], alpha)
    assert ours.coefficients[0] == pytest.approx(theirs.params[-1], rel=1e-6)
    assert ours.by_model[0, 0] == pytest.approx(theirs.cov_params()[-1, -1], rel=1e-5)
    if not alpha:
        groups = np.repeat(np.arange(8), 10)
        kwds = {"groups": groups, "use_correction": False}
        clustered = model.fit(tol=1e-13, maxiter=300, cov_type="cluster", cov_kwds=kwds)
        assert ours.by_units[0, 0] * 7 / 8 == pytest.approx(clustered.cov_params()[-1, -1], rel=1e-5)


def test_for_poisson_the_effect_is_the_ratio_of_ratios_of_sums() -> None:
    found = panel(1, treated=5, spread=0.3, effect=0.7)
    term = np.outer(found.treated, np.arange(24) >= 12).astype(float)
    fitted = fit_two_way(found.counts, term[None])
    effect = difference_in_differences(found, placebos=99)
    assert effect.ratio.estimate == pytest.approx(np.exp(fitted.coefficients[0]), rel=1e-9)
    assert effect.by_units is not None
    assert effect.by_units.estimate == pytest.approx(effect.ratio.estimate, rel=1e-9)


def test_placebos_have_uniform_p_values_and_hold_their_interval() -> None:
    """Where units' growth differs by itself, the usual errors alarm far too often; ours do not."""
    p_values, held, naive = [], 0, 0
    for replicate in range(240):
        found = difference_in_differences(panel(replicate, spread=0.25), placebos=199)
        p_values.append(found.ratio.p_value)
        held += found.ratio.low <= 1 <= found.ratio.high
        assert found.negative_binomial is not None
        naive += found.negative_binomial.p_value < 0.05
    assert stats.kstest(p_values, "uniform").pvalue > 0.01
    assert held / 240 > 0.92
    assert naive / 240 > 0.3


def test_a_planted_effect_is_found() -> None:
    found = difference_in_differences(panel(3, treated=4, effect=0.5, spread=0.1, level=3.5))
    assert found.ratio.low < 0.5 < found.ratio.high
    assert found.ratio.fell
    assert found.ratio.p_value < 0.01


def test_few_units_give_all_their_sets_and_no_small_p_value() -> None:
    found = difference_in_differences(panel(4, units=6, effect=0.2))
    assert found.whole
    assert found.placebos == comb(6, 1)
    assert found.ratio.p_value >= 1 / 6


def test_sets_are_drawn_by_address() -> None:
    treated = np.arange(40) < 5
    some, more = placebo_sets(treated, 50, 9), placebo_sets(treated, 80, 9)
    assert (some.members == more.members[:51]).all()
    assert (more.members.sum(axis=1) == 5).all()
    assert (some.members[0] == treated).all()
    assert not (placebo_sets(treated, 50, 10).members[1:] == some.members[1:]).all()


def test_spread_of_growth_is_recovered() -> None:
    found = panel(5, units=400, spread=0.3, level=4)
    assert growth_spread(found.before, found.after) == pytest.approx(0.09, rel=0.25)
    calm = panel(5, units=400, level=4)
    assert growth_spread(calm.before, calm.after) < 0.01


def test_trends_that_ran_apart_before_are_seen() -> None:
    apart = event_study(panel(6, steps=36, start=24, treated=6, drift=0.06, level=4), 6)
    assert apart.parallel_p < 0.01
    assert apart.first.tolist() == [-24, -18, -12, -6, 0, 6]
    assert apart.ratios[3].estimate == 1


def test_parallel_trends_are_seldom_doubted_and_lags_show_the_effect() -> None:
    doubts = [event_study(panel(r, steps=24, treated=3, spread=0.1), 4, placebos=99).parallel_p for r in range(120)]
    assert stats.kstest(doubts, "uniform").pvalue > 0.005
    found = event_study(panel(7, treated=6, effect=0.5, level=4), 6)
    assert [ratio.fell for ratio in found.ratios] == [False, False, True, True]


@pytest.mark.parametrize(
    "counts",
    [np.zeros((4, 6)), np.eye(4, 6), np.full((4, 6), 3), np.vstack([np.zeros(6), np.full((3, 6), 5)])],
)
def test_empty_and_constant_panels_say_nothing(counts: NDArray[np.float64]) -> None:
    found = difference_in_differences(Panel(counts, np.arange(4) == 0, 3))
    assert not found.ratio.fell
    assert not found.ratio.rose
    assert np.isfinite([found.ratio.low, found.ratio.p_value]).all()


def test_bad_panels_are_refused() -> None:
    with pytest.raises(ValueError, match="one treated and one untreated"):
        Panel(np.ones((3, 4)), np.ones(3, bool), 2)
    with pytest.raises(ValueError, match="no step before"):
        Panel(np.ones((3, 4)), np.arange(3) == 0, 0)
    with pytest.raises(ValueError, match="smaller width"):
        event_study(Panel(np.ones((3, 4)), np.arange(3) == 0, 2), 2)


def test_the_interval_stretches_to_the_placebos_and_widens_with_the_spread() -> None:
    sets = placebo_sets(np.arange(40) < 1, 39, 0)
    assert _stretched(np.full(40, 5.0), sets, 0.95, 40) == 5
    assert _stretched(np.full(40, 0.1), sets, 0.95, 40) == pytest.approx(stats.t.ppf(0.975, 38))
    found = panel(8)
    calm, drifting = (log_ratios(sets.members[:, :24], found.before, found.after, spread)[1] for spread in (0.0, 0.3))
    assert drifting[0] ** 2 - calm[0] ** 2 == pytest.approx(0.3, rel=0.2)  # one's drift, a little of others
