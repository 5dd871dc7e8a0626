"""Who sees and does what in the yearly review: own, neighbouring and far-away units, every role, every way in."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from datetime import date

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from apps.localities_province import CLASS_ONE, CLASS_THREE, HOLE, IN_CYCLE, NOTHING, commune, standing
from cast import BY_NAME, FAR_AWAY, GIVEN_AT, HOME, NEXT_DOOR, SINCE, TODAY, give, play
from diaban.apps.access import AccessRefused, House, Permission, Rights
from diaban.apps.accounts.models import Assignment, Delegation, User
from diaban.apps.audit.models import Event
from diaban.apps.exchange.registry import Context, Draft
from diaban.apps.localities import actions, queries
from diaban.apps.localities.models import Cycle, Decision, Declaration, Stage, Standing
from diaban.apps.localities.queries.territory import Ancestor
from diaban.apps.localities.sheets import DeclarationSheet
from diaban.apps.localities.stages import NEXT, STEPS, Refused, advance, offers, verdict
from diaban.apps.places.actions import load_catalogue
from diaban.apps.places.scope import read_scope
from diaban.core.policy import Actor
from diaban.core.policy import Assignment as Granted
from diaban.core.privacy import EVERYTHING

HOUSE = House("set-up")
PERSONS = {HOME: 4_711, NEXT_DOOR: 5_813, FAR_AWAY: 6_917}  # numbers that appear on no page by themselves


@pytest.fixture
def cycle(db: None) -> Cycle:
    load_catalogue(by=HOUSE, at=IN_CYCLE)
    found = actions.open_cycle(year=2026, by=HOUSE, at=IN_CYCLE)
    rows = [(commune(code), {**CLASS_ONE, "persons": persons}) for code, persons in PERSONS.items()]
    actions.bulk_declare(rows, cycle=found, by=HOUSE, at=IN_CYCLE, declared_by="Công an xã")
    return found


def uid(code: str) -> str:
    return commune(code).uid


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(name: str, *args: object) -> str:
    return reverse(f"localities:{name}", args=args)


def self_assessed(cycle: Cycle, *codes: str, by: User | House = HOUSE) -> None:
    for code in codes:
        row = standing(cycle, code)
        actions.self_assess(standing=row, chosen=row.proposed_class, by=by, at=IN_CYCLE)


def appraised(cycle: Cycle, *codes: str, by: User | House = HOUSE) -> None:
    self_assessed(cycle, *codes)
    for code in codes:
        row = standing(cycle, code)
        actions.appraise(standing=row, chosen=row.self_class, by=by, at=IN_CYCLE)


def delegate(giver: User, role: str, receiver: User) -> None:
    """Lend `giver`'s role to `receiver` for the days around today."""
    Delegation.objects.create(
        assignment=Assignment.objects.get(user=giver, role=role),
        receiver=receiver,
        start=SINCE,
        end=date(2027, 6, 1),
        reason="Nghỉ phép",
        given_by=giver.username,
        given_at=GIVEN_AT,
    )
    receiver.forget_rights()


# What is seen


@pytest.mark.parametrize(
    "query", ["", "?xem=ban-do", "?xem=bieu-do", "?so_lieu=silent", "?q=tam+thang", "?xem_xet=any"]
)
def test_a_communes_review_tells_of_its_own_unit_only(cycle: Cycle, query: str) -> None:
    text = signed_in(play("binh")).get(address("cycle", 2026) + query).content.decode()
    assert "Tam Thắng" not in text and "Côn Đảo" not in text and "Long Sơn" not in text
    assert uid(NEXT_DOOR) not in text and "5.813" not in text and "6.917" not in text
    assert "trên 30" not in text and not re.search(r"\b(29|30) đơn vị", text)
    assert "trên 1 đơn vị" in text


def test_a_communes_review_answers_about_its_own_unit(cycle: Cycle) -> None:
    reply = signed_in(play("lan")).get(address("cycle", 2026))
    assert reply.context["answer"] == "Phường Vũng Tàu: Trọng điểm loại I, đề xuất năm 2026"
    assert reply.context["counts"]["I"] == 1 and sum(reply.context["counts"].values()) == 1
    assert reply.context["complete"].units == 1 and reply.context["all"] == 1


