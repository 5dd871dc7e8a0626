"""What a review answers: last year's class across merged units, completeness, near thresholds, annexes, cost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.localities_province import (
    AFTER,
    CLASS_ONE,
    CLASS_THREE,
    HERE,
    HOLE,
    IN_CYCLE,
    NOTHING,
    colleague,
    declare,
    officer,
    to_stage,
)
from diaban.apps.access import House
from diaban.apps.accounts.models import User
from diaban.apps.localities import actions, queries
from diaban.apps.localities.models import Cycle, Decision, Standing
from diaban.apps.localities.queries.shown import position, working
from diaban.apps.places import queries as places
from diaban.apps.places.actions import load_catalogue
from diaban.apps.places.models import Kind, Level, RegisterStamp, Spell, Unit
from diaban.core.dossier.snapshot import Standing as DossierStanding
from diaban.core.text import fold

VUNG_TAU, LONG_SON, CON_DAO = "26506", "26545", "26732"


@pytest.fixture
def by(db: None) -> User:
    return officer()


@pytest.fixture
def cycle(by: User) -> Cycle:
    load_catalogue(by=House("test"), at=IN_CYCLE)
    return actions.open_cycle(year=2026, by=by, at=IN_CYCLE)


def decided_in_2024(by: User, code: str, chosen: str) -> None:
    year, at = Cycle.objects.get(year=2024), datetime(2024, 12, 20, 9, tzinfo=HERE)
    row = Standing.objects.get(cycle=year, unit=places.unit_by_code(code, year.last_day))
    actions.self_assess(standing=row, chosen=chosen, note="theo sổ", by=by, at=at)
    actions.appraise(standing=row, chosen=chosen, note="đồng ý", by=colleague("tham-dinh"), at=at)
    actions.decide(standing=row, number="5/QĐ-UBND", date=at.date(), by=colleague("quyet-dinh"), at=at)


@pytest.fixture
def merged(by: User) -> Cycle:
    """The review of 2025 on 30 communes, after one of 2024 on the communes before the merge."""
    load_catalogue(by=House("test"), at=IN_CYCLE)
    actions.open_cycle(year=2024, by=by, at=datetime(2024, 6, 1, tzinfo=HERE))
    for code, chosen in (("26545", "II"), ("26506", "I"), ("26508", "I")):
        decided_in_2024(by, code, chosen)
    return actions.open_cycle(year=2025, by=by, at=datetime(2025, 11, 1, tzinfo=HERE))


def previous(cycle: Cycle, code: str) -> queries.Previous:
    unit = places.unit_by_code(code, cycle.last_day)
    return queries.previous_of(cycle, [unit.pk])[unit.pk]


def test_each_year_has_its_own_law_and_its_own_units(merged: Cycle) -> None:
    before = Cycle.objects.get(year=2024)
    assert (before.ruleset, merged.ruleset) == ("qd3122-2010", "qd28-2025")
    assert Standing.objects.filter(cycle=before).count() > Standing.objects.filter(cycle=merged).count() == 30


def test_a_unit_that_only_changed_hands_keeps_its_class_of_last_year(merged: Cycle) -> None:
    found = previous(merged, LONG_SON)
    assert (found.decided_class, found.comparable, found.ancestors) == ("II", True, ())


def test_a_merged_unit_cannot_be_compared_even_if_its_parts_agree(merged: Cycle) -> None:
    found = previous(merged, VUNG_TAU)
    assert (found.decided_class, found.note, found.comparable) == ("", "không so sánh được", False)
    classes = {one.name: one.decided_class for one in found.ancestors}
    assert len(classes) == 7 and classes["Phường 1"] == "I" and classes["Phường 2"] == ""


def test_a_district_without_communes_has_no_class_of_last_year(merged: Cycle) -> None:
    assert previous(merged, CON_DAO).decided_class == ""


def test_the_list_goes_on_only_for_the_same_territory(merged: Cycle, by: User) -> None:
    at = datetime(2025, 12, 18, 9, tzinfo=HERE)
    for code in (LONG_SON, VUNG_TAU):
        unit = places.unit_by_code(code, merged.last_day)
        values = {**CLASS_ONE, "population_as_of": date(2025, 12, 1)}
        actions.declare(cycle=merged, unit=unit, values=values, by=by, at=at, declared_by="Công an xã")
        to_stage(Standing.objects.get(cycle=merged, unit=unit), "decided", by, at=at)
    listing = dict(Decision.objects.filter(standing__cycle=merged).values_list("standing__unit__uid", "listing"))
    assert {uid[:5]: kind for uid, kind in listing.items()} == {LONG_SON: "stay", VUNG_TAU: "in"}


def test_changes_are_only_where_two_years_can_be_compared(merged: Cycle, by: User) -> None:
    for code in (LONG_SON, VUNG_TAU):
        unit = places.unit_by_code(code, merged.last_day)
        actions.declare(cycle=merged, unit=unit, values=CLASS_ONE, by=by, at=IN_CYCLE, declared_by="Công an xã")
    (change,) = queries.changes(merged, queries.standings(merged))
    assert (change.row.place.code, change.before, change.after, change.direction) == (LONG_SON, "II", "I", "heavier")


def test_rises_come_before_falls_before_what_is_not_determined(merged: Cycle, by: User) -> None:
    for code, values in ((LONG_SON, CLASS_ONE), (VUNG_TAU, NOTHING)):
        unit = places.unit_by_code(code, merged.last_day)
        actions.declare(cycle=merged, unit=unit, values=values, by=by, at=IN_CYCLE, declared_by="Công an xã")
    rows = [
        replace(row, previous=replace(row.previous, decided_class="II"))
        for row in sorted(queries.standings(merged), key=lambda row: row.shown_class, reverse=True)
    ]
    found = queries.changes(merged, rows)
    kinds = [one.direction for one in found]
    assert kinds[:2] == ["heavier", "lighter"]
    assert set(kinds[2:]) == {"other"}
    assert next(row.met_by_class for row in rows if row.place.code == LONG_SON)[0].startswith("I: a")


def test_which_review_a_day_belongs_to(cycle: Cycle) -> None:
    assert queries.cycle_for(date(2025, 12, 15)) == queries.cycle_for(date(2026, 12, 14)) == cycle
    assert queries.cycle_for(date(2026, 12, 15)) is None
    assert queries.current_cycle(date(2026, 12, 20)) == cycle
    assert (queries.year_to_open(date(2026, 12, 14)), queries.year_to_open(date(2026, 12, 15))) == (None, 2027)
    assert queries.year_to_open(date(2025, 12, 14)) == 2025


def test_completeness_counts_what_is_missing_as_missing(cycle: Cycle, by: User) -> None:
    declare(cycle, VUNG_TAU, NOTHING, by)
    declare(cycle, LONG_SON, {**NOTHING, "wanted_hiding": None, "route": None}, by)
    found = queries.completeness(cycle)
    width = len(found.by_figure)
    assert (found.reported, found.required) == (2 * width - 2, 30 * width)
    assert (found.complete_units, len(found.silent), found.units) == (1, 28, 30)
    by_name = {one.figure: one for one in found.by_figure}
    assert by_name["route"].reported == 1 and "Xã Long Sơn" in by_name["route"].missing
    assert by_name["persons"].reported == 2


def test_near_thresholds_are_told_in_whole_persons(cycle: Cycle, by: User) -> None:
    declare(cycle, VUNG_TAU, {**CLASS_THREE, "persons": 60, "points": 1, "arrested": 8}, by)
    (near,) = queries.near_thresholds(cycle)
    assert (near.target, near.row.place.code) == ("II", VUNG_TAU)
    assert near.sentence == "thêm 2 người bị bắt"
    assert {**queries.class_counts(cycle)} == {"I": 0, "II": 0, "III": 1, "none": 0, "free": 0, "unknown": 29}


def test_decided_units_are_no_longer_near_anything(cycle: Cycle, by: User) -> None:
    row = declare(cycle, VUNG_TAU, {**CLASS_THREE, "points": 1, "arrested": 8}, by)
    to_stage(row, "decided", by)
    assert queries.near_thresholds(cycle) == []


def test_the_annex_shows_the_working_that_was_decided_on(cycle: Cycle, by: User) -> None:
    to_stage(declare(cycle, VUNG_TAU, {**CLASS_ONE, "persons_dependent": 70, "persons_using": 40}, by), "decided", by)
    declare(cycle, VUNG_TAU, {"persons": 1}, by, at=AFTER, reason="Đếm lại")
    declare(cycle, LONG_SON, {**HOLE, "route": None}, by)
    rows = {row.unit_code: row for row in queries.rows_for_annex(cycle)}
    assert len(rows) == 30
    decided, open_one, silent = rows[VUNG_TAU], rows[LONG_SON], rows[CON_DAO]
    assert (decided.persons, decided.dependent, decided.approved) == (110, 70, DossierStanding.I)
    assert (decided.decision_number, decided.criteria_met[:2], decided.route) == ("10/QĐ-UBND", ("I.a", "I.b"), "")
    assert open_one.route is None and open_one.approved is None and open_one.readings_differ
    assert silent.population is None and silent.literal is DossierStanding.UNDETERMINED
    assert decided.previous is None and decided.previous_note == "chưa có kỳ năm trước"


def test_the_workings_name_every_criterion_with_its_article(cycle: Cycle, by: User) -> None:
    declare(cycle, VUNG_TAU, HOLE, by)
    found = {one.unit_code: one for one in queries.workings(cycle)}
    rows = {row.code: row for row in found[VUNG_TAU].rows}
    assert rows["II.b"].literal is True and rows["III.a"].literal is False and rows["III.a"].at_least is True
    assert rows["I.a"].article.endswith("Điều 4 khoản 1 điểm a") and "≥ 100 người" in rows["I.a"].threshold
    assert rows["6.3"].literal is False
    assert any("Cần xem xét" in line for line in found[VUNG_TAU].conclusion) and found[VUNG_TAU].distance


def test_a_rule_without_drug_free_communes_does_not_speak_of_them(merged: Cycle, by: User) -> None:
    before = Cycle.objects.get(year=2024)
    chosen = {"ii_dependent": 40, "ii_gatherings": 3, "ii_plant_m2": 500}
    chosen |= {"iii_dependent": 8, "iii_gatherings": 1, "iii_plant_m2": 50}
    actions.set_settings(cycle=before, settings=chosen, by=by, at=IN_CYCLE)
    place = next(row.place for row in queries.standings(before) if not row.decided_class)
    unit = Unit.objects.get(uid=place.uid)
    values = {"persons": 0, "persons_dependent": 0, "gatherings": 0, "plant_m2": 0}
    actions.declare(cycle=before, unit=unit, values=values, by=by, at=IN_CYCLE, declared_by="Công an xã", reason="thử")
    row = Standing.objects.get(cycle=before, unit=unit)
    told = working(row.proposal)
    assert told is not None and (row.proposed_class, told.sentence) == ("none", "Không thuộc loại trọng điểm")
    printed = {one.unit_code: one for one in queries.rows_for_annex(before)}
    assert printed[place.code].literal is printed[place.code].at_least is DossierStanding.UNCLASSED
    assert queries.class_label("none", queries.law_of(before)) == "Không thuộc loại trọng điểm"
    assert queries.class_label("none", queries.law_of(merged)).endswith("chưa đạt không ma túy")


def test_the_province_counts_only_what_every_commune_reported(cycle: Cycle, by: User) -> None:
    rows = [(one.unit, CLASS_ONE) for one in Standing.objects.filter(cycle=cycle).select_related("unit")]
    actions.bulk_declare(rows, cycle=cycle, by=by, at=IN_CYCLE, declared_by="Công an tỉnh")
    whole = queries.province_assessment(cycle)
    assert whole is not None and whole.is_key is True and whole.key_communes == 30
    assert whole.assessment.figures.population == 600_000
    declare(cycle, LONG_SON, {"points": None, "arrested": None}, by)
    partial = queries.province_assessment(cycle)
    assert partial is not None and partial.assessment.figures.arrested is None
    assert (partial.reported["arrested"], partial.partial_sums["arrested"]) == (29, 29 * 22)
    # What 29 communes reported is enough for points and arrests already; nothing more can undo it.
    met = {one.code: one.literal for one in partial.assessment.criteria}
    assert (met["5.2"], met["5.3"], partial.is_key) == (True, True, True)
    assert "ít nhất 58 điểm" in str(next(one.value for one in partial.assessment.criteria if one.code == "5.2"))


def test_a_working_is_told_in_the_language_of_the_screen(cycle: Cycle, by: User) -> None:
    row = declare(cycle, VUNG_TAU, CLASS_ONE, by)
    told = working(row.proposal)
    assert told is not None and told.groups[0].met == 3 and told.groups[0].needs == 3
    assert {one.figure for one in told.positions} == {"persons", "points", "arrested", "plants", "plant_m2"}
    assert told.conditions[2].met is False and told.missing == []


@pytest.mark.parametrize(("value", "band"), [(0, 0), (1, 1), (19, 1), (20, 2), (99, 2), (100, 3), (10_000, 3)])
def test_a_position_marks_the_band_that_holds_the_value(value: int, band: int) -> None:
    steps = [[0, 0, ""], [1, 19, "III"], [20, 99, "II"], [100, None, "I"]]
    drawn = position({"figure": "persons", "value": value, "steps": steps})
    assert [one.holds for one in drawn.segments].index(True) == band
    inside = drawn.segments[band]
    assert inside.x <= drawn.marker <= inside.x + inside.width


def test_a_value_not_reported_has_no_mark() -> None:
    drawn = position({"figure": "persons", "value": None, "steps": [[0, 0, ""], [1, None, "III"]]})
    assert drawn.marker < 0 and not any(one.holds for one in drawn.segments) and "chưa báo cáo" in drawn.words


@pytest.fixture
def big(by: User) -> Cycle:
    """A province of 168 communes."""
    units = [Unit(uid=f"{30_000 + n}@2025-07-01") for n in range(168)]
    Unit.objects.bulk_create(units)
    by_uid = {unit.uid: unit for unit in Unit.objects.all()}
    Spell.objects.bulk_create(
        Spell(
            unit=by_uid[unit.uid],
            name=f"Xã Số {n}",
            name_folded=fold(f"Xã Số {n}"),
            code=unit.uid[:5],
            kind=Kind.XA,
            level=Level.COMMUNE,
            valid_from=date(2025, 7, 1),
        )
        for n, unit in enumerate(units)
    )
    RegisterStamp.objects.all().delete()
    RegisterStamp.objects.create(token="168")  # as the actions of places would leave it: the register is kept in memory
    cycle = actions.open_cycle(year=2026, by=by, at=IN_CYCLE)
    rows = [(unit, HOLE if n % 2 else CLASS_ONE) for n, unit in enumerate(by_uid.values())]
    actions.bulk_declare(rows, cycle=cycle, by=by, at=IN_CYCLE, declared_by="Công an tỉnh")
    return cycle


def test_a_province_of_168_communes_costs_no_more_queries(big: Cycle, by: User) -> None:
    with CaptureQueriesContext(connection) as caught:
        rows = queries.standings(big)
        queries.completeness(big, rows)
        queries.near_thresholds(big, rows)
        queries.changes(big, rows)
        queries.province_assessment(big, rows)
        queries.rows_for_annex(big, rows)
        queries.workings(big, rows)
    assert len(rows) == 168 and len(caught) <= 20
    with CaptureQueriesContext(connection) as caught:
        assert actions.recompute(cycle=big, by=by, at=AFTER) == 0
    assert len(caught) <= 20


def test_the_page_of_168_communes_is_one_set_of_queries(big: Cycle, by: User, client: Client) -> None:
    client.force_login(by)
    with CaptureQueriesContext(connection) as caught:
        assert client.get("/phan-loai/2026/").status_code == 200
    assert len(caught) <= 30
