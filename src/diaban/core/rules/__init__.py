"""Dated rule sets: judge a unit, show the working, name the gaps of the text, measure the distance to each class.

`evaluate(ruleset, figures, settings)` is the door; rule sets come from `diaban.catalogue.rulesets_loader`.
"""

from diaban.core.rules.activity import ACTIVITIES, falling_with_activity
from diaban.core.rules.assessment import Assessment, Missing
from diaban.core.rules.distance import NO_CLASS, Distance
from diaban.core.rules.evaluate import WhatIf, evaluate, what_if
from diaban.core.rules.explain import Section
from diaban.core.rules.export import to_json
from diaban.core.rules.figures import CommuneFigures, FigureError, Provenance, ProvinceFigures
from diaban.core.rules.findings import Finding
from diaban.core.rules.judgement import Outcome
from diaban.core.rules.model import Reading, RuleError, RuleSet, Setting, choose
from diaban.core.rules.standing import Standing
from diaban.core.rules.working import ConditionResult, CriterionResult

__all__ = [
    "ACTIVITIES",
    "NO_CLASS",
    "Assessment",
    "CommuneFigures",
    "ConditionResult",
    "CriterionResult",
    "Distance",
    "FigureError",
    "Finding",
    "Missing",
    "Outcome",
    "Provenance",
    "ProvinceFigures",
    "Reading",
    "RuleError",
    "RuleSet",
    "Section",
    "Setting",
    "Standing",
    "WhatIf",
    "choose",
    "evaluate",
    "falling_with_activity",
    "to_json",
    "what_if",
]
