"""The inbox's pages: one's own and nobody else's, filters, reading and taking it back, e-mail, calendar, reminding."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from adapters.test_calendar_file import parse
from apps.inbox_source import Source
from cast import TODAY, play
from diaban.adapters.clock import VIETNAM
from diaban.apps.access import House
from diaban.apps.accounts.models import User
from diaban.apps.inbox import rounds, views
from diaban.apps.inbox.actions import tell
from diaban.apps.inbox.models import MailWish, Notice, Unreached
from diaban.apps.places import actions as place_actions
from diaban.apps.places import queries as places
from diaban.core.messages import say
from diaban.core.reminders import Owed

AT = dt.datetime(2026, 11, 23, 8, tzinfo=VIETNAM)
pytestmark = pytest.mark.django_db


@pytest.fixture
def binh() -> User:
    place_actions.load_catalogue(by=House("test"), at=AT)
    return play("binh")


@pytest.fixture
def page(client: Client, binh: User) -> Client:
    client.force_login(binh)
    return client


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> Iterator[Source]:
    """The only source is a made-up one."""
    made = Source([Owed("thing:1", TODAY)])
    monkeypatch.setattr(rounds, "SOURCES", {"thing": made})
    monkeypatch.setattr(views, "SOURCES", {"thing": made})
    monkeypatch.setattr("diaban.apps.inbox.queries.SOURCES", {"thing": made})
    yield made


def notice(user: User, words: str = "Được giao NV-000001.", kind: str = Notice.Kind.GIVEN, **values: Any) -> Notice:
    key = values.pop("key", words)
    tell(to=[user], kind=kind, topic="turn:1", words=say(words), url=values.pop("url", "/don-vi/"), key=key, at=AT)
    return Notice.objects.filter(user=user).latest("pk")


def html(client: Client, address: str = "inbox:list", query: str = "") -> str:
    response = client.get(reverse(address) + query)
    assert response.status_code == 200
    return response.content.decode()


def test_an_empty_inbox_says_what_comes_here(page: Client) -> None:
    assert "Hộp thư chưa có gì" in html(page)
    assert "bar__unread" not in html(page)


def test_the_number_stands_in_the_frame_of_every_page(page: Client, binh: User) -> None:
    for number in range(3):
        notice(binh, key=f"{number}")
    assert '<span class="bar__unread">3<' in html(page, "places:list")


def test_nobody_sees_counts_marks_or_opens_another_s_notices(page: Client, binh: User) -> None:
    theirs = notice(play("ha"), "Chỉ riêng cho Hà.")
    assert "Chỉ riêng cho Hà" not in html(page)
    assert page.get("/api/v1/notices").json()["count"] == 0
    for name in ("open", "read", "unread"):
        assert page.post(reverse(f"inbox:{name}", args=[theirs.pk])).status_code == 404
    assert page.post(f"/api/v1/notices/{theirs.pk}/read").status_code == 404
    page.post(reverse("inbox:read_all"))
    theirs.refresh_from_db()
    assert theirs.read_at is None


def test_opening_marks_as_read_and_leads_to_the_page(page: Client, binh: User) -> None:
    row = notice(binh)
    response = page.post(reverse("inbox:open", args=[row.pk]))
    assert response.status_code == 302 and response["Location"] == "/don-vi/"
    row.refresh_from_db()
    assert row.read_at is not None


@pytest.mark.parametrize("url", ["https://noi-khac.example/", "//noi-khac.example/", "javascript:alert(1)", ""])
def test_no_notice_and_no_form_leads_out_of_the_house(page: Client, binh: User, url: str) -> None:
    row = notice(binh, url=url)
    assert page.post(reverse("inbox:open", args=[row.pk]))["Location"] == reverse("inbox:list")
    assert page.post(reverse("inbox:read", args=[row.pk]), {"ve": url})["Location"] == reverse("inbox:list")


def test_filters_are_in_the_address(page: Client, binh: User) -> None:
    notice(binh, "Được giao một.", Notice.Kind.GIVEN)
    read = notice(binh, "Nhắc hai.", Notice.Kind.REMINDER)
    page.post(reverse("inbox:read", args=[read.pk]))
    assert "Nhắc hai." not in html(page, query="?loai=given")
    assert "Được giao một." not in html(page, query="?loai=reminder")
    assert "Nhắc hai." not in html(page, query="?xem=chua-doc")
    assert "theo bộ lọc này" in html(page, query="?loai=reminder&xem=chua-doc")
    assert "Nhắc hai." in html(page, query="?loai=khong-co&page=abc&vua=rac")


def test_all_of_a_kind_are_read_at_once_and_back(page: Client, binh: User) -> None:
    notice(binh, "một", Notice.Kind.GIVEN)
    for number in range(2):
        notice(binh, "nhắc", Notice.Kind.REMINDER, key=f"{number}")
    response = page.post(reverse("inbox:read_all"), {"loai": "reminder"}, follow=True)
    words = response.content.decode()
    assert "1 thông báo chưa đọc" in words and "Đã đánh dấu 2 thông báo" in words
    moment = response.context["marked_at"]
    assert "3 thông báo chưa đọc" in page.post(reverse("inbox:undo"), {"luc": moment}, follow=True).content.decode()
    assert page.post(reverse("inbox:undo"), {"luc": "2026-13-99T00:00"}).status_code == 302


def test_many_notices_come_in_pages(page: Client, binh: User) -> None:
    for number in range(60):
        notice(binh, key=f"{number}")
    assert html(page).count("<tr") == 51
    assert html(page, query="?page=2").count("<tr") == 11


def test_the_api_gives_and_marks(page: Client, binh: User) -> None:
    row = notice(binh)
    told = page.get("/api/v1/notices?unread=true").json()
    assert (told["count"], told["unread"], told["items"][0]["words"]) == (1, 1, "Được giao NV-000001.")
    assert page.post(f"/api/v1/notices/{row.pk}/read").json()["read_at"]
    assert page.get("/api/v1/notices?unread=true").json()["count"] == 0
    assert page.post(f"/api/v1/notices/{row.pk}/read").status_code == 200


def test_the_calendar_tells_days_and_numbers_and_nothing_else(
    page: Client, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "today", lambda: TODAY)
    source.days = [TODAY - dt.timedelta(days=1), TODAY, TODAY, TODAY + dt.timedelta(days=30)]
    response = page.get(reverse("inbox:calendar"))
    assert response["Content-Type"].startswith("text/calendar")
    assert "no-store" in response["Cache-Control"]
    calendar = parse(response.content)
    assert [(one.lines["DTSTART"], one.text("SUMMARY")) for one in calendar.parts] == [
        ("20261123", "Diaban: 2 việc đến hạn"),
        ("20261223", "Diaban: 1 việc đến hạn"),
    ]
    again = parse(page.get(reverse("inbox:calendar")).content)
    names = [one.text("UID") for one in calendar.parts]
    assert names == [one.text("UID") for one in again.parts] and len(set(names)) == 2
    assert not any("binh" in one or "2026" in one.rpartition("@")[0][:8] for one in names)
    other = Client()
    other.force_login(play("ha"))
    assert not set(names) & {one.text("UID") for one in parse(other.get(reverse("inbox:calendar")).content).parts}


def test_e_mail_is_asked_for_changed_and_stopped(page: Client, binh: User, settings: Any) -> None:
    assert "không gửi thư điện tử" in html(page, "inbox:mail")
    assert page.post(reverse("inbox:mail"), {"address": "binh@tinh.example"}).status_code == 200
    assert not MailWish.objects.exists()
    settings.MAIL, settings.MAIL_DOMAINS = object(), ("tinh.example",)
    wrong = page.post(reverse("inbox:mail"), {"address": "binh@noi-khac.example"})
    assert wrong.status_code == 422 and "tinh.example" in wrong.content.decode()
    assert page.post(reverse("inbox:mail"), {"address": "khong phai"}).status_code == 422
    assert not MailWish.objects.exists()
    page.post(reverse("inbox:mail"), {"address": "binh@TINH.example"})
    page.post(reverse("inbox:mail"), {"address": "le.binh@tinh.example"})
    assert MailWish.objects.get().address == "le.binh@tinh.example"
    assert "le.binh@tinh.example" in html(page, "inbox:mail")
    page.post(reverse("inbox:mail"), {"thoi": "1"})
    assert not MailWish.objects.exists()


def test_reminding_by_hand(client: Client, binh: User, source: Source) -> None:
    client.force_login(play("an"))
    back = {"viec": "thing:1", "ve": reverse("places:list")}
    response = client.post(reverse("inbox:remind"), back)
    assert response["Location"] == reverse("places:list")
    assert "Đã nhắc 2 người" in html(client, "places:list")
    client.post(reverse("inbox:remind"), back)
    assert "Hôm nay việc này đã được nhắc" in html(client, "places:list")
    for name in ("thing:2", "other:1", ""):
        assert client.post(reverse("inbox:remind"), {"viec": name}).status_code == 404
    client.force_login(binh)
    assert client.post(reverse("inbox:remind"), back).status_code == 403


def test_what_reaches_nobody_is_shown_where_one_assigns_work(client: Client, binh: User) -> None:
    for number, unit in enumerate((places.unit_by_code("26506", TODAY), places.unit_by_code("26526", TODAY), None)):
        Unreached.objects.create(
            key=f"{number}", source="turn", unit=unit, msgid=f"Việc số {number}", url="/x/", level=2, since=TODAY
        )
    client.force_login(play("lan"))
    words = html(client, "inbox:unreached")
    assert "Việc số 0" in words and "Việc số 1" not in words and "Việc số 2" not in words
    client.force_login(play("an"))
    words = html(client, "inbox:unreached")
    assert all(f"Việc số {number}" in words for number in range(3)) and "3 nhắc việc không tới ai" in words
    client.force_login(binh)
    assert client.get(reverse("inbox:unreached")).status_code == 403
