"""Log-linear regression of counts: Poisson and negative binomial, with errors that forgive what the model leaves out.

Iteratively reweighted least squares: J. A. Nelder and R. W. M. Wedderburn, JRSS A 135 (1972). Negative binomial with
variance mu + alpha mu², alpha by moments: N. E. Breslow, Applied Statistics 33 (1984). Errors under autocorrelation:
W. K. Newey and K. D. West, Econometrica 55 (1987).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, optimize

from diaban.engine.evaluation.counts import checked_counts

Floats = NDArray[np.float64]
_ROUNDS = 100
_STILL = 1e-10
_WIDEST = 50.0  # |linear predictor| beyond which a mean has run away to zero or infinity


@dataclass(frozen=True, eq=False)
class Fitted:
    """A regression: `coefficients` (k,), `mean` (n,), the variance's `alpha` (0 for Poisson).

    `bread` (k, k) is the inverse of the information, the covariance where the model holds; `scores` (n, k) is what each
    step pulls at the coefficients.
    """

    coefficients: Floats
    mean: Floats
    alpha: float
    bread: Floats
    scores: Floats
    pearson: Floats

    @property
    def freedom(self) -> int:
        """Return the degrees of freedom that are left."""
        return len(self.mean) - len(self.coefficients)

    def newey_west(self, lags: int) -> Floats:
        """Return the covariance that forgives noise beyond the model and correlation over `lags` steps.

        Bartlett's weights; enlarged by n / (n - k) for the steps that the coefficients took up.
        """
        if lags < 0:
            raise ValueError(f"lags: a whole number from 0 on, not {lags}")
        middle = self.scores.T @ self.scores
        for lag in range(1, min(lags, len(self.scores) - 1) + 1):
            cross = self.scores[lag:].T @ self.scores[:-lag]
            middle = middle + (1 - lag / (lags + 1)) * (cross + cross.T)
        found: Floats = len(self.mean) / self.freedom * self.bread @ middle @ self.bread
        return found

    def inflated(self) -> Floats:
        """Return the model's covariance, enlarged for the noise beyond it and for the memory of the noise.

        Times Pearson's statistic over its degrees of freedom (at least 1) and (1 + r) / (1 - r), the loss of an
        autoregressive process of first order with correlation r. A fit makes residuals look less alike than the noise
        was, by about (terms)(1 + r) / n, which is put back; r below 0 is not believed.
        """
        noise = max(1.0, float(self.pearson @ self.pearson) / self.freedom)
        memory = min(0.9, max(0.0, self.remembered))
        return self.bread * noise * (1 + memory) / (1 - memory)

    @property
    def correlation(self) -> float:
        """Return the correlation of a step's deviation with the next one's; 0 where the fit is perfect."""
        total = float(self.pearson @ self.pearson)
        return float(self.pearson[1:] @ self.pearson[:-1]) / total if total > 1e-12 * len(self.pearson) else 0.0

    @property
    def remembered(self) -> float:
        """Return `correlation` with the fit's own pull put back."""
        return self.correlation + len(self.coefficients) * (1 + self.correlation) / len(self.mean)


def usual_lags(steps: int) -> int:
    """Return the number of lags of the rule of thumb 4 (n / 100)^(2/9) (Newey and West, 1994), rounded down."""
    return int(4 * (steps / 100) ** (2 / 9))


def fit(design: Floats, counts: NDArray[np.generic], offset: Floats | None = None, alpha: float = 0.0) -> Fitted:
    """Fit log mean = design @ coefficients + offset.

    `design` (n, k), `counts` (n,), `offset` (n,) the logarithm of the exposure. Raises `ValueError` when there are too
    few steps, when columns repeat each other, or when no finite coefficients fit (a part without any event).
    """
    values = checked_counts(counts)
    steps, terms = design.shape
    if values.shape != (steps,):
        raise ValueError(f"one count per row of the design: {values.shape} and {design.shape}")
    if steps <= terms:
        raise ValueError(f"{steps} steps cannot tell {terms} terms apart: use a longer series or fewer terms")
    if np.linalg.matrix_rank(design) < terms:
        raise ValueError("terms repeat each other: drop a term (often the season, or a change too near the end)")
    if not values.any():
        raise ValueError("no step has an event: there is nothing to fit")
    base = np.zeros(steps) if offset is None else offset
    mean = np.maximum(values, 0.5 * values.mean()) + 0.1 * values.mean()
    predictor = np.log(mean)
    coefficients = np.zeros(terms)
    for _ in range(_ROUNDS):
        weight = mean / (1 + alpha * mean)
        working = predictor - base + (values - mean) / mean
        root = np.sqrt(weight)
        new = linalg.lstsq(design * root[:, None], working * root, check_finite=False)[0]
        predictor = design @ new + base
        if np.abs(predictor).max() > _WIDEST:
            break
        mean = np.exp(predictor)
        still = np.abs(new - coefficients).max() < _STILL * (1 + np.abs(new).max())
        coefficients = new
        if still:
            return _finished(design, values, mean, coefficients, alpha)
    raise ValueError("no finite coefficients fit: a part of the series has no event, or too few")


def fit_negative_binomial(design: Floats, counts: NDArray[np.generic], offset: Floats | None = None) -> Fitted:
    """Fit with the `alpha` at which Pearson's statistic equals its degrees of freedom; 0 where there is no noise."""
    fitted = fit(design, counts, offset)
    values = checked_counts(counts)
    for _ in range(_ROUNDS):
        alpha = moment_alpha(values, fitted.mean, fitted.freedom)
        if abs(alpha - fitted.alpha) <= 1e-9 * (1 + alpha):
            break
        fitted = fit(design, counts, offset, alpha)
    return fitted


def moment_alpha(values: Floats, mean: Floats, freedom: int) -> float:
    """Return the `alpha` that makes Pearson's statistic equal to its degrees of freedom, or 0."""
    squares = (values - mean) ** 2

    def excess(alpha: float) -> float:
        return float((squares / (mean + alpha * mean**2)).sum() - freedom)

    if freedom <= 0 or excess(0.0) <= 0:
        return 0.0
    high = 1.0
    while excess(high) > 0 and high < 1e6:
        high *= 4
    return float(optimize.brentq(excess, 0.0, high, xtol=1e-12)) if excess(high) < 0 else high


def _finished(design: Floats, values: Floats, mean: Floats, coefficients: Floats, alpha: float) -> Fitted:
    noise = 1 + alpha * mean
    bread: Floats = np.asarray(np.linalg.inv(design.T @ (design * (mean / noise)[:, None])), dtype=np.float64)
    return Fitted(
        coefficients=coefficients,
        mean=mean,
        alpha=alpha,
        bread=bread,
        scores=design * ((values - mean) / noise)[:, None],
        pearson=(values - mean) / np.sqrt(mean * noise),
    )
