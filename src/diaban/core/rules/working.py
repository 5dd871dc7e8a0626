"""The working shown: every criterion and every condition with its numbers, threshold and article."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from diaban.core.messages import N_, Message, say
from diaban.core.rules.figures import label
from diaban.core.rules.judgement import Judgement, bounds
from diaban.core.rules.model import Condition, Criterion, Quantity, Reading, Term
from diaban.core.rules.wording import COMMA, OR, SEMICOLON, amount, bounded, grouped, joined, threshold

ROUTE_NAMES = {"intra": N_("tuyến nội tỉnh"), "inter": N_("tuyến liên tỉnh")}


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """One criterion applied to one unit. `literal` and `at_least`: met (True), not met (False), not known (None)."""

    criterion: Criterion
    judgement: Judgement
    literal: bool | None
    at_least: bool | None

    @property
    def code(self) -> str:
        """Return "I.a", "II.đ", …"""
        return self.criterion.code

    @property
    def klass(self) -> str:
        """Return the class the criterion belongs to."""
        return self.criterion.klass

    @property
    def text(self) -> str:
        """Return the criterion in the words of the law."""
        return self.criterion.text

    @property
    def article(self) -> str:
        """Return the place in the law: "QĐ 28/2025/QĐ-TTg, Điều 4 khoản 1 điểm a"."""
        return self.criterion.article

    def met(self, reading: Reading | str) -> bool | None:
        """Return whether the criterion is met under `reading`."""
        return self.literal if reading == Reading.LITERAL else self.at_least

    @property
    def figures(self) -> tuple[str, ...]:
        """Return the names of the figures the criterion looks at."""
        return tuple(quantity.figure for quantity, _ in self._quantities) or ("route",)

    @property
    def value(self) -> Message:
        """Return what was declared: "110 người (0,550 %)", "chưa báo cáo", "2 tiêu chí mức loại II trở lên; …"."""
        if self.criterion.measure is None:
            return self._route_value()
        return joined((self._amount(item, base) for item, base in self._quantities), SEMICOLON)

    def _amount(self, item: Quantity, base: int | None) -> Message:
        value = self.judgement.value(item.figure)
        if value is not None:
            return amount(item, value, base)
        return bounded(item, *bounds(self.judgement.figures, item.figure), base)

    @property
    def threshold(self) -> Message:
        """Return what is asked for in whole numbers: "≥ 100 người (0,5 % của 20.000)"."""
        if self.criterion.measure is None:
            return self._route_threshold()
        zero_counts = self.judgement.table.ladders[0].zero_counts
        pairs = zip(self._quantities, self.criterion.bands, strict=True)
        return joined((threshold(item, band, base, zero_counts) for (item, base), band in pairs), OR)

    @property
    def _quantities(self) -> tuple[tuple[Quantity, int | None], ...]:
        start = 0
        for measure in self.judgement.table.scheme.measures:
            end = start + len(measure.quantities)
            if measure.key == self.criterion.measure:
                return tuple(zip(measure.quantities, self.judgement.bases[start:end], strict=True))
            start = end
        return ()

    def _route_value(self) -> Message:
        route = self.judgement.route
        place = say(N_("nằm trên {route}"), route=say(ROUTE_NAMES[route])) if route else say(N_("không trên tuyến nào"))
        if not self.criterion.others_class:
            return place
        low, high = others_counted(self.judgement, self.criterion)
        count = str(low) if low == high else f"{low}–{high}"
        return say(
            N_("{place}; {n} tiêu chí mức loại {klass} trở lên"),
            place=place,
            n=count,
            klass=self.criterion.others_class,
        )

    def _route_threshold(self) -> Message:
        place = joined((say(ROUTE_NAMES[kind]) for kind in ("intra", "inter") if kind in self.criterion.route), OR)
        if not self.criterion.others_class:
            return say(N_("nằm trên {route}"), route=place)
        return say(
            N_("nằm trên {route} và ≥ {n} tiêu chí mức loại {klass} trở lên"),
            route=place,
            n=self.criterion.others,
            klass=self.criterion.others_class,
        )


def others_counted(judgement: Judgement, criterion: Criterion) -> tuple[int, int]:
    """Return the least and most measures at the level the route criterion asks for, over the missing figures."""
    rank = judgement.table.ranks[criterion.others_class or criterion.klass]
    sets = judgement.table.measure_level_sets(judgement.levels)
    counts = [sum(level >= rank for level in choice) for choice in product(*sets)]
    return min(counts), max(counts)


def criteria_of(judgement: Judgement) -> tuple[CriterionResult, ...]:
    """Return every criterion of every class with its result under both readings."""
    literal, at_least = judgement.met[Reading.LITERAL], judgement.met[Reading.AT_LEAST]
    return tuple(
        CriterionResult(criterion, judgement, literal[index], at_least[index])
        for index, criterion in enumerate(judgement.table.criteria)
    )


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """One clause of "không ma túy" applied to one commune; `met` is None where a missing figure decides."""

    condition: Condition
    judgement: Judgement
    met: bool | None

    @property
    def code(self) -> str:
        """Return "6.1", "6.2", "6.3"."""
        return self.condition.code

    @property
    def text(self) -> str:
        """Return the clause in the words of the law."""
        return self.condition.text

    @property
    def article(self) -> str:
        """Return the place in the law."""
        return self.condition.article

    @property
    def because(self) -> Message:
        """Return why the clause fails or is open: "còn 2 điểm (Điều 6 khoản 3)"; empty when it holds."""
        reasons = [reason for term in self.condition.terms if (reason := self._reason(term)) is not None]
        if not reasons:
            return say("")
        return say(
            N_("{reasons} ({article})"),
            reasons=joined(reasons, COMMA),
            article=self.condition.article.rpartition(", ")[2],
        )

    def _reason(self, term: Term) -> Message | None:
        value, off = self.judgement.value(term.figure), self.judgement.value(term.minus or "")
        if value is None:
            return say(N_("chưa báo cáo {label}"), label=label(term.figure))
        if value == 0:
            return None
        if term.minus is None:
            return say(N_("còn {n} {what}"), n=grouped(value), what=say(term.what))
        if off is None:
            return say(N_("chưa báo cáo {label}"), label=label(term.minus))
        if off > value:
            return say(N_("{part} lớn hơn {whole}"), part=label(term.minus), whole=label(term.figure))
        return say(N_("còn {n} {what}"), n=grouped(value - off), what=say(term.what)) if value > off else None


def conditions_of(judgement: Judgement) -> tuple[ConditionResult, ...]:
    """Return the clauses of "không ma túy" with their results."""
    return tuple(
        ConditionResult(condition, judgement, met)
        for condition, met in zip(judgement.table.ruleset.drug_free, judgement.conditions, strict=False)
    )
