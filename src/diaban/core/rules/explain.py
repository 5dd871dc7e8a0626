"""The whole working as sentences that a commune leader understands at first reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from diaban.core.messages import N_, Message, say
from diaban.core.rules.distance import Distance
from diaban.core.rules.figures import LABELS, Figures, Provenance, label
from diaban.core.rules.findings import Finding, class_name
from diaban.core.rules.judgement import Judgement, Outcome
from diaban.core.rules.model import Reading
from diaban.core.rules.table import UNSET
from diaban.core.rules.wording import COMMA, NOT_REPORTED, SEMICOLON, grouped, joined
from diaban.core.rules.working import ROUTE_NAMES, ConditionResult, CriterionResult


class Explained(Protocol):
    """What the explanation reads from an assessment."""

    @property
    def judgement(self) -> Judgement: ...
    @property
    def criteria(self) -> tuple[CriterionResult, ...]: ...
    @property
    def conditions(self) -> tuple[ConditionResult, ...]: ...
    @property
    def findings(self) -> tuple[Finding, ...]: ...
    @property
    def distance(self) -> Mapping[Reading, Mapping[str, Distance]]: ...


READING_NAMES: Mapping[Reading, str] = {
    Reading.LITERAL: N_("đọc đúng từng chữ"),
    Reading.AT_LEAST: N_("đọc “đạt mức cao thì coi như đạt mức thấp”"),
}


def explain(assessment: Explained) -> list[Message]:
    """Return the explanation, most important sentence first."""
    return [
        *_results(assessment.judgement),
        *_criteria(assessment),
        *_drug_free(assessment),
        *_conflicts(assessment),
        *_missing(assessment.judgement),
        *_distances(assessment),
        *_notes(assessment),
        *inputs(assessment.judgement),
        *(say(text) for text in assessment.judgement.table.ruleset.assumptions),
    ]


def _results(judgement: Judgement) -> Iterator[Message]:
    number = judgement.table.ruleset.number
    if judgement.refused:
        yield say(
            N_("Chưa phân loại được theo {number}: thiếu {figures}."),
            number=number,
            figures=joined((label(figure) for figure in judgement.refused), COMMA),
        )
        return
    literal = judgement.outcomes[Reading.LITERAL]
    at_least = judgement.outcomes[Reading.AT_LEAST]
    if literal == at_least:
        yield say(
            N_("Kết quả theo {number}: {klass} (hai cách đọc như nhau)."), number=number, klass=outcome_text(literal)
        )
        return
    for reading, outcome in judgement.outcomes.items():
        yield say(
            N_("Kết quả theo {number}, {reading}: {klass}."),
            number=number,
            reading=say(READING_NAMES[reading]),
            klass=outcome_text(outcome),
        )


def outcome_text(outcome: Outcome) -> Message:
    """Return "loại II", "không thuộc loại nào", or "chưa kết luận được (có thể là …)"."""
    if outcome.certain:
        return class_name(outcome.klass)
    options = [say(N_("loại chưa có ngưỡng")) if klass == UNSET else class_name(klass) for klass in outcome.possible]
    return say(N_("chưa kết luận được (có thể là: {options})"), options=joined(options, COMMA))


def _criteria(assessment: Explained) -> Iterator[Message]:
    by_class: dict[str, list[CriterionResult]] = {}
    for result in assessment.criteria:
        by_class.setdefault(result.klass, []).append(result)
    for rule in assessment.judgement.table.scheme.classes:
        results = by_class.get(rule.code, [])
        met = [result for result in results if result.literal or result.at_least]
        if met:
            yield say(
                N_("{klass} cần {needs} trong {total} tiêu chí; đạt {n}: {list}."),
                klass=say(rule.label),
                needs=rule.needs,
                total=len(results),
                n=_count(met),
                list=joined((_criterion(result) for result in met), SEMICOLON),
            )


def _count(met: list[CriterionResult]) -> Message:
    literal = sum(bool(result.literal) for result in met)
    at_least = sum(bool(result.at_least) for result in met)
    if literal == at_least:
        return say(N_("{n}"), n=literal)
    return say(N_("{literal} (đọc từng chữ) hoặc {at_least} (tính cả mức cao hơn)"), literal=literal, at_least=at_least)


def _criterion(result: CriterionResult) -> Message:
    return say(
        N_("{code} – {value}, ngưỡng {threshold}"), code=result.code, value=result.value, threshold=result.threshold
    )


def _drug_free(assessment: Explained) -> Iterator[Message]:
    judgement = assessment.judgement
    if not judgement.conditions:
        return
    if judgement.drug_free is True:
        yield say(N_("Đạt cả {n} điều kiện “không ma túy”."), n=len(judgement.conditions))
        return
    failed = [item for item in assessment.conditions if item.met is False]
    if failed:
        yield say(
            N_("Chưa đạt “không ma túy”: {list}."),
            list=joined((say(N_("{article} – {value}"), article=_short(i), value=i.value) for i in failed), SEMICOLON),
        )
        return
    unknown = [item for item in assessment.conditions if item.met is None]
    yield say(
        N_("Chưa kết luận được “không ma túy”: {list}."),
        list=joined((say(N_("{article} – {value}"), article=_short(i), value=i.value) for i in unknown), SEMICOLON),
    )


def _short(item: ConditionResult) -> str:
    return item.article.rpartition(", ")[2]


def _conflicts(assessment: Explained) -> Iterator[Message]:
    for finding in assessment.findings:
        if finding.kind == "conflict":
            yield say(N_("Cần xem xét – {name}: {text}"), name=say(finding.name), text=finding.sentence)


def _notes(assessment: Explained) -> Iterator[Message]:
    for finding in assessment.findings:
        if finding.kind == "note":
            yield say(N_("Lưu ý – {name}: {text}"), name=say(finding.name), text=finding.sentence)


def _missing(judgement: Judgement) -> Iterator[Message]:
    names = unreported(judgement)
    if not names:
        return
    yield say(
        N_("Chưa báo cáo: {list}. Chưa báo cáo không có nghĩa là bằng 0."),
        list=joined((label(name) for name in names), SEMICOLON),
    )
    deciding = [name for name in names if name in judgement.deciding]
    if deciding:
        yield say(N_("Có thể làm đổi loại: {list}."), list=joined((label(name) for name in deciding), SEMICOLON))
    elif not judgement.refused:
        yield say(N_("Các số liệu còn thiếu không làm đổi loại."))


def unreported(judgement: Judgement) -> tuple[str, ...]:
    """Return the figures that the rule set asks for and nobody has reported, in the order of the declaration."""
    asked = {quantity.figure for quantity in judgement.table.quantities}
    asked |= {quantity.per for quantity in judgement.table.quantities if quantity.per}
    asked |= set(judgement.table.scheme.required)
    if judgement.conditions:
        for condition in judgement.table.ruleset.drug_free:
            for term in condition.terms:
                asked |= {term.figure, term.minus or term.figure}
    return tuple(name for name in LABELS if name in asked and getattr(judgement.figures, name) is None)


def _distances(assessment: Explained) -> Iterator[Message]:
    distances = assessment.distance
    literal, at_least = distances[Reading.LITERAL], distances[Reading.AT_LEAST]
    if not literal and not at_least:
        if not assessment.judgement.refused:
            yield say(N_("Chưa tính khoảng cách tới loại khác vì còn thiếu số liệu."))
        return
    same = {name: one for name, one in literal.items() if at_least.get(name) == one}
    for one in same.values():
        yield say(N_("{sentence}."), sentence=one.sentence)
    for reading, found in distances.items():
        for name, one in found.items():
            if name not in same:
                yield say(N_("{sentence} ({reading})."), sentence=one.sentence, reading=say(READING_NAMES[reading]))


def inputs(judgement: Judgement) -> Iterator[Message]:
    """Yield every figure used, who declared it, for which day and from which source."""
    figures: Figures = judgement.figures
    asked = [name for name in LABELS if name != "route" and hasattr(figures, name)]
    for name in asked:
        value = judgement.value(name)
        if value is None and name not in unreported(judgement):
            continue
        shown: Message | str = say(NOT_REPORTED) if value is None else grouped(value)
        origin = figures.sources.get(name)
        if origin is None:
            yield say(N_("Số liệu – {label}: {value}."), label=label(name), value=shown)
        else:
            yield say(
                N_("Số liệu – {label}: {value} ({origin})."), label=label(name), value=shown, origin=_origin(origin)
            )
    route = judgement.route
    place = say(ROUTE_NAMES[route]) if route else say(N_("không nằm trên tuyến trọng điểm"))
    yield say(N_("Số liệu – {label}: {value}."), label=label("route"), value=place)


def _origin(origin: Provenance) -> Message:
    parts: list[Message] = []
    if origin.declared_by:
        parts.append(say(N_("{who} khai"), who=origin.declared_by))
    if origin.on:
        parts.append(say(N_("số liệu ngày {day}"), day=f"{origin.on:%d/%m/%Y}"))
    if origin.source:
        parts.append(say(N_("nguồn: {source}"), source=origin.source))
    return joined(parts, COMMA)
