"""Cases expected in every place and step from populations: what the Poisson model compares with.

Indirect standardisation: every stratum of people (an age group of one sex, say) has one rate, that of all places and
times together, and a cell expects the sum of its strata's rates times their person-time. With one stratum that is a
share by population. The expected counts sum to the cases (M. Kulldorff, Commun. Stat. Theory Methods 26, 1997).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def person_time(dates: ArrayLike, population: ArrayLike, edges: ArrayLike) -> Floats:
    """Return person-time per step: the integral over each step of the population, linear between its dates.

    `dates` (K,) rise; `population` (..., K) is known on those dates, and keeps its first and last value outside them.
    `edges` (T+1,) rise: step t lasts from `edges[t]` to `edges[t+1]`, in the same unit as `dates` (days, say). Returns
    (..., T). A date known by its year alone means its 1 July, by its month alone its 15th: then the published analysis
    of New Mexico comes out to the last digit.
    """
    known, ends = _rising(dates, "dates of population"), _rising(edges, "edges of steps")
    counts = np.asarray(population, dtype=np.float64)
    if counts.shape[-1:] != known.shape:
        raise ValueError(f"population needs one figure per date on its last axis: {len(known)}, not {counts.shape}")
    if len(ends) < 2:
        raise ValueError("at least one step is needed: two edges")
    if not np.isfinite(counts).all() or (counts < 0).any():
        raise ValueError("populations are numbers of 0 or more")
    total = np.multiply.outer(counts[..., 0], np.minimum(ends - known[0], 0))
    total = total + np.multiply.outer(counts[..., -1], np.maximum(ends - known[-1], 0))
    for k, width in enumerate(np.diff(known)):
        inside = np.clip(ends - known[k], 0, width)
        total += np.multiply.outer(counts[..., k], inside)
        total += np.multiply.outer(counts[..., k + 1] - counts[..., k], inside**2 / (2 * width))
    steps: Floats = np.diff(total, axis=-1)
    return steps


def expected_counts(exposure: ArrayLike, cases: ArrayLike, *, steps: int | None = None) -> Floats:
    """Return (P, T) expected counts that sum to the cases.

    `exposure`: person-time (P, T), or (P, S, T) by stratum, or a population (P,) that stays the same over `steps` steps
    of equal length. `cases`: all cases, or (S,) by stratum. Raises `ValueError` when nobody lives anywhere, or when
    there are cases in a stratum without people.
    """
    people, counts = np.asarray(exposure, dtype=np.float64), np.asarray(cases, dtype=np.float64)
    if people.ndim == 1:
        people = np.repeat(people[:, None], steps or 1, axis=1)
    if people.ndim == 2:
        people = people[:, None, :]
    if people.ndim != 3 or not np.isfinite(people).all() or (people < 0).any():
        raise ValueError("exposure is (places, steps) or (places, strata, steps), numbers of 0 or more")
    counts = np.atleast_1d(counts)
    if counts.shape != (people.shape[1],):
        raise ValueError(f"cases are needed for each of {people.shape[1]} strata, not {counts.shape}")
    totals = people.sum(axis=(0, 2))
    empty = (totals == 0) & (counts > 0)
    if empty.any():
        raise ValueError(f"stratum {int(np.flatnonzero(empty)[0])} has cases but nobody lives in it: check populations")
    if not counts.sum():
        return np.zeros((people.shape[0], people.shape[2]))
    rates = np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0)
    cells: Floats = np.einsum("pst,s->pt", people, rates)
    cells *= counts.sum() / cells.sum()
    return cells


def _rising(values: ArrayLike, what: str) -> Floats:
    found = np.asarray(values, dtype=np.float64)
    if found.ndim != 1 or not len(found) or not np.isfinite(found).all() or (np.diff(found) <= 0).any():
        raise ValueError(f"{what} must be one or more numbers that rise")
    return found
