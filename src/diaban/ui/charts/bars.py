"""Bars: ranked, stacked in rows, and columns through time."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from django.utils.translation import gettext

from diaban.ui.charts.axis import Plot, cut_off_line, foot_labels, grid, left_room, round_steps, target_line
from diaban.ui.charts.model import (
    NARROW,
    Bar,
    Chart,
    CutOff,
    Row,
    Series,
    Target,
    both,
    check_parts,
    figure,
    frame,
    linked,
    shortened,
    text_width,
    tone,
    words,
)

ROW, THICK = 26.0, 14.0


def not_reported() -> str:
    """Return the words that stand where nothing was reported."""
    return gettext("chưa báo cáo")


def bar_chart(
    title: str, bars: Sequence[Bar], *, headers: tuple[str, str], note: str = "", target: Target | None = None
) -> Chart:
    """Draw horizontal bars from zero, each with its figure; `headers` name the columns of the table."""

    def draw(width: int) -> str:
        above = width == NARROW
        row = ROW + 14 if above else ROW
        left = 0.0 if above else min(max((text_width(b.label) for b in bars), default=0) + 10, width * 0.36)
        ends = [v for b in bars for v in (b.value, b.high) if v is not None] + ([target.value] if target else [])
        most = max(ends, default=0) or 1
        room = width - left - max((text_width(figure(b.value or 0)) for b in bars), default=0) - 14
        if any(b.value is None for b in bars):
            room = min(room, width - left - text_width(not_reported()) - 8)
        top = 20.0 if target else 2.0
        pieces = []
        for index, bar in enumerate(bars):
            y = top + index * row
            pieces.append(linked(_bar(bar, y, left, room / most, above, width), bar.href, bar.label))
        height = top + len(bars) * row + 2
        if not above:
            pieces.append(f'<path class="chart__base" d="M{left:.1f} {top:.1f}V{height - 2:.1f}"/>')
        if target:
            x = left + target.value * room / most
            end = x + text_width(target.name, 11) > width
            pieces.append(f'<path class="chart__target" d="M{x:.1f} {top - 4:.1f}V{height - 2:.1f}"/>')
            pieces.append(words(x, 11, target.name, "chart__name", "end" if end else "middle"))
        return frame(width, height, title, "".join(pieces))

    wide, narrow = both(draw)
    rows = tuple((b.label, b.value) for b in bars)
    return Chart(title, note, wide, narrow, headers, rows, missing=any(b.value is None for b in bars))


def _bar(bar: Bar, y: float, left: float, scale: float, above: bool, width: int) -> str:
    base = y + (16 if above else 6)
    label = (
        words(0, y + 11, shortened(bar.label, width))
        if above
        else words(left - 8, base + 11, shortened(bar.label, left - 8), anchor="end")
    )
    if bar.value is None:
        return label + words(left + 6, base + 11, not_reported(), "chart__missing")
    long = max(bar.value * scale, 0)
    pieces = [label, f'<rect class="{escape(tone(0, bar.tone))}" x="{left:.1f}" y="{base:.1f}"']
    pieces.append(f' width="{long:.1f}" height="{THICK}"/>')
    reach = long
    if bar.low is not None and bar.high is not None:
        low, high, middle = left + bar.low * scale, left + bar.high * scale, base + THICK / 2
        pieces.append(
            f'<path class="chart__interval" d="M{low:.1f} {middle:.1f}H{high:.1f}M{low:.1f} {middle - 4:.1f}v8'
            f'M{high:.1f} {middle - 4:.1f}v8"/>'
        )
        reach = max(long, high - left)
    pieces.append(words(left + reach + 6, base + 11, figure(bar.value), "chart__figure"))
    return "".join(pieces)


def stacked_chart(
    title: str, rows: Sequence[Row], parts: Sequence[str], *, header: str, tones: Sequence[str] = (), note: str = ""
) -> Chart:
    """Draw horizontal stacked bars: each row's values are the `parts` in order; figures stand inside where they fit."""
    check_parts(len(parts))
    used = [tone(i, tones[i] if i < len(tones) else "") for i in range(len(parts))]

    def draw(width: int) -> str:
        above = width == NARROW
        row = ROW + 16 if above else ROW + 2
        left = 0.0 if above else min(max((text_width(r.label) for r in rows), default=0) + 10, width * 0.36)
        totals = [sum(v for v in r.values if v is not None) for r in rows]
        scale = (width - left - text_width(figure(max(totals, default=0))) - 14) / (max(totals, default=0) or 1)
        pieces = []
        for index, (one, total) in enumerate(zip(rows, totals, strict=True)):
            y = index * row
            base = y + (16 if above else 4)
            label = (
                words(0, y + 11, shortened(one.label, width))
                if above
                else words(left - 8, base + 14, shortened(one.label, left - 8), anchor="end")
            )
            bars, x = [label], left
            for part, value in enumerate(one.values):
                if not value:
                    continue
                long = value * scale
                bars.append(f'<rect class="{escape(used[part])} chart__part" x="{x:.1f}" y="{base:.1f}"')
                bars.append(f' width="{long:.1f}" height="20"/>')
                if text_width(figure(value), 11) + 6 < long:
                    kind = f"chart__inside on-{escape(used[part])}"
                    bars.append(words(x + long / 2, base + 14, figure(value), kind, "middle"))
                x += long
            end = figure(total) if any(v is not None for v in one.values) else not_reported()
            bars.append(words(x + 6, base + 14, end, "chart__figure"))
            pieces.append(linked("".join(bars), one.href, one.label))
        return frame(width, len(rows) * row + 2, title, "".join(pieces))

    wide, narrow = both(draw)
    return Chart(
        title,
        note,
        wide,
        narrow,
        (header, *parts),
        tuple((r.label, *r.values) for r in rows),
        tuple(zip(used, parts, strict=True)),
        any(v is None for r in rows for v in r.values),
    )


