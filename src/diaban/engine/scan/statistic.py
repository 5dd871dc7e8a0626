"""The logarithm of the likelihood ratio of a window, and what it says in plain figures."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from diaban.engine.kernels import kernel
from diaban.engine.scan.design import Model

Floats = NDArray[np.float64]

POISSON, BERNOULLI = 0, 1
"""Which formula a kernel uses; permutation has that of poisson."""


@kernel
def likelihood_ratio(formula: int, inside: float, expected: float, cases: float, size: float, people: float) -> float:
    """Return the statistic of one window without regard to its direction: 0 where observed equals expected.

    `inside` of `cases` lie in the window, where `expected` were expected; for BERNOULLI `size` of `people` (cases and
    controls) lie in it, and `expected` is size × cases / people.
    """
    value = 0.0
    if inside > 0:
        value += inside * np.log(inside / expected)
    if cases - inside > 0:
        value += (cases - inside) * np.log((cases - inside) / (cases - expected))
    if formula == 1:
        if size - inside > 0:
            value += (size - inside) * np.log((size - inside) / (size - expected))
        rest, usual = people - size - cases + inside, people - size - cases + expected
        if rest > 0:
            value += rest * np.log(rest / usual)
    return max(value, 0.0)


@kernel
def ceiling(formula: int, inside: float, expected: float, cases: float, size: float, people: float) -> float:
    """Return a bound of the statistic that needs no logarithm: the chi-squared of the same table.

    Twice the chi-squared divergence bounds twice the Kullback-Leibler divergence (ln x ≤ x - 1).
    """
    square = (inside - expected) * (inside - expected)
    value = square / expected + square / (cases - expected) if cases > expected > 0 else np.inf
    if formula == 1 and value < np.inf:
        more = size - expected
        rest = people - size - cases + expected
        value = value + square / more + square / rest if more > 0 and rest > 0 else np.inf
    return value


def statistic(
    model: Model,
    observed: ArrayLike,
    expected: ArrayLike,
    cases: int,
    size: ArrayLike = 0.0,
    people: float = 0.0,
) -> Floats:
    """Return the statistic of many windows at once (numpy, by `Design`'s formulas), whatever their direction."""
    inside, usual = np.asarray(observed, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    value = _term(inside, usual) + _term(cases - inside, cases - usual)
    if model is Model.BERNOULLI:
        held = np.asarray(size, dtype=np.float64)
        value = value + _term(held - inside, held - usual)
        value = value + _term(people - held - cases + inside, people - held - cases + usual)
    found: Floats = np.maximum(value, 0.0)
    return found


def _term(seen: Floats, usual: Floats) -> Floats:
    ratio = np.divide(seen, usual, out=np.ones_like(seen), where=(seen > 0) & (usual > 0))
    value: Floats = np.where((seen > 0) & (usual <= 0), np.inf, seen * np.log(ratio))
    return value


def relative_risk(model: Model, observed: float, expected: float, cases: float) -> float | None:
    """Return how many times the risk inside is that outside; None where nothing is left outside to compare with.

    Only the cases and what is expected enter. For permutation there is no risk to speak of: the ratio of observed to
    expected stands in its place.
    """
    if expected <= 0:
        return None
    if model is Model.PERMUTATION:
        return observed / expected
    if cases <= observed or cases <= expected:
        return None
    return (observed / expected) / ((cases - observed) / (cases - expected))


def least_cases(critical: float, expected: float, cases: int) -> int | None:
    """Return how many cases a window of `expected` must hold to pass a critical value; None when no number would.

    For permutation and poisson. It says what a scan can see: a locality where 2 cases are expected raises an alarm
    only from so many on.
    """
    counts = np.arange(int(np.floor(expected)) + 1, cases + 1)
    if not 0 < expected < cases or not len(counts):
        return None
    enough = np.flatnonzero(statistic(Model.POISSON, counts, np.full(len(counts), expected), cases) > critical)
    return int(counts[enough[0]]) if len(enough) else None
