"""From declared figures and their assessments to the rows of a dossier, for the command line and the site alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from diaban.core.dossier.snapshot import (
    ClassRow,
    Completeness,
    CriterionRow,
    ProvinceAssessment,
    RuleRef,
    Standing,
    Working,
)
from diaban.core.dossier.writing import count
from diaban.core.rules import (
    Assessment,
    CommuneFigures,
    ConditionResult,
    CriterionResult,
    ProvinceFigures,
    Reading,
    RuleSet,
    evaluate,
)
from diaban.core.rules.explain import outcome_text
from diaban.core.rules.figures import label
from diaban.core.rules.model import Setting, Settings, SettingValue

# Findings that the report names in a section of their own, so that they are not told twice.
TOLD_ELSEWHERE = frozenset({"readings_differ", "neither", "level_without_class", "required_missing"})
REPORTED = (
    "population",
    "persons",
    "persons_exempt",
    "points",
    "arrested",
    "resident_offenders",
    "wanted_hiding",
    "plants",
    "plant_m2",
)


@dataclass(frozen=True, slots=True)
class Subject:
    """One commune to put into a dossier: its name, its figures, what they give."""

    code: str
    name: str
    assessment: Assessment

    @property
    def figures(self) -> CommuneFigures:
        figures = self.assessment.figures
        if not isinstance(figures, CommuneFigures):
            raise TypeError("a dossier's communes are judged by the communes' criteria")
        return figures


def standing(assessment: Assessment, reading: Reading) -> Standing:
    """Return what the commune is under one reading; a class comes before "không ma túy" (the conflict is named)."""
    outcome = assessment.outcomes[reading]
    if not outcome.certain:
        return Standing.UNDETERMINED
    if outcome.klass is not None:
        return Standing(outcome.klass)
    if not assessment.conditions:
        return Standing.UNCLASSED
    return {True: Standing.DRUG_FREE, False: Standing.NEITHER, None: Standing.UNDETERMINED}[assessment.drug_free]


def class_row(subject: Subject) -> ClassRow:
    """Return the commune's line of annex II; the caller adds last year, the self-assessment and the decision."""
    figures, assessment = subject.figures, subject.assessment
    origin = figures.sources.get("population")
    told = [item for item in assessment.conflicts if assessment.ruleset.gap(item.code).detect not in TOLD_ELSEWHERE]
    return ClassRow(
        unit_code=subject.code,
        unit_name=subject.name,
        population=figures.population,
        population_as_of=origin.on if origin else None,
        population_source=(origin.source or origin.declared_by) if origin else "",
        persons=figures.persons,
        persons_exempt=figures.persons_exempt,
        dependent=figures.dependent,
        using=_rest(figures.persons, figures.dependent),
        points=figures.points,
        arrested=figures.arrested,
        resident_offenders=figures.resident_offenders,
        wanted_hiding=figures.wanted_hiding,
        plants=figures.plants,
        plant_m2=figures.plant_m2,
        route=figures.route or "",
        literal=standing(assessment, Reading.LITERAL),
        at_least=standing(assessment, Reading.AT_LEAST),
        drug_free=assessment.drug_free,
        criteria_met=assessment.criteria_met,
        conflicts=tuple(str(item.sentence) for item in told),
        missing=tuple(str(item.label) for item in assessment.missing),
    )


def _rest(whole: int | None, part: int | None) -> int | None:
    return None if whole is None or part is None or part > whole else whole - part


def _article(article: str) -> str:
    """Drop the number of the instrument, which the annex names once: "Điều 4 khoản 1 điểm a"."""
    instrument, comma, place = article.partition(", ")
    return place if comma else instrument


def _measure(assessment: Assessment, item: CriterionResult) -> str:
    """Return the short name of what the criterion measures; its full text stands in the article named beside it."""
    measures = {measure.key: measure.title for measure in assessment.judgement.table.scheme.measures}
    key = item.criterion.measure
    return measures[key] if key else "Nằm trên tuyến trọng điểm"


