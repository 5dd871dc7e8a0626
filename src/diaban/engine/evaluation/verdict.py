"""One plain word for all of it, said only where the intervals bear it, with what would be needed to say more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from diaban.core.messages import Message
from diaban.engine.evaluation import words
from diaban.engine.evaluation.conduct import CarriedOut, Fidelity, Outcome, deciding
from diaban.engine.evaluation.differences import AreaWeights, Difference, wdd
from diaban.engine.evaluation.displacement import Change, Displacement, Reading, change_in, read_displacement
from diaban.engine.evaluation.power import Needed, events_for_ratio
from diaban.engine.evaluation.quotient import Quotient, wdq
from diaban.engine.evaluation.ratios import Ratio, ratio_of_ratios


class Verdict(StrEnum):
    """What may be said."""

    FELL = "fell"
    MOVED = "moved"
    NO_DIFFERENCE = "no_difference"
    ROSE = "rose"
    TOO_LITTLE = "too_little"
    NOT_CARRIED_OUT = "not_carried_out"
    ONE_SIDED = "one_sided"


class Confidence(StrEnum):
    """How surely: high needs two indicators, work that was done, and a chance of at most a fifth of the level's."""

    NONE = "none"
    MODERATE = "moderate"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the data, set by the unit.

    `worthwhile`: the ratio from which a fall is worth having (0.75: a quarter fewer); "no difference" is said only when
    such a fall can be ruled out. `share`: see `displacement`.
    """

    level: float = 0.95
    worthwhile: float = 0.75
    power: float = 0.8
    share: float = 0.5

    def __post_init__(self) -> None:
        """Refuse settings without a meaning."""
        if not all(0 < value < 1 for value in (self.level, self.worthwhile, self.power)) or not 0 < self.share <= 1:
            raise ValueError("level, worthwhile and power lie between 0 and 1, share above 0 and at most 1")


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One indicator: its verdict and what it stands on. `ratio`'s level is raised for the number of indicators.

    `difference` (WDD) and `quotient` (WDQ) accompany, they do not decide. The difference brings the comparison to the
    treated area's size by their counts before; None where one of these is 0. Without rings the quotient is None.
    `by_itself`: the fall is no more than such a place would have come down by itself.
    """

    outcome: Outcome
    verdict: Verdict
    ratio: Ratio
    change: Change
    displacement: Displacement | None
    needed: Needed | None
    by_itself: bool
    difference: Difference | None
    quotient: Quotient | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """The verdict, with the indicators that decided, those that only accompany them, and why (for people to read)."""

    verdict: Verdict
    confidence: Confidence
    headline: Message
    reasons: tuple[Message, ...]
    deciding: tuple[Reviewed, ...]
    accompanying: tuple[Reviewed, ...]
    needed: Needed | None


def assess(outcomes: Sequence[Outcome], fidelity: Fidelity | None = None, asked: Asked | None = None) -> Assessment:
    """Judge a basket of indicators of one piece of work.

    Work that was not done, and a basket of nothing but the force's own activity, are told and judged no further. Else
    each deciding indicator is compared at a level that holds for all together (Bonferroni), and the verdicts joined.
    """
    settings = asked or Asked()
    chosen = deciding(outcomes)
    strict = replace(settings, level=1 - (1 - settings.level) / max(1, len(chosen)))
    reviewed = tuple(review(outcome, strict) for outcome in chosen)
    beside = tuple(review(outcome, settings) for outcome in outcomes if outcome.enforcement)
    reasons = list(words.of_fidelity(fidelity))
    if fidelity is not None and fidelity.judged is CarriedOut.LOW:
        verdict, needed = Verdict.NOT_CARRIED_OUT, None
    elif not reviewed:
        verdict, needed = Verdict.ONE_SIDED, None
        reasons.append(words.one_sided())
    else:
        verdict = _joined([one.verdict for one in reviewed])
        needed = _least_needed(reviewed) if verdict is Verdict.TOO_LITTLE else None
        reasons += _reasons(verdict, reviewed, needed)
    confidence = _confidence(verdict, reviewed, fidelity, settings)
    return Assessment(verdict, confidence, words.headline(verdict.value), tuple(reasons), reviewed, beside, needed)


