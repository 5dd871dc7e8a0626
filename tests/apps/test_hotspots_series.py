"""Figures through time on the units of one day: nothing is lost, nothing is made up, what cannot be known is named."""

from __future__ import annotations

import csv
import io
import random
import re
from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from html import unescape

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hotspots_cast import AT, REFORM, Province, build, spot, step

from diaban.apps.hotspots import queries
from diaban.apps.hotspots.models import Incident, Seizure, Source
from diaban.apps.hotspots.queries.series import UNKNOWN, Ask, SeriesTable, series
from diaban.apps.hotspots.queries.series_counts import MEASURES, moved_spots
from diaban.apps.places import queries as places
from diaban.apps.places.models import Population, Unit
from diaban.catalogue.periods_loader import DEFAULT_REGIME, regimes
from diaban.core.periods import Grain
from diaban.core.units import Quality

pytestmark = pytest.mark.django_db
WHY = {"ly_do": "Đối chiếu số liệu với các xã", "muc_dich": "places"}
TODAY = date(2026, 11, 23)
BEFORE = REFORM - timedelta(days=1)
SPAN = {"tu_ky": "2025-06", "den_ky": "2025-09"}
REGIME = regimes()[DEFAULT_REGIME]


@pytest.fixture
def cast() -> Province:
    return build()


@pytest.fixture
def page(cast: Province) -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(cast.user)
    return client


def incidents(cast: Province, where: Unit, on: date, n: int = 1, **given: object) -> None:
    first = Incident.objects.count()
    values = {"kind": "mua_ban", "source": "reported", "arrested": 1} | given
    Incident.objects.bulk_create(
        Incident(
            code=f"VV-{first + number}", province=cast.province, unit=where, on=on, search="", created_at=AT,
            updated_at=AT, **values,
        )
        for number in range(n)
    )  # fmt: skip


def ask(code: str, on: date, *, first: str = "2025-06", n: int = 4, **given: object) -> SeriesTable:
    start = REGIME.period(first)
    rows = given.pop("rows", None) or places.places(on)
    values = {"within": None, "today": TODAY} | given
    periods = tuple(REGIME.shift(start, number) for number in range(n))
    return series(Ask(measure=MEASURES[code], periods=periods, rows=tuple(rows), on=on, **values))  # type: ignore[arg-type]


def shown(table: SeriesTable) -> dict[str, list[tuple[object, str]]]:
    return {line.name: [(figure.amount, figure.quality.code) for figure in line.figures] for line in table.lines}


def amounts(table: SeriesTable) -> list[object]:
    return [figure.amount for figure in table.total.figures]


def around_the_reform(cast: Province) -> None:
    """Ten incidents in June (period 15/5–14/6), five in August (15/7–14/8) of 2025."""
    incidents(cast, cast.one, date(2025, 6, 1), 3)
    incidents(cast, cast.two, date(2025, 6, 14), 2, source="patrol")
    incidents(cast, cast.split, date(2025, 5, 15), 4)
    incidents(cast, cast.island, date(2025, 6, 2), 1)
    incidents(cast, cast.merged, date(2025, 7, 15), 5, source="tip")
    incidents(cast, cast.island, date(2025, 5, 14), 1)  # the day before the first period