@pytest.mark.parametrize("name", ["an", "minh", "phuc", "giang"])
def test_whoever_serves_the_whole_area_sees_it_whole(cycle: Cycle, name: str) -> None:
    reply = signed_in(play(name)).get(address("cycle", 2026))
    assert reply.context["all"] == 30 and "27 trên 30 đơn vị chưa khai số liệu" in reply.content.decode()


def test_the_list_of_reviews_counts_what_is_in_sight(cycle: Cycle) -> None:
    (row,) = signed_in(play("ha")).get(address("cycles")).context["cycles"]
    assert row[3] == 1 and sum(row[1].values()) == 1
    (row,) = signed_in(play("an")).get(address("cycles")).context["cycles"]
    assert row[3] == 30


def test_a_review_without_a_unit_of_ones_own_says_so(cycle: Cycle) -> None:
    Standing.objects.filter(unit=commune(FAR_AWAY)).delete()
    text = signed_in(play("khoa")).get(address("cycle", 2026)).content.decode()
    assert "không có đơn vị nào trong phạm vi được giao" in text and "Vũng Tàu" not in text


@pytest.mark.parametrize("name", ["chi", "thu", "oanh", "quan", "van", "dung"])
@pytest.mark.parametrize("route", ["cycles", "cycle", "settings", "province", "standing", "declare", "decide_many"])
def test_other_purposes_and_no_role_are_refused(cycle: Cycle, name: str, route: str) -> None:
    args = {"cycles": [], "standing": [2026, uid(HOME)], "declare": [2026, uid(HOME)]}.get(route, [2026])
    reply = signed_in(play(name)).get(address(route, *args))
    assert reply.status_code == 403 and "Vũng Tàu" not in reply.content.decode()


ROUTES_OF_A_UNIT = [
    ("lan", "standing", "get"),
    ("lan", "declare", "get"),
    ("lan", "declare", "post"),
    ("lan", "take", "post"),
    ("lan", "self_assess", "get"),
    ("lan", "self_assess", "post"),
    ("binh", "standing", "get"),
    ("binh", "take", "post"),
]


@pytest.mark.parametrize(("name", "route", "method"), ROUTES_OF_A_UNIT)
@pytest.mark.parametrize("code", [NEXT_DOOR, FAR_AWAY])
def test_a_unit_out_of_sight_is_like_one_that_is_not_there(
    cycle: Cycle, name: str, route: str, method: str, code: str
) -> None:
    client = signed_in(play(name))
    there, nowhere = address(route, 2026, uid(code)), address(route, 2026, "99999@2025-07-01")
    sent = {"declared_by": "x", "persons": "1", "chosen": "I", "figure": "points"} if method == "post" else {}
    replies = [getattr(client, method)(one, sent) for one in (there, nowhere)]
    assert [reply.status_code for reply in replies] == [404, 404]
    bodies = [reply.content.decode().replace(one, "") for reply, one in zip(replies, (there, nowhere), strict=True)]
    token = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"')
    assert token.sub("", bodies[0]) == token.sub("", bodies[1])
    assert Declaration.objects.get(unit=commune(code)).persons == PERSONS[code]


def test_an_upper_role_at_one_unit_ends_there(cycle: Cycle) -> None:
    user = give(play("dung"), "provincial_leader", HOME)
    appraised(cycle, HOME, NEXT_DOOR)
    client = signed_in(user)
    assert client.get(address("decide", 2026, uid(HOME))).status_code == 200
    assert client.get(address("decide", 2026, uid(NEXT_DOOR))).status_code == 404
    assert client.get(address("province", 2026)).status_code == 403


@pytest.mark.parametrize(("name", "status"), [("binh", 403), ("lan", 403), ("an", 200), ("minh", 200), ("giang", 200)])
def test_the_province_is_for_whoever_sees_all_of_it(cycle: Cycle, name: str, status: int) -> None:
    client = signed_in(play(name))
    assert client.get(address("province", 2026)).status_code == status
    linked = address("province", 2026) in client.get(address("cycle", 2026)).content.decode()
    assert linked == (status == 200)


def test_the_page_of_a_unit_shows_its_classes_to_whom_they_are_in_sight(cycle: Cycle) -> None:
    link = address("standing", 2026, uid(NEXT_DOOR))
    seen = {
        name: link in signed_in(play(name)).get(reverse("places:detail", args=[uid(NEXT_DOOR)])).content.decode()
        for name in ("binh", "ha", "an", "giang", "oanh", "chi")
    }
    assert seen == {"binh": False, "ha": True, "an": True, "giang": True, "oanh": False, "chi": False}


