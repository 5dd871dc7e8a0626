"""The whole working as sentences that a commune leader understands at first reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from diaban.core.messages import N_, Message, say
from diaban.core.rules.distance import Distance
from diaban.core.rules.figures import LABELS, Figures, Provenance, label
from diaban.core.rules.findings import Finding, class_name
from diaban.core.rules.judgement import Judgement, Outcome
from diaban.core.rules.model import ClassRule, Reading
from diaban.core.rules.table import UNSET
from diaban.core.rules.wording import COMMA, SEMICOLON, grouped, joined
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
    Reading.AT_LEAST: N_("đọc “đạt mức cao là đạt mức thấp”"),
}


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the explanation: a stable code, a heading, its sentences."""

    code: str
    title: Message
    sentences: tuple[Message, ...]


def sections(assessment: Explained) -> tuple[Section, ...]:
    """Return the explanation in parts, most important first; parts with nothing to say are left out."""
    judgement = assessment.judgement
    parts = (
        ("result", N_("Kết quả"), tuple(_results(judgement))),
        ("conflicts", N_("Cần người duyệt xem xét"), tuple(_findings(assessment, "conflict"))),
        ("criteria", N_("Tiêu chí đạt"), tuple(_criteria(assessment))),
        ("drug_free", N_("Địa bàn không ma túy"), tuple(_drug_free(assessment))),
        ("missing", N_("Chưa báo cáo"), tuple(_missing(judgement))),
        ("distance", N_("Khoảng cách tới loại khác"), tuple(_distances(assessment))),
        ("notes", N_("Lưu ý khi đọc văn bản"), tuple(_findings(assessment, "note"))),
        ("inputs", N_("Số liệu đã dùng"), tuple(inputs(judgement))),
        ("assumptions", N_("Cách đếm"), tuple(say(text) for text in judgement.table.ruleset.assumptions)),
    )
    return tuple(Section(code, say(title), sentences) for code, title, sentences in parts if sentences)


def explain(assessment: Explained) -> list[Message]:
    """Return the explanation as one list of sentences, most important first."""
    return [sentence for section in sections(assessment) for sentence in section.sentences]


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
    subject = judgement.table.scheme.subject
    if literal == at_least:
        many = len(judgement.table.scheme.classes) > 1
        template = N_("Kết quả theo {number}: {klass}; hai cách đọc như nhau.") if many else N_("{number}: {klass}.")
        yield say(template, number=number, klass=outcome_text(literal, subject))
        return
    for reading, outcome in judgement.outcomes.items():
        yield say(
            N_("Kết quả theo {number}, {reading}: {klass}."),
            number=number,
            reading=say(READING_NAMES[reading]),
            klass=outcome_text(outcome, subject),
        )


def outcome_text(outcome: Outcome, subject: str = "commune") -> Message:
    """Return "loại II", "không thuộc loại nào", or "chưa kết luận được (có thể là …)"."""
    if outcome.certain:
        return class_name(outcome.klass, subject)
    options = [
        say(N_("loại chưa có ngưỡng")) if klass == UNSET else class_name(klass, subject) for klass in outcome.possible
    ]
    return say(N_("chưa kết luận được (có thể là: {options})"), options=joined(options, COMMA))


def _criteria(assessment: Explained) -> Iterator[Message]:
    judgement = assessment.judgement
    shown = False
    for rule in judgement.table.scheme.classes:
        results = [result for result in assessment.criteria if result.klass == rule.code]
        met = [result for result in results if result.literal]
        # Lower bands met only because a higher one is met say something new only where they decide the class.
        decides = judgement.outcomes[Reading.AT_LEAST].klass == rule.code and len(met) < rule.needs
        above = [result for result in results if result.at_least and not result.literal] if decides else []
        if met or above:
            shown = True
            yield _class_line(rule, len(results), met, above)
    if not shown:
        yield say(N_("Không có tiêu chí nào đạt."))


def _class_line(rule: ClassRule, total: int, met: list[CriterionResult], above: list[CriterionResult]) -> Message:
    line = say(
        N_("{klass} ({article}) cần {needs} trong {total} tiêu chí, đạt {n}"),
        klass=say(rule.label),
        article=short_article(rule.article),
        needs=rule.needs,
        total=total,
        n=len(met),
    )
    if met:
        line = say(N_("{line}: {list}"), line=line, list=joined(map(_criterion, met), SEMICOLON))
    if above:
        line = say(
            N_("{line}. Nếu {reading} thì đạt {n}, thêm: {list}"),
            line=line,
            reading=say(READING_NAMES[Reading.AT_LEAST]),
            n=len(met) + len(above),
            list=joined(map(_criterion, above), SEMICOLON),
        )
    return say(N_("{line}."), line=line)


def _criterion(result: CriterionResult) -> Message:
    template = (
        N_("{code} – {value}, mức phải đạt: {threshold}")
        if result.literal
        else N_("{code} – {value}, cao hơn bậc {threshold}")
    )
    return say(template, code=result.code, value=result.value, threshold=result.threshold)


def short_article(article: str) -> str:
    """Return "Điều 4 khoản 1" from "QĐ 28/2025/QĐ-TTg, Điều 4 khoản 1"."""
    return article.rpartition(", ")[2]


def _drug_free(assessment: Explained) -> Iterator[Message]:
    judgement = assessment.judgement
    if not judgement.conditions:
        return
    if judgement.drug_free is True:
        yield say(N_("Đạt cả {n} điều kiện “không ma túy”."), n=len(judgement.conditions))
        return
    template, wanted = N_("Chưa kết luận được “không ma túy”: {list}."), None
    if judgement.drug_free is False:
        template, wanted = N_("Chưa đạt “không ma túy”: {list}."), False
    found = (item.because for item in assessment.conditions if item.met is wanted)
    yield say(template, list=joined(found, SEMICOLON))


def _findings(assessment: Explained, kind: str) -> Iterator[Message]:
    for finding in assessment.findings:
        if finding.kind == kind:
            yield say(N_("[{code}] {text}"), code=finding.code, text=finding.sentence)


def _missing(judgement: Judgement) -> Iterator[Message]:
    names = unreported(judgement)
    if not names:
        return
    yield say(
        N_("Chưa báo cáo {list}. Chưa báo cáo không có nghĩa là bằng 0."),
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
    """Yield every declared figure, who declared it, for which day and from which source."""
    figures: Figures = judgement.figures
    for name in (name for name in LABELS if name != "route"):
        value = judgement.value(name)
        if value is not None:
            origin = figures.sources.get(name)
            line = say(N_("Đã khai {label}: {value}"), label=label(name), value=grouped(value))
            yield (
                say(N_("{line} ({origin})."), line=line, origin=_origin(origin))
                if origin
                else say(N_("{line}."), line=line)
            )
    route = judgement.route
    yield (
        say(N_("Nằm trên {route}."), route=say(ROUTE_NAMES[route]))
        if route
        else say(N_("Không nằm trên tuyến trọng điểm nào."))
    )


def _origin(origin: Provenance) -> Message:
    parts: list[Message] = []
    if origin.declared_by:
        parts.append(say(N_("{who} khai"), who=origin.declared_by))
    if origin.on:
        parts.append(say(N_("số liệu ngày {day}"), day=f"{origin.on:%d/%m/%Y}"))
    if origin.source:
        parts.append(say(N_("nguồn: {source}"), source=origin.source))
    return joined(parts, COMMA)