def review(outcome: Outcome, asked: Asked) -> Reviewed:
    """Compare one indicator before and after with its comparison, and read its rings where there are any."""
    areas, noise = outcome.areas, outcome.dispersion
    ratio = ratio_of_ratios(areas.treated, areas.control, asked.level, noise, outcome.spread)
    moved = None
    if areas.rings:
        moved = read_displacement(areas, level=asked.level, dispersion=noise, share=asked.share, spread=outcome.spread)
    by_itself = ratio.fell and outcome.selection is not None and not outcome.selection.fell
    needed = None
    if areas.control.before and areas.treated.before:
        share = areas.control.before / areas.treated.before
        needed = events_for_ratio(
            asked.worthwhile,
            control_share=share,
            power=asked.power,
            level=asked.level,
            dispersion=noise,
            per_period=outcome.per_period,
            spread=outcome.spread,
        )
    change = change_in(areas.treated, areas.control, level=asked.level, dispersion=noise, spread=outcome.spread)
    return Reviewed(
        outcome=outcome,
        verdict=_verdict(ratio, moved, outcome, asked),
        ratio=ratio,
        change=change,
        displacement=moved,
        needed=needed,
        by_itself=by_itself,
        difference=_difference(outcome, asked),
        quotient=wdq(areas.treated, areas.all_rings, areas.control) if areas.rings else None,
    )


def _difference(outcome: Outcome, asked: Asked) -> Difference | None:
    treated, control = outcome.areas.treated, outcome.areas.control
    if not (treated.before and control.before):
        return None
    return wdd(
        treated,
        control,
        time_weights=outcome.lengths,
        area_weights=AreaWeights(control=control.before / treated.before),
        dispersion=outcome.dispersion,
        level=asked.level,
    )


def _verdict(ratio: Ratio, moved: Displacement | None, outcome: Outcome, asked: Asked) -> Verdict:
    selection = outcome.selection
    if ratio.fell and (selection is None or selection.fell):
        displaced = moved is not None and moved.reading is Reading.DISPLACED
        return Verdict.MOVED if displaced else Verdict.FELL
    if ratio.rose:
        return Verdict.ROSE
    lowest = ratio.low if selection is None else max(ratio.low, selection.low)
    return Verdict.NO_DIFFERENCE if lowest > asked.worthwhile else Verdict.TOO_LITTLE


def _joined(found: Sequence[Verdict]) -> Verdict:
    """Join the indicators: what contradicts, or leaves one open, allows no word about all."""
    kinds = set(found)
    if kinds & {Verdict.FELL, Verdict.MOVED} and Verdict.ROSE in kinds:
        return Verdict.TOO_LITTLE
    for strong in (Verdict.MOVED, Verdict.FELL, Verdict.ROSE):
        if strong in kinds:
            return strong
    return Verdict.NO_DIFFERENCE if kinds == {Verdict.NO_DIFFERENCE} else Verdict.TOO_LITTLE


def _least_needed(reviewed: Sequence[Reviewed]) -> Needed | None:
    """Return what the indicator nearest to an answer still needs."""
    known = [one for one in reviewed if one.needed is not None and one.verdict is Verdict.TOO_LITTLE]
    best = max(known, key=lambda one: one.outcome.areas.treated.before / _events(one), default=None)
    return best.needed if best else None


def _could_compare(one: Reviewed) -> bool:
    return bool(one.outcome.areas.control.before and one.outcome.areas.treated.before)


def _events(one: Reviewed) -> int:
    return one.needed.events if one.needed else 1


def _reasons(verdict: Verdict, reviewed: Sequence[Reviewed], needed: Needed | None) -> list[Message]:
    found = []
    kinds = {one.verdict for one in reviewed}
    if verdict is Verdict.TOO_LITTLE and Verdict.ROSE in kinds and len(kinds) > 1:
        found.append(words.contradiction())
    elif verdict is Verdict.TOO_LITTLE:
        drowned = needed is None and any(one.outcome.spread > 0 and _could_compare(one) for one in reviewed)
        found.append(words.drowned() if drowned else words.needed(needed))
    for one in reviewed:
        if one.by_itself and one.outcome.selection is not None:
            found.append(words.by_itself(one.outcome.name, one.outcome.selection))
        if one.displacement is not None and one.verdict in (Verdict.FELL, Verdict.MOVED):
            found.append(words.around(one.displacement.reading.value))
    if len(reviewed) == 1:
        found.append(words.only_one())
    return found


def _confidence(verdict: Verdict, reviewed: Sequence[Reviewed], fidelity: Fidelity | None, asked: Asked) -> Confidence:
    if verdict in (Verdict.TOO_LITTLE, Verdict.NOT_CARRIED_OUT, Verdict.ONE_SIDED):
        return Confidence.NONE
    done = fidelity is not None and fidelity.judged is CarriedOut.ENOUGH
    if verdict is Verdict.NO_DIFFERENCE or len(reviewed) < 2 or not done:
        return Confidence.MODERATE
    alike = all(one.verdict is verdict for one in reviewed)
    sure = min(one.ratio.p_value for one in reviewed) <= (1 - asked.level) / 5 / len(reviewed)
    return Confidence.HIGH if alike and sure else Confidence.MODERATE