def test_of_a_divided_units_class_nothing_is_told_beyond_ones_reach(cycle: Cycle) -> None:
    both = (Ancestor(uid(HOME), "Vũng Tàu", "I"), Ancestor(uid(NEXT_DOOR), "Tam Thắng", "II"))
    assert [one.decided_class for one in queries.in_sight(both, None)] == ["I", "II"]
    assert [one.decided_class for one in queries.in_sight(both, {commune(HOME).pk})] == ["I", None]


def test_without_sums_of_the_registers_a_page_is_as_if_they_held_nothing(cycle: Cycle) -> None:
    unit = commune(HOME).pk
    declared = Declaration.objects.get(unit=unit)
    told = queries.inputs_of(cycle, unit, declared, cleared=EVERYTHING, registers=False)
    assert not any(line.in_register or line.register is not None or line.can_take for line in told.lines)


def test_the_journal_is_offered_to_nobody_who_may_not_open_it(cycle: Cycle) -> None:
    text = signed_in(play("an")).get(address("standing", 2026, uid(HOME))).content.decode()
    assert reverse("overview:journal") not in text


# What may be done


Act = Callable[[Cycle, str, User], object]
ACTS: dict[str, Act] = {
    "declare": lambda cycle, code, by: actions.declare(
        cycle=cycle, unit=commune(code), values={"points": 3}, by=by, at=IN_CYCLE, declared_by="Công an xã"
    ),
    "take": lambda cycle, code, by: actions.take_from_register(
        cycle=cycle, units=[commune(code)], by=by, at=IN_CYCLE, declared_by="Công an xã"
    ),
    "self_assess": lambda cycle, code, by: actions.self_assess(
        standing=standing(cycle, code), chosen="I", by=by, at=IN_CYCLE
    ),
    "appraise": lambda cycle, code, by: actions.appraise(
        standing=standing(cycle, code), chosen="I", by=by, at=IN_CYCLE
    ),
    "send_back": lambda cycle, code, by: actions.send_back(
        standing=standing(cycle, code), note="Xem lại", by=by, at=IN_CYCLE
    ),
    "decide": lambda cycle, code, by: actions.decide(
        standing=standing(cycle, code), number="1", date=IN_CYCLE.date(), reason="Thử", by=by, at=IN_CYCLE
    ),
    "recompute": lambda cycle, _code, by: actions.recompute(cycle=cycle, by=by, at=IN_CYCLE),
    "settings": lambda cycle, _code, by: actions.set_settings(cycle=cycle, settings={}, by=by, at=IN_CYCLE),
    "begin": lambda cycle, _code, by: actions.begin_appraisal(cycle=cycle, by=by, at=IN_CYCLE),
    "open": lambda _cycle, _code, by: actions.open_cycle(year=2025, by=by, at=IN_CYCLE),
    "close": lambda cycle, _code, by: actions.close_cycle(cycle=cycle, by=by, at=IN_CYCLE),
    "reopen": lambda cycle, _code, by: actions.reopen_cycle(cycle=cycle, reason="Thử", by=by, at=IN_CYCLE),
}
OF_THE_AREA = ("recompute", "settings", "begin", "open", "close", "reopen")
EVERYWHERE = {"an": {"declare", "take", "appraise", "send_back", *OF_THE_AREA}, "minh": {"decide"}}
AT_HOME = {"binh": {"declare", "take"}, "lan": {"declare", "take", "self_assess"}}
BEFORE = {"appraise": self_assessed, "send_back": self_assessed, "decide": appraised}


@pytest.mark.parametrize("code", [HOME, NEXT_DOOR])
@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("name", BY_NAME)
def test_every_act_asks_whoever_calls_it(cycle: Cycle, name: str, act: str, code: str) -> None:
    if act in BEFORE:
        BEFORE[act](cycle, code)
    user = play(name)
    allowed = act in EVERYWHERE.get(name, ()) or (act in AT_HOME.get(name, ()) and code == HOME)
    allowed = allowed or (name == "ha" and act in AT_HOME["binh"] and code == NEXT_DOOR)
    events = Event.objects.count()
    try:
        ACTS[act](cycle, code, user)
    except AccessRefused:
        assert not allowed
        assert Event.objects.count() == events
    except Refused:  # the law of the review, asked after the policy: not all is decided, it is not locked
        assert allowed
    else:
        assert allowed


