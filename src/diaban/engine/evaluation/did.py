"""Difference in differences for counts, with placebos; leads and lags that show whether the trends ran parallel.

The log-linear model with one factor for each unit and each step. For Poisson its effect is, exactly, the ratio of
ratios of the sums, so that every placebo costs one sum. With few treated units errors by units deceive (T. G. Conley
and C. R. Taber, Rev. Economics and Statistics 93, 2011): the interval here is studentised, takes the units' own
diverging growth into account, and is stretched until the placebos fit it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from diaban.engine.evaluation.panel import Panel, Sets, growth_spread, log_ratios, placebo_sets
from diaban.engine.evaluation.ratios import Ratio
from diaban.engine.evaluation.twoway import fit_two_way

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Effect:
    """The effect on the treated units.

    - `ratio`: estimate and interval as in the module's text; its p-value is the placebos'.
    - `placebos`: how many sets of units were compared, the real one with them; `whole` when these are all there are.
      The p-value cannot fall below 1 / placebos.
    - `spread`: variance of units' logarithmic growth beyond chance.
    - `by_units`: the usual interval with errors clustered by units, for comparison; None with fewer than two treated.
    - `negative_binomial`: the model's ratio where counts are noisier than Poisson; None where it has no finite answer.
    """

    ratio: Ratio
    placebos: int
    whole: bool
    spread: float
    by_units: Ratio | None
    negative_binomial: Ratio | None


@dataclass(frozen=True, eq=False)
class EventStudy:
    """Effects by stretches of steps around the start, against the last stretch before it (which is 1 by definition).

    - `first` (n,): each stretch's first step, counted from the start (negative before). `ratios`: one for each, with a
      band that holds for all of them together.
    - `parallel_p`: chance of leads as large where nothing but chance divides the units; small: trends did not run
      parallel before, and a difference in differences is no evidence. Large is no proof that they did.
    """

    first: NDArray[np.int64]
    ratios: tuple[Ratio, ...]
    parallel_p: float
    placebos: int


def difference_in_differences(panel: Panel, *, level: float = 0.95, placebos: int = 999, seed: int = 0) -> Effect:
    """Return the effect of the work on the treated units.

    Right if, without the work, all units would have moved by the same factor up to chance, and if units other than the
    treated could as well have been chosen. Where units were chosen for being worst, see `selection`.
    """
    sets = placebo_sets(panel.treated, placebos, seed)
    spread = growth_spread(panel.before, panel.after)
    values, errors = log_ratios(sets.members, panel.before, panel.after, spread)
    reach = _stretched(np.abs(values / errors), sets, level, len(panel.treated)) * errors[0]
    up, down = _products(panel)
    estimate = None if up == down == 0 else math.inf if down == 0 else up / down
    centre = float(values[0])
    ratio = Ratio(
        estimate, math.exp(centre - reach), math.exp(centre + reach), sets.p_value(np.abs(values / errors)), level
    )
    by_units, noisy = _modelled(panel, level)
    return Effect(ratio, len(sets.members), sets.whole, spread, by_units, noisy)


def event_study(panel: Panel, width: int, *, level: float = 0.95, placebos: int = 999, seed: int = 0) -> EventStudy:
    """Return effects by stretches of `width` steps; whole stretches only, counted from the start both ways.

    Raises `ValueError` when fewer than two stretches lie before.
    """
    leads, lags = panel.start // width, (panel.counts.shape[1] - panel.start) // width
    if width < 1 or leads < 2 or lags < 1:
        raise ValueError("two whole stretches before and one after are needed: choose a smaller width")
    first = np.arange(-leads, lags) * width
    sums = np.stack([panel.counts[:, panel.start + at : panel.start + at + width].sum(axis=1) for at in first])
    reference = sums[leads - 1]
    sets = placebo_sets(panel.treated, placebos, seed)
    size = (len(first), len(sets.members))
    values, errors = np.zeros(size), np.ones(size)
    for place in range(len(first)):
        if place != leads - 1:
            spread = growth_spread(reference, sums[place])
            values[place], errors[place] = log_ratios(sets.members, reference, sums[place], spread)
    sizes = np.abs(values / errors)
    reach = _stretched(sizes.max(axis=0), sets, level, len(panel.treated)) * errors[:, 0]
    ratios = []
    for place in range(len(first)):
        value = float(values[place, 0])
        if place == leads - 1:
            ratios.append(Ratio(1.0, 1.0, 1.0, 1.0, level))
            continue
        low, high = math.exp(value - float(reach[place])), math.exp(value + float(reach[place]))
        ratios.append(Ratio(math.exp(value), low, high, sets.p_value(sizes[place]), level))
    return EventStudy(first, tuple(ratios), sets.p_value(sizes[: leads - 1].max(axis=0)), len(sets.members))


def _stretched(sizes: Floats, sets: Sets, level: float, units: int) -> float:
    """Return how many standard errors the interval reaches: Student's, or more where placebos show that it takes more.

    Placebos are asked only when there are enough to have a quantile of that level.
    """
    usual = float(stats.t.ppf(0.5 + level / 2, max(1, units - 2)))
    others = np.sort(sizes[1:])
    rank = math.ceil(level * (len(others) + 1))
    return max(usual, float(others[rank - 1])) if 0 < rank <= len(others) and len(sets.members) > 1 else usual


def _products(panel: Panel) -> tuple[float, float]:
    treated, before, after = panel.treated, panel.before, panel.after
    up = float(after[treated].sum() * before[~treated].sum())
    return up, float(before[treated].sum() * after[~treated].sum())


def _modelled(panel: Panel, level: float) -> tuple[Ratio | None, Ratio | None]:
    """Return the ratios of the two-way models: Poisson with errors by units, and negative binomial."""
    counts = panel.counts
    units, steps = counts.any(axis=1), counts.any(axis=0)
    after = (np.arange(counts.shape[1]) >= panel.start)[steps]
    treated = panel.treated[units]
    if not (treated.any() and (~treated).any() and after.any() and (~after).any()):
        return None, None
    kept = counts[units][:, steps]
    term = np.outer(treated, after).astype(np.float64)[None]
    freedom = max(1, len(kept) - 1)
    try:
        plain = fit_two_way(kept, term)
        noisy = fit_two_way(kept, term, noisy=True)
    except (ValueError, np.linalg.LinAlgError):
        return None, None
    negative = _wald(float(noisy.coefficients[0]), float(noisy.by_model[0, 0]), freedom, level)
    if treated.sum() < 2 or (~treated).sum() < 2:
        return None, negative
    return _wald(float(plain.coefficients[0]), float(plain.by_units[0, 0]), freedom, level), negative


def _wald(value: float, variance: float, freedom: int, level: float) -> Ratio | None:
    if variance <= 0:
        return None
    error = math.sqrt(variance)
    reach = error * float(stats.t.ppf(0.5 + level / 2, freedom))
    p_value = float(2 * stats.t.sf(abs(value) / error, freedom))
    return Ratio(math.exp(value), math.exp(value - reach), math.exp(value + reach), p_value, level)
