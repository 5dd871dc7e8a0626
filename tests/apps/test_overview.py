"""The first page: its sentence, its flow, what is late, and the same units as map, table and chart."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.localities_province import IN_CYCLE, NOTHING, commune, declare, officer, to_stage
from diaban.apps.access import House
from diaban.apps.accounts.models import User
from diaban.apps.hotspots import actions as hotspots
from diaban.apps.hotspots.models import Hotspot
from diaban.apps.localities import actions as localities
from diaban.apps.localities.models import Cycle
from diaban.apps.overview import queries, sentences
from diaban.apps.places import scope
from diaban.apps.places.actions import load_catalogue
from diaban.apps.places.models import Unit

TODAY = date(2026, 11, 23)
PAPER: dict[str, Any] = {"document": "15/QĐ-CAT", "decider": "Giám đốc Công an tỉnh"}
VUNG_TAU, BA_RIA = "26506", "26560"
EVERYTHING = House("test").rights(TODAY)


def summary(within: scope.Scope) -> queries.Summary:
    return queries.summary(within, EVERYTHING)


def months(within: scope.Scope) -> list[queries.Month]:
    return queries.months(summary(within), within, EVERYTHING)


@pytest.fixture
def by(db: None) -> User:
    return officer()


@pytest.fixture(autouse=True)
def on_that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scope, "today", lambda: TODAY)


@pytest.fixture
def page_of(client: Client, by: User) -> Client:
    client.force_login(by)
    return client


@pytest.fixture
def cycle(by: User) -> Cycle:
    load_catalogue(by=House("test"), at=IN_CYCLE)
    return localities.open_cycle(year=2026, by=by, at=IN_CYCLE)


def spot(by: User, code: str, on: date, name: str = "Bãi sau chợ") -> Hotspot:
    return hotspots.create_hotspot(
        by=by, at=IN_CYCLE, name=name, unit=commune(code), kind="diem_phuc_tap", grade="co_tai_lieu", on=on,
        verb="enlist", lon=107.1, lat=10.4, **PAPER,
    )  # fmt: skip


def take(by: User, found: Hotspot, verb: str, on: date) -> Hotspot:
    given = {"reason": "Theo biên bản", "evidence": "Kết luận 5/KL"} if verb in ("eliminate", "reform") else {}
    decision = hotspots.Decision(verb=verb, on=on, **PAPER, **given)
    return hotspots.take_step(hotspot=found, decision=decision, by=by, at=IN_CYCLE)


def text(client: Client, query: str = "") -> str:
    reply = client.get(f"/{query}")
    assert reply.status_code == 200
    return reply.content.decode()


def asked(query: str = "", own: Unit | None = None) -> scope.Scope:
    pairs = dict(part.split("=") for part in query.split("&") if part)
    return scope.read_scope(pairs, own=own, on=TODAY)


def test_an_empty_house_says_how_to_begin(page_of: Client) -> None:
    page = text(page_of)
    assert "Chưa có dữ liệu" in page
    assert "ba việc để bắt đầu" in page


def test_the_heading_counts_the_communes_that_have_not_declared(page_of: Client, cycle: Cycle, by: User) -> None:
    declare(cycle, VUNG_TAU, NOTHING, by)
    declare(cycle, BA_RIA, {"persons": 3}, by)
    heading = re.search(r"<h1>(.*?)</h1>", text(page_of))
    assert heading
    assert heading[1] == "Còn 21 ngày đến chốt số liệu: 29 trong 30 xã chưa khai đủ số liệu"
    found = summary(asked())
    waits = {thing.words: thing.n for thing in sentences.late(found, {}, EVERYTHING)}
    assert waits["xã chưa khai số liệu nào"] == 28
    assert waits["xã khai chưa đủ"] == 1


def test_the_flow_of_the_period_adds_up_and_names_what_came_back(by: User, cycle: Cycle) -> None:
    spot(by, VUNG_TAU, date(2026, 3, 1))
    again = spot(by, VUNG_TAU, date(2026, 4, 1))
    for verb, on in (("plan", date(2026, 5, 1)), ("eliminate", date(2026, 6, 1)), ("reform", date(2026, 11, 18))):
        again = take(by, again, verb, on)
    spot(by, BA_RIA, date(2026, 11, 20))
    found = summary(asked("ky=2026-12"))
    assert (found.spots.flow.opening, found.spots.flow.closing, found.spots.existing) == (1, 3, 3)
    assert sentences.movement(found) == "Đầu kỳ 1 điểm, tụ điểm; thêm 1 mới, 1 tái phức tạp; không bớt; nay 3."
    earlier = summary(asked("ky=2026-06"))
    assert sentences.movement(earlier) == "Đầu kỳ 2 điểm, tụ điểm; không thêm; bớt 1 triệt xóa; cuối kỳ 1."


def test_the_map_shows_the_state_of_the_day_asked_for(by: User, cycle: Cycle) -> None:
    one = spot(by, VUNG_TAU, date(2026, 3, 1))
    for verb, on in (("plan", date(2026, 5, 1)), ("eliminate", date(2026, 6, 1)), ("watch", date(2026, 6, 2))):
        one = take(by, one, verb, on)
    before, after = asked("ky=2026-04"), asked("ky=2026-11")
    (step,) = queries.spots_on_map(summary(before), before, EVERYTHING)
    assert step.to_state == "listed"
    (step,) = queries.spots_on_map(summary(after), after, EVERYTHING)
    assert step.to_state == "watched"


@pytest.mark.parametrize("view", ["ban-do", "bang", "bieu-do"])
def test_one_query_in_three_views(page_of: Client, cycle: Cycle, by: User, view: str) -> None:
    declare(cycle, VUNG_TAU, {**NOTHING, "persons": 321}, by)
    spot(by, VUNG_TAU, date(2026, 11, 20))
    page = text(page_of, f"?xem={view}")
    if view == "ban-do":
        assert page.count('class="map__unit"') == 30
        assert "Lược đồ – không phải địa giới" in page
        assert page.count('class="map__mark"') == 1
    elif view == "bang":
        assert page.count("<tr>") == 31
        assert ">321<" in page
        assert "chưa báo cáo" in page
    else:
        assert page.count('<figure class="chart">') == 3


def test_a_narrower_scope_counts_only_what_lies_in_it(cycle: Cycle, by: User) -> None:
    spot(by, VUNG_TAU, date(2026, 11, 20))
    spot(by, BA_RIA, date(2026, 11, 20))
    narrow = asked(f"don_vi={commune(VUNG_TAU).uid}")
    found = summary(narrow)
    assert found.spots.existing == 1
    assert [row.place.code for row in found.rows] == [VUNG_TAU]
    assert sum(month.new or 0 for month in months(narrow)) == 1
    assert sum(month.new or 0 for month in months(asked())) == 2


def test_months_that_have_not_begun_are_open_not_zero(cycle: Cycle) -> None:
    march = scope.read_scope({}, own=None, on=date(2026, 3, 1))
    assert [month.new for month in months(march)] == [0] * 3 + [None] * 9


def test_the_strip_runs_from_the_cut_off_to_the_province_report(cycle: Cycle) -> None:
    strip = sentences.countdown(summary(asked()))
    assert (strip[0].on, strip[-1].on) == (date(2026, 12, 14), date(2026, 12, 19))
    assert [day.due for day in strip] == [False] * 5 + [True]
    assert {day.state for day in strip} == {"coming"}


def test_a_day_without_a_review_says_so(page_of: Client, by: User) -> None:
    load_catalogue(by=House("test"), at=IN_CYCLE)
    spot(by, VUNG_TAU, date(2026, 11, 20))
    assert "1 điểm, tụ điểm đang tồn tại; chưa mở kỳ phân loại" in text(page_of)


def test_more_units_do_not_cost_more_queries(page_of: Client, cycle: Cycle, by: User) -> None:
    text(page_of)
    with CaptureQueriesContext(
        connection,
    ) as few:
        text(page_of)
    for code in (VUNG_TAU, BA_RIA):
        declare(cycle, code, NOTHING, by)
        for day in (1, 5, 9):
            spot(by, code, date(2026, 10, day), f"Điểm {day}")
    text(page_of)
    with CaptureQueriesContext(connection) as many:
        text(page_of)
    assert len(many) <= len(few) + 3


def test_what_waits_leads_to_a_list_of_exactly_that_many(page_of: Client, cycle: Cycle, by: User) -> None:
    declare(cycle, VUNG_TAU, {"persons": 3}, by)
    spotted = spot(by, BA_RIA, date(2026, 3, 1))
    for verb in ("plan", "eliminate", "watch"):
        spotted = take(by, spotted, verb, date(2026, 4, 1))
    hotspots.create_hotspot(
        by=by, at=IN_CYCLE, name="Dãy trọ", unit=commune(BA_RIA), kind="diem_phuc_tap", grade="nghi_van",
        on=date(2026, 10, 1), verb="enlist", **PAPER,
    )  # fmt: skip
    waiting = sentences.late(summary(asked()), {}, EVERYTHING)
    assert len(waiting) >= 4
    for thing in waiting:
        reply = page_of.get(thing.url)
        assert reply.status_code == 200
        shown = re.findall(r"<b>(\d+)</b>", reply.content.decode().split('class="pager__count"')[1])[0]
        assert int(shown) == thing.n, thing.words


def test_the_doors_say_how_much_waits_behind_them(page_of: Client, cycle: Cycle, by: User) -> None:
    def waiting(page: str) -> dict[str, int]:
        nav = page.split('id="cong-viec"')[1].split("</nav>")[0]
        pairs = re.findall(r'<span>([^<]+)</span> <span class="side__count" title="[^"]+">(\d+)', nav)
        return {words: int(n) for words, n in pairs}

    first = text(page_of)
    assert waiting(first) == {"Phân loại địa bàn": 30}
    assert 'title="30 xã chờ đồng chí khai số liệu, tự đánh giá, thẩm định hoặc quyết định"' in first
    to_stage(declare(cycle, VUNG_TAU, NOTHING, by), "self", by, at=IN_CYCLE)  # its next step is somebody else's
    watched = spot(by, BA_RIA, date(2026, 3, 1))
    for verb in ("plan", "eliminate", "watch"):
        watched = take(by, watched, verb, date(2026, 4, 1))
    Hotspot.objects.filter(pk=watched.pk).update(watch_until=TODAY)
    assert waiting(text(page_of)) == {"Phân loại địa bàn": 29, "Điểm, tụ điểm": 1}
