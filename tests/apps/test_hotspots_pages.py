"""The pages of the registers: one query seen in three ways, steps with their answers checked, quick entry."""

from __future__ import annotations

import csv
import io
from datetime import date
from html import unescape

import msoffcrypto
import openpyxl
import pytest
from django.test import Client
from hotspots_cast import AT, Province, build, spot, step

from diaban.apps.audit.models import Event
from diaban.apps.hotspots import actions
from diaban.apps.hotspots.models import Hotspot, Incident, ProvinceValue, Route
from diaban.apps.hotspots.queries.lists import HOTSPOT_ORDERS

pytestmark = pytest.mark.django_db
WHY = {"ly_do": "Đối chiếu số liệu với các xã", "muc_dich": "places"}
PASSWORD = "khoa-tep-nay-lai-12"


@pytest.fixture
def cast() -> Province:
    return build()


@pytest.fixture
def page(cast: Province) -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(cast.user)
    return client


def text(response: object) -> str:
    return unescape(response.content.decode())  # type: ignore[attr-defined]


def test_nobody_reads_a_register_without_signing_in() -> None:
    for address in ("/diem/", "/vu-viec/", "/tuyen/", "/ghi-nhan/", "/diem/xuat.csv"):
        assert Client().get(address).status_code == 302


@pytest.mark.parametrize("address", ["/diem/", "/vu-viec/", "/tuyen/"])
def test_an_empty_register_says_what_it_is_for(page: Client, address: str) -> None:
    shown = text(page.get(address))
    assert 'class="empty"' in shown
    assert "đầu tiên" in shown
    assert "theo bộ lọc này" in text(page.get(address, {"q": "khong co", "pham_vi": "inter"}))


def test_the_list_is_narrowed_by_what_the_address_says(page: Client, cast: Province) -> None:
    spot(cast, cast.merged, date(2026, 1, 5), name="Hẻm Chợ Cũ")
    spot(cast, cast.one, date(2024, 1, 5), name="Bến Đò")
    gone = spot(cast, cast.island, date(2026, 2, 5), name="Quán Gió", kind="diem_nguy_co")
    step(cast, gone, "eliminate", date(2026, 3, 1))

    def names(**query: str) -> set[str]:
        shown = text(page.get("/diem/", query))
        return {name for name in ("Hẻm Chợ Cũ", "Bến Đò", "Quán Gió") if name in shown}

    assert names() == {"Hẻm Chợ Cũ", "Bến Đò", "Quán Gió"}
    assert names(q="cho cu") == {"Hẻm Chợ Cũ"}
    assert names(trang_thai="ton_tai") == {"Hẻm Chợ Cũ", "Bến Đò"}
    assert names(trang_thai="eliminated") == {"Quán Gió"}
    assert names(loai="diem_nguy_co") == {"Quán Gió"}
    assert names(tu="2026-01-06") == {"Quán Gió"}
    assert names(den="2025-12-31") == {"Bến Đò"}
    # what was listed under a commune that has merged is found under its successor
    assert names(don_vi=cast.merged.uid) == {"Hẻm Chợ Cũ", "Bến Đò"}
    assert names(don_vi="khong-co", loai="la", tu="hom-qua", sort="la") == {"Hẻm Chợ Cũ", "Bến Đò", "Quán Gió"}
    assert "2 đang tồn tại" in text(page.get("/diem/"))


def test_every_order_reaches_every_row_once(page: Client, cast: Province) -> None:
    rows = [
        actions.HotspotRow(
            unit_id=(cast.merged, cast.island, cast.north)[number % 3].pk,
            code=f"K-{number:03d}",
            name=f"Điểm {number}",
            kind="diem_phuc_tap",
            grade="nghi_van",
            listed_on=date(2026, 1, 1 + number % 28),
            document="1/QĐ",
            decider="PC04",
        )
        for number in range(60)
    ]
    actions.bulk_upsert_hotspots(rows, by=cast.user, at=AT)
    for order in HOTSPOT_ORDERS:
        for sort in (order, f"-{order}"):
            pages = [page.get("/diem/", {"sort": sort, "page": number}).context["rows"] for number in (1, 2)]
            seen = [row[0].value for rows_shown in pages for row in rows_shown]
            assert sorted(seen) == [f"K-{number:03d}" for number in range(60)]


