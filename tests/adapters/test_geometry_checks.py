"""Overlaps, holes and broken shapes are all found, with their size and place."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diaban.adapters.geometry import Feature, Geometry, MapsMissing, check_coverage, maps_available, thin, vertices
from diaban.adapters.geometry.checks import square_metres
from diaban.adapters.geometry.extra import shapely_module
from diaban.adapters.geometry.plane import Plane
from diaban.adapters.geometry.warp import to_degrees, to_metres


def box(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def features(*geometries: Mapping[str, Any]) -> list[Feature]:
    return [Feature(index, str(index), "", geometry) for index, geometry in enumerate(geometries, start=1)]


def test_neighbours_with_a_common_edge_are_a_clean_coverage() -> None:
    assert check_coverage(features(box(107, 10, 107.1, 10.1), box(107.1, 10, 107.2, 10.1))) == []
    assert check_coverage([]) == []


def test_every_overlapping_pair_is_listed_with_its_area() -> None:
    found = check_coverage(
        features(box(107, 10, 107.1, 10.1), box(107.09, 10, 107.2, 10.1), box(107.19, 10, 107.3, 10.1))
    )
    assert [(problem.kind, problem.feature) for problem in found] == [("overlap", "#1 1"), ("overlap", "#2 2")]
    assert "#2 2" in str(found[0].message)
    where = found[0].where
    assert where is not None
    assert 107.09 < where[0] < 107.1
    # 0.01° x 0.1° at 10°N is 1,096 m x 11,061 m.
    shown = int(str(found[0].message).rsplit(": ", 1)[1].removesuffix(" m².").replace(".", ""))
    assert shown == pytest.approx(1096.4 * 11_061, rel=0.002)


def test_a_hole_between_units_is_found_but_the_outside_is_not() -> None:
    ring = features(box(107, 10, 107.3, 10.1), box(107, 10.2, 107.3, 10.3), box(107, 10.1, 107.1, 10.2))
    assert check_coverage(ring) == []
    closed = [*ring, Feature(4, "4", "", box(107.2, 10.1, 107.3, 10.2))]
    (problem,) = check_coverage(closed)
    assert (problem.kind, problem.feature) == ("hole", "")
    assert problem.where is not None
    assert 107.1 < problem.where[0] < 107.2
    assert 10.1 < problem.where[1] < 10.2


def test_a_unit_inside_another_unit_is_no_hole() -> None:
    outer = box(107, 10, 107.3, 10.3)
    outer["coordinates"].append(box(107.1, 10.1, 107.2, 10.2)["coordinates"][0][::-1])
    assert [problem.kind for problem in check_coverage(features(outer))] == ["hole"]
    assert check_coverage(features(outer, box(107.1, 10.1, 107.2, 10.2))) == []


def test_a_crossed_outline_is_an_error_with_its_place() -> None:
    bow = {"type": "Polygon", "coordinates": [[[107, 10], [107.1, 10.1], [107.1, 10], [107, 10.1], [107, 10]]]}
    found = check_coverage(features(bow))
    assert [problem.kind for problem in found] == ["invalid"]
    assert "đường ranh tự cắt" in str(found[0].message)
    assert found[0].where == pytest.approx((107.05, 10.05))


def test_rounding_between_two_edges_is_not_reported() -> None:
    assert check_coverage(features(box(107, 10, 107.1, 10.0001), box(107.1 - 1e-7, 10, 107.2, 10.0001))) == []


@pytest.mark.parametrize(("area", "shown"), [(1.26, "1,3"), (12.4, "12"), (1_234_567.0, "1.234.567")])
def test_square_metres_are_written_as_vietnamese_write_them(area: float, shown: str) -> None:
    assert square_metres(area) == shown


def test_without_shapely_the_way_to_get_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "shapely", None)
    assert not maps_available()
    with pytest.raises(MapsMissing) as missing:
        check_coverage(features(box(107, 10, 107.1, 10.1)))
    assert "diaban[maps]" in str(missing.value.message)


def _area_by_integration(south: float, north: float, width: float) -> float:
    """Return the area in m² of a quadrangle on WGS 84 by the midpoint rule on its radii of curvature."""
    semi_major, eccentricity2, steps = 6_378_137.0, 0.006694379990141, 2_000
    total = 0.0
    for step in range(steps):
        phi = math.radians(south + (north - south) * (step + 0.5) / steps)
        inner = 1 - eccentricity2 * math.sin(phi) ** 2
        meridian, prime = semi_major * (1 - eccentricity2) / inner**1.5, semi_major / math.sqrt(inner)
        total += meridian * prime * math.cos(phi)
    return total * math.radians(north - south) / steps * math.radians(width)


@pytest.mark.parametrize("south", [8.0, 10.0, 22.0])
def test_areas_are_the_ellipsoids_own_wherever_the_plane_touches(south: float) -> None:
    shape = shapely_module().box(106.5, south, 107.5, south + 1)
    for latitude in (0.0, 10.0, 21.0):
        flat = to_metres(shape, Plane(107, latitude))
        assert flat.area == pytest.approx(_area_by_integration(south, south + 1, 1), rel=1e-7)


@given(lon=st.floats(102, 118), lat=st.floats(6, 24), lon0=st.floats(102, 118), lat0=st.floats(6, 24))
def test_metres_and_degrees_are_inverse(lon: float, lat: float, lon0: float, lat0: float) -> None:
    plane = Plane(lon0, lat0)
    assert plane.inverse(*plane.forward(lon, lat)) == pytest.approx((lon, lat), abs=1e-9)
    point = shapely_module().Point(lon, lat)
    flat = to_metres(point, plane)
    assert (flat.x, flat.y) == pytest.approx(plane.forward(lon, lat), abs=1e-3)
    back = to_degrees(flat, plane)
    assert (back.x, back.y) == pytest.approx((lon, lat), abs=1e-9)


def _wavy(west: float, flip: bool) -> Geometry:
    """Return a box whose eastern edge (western when `flip`) is a zigzag at 107.1 with steps of about 10 m."""
    zigzag = [[107.1 + (0.0001 if step % 2 else 0), 10 + step / 1000] for step in range(101)]
    corners = [[west, 10.1], [west, 10.0]]
    ring = [*corners, *zigzag, corners[0]]
    return {"type": "Polygon", "coordinates": [ring[::-1] if flip else ring]}


def test_thinning_keeps_a_common_edge_common() -> None:
    pair = {"a": _wavy(107.0, False), "b": _wavy(107.2, True)}
    thinned = thin(pair, metres=150)
    assert {key: vertices(pair[key]) for key in pair} == {"a": 104, "b": 104}
    assert all(vertices(geometry) < 12 for geometry in thinned.values())
    assert check_coverage(features(*thinned.values())) == []
    assert thin({}, metres=150) == {}


def test_thinning_a_flawed_layer_still_gives_shapes() -> None:
    pair = {"a": _wavy(107.0, False), "b": box(107.05, 10.0, 107.2, 10.1)}
    thinned = thin(pair, metres=150)
    assert vertices(thinned["a"]) < 12
    assert thinned["b"]["type"] == "Polygon"
