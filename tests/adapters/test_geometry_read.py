"""A boundary file is refused or accepted with every finding named."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diaban.adapters.geometry import Severity, bounds, read_geojson


def square(lon: float = 107.0, lat: float = 10.0, side: float = 0.1) -> dict[str, Any]:
    ring = [[lon, lat], [lon + side, lat], [lon + side, lat + side], [lon, lat + side], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


def feature(code: Any, geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"code": code, **properties}, "geometry": geometry}


def collection(*features: Any, **more: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more}).encode()


def kinds(data: bytes, **options: Any) -> list[str]:
    return [problem.kind for problem in read_geojson(data, **options).problems]


def test_a_sound_file_gives_its_features_and_property_names() -> None:
    read = read_geojson(
        collection(feature("26506", square(), ten="Vũng Tàu"), feature(26526.0, square(107.2))), name_property="ten"
    )
    assert read.problems == ()
    assert [(item.index, item.code, item.name) for item in read.features] == [
        (1, "26506", "Vũng Tàu"),
        (2, "26526", ""),
    ]
    assert read.features[0].label == "#1 26506 Vũng Tàu"
    assert read.properties == ("code", "ten")
    assert bounds(read.features[0].geometry) == (107.0, 10.0, 107.1, 10.1)


def test_a_byte_order_mark_is_no_obstacle() -> None:
    assert kinds(b"\xef\xbb\xbf" + collection(feature("1", square()))) == []


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"PK\x03\x04", "not_json"),
        (b"\xff\xfe", "not_json"),
        (b'{"type": NaN}', "not_json"),
        (b"[" * 100_000, "not_json"),
        (b"[]", "not_collection"),
        (b'{"type":"Topology","objects":{}}', "not_collection"),
        (b'{"type":"FeatureCollection","features":[]}', "empty"),
        (collection(feature("1", square()), crs={"properties": {"name": "EPSG:9210"}}), "wrong_crs"),
    ],
)
def test_what_is_not_a_layer_of_areas_is_refused_as_a_whole(data: bytes, kind: str) -> None:
    read = read_geojson(data)
    assert [problem.kind for problem in read.problems] == [kind]
    assert read.features == ()
    assert read.problems[0].severity is Severity.ERROR


def test_the_usual_name_of_wgs84_is_accepted() -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    assert kinds(collection(feature("1", square()), crs=crs)) == []


def test_a_file_over_the_limit_is_not_parsed() -> None:
    data = collection(feature("1", square()))
    assert kinds(data, max_bytes=len(data)) == []
    assert kinds(data, max_bytes=len(data) - 1) == ["too_big"]


@pytest.mark.parametrize(
    ("geometry", "kind"),
    [
        (None, "not_area"),
        ({"type": "Point", "coordinates": [107, 10]}, "not_area"),
        ({"type": "Polygon", "coordinates": [[[107, 10], [107.1, 10], [107, 10]]]}, "bad_ring"),
        ({"type": "Polygon", "coordinates": [[[107, 10], [107.1, 10], [107.1, 10.1], [107, 10.1]]]}, "bad_ring"),
        ({"type": "Polygon", "coordinates": [[[107, "x"], [107.1, 10], [107.1, 10.1], [107, "x"]]]}, "bad_ring"),
        ({"type": "Polygon"}, "bad_ring"),
        ({"type": "MultiPolygon", "coordinates": []}, "bad_ring"),
        (square(10.0, 107.0), "swapped"),
        (square(712_345.0, 1_145_678.0, 900.0), "metres"),
        (square(2.0, 48.0), "outside"),
    ],
)
def test_a_shape_that_cannot_be_a_territory_is_named(geometry: Any, kind: str) -> None:
    read = read_geojson(collection(feature("1", square()), feature("2", geometry)))
    assert [(problem.kind, problem.feature) for problem in read.problems] == [(kind, "#2 2")]
    assert [item.code for item in read.features] == ["1"]


def test_the_islands_far_out_are_inside_the_country() -> None:
    assert kinds(collection(feature("48", square(112.3, 16.5)), feature("56", square(114.3, 8.6)))) == []


def test_missing_and_repeated_codes_are_all_listed() -> None:
    read = read_geojson(
        collection(feature("1", square()), feature(None, square()), feature(" 1 ", square()), feature("", square()))
    )
    assert [(problem.kind, problem.feature) for problem in read.problems] == [
        ("no_code", "#2"),
        ("code_twice", "#3 1"),
        ("no_code", "#4"),
    ]


def test_another_property_may_hold_the_code() -> None:
    data = collection({"type": "Feature", "properties": {"MA_XA": 26506}, "geometry": square()})
    assert kinds(data) == ["no_code"]
    assert "MA_XA" in str(read_geojson(data).problems[0].remedy)
    assert read_geojson(data, code_property="MA_XA").features[0].code == "26506"


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.just("Polygon") | st.just("FeatureCollection"),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["type", "features", "geometry", "properties", "coordinates", "code"]), inner)
    ),
    max_leaves=12,
)


@given(features=st.lists(_JSON, max_size=4), whole=_JSON)
def test_any_json_is_read_or_explained(features: Any, whole: Any) -> None:
    for document in (whole, {"type": "FeatureCollection", "features": features}):
        read = read_geojson(json.dumps(document).encode())
        assert read.features or read.problems