def test_names_are_in_the_order_of_the_vietnamese_alphabet(page: Client, cast: Province) -> None:
    for name in ("Đò", "Dừa", "Áo", "Phường 10", "Phường 2"):
        spot(cast, cast.merged, date(2026, 1, 5), name=name)
    rows = page.get("/diem/", {"sort": "ten"}).context["rows"]
    assert [row[1].value for row in rows] == ["Áo", "Dừa", "Đò", "Phường 2", "Phường 10"]


def test_columns_follow_the_address_on_screen_and_in_the_file(page: Client, cast: Province) -> None:
    spot(cast, cast.merged, date(2026, 1, 5), address="=1+1", behaviours=["mua_ban"])
    query = {"cot": ["dia_chi", "hanh_vi"]}
    shown = page.get("/diem/", query)
    assert [column.code for column in shown.context["columns"]] == ["ma", "hanh_vi", "dia_chi"]
    answer = page.get("/diem/xuat.csv", query | WHY)
    content = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    *rows, mark = csv.reader(io.StringIO(content))
    assert rows == [["ma", "hanh_vi"], ["DTD-26506-0001", "Mua bán"]]  # an address finds a home: not in an open file
    assert "(an)" in mark[0]
    assert WHY["ly_do"] in mark[0]
    assert Event.objects.get(verb="hotspot.export").detail["rows"] == 1
    asked = page.get("/diem/xuat.xlsx", WHY | {"q": "khong co"})
    assert "phải đặt mật khẩu" in asked.content.decode() and "Tên gọi" in asked.content.decode()
    query_text = "cot=dia_chi&cot=hanh_vi"
    book = page.post(f"/diem/xuat.xlsx?{query_text}", WHY | {"password": PASSWORD})
    opened = msoffcrypto.OfficeFile(io.BytesIO(b"".join(book.streaming_content)))  # type: ignore[attr-defined]
    opened.load_key(password=PASSWORD)
    plain = io.BytesIO()
    opened.decrypt(plain)
    kept = openpyxl.load_workbook(plain).worksheets[0]
    assert [row[2] for row in kept.iter_rows(values_only=True)][:4].count("=1+1") == 1, "text, not a formula"
    assert page.get("/diem/xuat.pdf").status_code == 404


def test_the_same_query_is_a_map_and_a_chart(page: Client, cast: Province) -> None:
    spot(cast, cast.one, date(2024, 1, 5), lon=107.1, lat=10.4)
    shown = page.get("/diem/", {"xem": "ban-do", "q": "bai sau"})
    assert shown.context["map"].n_marks == 1
    assert "don_vi=26506%402025-07-01" in shown.context["map"].svg
    chart = page.get("/diem/", {"xem": "bieu-do", "ky": "2024-02", "che_do": "nd09"})
    assert "chart" in chart.context


def test_a_record_shows_its_state_its_next_steps_and_its_history(page: Client, cast: Province) -> None:
    made = spot(cast, cast.one, date(2024, 1, 5), name="Bến Đò")
    step(cast, made, "plan", date(2024, 2, 1), document="9/KH-CAX")
    shown = text(page.get(f"/diem/{made.pk}/"))
    assert "nay thuộc Phường Hợp Nhất" in shown
    assert "Đang đấu tranh từ 01/02/2024" in shown
    assert f'href="/diem/{made.pk}/buoc/eliminate/"' in shown
    assert f'href="/diem/{made.pk}/buoc/watch/"' not in shown
    assert "9/KH-CAX" in shown
    assert page.get("/diem/999999999/").status_code == 404