def test_the_same_months_on_both_sides_of_the_reform(cast: Province) -> None:
    around_the_reform(cast)
    new, old = ask("vu_viec", TODAY), ask("vu_viec", BEFORE)
    exact, estimated, apart = "exact", "estimated", "not_comparable"
    assert shown(new) == {
        "Phường Hợp Nhất": [(6, estimated), (0, exact), (5, exact), (0, exact)],
        "Phường Bắc": [(3, estimated), (0, exact), (0, exact), (0, exact)],
        "Phường Đảo": [(1, exact), (0, exact), (0, exact), (0, exact)],
    }
    assert shown(old) == {
        "Phường Một": [(3, exact), (0, exact), (None, apart), (0, exact)],
        "Phường Hai": [(2, exact), (0, exact), (None, apart), (0, exact)],
        "Phường Chia": [(4, exact), (0, exact), (None, apart), (0, exact)],
        "Phường Đảo": [(1, exact), (0, exact), (0, exact), (0, exact)],
    }
    assert amounts(new) == amounts(old) == [10, 0, 5, 0]
    assert new.unplaced == (0, 0, 0, 0)
    assert old.unplaced == (0, 0, 5, 0)
    assert new.by_source == old.by_source == {"reported": (8, 0, 0, 0), "patrol": (2, 0, 0, 0), "tip": (0, 0, 5, 0)}
    assert new.changes == old.changes == (REFORM,)


def test_populations_divide_what_was_united_only_when_asked(cast: Province) -> None:
    around_the_reform(cast)
    for unit, value in ((cast.one, 3000), (cast.two, 5000), (cast.split, 8000)):
        Population.objects.create(
            unit=unit, as_of=date(2019, 4, 1), value=value, source_kind="census", source="Tổng điều tra"
        )
    table = ask("vu_viec", BEFORE, by_population=True)
    august = {line.name: line.figures[2] for line in table.lines}
    # 5 in proportion to 3,000, 5,000 and a quarter of 8,000
    assert [august[name].amount for name in ("Phường Một", "Phường Hai", "Phường Chia")] == [
        Fraction(15, 10), Fraction(25, 10), 1,
    ]  # fmt: skip
    assert {figure.quality for figure in august.values()} == {Quality.ESTIMATED, Quality.EXACT}
    assert "population" in august["Phường Một"].weight
    assert table.unplaced == (0, 0, 0, 0)
    assert amounts(table) == [10, 0, 5, 0]
    assert table.weight_day == date(2019, 4, 1)


@pytest.mark.parametrize("seed", range(4))
def test_totals_are_what_was_recorded_whatever_the_boundaries(cast: Province, seed: int) -> None:
    draw = random.Random(seed)
    first = REGIME.period("2025-06")
    periods = [REGIME.shift(first, number) for number in range(4)]
    told: Counter[int] = Counter()
    people: Counter[int] = Counter()
    plants: Counter[int] = Counter()
    for _number in range(60):
        on = periods[0].start + timedelta(days=draw.randrange((periods[-1].end - periods[0].start).days))
        units = (cast.one, cast.two, cast.split) if on < REFORM else (cast.merged, cast.north)
        arrested = draw.choice([None, 0, 2])
        incidents(
            cast, draw.choice([*units, cast.island, cast.province]), on,
            arrested=arrested, source=draw.choice(Source.values),
        )  # fmt: skip
        slot = next(number for number, period in enumerate(periods) if on in period)
        told[slot] += 1
        people[slot] += arrested or 0
        if draw.random() < 0.3:
            Seizure.objects.create(
                incident=Incident.objects.order_by("-pk")[0], substance="cay_can_sa", measure="cay", amount=7
            )
            plants[slot] += 7
    for on in (BEFORE, TODAY):
        for code, wanted in (("vu_viec", told), ("bi_bat", people), ("cay", plants)):
            table = ask(code, on)
            assert [amount or 0 for amount in amounts(table)] == [wanted[slot] for slot in range(4)], (code, on)
            placed = [
                sum(line.figures[slot].amount or 0 for line in (*table.lines, *table.others)) + table.unplaced[slot]
                for slot in range(4)
            ]
            assert placed == [wanted[slot] for slot in range(4)]
        pooled = [sum(counts) for counts in zip(*ask("vu_viec", on).by_source.values(), strict=True)]
        assert pooled == [told[slot] for slot in range(4)]


