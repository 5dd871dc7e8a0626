"""Localities to compare with: the unchosen ones that looked most like the chosen ones before anything was done.

Those that are chosen are chosen because they stand high this year, and what stands high by chance comes down by
itself. Only beside places that stood alike and were not chosen can one see whether more happened.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

LEAST_SHARED: Final = 2
"""Fewer features known to both than this, and nothing is said of how alike two localities are."""

Baseline = Mapping[str, float | None]
"""The features of one locality before the choice, by code; None was not reported."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One side of likeness, with the mean and the spread that it is measured against (over all localities)."""

    code: str
    mean: float
    deviation: float


@dataclass(frozen=True, slots=True)
class Pair:
    """A chosen locality and one to compare with.

    `distance`: root mean square of the differences in standard deviations, over the `shared` features known to both.
    `again`: the other one already stands beside another chosen locality, because none was left.
    """

    chosen: str
    other: str
    distance: float
    shared: int
    gaps: tuple[tuple[str, float], ...]  # feature, signed difference (other - chosen) in standard deviations
    again: bool = False


def standardised(rows: Mapping[str, Baseline]) -> tuple[list[Feature], dict[str, dict[str, float | None]]]:
    """Return the features with mean and deviation, and every row in deviations from the mean.

    A feature that is the same everywhere, or known once, tells nothing apart and is left out.
    """
    codes = dict.fromkeys(code for row in rows.values() for code in row)
    features = []
    for code in codes:
        known = [value for row in rows.values() if (value := row.get(code)) is not None]
        if len(known) < 2:
            continue
        mean = math.fsum(known) / len(known)
        deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in known) / (len(known) - 1))
        if deviation > 1e-12 * max(1.0, abs(mean)):
            features.append(Feature(code, mean, deviation))
    return features, {
        key: {
            one.code: None if (value := row.get(one.code)) is None else (value - one.mean) / one.deviation
            for one in features
        }
        for key, row in rows.items()
    }


def distances(chosen: str, others: Collection[str], rows: Mapping[str, Baseline]) -> list[Pair]:
    """Return `others` by how far each lies from `chosen`, nearest first; those with too little in common are left out.

    `rows` are all localities, not yet standardised: the spread is that of all of them.
    """
    _features, placed = standardised(rows)
    found = [pair for other in others if other != chosen and (pair := _pair(chosen, other, placed)) is not None]
    return sorted(found, key=lambda pair: (pair.distance, pair.other))


def propose_comparisons(chosen: Sequence[str], pool: Collection[str], rows: Mapping[str, Baseline]) -> list[Pair]:
    """Return one comparison for each chosen locality, in their order, out of `pool` (never a chosen one).

    The nearest pair of all is made first, then the nearest of what is left, so each of the pool is used once. Only when
    none is left does one serve again (`again`). A chosen one without anything in common with the pool has no pair.
    """
    _features, placed = standardised(rows)
    others = [key for key in pool if key not in set(chosen)]
    every = sorted(
        (pair for one in chosen for other in others if (pair := _pair(one, other, placed)) is not None),
        key=lambda pair: (pair.distance, pair.chosen, pair.other),
    )
    found: dict[str, Pair] = {}
    used: set[str] = set()
    for pair in every:
        if pair.chosen not in found and pair.other not in used:
            found[pair.chosen] = pair
            used.add(pair.other)
    for pair in every:
        if pair.chosen not in found:
            found[pair.chosen] = Pair(pair.chosen, pair.other, pair.distance, pair.shared, pair.gaps, again=True)
    return [found[one] for one in chosen if one in found]


def _pair(chosen: str, other: str, placed: Mapping[str, Mapping[str, float | None]]) -> Pair | None:
    mine, theirs = placed[chosen], placed[other]
    gaps = []
    for code, own in mine.items():
        that = theirs.get(code)
        if own is not None and that is not None:
            gaps.append((code, that - own))
    if len(gaps) < LEAST_SHARED:
        return None
    distance = math.sqrt(math.fsum(gap * gap for _code, gap in gaps) / len(gaps))
    return Pair(chosen, other, distance, len(gaps), tuple(gaps))
