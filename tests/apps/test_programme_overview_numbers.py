"""Every number on the overview pages leads to a list with as many rows, for whoever looks."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from programme_overview_world import DAY, PLAN, World, build, fill

from cast import NEXT_DOOR, TODAY
from diaban.apps.places import scope

pytestmark = pytest.mark.django_db
PAGES = (
    "/nhiem-vu/",
    "/nhiem-vu/cua-toi/",
    "/nhiem-vu/bang/",
    "/nhiem-vu/lich/",
    "/nhiem-vu/lich/?kieu=ky&thang=2026-12",
    "/nhiem-vu/tien-do/",
    "/nhiem-vu/tien-do/?nhom=dieu",
    "/nhiem-vu/qua-han/",
    "/nhiem-vu/chua-giao/",
    "/nhiem-vu/co-quan/",
    "/nhiem-vu/co-quan/?nhom=don_vi",
    "/nhiem-vu/cac-xa/",
    f"/nhiem-vu/ke-hoach/{PLAN}/",
    f"/nhiem-vu/ke-hoach/{PLAN}/ban/1/",
    f"/nhiem-vu/ke-hoach/{PLAN}/tom-tat/",
)
READERS = ("an", "binh", "lan", "giang", "minh", "ha", "phuc")


@pytest.fixture(autouse=True)
def _on_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scope, "today", lambda: TODAY)


@pytest.fixture
def world() -> World:
    return fill(build())


def page_for(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.cast[name])
    return client


def text(response: object) -> str:
    return unescape(response.content.decode())  # type: ignore[attr-defined]


@pytest.mark.parametrize("reader", READERS)
def test_every_page_opens_for_whoever_sees_tasks(world: World, reader: str) -> None:
    page = page_for(world, reader)
    for address in PAGES:
        assert page.get(address).status_code == 200, address


@pytest.mark.parametrize("reader", ["chi", "oanh", "quan", "dung"])
def test_no_page_opens_for_whoever_sees_none(world: World, reader: str) -> None:
    page = page_for(world, reader)
    for address in PAGES:
        assert page.get(address).status_code == 403, address


@pytest.mark.parametrize("address", PAGES)
def test_an_empty_programme_says_what_the_page_is_for(address: str) -> None:
    world = build()
    shown = page_for(world, "an").get(address)
    assert shown.status_code == 200
    assert 'class="empty"' in text(shown) or "chưa" in text(shown).lower()


LINK = re.compile(r'<a[^>]*href="(/nhiem-vu/\?[^"#]*)"[^>]*>(.*?)</a>', re.DOTALL)
NUMBER = re.compile(r"(?<![\d/.,])(\d+)(?![\d/.,])")


@pytest.mark.parametrize("reader", READERS)
def test_a_number_leads_to_as_many_rows(world: World, reader: str) -> None:
    page, looked = page_for(world, reader), 0
    for address in PAGES:
        for url, inner in set(LINK.findall(page.get(address).content.decode())):
            words = re.sub(r"<[^>]+>", " ", unescape(inner)).strip()
            numbers = NUMBER.findall(words.partition(",")[0])
            if len(numbers) != 1 or "ngày" in words or "/" in words:
                continue
            listed = page.get(unescape(url)).context["total"]
            assert listed == int(numbers[0]), (address, words, url)
            looked += 1
    assert looked > 10 if reader != "phuc" else looked


def test_a_commune_sees_the_province_and_itself_and_nobody_else(world: World) -> None:
    page = page_for(world, "binh")
    for address in PAGES:
        shown = text(page.get(address))
        assert "Rà soát ở Tam Thắng" not in shown, address
    assert "Rà soát ở Vũng Tàu" in text(page.get("/nhiem-vu/"))
    tree = text(page.get(f"/nhiem-vu/ke-hoach/{PLAN}/?mo=1"))
    assert "1 xã thực hiện" in tree
    assert "3 xã thực hiện" in text(page_for(world, "an").get(f"/nhiem-vu/ke-hoach/{PLAN}/?mo=1"))
    assert page.get("/nhiem-vu/", {"don_vi": world.units[NEXT_DOOR].uid}).context["total"] == 5
    assert page.get("/nhiem-vu/", {"q": "ra soat o tam thang"}).context["total"] == 0


def test_names_of_officers_are_masked_for_whoever_is_not_cleared(world: World) -> None:
    assert "Lê Thị Bình" in text(page_for(world, "an").get("/nhiem-vu/qua-han/"))
    shown = text(page_for(world, "minh").get("/nhiem-vu/qua-han/"))
    assert "Lê Thị Bình" in shown
    department = text(page_for(world, "giang").get("/nhiem-vu/qua-han/"))
    assert "Lê Thị Bình" not in department
    assert "Trưởng cax" in department and "•••" in department


def test_the_list_is_narrowed_by_what_the_address_says(world: World) -> None:
    page = page_for(world, "an")

    def titles(**query: str) -> set[str]:
        return {row.title for row in page.get("/nhiem-vu/", query).context["rows"]}

    assert len(titles()) == 7
    assert titles(q="quan ly dieu tri") == {"Quản lý điều trị"}
    assert titles(co_quan="syt") == {"Quản lý điều trị", "Đợt cao điểm"}
    assert titles(co_quan="syt", vai="chu_tri") == {"Quản lý điều trị"}
    assert titles(co_quan="syt", vai="phoi_hop") == {"Đợt cao điểm"}
    assert titles(loai="training") == {"Lớp tập huấn"}
    assert titles(tinh_trang="da_xong") == {"Lớp tập huấn"}
    assert titles(ke_hoach=PLAN, dieu="II.1.-2") == {"Đợt cao điểm"}
    assert len(titles(ke_hoach=PLAN, dieu="II.1")) == 6, "a heading holds what lies under it"
    assert titles(ke_hoach=PLAN, dieu="khong-co") == set()
    assert titles(trong="1") == {"Quản lý điều trị", "Rà soát ở Tam Thắng", "Rà soát ở Côn Đảo"}
    assert titles(tu=(TODAY + 4 * DAY).isoformat(), den=(TODAY + 5 * DAY).isoformat()) == {
        "Đợt cao điểm",
        "Rà soát ở Côn Đảo",
    }
    assert titles(cha=world.tasks["Rà soát toàn tỉnh"].code, tinh_trang="qua_han") == {
        "Rà soát ở Vũng Tàu",
        "Rà soát ở Tam Thắng",
    }
    assert len(titles(tu="hom-qua", loai="la", sort="la", tinh_trang="la", ke_hoach="la", co_quan="la")) == 7


@pytest.mark.parametrize("sort", ["tinh_trang", "han", "ma", "ten", "don_vi", "co_quan"])
def test_every_order_shows_every_row_once_on_its_pages(world: World, sort: str) -> None:
    for number in range(60):
        world.task(f"Việc {number}", due=TODAY + (number % 9) * DAY if number % 4 else None, state="doing")
    page = page_for(world, "an")
    for order in (sort, f"-{sort}"):
        codes = [row.code for n in (1, 2) for row in page.get("/nhiem-vu/", {"sort": order, "page": n}).context["rows"]]
        assert len(codes) == len(set(codes)) == 67


def test_what_was_late_and_is_reported_is_late_no_more(world: World) -> None:
    page = page_for(world, "an")
    assert page.get("/nhiem-vu/qua-han/").context["total"] == 2
    turn = world.tasks["Rà soát ở Vũng Tàu"].current
    assert turn is not None
    turn.state, turn.reported_on, turn.reported_by = "reported", TODAY, "binh"
    turn.save()
    assert page.get("/nhiem-vu/qua-han/").context["total"] == 1
    assert page.get("/nhiem-vu/", {"tinh_trang": "cho_xac_nhan"}).context["total"] == 2


def test_my_work_is_that_of_my_posts_and_what_waits_for_my_hand(world: World) -> None:
    mine = {name: page_for(world, name).get("/nhiem-vu/cua-toi/").context for name in READERS}
    assert mine["binh"]["heading"] == "1 việc quá hạn"
    assert mine["an"]["heading"] == "1 việc đến hạn trong 7 ngày, 1 việc chờ xác nhận"
    assert mine["giang"]["heading"] == "1 việc đến hạn trong 7 ngày", "it co-ordinates there"
    assert mine["minh"]["heading"] == "1 việc chờ xác nhận"
    assert mine["ha"]["heading"] == "1 việc quá hạn", "without a post, the work of one's unit"
    assert mine["phuc"]["heading"] == "Hôm nay không có việc nào chờ"
    assert {part.key: part.n for part in mine["an"]["parts"]} == {"soon": 1, "confirm": 1, "running": 1}
    assert [gap.n for gap in mine["an"]["gaps"]] == [1, 3]
    assert mine["binh"]["gaps"] == []


def test_nobody_is_asked_to_confirm_their_own_report(world: World) -> None:
    turn = world.tasks["Rà soát ở Côn Đảo"].current
    assert turn is not None
    turn.reported_by = "an"
    turn.save()
    assert "confirm" not in {part.key for part in page_for(world, "an").get("/nhiem-vu/cua-toi/").context["parts"]}
    assert page_for(world, "an").get("/nhiem-vu/", {"cho_toi": "xac_nhan"}).context["total"] == 0
    assert page_for(world, "minh").get("/nhiem-vu/", {"cho_toi": "xac_nhan"}).context["total"] == 1


def test_a_month_is_of_the_calendar_or_of_the_reporting_regime(world: World) -> None:
    page = page_for(world, "an")
    month = page.get("/nhiem-vu/lich/", {"thang": "2026-11"}).context
    assert sum(len(week) for week in month["weeks"]) % 7 == 0
    assert month["total"] == 4, "two late ones, one soon, one reported"
    reporting = page.get("/nhiem-vu/lich/", {"thang": "2026-12", "kieu": "ky"}).context
    days = [day.on for week in reporting["weeks"] for day in week if day.inside]
    assert (days[0].isoformat(), days[-1].isoformat()) == ("2026-11-15", "2026-12-14")
    assert [day.on.day for week in reporting["weeks"] for day in week if day.closes and day.inside] == [14]
    assert page.get("/nhiem-vu/lich/", {"thang": "la"}).context["period"].code == "2026-11"


def test_reading_a_page_takes_as_many_queries_whatever_the_number_of_tasks(world: World) -> None:
    page = page_for(world, "an")

    def asked(address: str) -> int:
        page.get(address)
        with CaptureQueriesContext(connection) as seen:
            page.get(address)
        return len(seen)

    before = {address: asked(address) for address in PAGES}
    above = world.tasks["Rà soát toàn tỉnh"]
    for number in range(40):
        unit = world.units[NEXT_DOOR] if number % 2 else world.home
        world.task(
            f"Việc thêm {number}", lead="cax", unit=unit, parent=above if number % 3 else None,
            due=TODAY + (number % 20 - 10) * DAY, clauses=("II.2.-1",), post=world.posts["cax"], co=("syt",),
        )  # fmt: skip
    after = {address: asked(address) for address in PAGES}
    assert {address: (before[address], n) for address, n in after.items() if n > before[address] + 1} == {}