def test_hot_spots_move_as_the_flow_of_each_period_says(cast: Province) -> None:
    spot(cast, cast.one, date(2025, 5, 20))
    gone = spot(cast, cast.two, date(2025, 5, 25), name="Quán Gió")
    step(cast, gone, "eliminate", date(2025, 7, 20))
    step(cast, gone, "watch", date(2025, 7, 21))
    step(cast, gone, "reform", date(2025, 8, 20))
    spot(cast, cast.island, date(2025, 8, 1), name="Bến Đò")
    start = REGIME.period("2025-06")
    for number in range(4):
        period = REGIME.shift(start, number)
        flow = queries.flow_total(period.start, period.end)
        for code, column in (("diem_moi", "new"), ("tai_phuc_tap", "reformed"), ("triet_xoa", "eliminated")):
            table = ask(code, TODAY)
            assert amounts(table)[number] == getattr(flow, column), (code, number)
            found = moved_spots(MEASURES[code], period, None, TODAY, None)
            assert len(found) == getattr(flow, column)
        stock = ask("cuoi_ky", TODAY)
        standing = queries.existing_spots(period.last_day, units_on=TODAY)
        assert amounts(stock)[number] == sum(standing.values())
        by_unit = {line.uid: line.figures[number].amount for line in stock.lines}
        assert by_unit[cast.merged.uid] == standing.get(cast.merged.pk, 0)
    assert amounts(ask("diem_moi", TODAY)) == [2, 0, 1, 0]
    assert amounts(ask("cuoi_ky", TODAY)) == [2, 2, 2, 3]
    assert ask("cuoi_ky", TODAY).total.whole.amount == 3  # the last one: a stock is not added up


def test_before_the_register_nothing_is_known_and_silence_is_not_zero(cast: Province) -> None:
    assert {figure for line in ask("vu_viec", TODAY).lines for figure in line.figures} == {UNKNOWN}
    incidents(cast, cast.island, date(2025, 8, 1), 2, arrested=None)
    incidents(cast, cast.north, date(2025, 8, 1), 1, arrested=None)
    incidents(cast, cast.north, date(2025, 8, 2), 1, arrested=3)
    table = ask("bi_bat", TODAY)
    august = {line.name: line.figures[2] for line in table.lines}
    assert (august["Phường Đảo"].amount, august["Phường Đảo"].silent) == (None, 2)
    assert (august["Phường Bắc"].amount, august["Phường Bắc"].silent) == (3, 1)
    assert (august["Phường Hợp Nhất"].amount, august["Phường Hợp Nhất"].silent) == (0, 0)
    assert [line.figures[1].known for line in table.lines] == [False, False, False]
    assert table.total.figures[2].amount == 3


def test_a_part_of_the_province_keeps_its_own_and_names_what_may_lie_outside(cast: Province) -> None:
    around_the_reform(cast)
    merged = ask(
        "vu_viec", TODAY, rows=[places.place(cast.merged.pk, TODAY)],
        within=places.scope_unit_ids(cast.merged, TODAY),
    )  # fmt: skip
    assert shown(merged) == {"Phường Hợp Nhất": [(6, "estimated"), (0, "exact"), (5, "exact"), (0, "exact")]}
    assert merged.total.figures[0].quality is Quality.ESTIMATED
    one = ask(
        "vu_viec", BEFORE, rows=[places.place(cast.one.pk, BEFORE)], within=places.scope_unit_ids(cast.one, BEFORE)
    )
    assert one.outside == (0, 0, 5, 0)
    assert amounts(one) == [3, 0, 0, 0]
    assert one.total.figures[2].quality is Quality.NOT_COMPARABLE


def text(response: object) -> str:
    return unescape(response.content.decode())  # type: ignore[attr-defined]


def test_only_who_is_signed_in(cast: Province) -> None:
    for address in ("/chuoi-so-lieu/", "/chuoi-so-lieu/xuat.csv", "/chuoi-so-lieu/xuat.xlsx"):
        assert Client().get(address).status_code == 302


