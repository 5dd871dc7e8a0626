"""Agencies and posts: who may make them, one holder at a time, one post for each thing, hand-over without loss."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from agencies_cast import AT, HOUSE, SINCE, Offices, build

from cast import FAR_AWAY, HOME, NEXT_DOOR, TODAY, play
from diaban.apps.access import AccessRefused
from diaban.apps.agencies import actions, carried, queries
from diaban.apps.agencies.actions.agencies import Written
from diaban.apps.agencies.models import Agency, Charge, Holding, Post
from diaban.apps.audit.models import Event
from diaban.apps.hotspots import actions as hotspots
from diaban.apps.hotspots.models import Hotspot

DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def offices() -> Offices:
    return build()


def fields(caught: pytest.ExceptionInfo[actions.NotDone]) -> set[str]:
    return {field for field, _sentence in caught.value.problems}


def spot(offices: Offices, code: str = HOME) -> Hotspot:
    return hotspots.create_hotspot(
        by=offices.cast["an"], at=AT, name="Điểm", unit=offices.units[code], kind="diem_phuc_tap", grade="co_tai_lieu",
        on=date(2026, 10, 1), verb="enlist", document="1/QĐ", decider="Giám đốc",
    )  # fmt: skip


def test_the_gazetteer_comes_in_once(offices: Offices) -> None:
    assert actions.load_gazetteer(by=HOUSE, at=AT) == 0
    codes = set(Agency.objects.values_list("code", flat=True))
    assert {"so_y_te", "cong_an_tinh", "cong_an_cap_xa", "uy_ban_nhan_dan_cap_xa"} <= codes
    assert Agency.objects.get(code="cong_an_cap_xa").level == Agency.Level.COMMUNE
    assert Event.objects.filter(verb="agency.load_catalogue").count() == 1
    offices.agency("so_y_te")


def test_a_corrected_agency_is_left_as_people_wrote_it(offices: Offices) -> None:
    row = offices.agency("so_y_te")
    given = Written("Sở Y tế thành phố", row.level, row.line, "SYT")
    actions.edit_agency(by=HOUSE, at=AT, agency=row, given=given)
    actions.load_gazetteer(by=HOUSE, at=AT)
    assert offices.agency("so_y_te").name == "Sở Y tế thành phố"


def test_an_agency_is_not_added_twice_under_two_spellings(offices: Offices) -> None:
    for name in ("Sở Y Tế", "SYT"):
        with pytest.raises(actions.NotDone, match="Đã có cơ quan"):
            actions.add_agency(by=HOUSE, at=AT, given=Written(name, "province", "health"))
    assert offices.cast["an"]
    row = actions.add_agency(by=offices.cast["an"], at=AT, given=Written("Báo Bà Rịa - Vũng Tàu", "province", "other"))
    assert row.code == "bao_ba_ria_vung_tau"


def test_the_province_keeps_agencies_and_a_commune_its_own_posts(offices: Offices) -> None:
    lan = offices.cast["lan"]
    with pytest.raises(AccessRefused):
        actions.add_agency(by=lan, at=AT, given=Written("Báo", "province", "other"))
    with pytest.raises(AccessRefused):
        actions.make_post(by=lan, at=AT, agency=offices.agency("so_y_te"), unit=None, title="Giám đốc", heads=True)
    with pytest.raises(AccessRefused):
        actions.make_post(
            by=lan,
            at=AT,
            agency=offices.agency("cong_an_cap_xa"),
            unit=offices.units[NEXT_DOOR],
            title="X",
            heads=False,
        )
    actions.make_post(
        by=lan,
        at=AT,
        agency=offices.agency("cong_an_cap_xa"),
        unit=offices.units[HOME],
        title="Phó Trưởng",
        heads=False,
    )


def test_a_department_has_no_post_in_a_commune(offices: Offices) -> None:
    """Else a commune could make itself an officer of the department, and act on the department's tasks."""
    lan = offices.cast["lan"]
    with pytest.raises(actions.NotDone) as caught:
        actions.make_post(
            by=lan, at=AT, agency=offices.agency("so_y_te"), unit=offices.units[HOME], title="Giám đốc", heads=True
        )
    assert fields(caught) == {"unit"}
    with pytest.raises(actions.NotDone) as caught:
        actions.make_post(by=HOUSE, at=AT, agency=offices.agency("cong_an_cap_xa"), unit=None, title="", heads=True)
    assert fields(caught) == {"unit", "title"}


