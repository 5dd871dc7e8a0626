"""From declared figures to a proposal with all its working, kept as JSON: what the law makes of one commune."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from diaban.apps.localities.figures import BY_CODE, Values
from diaban.apps.localities.models import LocalityClass
from diaban.apps.localities.queries.messages import pack
from diaban.core.rules import (
    Assessment,
    CommuneFigures,
    Provenance,
    Reading,
    RuleSet,
    evaluate,
)

RULE_FIGURES: Final = (
    "population",
    "persons",
    "persons_exempt",
    "points",
    "arrested",
    "resident_offenders",
    "wanted_hiding",
    "plants",
    "plant_m2",
    "gatherings",
)
RULE_NAMES: Final[Mapping[str, str]] = {**{code: code for code in RULE_FIGURES}, "persons_dependent": "dependent"}
ROUTES: Final = ("", "intra", "inter")
NEAR: Final[Mapping[str, int]] = {"persons": 10, "points": 1, "arrested": 3, "plants": 50, "plant_m2": 20}
"""How small a change counts as "near" a higher class, in whole units of each figure. Ours, not the law's."""


def commune_figures(values: Values, sources: Mapping[str, Provenance] | None = None) -> CommuneFigures:
    """Return declared values as the rules take them. A route not reported is given as none: see `assess`."""
    numbers = {code: value for code in RULE_FIGURES if isinstance(value := values.get(code), int)}
    dependent = values.get("persons_dependent")
    route = values.get("route")
    return CommuneFigures(
        **numbers,
        dependent=dependent if isinstance(dependent, int) else None,
        route=str(route) if route in ("intra", "inter") else "",
        sources=sources or {},
    )


@dataclass(frozen=True, slots=True)
class Assessed:
    """One commune judged. `classes` gives the class under each reading; a route not reported is tried in every way."""

    assessment: Assessment
    classes: Mapping[Reading, LocalityClass]
    route_reported: bool
    route_matters: bool

    @property
    def proposed(self) -> LocalityClass:
        """The class under the reading that the province has set."""
        return self.classes[Reading(str(self.assessment.settings.get("reading", Reading.LITERAL)))]


def assess(
    ruleset: RuleSet, values: Values, settings: Mapping[str, Any], sources: Mapping[str, Provenance] | None = None
) -> Assessed:
    """Judge one commune's declared values. Raises `FigureError` or `RuleError` of the core."""
    figures = commune_figures(values, sources)
    assessment = evaluate(ruleset, figures, settings)
    reported = values.get("route") is not None
    ways = [assessment]
    if not reported:
        ways += [evaluate(ruleset, replace(figures, route=route), settings) for route in ROUTES[1:]]
    classes: dict[Reading, LocalityClass] = {}
    matters = False
    for reading in Reading:
        seen = {_class(way, reading) for way in ways}
        matters = matters or len(seen) > 1
        classes[reading] = seen.pop() if len(seen) == 1 else LocalityClass.UNKNOWN
    return Assessed(assessment, classes, reported, matters)


def _class(assessment: Assessment, reading: Reading) -> LocalityClass:
    outcome = assessment.outcomes[reading]
    if not outcome.certain:
        return LocalityClass.UNKNOWN
    if outcome.klass is not None:
        return LocalityClass.FREE if _free_wins(assessment) else LocalityClass(outcome.klass)
    if not assessment.conditions:  # a rule set without "không ma túy": outside its classes nothing is left open
        return LocalityClass.NONE
    return {True: LocalityClass.FREE, False: LocalityClass.NONE, None: LocalityClass.UNKNOWN}[assessment.drug_free]


def _free_wins(assessment: Assessment) -> bool:
    """Return whether the province has set "không ma túy" to win for every overlap seen here (G3, G4).

    Left to the reviewer, the key class is proposed and the conflict shown: the heavier reading is not lost by silence.
    """
    overlaps = [finding.code for finding in assessment.conflicts if finding.code in OVERLAPS]
    chosen = {setting.gap: assessment.settings[setting.key] for setting in assessment.ruleset.settings}
    return bool(overlaps) and all(chosen.get(code) == "drug_free" for code in overlaps)


OVERLAPS: Final = ("G3", "G4", "G15")  # key and drug-free at once, by what makes it a key locality


RESULT_SENTENCES: Final = 2  # what comes after them in an explanation is told by the parts of the snapshot


