"""The outline of an area as people paste it: GeoJSON, or its corners as "kinh độ vĩ độ; …"."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

MOST_CORNERS: Final = 500  # an area of a few streets needs no more, and crossings are looked for pair by pair
DECIMALS: Final = 6  # about 0.1 m
Corner = tuple[float, float]
_CORNER = re.compile(r"(-?\d+(?:[.,]\d+)?)\s*[\s,]\s*(-?\d+(?:[.,]\d+)?)")


class OutlineField(forms.CharField):
    """The outline of an area; cleaned to a GeoJSON Polygon with one closed ring, or None when left empty."""

    def __init__(self, label: Any, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"})
        super().__init__(label=label, required=False, max_length=60_000, widget=widget, **options)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        return "; ".join(f"{lon:g} {lat:g}" for lon, lat in _rounded(value["coordinates"][0])[:-1])

    def clean(self, value: Any) -> dict[str, Any] | None:
        text = super().clean(value).strip()
        if not text:
            return None
        corners = _from_geojson(text) if text.startswith("{") else _from_list(text)
        return {"type": "Polygon", "coordinates": [_ring(corners)]}


def _rounded(ring: Sequence[Sequence[float]]) -> list[Corner]:
    return [(round(float(point[0]), DECIMALS), round(float(point[1]), DECIMALS)) for point in ring]


def _from_list(text: str) -> list[Corner]:
    corners = []
    for number, part in enumerate(filter(None, map(str.strip, re.split(r"[;\n]", text))), start=1):
        match = _CORNER.fullmatch(part)
        if match is None:
            message = gettext("Đỉnh thứ %(n)s không phải «kinh độ vĩ độ»: %(text)s")
            raise forms.ValidationError(message % {"n": number, "text": part[:60]})
        corners.append((float(match[1].replace(",", ".")), float(match[2].replace(",", "."))))
    return corners


def _from_geojson(text: str) -> list[Corner]:
    """Return the outer ring of the only polygon: bare, in a feature, or in a collection of one."""
    try:
        found = json.loads(text)
        if found.get("type") == "FeatureCollection":
            (found,) = found["features"]
        if found.get("type") == "Feature":
            found = found["geometry"]
        if found["type"] != "Polygon":
            raise ValueError(found["type"])
        (ring,) = found["coordinates"]
        if not ring:
            raise ValueError(ring)
        return [(float(point[0]), float(point[1])) for point in ring]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as wrong:
        raise forms.ValidationError(
            gettext("GeoJSON này không dùng được: cần đúng một Polygon, một vòng, không có lỗ.")
        ) from wrong


def _ring(corners: Sequence[Corner]) -> list[list[float]]:
    """Return the closed ring; refuse what is no simple area."""
    ring = _rounded(corners) if all(map(_on_earth, corners)) else []
    if not ring:
        raise forms.ValidationError(gettext("Tọa độ ngoài phạm vi: viết kinh độ trước (tới 180), vĩ độ sau (tới 90)."))
    ring = [corner for at, corner in enumerate(ring) if at == 0 or corner != ring[at - 1]]
    if ring[0] == ring[-1]:
        ring = ring[:-1]
    if len(ring) < 3:
        raise forms.ValidationError(gettext("Một vùng cần ít nhất ba đỉnh khác nhau."))
    if len(ring) > MOST_CORNERS:
        raise forms.ValidationError(gettext("Vùng có quá %(n)s đỉnh; đơn giản hóa rồi dán lại.") % {"n": MOST_CORNERS})
    if _crosses_itself(ring):
        raise forms.ValidationError(gettext("Đường bao tự cắt hoặc không bao một vùng nào; xem lại thứ tự các đỉnh."))
    return [list(corner) for corner in [*ring, ring[0]]]


def _on_earth(corner: Corner) -> bool:
    return abs(corner[0]) <= 180 and abs(corner[1]) <= 90  # NaN and infinity fail both


def _crosses_itself(ring: Sequence[Corner]) -> bool:
    """Return whether two sides that are not neighbours meet, or the ring encloses nothing."""
    sides = list(zip(ring, [*ring[1:], ring[0]], strict=True))
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in sides)
    if abs(area) < 10 ** (-2 * DECIMALS):
        return True
    n = len(sides)
    return any(
        _meet(*sides[i], *sides[j]) for i in range(n) for j in range(i + 2, n) if not (i == 0 and j == n - 1)
    )  # fmt: skip


def _turn(a: Corner, b: Corner, c: Corner) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _meet(a: Corner, b: Corner, c: Corner, d: Corner) -> bool:
    """Return whether the sides ab and cd share a point."""
    one, two, three, four = _turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b)
    if one * two < 0 and three * four < 0:
        return True
    return any(
        turn == 0 and min(p[0], q[0]) <= r[0] <= max(p[0], q[0]) and min(p[1], q[1]) <= r[1] <= max(p[1], q[1])
        for turn, p, q, r in ((one, a, b, c), (two, a, b, d), (three, c, d, a), (four, c, d, b))
    )


OUTLINE_HELP: Final = _("Chỉ cho hình thức khu vực. Dán GeoJSON Polygon, hoặc các đỉnh: 107.08 10.35; 107.09 10.35; …")
