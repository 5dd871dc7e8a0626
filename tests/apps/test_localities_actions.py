"""What may be done to a yearly review, in which order, and what stays written of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from apps.localities_province import (
    AFTER,
    ALL_TREATED,
    CLASS_ONE,
    CLASS_THREE,
    HOLE,
    IN_CYCLE,
    NOTHING,
    colleague,
    commune,
    declare,
    officer,
    standing,
    to_stage,
)
from diaban.apps.access import House
from diaban.apps.accounts.models import User
from diaban.apps.audit.models import Event
from diaban.apps.localities import actions, figures
from diaban.apps.localities.models import Cycle, Decision, Declaration, DeclarationChange, Origin, Standing
from diaban.apps.localities.queries.history import sources, timeline
from diaban.apps.localities.stages import Refused
from diaban.apps.places.actions import load_catalogue
from diaban.core.privacy import EVERYTHING

VUNG_TAU, LONG_SON, CON_DAO = "26506", "26545", "26732"


@pytest.fixture
def by(db: None) -> User:
    return officer()


@pytest.fixture
def cycle(by: User) -> Cycle:
    load_catalogue(by=House("test"), at=IN_CYCLE)
    return actions.open_cycle(year=2026, by=by, at=IN_CYCLE)


def test_a_cycle_covers_the_units_of_its_last_day(cycle: Cycle) -> None:
    assert (cycle.first_day, cycle.last_day, cycle.ruleset) == (date(2025, 12, 15), date(2026, 12, 14), "qd28-2025")
    assert Standing.objects.filter(cycle=cycle).count() == 30
    assert set(Standing.objects.values_list("proposed_class", flat=True)) == {"unknown"}


def test_a_cycle_is_opened_once_and_only_where_a_law_covers_it(cycle: Cycle, by: User) -> None:
    with pytest.raises(Refused, match="đã được mở"):
        actions.open_cycle(year=2026, by=by, at=IN_CYCLE)
    with pytest.raises(Refused, match="chưa có bộ tiêu chí"):
        actions.open_cycle(year=1990, by=by, at=IN_CYCLE)
    with pytest.raises(Refused, match="bắt đầu ngày 15/12/2026"):
        actions.open_cycle(year=2027, by=by, at=IN_CYCLE)
    assert Cycle.objects.count() == 1


def test_unknown_settings_are_refused(by: User, db: None) -> None:
    load_catalogue(by=House("test"), at=IN_CYCLE)
    with pytest.raises(Refused, match="không có thiết lập"):
        actions.open_cycle(year=2026, by=by, at=IN_CYCLE, settings={"colour": "red"})


@pytest.mark.parametrize(
    ("values", "proposed", "at_least"),
    [
        (CLASS_ONE, "I", "I"),
        (HOLE, "none", "II"),
        (CLASS_THREE, "III", "III"),
        (ALL_TREATED, "III", "III"),
        (NOTHING, "free", "free"),
        ({**NOTHING, "points": 1}, "none", "none"),
        ({**NOTHING, "population": None}, "unknown", "unknown"),
    ],
)
def test_the_proposal_follows_the_figures(
    cycle: Cycle, by: User, values: dict[str, object], proposed: str, at_least: str
) -> None:
    row = declare(cycle, VUNG_TAU, values, by)
    assert (row.proposed_class, row.at_least_class) == (proposed, at_least)


def test_the_setting_of_the_reading_chooses_the_proposal(cycle: Cycle, by: User) -> None:
    declare(cycle, VUNG_TAU, HOLE, by)
    assert actions.set_settings(cycle=cycle, settings={"reading": "at_least"}, by=by, at=IN_CYCLE) == 30
    assert standing(cycle, VUNG_TAU).proposed_class == "II"
    event = Event.objects.get(verb="cycle.settings")
    assert event.detail == {"before": {}, "after": {"reading": "at_least"}}


def test_an_overlap_goes_the_way_the_province_has_set(cycle: Cycle, by: User) -> None:
    row = declare(cycle, VUNG_TAU, ALL_TREATED, by)
    assert row.proposed_class == "III" and "G3" in row.brief["conflicts"]
    actions.set_settings(cycle=cycle, settings={"precedence": "drug_free"}, by=by, at=IN_CYCLE)
    assert standing(cycle, VUNG_TAU).proposed_class == "free"


def test_a_route_not_reported_leaves_the_class_open_only_where_it_matters(cycle: Cycle, by: User) -> None:
    could = declare(cycle, VUNG_TAU, {**NOTHING, "persons": 40, "points": 1, "route": None}, by)
    assert could.proposed_class == "unknown" and "route" in could.brief["deciding"]
    cannot = declare(cycle, LONG_SON, {**CLASS_ONE, "route": None}, by)
    assert cannot.proposed_class == "I" and "route" in cannot.brief["missing"]
    assert "route" not in cannot.brief["deciding"]


def test_missing_is_never_zero(cycle: Cycle, by: User) -> None:
    row = declare(cycle, VUNG_TAU, {**NOTHING, "wanted_hiding": None}, by)
    assert row.proposed_class == "unknown"
    assert row.brief["missing"] == ["wanted_hiding"]
    assert Declaration.objects.get(cycle=cycle).wanted_hiding is None


def test_every_value_that_ever_stood_is_kept(cycle: Cycle, by: User) -> None:
    declare(cycle, VUNG_TAU, {"persons": 40}, by)
    declare(cycle, VUNG_TAU, {"persons": 41}, by, document="12/BC-CAX")
    declare(cycle, VUNG_TAU, {"persons": 41}, by)
    rows = DeclarationChange.objects.order_by("pk").values_list("figure", "before", "after", "document")
    assert list(rows) == [("persons", None, 40, ""), ("persons", 40, 41, "12/BC-CAX")]
    source = sources(cycle, cleared=EVERYTHING)[commune(VUNG_TAU).pk]["persons"]
    assert (source.declared_by, source.document, source.adjustment) == ("Công an xã", "12/BC-CAX", False)


def test_a_correction_after_the_cut_off_is_a_dated_adjustment_with_a_reason(cycle: Cycle, by: User) -> None:
    declare(cycle, VUNG_TAU, {"persons": 40}, by)
    with pytest.raises(Refused, match="lý do"):
        declare(cycle, VUNG_TAU, {"persons": 39}, by, at=AFTER)
    assert Declaration.objects.get(cycle=cycle).persons == 40
    declare(cycle, VUNG_TAU, {"persons": 39}, by, at=AFTER, reason="Một người chuyển đi ngày 10/12")
    assert DeclarationChange.objects.get(after=39).adjustment
    declare(cycle, VUNG_TAU, {"points": 1}, by, at=AFTER)
    assert not DeclarationChange.objects.get(figure="points").adjustment  # late, but nothing was corrected


@pytest.mark.parametrize("value", ["1,5", "-1", "=1+1", "12a", 1.0, True, "1.23", 3_000_000_000])
def test_only_whole_numbers_are_figures(cycle: Cycle, by: User, value: object) -> None:
    with pytest.raises(figures.BadFigure):
        declare(cycle, VUNG_TAU, {"persons": value}, by)
    assert not Declaration.objects.exists()


def test_a_total_is_filled_only_from_all_its_parts(cycle: Cycle, by: User) -> None:
    declare(cycle, VUNG_TAU, {"exempt_substitution": 3, "exempt_rehab": 1}, by)
    assert Declaration.objects.get().persons_exempt is None
    declare(cycle, VUNG_TAU, {"exempt_post_rehab": 2}, by)
    assert Declaration.objects.get().persons_exempt == 6


def test_a_bulk_of_rows_is_all_or_nothing(cycle: Cycle, by: User) -> None:
    rows = [(commune(VUNG_TAU), CLASS_ONE), (commune(LONG_SON), {"persons": "sáu"})]
    with pytest.raises(figures.BadFigure):
        actions.bulk_declare(rows, cycle=cycle, by=by, at=IN_CYCLE, declared_by="Công an tỉnh")
    assert not Declaration.objects.exists()
    with pytest.raises(Refused, match="hai lần"):
        actions.bulk_declare(
            [(commune(VUNG_TAU), CLASS_ONE)] * 2, cycle=cycle, by=by, at=IN_CYCLE, declared_by="Công an tỉnh"
        )


def test_an_import_can_be_undone_unless_something_was_changed_since(cycle: Cycle, by: User) -> None:
    declare(cycle, LONG_SON, {"persons": 7}, by)
    rows = [(commune(VUNG_TAU), CLASS_ONE), (commune(LONG_SON), CLASS_THREE)]
    said = {"cycle": cycle, "by": by, "at": IN_CYCLE, "declared_by": "Công an tỉnh"}
    changes = actions.bulk_declare(rows, batch="lo-1", **said)
    assert {change.batch for change in changes} == {"lo-1"}
    assert standing(cycle, LONG_SON).proposed_class == "III"
    actions.undo_batch(cycle=cycle, batch="lo-1", by=by, at=IN_CYCLE + timedelta(hours=1))
    assert Declaration.objects.get(unit=commune(LONG_SON)).persons == 7
    assert Declaration.objects.get(unit=commune(VUNG_TAU)).population is None
    assert standing(cycle, VUNG_TAU).proposed_class == "unknown"

    actions.bulk_declare(rows, batch="lo-2", **said)
    declare(cycle, LONG_SON, {"persons": 61}, by)
    with pytest.raises(Refused, match="không hoàn tác được"):
        actions.undo_batch(cycle=cycle, batch="lo-2", by=by, at=IN_CYCLE)
    assert Declaration.objects.get(unit=commune(VUNG_TAU)).persons == 110


def test_a_unit_outside_the_cycle_is_refused(cycle: Cycle, by: User) -> None:
    from diaban.apps.places import queries as places

    old = places.unit_by_code("26506", date(2023, 5, 1))
    with pytest.raises(Refused, match="không thuộc kỳ"):
        actions.declare(cycle=cycle, unit=old, values=NOTHING, by=by, at=IN_CYCLE, declared_by="Công an xã")


def test_the_steps_have_one_order(cycle: Cycle, by: User) -> None:
    row = declare(cycle, VUNG_TAU, CLASS_ONE, by)
    with pytest.raises(Refused):
        actions.appraise(standing=row, chosen="I", by=colleague("tham-dinh"), at=AFTER)
    with pytest.raises(Refused):
        actions.decide(standing=row, number="1", date=AFTER.date(), by=colleague("quyet-dinh"), at=AFTER)
    row = to_stage(row, "appraised", by)
    with pytest.raises(Refused):
        actions.self_assess(standing=row, chosen="I", by=by, at=AFTER)
    actions.send_back(standing=row, note="Xem lại số người bị bắt", by=colleague("tham-dinh"), at=AFTER)
    row = standing(cycle, VUNG_TAU)
    assert (row.stage, row.self_class, row.appraised_class) == ("proposal", "", "")
    row = to_stage(row, "decided", by)
    assert row.decision is not None and row.decision.decided_class == "I"
    with pytest.raises(Refused, match="thay thế"):
        actions.decide(standing=row, number="2", date=AFTER.date(), by=colleague("quyet-dinh"), at=AFTER)


def test_differing_needs_a_reason_at_every_step(cycle: Cycle, by: User) -> None:
    row = declare(cycle, VUNG_TAU, CLASS_ONE, by)
    with pytest.raises(Refused, match="lý do"):
        actions.self_assess(standing=row, chosen="II", by=by, at=AFTER)
    actions.self_assess(standing=row, chosen="II", note="Một điểm đã triệt xóa ngày 12/12", by=by, at=AFTER)
    with pytest.raises(Refused, match="lý do"):
        actions.appraise(standing=row, chosen="II", by=colleague("tham-dinh"), at=AFTER)
    actions.appraise(
        standing=row, chosen="I", note="Điểm chưa triệt xóa theo biên bản", by=colleague("tham-dinh"), at=AFTER
    )
    with pytest.raises(Refused, match="lý do"):
        actions.decide(
            standing=row, number="1", date=AFTER.date(), chosen="none", by=colleague("quyet-dinh"), at=AFTER, reason=" "
        )
    decision = actions.decide(standing=row, number="1", date=AFTER.date(), by=colleague("quyet-dinh"), at=AFTER)
    assert decision.decided_class == decision.proposed_class == "I"


def test_the_database_itself_refuses_a_differing_decision_without_reason(cycle: Cycle, by: User) -> None:
    row = declare(cycle, VUNG_TAU, CLASS_ONE, by)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(
            standing=row,
            number="1",
            date=AFTER.date(),
            decided_class="II",
            proposed_class="I",
            listing="in",
            digest="x",
            by="a",
            at=AFTER,
        )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"number": "  "}, "số quyết định"),
        ({"date": AFTER.date() + timedelta(days=1)}, "tương lai"),
        ({"date": date(2025, 12, 14)}, "trước khi kỳ"),
        ({"date": date(2026, 12, 14)}, "trước khi chốt"),
        ({"chosen": "unknown"}, "chưa xác định"),
        ({"listing": "out"}, "Chỉ địa bàn loại I, II, III"),
    ],
)
def test_a_decision_must_be_a_real_one(cycle: Cycle, by: User, change: dict[str, object], message: str) -> None:
    row = to_stage(declare(cycle, VUNG_TAU, CLASS_ONE, by), "appraised", by)
    with pytest.raises(Refused, match=message):
        who = colleague("quyet-dinh")
        actions.decide(**{"standing": row, "number": "1", "date": AFTER.date(), "by": who, "at": AFTER, **change})
    assert not Decision.objects.exists()


def test_figures_changed_after_the_appraisal_stop_the_decision(cycle: Cycle, by: User) -> None:
    row = to_stage(declare(cycle, VUNG_TAU, CLASS_ONE, by), "appraised", by)
    declare(cycle, VUNG_TAU, {"persons": 109}, by)
    with pytest.raises(Refused, match="thẩm định lại"):
        actions.decide(standing=row, number="1", date=AFTER.date(), by=colleague("quyet-dinh"), at=AFTER)
    actions.appraise(standing=row, chosen="I", by=colleague("tham-dinh"), at=AFTER)
    assert (
        actions.decide(standing=row, number="1", date=AFTER.date(), by=colleague("quyet-dinh"), at=AFTER).decided_class
        == "I"
    )


def test_a_decision_keeps_the_working_that_lay_before_the_decider(cycle: Cycle, by: User) -> None:
    row = to_stage(declare(cycle, VUNG_TAU, CLASS_ONE, by), "decided", by)
    declare(cycle, VUNG_TAU, {"persons": 1}, by, reason="Đếm lại")
    now = standing(cycle, VUNG_TAU)
    assert row.decision is not None and now.decision is not None
    assert now.decision.proposal["figures"]["persons"] == 110
    assert now.digest != now.decision.digest and now.decision.decided_class == "I"
    assert DeclarationChange.objects.get(after=1).adjustment


def test_only_another_numbered_decision_takes_the_place_of_one(cycle: Cycle, by: User) -> None:
    row = to_stage(declare(cycle, VUNG_TAU, CLASS_ONE, by), "decided", by)
    say = {"standing": row, "date": AFTER.date(), "chosen": "II", "reason": "Kết luận thanh tra", "at": AFTER}
    say["by"] = colleague("quyet-dinh")
    with pytest.raises(Refused, match="số khác"):
        actions.supersede(number="10/qđ-ubnd", **say)
    with pytest.raises(Refused, match="lý do"):
        actions.supersede(number="11/QĐ-UBND", **{**say, "reason": ""})
    new = actions.supersede(number="11/QĐ-UBND", **say)
    assert new.supersedes is not None and new.supersedes.number == "10/QĐ-UBND"
    assert [one.number for one in row.decisions.order_by("pk")] == ["10/QĐ-UBND", "11/QĐ-UBND"]
    titles = [entry.title for entry in timeline(standing(cycle, VUNG_TAU), cleared=EVERYTHING)]
    assert titles.index("Quyết định thay thế") < titles.index("Quyết định")


def test_many_are_decided_by_one_number_or_none(cycle: Cycle, by: User) -> None:
    first = to_stage(declare(cycle, VUNG_TAU, CLASS_ONE, by), "appraised", by)
    second = declare(cycle, LONG_SON, CLASS_THREE, by)
    say = {"number": "10/QĐ-UBND", "date": AFTER.date(), "by": colleague("quyet-dinh"), "at": AFTER}
    with pytest.raises(Refused):
        actions.decide_many(standings=[first, second], **say)
    assert not Decision.objects.exists()
    actions.self_assess(standing=second, chosen="III", by=by, at=AFTER)
    assert actions.appraise_many(standings=[second], by=colleague("tham-dinh"), at=AFTER) == 1
    decided = actions.decide_many(standings=[first, second], **say)
    assert {(one.decided_class, one.listing) for one in decided} == {("I", "in"), ("III", "in")}


def test_a_cycle_is_locked_only_when_all_is_decided_and_then_stays_so(cycle: Cycle, by: User) -> None:
    row = to_stage(declare(cycle, VUNG_TAU, CLASS_ONE, by), "decided", by)
    with pytest.raises(Refused, match="Còn 29 đơn vị"):
        actions.close_cycle(cycle=cycle, by=by, at=AFTER)
    rows = list(Standing.objects.filter(cycle=cycle, decision=None).select_related("unit"))
    actions.bulk_declare(
        [(one.unit, NOTHING) for one in rows], cycle=cycle, by=by, at=AFTER, declared_by="Công an tỉnh"
    )
    for one in rows:
        actions.self_assess(standing=one, chosen="free", by=by, at=AFTER)
    actions.appraise_many(standings=rows, by=colleague("tham-dinh"), at=AFTER)
    actions.decide_many(standings=rows, number="10/QĐ-UBND", date=AFTER.date(), by=colleague("quyet-dinh"), at=AFTER)
    actions.close_cycle(cycle=cycle, by=by, at=AFTER)
    with pytest.raises(Refused, match="đã khóa"):
        declare(cycle, VUNG_TAU, {"persons": 5}, by, at=AFTER, reason="muộn")
    with pytest.raises(Refused, match="đã khóa"):
        actions.recompute(cycle=cycle, by=by, at=AFTER)
    new = actions.supersede(
        standing=row,
        number="12/QĐ-UBND",
        date=AFTER.date(),
        chosen="II",
        reason="Thanh tra",
        by=colleague("quyet-dinh"),
        at=AFTER,
    )
    assert new.decided_class == "II"
    with pytest.raises(Refused, match="lý do"):
        actions.reopen_cycle(cycle=cycle, reason="", by=by, at=AFTER)
    assert actions.reopen_cycle(cycle=cycle, reason="Thiếu một xã", by=by, at=AFTER).state == "appraising"


def test_the_same_figures_give_the_same_proposal(cycle: Cycle, by: User) -> None:
    declare(cycle, VUNG_TAU, HOLE, by)
    before = standing(cycle, VUNG_TAU)
    assert actions.recompute(cycle=cycle, by=by, at=AFTER) == 0
    after = standing(cycle, VUNG_TAU)
    assert (before.digest, before.proposal, before.computed_at) == (after.digest, after.proposal, after.computed_at)
    twin = declare(cycle, LONG_SON, HOLE, by, at=AFTER, document="khác")
    assert twin.digest == before.digest


def test_who_did_what_is_in_the_log_and_in_the_history(cycle: Cycle, by: User) -> None:
    row = to_stage(declare(cycle, VUNG_TAU, CLASS_ONE, by), "decided", by)
    verbs = list(Event.objects.filter(subject=f"standing:2026:{row.unit.uid}").order_by("pk").values_list("verb"))
    assert [verb for (verb,) in verbs] == [
        "declaration.declare",
        "standing.propose",
        "standing.self_assess",
        "standing.appraise",
        "standing.decide",
    ]
    actors = Event.objects.filter(verb__startswith="standing").order_by("pk").values_list("actor", flat=True)
    assert list(actors) == [
        "canbo",
        "canbo",
        "canbo-tham-dinh",
        "canbo-quyet-dinh",
    ]  # computed, assessed, appraised, decided
    titles = [entry.title for entry in timeline(row, cleared=EVERYTHING)]
    assert titles[0] == "Quyết định" and "Khai số liệu" in titles


def test_register_figures_stay_a_declared_choice(cycle: Cycle, by: User) -> None:
    units = [commune(VUNG_TAU), commune(CON_DAO)]
    changes = actions.take_from_register(cycle=cycle, units=units, by=by, at=IN_CYCLE, declared_by="Phòng PC04")
    assert {change.origin for change in changes} == {Origin.REGISTER}
    taken = Declaration.objects.get(unit=units[0])
    assert taken.population and taken.population_source and taken.points == 0 and taken.route == "none"
    assert taken.arrested is None  # no incident reports arrests: the register has no figure, which is not none
    assert sources(cycle, cleared=EVERYTHING)[units[0].pk]["points"].origin == "Lấy theo sổ"
