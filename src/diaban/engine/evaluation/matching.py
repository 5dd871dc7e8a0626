"""Which untreated places were most like the treated ones before: nearest in standardised figures, within calipers.

D. B. Rubin, Biometrics 29 (1973); balance by standardised mean differences: P. C. Austin, Stat. Med. 28 (2009). Only
figures from before the work began may be matched on; the outcome after is never looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from diaban.engine.evaluation.counts import checked_counts

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
GOOD, POOR = 0.1, 0.25
"""Standardised mean differences below which balance is called good, and above which it is called poor."""


@dataclass(frozen=True, slots=True)
class Balance:
    """One figure: its means, and the difference in standard deviations before matching and after."""

    name: str
    treated: float
    candidates: float
    matched: float
    difference_before: float
    difference_after: float

    @property
    def poor(self) -> bool:
        """Whether the matched places still differ too much in this figure to be compared."""
        return abs(self.difference_after) > POOR


@dataclass(frozen=True, eq=False)
class Matched:
    """`pairs`: for each treated place its matches, nearest first; `unmatched`: treated places without any.

    `distance` per pair, in standard deviations over all figures (the root of the mean square).
    """

    pairs: tuple[tuple[int, tuple[int, ...]], ...]
    distances: tuple[tuple[float, ...], ...]
    unmatched: tuple[int, ...]
    balance: tuple[Balance, ...]

    @property
    def controls(self) -> tuple[int, ...]:
        """Return every matched place once."""
        return tuple(sorted({one for _, found in self.pairs for one in found}))


def features(counts: NDArray[np.generic], start: int, population: Floats | None = None) -> dict[str, Floats]:
    """Return what places should be alike in: `level`, `trend` and, where known, `population` (as logarithms).

    `counts` (places, steps); only steps before `start` are read. The trend is the logarithm of the second half of that
    time over its first half, with half an event added to each.
    """
    values = checked_counts(counts)
    if values.ndim != 2 or not 2 <= start <= values.shape[1]:
        raise ValueError("one row of counts per place, and at least two steps before the start")
    half = start // 2
    early, late = values[:, start - 2 * half : start - half].sum(axis=1), values[:, start - half : start].sum(axis=1)
    found = {
        "level": np.log(values[:, :start].sum(axis=1) + 0.5),
        "trend": np.log(late + 0.5) - np.log(early + 0.5),
    }
    if population is not None:
        if not (np.isfinite(population) & (population > 0)).all():
            raise ValueError("population: a number above 0 per place")
        found["population"] = np.log(population)
    return found


def match(
    figures: dict[str, Floats],
    treated: Flags,
    *,
    candidates: Flags | None = None,
    each: int = 3,
    caliper: float = 0.5,
    calipers: dict[str, float] | None = None,
) -> Matched:
    """Choose up to `each` untreated places for each treated one, no place twice, with the least total distance.

    `candidates` (places,): places that may be chosen (leave out neighbours, to which things may have moved, and what
    was treated in another way). A pair farther apart than `caliper` standard deviations in any figure (`calipers` by
    name) is not made: fewer matches, or none, rather than bad ones. Ties go to the place that comes first.
    """
    if each < 1 or caliper <= 0:
        raise ValueError("each is at least 1, a caliper above 0")
    flags = np.asarray(treated, dtype=np.bool_)
    allowed = ~flags if candidates is None else np.asarray(candidates, dtype=np.bool_) & ~flags
    own, others = np.flatnonzero(flags), np.flatnonzero(allowed)
    if not len(own) or not len(others):
        raise ValueError("at least one treated place and one candidate are needed")
    table = np.column_stack([np.asarray(values, dtype=np.float64) for values in figures.values()])
    if table.shape[0] != len(flags) or not np.isfinite(table).all():
        raise ValueError("every place needs every figure; leave out places that did not report")
    spread = table[np.concatenate([own, others])].std(axis=0)
    scaled = table / np.where(spread > 0, spread, 1.0)
    apart = np.abs(scaled[own][:, None, :] - scaled[others][None, :, :])
    limits = np.array([(calipers or {}).get(name, caliper) for name in figures])
    distance = np.sqrt((apart**2).mean(axis=2))
    far = float(distance.max()) * (len(own) * each + 1) + 1  # costs more than all pairs that may be made together
    cost = np.where((apart <= limits).all(axis=2), distance, far)
    found: dict[int, list[tuple[float, int]]] = {int(place): [] for place in own}
    taken = np.zeros(len(others), dtype=np.bool_)
    for _ in range(each):  # one round gives each treated place one more match
        left = np.flatnonzero(~taken)
        if not len(left):
            break
        rows, columns = optimize.linear_sum_assignment(cost[:, left])
        for row, column in zip(rows, left[columns], strict=True):
            if cost[row, column] < far:
                taken[column] = True
                found[int(own[row])].append((float(distance[row, column]), int(others[column])))
    pairs = {place: sorted(one) for place, one in found.items() if one}
    return Matched(
        pairs=tuple((place, tuple(number for _, number in one)) for place, one in pairs.items()),
        distances=tuple(tuple(value for value, _ in one) for one in pairs.values()),
        unmatched=tuple(place for place, one in found.items() if not one),
        balance=_balance(figures, own, others, pairs),
    )


def _balance(
    figures: dict[str, Floats],
    own: NDArray[np.int64],
    others: NDArray[np.int64],
    pairs: dict[int, list[tuple[float, int]]],
) -> tuple[Balance, ...]:
    """Return each figure's balance; every treated place weighs the same, whatever number of matches it has."""
    rows = []
    for name, values in figures.items():
        spread = float(np.sqrt((values[own].var() + values[others].var()) / 2)) or 1.0
        treated = float(values[list(pairs) or own].mean())
        matched = (
            float(np.mean([np.mean([values[number] for _, number in one]) for one in pairs.values()])) if pairs else 0
        )
        everyone = float(values[others].mean())
        after = (treated - matched) / spread if pairs else float("inf")
        rows.append(Balance(name, treated, everyone, matched, (float(values[own].mean()) - everyone) / spread, after))
    return tuple(rows)
