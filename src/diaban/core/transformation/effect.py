"""What the yearly reviews say of a transformation: the only effect that the law knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

ORDER: Final = ("I", "II", "III", "none", "free")
"""The classes, heaviest first."""


class Standing(StrEnum):
    """Where a locality stands against the class from which its transformation began."""

    WAITING = "waiting"  # no later review has decided
    LOWERED = "lowered"
    SAME = "same"
    RAISED = "raised"
    RETURNED = "returned"  # was lower in between, and is no longer
    UNKNOWN = "unknown"  # the class at the beginning, or its territory, cannot be compared


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The class decided for the same territory at one yearly review; empty where none was decided."""

    year: int
    decided: str


def verdict_of(baseline_year: int, baseline: str, reviews: Sequence[Reviewed]) -> Standing:
    """Return how the newest decided class after `baseline_year` stands against `baseline`.

    Proposed classes are none of it: only what was decided counts, and only at a later review.
    """
    if baseline not in ORDER:
        return Standing.UNKNOWN
    later = sorted(
        (one for one in reviews if one.year > baseline_year and one.decided in ORDER), key=lambda one: one.year
    )
    if not later:
        return Standing.WAITING
    rank = ORDER.index(baseline)
    newest = ORDER.index(later[-1].decided)
    if newest > rank:
        return Standing.LOWERED
    if any(ORDER.index(one.decided) > rank for one in later):
        return Standing.RETURNED
    return Standing.SAME if newest == rank else Standing.RAISED