@pytest.mark.parametrize("name", ["binh", "lan", "minh", "giang", "phuc"])
def test_running_the_review_is_neither_offered_nor_done(cycle: Cycle, name: str) -> None:
    client = signed_in(play(name))
    assert client.post(address("move", 2026), {"viec": "tham-dinh"}).status_code == 403
    assert client.post(address("settings", 2026), {"reading": "at_least"}).status_code == 403
    assert client.post(address("cycles"), {"year": "2025"}).status_code == 403
    assert Cycle.objects.get().settings == {} and Cycle.objects.get().state == "open"
    assert address("move", 2026) not in client.get(address("cycle", 2026)).content.decode()
    assert 'name="reading"' not in client.get(address("settings", 2026)).content.decode()
    assert 'name="year"' not in client.get(address("cycles")).content.decode()


def test_buttons_are_those_of_ones_role(cycle: Cycle) -> None:
    def shown(name: str) -> set[str]:
        user = User.objects.filter(username=name).first() or play(name)
        text = signed_in(user).get(address("standing", 2026, uid(HOME))).content.decode()
        routes = ("declare", "take", "self_assess", "appraise", "send_back", "decide")
        return {route for route in routes if f'"{address(route, 2026, uid(HOME))}"' in text}

    assert shown("lan") == {"declare", "take", "self_assess"}
    assert shown("binh") == {"declare", "take"}
    assert shown("minh") == shown("giang") == set()
    self_assessed(cycle, HOME)
    assert shown("an") == {"declare", "take", "appraise", "send_back"}
    appraised(cycle, NEXT_DOOR)
    actions.appraise(standing=standing(cycle, HOME), chosen="I", by=HOUSE, at=IN_CYCLE)
    assert shown("minh") == {"decide"}
    text = signed_in(User.objects.get(username="lan")).get(address("standing", 2026, uid(HOME))).content.decode()
    assert "Chờ lãnh đạo tỉnh quyết định." in text


def test_an_act_in_sight_that_is_not_ones_own_is_refused_with_the_reason(cycle: Cycle) -> None:
    user = give(play("giang"), "provincial_leader", HOME)  # sees all, decides at home
    appraised(cycle, HOME, NEXT_DOOR)
    reply = signed_in(user).get(address("decide", 2026, uid(NEXT_DOOR)))
    assert reply.status_code == 403 and "ngoài phạm vi được giao" in reply.content.decode()
    assert signed_in(user).get(address("decide", 2026, uid(HOME))).status_code == 200


# Many at once

DECISION = {"buoc": "1", "number": "9/QĐ", "date": "20/11/2026", "reason": "Thử", "xac-nhan": "1"}


def test_one_ticked_row_out_of_sight_fails_the_whole_decision(cycle: Cycle) -> None:
    appraised(cycle, HOME, NEXT_DOOR)
    client = signed_in(give(play("dung"), "provincial_leader", HOME))
    page = client.get(address("decide_many", 2026) + "?u=tat-ca").content.decode()
    assert uid(HOME) in page and uid(NEXT_DOOR) not in page and "cho 1 đơn vị" in page
    reply = client.post(address("decide_many", 2026), DECISION | {"u": [uid(HOME), uid(NEXT_DOOR)]})
    assert reply.status_code == 404 and "Tam Thắng" not in reply.content.decode()
    assert not Decision.objects.exists()
    assert client.post(address("decide_many", 2026), DECISION | {"u": [uid(HOME)]}).status_code == 302
    assert Decision.objects.get().standing.unit == commune(HOME)


def test_one_ticked_row_out_of_reach_fails_the_whole_decision(cycle: Cycle) -> None:
    appraised(cycle, HOME, NEXT_DOOR)
    client = signed_in(give(play("giang"), "provincial_leader", HOME))
    reply = client.post(address("decide_many", 2026), DECISION | {"u": [uid(HOME), uid(NEXT_DOOR)]})
    assert reply.status_code == 403 and not Decision.objects.exists()


def test_nothing_ticked_decides_nothing_and_what_moved_meanwhile_stops_the_rest(cycle: Cycle) -> None:
    appraised(cycle, HOME, NEXT_DOOR)
    client = signed_in(play("minh"))
    reply = client.post(address("decide_many", 2026) + "?u=tat-ca", DECISION)
    assert "Chưa chọn đơn vị nào" in reply.content.decode()
    actions.send_back(standing=standing(cycle, NEXT_DOOR), note="Xem lại", by=HOUSE, at=IN_CYCLE)
    reply = client.post(address("decide_many", 2026), DECISION | {"u": [uid(HOME), uid(NEXT_DOOR)]})
    assert "Không còn ở bước này: Phường Tam Thắng" in reply.content.decode()
    assert not Decision.objects.exists()


