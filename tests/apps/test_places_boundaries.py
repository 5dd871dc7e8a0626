"""A boundary file is tried, explained, and stored whole or not at all."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from typing import Any

import pytest

from diaban.adapters.geometry import MapsMissing
from diaban.apps.access import House
from diaban.apps.audit.models import Event
from diaban.apps.places import queries
from diaban.apps.places.actions import BoundariesRefused, import_boundaries, load_catalogue
from diaban.apps.places.models import Boundary

AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
REFORM = date(2025, 7, 1)
IN_2023 = date(2023, 5, 1)
pytestmark = pytest.mark.django_db


class Officer(House):
    def __init__(self) -> None:
        super().__init__("canbo")


@pytest.fixture(autouse=True)
def loaded(db: None) -> None:
    load_catalogue(by=Officer(), at=AT)


def cells(on: date, *, wiggle: int = 0) -> dict[str, dict[str, Any]]:
    """A clean coverage of all communes of the area on a day, in a row of squares; `wiggle` adds vertices to edges."""
    found: dict[str, dict[str, Any]] = {}
    for index, one in enumerate(queries.area_places(on)):
        west, east = 107 + index / 200, 107 + (index + 1) / 200

        def side(lon: float, up: bool) -> list[list[float]]:
            steps = range(wiggle + 2) if up else range(wiggle + 1, -1, -1)
            return [[lon + (0.00002 if step % 2 else 0), 10.4 + step * 0.1 / (wiggle + 1)] for step in steps]

        ring = [*side(east, True), *side(west, False)]
        found[one.code] = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    # The district without communes is no commune of its day, yet it is a unit of the lowest level.
    if on < REFORM:
        found["755"] = {
            "type": "Polygon",
            "coordinates": [[[106.5, 8.6], [106.7, 8.6], [106.7, 8.8], [106.5, 8.6]]],
        }
    return found


def layer(shapes: dict[str, dict[str, Any]], property_name: str = "code") -> bytes:
    features = [
        {"type": "Feature", "properties": {property_name: code}, "geometry": shape} for code, shape in shapes.items()
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def kinds(data: bytes, on: date, **options: str) -> list[tuple[str, str]]:
    report = queries.check_boundaries(data, valid_from=on, **options)
    return [(problem.kind, problem.feature) for problem in report.problems]


@pytest.mark.parametrize("on", [IN_2023, date(2025, 2, 1), REFORM])
def test_a_clean_layer_of_each_era_matches_its_units(on: date) -> None:
    report = queries.check_boundaries(layer(cells(on)), valid_from=on)
    assert report.problems == ()
    assert len(report.matched) == len(queries.area_places(on)) + (on < REFORM)


def test_codes_of_another_day_are_listed_both_ways() -> None:
    shapes = cells(REFORM)
    shapes["26508"] = shapes.pop("26506")  # Phường Thắng Tam ended; Phường Vũng Tàu is left without an outline
    report = queries.check_boundaries(layer(shapes), valid_from=REFORM)
    assert [(problem.kind, problem.severity.value) for problem in report.problems] == [
        ("unknown_code", "error"),
        ("left_out", "warning"),
    ]
    assert "Phường Thắng Tam" in str(report.errors[0].message)
    assert "Phường Vũng Tàu" in report.warnings[0].feature


def test_a_layer_of_districts_is_asked_for_districts() -> None:
    on = IN_2023
    codes = ["747", "748", "750", "751", "752", "753", "754"]
    shapes = dict(zip(codes, cells(on).values(), strict=False))
    assert kinds(layer(shapes), on) == [("left_out", "755 Huyện Côn Đảo")]


def test_all_kinds_of_problems_come_together() -> None:
    shapes = cells(REFORM)
    codes = sorted(shapes)
    first = shapes[codes[0]]["coordinates"][0]
    shapes[codes[0]] = {"type": "Polygon", "coordinates": [[[lat, lon] for lon, lat in first]]}
    shapes["99999"] = shapes[codes[1]]
    found = {kind for kind, _feature in kinds(layer(shapes), REFORM)}
    assert found == {"swapped", "unknown_code", "left_out", "overlap"}


def test_warnings_are_stored_only_when_accepted_and_errors_never() -> None:
    shapes = cells(REFORM)
    del shapes["26506"]
    options: dict[str, Any] = {"by": Officer(), "at": AT, "valid_from": REFORM, "source": "Bản đồ thử"}
    with pytest.raises(BoundariesRefused) as refused:
        import_boundaries(data=layer(shapes), **options)
    assert len(refused.value.report.warnings) == 1
    assert not Boundary.objects.exists()
    import_boundaries(data=layer(shapes), accept_warnings=True, **options)
    assert Boundary.objects.count() == 29
    event = Event.objects.get(verb="boundaries.import")
    assert (event.detail["units"], event.detail["warnings"]) == (29, 1)
    with pytest.raises(BoundariesRefused):
        import_boundaries(data=layer(shapes | {"1": shapes["26526"]}), accept_warnings=True, **options)
    assert Boundary.objects.count() == 29


def test_outlines_are_the_imported_ones_with_the_sketch_where_one_is_missing() -> None:
    shapes = cells(REFORM)
    del shapes["26506"]
    import_boundaries(
        by=Officer(),
        at=AT,
        data=layer(shapes),
        valid_from=REFORM,
        source="Bản đồ thử",
        quality="official",
        accept_warnings=True,
    )
    ids = {one.code: one.id for one in queries.area_places(TODAY)}
    drawn = queries.outlines(ids.values(), TODAY)
    assert {code for code in ids if drawn[ids[code]].quality == "schematic"} == {"26506"}
    assert {one.quality for one in drawn.values()} == {"official", "schematic"}


def test_a_large_layer_keeps_a_thin_copy_beside_the_exact_one() -> None:
    import_boundaries(by=Officer(), at=AT, data=layer(cells(REFORM, wiggle=120)), valid_from=REFORM, source="Bản đồ")
    unit = queries.unit_by_code("26506", TODAY)
    row = Boundary.objects.get(unit=unit)
    assert row.display is not None
    exact = queries.outlines([unit.pk], TODAY, exact=True)[unit.pk].geometry["coordinates"][0]
    thin = queries.outlines([unit.pk], TODAY)[unit.pk].geometry["coordinates"][0]
    assert len(exact) > 200
    assert len(thin) < 20


def test_layers_imported_in_any_order_take_over_from_each_other() -> None:
    for on in (REFORM, IN_2023):
        import_boundaries(by=Officer(), at=AT, data=layer(cells(on)), valid_from=on, source=f"Bản đồ {on}")
    long_son = queries.unit_by_code("26545", TODAY)  # never rearranged, so it is in both layers
    spans = list(Boundary.objects.filter(unit=long_son).order_by("valid_from").values_list("valid_from", "valid_to"))
    assert spans == [(IN_2023, REFORM), (REFORM, None)]
    import_boundaries(by=Officer(), at=AT, data=layer(cells(REFORM)), valid_from=REFORM, source="Bản đồ sửa")
    assert Boundary.objects.filter(unit=long_son).count() == 2
    assert queries.outlines([long_son.pk], TODAY)[long_son.pk].source == "Bản đồ sửa"
    assert queries.outlines([long_son.pk], date(2024, 1, 1))[long_son.pk].source == f"Bản đồ {IN_2023}"


def test_the_property_with_the_code_is_chosen() -> None:
    data = layer(cells(REFORM), "MA_XA")
    assert {kind for kind, _feature in kinds(data, REFORM)} == {"no_code"}
    assert kinds(data, REFORM, code_property="MA_XA") == []


def test_without_shapely_the_page_still_draws_and_the_import_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    data = layer(cells(REFORM))
    monkeypatch.setitem(sys.modules, "shapely", None)
    ids = [one.id for one in queries.area_places(TODAY)]
    province = queries.unit_by_code("79", TODAY, "province")
    queries.known()._remembered.clear()
    drawn = queries.outlines([*ids, province.pk], TODAY)
    queries.known()._remembered.clear()
    assert {one.quality for one in drawn.values()} == {"schematic"}
    assert all(len(drawn[pk].geometry["coordinates"][0]) == 7 for pk in ids)
    with pytest.raises(MapsMissing, match="maps"):
        import_boundaries(by=Officer(), at=AT, data=data, valid_from=REFORM, source="Bản đồ")
