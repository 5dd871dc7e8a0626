"""What hangs on the weights, as pictures: places under random weights, and how far each weight may move."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from diaban.apps.choosing.queries.working import Working
from diaban.apps.choosing.shown import HoldShown
from diaban.core.choosing import MOST_WEIGHT
from diaban.ui.charts.model import NARROW, Chart, both, frame, shortened, text_width, words
from diaban.ui.formats import grouped, percent

ROW = 24.0
MOST_ROWS = 24
LEAST_SHARE = 0.02


def stability_picture(working: Working, title: str) -> Chart | None:
    """Draw the places of the communes that come near the first k under random weights; None where nothing is ranked."""
    told = working["sensitivity"]
    names = {line["uid"]: line["name"] for line in working["lines"]}
    k: int = working["k"]
    rows = [one for number, one in enumerate(told["stability"]) if number < k + 3 or one["share"] >= LEAST_SHARE]
    rows = rows[:MOST_ROWS]
    if not rows:
        return None
    most: int = max(one["high"] for one in rows)

    def draw(width: int) -> str:
        above = width == NARROW
        left = 0.0 if above else min(max(text_width(names[one["uid"]]) for one in rows) + 12, width * 0.34)
        row = ROW + (16 if above else 0)
        right = width - 52.0
        step = (right - left - 12) / max(most - 1, 1)

        def x(place: float) -> float:
            return left + 8 + (place - 1) * step

        bottom = 26 + len(rows) * row
        pieces = [
            f'<path class="chart__cut" d="M{x(k + 0.5):.1f} 18V{bottom:.1f}"/>',
            words(min(x(k + 0.5), right - 60), 11, _("{k} nơi đầu").format(k=k), "chart__tick", "middle"),
            words(width, 11, _("trong nhóm"), "chart__tick", "end"),
        ]
        for number, one in enumerate(rows):
            y = 26 + number * row + (26 if above else 12)
            name = names[one["uid"]]
            pieces.append(
                words(0, y - 14, shortened(name, width))
                if above
                else words(left - 6, y + 4, shortened(name, left - 6), anchor="end")
            )
            pieces.append(f'<path class="chart__line" d="M{x(1):.1f} {y:.1f}H{x(most):.1f}"/>')
            pieces.append(f'<path class="choosing__span" d="M{x(one["low"]):.1f} {y:.1f}H{x(one["high"]):.1f}"/>')
            tone = "chart-1" if one["place"] <= k else "choosing__out"
            pieces.append(f'<circle class="chart__dot {tone}" cx="{x(one["middle"]):.1f}" cy="{y:.1f}" r="5"/>')
            pieces.append(words(width, y + 4, percent(one["share"], 0), "chart__figure", "end"))
        pieces += [
            words(x(place), bottom + 14, grouped(place), "chart__tick", "middle") for place in sorted({1, k, most})
        ]
        return frame(width, bottom + 20, title, "".join(pieces))

    wide, narrow = both(draw)
    return _with_words(title, wide, narrow, rows, names, working)


def _with_words(
    title: str, wide: str, narrow: str, rows: Sequence[dict[str, Any]], names: dict[str, str], working: Working
) -> Chart:
    """Return the picture with its note and the same figures as a table."""
    told, k = working["sensitivity"], working["k"]
    table = tuple(
        (names[one["uid"]], one["place"], one["low"], one["middle"], one["high"], round(one["share"] * 100, 1))
        for one in rows
    )
    note = _(
        "Chấm: thứ giữa; vạch: 90 trên 100 lần thử. Mỗi lần thử rút một bộ trọng số quanh bộ đã đặt ({n} lần, cố định"
        " nên vẽ lại vẫn như cũ). Cột phải: phần số lần thử đứng trong nhóm {k} nơi đầu."
    ).format(n=grouped(told["draws"]), k=k)
    headers = (
        _("Tên địa bàn"),
        _("Thứ"),
        _("Thứ thấp nhất (5 %)"),
        _("Thứ giữa"),
        _("Thứ cao nhất (95 %)"),
        _("Trong nhóm (%)"),
    )
    return Chart(title, note, wide, narrow, headers, table)


def holds_picture(holds: Sequence[HoldShown], title: str) -> Chart | None:
    """Draw for each criterion the weights between which the first k stay the same."""
    if not holds:
        return None

    def draw(width: int) -> str:
        above = width == NARROW
        left = 0.0 if above else max(text_width(one.column.short) for one in holds) + 12
        row = ROW + (16 if above else 0)
        scale = (width - left - 16) / MOST_WEIGHT

        def x(weight: float) -> float:
            return left + 8 + weight * scale

        pieces = []
        bottom = 6 + len(holds) * row
        for number, one in enumerate(holds):
            y = 6 + number * row + (28 if above else 12)
            name = one.column.short
            pieces.append(words(0, y - 13, name) if above else words(left - 6, y + 4, name, anchor="end"))
            pieces.append(f'<path class="chart__line" d="M{x(0):.1f} {y:.1f}H{x(MOST_WEIGHT):.1f}"/>')
            pieces.append(
                f'<path class="choosing__span" d="M{x(one.low):.1f} {y:.1f}H{max(x(one.high), x(one.low) + 2):.1f}"/>'
            )
            pieces.append(f'<path class="choosing__set" d="M{x(one.column.weight):.1f} {y - 7:.1f}v14"/>')
        pieces += [
            words(x(weight), bottom + 14, grouped(weight), "chart__tick", "middle")
            for weight in (0, 25, 50, 75, MOST_WEIGHT)
        ]
        return frame(width, bottom + 20, title, "".join(pieces))

    wide, narrow = both(draw)
    table = tuple((one.column.title, one.column.weight, one.low, one.high, one.swap) for one in holds)
    note = _("Vạch đứng: trọng số đã đặt. Vạch dày: đổi riêng trọng số ấy trong khoảng này thì nhóm đầu vẫn như cũ.")
    headers = (_("Tiêu chí"), _("Đã đặt"), _("Từ"), _("Đến"), _("Đổi chỗ ở mức"))
    return Chart(title, note, wide, narrow, headers, table)
