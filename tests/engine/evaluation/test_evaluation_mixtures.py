"""Synthetic control: the nearest mixture is nearest, a planted fall is found, placebos tell chance.

The published examples (Basque Country, West Germany) are checked by bench/oracles_evaluation.py on their data.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import optimize, stats

from diaban.engine.evaluation.synthetic_control import Donors, Importance, in_space, in_time, mix, nearest_mixture
from diaban.engine.executors import Serial, Threads
from diaban.engine.streams import Stream, generator

Floats = NDArray[np.float64]


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 10_000), rows=st.integers(1, 8), columns=st.integers(2, 12), far=st.floats(0, 50))
def test_the_nearest_mixture_meets_the_conditions_of_the_optimum(
    seed: int, rows: int, columns: int, far: float
) -> None:
    draw = generator(seed, Stream.EVALUATION_BOOTSTRAP)
    matrix, target = draw.normal(size=(rows, columns)), draw.normal(size=rows) * far
    weights = nearest_mixture(matrix, target)
    assert weights.sum() == pytest.approx(1)
    assert (weights >= 0).all()
    gradient = matrix.T @ (matrix @ weights - target)  # Karush, Kuhn and Tucker: alike where used, no lower elsewhere
    lowest = gradient.min()
    assert gradient[weights > 1e-9] == pytest.approx(lowest, abs=1e-6 * (1 + far) ** 2)


def test_the_nearest_mixture_is_a_general_solvers() -> None:
    draw = generator(1, Stream.EVALUATION_BOOTSTRAP)
    matrix, target = draw.normal(size=(9, 6)), draw.normal(size=9)
    theirs = optimize.minimize(
        lambda w: ((matrix @ w - target) ** 2).sum(),
        np.full(6, 1 / 6),
        bounds=[(0, 1)] * 6,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        options={"ftol": 1e-14, "maxiter": 500},
    )
    np.testing.assert_allclose(nearest_mixture(matrix, target), theirs.x, atol=1e-5)


def test_a_twin_is_taken_whole() -> None:
    matrix = np.array([[1.0, 2, 3], [4, 5, 6]])
    assert nearest_mixture(matrix, matrix[:, 1]).tolist() == [0, 1, 0]


def places(replicate: int, units: int = 12, steps: int = 40, start: int = 28, effect: float = 0.0) -> Donors:
    """Rates driven by two hidden causes; unit 0 is 0.6 of unit 1, 0.4 of unit 2, and changes by `effect` after."""
    draw = generator(41, Stream.EVALUATION_BOOTSTRAP, replicate)
    causes = np.cumsum(draw.normal(0, 1, (2, steps)), axis=1)
    loads = draw.uniform(0, 1, (units, 2))
    loads[0] = 0.6 * loads[1] + 0.4 * loads[2]
    outcome = 20 + loads @ causes + draw.normal(0, 0.3, (units, steps))
    outcome[0, start:] += effect
    return Donors(outcome, start)


def test_a_planted_fall_is_found_in_its_size() -> None:
    found = in_space(places(0, effect=-4.0), 0, np.arange(1, 12))
    assert found.treated.effect == pytest.approx(-4, abs=0.5)
    assert found.p_value == pytest.approx(1 / 12)
    assert found.p_fewer <= found.p_value
    assert found.treated.weights[0] == 0
    assert all(one.weights[0] == 0 for one in found.placebos)
    assert found.treated.synthetic + found.treated.gap == pytest.approx(places(0, effect=-4.0).outcome[0])


def test_without_an_effect_the_ranks_are_even() -> None:
    ranks = [in_space(places(r), 0, np.arange(1, 12)).p_value for r in range(60)]
    assert stats.kstest(ranks, "uniform").pvalue > 0.001
    assert np.mean(np.array(ranks) < 0.1) < 0.25


def test_a_gap_that_began_before_the_work_is_seen() -> None:
    data = places(2)
    outcome = data.outcome.copy()
    outcome[0, 14:] -= 4  # fell on its own, half-way to the start
    early = in_time(Donors(outcome, 28), 0, np.arange(1, 12), 14)
    assert early.effect < -2
    assert abs(in_time(data, 0, np.arange(1, 12), 14).effect) < 1


def test_importance_is_searched_so_that_the_fit_improves() -> None:
    draw = generator(42, Stream.EVALUATION_BOOTSTRAP)
    outcome = places(3).outcome
    predictors = np.column_stack([outcome[:, :14].mean(axis=1), outcome[:, 14:28].mean(axis=1), draw.normal(size=12)])
    donors = np.arange(1, 12)
    alike = mix(Donors(outcome, 28, predictors, Importance.EQUAL), 0, donors)
    searched = mix(Donors(outcome, 28, predictors, Importance.FITTED), 0, donors)
    assert searched.rmspe_before <= alike.rmspe_before
    assert searched.importance is not None
    assert searched.importance.sum() == pytest.approx(1)
    again = mix(Donors(outcome, 28, predictors, Importance.GIVEN, given=searched.importance), 0, donors)
    np.testing.assert_allclose(again.weights, searched.weights, atol=1e-6)


def test_threads_change_no_bit() -> None:
    data = places(4)
    one, many = (in_space(data, 0, np.arange(1, 12), executor=e) for e in (Serial(), Threads(16)))
    assert one.p_value == many.p_value
    for a, b in zip(one.placebos, many.placebos, strict=True):
        assert (a.weights == b.weights).all()


def test_constant_outcomes_divide_by_nothing() -> None:
    found = in_space(Donors(np.full((5, 8), 3.0), 4), 0, np.arange(1, 5))
    assert found.p_value == 1
    assert found.treated.effect == 0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"outcome": np.array([[1.0, np.nan], [1, 2], [1, 2]])}, "gaps"),
        ({"start": 0}, "no step before"),
        ({"importance": Importance.EQUAL}, "predictors are needed"),
        ({"outcome": np.ones((2, 4))}, "two others"),
    ],
)
def test_bad_input_is_refused(change: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Donors(**{"outcome": np.ones((4, 6)), "start": 1} | change)  # type: ignore[arg-type]


def test_the_treated_unit_is_no_donor() -> None:
    with pytest.raises(ValueError, match="other units"):
        mix(places(0), 0, np.array([0, 1]))
    with pytest.raises(ValueError, match="pretended"):
        in_time(places(0), 0, np.array([1, 2]), 28)