@pytest.mark.parametrize("grain", ["thang", "quy", "6-thang", "9-thang", "nam", "tuan"])
@pytest.mark.parametrize("view", ["bang", "bieu-do", "ban-do"])
def test_every_length_of_period_in_every_view(page: Client, cast: Province, grain: str, view: str) -> None:
    around_the_reform(cast)
    query = {"loai_ky": grain, "xem": view, "ngay": "2025-06-30", "che_do": "calendar" if view == "bang" else ""}
    answer = page.get("/chuoi-so-lieu/", query)
    assert answer.status_code == 200
    assert ("Không có loại kỳ “tuan”" in text(answer)) is (grain == "tuan")


def test_what_cannot_be_read_is_named_and_the_page_still_opens(page: Client, cast: Province) -> None:
    around_the_reform(cast)
    said = text(page.get("/chuoi-so-lieu/", {"so_lieu": "la", "nguon": "la", "tu_ky": "la", "o": "la~la"}))
    assert "Không có số liệu “la”" in said
    assert "Không có nguồn “la”" in said
    assert "“la” không phải là mã kỳ" in said


def test_the_page_says_the_quality_in_words_and_leads_to_what_was_recorded(page: Client, cast: Province) -> None:
    around_the_reform(cast)
    said = text(page.get("/chuoi-so-lieu/", SPAN))
    assert "mọi nguồn" in said
    assert re.search(r"≈ 6.*?ước tính theo dân số", said)
    assert "Tháng 9 năm 2025" in said.split("</h1>")[0]
    exact = re.search(r'href="(/vu-viec/\?don_vi=26732[^"]*)">1<', said)
    assert exact is not None
    assert "1 vụ việc" in text(page.get(exact[1])).split("</h1>")[0]
    old = text(page.get("/chuoi-so-lieu/", SPAN | {"ngay": "2025-06-30", "o": f"{cast.one.uid}~2025-08"}))
    assert "không so sánh được" in old
    assert "Chưa phân bổ được" in old
    working = old.split('id="cach-tinh"')[1].split("</section>")[0]
    link = re.search(r'href="([^"]*)">5 vụ việc', working)
    assert "Phường Hợp Nhất" in working
    assert link is not None
    assert "5 vụ việc" in text(page.get(link[1])).split("</h1>")[0]
    reported = text(page.get("/chuoi-so-lieu/", SPAN | {"nguon": "reported"}))
    assert "mọi nguồn" not in reported.split('class="filters')[0]


def test_the_hot_spots_behind_a_figure_are_listed(page: Client, cast: Province) -> None:
    spot(cast, cast.one, date(2025, 5, 20), name="Hẻm Chợ Cũ")
    query = SPAN | {"so_lieu": "diem_moi", "o": f"{cast.merged.uid}~2025-06"}
    assert "Hẻm Chợ Cũ" in text(page.get("/chuoi-so-lieu/", query))
    assert "Hẻm Chợ Cũ" not in text(page.get("/chuoi-so-lieu/", query | {"o": f"{cast.merged.uid}~2025-07"}))
    assert "Hẻm Chợ Cũ" in text(page.get("/chuoi-so-lieu/", query | {"o": "~2025-06"}))


