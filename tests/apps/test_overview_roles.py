"""The first page, the doors and the scope as each of the cast meets them: what is theirs, and no number of others."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.localities_province import CLASS_ONE, IN_CYCLE, NOTHING
from cast import GIVEN_AT, HOME, NEXT_DOOR, TODAY, give, play_all
from diaban.apps.access import House
from diaban.apps.accounts.models import Assignment, Delegation, User
from diaban.apps.hotspots import actions as hotspots
from diaban.apps.localities import actions as localities
from diaban.apps.overview import queries, sentences
from diaban.apps.places import queries as places
from diaban.apps.places import scope
from diaban.apps.places.actions import load_catalogue

pytestmark = pytest.mark.django_db
PAPER: Mapping[str, Any] = {"document": "15/QĐ-CAT", "decider": "Giám đốc Công an tỉnh"}
FOREIGN = "Điểm của phường bên"
EVERYBODY = {"/", "/don-vi/"}
WORK = {"programme:mine", "programme:list", "plans:list", "agencies:list"}
PROGRAMME = WORK | {"transformation:list", "concerns:list"}
DOORS = {
    "binh": PROGRAMME | {"hotspots:list", "hotspots:incidents", "hotspots:routes", "hotspots:series",
             "analyses:home", "localities:cycles", "exchange:home"},
    "lan": PROGRAMME | {"hotspots:list", "hotspots:incidents", "hotspots:routes", "hotspots:series",
            "analyses:home", "localities:cycles", "exchange:home"},
    "an": PROGRAMME | {"hotspots:list", "hotspots:incidents", "hotspots:routes", "hotspots:series",
           "analyses:home", "localities:cycles", "reports:list", "exchange:home"},
    "giang": PROGRAMME | {"hotspots:routes", "hotspots:series", "localities:cycles", "reports:list"},
    "phuc": WORK | {"hotspots:series", "localities:cycles", "reports:list"},
    "minh": PROGRAMME | {"hotspots:list", "hotspots:incidents", "hotspots:routes", "hotspots:series",
             "analyses:home", "localities:cycles", "reports:list"},
    "oanh": {"overview:journal", "staff:people", "analyses:home"},
    "quan": {"staff:people", "exchange:home"},
    "van": {"staff:people", "exchange:home"},
    "chi": set(), "thu": set(), "dung": set(),
}  # fmt: skip
RECORDS = {"binh", "an"}


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> dict[str, User]:
    monkeypatch.setattr(scope, "today", lambda: TODAY)
    load_catalogue(by=House("test"), at=IN_CYCLE)
    return play_all()


@pytest.fixture
def province(cast: dict[str, User]) -> dict[str, User]:
    """One spot at home and three next door; figures of both, and a review in which both stand."""
    an = cast["an"]
    cycle = localities.open_cycle(year=2026, by=an, at=IN_CYCLE)
    for code, n, figures in ((HOME, 1, NOTHING), (NEXT_DOOR, 3, CLASS_ONE)):
        unit = places.unit_by_code(code, TODAY)
        for number in range(n):
            hotspots.create_hotspot(
                by=an, at=IN_CYCLE, unit=unit, kind="diem_phuc_tap", grade="nghi_van", lon=107.1, lat=10.4,
                name=FOREIGN if code == NEXT_DOOR else "Điểm của phường nhà", on=dt.date(2026, 11, 18 + number),
                verb="enlist", **PAPER,
            )  # fmt: skip
            hotspots.record_incident(
                by=an, at=IN_CYCLE, on=dt.date(2026, 11, 20), unit=unit, kind="mua_ban", source="patrol", arrested=7
            )
        localities.declare(cycle=cycle, unit=unit, values=figures, by=an, at=IN_CYCLE, declared_by="Công an xã")
    return cast


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(user: User, address: str = "/") -> str:
    reply = signed_in(user).get(address)
    assert reply.status_code == 200
    return reply.content.decode()


def hrefs(text: str, start: str, end: str = "</nav>") -> set[str]:
    return {link.split("?")[0] for link in re.findall(r'href="([^"#]+)"', text.split(start)[1].split(end)[0])}


@pytest.mark.parametrize("who", list(DOORS))
def test_the_doors_are_those_that_open_and_every_one_does(cast: dict[str, User], who: str) -> None:
    text = page(cast[who])
    side = hrefs(text, 'id="cong-viec"') - {reverse("accounts:own")}
    assert side == EVERYBODY | {reverse(name) for name in DOORS[who]}
    bottom = hrefs(text, '<nav class="doors')
    record = {reverse("hotspots:quick")}
    assert bottom - record <= side
    assert (record <= bottom) == (who in RECORDS)
    client = signed_in(cast[who])
    assert {client.get(url).status_code for url in side} == {200}


@pytest.mark.parametrize("view", ["ban-do", "bang", "bieu-do"])
def test_an_officer_of_a_commune_reads_of_that_commune_alone(province: dict[str, User], view: str) -> None:
    text = page(province["binh"], f"/?xem={view}")
    assert "Phường Vũng Tàu đã khai đủ số liệu" in text
    assert '<span class="counter__value">1</span><span class="counter__label">điểm, tụ điểm đang tồn tại' in text
    assert "Đầu kỳ 0 điểm, tụ điểm; thêm 1 mới" in text
    for foreign in ("Tam Thắng", FOREIGN, "30 xã", "/30", "Ba xã nhiều nhất"):
        assert foreign not in text, foreign
    if view == "ban-do":
        assert text.count('class="map__unit"') == 1
        assert text.count('class="map__mark"') == 1


def test_the_numbers_of_one_commune_and_of_the_province_add_up(province: dict[str, User]) -> None:
    def summed(who: str) -> queries.Summary:
        rights = province[who].rights(TODAY)
        within = scope.read_scope({}, own=province[who].unit, on=TODAY, posts=scope.posts_of(rights))
        return queries.summary(within, rights)

    home, next_door, whole = summed("binh"), summed("ha"), summed("an")
    assert home.spots is not None
    assert next_door.spots is not None
    assert whole.spots is not None
    assert (home.spots.existing, next_door.spots.existing, whole.spots.existing) == (1, 3, 4)
    assert (home.spots.incidents, next_door.spots.incidents, whole.spots.incidents) == (1, 3, 4)
    assert (home.spots.arrested, whole.spots.arrested) == (7, 28)
    assert sum(home.points.values()) + sum(next_door.points.values()) == sum(whole.points.values())
    assert [len(one.rows) for one in (home, next_door, whole)] == [1, 1, 30]
    assert home.complete is not None
    assert home.complete.units == 1


@pytest.mark.parametrize("who", ["giang", "phuc"])
def test_a_department_reads_the_review_and_no_spot(province: dict[str, User], who: str) -> None:
    for view in ("ban-do", "bang", "bieu-do"):
        text = page(province[who], f"/?xem={view}")
        assert "xã chưa khai" in text
        for word in ("điểm, tụ điểm đang tồn tại", "vụ việc trong kỳ", FOREIGN, 'class="map__mark"', "tái phức tạp"):
            assert word not in text, (view, word)


@pytest.mark.parametrize(("who", "words"), [
    ("chi", "Cán bộ y tế, xã hội, Phường Vũng Tàu"),
    ("thu", "Cán bộ tiếp nhận tin báo, Phường Vũng Tàu"),
    ("oanh", "Thanh tra, kiểm tra, toàn địa bàn"),
    ("quan", "Quản trị hệ thống, toàn địa bàn"),
    ("van", "Quản lý tài khoản của đơn vị, Phường Vũng Tàu"),
    ("dung", "Tài khoản này chưa được giao vai trò nào"),
])  # fmt: skip
def test_whoever_sees_no_register_reads_what_the_account_is_for(
    province: dict[str, User], who: str, words: str
) -> None:
    text = page(province[who])
    assert f"<h1>{words}</h1>" in text
    for word in ("tụ điểm đang tồn tại", "vụ việc trong", "map__unit", FOREIGN, "counter"):
        assert word not in text, word
    links = hrefs(text, '<ul class="tasks tasks--stacked">', "</ul>")
    assert links
    client = signed_in(province[who])
    assert {client.get(url).status_code for url in links} == {200}
    assert ("Tạ Bích Vân, Quản lý tài khoản phường Vũng Tàu" in text) == (who in ("chi", "thu"))
    assert ("Phan Anh Quân, Quản trị hệ thống" in text) == (who != "quan")


def test_what_waits_behind_a_door_is_counted_within_sight(province: dict[str, User]) -> None:
    def waiting(who: str) -> list[str]:
        return re.findall(r'class="side__count" title="(\d+) ', page(province[who]))

    assert waiting("binh") == []
    assert waiting("an") == ["28"]


def test_what_waits_for_this_very_person_comes_first(province: dict[str, User]) -> None:
    cycle = queries.localities.cycle_for(TODAY)
    assert cycle is not None
    (mine,) = queries.localities.standings(cycle, [places.unit_by_code(HOME, TODAY).pk])
    localities.self_assess(standing=mine.standing, chosen=mine.shown_class, by=province["lan"], at=IN_CYCLE)

    def first(who: str) -> str:
        rights = province[who].rights(TODAY)
        within = scope.read_scope({}, own=None, on=TODAY, posts=scope.posts_of(rights))
        return sentences.late(queries.summary(within, rights), {}, rights)[0].words

    assert first("an") == "xã đã tự đánh giá, chờ đồng chí thẩm định"
    assert first("minh") == "xã chưa khai số liệu nào"


def test_a_unit_outside_of_the_posts_is_said_to_be_outside_and_nothing_of_it_shown(province: dict[str, User]) -> None:
    far = places.unit_by_code(NEXT_DOOR, TODAY).uid
    text = page(province["binh"], f"/?don_vi={far}")
    assert "Phường Tam Thắng ngoài phạm vi được giao" in text
    assert "Đầu kỳ 0 điểm, tụ điểm; thêm 1 mới" in text
    assert FOREIGN not in text
    assert "ngoài phạm vi" not in page(province["an"], f"/?don_vi={far}")
    assert "ngoài phạm vi" not in page(province["binh"], f"/don-vi/?don_vi={far}")


def test_the_picker_offers_what_the_posts_reach(cast: dict[str, User]) -> None:
    def offered(who: str, address: str = "/diem/") -> list[str]:
        text = page(cast[who], address).split('id="scope-don-vi"')[1].split("</select>")[0]
        return re.findall(r">([^<]+)</option>", text)

    assert offered("binh") == ["Phường Vũng Tàu"]
    assert len(offered("an")) == 31
    assert len(offered("binh", "/don-vi/")) == 31
    give(cast["binh"], "commune_police", NEXT_DOOR)
    assert offered("binh") == ["Phạm vi được giao", "Phường Tam Thắng", "Phường Vũng Tàu"]


def test_a_post_lent_during_leave_widens_the_scope_while_it_lasts(cast: dict[str, User]) -> None:
    post = Assignment.objects.get(user=cast["ha"])
    Delegation.objects.create(
        assignment=post, receiver=cast["binh"], start=dt.date(2026, 11, 1), end=dt.date(2026, 12, 1),
        reason="Nghỉ phép", given_by="ha", given_at=GIVEN_AT,
    )  # fmt: skip
    posts = scope.posts_of(cast["binh"].rights(TODAY))
    assert posts is not None
    assert {places.unit_by_code(code, TODAY).pk for code in (HOME, NEXT_DOOR)} <= posts
    assert places.unit_by_code(NEXT_DOOR, TODAY).pk not in (
        scope.posts_of(cast["binh"].rights(dt.date(2027, 1, 1))) or ()
    )


@pytest.mark.parametrize("who", ["binh", "giang", "quan", "dung"])
def test_buttons_of_units_are_shown_to_who_may_press_them(cast: dict[str, User], who: str) -> None:
    uid = places.unit_by_code(HOME, TODAY).uid
    listing, own = page(cast[who], "/don-vi/"), page(cast[who], f"/don-vi/{uid}/")
    next_door = page(cast[who], f"/don-vi/{places.unit_by_code(NEXT_DOOR, TODAY).uid}/")
    assert (reverse("places:boundaries") in listing) == (who == "quan")
    assert (reverse("places:declare", args=[uid]) in own) == (who == "binh")
    assert "/dan-so/" not in next_door
    assert sentences.CLASS_WORDS


def test_the_page_of_a_unit_shows_figures_of_the_register_to_who_sees_them(province: dict[str, User]) -> None:
    uid = places.unit_by_code(NEXT_DOOR, TODAY).uid
    for who in ("binh", "chi", "oanh", "quan", "dung"):
        text = page(province[who], f"/don-vi/{uid}/")
        assert "Vụ việc 12 tháng" not in text, who
        assert "class-badge" not in text, who
    assert "class-badge" in page(province["an"], f"/don-vi/{uid}/")
