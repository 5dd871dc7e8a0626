"""The outline of an area: what is accepted, what is refused, where it is drawn."""

from __future__ import annotations

import json
import re
from datetime import date
from html import unescape

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from hotspots_cast import Province, build, spot

from diaban.apps.hotspots.forms.outline import OutlineField
from diaban.apps.hotspots.models import Hotspot

SQUARE = [[107.08, 10.35], [107.09, 10.35], [107.09, 10.36], [107.08, 10.36], [107.08, 10.35]]
CORNERS = "107.08 10.35; 107.09 10.35; 107.09 10.36; 107.08 10.36"


def cleaned(text: str) -> object:
    return OutlineField("Đường bao").clean(text)


@pytest.mark.parametrize(
    "text",
    [
        CORNERS,
        "107.08, 10.35\n107.09, 10.35\n107.09, 10.36\n107.08, 10.36\n107.08, 10.35",
        "107,08 10,35; 107,09 10,35; 107,09 10,36; 107,08 10,36;",
        json.dumps({"type": "Polygon", "coordinates": [SQUARE]}),
        json.dumps({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [SQUARE]}}),
        json.dumps({"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": {
            "type": "Polygon", "coordinates": [[[*point, 12.0] for point in SQUARE]]}}]}),
    ],
)  # fmt: skip
def test_an_outline_is_read_as_people_paste_it(text: str) -> None:
    assert cleaned(text) == {"type": "Polygon", "coordinates": [SQUARE]}


def test_an_empty_outline_is_none() -> None:
    assert cleaned("  ") is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("107.08 10.35; 107.09 10.35", "ba đỉnh"),
        ("107.08 10.35; 107.08 10.35; 107.09 10.35; 107.09 10.35", "ba đỉnh"),
        ("107.08 10.35; góc chợ; 107.09 10.36", "Đỉnh thứ 2"),
        ("10.35 107.08; 10.35 107.09; 10.36 107.09", "ngoài phạm vi"),
        ("107.08 10.35; 107.09 10.36; 107.09 10.35; 107.08 10.36", "tự cắt"),
        ("107.08 10.35; 107.09 10.35; 107.10 10.35", "không bao"),
        ("; ".join(f"{107 + n / 1000} {10 + n * n / 1e6}" for n in range(501)), "500"),
        ('{"type": "Point", "coordinates": [107, 10]}', "đúng một Polygon"),
        ('{"type": "Polygon", "coordinates": [[[107, "x"]]]}', "đúng một Polygon"),
        ('{"type": "Polygon", "coordinates": []}', "đúng một Polygon"),
        ('{"type": "FeatureCollection", "features": []}', "đúng một Polygon"),
        ("{", "đúng một Polygon"),
        ('{"type": "Polygon", "coordinates": [[[NaN, 10], [107, 10], [107, 11]]]}', "ngoài phạm vi"),
        ('{"type": "Polygon", "coordinates": [[]]}', "đúng một Polygon"),
    ],
)
def test_what_is_no_simple_area_is_refused_with_its_reason(text: str, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        cleaned(text)


def test_a_kept_outline_comes_back_as_corners() -> None:
    field = OutlineField("Đường bao")
    shown = field.prepare_value({"type": "Polygon", "coordinates": [SQUARE]})
    assert shown == CORNERS
    assert field.clean(shown) == {"type": "Polygon", "coordinates": [SQUARE]}


@pytest.fixture
def cast(db: None) -> Province:
    return build()


@pytest.fixture
def page(cast: Province) -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(cast.user)
    return client


def described(spot: Hotspot, **given: str) -> dict[str, str]:
    return {"name": spot.name, "form": spot.form, "address": "", "lead_agency": "", "note": ""} | given


def test_an_area_keeps_its_outline_and_shows_it_on_its_map(page: Client, cast: Province) -> None:
    area = spot(cast, cast.merged, date(2026, 1, 5), form="area")
    assert page.post(f"/diem/{area.pk}/sua/", described(area, outline=CORNERS)).status_code == 302
    area.refresh_from_db()
    assert area.outline == {"type": "Polygon", "coordinates": [SQUARE]}
    assert CORNERS in page.get(f"/diem/{area.pk}/sua/").content.decode()
    picture = page.get(f"/diem/{area.pk}/").context["map"]
    assert 'class="site"' in picture.svg
    assert picture.n_shapes == 1  # the area is no unit


def test_only_an_area_has_an_outline(page: Client, cast: Province) -> None:
    place = spot(cast, cast.merged, date(2026, 1, 5))
    reply = page.post(f"/diem/{place.pk}/sua/", described(place, outline=CORNERS))
    assert reply.status_code == 422
    assert "outline" in reply.context["form"].errors
    place.refresh_from_db()
    assert place.outline is None


def test_a_crowded_unit_is_one_disc_that_opens_its_own_map(page: Client, cast: Province) -> None:
    for number in range(4):
        spot(cast, cast.merged, date(2026, 1, 5), name=f"Hẻm {number}", lon=107.1 + number / 1000, lat=10.4)
    lone = spot(cast, cast.island, date(2026, 1, 5), lon=107.3, lat=10.2)
    found = page.get("/diem/", {"xem": "ban-do", "loai": "diem_to_chuc_chua_chap"}).context["map"]
    assert found.n_marks == 5
    assert found.svg.count('class="map__mark"') == 2
    assert f"/diem/{lone.pk}/" in found.svg
    opened = re.search(
        r'<a class="map__mark" href="([^"]*don_vi=[^"]*)" aria-label="Phường Hợp Nhất: 4 điểm', found.svg
    )
    assert opened
    address = unescape(opened[1])
    assert "loai=diem_to_chuc_chua_chap" in address  # the same query, one unit of it
    assert page.get(address).context["map"].svg.count('class="map__mark"') == 4
