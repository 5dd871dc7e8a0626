"""The pages of places: what they answer, how they are asked, what they refuse."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.test import Client

from cast import give
from diaban.apps.access import House
from diaban.apps.places import panels, queries
from diaban.apps.places.actions import load_catalogue
from diaban.apps.places.models import Boundary, Population, Unit

AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
NOW = "2026-11-20"
pytestmark = pytest.mark.django_db


class Officer(House):
    def __init__(self) -> None:
        super().__init__("canbo")


@pytest.fixture(autouse=True)
def loaded(db: None) -> None:
    load_catalogue(by=Officer(), at=AT)


@pytest.fixture
def client() -> Client:
    browser = Client()
    user = get_user_model().objects.create_user("canbo")
    browser.force_login(give(give(user, "system_administrator"), "provincial_police"))
    return browser


def page(client: Client, address: str, **query: str) -> str:
    response = client.get(address, {"ngay": NOW, **query})
    assert response.status_code == 200, address
    text = response.content.decode()
    assert " style=" not in text
    assert "<script>" not in text
    return text


def rows(client: Client, **query: str) -> list[str]:
    response = client.get("/don-vi/", {"ngay": NOW, **query})
    return [row.place.name for row in response.context["page"]]


def test_a_stranger_is_sent_to_sign_in() -> None:
    response = Client().get("/don-vi/")
    assert response.status_code == 302
    assert "dang-nhap" in response["Location"]


def test_the_list_shows_the_area_as_of_the_day(client: Client) -> None:
    assert len(rows(client)) == 30
    assert "30 đơn vị vào ngày 20/11/2026" in page(client, "/don-vi/")
    in_2023 = client.get("/don-vi/", {"ngay": "2023-05-01"})
    # 82 communes and Côn Đảo, which was a district without any.
    assert in_2023.context["count"] == 83
    assert len(in_2023.context["page"]) == 50
    assert len(client.get("/don-vi/", {"ngay": "2023-05-01", "page": "2"}).context["page"]) == 33
    assert "82 xã, phường, thị trấn và 1 huyện không có cấp xã vào ngày 01/05/2023" in in_2023.content.decode()


def test_an_abolished_district_is_followed_by_what_holds_its_communes(client: Client) -> None:
    met = client.get("/don-vi/tim/", {"ngay": NOW, "q": "Bà Rịa"}).context["former"]
    (town,) = [one for one in met if one.spell.code == "748"]
    assert "Phường Bà Rịa" in {heir.name for heir in town.heirs}


def test_a_boundary_file_is_by_default_for_the_first_day_of_the_territory(client: Client) -> None:
    assert 'value="2025-07-01"' in page(client, "/don-vi/ranh-gioi/")


def test_the_list_is_filtered_and_sorted_by_its_address(client: Client) -> None:
    assert len(rows(client, loai="phuong")) == 11
    assert rows(client, q="con dao") == ["Đặc khu Côn Đảo"]
    assert rows(client, sort="-dan_so")[0] == "Phường Vũng Tàu"
    assert rows(client, sort="dan_so")[0] == "Đặc khu Côn Đảo"
    assert rows(client, sort="ma")[0] == "Phường Vũng Tàu"
    assert rows(client, sort="nonsense") == rows(client)
    assert rows(client, cap="tinh") == []
    assert rows(client, cap="tinh", pham_vi="tat-ca") == ["Thành phố Hồ Chí Minh"]
    ward = queries.unit_by_code("26506", date(2026, 11, 20))
    assert rows(client, don_vi=ward.uid) == ["Phường Vũng Tàu"]


def test_units_without_a_figure_come_last_in_either_order(client: Client) -> None:
    Population.objects.filter(unit=queries.unit_by_code("26508", date(2023, 5, 1))).delete()
    assert rows(client, sort="dan_so")[-1] == "Phường Vũng Tàu"
    assert rows(client, sort="-dan_so")[-1] == "Phường Vũng Tàu"
    assert "1 đơn vị chưa có số dân" in page(client, "/don-vi/")


def test_the_list_is_also_a_map(client: Client) -> None:
    text = page(client, "/don-vi/", xem="ban-do")
    assert "Lược đồ" in text
    assert text.count('class="map__unit"') == 30


@pytest.mark.parametrize(
    "typed", ["Thắng Tam", "thang tam", "P. Thắng Tam", unicodedata.normalize("NFD", "Thắng Tam"), "26508"]
)
def test_a_former_name_leads_to_what_holds_it_now(client: Client, typed: str) -> None:
    for address in ("/don-vi/", "/don-vi/tim/"):
        former = client.get(address, {"ngay": NOW, "q": typed}).context["former"]
        assert [(one.spell.name, [heir.name for heir in one.heirs]) for one in former] == [
            ("Phường Thắng Tam", ["Phường Vũng Tàu"])
        ]


@pytest.mark.parametrize("typed", ["Xã Hoà Long", "Xã Hòa Long"])
def test_either_place_of_the_tone_mark_finds_the_name(client: Client, typed: str) -> None:
    assert "Xã Hoà Long" in page(client, "/don-vi/tim/", q=typed)


def test_a_search_that_finds_nothing_says_so(client: Client) -> None:
    assert "ở bất kỳ thời kỳ nào" in page(client, "/don-vi/tim/", q="không đâu cả")


def test_every_kind_of_unit_has_its_page(client: Client) -> None:
    for code, day, level in [
        ("26506", NOW, "commune"),
        ("26506", "2023-05-01", "commune"),
        ("26689", "2025-02-01", "commune"),
        ("26732", NOW, "commune"),
        ("747", "2023-05-01", "district"),
        ("753", "2025-02-01", "district"),
        ("77", "2023-05-01", "province"),
        ("79", NOW, "province"),
    ]:
        unit = queries.unit_by_code(code, date.fromisoformat(day), level)
        for seen_on in (day, NOW, "2019-04-01"):
            text = page(client, f"/don-vi/{unit.uid}/", ngay=seen_on)
            # An island alone is not sketched: a disc in the sea tells nothing.
            assert ("map__svg" in text) == (unit.uid != "755@2019-04-01")


def test_the_page_of_a_merged_ward_tells_its_story(client: Client) -> None:
    text = page(client, "/don-vi/26506@2025-07-01/")
    assert "112.289" in text
    assert "cộng từ 7 đơn vị hợp thành" in text
    assert "Mã 26506 trước ngày 01/07/2025 là" in text
    assert text.count('class="lineage__unit') == 8
    assert text.count('class="lineage__link"') == 7
    before = page(client, "/don-vi/26506@2019-04-01/")
    assert "Vào ngày 20/11/2026 địa bàn này thuộc:" in before
    assert "Phường Vũng Tàu" in before


def test_the_page_of_a_former_district_lists_the_communes_that_hold_it_now(client: Client) -> None:
    text = page(client, "/don-vi/747@2019-04-01/")
    assert "Vào ngày 20/11/2026 đó là địa bàn của 5 đơn vị cấp xã:" in text
    assert "Kết thúc, không có đơn vị cùng cấp kế tục" in text
    assert "không có đơn vị nào giữ địa bàn này" not in text
    city = page(client, "/don-vi/79@2025-07-01/")
    assert "Danh mục mới có một phần" in city


def test_a_renamed_unit_lists_its_names(client: Client) -> None:
    island = queries.unit_by_code("26732", date(2026, 11, 20))
    text = page(client, f"/don-vi/{island.uid}/")
    assert "Huyện Côn Đảo" in text
    assert "755" in text


def test_an_unknown_unit_is_not_found(client: Client) -> None:
    Unit.objects.create(uid="00000@2000-01-01")  # a row without any spell
    for uid in ("99999@2025-07-01", "x", "00000@2000-01-01"):
        assert client.get(f"/don-vi/{uid}/").status_code == 404


def test_the_chosen_period_and_day_follow_the_links(client: Client) -> None:
    text = page(client, "/don-vi/26506@2025-07-01/", ky="2026-Q3")
    assert "/don-vi/26506@2019-04-01/?ky=2026-Q3&amp;ngay=2026-11-20" in text


PANEL = panels.Panel("places/figure.html", {"figure": None})


@pytest.fixture
def one_panel() -> Iterator[None]:
    def maker(request: HttpRequest, unit: Unit, on: date) -> panels.Panel | None:
        return PANEL if unit.uid.startswith("26506") else None

    panels.register_panel("test", maker)
    yield
    del panels._MAKERS["test"]


def test_apps_above_add_panels(client: Client, one_panel: None) -> None:
    assert PANEL in client.get("/don-vi/26506@2025-07-01/").context["panels"]
    assert PANEL not in client.get("/don-vi/26526@2025-07-01/").context["panels"]


def test_a_population_is_declared_with_its_source(client: Client) -> None:
    address = "/don-vi/26506@2025-07-01/dan-so/"
    told = {"as_of": "2026-01-01", "value": "118000", "source_kind": "resident", "source": "Báo cáo 12/BC-CAP"}
    assert "Số người" in client.post(address, told | {"value": "-1"}).content.decode()
    assert client.post(address, told | {"source": ""}).status_code == 200
    assert not Population.objects.filter(source_kind="resident").exists()
    assert client.post(address, told).status_code == 302
    assert "Báo cáo 12/BC-CAP" in page(client, "/don-vi/26506@2025-07-01/")


def layer(codes: list[str]) -> bytes:
    features = []
    for index, code in enumerate(codes):
        west, east = 107 + index / 100, 107 + (index + 1) / 100
        ring = [[west, 10.4], [east, 10.4], [east, 10.5], [west, 10.5], [west, 10.4]]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": {"code": code, "ten": code}, "geometry": geometry})
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def test_boundaries_are_tried_then_stored_without_a_second_upload(client: Client) -> None:
    codes = [one.code for one in queries.area_places(date(2026, 11, 20))]
    told: dict[str, Any] = {
        "valid_from": "2025-07-01",
        "code_property": "code",
        "quality": "official",
        "source": "Bản đồ 1/25.000",
    }
    file = SimpleUploadedFile("ranh-gioi.geojson", layer([*codes[:-1], "26508"]))
    tried = client.post("/don-vi/ranh-gioi/", told | {"thu": "1", "file": file})
    assert [problem.kind for problem in tried.context["report"].problems] == ["unknown_code", "left_out"]
    assert "Chưa nhập được: 1 lỗi phải sửa" in tried.content.decode()

    file = SimpleUploadedFile("ranh-gioi.geojson", layer(codes[:-1]))
    tried = client.post("/don-vi/ranh-gioi/", told | {"thu": "1", "file": file})
    assert "Nhập được, nếu chấp nhận 1 cảnh báo" in tried.content.decode()
    assert not Boundary.objects.exists()
    again = {"luu": "1", "tried": tried.context["tried"]}
    refused = client.post("/don-vi/ranh-gioi/", told | again)
    assert refused.status_code == 200
    assert not Boundary.objects.exists()
    assert client.post("/don-vi/ranh-gioi/", told | again | {"accept_warnings": "on"}).status_code == 302
    assert Boundary.objects.count() == 29
    assert "Bản đồ 1/25.000" in page(client, "/don-vi/ranh-gioi/")


@pytest.mark.parametrize("tried", ["", "../../secret-key", "0" * 64])
def test_a_form_without_file_asks_for_one(client: Client, tried: str) -> None:
    for address in ("/don-vi/ranh-gioi/", "/don-vi/nhap-csv/"):
        response = client.post(address, {"thu": "1", "tried": tried})
        assert "Chọn tệp cần nhập." in response.content.decode()


def test_a_csv_is_tried_then_stored(client: Client) -> None:
    data = "event,on,old_code,name,instrument\nrename,01/01/2027,26506,{},NQ 1\n"
    wrong = SimpleUploadedFile("a.csv", data.format("Một").encode())
    report = client.post("/don-vi/nhap-csv/", {"thu": "1", "file": wrong}).context["report"]
    assert [(problem.row, problem.column) for problem in report.problems] == [(2, "name")]
    right = SimpleUploadedFile("a.csv", data.format("Phường Một").encode())
    tried = client.post("/don-vi/nhap-csv/", {"thu": "1", "file": right})
    assert "1 dòng đúng: có thể lưu" in tried.content.decode()
    assert queries.unit_by_code("26506", date(2027, 1, 1)).uid == "26506@2025-07-01"
    assert queries.names([queries.unit_by_code("26506", date(2027, 1, 1)).pk], date(2027, 1, 1)).popitem()[1] == (
        "Phường Vũng Tàu"
    )
    stored = client.post("/don-vi/nhap-csv/", {"luu": "1", "tried": tried.context["tried"]})
    assert stored.status_code == 302
    assert rows(client, ngay="2027-01-01", q="26506") == ["Phường Một"]


def test_the_working_area_is_set_by_codes_of_a_day(client: Client) -> None:
    told = {"name": "Vũng Tàu cũ", "on": "2023-05-01", "codes": "747, 99999"}
    assert "99999" in client.post("/don-vi/dia-ban/", told).content.decode()
    assert client.post("/don-vi/dia-ban/", told | {"codes": "747"}).status_code == 302
    assert len(rows(client)) == 5
    assert "Vũng Tàu cũ: 5 đơn vị" in page(client, "/don-vi/dia-ban/")
