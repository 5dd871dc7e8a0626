"""How the mixture is chosen, and what it says."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from diaban.engine.evaluation.synthetic_control.simplex import nearest_mixture

Floats = NDArray[np.float64]


class Importance(StrEnum):
    """How much each predictor counts when likeness is measured."""

    OUTCOME = "outcome"  # no predictors: the outcome itself, step by step before the start, each step alike
    EQUAL = "equal"  # predictors in units of their standard deviation, each alike
    FITTED = "fitted"  # such that the mixture follows the outcome before the start best (nested search)
    GIVEN = "given"


@dataclass(frozen=True, eq=False)
class Donors:
    """`outcome` (units, steps), a rate rather than a count where units differ in size; `start`, the first step after.

    `predictors` (units, k), what units should be alike in, or None. `fitted_over`: the steps `[first, last)` over which
    the nested search judges the mixture (all steps before the start when None). `given` (k,): the importance, for
    `Importance.GIVEN`. Raises `ValueError` where numbers are missing or shapes disagree.
    """

    outcome: Floats
    start: int
    predictors: Floats | None = None
    importance: Importance = Importance.OUTCOME
    fitted_over: tuple[int, int] | None = None
    given: Floats | None = None

    def __post_init__(self) -> None:
        """Check shapes and numbers."""
        outcome = np.asarray(self.outcome, dtype=np.float64)
        if outcome.ndim != 2 or len(outcome) < 3:
            raise ValueError("one row of outcomes per unit, at least the treated one and two others")
        if not 0 < self.start < outcome.shape[1]:
            raise ValueError(f"start {self.start} leaves no step before or after, of {outcome.shape[1]}")
        if not np.isfinite(outcome).all():
            raise ValueError("every unit needs an outcome at every step: leave out units with gaps")
        if (self.importance is Importance.OUTCOME) != (self.predictors is None):
            raise ValueError("predictors are needed for every importance except `outcome`, and only there")
        if self.predictors is not None:
            predictors = np.asarray(self.predictors, dtype=np.float64)
            if predictors.ndim != 2 or len(predictors) != len(outcome) or not np.isfinite(predictors).all():
                raise ValueError("one row of predictors per unit, every cell a number")
        if self.importance is Importance.GIVEN and (self.given is None or self.predictors is None):
            raise ValueError("the importance of each predictor must be given")
        object.__setattr__(self, "outcome", outcome)

    @property
    def span(self) -> tuple[int, int]:
        """Return the steps over which the fit is judged."""
        return self.fitted_over or (0, self.start)


@dataclass(frozen=True, eq=False)
class Mixture:
    """A unit and its mixture.

    `weights` (units,), 0 for the unit itself and all that were not used; `importance` (k,) or None; `synthetic`, `gap`
    (steps,): the mixture, and the unit minus it. `rmspe_before`, `rmspe_after`: root mean square gap on both sides;
    `ratio` after / before. `effect`: mean gap after.
    """

    unit: int
    weights: Floats
    importance: Floats | None
    synthetic: Floats
    gap: Floats
    rmspe_before: float
    rmspe_after: float
    ratio: float
    effect: float


def mix(data: Donors, unit: int, donors: NDArray[np.integer]) -> Mixture:
    """Return the mixture of `donors` (numbers of units) for a unit."""
    numbers = np.asarray(donors, dtype=np.int64)
    if unit in numbers or len(numbers) < 1:
        raise ValueError("donors are other units than the treated one, at least one")
    pool, own = data.outcome[numbers], data.outcome[unit]
    first, last = data.span
    importance = None
    if data.predictors is None:
        share = nearest_mixture(pool[:, : data.start].T, own[: data.start])
    else:
        scaled = _scaled(np.asarray(data.predictors, dtype=np.float64), unit, numbers)
        columns, target = scaled[1:].T, scaled[0]
        if data.importance is Importance.FITTED:
            importance = _fitted_importance(columns, target, pool[:, first:last].T, own[first:last])
        elif data.given is not None:
            importance = np.asarray(data.given, dtype=np.float64) / float(np.sum(data.given))
        else:
            importance = np.full(len(target), 1 / len(target))
        root = np.sqrt(importance)
        share = nearest_mixture(columns * root[:, None], target * root)
    weights = np.zeros(len(data.outcome))
    weights[numbers] = share
    return _mixture(data, unit, weights, importance)


def _mixture(data: Donors, unit: int, weights: Floats, importance: Floats | None) -> Mixture:
    synthetic = weights @ data.outcome
    gap = data.outcome[unit] - synthetic
    before, after = gap[: data.start], gap[data.start :]
    rmspe_before, rmspe_after = _root(before), _root(after)
    smallest = 1e-9 * max(1e-300, float(np.abs(data.outcome).max()))  # a perfect fit must not divide by zero
    return Mixture(
        unit=unit,
        weights=weights,
        importance=importance,
        synthetic=synthetic,
        gap=gap,
        rmspe_before=rmspe_before,
        rmspe_after=rmspe_after,
        ratio=max(rmspe_after, smallest) / max(rmspe_before, smallest),
        effect=float(after.mean()),
    )


def _root(gap: Floats) -> float:
    return math.sqrt(float((gap**2).mean()))


def _scaled(predictors: Floats, unit: int, numbers: NDArray[np.int64]) -> Floats:
    """Return the unit's and the donors' predictors in standard deviations; one that is the same everywhere as 0."""
    used = predictors[np.concatenate([[unit], numbers])]
    spread = used.std(axis=0, ddof=1)
    return np.asarray((used - used.mean(axis=0)) / np.where(spread > 0, spread, 1.0), dtype=np.float64)


def _fitted_importance(columns: Floats, target: Floats, pool: Floats, own: Floats) -> Floats:
    """Return the importance whose mixture follows the outcome best: the simplex search of Nelder and Mead (1965).

    From two starts (all alike; by a regression of the outcome on the predictors), each followed by fresh searches from
    where the last one ended, until they gain no more. The search is not promised to find the best of all.
    """

    def loss(logs: Floats) -> float:
        root = np.exp(0.5 * (logs - logs.max()))
        share = nearest_mixture(columns * root[:, None], target * root)
        return float(((own - pool @ share) ** 2).mean())

    everyone = np.column_stack([target, columns])
    outcomes = np.column_stack([own, pool]).T
    slopes = np.linalg.lstsq(everyone.T, outcomes - outcomes.mean(axis=0), rcond=None)[0]
    by_regression = (slopes**2).sum(axis=1)
    starts = [np.zeros(len(target)), np.log(np.maximum(by_regression / max(by_regression.max(), 1e-300), 1e-4))]
    best, least = starts[0], math.inf
    for start in starts:
        here, low = start, loss(start)
        for _ in range(6):
            found = optimize.minimize(
                loss,
                here,
                method="Nelder-Mead",
                options={"adaptive": True, "maxfev": 400 * len(target), "xatol": 1e-5, "fatol": 1e-12 * (1 + low)},
            )
            gained = low - float(found.fun)
            here, low = np.asarray(found.x), float(found.fun)
            if gained <= 1e-6 * low:
                break
        if low < least:
            best, least = here, low
    importance = np.exp(best - best.max())
    return np.asarray(importance / importance.sum(), dtype=np.float64)