def test_one_ticked_row_out_of_sight_fails_the_whole_appraisal(cycle: Cycle) -> None:
    self_assessed(cycle, HOME, NEXT_DOOR)
    client = signed_in(give(play("dung"), "provincial_police", HOME))
    reply = client.post(address("appraise_many", 2026), {"u": [uid(HOME), uid(NEXT_DOOR)]})
    assert reply.status_code == 404
    assert client.post(address("appraise_many", 2026), {"u": ["tat-ca"]}).status_code == 404
    assert set(Standing.objects.filter(stage="self").values_list("unit__uid", flat=True)) == {uid(HOME), uid(NEXT_DOOR)}
    assert client.post(address("appraise_many", 2026), {"u": [uid(HOME)]}).status_code == 302
    assert standing(cycle, HOME).stage == "appraised"


def test_the_actions_on_many_check_every_row_themselves(cycle: Cycle) -> None:
    user = give(play("dung"), "provincial_police", HOME)
    give(user, "provincial_leader", HOME)
    self_assessed(cycle, HOME, NEXT_DOOR)
    both = [standing(cycle, HOME), standing(cycle, NEXT_DOOR)]
    with pytest.raises(AccessRefused):
        actions.appraise_many(standings=both, by=user, at=IN_CYCLE)
    assert standing(cycle, HOME).stage == "self"
    actions.appraise_many(standings=both, by=HOUSE, at=IN_CYCLE)
    with pytest.raises(AccessRefused):
        actions.decide_many(standings=both, number="1", date=IN_CYCLE.date(), reason="Thử", by=user, at=IN_CYCLE)
    with pytest.raises(AccessRefused):
        actions.bulk_declare(
            [(commune(HOME), NOTHING), (commune(NEXT_DOOR), NOTHING)],
            cycle=cycle,
            by=user,
            at=IN_CYCLE,
            declared_by="Công an xã",
        )
    assert Declaration.objects.get(unit=commune(HOME)).persons == PERSONS[HOME]


# Workbooks


def _faults(user: User, *codes: str) -> dict[int, str]:
    context = Context(by=user, at=IN_CYCLE, options={"cycle": "2026"})
    drafts = [Draft(number, code, {"persons": 1}) for number, code in enumerate(codes, 1)]
    return {fault.number: str(fault.why) for fault in DeclarationSheet().prepare(drafts, context)}


def test_a_row_of_another_unit_is_told_like_a_code_that_is_none(cycle: Cycle) -> None:
    found = _faults(play("binh"), HOME, NEXT_DOOR, "99999")
    assert set(found) == {2, 3} and found[2] == found[3]
    assert set(_faults(play("an"), HOME, NEXT_DOOR, "99999")) == {3}


def test_what_is_taken_out_and_offered_to_fill_in_is_ones_own(cycle: Cycle) -> None:
    sheet, scope = DeclarationSheet(), read_scope({}, own=None, on=TODAY)

    def taken(name: str) -> tuple[set[str], set[str]]:
        rights = play(name).rights(TODAY)
        rows = sheet.export_rows(QueryDict("cycle=2026"), scope, rights)
        filled = sheet.template_rows({"cycle": "2026"}, TODAY, rights)
        return {row["unit_code"] for row in rows}, {row["unit_code"] for row in filled}

    assert taken("binh") == ({HOME}, {HOME})
    assert taken("khoa") == ({FAR_AWAY}, {FAR_AWAY})
    assert tuple(map(len, taken("an"))) == (30, 30)
    assert tuple(map(len, taken("giang"))) == (30, 0)
    assert taken("oanh") == (set(), set())


# Four eyes


