"""Pages of people and roles, as the people see them who may and who may not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from cast import play
from diaban.apps.access import House
from diaban.apps.accounts.models import User
from diaban.apps.audit.models import Event
from diaban.apps.places import actions as place_actions
from diaban.apps.staff.actions import Post, add_officer
from diaban.core.policy import ROLES

AT = datetime(2026, 11, 23, 3, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("_units")


@pytest.fixture
def _units(db: None) -> None:
    place_actions.load_catalogue(by=House("test"), at=AT)


def signed_in(username: str) -> Client:
    client = Client()
    client.force_login(play(username))
    return client


def text(client: Client, name: str, *args: object, status: int = 200, **query: str) -> str:
    response = client.get(reverse(f"staff:{name}", args=args), query)
    assert response.status_code == status
    return response.content.decode()


def test_the_list_shows_ones_own_people_and_is_logged_when_searched() -> None:
    client = signed_in("van")
    play("binh")
    play("ha")
    page = text(client, "people")
    assert "Lê Thị Bình" in page
    assert "Đỗ Thu Hà" not in page
    assert "2 tài khoản" in page
    assert "Đỗ Thu Hà" not in text(client, "people", q="ha")
    event = Event.objects.filter(verb="account.search").last()
    assert event is not None
    assert "ha" not in str(event.detail.get("terms", ""))


def test_a_person_out_of_sight_is_like_one_who_does_not_exist() -> None:
    client = signed_in("van")
    play("ha")
    for name in ("person", "describe", "assign", "hand_over"):
        absent = client.get(reverse(f"staff:{name}", args=["khong-co"]))
        hidden = client.get(reverse(f"staff:{name}", args=["ha"]))
        assert (absent.status_code, hidden.status_code) == (404, 404)


def test_reading_a_person_is_logged() -> None:
    client = signed_in("van")
    play("binh")
    text(client, "person", "binh")
    event = Event.objects.get(kind="read")
    assert (event.actor, event.subject, event.purpose) == ("van", "account:binh", "administration")


def test_a_new_officer_gets_a_code_that_is_shown_once() -> None:
    client = signed_in("van")
    van = User.objects.get(username="van")
    given = {
        "username": "moi.den",
        "full_name": "Người Mới",
        "title": "Cán bộ",
        "role": "commune_police",
        "unit": van.unit.uid,
        "start": "2026-11-23",
    }
    response = client.post(reverse("staff:new"), given)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert "Mã kích hoạt" in response.content.decode()
    code = response.context["codes"][0].code
    assert code in response.content.decode()
    assert not any(code in str(event.detail) for event in Event.objects.all())
    page = client.post(reverse("staff:new"), given)
    assert page.status_code == 422
    assert "đã có người dùng" in page.content.decode()


def test_the_form_offers_only_what_one_may_hand_out() -> None:
    page = text(signed_in("van"), "new")
    assert "Công an cấp xã" in page
    assert "Thanh tra, kiểm tra" not in page
    assert "Phường Tam Thắng" not in page
    assert "Toàn địa bàn" not in page
    page = text(signed_in("quan"), "new")
    assert "Thanh tra, kiểm tra" in page
    assert "Toàn địa bàn" in page


@pytest.mark.parametrize("username", ["an", "binh", "minh", "chi", "dung"])
def test_others_have_no_list_of_people(username: str) -> None:
    text(signed_in(username), "people", status=403)


def test_an_auditor_reads_and_manages_nobody() -> None:
    client = signed_in("oanh")
    play("binh")
    page = text(client, "person", "binh")
    assert "không quản lý được" in page
    assert "Giao vai trò" not in page
    for name in ("close", "code"):
        assert client.post(reverse(f"staff:{name}", args=["binh"])).status_code == 403
    assert User.objects.get(username="binh").is_active


def test_closing_an_account_signs_its_user_out_at_once() -> None:
    client, binh = signed_in("van"), signed_in("binh")
    assert binh.get("/diem/").status_code == 200
    client.post(reverse("staff:close", args=["binh"]))
    assert binh.get("/diem/").status_code == 302
    client.post(reverse("staff:reopen", args=["binh"]))
    assert User.objects.get(username="binh").is_active


def test_who_has_nothing_to_lend_learns_of_no_account() -> None:
    client = signed_in("dung")
    play("ha")
    answers = {
        client.post(reverse("staff:lending"), {"receiver": name}).content.split(b"<main", 1)[1]
        for name in ("ha", "khong-co")
    }
    assert len(answers) == 1
    assert b"field-error" not in answers.pop()


def test_lending_from_the_page_and_giving_back() -> None:
    binh, ha = signed_in("binh"), signed_in("ha")
    row = User.objects.get(username="binh").assignments.get()
    today = datetime.now(UTC).date()
    last = today + timedelta(days=10)
    given = {"assignment": row.pk, "receiver": "ha", "start": f"{today}", "last": f"{last}", "reason": "phép"}
    response = binh.post(reverse("staff:lending"), given)
    assert response.status_code == 302, response.context["form"].errors
    assert "Lê Thị Bình" in text(ha, "lending")
    lent = User.objects.get(username="ha").delegations_received.get()
    other = signed_in("khoa")
    assert other.post(reverse("staff:take_back", args=[lent.pk])).status_code == 404
    assert ha.post(reverse("staff:take_back", args=[lent.pk])).status_code == 302


@pytest.mark.parametrize("code", sorted(ROLES))
def test_every_role_is_told_in_words(code: str) -> None:
    page = text(signed_in("dung"), "role", code)
    assert ROLES[code].sentence in page
    assert "Không được làm" in page


def test_the_table_of_roles_and_the_question_why() -> None:
    client = signed_in("dung")
    page = text(client, "roles")
    assert all(role.title in page for role in ROLES.values())
    assert "Vai trò của tài khoản không gồm việc" in text(client, "why", viec="hotspot.view", don_vi="")
    play("binh")
    assert "Không có tài khoản này" in text(client, "why", viec="hotspot.view", tai_khoan="binh", status=422)
    page = text(signed_in("van"), "why", viec="hotspot.view", tai_khoan="binh", don_vi="26506@2025-07-01")
    assert "Theo vai trò “Công an cấp xã”." in page


def test_codes_for_everybody_who_waits_are_slips_to_print() -> None:
    client = signed_in("van")
    van, ha = User.objects.get(username="van"), play("ha")
    for number, unit in enumerate((van.unit, van.unit, ha.unit)):
        post = Post("commune_police", unit, date(2026, 11, 1))
        add_officer(
            by=House("test"), at=AT, username=f"moi.{number}", full_name="Người Mới", title="", unit=unit, post=post
        )
    assert "Cấp mã cho mọi tài khoản" in text(client, "people")
    page = client.post(reverse("staff:codes"))
    assert page.status_code == 200
    assert {one.user.username for one in page.context["codes"]} == {"moi.0", "moi.1"}
    assert page["Cache-Control"] == "no-store"