def snapshot(assessed: Assessed, values: Values) -> dict[str, Any]:
    """Return the whole working as JSON: inputs, criteria, conditions, findings, what is missing, distances."""
    found = assessed.assessment
    return {
        "ruleset": found.ruleset.id,
        "number": found.ruleset.number,
        "settings": dict(found.settings),
        "figures": {code: _plain(values.get(code)) for code in BY_CODE},
        "sources": {
            name: [one.declared_by, one.on.isoformat() if one.on else "", one.source]
            for name, one in found.figures.sources.items()
        },
        "proposed": assessed.proposed.value,
        "literal": assessed.classes[Reading.LITERAL].value,
        "at_least": assessed.classes[Reading.AT_LEAST].value,
        "drug_free": found.drug_free,
        "criteria_met": list(found.criteria_met),
        "classes": _class_counts(found),
        "criteria": [
            {
                "code": one.code,
                "class": one.klass,
                "text": one.text,
                "value": pack(one.value),
                "threshold": pack(one.threshold),
                "article": one.article,
                "literal": one.literal,
                "at_least": one.at_least,
            }
            for one in found.criteria
        ],
        "conditions": [
            {
                "code": one.code,
                "text": one.text,
                "article": one.article,
                "met": one.met,
                "because": pack(one.because),
                "figures": [name for term in one.condition.terms for name in (term.figure, term.minus) if name],
            }
            for one in found.conditions
        ],
        "findings": [
            {"code": one.code, "name": one.name, "kind": one.kind, "text": pack(one.sentence), "handling": one.handling}
            for one in found.findings
        ],
        "missing": _missing(assessed),
        "distance": {
            reading.value: [
                {"class": target, "text": pack(one.sentence), "single": dict(one.single)}
                for target, one in targets.items()
            ]
            for reading, targets in found.distance.items()
        },
        "ladders": _ladders(found),
        "results": [pack(sentence) for sentence in found.explain()[:RESULT_SENTENCES]],
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _class_counts(found: Assessment) -> list[dict[str, Any]]:
    """How many criteria of each class are met, of how many, and how many it needs."""
    counts = []
    for rule in found.judgement.table.scheme.classes:
        own = [one for one in found.criteria if one.klass == rule.code]
        counts.append(
            {
                "class": rule.code,
                "label": rule.label,
                "needs": rule.needs,
                "total": len(own),
                "article": rule.article,
                "literal": sum(one.literal is True for one in own),
                "at_least": sum(one.at_least is True for one in own),
            }
        )
    return counts


def _missing(assessed: Assessed) -> list[dict[str, Any]]:
    missing = [
        {"figure": one.figure, "class": one.affects_class, "drug_free": one.affects_drug_free}
        for one in assessed.assessment.missing
    ]
    if not assessed.route_reported:
        missing.append({"figure": "route", "class": assessed.route_matters, "drug_free": False})
    return missing


def _ladders(found: Assessment) -> list[dict[str, Any]]:
    """The whole-number steps of each quantity: where the value stands between the classes."""
    judgement = found.judgement
    ranks = {rank: code for code, rank in judgement.table.ranks.items()}
    return [
        {
            "figure": quantity.figure,
            "unit": quantity.unit,
            "value": judgement.value(quantity.figure),
            "steps": [[step.low, step.high, ranks.get(step.level, "")] for step in ladder.steps(base)],
        }
        for quantity, ladder, base in zip(
            judgement.table.quantities, judgement.table.ladders, judgement.bases, strict=True
        )
        if quantity.per is None or base is not None
    ]


DIGESTED: Final = (
    "ruleset",
    "settings",
    "figures",
    "proposed",
    "literal",
    "at_least",
    "drug_free",
    "criteria_met",
)


def digest(shot: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what decides: the figures, the rule set with its settings, and the outcome.

    The wording of sentences and the names of who declared are left out: a new edition of the software must not make
    an appraisal out of date.
    """
    kept = {name: shot[name] for name in DIGESTED}
    kept["findings"] = sorted({one["code"] for one in shot["findings"] if one["kind"] == "conflict"})
    text = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


RANK: Final[Mapping[str, int]] = {"none": 0, "free": 0, "III": 1, "II": 2, "I": 3}


def brief(shot: Mapping[str, Any]) -> dict[str, Any]:
    """Return what lists need of a snapshot: criteria met, conflicts, missing figures, higher classes that are near."""
    reading = "literal" if shot["settings"].get("reading", "literal") == "literal" else "at_least"
    return {
        "met": [one["code"] for one in shot["criteria"] if one[reading] is True],
        "conflicts": sorted({one["code"] for one in shot["findings"] if one["kind"] == "conflict"}),
        "missing": [one["figure"] for one in shot["missing"]],
        "deciding": [one["figure"] for one in shot["missing"] if one["class"]],
        "drug_free": shot["drug_free"],
        "near": list(_near(shot, reading)),
    }


def _near(shot: Mapping[str, Any], reading: str) -> Iterable[dict[str, Any]]:
    here = RANK.get(shot[reading])
    if here is None:
        return
    for one in shot["distance"].get(reading, ()):
        small = {figure: change for figure, change in one["single"].items() if 0 < change <= NEAR.get(figure, 0)}
        if small and RANK.get(one["class"], 0) > here:
            yield {"class": one["class"], "single": small}


def required_figures(ruleset: RuleSet) -> tuple[str, ...]:
    """Return the declared figures without which the rule set cannot be worked out, in the order of the form."""
    quantities = ruleset.commune.quantities
    asked = {quantity.figure for quantity in quantities} | {quantity.per for quantity in quantities if quantity.per}
    asked |= set(ruleset.commune.required)
    for condition in ruleset.drug_free:
        for term in condition.terms:
            asked |= {term.figure, term.minus or term.figure}
    if any(criterion.route for criterion in ruleset.commune.criteria):
        asked.add("route")
    renamed = {"dependent": "persons_dependent"}
    asked = {renamed.get(figure, figure) for figure in asked}
    return tuple(code for code in BY_CODE if code in asked)