def test_whoever_assessed_does_not_appraise_and_is_told_before_the_form(cycle: Cycle) -> None:
    user = give(play("lan"), "provincial_police")
    self_assessed(cycle, HOME, by=user)
    client = signed_in(user)
    text = client.get(address("standing", 2026, uid(HOME))).content.decode()
    assert "Không ai được duyệt việc do chính mình trình." in text
    assert f'"{address("appraise", 2026, uid(HOME))}"' not in text
    reply = client.get(address("appraise", 2026, uid(HOME)))
    assert reply.status_code == 403 and "chính mình trình" in reply.content.decode()
    assert client.post(address("appraise", 2026, uid(HOME)), {"chosen": "I"}).status_code == 403
    assert client.post(address("appraise_many", 2026), {"u": [uid(HOME)]}).status_code == 403
    assert address("appraise_many", 2026) not in client.get(address("cycle", 2026)).content.decode()
    with pytest.raises(AccessRefused):
        actions.appraise_many(standings=[standing(cycle, HOME)], by=user, at=IN_CYCLE)
    assert standing(cycle, HOME).stage == "self"
    assert signed_in(play("an")).post(address("appraise", 2026, uid(HOME)), {"chosen": "I"}).status_code == 302


def test_whoever_assessed_or_appraised_decides_neither_one_nor_many(cycle: Cycle) -> None:
    lan, an = give(play("lan"), "provincial_leader"), give(play("an"), "provincial_leader")
    self_assessed(cycle, HOME, by=lan)
    actions.appraise(standing=standing(cycle, HOME), chosen="I", by=an, at=IN_CYCLE)
    appraised(cycle, NEXT_DOOR)
    for user in (lan, an):
        client = signed_in(user)
        assert client.get(address("decide", 2026, uid(HOME))).status_code == 403
        page = client.get(address("decide_many", 2026) + "?u=tat-ca").content.decode()
        assert "cho 1 đơn vị" in page and "do chính đồng chí tự đánh giá hoặc thẩm định" in page
        reply = client.post(address("decide_many", 2026), DECISION | {"u": [uid(HOME), uid(NEXT_DOOR)]})
        assert reply.status_code == 403 and not Decision.objects.exists()
    actions.decide(
        standing=standing(cycle, HOME), number="1", date=IN_CYCLE.date(), reason="Thử", by=play("minh"), at=IN_CYCLE
    )
    with pytest.raises(AccessRefused):
        actions.supersede(
            standing=standing(cycle, HOME),
            number="2",
            date=IN_CYCLE.date(),
            chosen="II",
            reason="Thử",
            by=an,
            at=IN_CYCLE,
        )


def test_an_act_under_a_delegation_counts_for_both(cycle: Cycle) -> None:
    lan, an, minh = play("lan"), play("an"), play("minh")
    give(lan, "provincial_police")
    delegate(lan, "commune_leader", an)
    self_assessed(cycle, HOME, by=an)
    row = standing(cycle, HOME)
    assert (row.self_by, row.self_in_name_of) == ("an", "lan")
    for user in (lan, an):
        with pytest.raises(AccessRefused, match="chính mình"):
            actions.appraise(standing=row, chosen="I", by=user, at=IN_CYCLE)
    actions.appraise(standing=row, chosen="I", by=HOUSE, at=IN_CYCLE)
    delegate(minh, "provincial_leader", an)
    with pytest.raises(AccessRefused, match="chính mình"):
        actions.decide(standing=row, number="1", date=IN_CYCLE.date(), reason="Thử", by=an, at=IN_CYCLE)
    delegate(minh, "provincial_leader", play("giang"))
    giang = User.objects.get(username="giang")
    decided = actions.decide(standing=row, number="1", date=IN_CYCLE.date(), reason="Thử", by=giang, at=IN_CYCLE)
    assert (decided.by, decided.in_name_of) == ("giang", "minh")
    text = signed_in(minh).get(address("standing", 2026, uid(HOME))).content.decode()
    assert "Theo ủy quyền của Phạm Thị Lan (lan)" in text and "Theo ủy quyền của Võ Đức Minh (minh)" in text


NAMES = ("a", "b", "c")
ROLES = ("commune_leader", "provincial_police", "provincial_leader")


