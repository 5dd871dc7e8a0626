"""What a unit is called under the province's own choices: a class, drug-free, neither, both, or not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from diaban.core.messages import N_, Message, say
from diaban.core.rules.judgement import Judgement
from diaban.core.rules.model import Reading

DRUG_FREE = "drug_free"
NEITHER = "neither"
BOTH = "both"
UNKNOWN = "unknown"

PRECEDENCE: Mapping[str, str] = MappingProxyType({"persons": "precedence", "arrested": "precedence_arrests"})
"""Measure that makes a drug-free unit key → the setting that says which side prevails (G3, G4)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """`code`: a class code, "drug_free", "neither" (G7), "both" (left to the reviewer, G3/G4) or "unknown"."""

    code: str
    label: Message


def chosen_reading(judgement: Judgement) -> Reading:
    """Return the reading the province has set for its proposals."""
    return Reading(str(judgement.table.settings.get("reading", Reading.LITERAL)))


def standing(judgement: Judgement) -> Standing:
    """Return the standing under the chosen reading and precedence."""
    outcome = judgement.outcomes[chosen_reading(judgement)]
    if not outcome.certain:
        return Standing(UNKNOWN, say(N_("chưa kết luận được")))
    if outcome.klass is None:
        return _without_class(judgement)
    if judgement.drug_free is True:
        side = _precedence(judgement)
        if side == "reviewer":
            return Standing(BOTH, say(N_("loại {klass} và không ma túy: chờ người duyệt"), klass=outcome.klass))
        if side == DRUG_FREE:
            return Standing(DRUG_FREE, say(N_("không ma túy")))
    rule = judgement.table.scheme.class_rule(outcome.klass)
    return Standing(outcome.klass, say(rule.label))


def _without_class(judgement: Judgement) -> Standing:
    if judgement.drug_free is True:
        return Standing(DRUG_FREE, say(N_("không ma túy")))
    if judgement.drug_free is False:
        return Standing(NEITHER, say(N_("không thuộc loại trọng điểm, chưa đạt không ma túy")))
    if judgement.conditions:
        return Standing(UNKNOWN, say(N_("không thuộc loại trọng điểm, chưa rõ có không ma túy hay không")))
    return Standing(NEITHER, say(N_("không thuộc loại trọng điểm")))


def _precedence(judgement: Judgement) -> str:
    """Return "key", "drug_free" or "reviewer"; the reviewer wherever one cause is left to the reviewer."""
    sides = {
        str(judgement.table.settings.get(PRECEDENCE.get(criterion.measure or "", ""), "reviewer"))
        for criterion, met in zip(judgement.table.criteria, judgement.met[Reading.AT_LEAST], strict=True)
        if met and criterion.measure
    }
    if "reviewer" in sides:
        return "reviewer"
    return "key" if "key" in sides else DRUG_FREE