def test_one_head_in_each_place(offices: Offices) -> None:
    chief = offices.posts["chief"]
    with pytest.raises(actions.NotDone, match="đứng đầu"):
        actions.make_post(by=HOUSE, at=AT, agency=chief.agency, unit=chief.unit, title="Khác", heads=True)
    assert queries.head_of(chief.agency, chief.unit, TODAY) == chief
    assert queries.head_of(chief.agency, offices.units[FAR_AWAY], TODAY) is None
    pc04 = offices.posts["pc04"]
    assert queries.head_of(pc04.agency, None, TODAY) == pc04
    assert queries.head_of(pc04.agency, offices.units[HOME], TODAY) == pc04


def test_a_post_has_one_holder_at_a_time(offices: Offices) -> None:
    chief, binh = offices.posts["chief"], offices.cast["binh"]
    with pytest.raises(actions.NotDone, match="đang có người giữ"):
        actions.give_post(by=HOUSE, at=AT, post=chief, user=offices.cast["lan"], start=TODAY, document="")
    assert queries.holder_of(chief, TODAY) == binh
    assert queries.holder_of(chief, SINCE - DAY) is None
    assert queries.agencies_of(binh, TODAY) == {chief.agency_id}
    assert queries.posts_of(binh, TODAY) == {chief.pk}


def test_a_new_holder_takes_over_on_the_day_and_everything_stays_with_the_post(offices: Offices) -> None:
    chief, binh, lan = offices.posts["chief"], offices.cast["binh"], offices.cast["lan"]
    actions.charge_units(by=HOUSE, at=AT, post=chief, units=[offices.units[HOME]], start=SINCE, document="2/QĐ")
    actions.hand_over_post(by=lan, at=AT, post=chief, user=lan, on=TODAY, document="3/QĐ")
    assert queries.holder_of(chief, TODAY - DAY) == binh
    assert queries.holder_of(chief, TODAY) == lan
    assert queries.owner_of_unit(offices.units[HOME], TODAY) == chief
    assert queries.agencies_of(binh, TODAY) == frozenset()
    told = Event.objects.get(verb="position.hand_over").detail
    assert (told["from"], told["to"], told["document"]) == ("binh", "lan", "3/QĐ")
    with pytest.raises(actions.NotDone, match="đang giữ chính"):
        actions.hand_over_post(by=HOUSE, at=AT, post=chief, user=lan, on=TODAY + DAY, document="")
    with pytest.raises(actions.NotDone, match="phải sau"):
        actions.hand_over_post(by=HOUSE, at=AT, post=chief, user=binh, on=TODAY, document="")


def test_who_works_behind_a_wall_holds_no_post_and_is_not_told_apart_from_nobody(offices: Offices) -> None:
    post = offices.posts["next"]
    for name in ("chi", "thu", "binh", "dung", "quan"):
        user = offices.cast.get(name) or play(name)
        with pytest.raises(actions.NotDone, match="kiểm tra lại tên"):
            actions.give_post(by=HOUSE, at=AT, post=post, user=user, start=TODAY, document="")
    actions.give_post(by=HOUSE, at=AT, post=post, user=play("ha"), start=TODAY, document="")


def test_a_closed_account_holds_nothing_any_more(offices: Offices) -> None:
    binh = offices.cast["binh"]
    binh.is_active = False
    binh.save(update_fields=["is_active"])
    assert queries.holder_of(offices.posts["chief"], TODAY) is None


