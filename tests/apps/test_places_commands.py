"""The command line of places: what it says and with which code it ends."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from diaban.adapters import national_units
from diaban.adapters.clock import now, today
from diaban.apps.audit.models import Event
from diaban.apps.places import commands, queries
from diaban.apps.places.actions import load_catalogue
from diaban.apps.places.models import Boundary
from diaban.cli import build

pytestmark = pytest.mark.django_db
REFORM = date(2025, 7, 1)


@pytest.fixture(autouse=True)
def loaded(db: None) -> None:
    load_catalogue(by=commands.CommandLine(), at=now())


@pytest.fixture
def said() -> list[str]:
    return []


def test_the_area_is_shown_and_set(said: list[str]) -> None:
    assert commands.area_show(said.append) == 0
    assert commands.area_set(["747"], said.append, on=date(2023, 5, 1)) == 0
    assert commands.area_set(["99999"], said.append) == 1
    assert commands.area_set([], said.append) == 1
    assert said[0].endswith("30 đơn vị cấp xã hôm nay.")
    assert said[1] == "Địa bàn làm việc: Thành phố Vũng Tàu – 5 xã, phường, đặc khu hôm nay."
    assert "99999" in said[2]
    assert Event.objects.filter(verb="area.set", actor="dòng lệnh").count() == 2


def test_the_former_province_is_set_with_a_code_of_its_day(db: None) -> None:
    app = build(stateless=False)
    assert CliRunner().invoke(app, ["area", "set", "77"]).exit_code == 1
    done = CliRunner().invoke(app, ["area", "set", "77", "--on", "2024-12-14"])
    assert done.exit_code == 0 and "Bà Rịa - Vũng Tàu" in done.stderr
    assert CliRunner().invoke(app, ["area", "set", "77", "--on", "14/12"]).exit_code == 2


def test_a_csv_with_problems_ends_with_one_and_says_where(said: list[str], tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("event,on,old_code,name,instrument\nrename,01/01/2027,1,Phường Một,NQ\n", encoding="utf-8")
    assert commands.units_csv(path, said.append) == 1
    assert said[0].startswith("dòng 2, cột old_code: “1” – ")
    path.write_text("event,on,old_code,name,instrument\nrename,01/01/2027,26506,Phường Một,NQ\n", encoding="utf-8")
    assert commands.units_csv(path, said.append, dry_run=True) == 0
    assert said[-1].startswith("Thử: sẽ ghi 0 đơn vị mới, 2 giai đoạn")
    assert commands.units_csv(path, said.append) == 0
    assert said[-1].startswith("Đã ghi 0 đơn vị mới, 2 giai đoạn")
    assert commands.units_csv(path, said.append) == 0
    assert said[-1].endswith("1 dòng đã có từ trước.")


def test_boundaries_are_tried_refused_and_stored(said: list[str], tmp_path: Path) -> None:
    features = []
    for index, one in enumerate(queries.area_places(REFORM)[:-1]):
        west, east = 107 + index / 100, 107 + (index + 1) / 100
        ring = [[west, 10.4], [east, 10.4], [east, 10.5], [west, 10.5], [west, 10.4]]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": {"code": one.code}, "geometry": geometry})
    path = tmp_path / "ranh-gioi.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    assert commands.boundaries_import(path, REFORM, said.append, dry_run=True) == 0
    assert said[-1] == "Thử: 29 đơn vị khớp mã, 0 lỗi, 1 cảnh báo."
    assert commands.boundaries_import(path, REFORM, said.append) == 1
    assert "--accept-warnings" in said[-1]
    assert not Boundary.objects.exists()
    assert commands.boundaries_import(path, REFORM, said.append, code_property="ma") == 1
    assert "29 lỗi" in said[-1]
    assert commands.boundaries_import(path, REFORM, said.append, accept_warnings=True) == 0
    assert said[-1] == "Đã lưu ranh giới của 29 đơn vị, có hiệu lực từ 01/07/2025."
    assert set(Boundary.objects.values_list("source", flat=True)) == {"ranh-gioi.geojson"}


def test_without_the_source_package_the_way_to_get_it_is_said(said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(national_units, "find_spec", lambda _name: None)
    assert commands.units_import(said.append) == 1
    assert "diaban[units]" in said[0]
    assert len(queries.places(today())) == 30
