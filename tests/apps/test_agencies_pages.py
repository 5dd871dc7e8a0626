"""The pages of agencies and posts: what they show to whom, and that what is chosen there is what is written."""

from __future__ import annotations

from datetime import date

import pytest
from agencies_cast import AT, HOUSE, SINCE, Offices, build
from django.test import Client
from django.urls import reverse

from cast import FAR_AWAY, HOME, NEXT_DOOR, TODAY
from diaban.apps.accounts.models import User
from diaban.apps.agencies import actions, queries
from diaban.apps.agencies.models import Charge, Post
from diaban.apps.hotspots import actions as hotspots
from diaban.apps.hotspots.models import Hotspot

pytestmark = pytest.mark.django_db


@pytest.fixture
def offices() -> Offices:
    return build("giang", "minh", "ha")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def spot(offices: Offices, code: str = HOME) -> Hotspot:
    return hotspots.create_hotspot(
        by=offices.cast["an"], at=AT, name="Điểm bên chợ", unit=offices.units[code], kind="diem_phuc_tap",
        grade="co_tai_lieu", on=date(2026, 10, 1), verb="enlist", document="1/QĐ", decider="Giám đốc",
    )  # fmt: skip


def test_the_list_is_searched_without_diacritics(offices: Offices) -> None:
    client = client_of(offices.cast["an"])
    assert "Sở Y tế" in text_of(client, reverse("agencies:list") + "?q=so+y+te")
    assert "Sở Y tế" not in text_of(client, reverse("agencies:list") + "?q=khong+co")
    page = text_of(client, reverse("agencies:list") + "?cap=commune&trong=1")
    assert "Công an cấp xã" in page
    assert "Ủy ban nhân dân cấp xã" not in page


def test_a_department_sees_the_post_and_not_the_name(offices: Offices) -> None:
    address = reverse("agencies:post", args=[offices.posts["pc04"].pk])
    assert "Trần Văn An" in text_of(client_of(offices.cast["minh"]), address)
    page = text_of(client_of(offices.cast["giang"]), address)
    assert "Trưởng phòng PC04" in page
    assert "Trần Văn An" not in page
    assert "•••" in page


def test_a_post_next_door_is_not_there(offices: Offices) -> None:
    client = client_of(offices.cast["binh"])
    assert client.get(reverse("agencies:post", args=[offices.posts["chief"].pk])).status_code == 200
    assert client.get(reverse("agencies:post", args=[offices.posts["next"].pk])).status_code == 404
    assert "Trưởng Công an phường" in text_of(client, reverse("agencies:agency", args=["cong_an_cap_xa"]))


def test_a_hotspot_out_of_sight_is_only_counted(offices: Offices) -> None:
    far = spot(offices, FAR_AWAY)
    pc04 = offices.posts["pc04"]
    actions.charge_hotspots(by=offices.cast["an"], at=AT, post=pc04, hotspots=[far], start=TODAY, document="1/QĐ")
    address = reverse("agencies:post", args=[pc04.pk])
    assert far.code in text_of(client_of(offices.cast["an"]), address)
    for name in ("binh", "giang"):
        page = text_of(client_of(offices.cast[name]), address)
        assert far.code not in page
        assert "ngoài phạm vi xem" in page


def test_all_unowned_communes_are_given_at_once_after_a_look(offices: Offices) -> None:
    client = client_of(offices.cast["an"])
    assert "30 xã chưa có người" in text_of(client, reverse("agencies:unowned"))
    address = reverse("agencies:assign_units") + "?tat_ca=1"
    answers = {
        "agency": offices.agency("cong_an_cap_xa").pk, "title": "Trưởng Công an", "on": "2026-11-23", "document": "5/QĐ"
    }  # fmt: skip
    check = client.post(address, answers)
    assert "Xem lại trước khi giao" in check.content.decode()
    assert Charge.objects.count() == 0
    assert client.post(address, answers | {"confirm": "1"}).status_code == 302
    assert Charge.objects.count() == 30
    assert Post.objects.filter(agency__code="cong_an_cap_xa", heads=True).count() == 30
    assert "Mọi xã trong phạm vi" in text_of(client, reverse("agencies:list"))


def test_one_way_of_giving_is_chosen(offices: Offices) -> None:
    client = client_of(offices.cast["an"])
    address = f"{reverse('agencies:assign_units')}?xa={offices.units[HOME].uid}"
    response = client.post(address, {"on": "2026-11-23", "confirm": "1"})
    assert response.status_code == 422
    assert "Chọn một trong hai" in response.content.decode()