def test_a_thing_is_in_one_charge_and_its_history_stays(offices: Offices) -> None:
    home, pc04, chief = offices.units[HOME], offices.posts["pc04"], offices.posts["chief"]
    actions.charge_units(by=HOUSE, at=AT, post=pc04, units=[home], start=SINCE, document="2/QĐ")
    actions.charge_units(by=HOUSE, at=AT, post=chief, units=[home], start=TODAY, document="5/QĐ")
    assert queries.owner_of_unit(home, TODAY - DAY) == pc04
    assert queries.owner_of_unit(home, TODAY) == chief
    assert Charge.objects.filter(unit=home).count() == 2
    assert actions.charge_units(by=HOUSE, at=AT, post=chief, units=[home], start=TODAY, document="") == []
    with pytest.raises(actions.NotDone, match="chọn ngày sau đó"):
        actions.charge_units(by=HOUSE, at=AT, post=pc04, units=[home], start=SINCE, document="")


def test_a_commune_does_not_take_back_what_the_province_gave(offices: Offices) -> None:
    lan, home = offices.cast["lan"], offices.units[HOME]
    actions.charge_units(by=HOUSE, at=AT, post=offices.posts["pc04"], units=[home], start=SINCE, document="2/QĐ")
    with pytest.raises(AccessRefused):
        actions.charge_units(by=lan, at=AT, post=offices.posts["chief"], units=[home], start=TODAY, document="")
    with pytest.raises(AccessRefused):
        actions.charge_units(by=lan, at=AT, post=offices.posts["pc04"], units=[home], start=TODAY, document="")
    with pytest.raises(AccessRefused):
        actions.end_charge(by=lan, at=AT, charge=Charge.objects.get(), on=TODAY, document="")


def test_a_post_of_another_commune_answers_for_nothing_here(offices: Offices) -> None:
    there = offices.posts["next"]
    with pytest.raises(actions.NotDone, match="xã khác"):
        actions.charge_units(by=HOUSE, at=AT, post=there, units=[offices.units[HOME]], start=TODAY, document="")
    with pytest.raises(actions.NotDone, match="ở xã đó"):
        actions.charge_hotspots(by=HOUSE, at=AT, post=there, hotspots=[spot(offices)], start=TODAY, document="")


def test_every_commune_gets_the_head_of_its_own_police(offices: Offices) -> None:
    units, agency = list(offices.units.values()), offices.agency("cong_an_cap_xa")
    with pytest.raises(actions.NotDone) as caught:
        actions.charge_units_to_heads(by=HOUSE, at=AT, agency=agency, units=units, title="", start=TODAY, document="")
    assert fields(caught) == {"title"}
    given = actions.charge_units_to_heads(
        by=offices.cast["an"], at=AT, agency=agency, units=units, title="Trưởng Công an", start=TODAY, document="9/QĐ"
    )
    assert len(given) == 3
    for unit in units:
        owner = queries.owner_of_unit(unit, TODAY)
        assert owner is not None
        assert (owner.unit_id, owner.heads) == (unit.pk, True)
    assert queries.owner_of_unit(offices.units[HOME], TODAY) == offices.posts["chief"]


def test_what_a_post_carries_moves_whole(offices: Offices) -> None:
    chief, chair, point = offices.posts["chief"], offices.posts["chair"], spot(offices)
    actions.charge_units(by=HOUSE, at=AT, post=chief, units=[offices.units[HOME]], start=SINCE, document="2/QĐ")
    actions.charge_hotspots(by=HOUSE, at=AT, post=chief, hotspots=[point], start=date(2026, 10, 2), document="")
    held = list(Charge.objects.values_list("pk", flat=True))
    given = {"source": chief, "target": chair, "charges": held, "carried": {}, "on": TODAY}
    with pytest.raises(actions.NotDone) as caught:
        actions.move_charges(by=HOUSE, at=AT, document="", **given | {"on": TODAY + DAY, "charges": [*held, 999_999]})
    assert fields(caught) == {"on", "document", ""}
    assert actions.move_charges(by=offices.cast["lan"], at=AT, document="7/QĐ", **given) == 2
    assert queries.owner_of_unit(offices.units[HOME], TODAY) == chair
    assert queries.owner_of_hotspot(point, TODAY) == chair
    assert queries.owner_of_hotspot(point, TODAY - DAY) == chief


