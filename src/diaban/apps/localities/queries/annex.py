"""The cycle as the dossier prints it: Vietnamese rows, whatever the language of the screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import translation

from diaban.apps.localities.figures import BY_CODE
from diaban.apps.localities.models import Cycle, LocalityClass, RouteKind, Standing
from diaban.apps.localities.queries.messages import unpack
from diaban.apps.localities.queries.province import province_assessment
from diaban.apps.localities.queries.rules import law_of
from diaban.apps.localities.queries.standings import Row, completeness, standings
from diaban.core.dossier.build import TOLD_ELSEWHERE
from diaban.core.dossier.snapshot import ClassRow, Completeness, CriterionRow, ProvinceAssessment, Working
from diaban.core.dossier.snapshot import Standing as DossierStanding
from diaban.core.rules import Reading, RuleSet

NAMES = {
    "I": DossierStanding.I,
    "II": DossierStanding.II,
    "III": DossierStanding.III,
    "none": DossierStanding.NEITHER,  # under a rule without "không ma túy": see `_named`
    "free": DossierStanding.DRUG_FREE,
    "unknown": DossierStanding.UNDETERMINED,
}
ROUTE_MARKS = {RouteKind.NONE.value: "", RouteKind.INTRA.value: "intra", RouteKind.INTER.value: "inter"}


def _named(klass: str, law: RuleSet) -> DossierStanding:
    """Return a class as the dossier names it under the rule set that gave it."""
    unclassed = klass == LocalityClass.NONE and not law.drug_free
    return DossierStanding.UNCLASSED if unclassed else NAMES[klass]


def rows_for_annex(cycle: Cycle, rows: Iterable[Row] | None = None) -> tuple[ClassRow, ...]:
    """Return annex "phân loại xã": one row a unit, by name. A decided unit shows the working that was decided on."""
    with translation.override("vi"):
        found = list(standings(cycle) if rows is None else rows)
        shots = _shots(cycle)
        # The report names these findings in sections of their own.
        apart = frozenset(gap.code for gap in law_of(cycle).gaps if gap.detect in TOLD_ELSEWHERE)
        laws = law_of(cycle), _law_before(cycle)
        return tuple(_class_row(row, shots.get(row.standing.pk, {}), apart, laws) for row in found)


def _law_before(cycle: Cycle) -> RuleSet:
    """Return the rule set of last year's review; this year's where there was none."""
    before = Cycle.objects.filter(year=cycle.year - 1).first()
    return law_of(before or cycle)


def _shots(cycle: Cycle) -> dict[int, Mapping[str, Any]]:
    """Return each standing's working: the one that was decided on, else the present proposal."""
    pairs = Standing.objects.filter(cycle=cycle).values_list("pk", "proposal", "decision__proposal")
    return {pk: decided or proposal for pk, proposal, decided in pairs}


def _class_row(row: Row, shot: Mapping[str, Any], apart: frozenset[str], laws: tuple[RuleSet, RuleSet]) -> ClassRow:
    law, law_before = laws
    figures = shot.get("figures", {})
    standing, decision = row.standing, row.standing.decision
    counts = {
        name: figures.get(name)
        for name in (
            "population",
            "persons",
            "points",
            "arrested",
            "plants",
            "plant_m2",
            "persons_exempt",
            "resident_offenders",
            "wanted_hiding",
        )
    }
    route = figures.get("route")
    as_of = row.declaration.population_as_of if row.declaration else None
    return ClassRow(
        unit_code=row.place.code,
        unit_name=row.place.name,
        **counts,
        route=None if route is None else ROUTE_MARKS[route],
        literal=_named(shot.get("literal", "unknown"), law),
        at_least=_named(shot.get("at_least", "unknown"), law),
        drug_free=shot.get("drug_free"),
        criteria_met=tuple(shot.get("criteria_met", ())),
        conflicts=tuple(
            str(unpack(one["text"]))
            for one in shot.get("findings", ())
            if one["kind"] == "conflict" and one["code"] not in apart
        ),
        missing=tuple(str(BY_CODE[one["figure"]].title) for one in shot.get("missing", ()) if one["figure"] in BY_CODE),
        dependent=figures.get("persons_dependent"),
        using=figures.get("persons_using"),
        population_as_of=as_of,
        population_source=str(figures.get("population_source") or ""),
        previous=_named(row.previous.decided_class, law_before) if row.previous.decided_class else None,
        previous_note=row.previous.note,
        self_assessed=_named(standing.self_class, law) if standing.self_class else None,
        approved=_named(decision.decided_class, law) if decision else None,
        decision_number=decision.number if decision else "",
        decision_date=decision.date if decision else None,
    )


def workings(cycle: Cycle, rows: Iterable[Row] | None = None) -> tuple[Working, ...]:
    """Return how the class of every unit was reached, by name."""
    with translation.override("vi"):
        found = list(standings(cycle) if rows is None else rows)
        shots = _shots(cycle)
        return tuple(_working(row, shots.get(row.standing.pk, {})) for row in found)


def _working(row: Row, shot: Mapping[str, Any]) -> Working:
    reading = str(shot.get("settings", {}).get("reading", Reading.LITERAL))
    criteria = [
        CriterionRow(
            one["code"],
            one["text"],
            str(unpack(one["value"])),
            str(unpack(one["threshold"])),
            one["article"],
            one["literal"],
            one["at_least"],
        )
        for one in shot.get("criteria", ())
    ]
    figures = shot.get("figures", {})
    conditions = [
        CriterionRow(
            one["code"],
            one["text"],
            "; ".join(f"{BY_CODE[name].title}: {_shown(figures.get(name))}" for name in one["figures"]),
            "0",
            one["article"],
            one["met"],
            one["met"],
        )
        for one in shot.get("conditions", ())
    ]
    distance = tuple(str(unpack(one["text"])) for one in shot.get("distance", {}).get(reading, ()))
    conclusion = tuple(str(unpack(one)) for one in shot.get("results", ())) + tuple(
        f"Cần xem xét – {one['name']}: {unpack(one['text'])}"
        for one in shot.get("findings", ())
        if one["kind"] == "conflict"
    )
    return Working(row.place.code, row.place.name, tuple(criteria + conditions), conclusion, distance)


def _shown(value: int | None) -> str:
    return "chưa báo cáo" if value is None else f"{value:,}".replace(",", ".")


def completeness_for_annex(cycle: Cycle, rows: Iterable[Row] | None = None) -> tuple[Completeness, ...]:
    """Return how many units reported each figure that the rule set asks for."""
    with translation.override("vi"):
        return tuple(
            Completeness(one.title, one.reported, one.total, one.missing) for one in completeness(cycle, rows).by_figure
        )


def province_for_annex(cycle: Cycle, territory: str, rows: Iterable[Row] | None = None) -> ProvinceAssessment | None:
    """Return the province's own criteria; nothing where the rule set has none for provinces."""
    found = province_assessment(cycle, rows)
    scheme = law_of(cycle).province
    if found is None or scheme is None:
        return None
    criteria = tuple(
        CriterionRow(one.code, one.text, str(one.value), str(one.threshold), one.article, one.literal, one.at_least)
        for one in found.assessment.criteria
    )
    met = sum(one.literal is True for one in criteria)
    words = {True: "là địa bàn trọng điểm", False: "không là địa bàn trọng điểm", None: "chưa kết luận được"}
    needed = scheme.classes[0].needs
    conclusion = f"Đạt {met} trên {len(criteria)} tiêu chí, cần {needed}: {words[found.is_key]}."
    return ProvinceAssessment(territory, criteria, needed, conclusion)
