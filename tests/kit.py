"""The kit page: every part of the design system on one page, made of a land that does not exist. No database."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory

from diaban.ui import charts
from diaban.ui.svgmap import LegendItem, Line, MapPicture, Mark, Shape, build_map

TONES = ("class-I", "class-II", "class-III", "class-none", "class-free", "class-unknown")


class SpotForm(forms.Form):
    """A form with one field of each sort."""

    name = forms.CharField(label="Tên điểm", help_text="Theo địa danh, không ghi tên người")
    kind = forms.ChoiceField(label="Loại", choices=[("a", "Điểm phức tạp"), ("b", "Tụ điểm phức tạp")])
    on = forms.DateField(
        label="Ngày", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    grade = forms.ChoiceField(
        label="Căn cứ", choices=[("a", "Nghi vấn"), ("b", "Có tài liệu")], widget=forms.RadioSelect
    )
    below = forms.BooleanField(label="Gồm cấp dưới", required=False)


def corner(column: int, row: int) -> list[float]:
    """A corner of the grid of the invented land, moved a little so that no border is straight."""
    return [
        107 + column * 0.1 + 0.03 * math.sin(column * 3 + row),
        10.3 + row * 0.1 + 0.03 * math.cos(column + row * 5),
    ]


def border(a: list[float], b: list[float]) -> list[list[float]]:
    """The wavy border between two corners: the same points from either side."""
    first, last = sorted((a, b))
    points = [
        [
            first[0] + (last[0] - first[0]) * t / 12 + 0.004 * math.sin(t * 2 + first[0] * 90),
            first[1] + (last[1] - first[1]) * t / 12 + 0.004 * math.cos(t * 3 + last[1] * 70),
        ]
        for t in range(1, 12)
    ]
    line = [first, *points, last]
    return line if a == first else line[::-1]


def land(columns: int, rows: int) -> list[Shape]:
    """Units that fill a rectangle without gaps, their borders shared point by point."""
    shapes = []
    for row in range(rows):
        for column in range(columns):
            turn = [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1), (column, row)]
            ring: list[list[float]] = []
            for here, there in pairwise(turn):
                ring += border(corner(*here), corner(*there))[:-1]
            ring.append(ring[0])
            n = row * columns + column
            shapes.append(
                Shape(
                    key=f"u{n}",
                    geometry={"type": "Polygon", "coordinates": [ring]},
                    label=f"Xã số {n}",
                    tone=TONES[n % len(TONES)],
                    href=f"/don-vi/u{n}/",
                    title=f"Xã số {n}",
                    value_text=f"{n * 3} người",
                )
            )
    return shapes


def island() -> Shape:
    ring = [[106.5, 8.6], [106.7, 8.6], [106.7, 8.75], [106.5, 8.75], [106.5, 8.6]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return Shape("dao", geometry, "Đảo", "class-III", "/don-vi/dao/", "Đặc khu Đảo", "2 người")


def kit_map() -> MapPicture:
    """A map with all fills, all signs, a route and an island in its frame."""
    signs = ["diem_nguy_co", "diem_phuc_tap", "tu_diem_phuc_tap", "diem_to_chuc_chua_chap"]
    states = ["listed", "reformed", "watched", "removed", "detected"]
    marks = [
        Mark(107.05 + i * 0.06, 10.36 + (i % 4) * 0.1, signs[i % 4], states[i % 5], f"/diem/{i}/", f"Điểm số {i}")
        for i in range(10)
    ]
    way = Line([(107.02, 10.32), (107.3, 10.45), (107.55, 10.7)], "intra", "Tuyến thử", "/tuyen/1/")
    legend = [LegendItem(tone.removeprefix("class-"), tone, 4) for tone in TONES]
    legend += [LegendItem("Tái phức tạp", sign="mark", shape="square", fill="ring")]
    return build_map(
        [*land(6, 4), island()],
        marks,
        [way],
        legend=legend,
        schematic=True,
        source="Đất dựng",
        period_label="Tháng 11 · 15/10–14/11/2026",
        inset_keys=("dao",),
        title="Bản đồ của bộ mẫu",
    )


def kit_charts() -> list[charts.Chart]:
    months = [f"T{n}" for n in range(1, 13)]
    new = charts.Series("Mới", [3, 2, None, 5, 4, 3, 2, 4, 6, 8, 9, 7])
    again = charts.Series("Tái phức tạp", [1, 0, None, 0, 1, 2, 1, 0, 2, 2, 3, 1])
    return [
        charts.bar_chart(
            "Hai xã giữ một nửa số điểm",
            [charts.Bar("Xã số 1", 9, "/x/"), charts.Bar("Xã số 2", 4, low=1, high=8), charts.Bar("Xã số 3", None)],
            headers=("Xã", "Điểm"),
            target=charts.Target(5, "bình quân 5"),
        ),
        charts.column_chart(
            "Phát hiện tăng cuối năm", months, [new, again], header="Tháng", cut_off=charts.CutOff(10, "chốt 14/11")
        ),
        charts.stacked_chart(
            "Loại I giảm",
            [charts.Row("2025", [5, 6, 9]), charts.Row("2026", [3, 5, 12])],
            ["Loại I", "Loại II", "Loại III"],
            header="Chu kỳ",
            tones=TONES[:3],
        ),
        charts.line_chart("Hai đường", months, [new, again], header="Tháng", target=charts.Target(6, "trần 6")),
        charts.small_multiples(
            "Mỗi xã một đường", months, [charts.Panel(f"Xã {n}", [n, None, 3, 4]) for n in range(5)], header="Xã"
        ),
    ]


def kit_page(query: str = "", *, wrong: bool = True) -> str:
    """Render the kit as a signed-in officer sees it; `wrong` fills the form with errors."""
    request: Any = RequestFactory().get(f"/bo-mau/{query}")
    request.user = SimpleNamespace(is_authenticated=True, title="Cán bộ", __str__=lambda _self: "Cán bộ thử")
    door = SimpleNamespace(url="/", label="Tổng quan", short="Tổng quan", name="overview-home", current=True)
    other = SimpleNamespace(url="/diem/", label="Điểm, tụ điểm", short="Điểm", name="hotspots-list", current=False)
    badges = ("I", "II", "III", "none", "free", None)
    tones = ("info", "ok", "wait", "warn", "conflict", "closed")
    rows = [(f"Xã {i}", i or None, badges[i % 6], "Trạng thái", tones[i % 6]) for i in range(12)]
    scope = SimpleNamespace(
        unit_name="Khu vực thử",
        include_below=True,
        period_label="Tháng 11 · 15/10–14/11/2026",
        period_state="open",
        period_state_label="đang mở",
    )
    context = {
        "request": request,
        "scope": scope,
        "frame": SimpleNamespace(doors=[door, other], record_url="/vu-viec/moi/"),
        "map": kit_map(),
        "charts": kit_charts(),
        "rows": rows,
        "page_of_rows": Paginator(range(1234), 50).page(2),
        "form": SpotForm({}) if wrong else SpotForm(),
    }
    template = (Path(__file__).parent / "kit.html").read_text(encoding="utf-8")
    return str(engines["django"].from_string(template).render(context))  # no request: no context processors


def plain_page() -> str:
    """Render the sign-in page."""
    request = RequestFactory().get("/tai-khoan/dang-nhap/")
    return render_to_string("accounts/login.html", {"request": request, "form": None, "next": ""})
