"""Finds what is wrong with a rule set before it judges anything."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from diaban.core.rules.figures import LABELS, ROUTES
from diaban.core.rules.findings import DETECTORS
from diaban.core.rules.model import Bound, Criterion, RuleSet, Scheme


def problems(ruleset: RuleSet) -> Iterator[str]:
    """Yield every contradiction inside `ruleset`, in English, for the person who edits the catalogue."""
    if ruleset.effective_to is not None and ruleset.effective_to <= ruleset.effective_from:
        yield f"effective_to {ruleset.effective_to} is not after effective_from {ruleset.effective_from}"
    codes = {gap.code for gap in ruleset.gaps}
    if len(codes) != len(ruleset.gaps):
        yield "two gaps have the same code"
    measures = {measure.key for scheme in _schemes(ruleset) for measure in scheme.measures}
    for gap in ruleset.gaps:
        if gap.kind not in {"conflict", "note", "assumption"}:
            yield f"gap {gap.code}: kind {gap.kind!r} is none of conflict, note, assumption"
        if gap.detect and gap.detect not in DETECTORS:
            yield f"gap {gap.code}: no finder {gap.detect!r}; known: {', '.join(DETECTORS)}"
        if gap.measure and gap.measure not in measures:
            yield f"gap {gap.code}: no measure {gap.measure!r}"
    for setting in ruleset.settings:
        if setting.gap not in codes:
            yield f"setting {setting.key}: no gap {setting.gap!r}"
    for condition in ruleset.drug_free:
        for term in condition.terms:
            for figure in (term.figure, term.minus or term.figure):
                if figure not in LABELS:
                    yield f"condition {condition.code}: no figure {figure!r}"
    for scheme in _schemes(ruleset):
        yield from _scheme_problems(scheme, {setting.key for setting in ruleset.settings})


def _schemes(ruleset: RuleSet) -> tuple[Scheme, ...]:
    return tuple(scheme for scheme in (ruleset.commune, ruleset.province) if scheme is not None)


def _scheme_problems(scheme: Scheme, settings: set[str]) -> Iterator[str]:
    codes = [criterion.code for criterion in scheme.criteria]
    if len(set(codes)) != len(codes):
        yield f"{scheme.subject}: two criteria have the same code"
    for name in [*scheme.required, *(quantity.figure for quantity in scheme.quantities)]:
        if name not in LABELS:
            yield f"{scheme.subject}: no figure {name!r}"
    for rule in scheme.classes:
        if not 0 < rule.needs <= len(rule.criteria):
            yield f"class {rule.code}: needs {rule.needs} of {len(rule.criteria)} criteria"
    for criterion in scheme.criteria:
        yield from _criterion_problems(criterion, scheme, settings)
    for measure in scheme.measures:
        for position, quantity in enumerate(measure.quantities):
            bands = [one.bands[position] for one in scheme.criteria if one.measure == measure.key]
            for higher, lower in pairwise(bands):
                if lower.high is None or higher.low is None or _overlap(lower.high, higher.low):
                    yield f"measure {measure.key}: bands of {quantity.figure} overlap"


def _criterion_problems(criterion: Criterion, scheme: Scheme, settings: set[str]) -> Iterator[str]:
    if (criterion.measure is None) is not bool(criterion.route):
        yield f"criterion {criterion.code}: exactly one of measure and route is wanted"
    if not criterion.route <= set(ROUTES):
        yield f"criterion {criterion.code}: routes are {', '.join(filter(None, ROUTES))}"
    if criterion.others_class and criterion.others_class not in {rule.code for rule in scheme.classes}:
        yield f"criterion {criterion.code}: no class {criterion.others_class!r}"
    for band in criterion.bands:
        bounds = [bound for bound in (band.low, band.high) if bound is not None]
        yield from (
            f"criterion {criterion.code}: no setting {bound.setting!r}"
            for bound in bounds
            if bound.setting and bound.setting not in settings
        )
        if not bounds:
            yield f"criterion {criterion.code}: a band needs a threshold"
        elif band.low and band.high and not _above(band.high, band.low):
            yield f"criterion {criterion.code}: the band is empty"


def _overlap(top_of_lower: Bound, foot_of_higher: Bound) -> bool:
    return not (top_of_lower.setting or foot_of_higher.setting) and _above(top_of_lower, foot_of_higher)


def _above(one: Bound, other: Bound) -> bool:
    """Return whether `one` is higher; a bound that the province enters is checked when it is entered."""
    if one.setting or other.setting:
        return True
    return one.num * other.den > other.num * one.den