@given(
    lent=st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(ROLES), st.sampled_from(NAMES)), max_size=4),
    walk=st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(sorted(STEPS))), max_size=12),
)
def test_no_order_of_steps_brings_one_person_to_both_sides_of_the_table(
    lent: list[tuple[str, str, str]], walk: list[tuple[str, str]]
) -> None:
    """Everybody holds every role, and lends some: still assessor, appraiser and decider are strangers, givers too."""

    def rights(name: str) -> Rights:
        own = [Granted(role, None, SINCE) for role in ROLES]
        borrowed = [Granted(role, None, SINCE, giver=giver) for giver, role, to in lent if to == name != giver]
        return Rights(Actor(name, tuple(borrowed + own)), TODAY)

    row = Standing(unit_id=1, stage=Stage.PROPOSAL)
    decider: set[str] = set()
    for name, step in walk:
        answer = verdict(rights(name), row, step)
        if not answer.allowed or row.stage not in STEPS[step].sources:
            continue
        assert answer.grant is not None
        hands = (name, answer.grant.giver)
        row.stage = advance(row.stage, step)
        if step == "self_assess":
            row.self_by, row.self_in_name_of = hands
        elif step == "appraise":
            row.appraised_by, row.appraised_in_name_of = hands
        elif step == "send_back":
            row.self_by = row.self_in_name_of = row.appraised_by = row.appraised_in_name_of = ""
        else:
            decider = set(hands)
        sides = [
            {row.self_by, row.self_in_name_of},
            {row.appraised_by, row.appraised_in_name_of},
            decider if row.stage == Stage.DECIDED else set(),
        ]
        for one, other in itertools.combinations(sides, 2):
            assert not (one & other) - {""}


# What waits


def test_what_waits_is_the_next_step_that_one_may_take(cycle: Cycle) -> None:
    def waiting(name: str) -> int:
        user = User.objects.filter(username=name).first() or play(name)
        return queries.waiting_for(User.objects.get(pk=user.pk).rights(TODAY), TODAY)

    assert (waiting("lan"), waiting("binh"), waiting("ha"), waiting("minh")) == (1, 0, 0, 0)
    assert waiting("an") == 27  # those that have figures to declare
    actions.declare(
        cycle=cycle, unit=commune(HOME), values={"arrested": None}, by=HOUSE, at=IN_CYCLE, declared_by="Công an xã"
    )
    assert (waiting("binh"), waiting("lan"), waiting("an")) == (1, 1, 28)
    self_assessed(cycle, HOME, NEXT_DOOR)
    assert (waiting("binh"), waiting("lan"), waiting("an")) == (0, 0, 29)
    actions.appraise(standing=standing(cycle, HOME), chosen=standing(cycle, HOME).self_class, by=HOUSE, at=IN_CYCLE)
    assert (waiting("minh"), waiting("giang"), waiting("oanh"), waiting("dung")) == (1, 0, 0, 0)
    give(User.objects.get(username="minh"), "provincial_police")
    assert waiting("minh") == 29  # 27 to declare, one to appraise, one to decide


def test_figures_changed_after_the_appraisal_wait_for_the_appraiser_again(cycle: Cycle) -> None:
    appraised(cycle, HOME)
    an, minh = play("an").rights(TODAY), play("minh").rights(TODAY)
    assert (queries.waiting_for(an, TODAY), queries.waiting_for(minh, TODAY)) == (27, 1)
    actions.declare(
        cycle=cycle, unit=commune(HOME), values={"points": 9}, by=HOUSE, at=IN_CYCLE, declared_by="Công an xã"
    )
    assert (queries.waiting_for(an, TODAY), queries.waiting_for(minh, TODAY)) == (28, 0)


def test_what_waits_is_what_the_page_offers(cycle: Cycle) -> None:
    rows = [(commune(code), {**values}) for code, values in ((HOME, HOLE), (FAR_AWAY, CLASS_THREE))]
    actions.bulk_declare(rows, cycle=cycle, by=HOUSE, at=IN_CYCLE, declared_by="Công an xã")
    self_assessed(cycle, HOME)
    appraised(cycle, FAR_AWAY)
    for name in BY_NAME:
        rights = play(name).rights(TODAY)
        ready = rights.visible(Standing.objects.filter(missing_count=0), Permission.REVIEW_VIEW)
        usual = [(NEXT[Stage(row.stage)], {one.step.name for one in offers(rights, row)}) for row in ready]
        offered = sum(step in buttons for step, buttons in usual)
        lacking = 27 if name == "an" else 0
        assert queries.waiting_for(rights, TODAY) == offered + lacking, name


def test_what_waits_costs_few_queries(cycle: Cycle, django_assert_num_queries: Callable[[int], object]) -> None:
    rights = play("an").rights(TODAY)
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        queries.waiting_for(rights, TODAY)
    rights = play("oanh").rights(TODAY)
    with django_assert_num_queries(0):  # type: ignore[attr-defined]
        queries.waiting_for(rights, TODAY)
