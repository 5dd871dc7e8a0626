"""Key routes as a sheet: units by code in order, the line in one cell, taken back to the row."""

from __future__ import annotations

from datetime import date
from typing import Any

import hotspots_cast
import pytest
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse
from register_batches import check, counts, export, troubles, undo, write

from diaban.adapters.workbooks import read_rows
from diaban.apps.audit.models import Event
from diaban.apps.exchange.actions import BatchRefused
from diaban.apps.exchange.queries import previews
from diaban.apps.exchange.registry import sheet_by_code
from diaban.apps.hotspots import actions, queries
from diaban.apps.hotspots.models import Route, RouteUnit

pytestmark = pytest.mark.django_db
NEW = {
    "code": "TUYEN-1", "name": "Đường ven biển", "reach": "inter", "decision_number": "15/QĐ-BCA",
    "decision_on": date(2026, 1, 2), "valid_from": date(2026, 2, 1), "unit_codes": "26732; 26506",
    "line": "107,0843 10,346; 107.5 10.4114;\n107,6, 10,5",
}  # fmt: skip


@pytest.fixture(autouse=True)
def cast(settings: Any, tmp_path: Any) -> hotspots_cast.Province:
    settings.MEDIA_ROOT = tmp_path
    return hotspots_cast.build()


def crossed(code: str) -> list[object]:
    return [one.unit for one in RouteUnit.objects.filter(route__code=code).order_by("position")]


def test_a_route_comes_in_goes_out_the_same_and_is_taken_back(cast: hotspots_cast.Province) -> None:
    batch = write(cast, "routes", [NEW])
    route = Route.objects.get()
    assert (route.code, route.reach, route.mode, route.valid_to) == ("TUYEN-1", "inter", "road", None)
    assert crossed("TUYEN-1") == [cast.island, cast.merged]
    assert route.line == [[107.0843, 10.346], [107.5, 10.4114], [107.6, 10.5]]
    assert queries.routes_by_unit(date(2026, 6, 1))[cast.merged.pk] == "inter"
    [preview] = previews(batch, list(batch.rows.all()))
    assert ("Đi qua các đơn vị", "26732 Phường Đảo; 26506 Phường Hợp Nhất") in {
        (one.title, one.after) for one in preview.differences
    }
    assert counts(check(cast, "routes", [NEW])) == (0, 0, 1, 0)
    out = export(cast, "routes")
    assert counts(check(cast, "routes", out)) == (0, 0, 1, 0)
    [row], _problems = read_rows(out, sheet_by_code("routes").spec)
    assert row.values["unit_codes"] == "26732; 26506"
    undo(cast, batch)
    assert not Route.objects.exists()
    removed = Event.objects.get(verb="route.remove")
    assert removed.subject == "route:TUYEN-1"
    assert removed.detail["units"] == [cast.island.uid, cast.merged.uid]


def test_a_change_keeps_what_is_not_given_and_is_taken_back(cast: hotspots_cast.Province) -> None:
    write(cast, "routes", [NEW])
    before = Route.objects.values().get()
    batch = write(cast, "routes", [{"code": "TUYEN-1", "unit_codes": "26509 26506", "valid_to": date(2026, 9, 1)}])
    route = Route.objects.get()
    assert (route.name, route.line, route.valid_to) == ("Đường ven biển", before["line"], date(2026, 9, 1))
    assert crossed("TUYEN-1") == [cast.north, cast.merged]
    assert counts(batch) == (0, 1, 0, 0)
    undo(cast, batch)
    after = Route.objects.values().get()
    assert {**after, "updated_at": None} == {**before, "updated_at": None}
    assert crossed("TUYEN-1") == [cast.island, cast.merged]


def test_a_code_means_the_unit_of_the_day_on_which_the_route_begins(cast: hotspots_cast.Province) -> None:
    write(cast, "routes", [NEW | {"valid_from": date(2024, 1, 1), "unit_codes": "26506;26732"}])
    assert crossed("TUYEN-1") == [cast.one, cast.island]
    # Moved past the reform, the old commune is no longer there: it has to be said again which unit is meant.
    later = {"code": "TUYEN-1", "valid_from": date(2026, 1, 1)}
    assert "Phường Một" in troubles(check(cast, "routes", [later]))["unit_codes"]
    write(cast, "routes", [later | {"unit_codes": "26506;26732"}])
    assert crossed("TUYEN-1") == [cast.merged, cast.island]


@pytest.mark.parametrize(
    ("given", "columns"),
    [
        ({"name": None, "valid_from": None}, {"name", "valid_from"}),
        ({"unit_codes": None}, {"unit_codes"}),
        ({"unit_codes": "26506; 99999"}, {"unit_codes"}),
        ({"unit_codes": "26506; 26506"}, {"unit_codes"}),
        ({"valid_to": date(2026, 2, 1)}, {"valid_to"}),
        ({"line": "107,1 10,4"}, {"line"}),
        ({"line": "107,1 10,4; bờ biển"}, {"line"}),
        ({"line": "107,1 10,4; 107,2 95"}, {"line"}),
        ({"line": "107,10; 107,11"}, {"line"}),
    ],
)
def test_what_is_wrong_is_named_by_column(
    cast: hotspots_cast.Province, given: dict[str, Any], columns: set[str]
) -> None:
    batch = check(cast, "routes", [NEW | given])
    assert counts(batch) == (0, 0, 0, 1)
    assert set(troubles(batch)) == columns


def test_a_route_edited_since_is_not_taken_back(cast: hotspots_cast.Province) -> None:
    batch = write(cast, "routes", [NEW])
    actions.edit_route(
        route=Route.objects.get(), by=cast.user, at=hotspots_cast.AT, values={"note": "Đã rà soát"}, units=[cast.island]
    )
    with pytest.raises(BatchRefused, match="TUYEN-1"):
        undo(cast, batch)
    assert Route.objects.get().note == "Đã rà soát"


def test_a_route_in_use_is_not_removed(cast: hotspots_cast.Province, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing refers to routes yet; whatever will, protects them."""
    batch = write(cast, "routes", [NEW])

    def protected(route: Route) -> None:
        raise ProtectedError("in use", {cast.island})

    monkeypatch.setattr(Route, "delete", protected)
    with pytest.raises(BatchRefused, match="đang gắn với"):
        undo(cast, batch)
    assert Route.objects.get().crossings.count() == 2
    assert not Event.objects.filter(verb="route.remove").exists()


def test_the_export_is_the_list_and_the_home_page_offers_the_whole_list(cast: hotspots_cast.Province) -> None:
    write(cast, "routes", [NEW, NEW | {"code": "TUYEN-2", "reach": "intra", "valid_to": date(2026, 3, 1)}])
    rows, _problems = read_rows(export(cast, "routes"), sheet_by_code("routes").spec)
    assert [row.values["code"] for row in rows] == ["TUYEN-1"]
    rows, _problems = read_rows(export(cast, "routes", "tat_ca=1"), sheet_by_code("routes").spec)
    assert {row.values["code"] for row in rows} == {"TUYEN-1", "TUYEN-2"}
    rows, _problems = read_rows(export(cast, "routes", "tat_ca=1&pham_vi=intra"), sheet_by_code("routes").spec)
    assert [row.values["code"] for row in rows] == ["TUYEN-2"]
    client = Client()
    client.force_login(cast.user)
    page = client.get(reverse("exchange:home")).content.decode()
    assert "Tuyến trọng điểm" in page
    assert "/routes.xlsx?tat_ca=1" in page