def column_chart(
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    header: str,
    note: str = "",
    cut_off: CutOff | None = None,
    target: Target | None = None,
) -> Chart:
    """Draw columns through time, stacked when there are several series; a slot with nothing reported is left open."""
    check_parts(len(series))
    used = [tone(i, s.tone) for i, s in enumerate(series)]
    slots = [[s.values[i] if i < len(s.values) else None for s in series] for i in range(len(labels))]
    totals = [sum(v for v in slot if v is not None) for slot in slots]

    def draw(width: int) -> str:
        highest = max([*totals, target.value if target else 0])
        steps = round_steps(0, highest)
        left = left_room(steps)
        plot = Plot(left, 18, width - left - 4, 170 if width == NARROW else 190, steps)
        slot = plot.width / max(len(labels), 1)
        thick = min(slot * 0.72, 44)
        pieces = [grid(plot)]
        for index, values in enumerate(slots):
            centre, y = plot.centre(index, len(labels)), plot.bottom
            for part, value in enumerate(values):
                if value:
                    tall = plot.bottom - plot.y(value)
                    y -= tall
                    pieces.append(f'<rect class="{escape(used[part])} chart__part" x="{centre - thick / 2:.1f}"')
                    pieces.append(f' y="{y:.1f}" width="{thick:.1f}" height="{tall:.1f}"/>')
            if all(v is None for v in values):
                pieces.append(words(centre, plot.bottom - 5, "?", "chart__missing", "middle"))
            elif text_width(figure(totals[index]), 11) + 2 < slot:
                pieces.append(words(centre, y - 5, figure(totals[index]), "chart__figure", "middle"))
        pieces += [foot_labels(plot, labels), target_line(plot, target), cut_off_line(plot, cut_off, len(labels))]
        return frame(width, plot.bottom + 24, title, "".join(pieces))

    wide, narrow = both(draw)
    table = tuple((label, *slot) for label, slot in zip(labels, slots, strict=True))
    keys = tuple((used[i], s.name) for i, s in enumerate(series)) if len(series) > 1 else ()
    missing = any(v is None for slot in slots for v in slot)
    return Chart(title, note, wide, narrow, (header, *(s.name for s in series)), table, keys, missing)
