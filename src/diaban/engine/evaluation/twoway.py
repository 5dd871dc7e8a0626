"""Log-linear regression with one factor for each unit and one for each step, beside a few terms of interest.

The factors are projected out in each round of the reweighted least squares: units stand in a diagonal block, so only a
system of the size of the steps is solved. Errors by units: K.-Y. Liang and S. L. Zeger, Biometrika 73 (1986); the
projection carries over to them by the theorem of Frisch, Waugh and Lovell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diaban.engine.evaluation.regression import moment_alpha

Floats = NDArray[np.float64]
_ROUNDS = 200
_STILL = 1e-11
_WIDEST = 50.0


@dataclass(frozen=True, eq=False)
class TwoWay:
    """`coefficients` (k,) of the terms; their covariance by the model and by units; fitted `mean` (units, steps)."""

    coefficients: Floats
    by_model: Floats
    by_units: Floats
    mean: Floats
    alpha: float


def fit_two_way(counts: Floats, terms: Floats, *, noisy: bool = False) -> TwoWay:
    """Fit log mean[u, t] = a[u] + b[t] + Σ coefficient × terms[k, u, t].

    `counts` (units, steps), each unit and each step with an event; `terms` (k, units, steps). `noisy` fits a negative
    binomial with `alpha` by moments. Raises `ValueError` when no finite coefficients fit.
    """
    if not (counts.any(axis=1).all() and counts.any(axis=0).all()):
        raise ValueError("each unit and each step needs an event: leave the empty ones out")
    fitted = _fit(counts, terms, 0.0)
    freedom = counts.size - counts.shape[0] - counts.shape[1] + 1 - len(terms)
    for _ in range(50 if noisy else 0):
        alpha = moment_alpha(counts, fitted.mean, freedom)
        if abs(alpha - fitted.alpha) <= 1e-9 * (1 + alpha):
            break
        fitted = _fit(counts, terms, alpha)
    return fitted


def _fit(counts: Floats, terms: Floats, alpha: float) -> TwoWay:
    mean = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    coefficients = np.zeros(len(terms))
    for _ in range(_ROUNDS):
        weight = mean / (1 + alpha * mean)
        working = np.log(mean) + (counts - mean) / mean
        left = _projected(np.concatenate([terms, working[None]]), weight)
        information = np.einsum("kut,ut,lut->kl", left[:-1], weight, left[:-1])
        new = np.linalg.solve(information, np.einsum("kut,ut,ut->k", left[:-1], weight, left[-1]))
        predictor = working - left[-1] + np.tensordot(new, left[:-1], 1)
        if not np.isfinite(predictor).all() or np.abs(predictor).max() > _WIDEST:
            break
        mean = np.exp(predictor)
        still = np.abs(new - coefficients).max() < _STILL * (1 + np.abs(new).max())
        coefficients = new
        if still:
            bread = np.asarray(np.linalg.inv(information), dtype=np.float64)
            scores = np.einsum("kut,ut->uk", left[:-1], (counts - mean) / (1 + alpha * mean))
            units = len(counts)
            middle = scores.T @ scores * units / (units - 1)
            return TwoWay(coefficients, bread, bread @ middle @ bread, mean, alpha)
    raise ValueError("no finite coefficients fit: the treated units have no event on one side")


def _projected(values: Floats, weight: Floats) -> Floats:
    """Return what each of `values` (v, units, steps) has beyond a weighted sum of a unit's and a step's part."""
    rows, columns = weight.sum(axis=1), weight.sum(axis=0)
    share = weight / rows[:, None]
    laplacian = np.diag(columns) - weight.T @ share
    by_unit = np.einsum("vut,ut->vu", values, share)
    pull = np.einsum("vut,ut->vt", values - by_unit[:, :, None], weight)
    steps = np.zeros((len(values), len(columns)))
    if len(columns) > 1:  # the first step's part is 0: only differences between steps can be told
        steps[:, 1:] = np.linalg.solve(laplacian[1:, 1:], pull[:, 1:].T).T
    left: Floats = values - (by_unit - steps @ share.T)[:, :, None] - steps[:, None, :]
    return left
