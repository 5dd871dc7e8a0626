"""Regression to the mean: how far a place chosen for its bad year would have fallen with nothing done.

Empirical Bayes with a gamma distribution of true rates over all places that could have been chosen: E. Hauer,
Observational Before-After Studies in Road Safety (1997); H. Robbins, Proc. Third Berkeley Symposium 1 (1956). A place's
own count and the middle of all are weighed by how much places truly differ.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special, stats

from diaban.engine.evaluation.counts import checked_counts

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Spread:
    """The gamma distribution of true rates: `shape`, `rate`; mean shape / rate. Infinite shape: all places alike."""

    mean: float
    shape: float


@dataclass(frozen=True, eq=False)
class Selection:
    """What the chosen places' fall is worth.

    - `observed_before`, `observed_after`: their events. `expected_before`: what their true rates had brought in such a
      period before, as far as can be told; `expected_after`: after, with nothing done.
    - `naive` = after / before; `by_itself` = expected_after / observed_before: the ratio with nothing done.
    - `ratio`, `low`, `high`, `p_value`: events after over `expected_after`, the effect that is left.
    - `trend`: the unchosen places' change, with their own rates shrunk alike.
    - `shrunk` (places,): each place's expected events before.
    """

    observed_before: int
    observed_after: int
    expected_before: float
    expected_after: float
    naive: float | None
    by_itself: float | None
    ratio: float
    low: float
    high: float
    p_value: float
    level: float
    trend: float
    spread: Spread
    shrunk: Floats

    @property
    def fell(self) -> bool:
        """Whether the places surely fell below what they would have come to by themselves."""
        return self.high < 1


def spread_of_rates(counts: NDArray[np.generic], exposure: Floats | None = None) -> Spread:
    """Fit the distribution of true rates over places (maximum likelihood of the negative binomial).

    `counts` (places,) of one period, `exposure` (places,) what makes them comparable (residents); 1 for all when None.
    Raises `ValueError` with fewer than five places or no event.
    """
    values, size = _paired(counts, exposure)
    if len(values) < 5 or not values.any():
        raise ValueError("at least five places, and an event among them, are needed to tell how places differ")
    mean = float(values.sum() / size.sum())
    expected = mean * size

    def loss(log_shape: float) -> float:
        shape = math.exp(log_shape)
        chance = special.gammaln(values + shape) - special.gammaln(shape)
        chance = chance + shape * np.log(shape / (shape + expected)) + values * np.log(expected / (shape + expected))
        return -float(chance.sum())

    found = optimize.minimize_scalar(loss, bounds=(math.log(1e-3), math.log(1e6)), method="bounded")
    return Spread(mean, math.inf if found.x > math.log(1e5) else math.exp(found.x))


def chosen_for_being_bad(
    before: NDArray[np.generic],
    after: NDArray[np.generic],
    chosen: Flags,
    *,
    exposure: Floats | None = None,
    lengths: tuple[float, float] = (1.0, 1.0),
    level: float = 0.95,
    dispersion: float = 1.0,
) -> Selection:
    """Compare the chosen places with what would have come of them by themselves.

    `before`, `after` (places,) events of every place among which the choice was made; `chosen` (places,) those in which
    something was done. `lengths` of the two periods. Raises `ValueError` where nothing is left to compare with.
    """
    first, size = _paired(before, exposure)
    last = checked_counts(after, "after")
    chosen = np.asarray(chosen, dtype=np.bool_)
    if last.shape != first.shape or chosen.shape != first.shape or not chosen.any() or chosen.all():
        raise ValueError("one count before, one after and one flag per place; some chosen and some not")
    spread = spread_of_rates(first, size)
    prior = spread.mean * size
    own = np.zeros(len(first)) if math.isinf(spread.shape) else prior / (prior + spread.shape)
    shrunk = own * first + (1 - own) * prior
    uncertain = own * shrunk  # variance of a place's true mean: shrunk² / (count + shape)
    others = float(shrunk[~chosen].sum())
    trend = (float(last[~chosen].sum()) + 0.5) / (others + 0.5)
    expected = trend * float(shrunk[chosen].sum())
    here, there = float(shrunk[chosen].sum()), float(last[~chosen].sum()) + 0.5
    relative = (
        float(uncertain[chosen].sum()) / here**2 + 1 / there + float(uncertain[~chosen].sum()) / (others + 0.5) ** 2
    )
    total = float(last[chosen].sum())
    error = math.sqrt(dispersion * (1 / (total + 0.5) + relative))
    reach = float(stats.norm.ppf(0.5 + level / 2)) * error
    centre = math.log((total + 0.5) / (expected + 0.5))
    seen = float(first[chosen].sum())
    scale = lengths[0] / lengths[1]
    return Selection(
        observed_before=int(seen),
        observed_after=int(total),
        expected_before=here,
        expected_after=expected,
        naive=scale * total / seen if seen else None,
        by_itself=scale * expected / seen if seen else None,
        ratio=total / expected,
        low=math.exp(centre - reach),
        high=math.exp(centre + reach),
        p_value=float(2 * stats.norm.sf(abs(centre) / error)),
        level=level,
        trend=scale * trend,
        spread=spread,
        shrunk=shrunk,
    )


def _paired(counts: NDArray[np.generic], exposure: Floats | None) -> tuple[Floats, Floats]:
    values = checked_counts(counts, "before")
    size = np.ones(len(values)) if exposure is None else np.asarray(exposure, dtype=np.float64)
    if values.ndim != 1 or size.shape != values.shape or not (np.isfinite(size) & (size > 0)).all():
        raise ValueError("exposure: one number above 0 per place; a place without residents cannot be compared")
    return values, size