def test_other_things_in_charge_move_in_the_same_act(offices: Offices, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carried, "_KINDS", {})
    moved: list[carried.MoveOrder] = []

    def move(order: carried.MoveOrder) -> int:
        moved.append(order)
        return len(order.keys)

    carried.register_kind(
        carried.Kind("test", "Việc", lambda *_: [], lambda posts, _on: {p: carried.Count(2, 1) for p in posts}, move)
    )
    chief, chair = offices.posts["chief"], offices.posts["chair"]
    with pytest.raises(actions.NotDone, match="còn phụ trách 2 việc"):
        actions.end_post(by=HOUSE, at=AT, post=chief, on=TODAY, document="")
    actions.move_charges(
        by=HOUSE, at=AT, source=chief, target=chair, charges=[], carried={"test": ["a", "b"]}, on=TODAY, document="7/QĐ"
    )
    assert [order.keys for order in moved] == [("a", "b")]
    assert carried.counts_of([chief.pk], TODAY)[chief.pk].late == 1


def test_an_empty_post_ends_and_a_laden_one_does_not(offices: Offices) -> None:
    chief = offices.posts["chief"]
    actions.charge_units(by=HOUSE, at=AT, post=chief, units=[offices.units[HOME]], start=SINCE, document="2/QĐ")
    with pytest.raises(actions.NotDone, match="còn phụ trách 1 việc"):
        actions.end_post(by=HOUSE, at=AT, post=chief, on=TODAY, document="")
    actions.end_charge(by=HOUSE, at=AT, charge=Charge.objects.get(), on=TODAY, document="8/QĐ")
    assert queries.owner_of_unit(offices.units[HOME], TODAY) is None
    actions.end_post(by=HOUSE, at=AT, post=chief, on=TODAY, document="8/QĐ")
    assert queries.posts_of(offices.cast["binh"], TODAY) == frozenset()
    assert Holding.objects.get(post=chief).end == TODAY
    with pytest.raises(actions.NotDone, match="không còn từ ngày"):
        actions.give_post(by=HOUSE, at=AT, post=chief, user=offices.cast["lan"], start=TODAY, document="")


def test_an_agency_ends_after_its_posts_and_names_its_successor(offices: Offices) -> None:
    row, heir = offices.agency("cong_an_tinh"), offices.agency("so_y_te")
    with pytest.raises(actions.NotDone) as caught:
        actions.end_agency(by=HOUSE, at=AT, agency=row, on=TODAY, successor=row, reference="")
    assert fields(caught) == {"", "reference", "successor"}
    actions.end_post(by=HOUSE, at=AT, post=offices.posts["pc04"], on=TODAY, document="")
    actions.end_agency(by=HOUSE, at=AT, agency=row, on=TODAY, successor=heir, reference="10/NQ")
    with pytest.raises(actions.NotDone, match="nối vòng"):
        actions.end_agency(by=HOUSE, at=AT, agency=heir, on=TODAY, successor=row, reference="11/NQ")
    with pytest.raises(actions.NotDone, match="không còn từ ngày"):
        actions.make_post(by=HOUSE, at=AT, agency=Agency.objects.get(pk=row.pk), unit=None, title="Mới", heads=False)
    assert Post.objects.filter(agency=row, ended_on=TODAY).count() == 1


def test_a_post_left_by_its_holder_is_empty(offices: Offices) -> None:
    holding = Holding.objects.get(post=offices.posts["chief"])
    actions.vacate_post(by=HOUSE, at=AT, holding=holding, on=TODAY, document="9/QĐ")
    assert queries.holder_of(offices.posts["chief"], TODAY) is None
    with pytest.raises(actions.NotDone, match="đã thôi giữ"):
        actions.vacate_post(by=HOUSE, at=AT, holding=holding, on=TODAY, document="")