def test_a_step_is_checked_before_it_is_taken(page: Client, cast: Province) -> None:
    made = spot(cast, cast.merged, date(2026, 1, 5), grade="nghi_van")
    address = f"/diem/{made.pk}/buoc/eliminate/"
    answers = {"on": "2026-02-01", "document": "5/BB", "decider": "Trưởng Công an phường", "evidence": "KL 7"}
    refused = page.post(address, answers)
    assert refused.status_code == 422
    assert "nghi vấn" in refused.context["form"].errors["grade"][0]
    asked = page.post(address, answers | {"grade": "co_tai_lieu"})
    assert asked.context["after"] == "Đã triệt xóa"
    assert Hotspot.objects.get(pk=made.pk).state == "listed"
    again = page.post(address, answers | {"grade": "co_tai_lieu", "back": "1"})
    assert again.context["form"]["document"].value() == "5/BB"
    done = page.post(address, answers | {"grade": "co_tai_lieu", "confirm": "1"})
    assert done["Location"] == f"/diem/{made.pk}/"
    assert Hotspot.objects.get(pk=made.pk).state == "eliminated"
    assert page.post(address, answers | {"confirm": "1"})["Location"] == f"/diem/{made.pk}/"
    assert page.get(f"/diem/{made.pk}/buoc/khong-co/").status_code == 404


def test_merging_and_moving_by_their_pages(page: Client, cast: Province) -> None:
    made, other = (spot(cast, cast.merged, date(2026, 1, 5), name=name) for name in ("Một", "Hai"))
    paper = {"on": "2026-02-01", "document": "5/BB", "decider": "PC04", "reason": "Cùng nơi", "confirm": "1"}
    wrong = page.post(f"/diem/{made.pk}/buoc/merge/", paper | {"target": "DTD-0"})
    assert "DTD-0" in wrong.context["form"].errors["target"][0]
    page.post(f"/diem/{made.pk}/buoc/merge/", paper | {"target": other.code.lower()})
    assert Hotspot.objects.get(pk=made.pk).merged_into == other
    page.post(f"/diem/{other.pk}/buoc/move/", paper | {"unit": cast.island.uid})
    assert Hotspot.objects.get(pk=other.pk).unit == cast.island
    page.post(f"/diem/{other.pk}/hoan-tac/", paper)
    assert Hotspot.objects.get(pk=other.pk).unit == cast.merged
    assert "đã hoàn tác" in text(page.get(f"/diem/{other.pk}/"))


def test_opening_and_describing_a_spot(page: Client, cast: Province) -> None:
    values = {
        "verb": "enlist", "name": "Bãi đá", "kind": "tu_diem_phuc_tap", "grade": "co_tai_lieu", "form": "area",
        "unit": cast.island.uid, "on": "05/01/2026", "document": "1/QĐ", "decider": "Giám đốc", "lon": "106,6",
        "lat": "8.68", "behaviours": ["mua_ban", "su_dung"],
    }  # fmt: skip
    assert page.post("/diem/moi/", values | {"lat": ""}).context["form"].errors["lon"]
    page.post("/diem/moi/", values)
    made = Hotspot.objects.get(name="Bãi đá")
    assert (made.lon, made.lat, made.state) == (106.6, 8.68, "listed")
    form = page.get(f"/diem/{made.pk}/sua/").context["form"]
    assert set(form["behaviours"].value()) == {"mua_ban", "su_dung"}
    page.post(f"/diem/{made.pk}/sua/", {"name": "Bãi đá lớn", "form": "area"})
    edited = Hotspot.objects.get(pk=made.pk)
    assert (edited.name, edited.lon, edited.behaviours) == ("Bãi đá lớn", None, "")


