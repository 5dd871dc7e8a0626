"""The result of judging one unit: classes, criteria, conditions, what is missing, and its explanation on demand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from diaban.core.messages import Message
from diaban.core.rules.distance import Distance, distances
from diaban.core.rules.explain import Section, explain, sections, unreported
from diaban.core.rules.figures import Figures, label
from diaban.core.rules.findings import Finding, find
from diaban.core.rules.judgement import Judgement, Outcome
from diaban.core.rules.model import Reading, RuleSet, Settings
from diaban.core.rules.standing import Standing, chosen_reading, standing
from diaban.core.rules.working import ConditionResult, CriterionResult, conditions_of, criteria_of


@dataclass(frozen=True, slots=True)
class Missing:
    """A figure nobody has reported, and whether it could still change the class or the finding "không ma túy"."""

    figure: str
    affects_class: bool
    affects_drug_free: bool

    @property
    def label(self) -> Message:
        """Return the name of the figure as a person says it."""
        return label(self.figure)


@dataclass(frozen=True)
class Assessment:
    """A proposal, never a decision: what the figures give under the rule set, with all its working.

    Everything beyond the classes is worked out when first asked for.
    """

    judgement: Judgement

    @property
    def ruleset(self) -> RuleSet:
        """Return the rule set applied."""
        return self.judgement.table.ruleset

    @property
    def settings(self) -> Settings:
        """Return every setting with the value used."""
        return self.judgement.table.settings

    @property
    def figures(self) -> Figures:
        """Return the figures judged, with their origin."""
        return self.judgement.figures

    @property
    def outcomes(self) -> Mapping[Reading, Outcome]:
        """Return class, certainty and possible classes per reading."""
        return self.judgement.outcomes

    @property
    def literal(self) -> str | None:
        """Return the class with bands exactly as written; None: no class, or not certain (see `outcomes`)."""
        return self.judgement.outcomes[Reading.LITERAL].klass

    @property
    def at_least(self) -> str | None:
        """Return the class where a higher band also meets the lower one; None as for `literal`."""
        return self.judgement.outcomes[Reading.AT_LEAST].klass

    @property
    def proposed(self) -> str | None:
        """Return the class under the reading that the province has set (setting `reading`, G1)."""
        return self.outcomes[chosen_reading(self.judgement)].klass

    @property
    def refused(self) -> tuple[str, ...]:
        """Return the required figures whose absence forbids any class (the population, G8)."""
        return self.judgement.refused

    @property
    def drug_free(self) -> bool | None:
        """Return whether all conditions of "không ma túy" hold; None where a missing figure decides."""
        return self.judgement.drug_free

    @cached_property
    def conditions(self) -> tuple[ConditionResult, ...]:
        """Return the conditions of "không ma túy" one by one."""
        return conditions_of(self.judgement)

    @cached_property
    def criteria(self) -> tuple[CriterionResult, ...]:
        """Return every criterion of every class, highest class first."""
        return criteria_of(self.judgement)

    @cached_property
    def criteria_met(self) -> tuple[str, ...]:
        """Return the codes of the criteria met with bands exactly as written."""
        met = self.judgement.met[Reading.LITERAL]
        return tuple(criterion.code for criterion, hit in zip(self.judgement.table.criteria, met, strict=True) if hit)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Return every gap and overlap of the text seen in this unit."""
        return find(self.judgement)

    @property
    def conflicts(self) -> tuple[Finding, ...]:
        """Return the findings that the reviewer must resolve."""
        return tuple(finding for finding in self.findings if finding.kind == "conflict")

    @property
    def notes(self) -> tuple[Finding, ...]:
        """Return the findings that are only said."""
        return tuple(finding for finding in self.findings if finding.kind == "note")

    @cached_property
    def missing(self) -> tuple[Missing, ...]:
        """Return the figures not reported and what each could still change."""
        open_terms: set[str] = set()
        if self.drug_free is None:
            for result in self.conditions:
                if result.met is None:
                    for term in result.condition.terms:
                        open_terms |= {term.figure, term.minus or term.figure}
        return tuple(
            Missing(name, name in self.judgement.deciding, name in open_terms) for name in unreported(self.judgement)
        )

    @cached_property
    def distance(self) -> Mapping[Reading, Mapping[str, Distance]]:
        """Return, per reading, the distance to every other class ("none": out of all classes)."""
        return distances(self.judgement)

    @property
    def standing(self) -> Standing:
        """Return what to call the unit under the chosen settings; nothing is ever shown as an unnamed blank."""
        return standing(self.judgement)

    def sections(self) -> tuple[Section, ...]:
        """Return the working in parts with headings, most important first."""
        return sections(self)

    def explain(self) -> list[Message]:
        """Return the whole working as sentences, most important first."""
        return explain(self)