def test_the_file_holds_what_the_page_shows(page: Client, cast: Province) -> None:
    around_the_reform(cast)
    query = SPAN | {"ngay": "2025-06-30", "sort": "-2025-06"}
    said = text(page.get("/chuoi-so-lieu/", query))
    names = re.findall(r'<th scope="row"><a [^>]*>([^<]+)</a></th>', said)
    sent = b"".join(page.get("/chuoi-so-lieu/xuat.csv", query | WHY).streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    *rows, mark = csv.DictReader(io.StringIO(sent))
    assert WHY["ly_do"] in mark["don_vi_2025_06_30"]
    assert "don_vi_2025_06_30" in rows[0]
    by_name = {row["don_vi_2025_06_30"]: row for row in rows}
    assert [row["don_vi_2025_06_30"] for row in rows[:4]] == names == [
        "Phường Chia", "Phường Một", "Phường Hai", "Phường Đảo",
    ]  # fmt: skip
    assert by_name["Phường Một"]["ky_2025-06"] == "3"
    assert by_name["Phường Một"]["ky_2025-08"] == ""
    assert by_name["Phường Một"]["chat_luong"] == "không so sánh được: 08/2025"
    assert by_name["Phường Đảo"]["chat_luong"] == "đúng như đã ghi nhận"
    assert by_name["Tổng đã ghi nhận"]["cong"] == "15"
    assert by_name["Chưa phân bổ được"]["ky_2025-08"] == "5"
    book = openpyxl.load_workbook(io.BytesIO(page.get("/chuoi-so-lieu/xuat.xlsx", query | WHY).getvalue()))  # type: ignore[attr-defined]
    cells = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    assert "ranh giới ngày 30/06/2025" in str(cells[0][0])
    assert [row[0] for row in cells[2:]] == [row["don_vi_2025_06_30"] for row in rows]
    assert page.get("/chuoi-so-lieu/xuat.pdf").status_code == 404


def test_more_records_and_more_periods_ask_no_more_of_the_database(page: Client, cast: Province) -> None:
    around_the_reform(cast)
    page.get("/chuoi-so-lieu/", SPAN)
    with CaptureQueriesContext(
        connection,
    ) as few:
        page.get("/chuoi-so-lieu/", SPAN)
    for unit in (cast.merged, cast.north, cast.island):
        incidents(cast, unit, date(2025, 9, 1), 30)
    with CaptureQueriesContext(connection) as many:
        page.get("/chuoi-so-lieu/", SPAN | {"tu_ky": "2023-01"})
    assert len(many) == len(few)


def test_incidents_are_drawn_by_month_with_their_sources_apart(page: Client, cast: Province) -> None:
    around_the_reform(cast)
    said = text(page.get("/vu-viec/", {"xem": "bieu-do", "tu": "2025-05-15"}))
    assert "Tin báo, tố giác, trình báo 8; Tuần tra, kiểm tra phát hiện 2; Hòm thư, nguồn tin ẩn danh 5" in said
    assert "chart__svg" in said


def test_a_unit_tells_its_last_twelve_months_with_what_it_was_before(page: Client, cast: Province) -> None:
    incidents(cast, cast.one, date(2025, 6, 20), 2)
    incidents(cast, cast.merged, date(2025, 7, 5), 3)
    said = text(page.get(f"/don-vi/{cast.merged.uid}/", {"ky": "2025-09"}))
    panel = said.split('id="muoi-hai-thang"')[1].split("</section>")[0]
    assert "sparkline" in panel
    assert "5 vụ việc" in panel
    assert "Gồm cả số ghi nhận ở Phường Một" in panel
    assert "/chuoi-so-lieu/?don_vi=" in panel
    assert 'id="muoi-hai-thang"' not in text(page.get(f"/don-vi/{cast.island.uid}/"))
    one = text(page.get(f"/don-vi/{cast.one.uid}/", {"ky": "2025-09", "ngay": "2025-06-30"}))
    assert "Không so sánh được: 3 vụ việc" in one.split('id="muoi-hai-thang"')[1]


def test_grains_of_the_year_lie_behind_each_other(cast: Province) -> None:
    around_the_reform(cast)
    year, months = REGIME.period("2025"), REGIME.periods(2025, Grain.MONTH)
    rows = tuple(places.places(TODAY))
    whole = series(Ask(MEASURES["vu_viec"], (year,), rows, None, TODAY, TODAY))
    apart = series(Ask(MEASURES["vu_viec"], months, rows, None, TODAY, TODAY))
    assert amounts(whole) == [sum(figure.amount or 0 for figure in apart.total.figures)] == [16]