def test_recording_and_correcting_an_incident(page: Client, cast: Province) -> None:
    at = spot(cast, cast.merged, date(2026, 1, 5))
    values = {
        "on": "2026-03-01", "unit": cast.merged.uid, "kind": "mua_ban", "source": "tip", "arrested": "2",
        "hotspot": at.code, "tang_vat-TOTAL_FORMS": "2", "tang_vat-INITIAL_FORMS": "0",
        "tang_vat-0-what": "heroin.g", "tang_vat-0-amount": "1.250,5",
        "tang_vat-1-what": "meth_vien.vien", "tang_vat-1-amount": "3",
    }  # fmt: skip
    half = page.post("/vu-viec/moi/", values | {"tang_vat-1-amount": "0,5"})
    assert half.status_code == 422
    page.post("/vu-viec/moi/", values)
    made = Incident.objects.get()
    assert dict(made.seizures.values_list("substance", "amount")) == {"heroin": 1_250_500, "meth_vien": 3}
    shown = text(page.get(f"/vu-viec/{made.pk}/"))
    assert "1.250,5" in shown
    assert "chưa báo cáo" in shown
    typed = page.get(f"/vu-viec/{made.pk}/sua/").context["lines"].initial
    assert typed[0] == {"what": "heroin.g", "amount": "1250,5"}
    page.post(f"/vu-viec/{made.pk}/sua/", values | {"arrested": "", "tang_vat-1-what": "", "tang_vat-1-amount": ""})
    again = Incident.objects.get()
    assert (again.arrested, again.seizures.count()) == (None, 1)
    assert made.code in text(page.get("/vu-viec/", {"diem": at.pk}))
    assert "1 vụ việc chưa báo cáo số bị bắt giữ" in text(page.get("/vu-viec/"))
    assert page.get("/vu-viec/", {"xem": "ban-do"}).context["map"].n_shapes == 3


def test_quick_entry_takes_the_fewest_answers(page: Client, cast: Province) -> None:
    page.post("/ghi-nhan/", {"unit": cast.island.uid, "kind": "su_dung", "source": "patrol", "on": "2026-03-01"})
    assert Incident.objects.get().arrested is None
    page.post(
        "/ghi-nhan/?loai=diem",
        {
            "unit": cast.island.uid, "name": "Nhà hoang", "kind": "diem_nguy_co", "on": "2026-03-01",
            "document": "Sổ trực 12", "decider": "Công an phường", "lon": "106.6", "lat": "8.7",
        },
    )  # fmt: skip
    made = Hotspot.objects.get()
    assert (made.state, made.grade, made.detected_on) == ("detected", "nghi_van", date(2026, 3, 1))


def test_routes_are_recorded_with_units_and_line(page: Client, cast: Province) -> None:
    values = {
        "name": "Quốc lộ 51", "reach": "inter", "mode": "road", "valid_from": "2026-01-01",
        "units": [cast.merged.uid, cast.island.uid], "line": "107.0, 10.4\n107.2; 10.5",
    }  # fmt: skip
    wrong = page.post("/tuyen/moi/", values | {"line": "107.0, 10.4\nQuốc lộ"})
    assert "Dòng 2" in wrong.context["form"].errors["line"][0]
    page.post("/tuyen/moi/", values)
    route = Route.objects.get()
    assert route.line == [[107.0, 10.4], [107.2, 10.5]]
    assert "Phường Hợp Nhất" in text(page.get(f"/tuyen/{route.pk}/"))
    page.post(f"/tuyen/{route.pk}/sua/", values | {"units": [cast.island.uid], "valid_to": "2026-02-01"})
    assert "Đã lưu" in text(page.get(f"/tuyen/{route.pk}/"))
    assert "Quốc lộ 51" not in text(page.get("/tuyen/"))
    assert "Quốc lộ 51" in text(page.get("/tuyen/", {"tat_ca": "1"}))
    assert page.get("/tuyen/", {"xem": "ban-do", "tat_ca": "1"}).context["map"].n_shapes == 3


def test_the_province_sets_its_values_with_a_document(page: Client) -> None:
    assert "chưa đặt" in text(page.get("/diem/gia-tri/"))
    page.post(
        "/diem/gia-tri/", {"key": "watch_months", "value": "9", "effective_from": "2026-01-01", "document": "8/HD"}
    )
    assert ProvinceValue.objects.get().value == "9"
    assert "8/HD" in text(page.get("/diem/gia-tri/"))
    refused = page.post(
        "/diem/gia-tri/", {"key": "watch_months", "value": "x", "effective_from": "2026-01-02", "document": "8"}
    )
    assert refused.status_code == 422
