"""Counts of treated and untreated units step by step, and the sets of units that could have been treated instead."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from diaban.engine.evaluation.counts import checked_counts
from diaban.engine.streams import Stream, generator

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Panel:
    """`counts` (units, steps), `treated` (units,), and `start`, the first step after the work began (the same for all).

    Raises `ValueError` when shapes disagree, a side has no unit or a period no step.
    """

    counts: Floats
    treated: Flags
    start: int

    def __post_init__(self) -> None:
        """Check and freeze."""
        values = checked_counts(self.counts)
        treated = np.asarray(self.treated, dtype=np.bool_)
        if values.ndim != 2 or treated.shape != values.shape[:1]:
            raise ValueError(f"one row of counts per unit: {values.shape} and {treated.shape}")
        if not treated.any() or treated.all():
            raise ValueError("at least one treated and one untreated unit are needed")
        if not 0 < self.start < values.shape[1]:
            raise ValueError(f"start {self.start} leaves no step before or after, of {values.shape[1]}")
        for array in (values, treated):
            array.setflags(write=False)
        object.__setattr__(self, "counts", values)
        object.__setattr__(self, "treated", treated)

    @property
    def before(self) -> Floats:
        """Return each unit's events before."""
        return np.asarray(self.counts[:, : self.start].sum(axis=1), dtype=np.float64)

    @property
    def after(self) -> Floats:
        """Return each unit's events after."""
        return np.asarray(self.counts[:, self.start :].sum(axis=1), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Sets:
    """Sets of units of the treated number: the first is the real one. `whole` when all such sets are there."""

    members: Flags  # (sets, units)
    whole: bool

    def p_value(self, statistics: Floats) -> float:
        """Return the share of sets whose statistic is at least as large as the real one's (itself counted)."""
        real = statistics[0]
        return float((statistics >= real - 1e-9 * (1 + abs(real))).mean())


def placebo_sets(treated: Flags, placebos: int, seed: int) -> Sets:
    """Return the real set and others that could have been treated: all there are, or `placebos` drawn at random.

    Draw number i of a seed is always the same set (`Stream.EVALUATION_PLACEBO`).
    """
    units, size = len(treated), int(treated.sum())
    if comb(units, size) - 1 <= placebos:
        real = tuple(np.flatnonzero(treated).tolist())
        others = [chosen for chosen in combinations(range(units), size) if chosen != real]
        members = np.zeros((1 + len(others), units), dtype=np.bool_)
        for row, chosen in enumerate([real, *others]):
            members[row, list(chosen)] = True
        return Sets(members, whole=True)
    members = np.zeros((1 + placebos, units), dtype=np.bool_)
    members[0] = treated
    for number in range(placebos):
        draw = generator(seed, Stream.EVALUATION_PLACEBO, number)
        members[1 + number, draw.permutation(units)[:size]] = True
    return Sets(members, whole=False)


def log_ratios(members: Flags, before: Floats, after: Floats, spread: float) -> tuple[Floats, Floats]:
    """Return for each set the logarithm of its ratio of ratios against the other units, and its standard error.

    Half an event is added to every sum, so that zeros stay finite. `spread` is the variance with which units' growth
    differs beyond chance (see `growth_spread`); a large unit weighs more in it.
    """
    inside = members.astype(np.float64)
    value = np.zeros(len(members))
    error = np.zeros(len(members))
    for flags, sign in ((inside, 1.0), (1 - inside, -1.0)):
        first, last = flags @ before, flags @ after
        value += sign * (np.log(last + 0.5) - np.log(first + 0.5))
        error += 1 / (last + 0.5) + 1 / (first + 0.5)
        concentration = (flags @ (before**2)) / np.maximum(first, 1) ** 2
        error += spread * np.where(first > 0, concentration, 1.0)
    return value, np.sqrt(error)


def growth_spread(before: Floats, after: Floats) -> float:
    """Return the variance of units' logarithmic growth beyond Poisson chance, at least 0.

    The moment estimate of R. DerSimonian and N. Laird (Controlled Clinical Trials 7, 1986) on log(after / before). Two
    units without an event tell nothing and are left out; with fewer than three units left it is 0.
    """
    seen = (before + after) > 0
    first, last = before[seen] + 0.5, after[seen] + 0.5
    if len(first) < 3:
        return 0.0
    growth, weight = np.log(last / first), 1 / (1 / last + 1 / first)
    centre = (weight @ growth) / weight.sum()
    excess = weight @ (growth - centre) ** 2 - (len(growth) - 1)
    return max(0.0, float(excess / (weight.sum() - (weight @ weight) / weight.sum())))


def comparison_spread(panel: Panel) -> float:
    """Return the variance that units' own drifting adds to the logarithm of treated against untreated growth.

    The untreated units' `growth_spread`, times how concentrated the events of either side are in few units.
    """
    spread = growth_spread(panel.before[~panel.treated], panel.after[~panel.treated])
    found = 0.0
    for side in (panel.treated, ~panel.treated):
        events = panel.before[side]
        found += float((events**2).sum() / events.sum() ** 2) if events.any() else 1.0
    return spread * found