def criterion_rows(assessment: Assessment) -> tuple[CriterionRow, ...]:
    """Return every criterion and every clause of "không ma túy" with number, threshold, article and result."""
    rows = [
        CriterionRow(
            code=item.code,
            criterion=_measure(assessment, item),
            number=str(item.value),
            threshold=str(item.threshold),
            article=_article(item.article),
            literal=item.literal,
            at_least=item.at_least,
        )
        for item in assessment.criteria
    ]
    rows += [
        CriterionRow(
            code=item.code,
            criterion=item.text.rstrip(".;"),
            number=_counted(assessment, item),
            threshold="không có",
            article=_article(item.article),
            literal=item.met,
            at_least=item.met,
        )
        for item in assessment.conditions
    ]
    return tuple(rows)


def _counted(assessment: Assessment, item: ConditionResult) -> str:
    """Return what a clause of "không ma túy" looks at: "5, trừ 5, còn 0 người có hồ sơ ngoài diện được trừ"."""
    parts = []
    for term in item.condition.terms:
        value = assessment.judgement.value(term.figure)
        off = assessment.judgement.value(term.minus) if term.minus else None
        if term.minus is None or value in {None, 0}:
            parts.append(f"{count(value)} {term.what}" if value is not None else f"{count(None)} {label(term.figure)}")
        elif off is None or value is None or off > value:
            parts.append(f"{count(value)}, trừ {count(off)}: chưa tính được {term.what}")
        else:
            parts.append(f"{count(value)}, trừ {count(off)}, còn {count(value - off)} {term.what}")
    return "; ".join(parts)


def working(subject: Subject) -> Working:
    """Return the commune's part of annex III."""
    assessment = subject.assessment
    literal, at_least = (assessment.outcomes[reading] for reading in (Reading.LITERAL, Reading.AT_LEAST))
    if literal == at_least:
        lines = [f"Kết quả: {outcome_text(literal)} (hai cách đọc như nhau)."]
    else:
        lines = [
            f"Kết quả, đọc đúng từng chữ: {outcome_text(literal)}.",
            f"Kết quả, đạt mức cao thì coi như đạt mức thấp: {outcome_text(at_least)}.",
        ]
    free = {True: "đạt", False: "chưa đạt", None: "chưa kết luận được"}[assessment.drug_free]
    if assessment.conditions:
        lines.append(f"Không ma túy: {free}.")
    lines += [
        f"{item.name[0].upper()}{item.name[1:]}: {item.sentence}" for item in (*assessment.conflicts, *assessment.notes)
    ]
    if assessment.missing:
        lines.append(f"Chưa báo cáo: {'; '.join(str(item.label) for item in assessment.missing)}.")
    return Working(
        unit_code=subject.code,
        unit_name=subject.name,
        rows=criterion_rows(assessment),
        conclusion=tuple(lines),
        distance=_distance(assessment),
    )


def _distance(assessment: Assessment) -> tuple[str, ...]:
    literal, at_least = assessment.distance[Reading.LITERAL], assessment.distance[Reading.AT_LEAST]
    lines = []
    for target in dict.fromkeys((*literal, *at_least)):
        one, other = literal.get(target), at_least.get(target)
        if one == other and one is not None:
            lines.append(f"{one.sentence}.")
            continue
        lines += [f"{one.sentence} (đọc đúng từng chữ)."] if one else []
        lines += [f"{other.sentence} (đạt mức cao thì coi như đạt mức thấp)."] if other else []
    return tuple(lines)


def completeness(subjects: Iterable[Subject]) -> tuple[Completeness, ...]:
    """Return, for every figure the rule asks for, how many communes reported it and which did not."""
    subjects = tuple(subjects)
    found = []
    for name in REPORTED:
        absent = tuple(item.name for item in subjects if getattr(item.figures, name) is None)
        text = str(label(name))
        found.append(Completeness(text[0].upper() + text[1:], len(subjects) - len(absent), len(subjects), absent))
    return tuple(found)


