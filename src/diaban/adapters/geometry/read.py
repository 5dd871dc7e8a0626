"""Read a GeoJSON file of territories (RFC 7946) and say all that is wrong with it before any geometry is computed."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from diaban.adapters.geometry.problems import Problem, Severity
from diaban.core.messages import N_, Message, say

Geometry = Mapping[str, Any]  # a GeoJSON Polygon or MultiPolygon

MAX_BYTES = 40 * 1024 * 1024
# The box of the country's land, islands and archipelagos, in degrees, with half a degree around.
VIETNAM = (101.5, 6.0, 118.0, 24.0)
_WGS84 = ("urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326")


@dataclass(frozen=True, slots=True)
class Feature:
    """One territory of the file. `index` counts from 1 as a person would; `code` is the text of the chosen property."""

    index: int
    code: str
    name: str
    geometry: Geometry

    @property
    def label(self) -> str:
        """Return how a person finds it in the file."""
        return " ".join(part for part in (f"#{self.index}", self.code, self.name) if part)


@dataclass(frozen=True, slots=True)
class ReadResult:
    """The features that could be read, every problem found, and the names of the properties that the file has."""

    features: tuple[Feature, ...]
    problems: tuple[Problem, ...]
    properties: tuple[str, ...]


def positions(geometry: Geometry) -> Iterator[tuple[float, float]]:
    """Yield every (lon, lat) of a Polygon or MultiPolygon."""
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    for polygon in polygons:
        for ring in polygon:
            for position in ring:
                yield float(position[0]), float(position[1])


def bounds(geometry: Geometry) -> tuple[float, float, float, float]:
    """Return (min lon, min lat, max lon, max lat) in degrees."""
    lons, lats = zip(*positions(geometry), strict=True)
    return min(lons), min(lats), max(lons), max(lats)


def _file_error(kind: str, message: Message, remedy: Message) -> ReadResult:
    return ReadResult((), (Problem(Severity.ERROR, kind, "", message, remedy),), ())


def read_geojson(
    data: bytes, *, code_property: str = "code", name_property: str = "", max_bytes: int = MAX_BYTES
) -> ReadResult:
    """Return the file's territories and all that is wrong with them, in the order of the file.

    `code_property` names the property with the statistical code; numbers are taken as text without a decimal part.
    `name_property`, if given, is only shown to people.
    """
    if len(data) > max_bytes:
        return _file_error(
            "too_big",
            say(N_("Tệp nặng {size} MB, giới hạn là {limit} MB."), size=_mb(len(data)), limit=_mb(max_bytes)),
            say(N_("Đơn giản hóa đường ranh (khoảng 50–150 m) hoặc chia tệp theo tỉnh rồi nhập lại.")),
        )
    try:
        document = json.loads(data.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (UnicodeDecodeError, ValueError, RecursionError) as broken:
        return _file_error(
            "not_json",
            say(N_("Tệp không phải GeoJSON đọc được: {reason}"), reason=str(broken)[:160]),
            say(N_("Xuất lại từ phần mềm bản đồ theo định dạng GeoJSON, bảng mã UTF-8.")),
        )
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        kind = document.get("type") if isinstance(document, dict) else type(document).__name__
        return _file_error(
            "not_collection",
            say(N_("Tệp không phải FeatureCollection (đang là: {kind})."), kind=str(kind)),
            say(N_("Xuất cả lớp ranh giới thành một FeatureCollection; TopoJSON phải đổi sang GeoJSON trước.")),
        )
    if wrong := _wrong_crs(document.get("crs")):
        return wrong
    return _read_features(document.get("features"), code_property, name_property)


def _mb(size: int) -> str:
    return f"{size / 1_048_576:.1f}".replace(".", ",")


def _refuse_constant(text: str) -> float:
    raise ValueError(text)


def _wrong_crs(crs: Any) -> ReadResult | None:
    name = crs.get("properties", {}).get("name") if isinstance(crs, dict) else None
    if crs is None or name in _WGS84:
        return None
    return _file_error(
        "wrong_crs",
        say(N_("Hệ tọa độ của tệp là {crs}, không phải WGS 84 (kinh độ, vĩ độ)."), crs=str(name)),
        say(N_("Chuyển lớp sang EPSG:4326 (WGS 84) rồi xuất lại; tọa độ VN-2000 không nhận trực tiếp.")),
    )


def _read_features(raw: Any, code_property: str, name_property: str) -> ReadResult:
    if not isinstance(raw, list) or not raw:
        return _file_error(
            "empty", say(N_("Tệp không có đối tượng nào.")), say(N_("Kiểm tra lại lớp đã xuất và bộ lọc khi xuất."))
        )
    features: list[Feature] = []
    problems: list[Problem] = []
    properties: dict[str, None] = {}
    seen: dict[str, str] = {}
    for index, item in enumerate(raw, start=1):
        held = item.get("properties") if isinstance(item, dict) else None
        values: dict[str, Any] = held if isinstance(held, dict) else {}
        properties.update(dict.fromkeys(values))
        code = _as_text(values.get(code_property))
        name = _as_text(values.get(name_property)) if name_property else ""
        label = " ".join(part for part in (f"#{index}", code, name) if part)
        found = _geometry_problem(item.get("geometry") if isinstance(item, dict) else None, label)
        if found:
            problems.append(found)
        if not code:
            problems.append(_no_code(label, code_property, tuple(values)))
        elif code in seen:
            problems.append(_twice(label, code, seen[code]))
        if code:
            seen.setdefault(code, label)
        if not found:
            features.append(Feature(index, code, name, item["geometry"]))
    return ReadResult(tuple(features), tuple(problems), tuple(properties))


def _as_text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None or isinstance(value, bool) else str(value).strip()


def _no_code(label: str, code_property: str, have: tuple[str, ...]) -> Problem:
    return Problem(
        Severity.ERROR,
        "no_code",
        label,
        say(N_("Không có mã đơn vị trong thuộc tính “{name}”."), name=code_property),
        say(N_("Chọn đúng tên thuộc tính chứa mã. Đối tượng này có: {have}."), have=", ".join(have) or "–"),
    )


def _twice(label: str, code: str, first: str) -> Problem:
    return Problem(
        Severity.ERROR,
        "code_twice",
        label,
        say(N_("Mã {code} đã dùng ở đối tượng {first}."), code=code, first=first),
        say(N_("Gộp các phần của một đơn vị thành một MultiPolygon, hoặc sửa mã.")),
    )


def _bad(kind: str, label: str, message: Message, remedy: Message, where: tuple[float, float] | None = None) -> Problem:
    return Problem(Severity.ERROR, kind, label, message, remedy, where)


def _geometry_problem(geometry: Any, label: str) -> Problem | None:
    """Return the first thing that makes the geometry unreadable or misplaced, or nothing."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        return _bad(
            "not_area",
            label,
            say(N_("Hình không phải vùng (đang là: {kind})."), kind=str(kind)),
            say(N_("Chỉ nhận Polygon hoặc MultiPolygon.")),
        )
    try:
        points = list(positions(geometry))
        polygons = [geometry["coordinates"]] if kind == "Polygon" else geometry["coordinates"]
        closed = all(len(ring) >= 4 and ring[0] == ring[-1] for polygon in polygons for ring in polygon)
    except (TypeError, ValueError, KeyError, IndexError):
        points, closed = [], False
    if not points or not closed or not all(math.isfinite(lon) and math.isfinite(lat) for lon, lat in points):
        return _bad(
            "bad_ring",
            label,
            say(N_("Tọa độ không đọc được, hoặc có vòng không khép kín hay ít hơn 4 điểm.")),
            say(N_("Sửa hình trong phần mềm bản đồ (công cụ “fix geometries”) rồi xuất lại.")),
        )
    return _misplaced(points, label)


def _misplaced(points: list[tuple[float, float]], label: str) -> Problem | None:
    west, south, east, north = VIETNAM
    lons, lats = zip(*points, strict=True)
    here = (min(lons), min(lats))
    if west <= min(lons) and max(lons) <= east and south <= min(lats) and max(lats) <= north:
        return None
    if west <= min(lats) and max(lats) <= east and south <= min(lons) and max(lons) <= north:
        return _bad(
            "swapped",
            label,
            say(N_("Kinh độ và vĩ độ bị đảo chỗ.")),
            say(N_("GeoJSON viết kinh độ trước, vĩ độ sau. Đổi chỗ hai số rồi nhập lại.")),
            here,
        )
    if max(map(abs, lons)) > 180 or max(map(abs, lats)) > 90:
        return _bad(
            "metres",
            label,
            say(N_("Tọa độ không phải độ (có thể là mét VN-2000 hoặc UTM).")),
            say(N_("Chuyển lớp sang EPSG:4326 (WGS 84) rồi xuất lại.")),
            here,
        )
    return _bad(
        "outside",
        label,
        say(N_("Hình nằm ngoài lãnh thổ Việt Nam.")),
        say(N_("Kiểm tra hệ tọa độ và chọn đúng lớp.")),
        here,
    )
