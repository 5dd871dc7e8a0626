"""The pages of choosing: what they say, who sees which lines, the way of a dossier by clicks."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.choosing_province import CALM, DAY, HEAVY, MIDDLE, NOW, province
from apps.localities_province import colleague, commune, declare
from cast import give, play
from diaban.apps.accounts.models import User
from diaban.apps.choosing import actions
from diaban.apps.choosing.models import Dossier, WeightSet
from diaban.apps.localities.models import Cycle
from diaban.catalogue.choosing_loader import criteria_on

World = tuple[Cycle, User]


@pytest.fixture
def world(db: None) -> World:
    return province()


def uid(code: str) -> str:
    return str(commune(code).uid)


def enter(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def page(client: Client, name: str, *args: object, query: str = "") -> str:
    reply = client.get(reverse(f"choosing:{name}", args=args) + query)
    assert reply.status_code == 200, reply.status_code
    return re.sub(r"\s+", " ", reply.content.decode())


def proposed(world: World, code: str = HEAVY) -> Dossier:
    return actions.propose(
        cycle=world[0], title="Năm 2027", picks=[actions.Pick(uid(code), "Theo chỉ đạo")],
        passed={} if code == HEAVY else {uid(HEAVY): "Đang sáp nhập"}, by=world[1], at=NOW,
    )  # fmt: skip


def decided(world: World, code: str = HEAVY) -> Dossier:
    made = actions.appraise(dossier=proposed(world, code), by=colleague("tham-dinh"), at=NOW)
    return actions.decide(dossier=made, number="7/QĐ-UBND", date=DAY, by=colleague("quyet-dinh"), at=NOW)


def test_empty_says_what_the_page_is_for(client: Client, world: World) -> None:
    text = page(enter(client, world[1]), "list")
    assert "Chưa có đợt lựa chọn địa bàn nào" in text
    assert "bấm “Lập đề xuất”" in text


def test_the_ranking_answers_and_shows_its_working(client: Client, world: World) -> None:
    text = page(enter(client, world[1]), "ranking", 2026, query="?k=2")
    assert "Đứng đầu năm 2026: Phường Vũng Tàu, Phường Tam Thắng" in text
    assert "chưa có số" in text
    assert "Xếp địa bàn, không xếp người" in text
    assert "Trọng số do phần mềm đề nghị, đơn vị chưa đặt" in text
    assert f"{reverse('localities:standing', args=[2026, uid(HEAVY)])}#so-lieu" in text
    assert text.count("<svg") >= 4  # two pictures at two widths
    assert "tự hạ ở năm sau dù không làm gì" in text
    assert text.count('name="u"') == 30
    assert text.count("checked>") == 2
    one = page(client, "ranking", 2026, query="?q=tam+thang")
    assert one.count('name="u"') == 1


@pytest.mark.parametrize("k", ["", "0", "-1", "x", "²", "999999999999", "1.5"])
def test_any_number_of_places_is_answered(client: Client, world: World, k: str) -> None:
    page(enter(client, world[1]), "ranking", 2026, query=f"?k={k}")


def test_a_commune_sees_its_own_line(client: Client, world: World) -> None:
    text = page(enter(client, play("binh")), "ranking", 2026)
    assert "Phường Vũng Tàu đứng thứ 1 trong 30 đơn vị" in text
    assert "Tam Thắng" not in text
    assert 'name="u"' not in text


def test_the_ranking_costs_few_queries(client: Client, world: World) -> None:
    enter(client, world[1])
    page(client, "ranking", 2026)
    with CaptureQueriesContext(connection) as seen:
        page(client, "ranking", 2026)
    assert len(seen) <= 80


def test_the_ranking_sorts_with_what_is_missing_last(client: Client, world: World) -> None:
    enter(client, world[1])

    def names(sort: str) -> list[str]:
        text = page(client, "ranking", 2026, query=f"?sort={sort}")
        return re.findall(r'<label for="u-\d+">([^<]+)</label>', text)

    by_place = names("place")
    assert len(by_place) == 30
    assert by_place[0] == "Phường Vũng Tàu"
    assert names("name") == names("-name")[::-1]
    for sort in ("persons", "-persons", "share", "-class", "bia", "--"):
        assert sorted(names(sort)) == sorted(by_place)
    assert names("-persons")[0] == "Phường Vũng Tàu"
    assert names("persons")[0] == "Đặc khu Côn Đảo"


def test_weights_are_set_on_a_page_and_say_what_is_wrong(client: Client, world: World) -> None:
    enter(client, world[1])
    assert "Đơn vị chưa đặt trọng số" in page(client, "weights")
    typed = {f"w_{code}": weight for code, weight in criteria_on(DAY).weights.items()}
    reply = client.post(reverse("choosing:weights"), typed | {"w_class": "101", "effective_from": "x"})
    assert reply.status_code == 422
    assert not WeightSet.objects.exists()
    more = {"w_class": "60", "effective_from": "01/01/2026", "document": "45/BB-BCĐ"}
    assert client.post(reverse("choosing:weights"), typed | more).status_code == 302
    assert "Trọng số theo 45/BB-BCĐ, từ 01/01/2026" in page(client, "weights")
    assert enter(client, play("minh")).post(reverse("choosing:weights"), typed | more).status_code == 403


def test_a_dossier_goes_its_way_by_clicks(client: Client, world: World) -> None:
    an, minh = play("an"), play("minh")
    second = give(User.objects.create(username="hai", date_joined=NOW), "provincial_police")
    enter(client, an)
    address = reverse("choosing:propose", args=[2026])
    form = page(client, "propose", 2026, query=f"?u={uid(CALM)}")
    assert "khác thứ tự: cần lý do" in form
    assert "Không chọn dù đứng trong nhóm đầu" in form
    typed = {"u": [uid(CALM)], "title": "Năm 2027"}
    assert client.post(address, typed).status_code == 422
    typed |= {f"reason_{uid(CALM)}": "Theo chỉ đạo", f"passed_{uid(HEAVY)}": "Đang sáp nhập"}  # type: ignore[dict-item]
    assert client.post(address, typed).status_code == 302
    code = Dossier.objects.get().code
    text = page(client, "dossier", code)
    assert "Chờ thẩm định" in text
    assert reverse("choosing:appraise", args=[code]) not in text  # one's own
    assert client.get(reverse("choosing:appraise", args=[code])).status_code == 403
    enter(client, second)
    assert client.post(reverse("choosing:appraise", args=[code]), {"note": "Được"}).status_code == 302
    enter(client, minh)
    reply = client.post(reverse("choosing:decide", args=[code]), {"number": "", "date": ""})
    assert reply.status_code == 422
    paper = {"number": "7/QĐ-UBND", "date": "20/11/2026"}
    assert client.get(reverse("choosing:decide", args=[code])).status_code == 200
    assert client.post(reverse("choosing:decide", args=[code]), paper | {"date": "01/01/2030"}).status_code == 422
    assert client.post(reverse("choosing:decide", args=[code]), paper).status_code == 302
    assert "1 địa bàn cần chuyển hóa theo Quyết định 7/QĐ-UBND" in page(client, "list")
    assert "không làm được việc này" in page(client, "decide", code)
    assert "Đang sáp nhập" in page(client, "dossier", code)


def test_a_returned_dossier_is_made_anew(client: Client, world: World) -> None:
    made = proposed(world)
    assert enter(client, world[1]).get(reverse("choosing:revise", args=[made.code])).status_code == 302
    client.force_login(colleague("tham-dinh"))
    assert client.post(reverse("choosing:send_back", args=[made.code]), {"note": ""}).status_code == 422
    assert client.post(reverse("choosing:send_back", args=[made.code]), {"note": "Thiếu"}).status_code == 302
    enter(client, world[1])
    assert "Năm 2027" in page(client, "revise", made.code)
    typed = {"u": [uid(HEAVY)], "title": "Lần hai"}
    assert client.post(reverse("choosing:revise", args=[made.code]), typed).status_code == 302
    assert Dossier.objects.get().title == "Lần hai"
    assert client.post(reverse("choosing:withdraw", args=[made.code]), {"note": "Thôi"}).status_code == 302
    assert "Đã rút" in page(client, "dossier", made.code)


def test_a_dossier_in_the_making_is_not_told(client: Client, world: World) -> None:
    made = proposed(world)
    enter(client, play("binh"))
    assert client.get(reverse("choosing:dossier", args=[made.code])).status_code == 404
    assert made.code not in page(client, "list")


def test_a_decided_dossier_tells_each_commune_its_own(client: Client, world: World) -> None:
    made = decided(world, CALM)
    khoa, binh = play("khoa"), play("binh")
    text = page(enter(client, khoa), "dossier", made.code)
    assert "Đặc khu Côn Đảo" in text
    assert "Vũng Tàu" not in text.split('id="noi-dung"')[1]  # passed over, and out of sight
    assert "So sánh với" not in text
    # Passed over is not chosen: the commune is not shown the dossier.
    assert enter(client, binh).get(reverse("choosing:dossier", args=[made.code])).status_code == 404


def test_what_moved_is_said_while_it_can_still_be_sent_back(client: Client, world: World) -> None:
    made = proposed(world)
    enter(client, world[1])
    assert "Số liệu đã đổi" not in page(client, "dossier", made.code)
    weights = criteria_on(DAY).weights | {"class": 1}
    actions.set_weights(weights=weights, effective_from=DAY, document="1/BB", by=world[1], at=NOW)
    assert "Trọng số đang áp dụng khác trọng số của hồ sơ" in page(client, "dossier", made.code)


def test_a_frozen_dossier_looks_as_it_did(client: Client, world: World) -> None:
    made = decided(world)
    enter(client, world[1])

    def table() -> str:
        return page(client, "dossier", made.code).split("Thứ tự khi lập hồ sơ")[1].split("</table>")[0]

    before = table()
    declare(world[0], MIDDLE, {"persons": 900}, world[1], NOW)
    assert table() == before
