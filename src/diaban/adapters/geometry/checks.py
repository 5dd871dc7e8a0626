"""Check that outlines form a clean coverage: each valid, none over another, no hole between them; list everything."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from diaban.adapters.geometry.extra import shapely_module
from diaban.adapters.geometry.plane import Plane, plane_for
from diaban.adapters.geometry.problems import Problem, Severity
from diaban.adapters.geometry.read import Feature, bounds
from diaban.adapters.geometry.warp import to_metres
from diaban.core.messages import N_, Message, say

# Two layers digitised from the same edge differ by rounding; below one square metre nothing was drawn by a person.
SMALLEST_AREA = 1.0
_LOCATION = re.compile(r"^(?P<reason>[^\[]*)\[(?P<lon>[-\d.e]+) (?P<lat>[-\d.e]+)\]$")
_REASONS = {
    "Self-intersection": N_("đường ranh tự cắt"),
    "Ring Self-intersection": N_("vòng tự cắt"),
    "Hole lies outside shell": N_("lỗ nằm ngoài vùng"),
    "Nested holes": N_("lỗ lồng nhau"),
    "Nested shells": N_("vùng lồng nhau"),
    "Interior is disconnected": N_("phần trong bị tách rời"),
    "Duplicate Rings": N_("vòng lặp lại"),
    "Too few points in geometry component": N_("quá ít điểm"),
}


def check_coverage(features: Sequence[Feature]) -> list[Problem]:
    """Return every invalid shape (error), overlap of two shapes and hole in the coverage (warnings).

    Areas are in m² on the ellipsoid; overlaps and holes under 1 m² are rounding and are not reported.
    """
    if not features:
        return []
    shapely = shapely_module()
    shapes = shapely.from_geojson([json.dumps(feature.geometry) for feature in features])
    plane = plane_for(
        [corner for feature in features for corner in (bounds(feature.geometry)[:2], bounds(feature.geometry)[2:])]
    )
    problems = [
        _invalid(feature, shapely.is_valid_reason(shape))
        for feature, shape in zip(features, shapes, strict=True)
        if not shapely.is_valid(shape)
    ]
    # An invalid shape has no reliable area: it is repaired here only to look for its overlaps and the holes around it.
    sound = shapely.make_valid(shapes)
    flat = to_metres(sound, plane)
    return problems + _overlaps(features, flat, plane) + _holes(flat, plane)


def _invalid(feature: Feature, reason: str) -> Problem:
    match = _LOCATION.match(reason)
    text = (match["reason"] if match else reason).strip()
    named = _REASONS.get(text)
    return Problem(
        Severity.ERROR,
        "invalid",
        feature.label,
        say(N_("Hình không hợp lệ: {reason}."), reason=say(named) if named else text),
        say(N_("Sửa tại vị trí đã ghi bằng công cụ “fix geometries” của phần mềm bản đồ.")),
        (float(match["lon"]), float(match["lat"])) if match else None,
    )


def _overlaps(features: Sequence[Feature], flat: Any, plane: Plane) -> list[Problem]:
    shapely = shapely_module()
    first, second = shapely.STRtree(flat).query(flat, predicate="intersects")
    pairs = sorted((int(a), int(b)) for a, b in zip(first, second, strict=True) if a < b)
    problems: list[Problem] = []
    for a, b in pairs:
        common = shapely.intersection(flat[a], flat[b])
        area = float(shapely.area(common))
        if area < SMALLEST_AREA:
            continue
        problems.append(
            Problem(
                Severity.WARNING,
                "overlap",
                features[a].label,
                say(N_("Chồng lên {other}: {area} m²."), other=features[b].label, area=square_metres(area)),
                say(N_("Chỉnh cho hai đơn vị chung một đường ranh, hoặc nhập ở mức “tham khảo”.")),
                _somewhere(common, plane),
            )
        )
    return problems


def _holes(flat: Any, plane: Plane) -> list[Problem]:
    shapely = shapely_module()
    union = shapely.union_all(flat)
    problems: list[Problem] = []
    for part in shapely.get_parts(union):
        if shapely.get_type_id(part) != 3:  # a line or point left by a repair encloses nothing
            continue
        for index in range(int(shapely.get_num_interior_rings(part))):
            hole = shapely.polygons(shapely.get_interior_ring(part, index))
            area = float(shapely.area(hole))
            if area >= SMALLEST_AREA:
                problems.append(_hole(area, _somewhere(hole, plane)))
    return problems


def _hole(area: float, where: tuple[float, float]) -> Problem:
    message: Message = say(N_("Khoảng trống {area} m² không thuộc đơn vị nào."), area=square_metres(area))
    remedy = say(N_("Gán khoảng trống cho một đơn vị, hoặc giữ nguyên nếu đúng là không thuộc đơn vị nào trong tệp."))
    return Problem(Severity.WARNING, "hole", "", message, remedy, where)


def square_metres(area: float) -> str:
    """Return the area as Vietnamese write it: "1.234"; under ten with one decimal: "2,5"."""
    if area < 10:
        return f"{area:.1f}".replace(".", ",")
    return f"{area:,.0f}".replace(",", ".")


def _somewhere(shape: Any, plane: Plane) -> tuple[float, float]:
    point = shapely_module().point_on_surface(shape)
    lon, lat = plane.inverse(float(point.x), float(point.y))
    return round(lon, 6), round(lat, 6)
