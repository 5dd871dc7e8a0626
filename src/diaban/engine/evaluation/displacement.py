"""Did the problem move next door, did the benefit spread, or can neither be said? Intervals decide, never estimates.

The comparison tells what would have come: an area's events before, times the comparison's after/before. What an area
has above that moved there (or came by chance); the intervals tell which. The words "displacement" and "diffusion of
benefits" after R. V. Clarke and D. Weisburd, Crime Prevention Studies 2 (1994); comparing ring by ring after Bowers
and Johnson (2003); deciding by intervals after Wheeler and Ratcliffe (2018).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from scipy import stats

from diaban.engine.evaluation.counts import BeforeAfter
from diaban.engine.evaluation.ratios import Ratio, ratio_of_ratios
from diaban.engine.evaluation.rings import Around


class Reading(StrEnum):
    """What may be said of the area around."""

    DISPLACED = "displaced"
    DIFFUSED = "diffused"
    NO_EVIDENCE = "no_evidence"  # neither seen, and a move of the asked share would have been
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Change:
    """Events against what the comparison lets expect, with an interval by the delta method; below 0 is fewer."""

    estimate: float
    low: float
    high: float
    level: float


@dataclass(frozen=True, slots=True)
class Displacement:
    """The reading and what it stands on.

    - `treated`, `together` (all rings) and `rings` are ratios of ratios; the rings' levels are raised so that all looks
      at the surroundings hold together (Bonferroni).
    - `prevented`, `moved`, `net`: events in the treated area, around it, and in both, against expectation.
    - `share`: the part of the treated area's fall whose appearance around is asked for; `share_excluded`: whether so
      much, or more, can be ruled out.
    """

    reading: Reading
    treated: Ratio
    together: Ratio
    rings: tuple[Ratio, ...]
    prevented: Change
    moved: Change
    net: Change
    share: float
    share_excluded: bool


def read_displacement(
    areas: Around, *, level: float = 0.95, dispersion: float = 1.0, share: float = 0.5, spread: float = 0.0
) -> Displacement:
    """Read the rings around a treated area.

    Where the treated area did not surely fall, nothing can have moved out of it: inconclusive. Where it did: displaced
    if a ring, or all together, surely rose; diffused if one surely fell and none rose; no evidence if neither, but a
    move of `share` of the fall can be ruled out; else inconclusive. `spread`: see `ratio_of_ratios`.
    Raises `ValueError` without a ring.
    """
    if not areas.rings:
        raise ValueError("at least one ring is needed to ask where things moved")
    if not 0 < share <= 1:
        raise ValueError(f"share lies between 0 and 1, not at {share}")
    looks = 1 if len(areas.rings) == 1 else len(areas.rings) + 1
    careful = 1 - (1 - level) / looks
    treated = ratio_of_ratios(areas.treated, areas.control, level, dispersion, spread)
    together = ratio_of_ratios(areas.all_rings, areas.control, careful, dispersion, spread)
    rings = tuple(ratio_of_ratios(ring, areas.control, careful, dispersion, spread) for ring in areas.rings)
    excluded = _change(areas, share, 1.0, level, dispersion, spread).high < 0
    return Displacement(
        reading=_reading(treated, (together, *rings), excluded),
        treated=treated,
        together=together,
        rings=rings,
        prevented=_change(areas, 1.0, 0.0, level, dispersion, spread),
        moved=_change(areas, 0.0, 1.0, level, dispersion, spread),
        net=_change(areas, 1.0, 1.0, level, dispersion, spread),
        share=share,
        share_excluded=excluded,
    )


def change_in(
    treated: BeforeAfter, control: BeforeAfter, *, level: float = 0.95, dispersion: float = 1.0, spread: float = 0.0
) -> Change:
    """Return how many events the treated area has above (or below) what the comparison lets expect."""
    return _change(Around(treated, (), control), 1.0, 0.0, level, dispersion, spread)


def _reading(treated: Ratio, looks: Sequence[Ratio], excluded: bool) -> Reading:
    if not treated.fell:
        return Reading.INCONCLUSIVE
    if any(ratio.rose for ratio in looks):
        return Reading.DISPLACED
    if any(ratio.fell for ratio in looks):
        return Reading.DIFFUSED
    return Reading.NO_EVIDENCE if excluded else Reading.INCONCLUSIVE


def _change(areas: Around, inside: float, around: float, level: float, dispersion: float, spread: float) -> Change:
    """Return `inside` times the treated area's change plus `around` times the rings', with their shared comparison.

    Half an event is added to each count of the variance, so that no count is taken for certain.
    """
    weighted = [(inside, areas.treated), *((around, ring) for ring in areas.rings)]
    before, after = areas.control.before + 0.5, areas.control.after + 0.5
    ratio = after / before
    estimate = math.fsum(weight * (counts.after - counts.before * ratio) for weight, counts in weighted)
    own = math.fsum(
        weight**2 * (counts.after + 0.5 + (counts.before + 0.5) * ratio**2) for weight, counts in weighted if weight
    )
    exposed = math.fsum(weight * counts.before for weight, counts in weighted)
    shared = (exposed * ratio) ** 2 * (1 / after + 1 / before)
    drift = spread * math.fsum((weight * counts.before * ratio) ** 2 for weight, counts in weighted)
    reach = float(stats.norm.ppf(0.5 + level / 2)) * math.sqrt(dispersion * (own + shared) + drift)
    return Change(estimate, estimate - reach, estimate + reach, level)
