"""The registers as sheets: a list of a commune becomes hot-spots with their steps; what came can be taken back."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import hotspots_cast
import pytest
from register_batches import check, counts, export, troubles, undo, write

from diaban.adapters.workbooks import read_rows, write_template
from diaban.apps.audit.models import Event
from diaban.apps.exchange import commands
from diaban.apps.exchange.actions import BatchRefused
from diaban.apps.exchange.models import Batch
from diaban.apps.exchange.queries import previews, problems, shown
from diaban.apps.exchange.registry import sheet_by_code
from diaban.apps.hotspots.models import Hotspot, HotspotStep, Incident, Seizure

pytestmark = pytest.mark.django_db
NEW = {
    "code": "TD-1", "name": "Sau chợ cũ", "kind": "tu_diem_phuc_tap", "grade": "co_tai_lieu", "unit_code": "26506",
    "unit_name": "P. Hợp Nhất", "listed_on": date(2026, 3, 1), "behaviours": "Sử dụng; mua ban",
    "document": "12/QĐ", "decider": "Trưởng phòng PC04", "lon": Decimal("107.08"), "lat": Decimal("10.35"),
}  # fmt: skip
CASE = {
    "code": "VV-1", "on": date(2026, 5, 2), "unit_code": "26506", "kind": "mua_ban", "source": "patrol",
    "arrested": 2, "heroin.g": Decimal("1.234"), "meth_vien.vien": 40,
}  # fmt: skip


@pytest.fixture(autouse=True)
def cast(settings: Any, tmp_path: Any) -> hotspots_cast.Province:
    settings.MEDIA_ROOT = tmp_path
    return hotspots_cast.build()


def test_a_new_row_opens_a_spot_with_its_step_and_the_second_import_changes_nothing(
    cast: hotspots_cast.Province,
) -> None:
    batch = write(cast, "hotspots", [NEW])
    spot = Hotspot.objects.get(code="TD-1")
    assert (spot.state, spot.unit, spot.behaviours, spot.lon) == ("listed", cast.merged, "mua_ban,su_dung", 107.08)
    assert [(s.verb, s.on, s.document) for s in spot.steps.all()] == [("enlist", date(2026, 3, 1), "12/QĐ")]
    assert counts(batch) == (1, 0, 0, 0)
    [preview] = previews(batch, list(batch.rows.all()))
    assert ("Tên đơn vị", "", "Phường Hợp Nhất") in {(d.title, d.before, d.after) for d in preview.differences}
    assert counts(check(cast, "hotspots", [NEW])) == (0, 0, 1, 0)
    assert counts(check(cast, "hotspots", export(cast, "hotspots"))) == (0, 0, 1, 0)
    undo(cast, batch)
    assert not Hotspot.objects.exists()


def test_a_date_adds_a_step_and_undoing_takes_it_off(cast: hotspots_cast.Province) -> None:
    write(cast, "hotspots", [NEW])
    row = {
        "code": "TD-1", "unit_code": "26506", "name": "Sau chợ cũ (dãy B)", "eliminated_on": date(2026, 6, 1),
        "document": "30/BC", "decider": "Giám đốc", "reason": "Đã triệt xóa", "evidence": "Kết luận 5/KL",
    }  # fmt: skip
    batch = write(cast, "hotspots", [row])
    spot = Hotspot.objects.get()
    assert (spot.state, spot.name, spot.eliminated_on) == ("eliminated", "Sau chợ cũ (dãy B)", date(2026, 6, 1))
    assert counts(check(cast, "hotspots", [row])) == (0, 0, 1, 0)
    undo(cast, batch)
    spot.refresh_from_db()
    assert (spot.state, spot.name, spot.eliminated_on) == ("listed", "Sau chợ cũ", None)
    assert HotspotStep.objects.count() == 1


def test_no_elimination_without_evidence(cast: hotspots_cast.Province) -> None:
    batch = check(cast, "hotspots", [NEW | {"eliminated_on": date(2026, 6, 1), "grade": "nghi_van"}])
    assert batch.new == 0
    assert batch.error_rows == 1
    assert {"evidence"} & troubles(batch).keys()


def test_a_code_means_the_unit_of_its_day_and_the_name_guards_it(cast: hotspots_cast.Province) -> None:
    """26506 was Phường Một until the reform and is Phường Hợp Nhất since."""
    old = NEW | {"listed_on": date(2023, 3, 1)}
    assert "26506" in troubles(check(cast, "hotspots", [old]))["unit_name"]
    write(cast, "hotspots", [old | {"unit_name": "Phường Một"}])
    assert Hotspot.objects.get().unit == cast.one
    same = old | {"unit_name": "Phường Hợp Nhất"}
    assert counts(check(cast, "hotspots", [same])) == (0, 0, 1, 0)
    assert counts(check(cast, "hotspots", export(cast, "hotspots"))) == (0, 0, 1, 0)


def test_what_is_wrong_is_named_by_column(cast: hotspots_cast.Province) -> None:
    batch = check(
        cast,
        "hotspots",
        [{"code": "A", "unit_code": "99999", "listed_on": date(2026, 1, 1)}, {"code": "B", "unit_code": "26506"}],
    )
    found = [(one.row, one.code) for one in shown(batch, list(problems(batch)))]
    assert found[0] == (3, "unit_code")
    assert {(4, "name"), (4, "kind"), (4, "grade"), (4, "listed_on")} <= set(found)
    assert troubles(check(cast, "hotspots", [NEW | {"behaviours": "buôn chuyện"}])) == {
        "behaviours": "Không có hành vi “buon chuyen”"
    }


def test_a_spot_that_went_on_after_the_import_cannot_be_taken_back(cast: hotspots_cast.Province) -> None:
    batch = write(cast, "hotspots", [NEW])
    hotspots_cast.step(cast, Hotspot.objects.get(), "plan", date(2026, 4, 1))
    with pytest.raises(BatchRefused, match="TD-1"):
        undo(cast, batch)
    assert Hotspot.objects.get().state == "planned"


def test_incidents_with_seizures_in_their_own_measures(cast: hotspots_cast.Province) -> None:
    batch = write(cast, "incidents", [CASE])
    incident = Incident.objects.get()
    assert (incident.unit, incident.arrested, incident.cases) == (cast.merged, 2, None)
    assert set(incident.seizures.values_list("substance", "measure", "amount")) == {
        ("heroin", "g", 1234),
        ("meth_vien", "vien", 40),
    }
    assert counts(check(cast, "incidents", [CASE])) == (0, 0, 1, 0)
    assert counts(check(cast, "incidents", export(cast, "incidents"))) == (0, 0, 1, 0)
    less = CASE | {"heroin.g": 0, "meth_vien.vien": None, "mdma.g": Decimal("0.5")}
    second = write(cast, "incidents", [less])
    assert set(Seizure.objects.values_list("substance", "amount")) == {("meth_vien", 40), ("mdma", 500)}
    assert counts(check(cast, "incidents", [less])) == (0, 0, 1, 0)
    undo(cast, second)
    assert set(Seizure.objects.values_list("substance", "amount")) == {("heroin", 1234), ("meth_vien", 40)}
    undo(cast, batch)
    assert not Incident.objects.exists()
    assert Event.objects.filter(verb="exchange.undo").count() == 2


def test_incident_problems_by_column(cast: hotspots_cast.Province) -> None:
    row = CASE | {"heroin.g": Decimal("0.0005"), "unit_name": "Phường Bắc"}
    assert set(troubles(check(cast, "incidents", [row]))) == {"heroin.g", "unit_name"}
    row = CASE | {"hotspot_code": "KHONG-CO", "no_suspect": "co", "on": date(2027, 1, 1)}
    assert {"hotspot_code", "no_suspect", "on"} <= set(troubles(check(cast, "incidents", [row])))


def test_an_export_holds_exactly_the_rows_of_the_list(cast: hotspots_cast.Province) -> None:
    write(cast, "incidents", [CASE, CASE | {"code": "VV-2", "kind": "tang_tru", "on": date(2026, 6, 1)}])
    rows, _problems = read_rows(export(cast, "incidents", "loai=tang_tru"), sheet_by_code("incidents").spec)
    assert [row.values["code"] for row in rows] == ["VV-2"]
    rows, _problems = read_rows(export(cast, "incidents", "sort=ma"), sheet_by_code("incidents").spec)
    assert [row.values["code"] for row in rows] == ["VV-1", "VV-2"]
    assert rows[0].values["heroin.g"] == Decimal("1.234")


def test_the_command_line_imports_undoes_and_exports(cast: hotspots_cast.Province, tmp_path: Path) -> None:
    lines: list[str] = []
    source, target, copy = tmp_path / "vao.xlsx", tmp_path / "ra.csv", tmp_path / "loi.xlsx"
    source.write_bytes(write_template(sheet_by_code("hotspots").spec, [NEW, NEW | {"code": "TD-2", "name": ""}]))
    assert commands.import_file("hotspots", source, lines.append, apply=True, annotated=copy) == 1
    assert copy.exists()
    assert not Hotspot.objects.exists()
    assert commands.import_file("hotspots", source, lines.append, apply=True, valid_only=True) == 0
    assert Hotspot.objects.get().code == "TD-1"
    assert commands.export("hotspots", target, lines.append) == 0
    assert "TD-1" in target.read_text(encoding="utf-8-sig")
    number = Batch.objects.get(state=Batch.State.APPLIED).number
    assert commands.undo(number, lines.append) == 0
    assert not Hotspot.objects.exists()
    assert commands.import_file("hotspots", source, lines.append, options={"cycle": "2026"}) == 1
    assert commands.import_file("khong-co", source, lines.append) == 1
    assert commands.export("hotspots", tmp_path / "x.pdf", lines.append) == 1
    assert commands.import_file("hotspots", source, lines.append, user="ai-do") == 1
    assert "Tên gọi" in "\n".join(lines)


@pytest.mark.parametrize(
    ("sheet", "row", "model", "change"),
    [("hotspots", NEW, Hotspot, {"name": "Sau chợ mới"}), ("incidents", CASE, Incident, {"arrested": 3})],
)
def test_batches_on_one_row_are_taken_back_one_after_the_other(
    cast: hotspots_cast.Province,
    sheet: str,
    row: dict[str, Any],
    model: type[Hotspot | Incident],
    change: dict[str, Any],
) -> None:
    hour = timedelta(hours=1)
    first = write(cast, sheet, [row])
    before = model._default_manager.values().get()
    second = write(cast, sheet, [row | change], hotspots_cast.AT + hour)
    with pytest.raises(BatchRefused):
        undo(cast, first, hotspots_cast.AT + 2 * hour)
    undo(cast, second, hotspots_cast.AT + 2 * hour)
    assert model._default_manager.values().get() == before
    undo(cast, first, hotspots_cast.AT + 3 * hour)
    assert not model._default_manager.exists()