def test_hand_over_lists_what_moves_before_it_moves(offices: Offices) -> None:
    chief, chair, point = offices.posts["chief"], offices.posts["chair"], spot(offices)
    actions.charge_units(by=HOUSE, at=AT, post=chief, units=[offices.units[HOME]], start=SINCE, document="2/QĐ")
    given = actions.charge_hotspots(
        by=offices.cast["an"], at=AT, post=chief, hotspots=[point], start=date(2026, 10, 2), document=""
    )
    client = client_of(offices.cast["lan"])
    address = reverse("agencies:hand_over", args=[chief.pk])
    assert point.code in text_of(client, address)
    answers = {"viec": [str(given[0].pk)], "target": chair.pk, "on": "2026-11-23", "document": "7/QĐ"}
    check = client.post(address, answers).content.decode()
    assert "1 việc sẽ chuyển" in check
    assert point.code in check
    assert queries.owner_of_hotspot(point, TODAY) == chief
    assert client.post(address, answers | {"confirm": "1"}).status_code == 302
    assert queries.owner_of_hotspot(point, TODAY) == chair
    assert queries.owner_of_unit(offices.units[HOME], TODAY) == chief
    nothing = client.post(address, {"target": chair.pk, "on": "2026-11-23", "document": "7/QĐ"})
    assert nothing.status_code == 422


def test_a_commune_gives_its_own_post_and_offers_only_its_own_people(offices: Offices) -> None:
    lan = offices.cast["lan"]
    client = client_of(lan)
    address = reverse("agencies:holder", args=[offices.posts["chief"].pk])
    page = text_of(client, address)
    assert 'value="lan"' in page
    assert 'value="ha"' not in page
    response = client.post(address, {"user": "lan", "on": "2026-11-23", "document": "8/QĐ"})
    assert response.status_code == 302
    assert queries.holder_of(offices.posts["chief"], TODAY) == lan
    assert client.get(reverse("agencies:holder", args=[offices.posts["pc04"].pk])).status_code == 403


def test_the_pages_of_a_commune_and_of_a_hotspot_say_who_answers(offices: Offices) -> None:
    home, point = offices.units[HOME], spot(offices)
    client = client_of(offices.cast["binh"])
    unit_page, spot_page = reverse("places:detail", args=[home.uid]), reverse("hotspots:detail", args=[point.pk])
    assert "Chưa có chức danh nào chịu trách nhiệm" in text_of(client, unit_page)
    assert "chưa giao" in text_of(client, spot_page)
    chief = offices.posts["chief"]
    actions.charge_units(by=HOUSE, at=AT, post=chief, units=[home], start=SINCE, document="")
    actions.charge_hotspots(by=offices.cast["an"], at=AT, post=chief, hotspots=[point], start=TODAY, document="")
    assert "Trưởng Công an phường" in text_of(client, unit_page)
    assert "Trưởng Công an phường – Công an cấp xã" in text_of(client, spot_page)
    next_door = reverse("places:detail", args=[offices.units[NEXT_DOOR].uid])
    assert "Chịu trách nhiệm" not in text_of(client, next_door)


def test_agencies_and_posts_are_kept_by_forms(offices: Offices) -> None:
    client = client_of(offices.cast["an"])
    answers = {
        "name": "Hội Nông dân",
        "short": "HND",
        "level": "province",
        "line": "union",
        "others": "",
        "reference": "",
    }
    assert client.post(reverse("agencies:new"), answers).status_code == 302
    assert client.post(reverse("agencies:new"), answers).status_code == 422
    new = client.post(reverse("agencies:post_new", args=["hoi_nong_dan"]), {"title": "Chủ tịch Hội", "heads": "on"})
    assert new.status_code == 302
    post = Post.objects.get(title="Chủ tịch Hội")
    assert client.post(reverse("agencies:post_edit", args=[post.pk]), {"title": "Chủ tịch"}).status_code == 302
    assert client.get(reverse("agencies:vacate", args=[post.pk])).status_code == 302
    ended = client.post(reverse("agencies:post_end", args=[post.pk]), {"on": "2026-11-23", "document": "1/QĐ"})
    assert ended.status_code == 302
    over = client.post(reverse("agencies:agency_end", args=["hoi_nong_dan"]), {"on": "2026-11-24", "reference": "1/NQ"})
    assert over.status_code == 302
    assert "Hội Nông dân" not in text_of(client, reverse("agencies:list"))


def test_the_api_tells_posts_within_sight(offices: Offices) -> None:
    told = client_of(offices.cast["binh"]).get("/api/v1/posts").json()
    assert {one["title"] for one in told["items"]} == {
        "Trưởng Công an phường", "Chủ tịch UBND phường", "Trưởng phòng PC04"
    }  # fmt: skip
    assert client_of(offices.cast["giang"]).get("/api/v1/posts").json()["items"][0]["holder"] == "•••"
    assert client_of(offices.cast["giang"]).get("/api/v1/agencies?limit=1").json()["count"] > 10