def rule_ref(ruleset: RuleSet, settings: Settings | None = None) -> RuleRef:
    """Return the rule set as the report names it, with the settings used, each labelled as the province's own."""
    used = ruleset.resolve(settings)
    chosen = [setting for setting in ruleset.settings if used[setting.key] is not None and not setting.elsewhere]
    lines = tuple(_setting(setting, used[setting.key]) for setting in chosen)
    number = ruleset.reference.split(";")[0].split(", Điều")[0].strip()
    title = f"Quyết định số {number.removeprefix('QĐ ')}" if number.startswith("QĐ ") else number
    return RuleRef(id=ruleset.id, title=title, settings=(*lines, *ruleset.assumptions))


def _setting(setting: Setting, value: SettingValue) -> str:
    if isinstance(value, bool):
        said = "có" if value else "không"
    elif isinstance(value, str):
        said = setting.choices.get(value, value)
    else:
        said = str(value)
    return f"{setting.label}: {said} (do đơn vị đặt)."


def province_figures(rows: Iterable[ClassRow], reading: Reading) -> ProvinceFigures:
    """Return the province's figures as sums over all its communes; a sum with a part not reported is a least value.

    `key_communes` counts communes of class I and II by their approved class, else by the proposal under `reading`;
    it is known within bounds while a class is not. The province is on a route when one of its communes is.
    """
    rows = tuple(rows)
    classes = [row.approved or (row.literal if reading is Reading.LITERAL else row.at_least) for row in rows]
    heavy = sum(item in {Standing.I, Standing.II} for item in classes)
    undetermined = classes.count(Standing.UNDETERMINED)
    within: dict[str, tuple[int, int | None]] = {
        name: (sum(getattr(row, name) or 0 for row in rows), None)
        for name in ("persons", "points", "arrested", "plants", "plant_m2")
    }
    within["key_communes"] = (heavy, heavy + undetermined)
    routes = {row.route for row in rows}
    route = "inter" if "inter" in routes else "intra" if "intra" in routes else ""
    return ProvinceFigures(
        population=_sum(row.population for row in rows),
        persons=_sum(row.persons for row in rows),
        points=_sum(row.points for row in rows),
        arrested=_sum(row.arrested for row in rows),
        communes=len(rows),
        key_communes=None if undetermined else heavy,
        plants=_sum(row.plants for row in rows),
        plant_m2=_sum(row.plant_m2 for row in rows),
        route=route,
        within=within,
    )


def _sum(values: Iterable[int | None]) -> int | None:
    total = 0
    for value in values:
        if value is None:
            return None
        total += value
    return total


def province_assessment(
    territory: str, rows: Iterable[ClassRow], ruleset: RuleSet, settings: Settings | None = None
) -> ProvinceAssessment | None:
    """Return the province's self-assessment, or None where the rule set has no criteria for a province.

    `rows` must be all communes of the province: a part of them says nothing about the whole.
    """
    if ruleset.province is None:
        return None
    reading = Reading(str(ruleset.resolve(settings).get("reading", Reading.LITERAL)))
    assessment = evaluate(ruleset, province_figures(rows, reading), settings)
    criteria = criterion_rows(assessment)
    needed = ruleset.province.classes[0].needs
    met = sum(bool(row.literal) for row in criteria)
    outcome = assessment.outcomes[reading]
    verdict = (
        "chưa kết luận được, vì còn số liệu chưa báo cáo"
        if not outcome.certain
        else "thuộc địa bàn trọng điểm phức tạp về ma túy"
        if outcome.klass
        else "không thuộc địa bàn trọng điểm phức tạp về ma túy"
    )
    conclusion = f"Đạt {met} trong {len(criteria)} tiêu chí, cần ít nhất {needed}: {territory} {verdict}."
    return ProvinceAssessment(territory, criteria, needed, conclusion)


def with_previous(row: ClassRow, previous: Standing | None, note: str = "") -> ClassRow:
    """Return the row with last cycle's approved class, or with the reason why there is none to compare."""
    return replace(row, previous=previous, previous_note="" if previous else note)
