"""Lines through time: one chart, many small ones, or one the height of a word."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from diaban.ui.charts.axis import Plot, cut_off_line, foot_labels, grid, left_room, round_steps, target_line
from diaban.ui.charts.model import (
    NARROW,
    WIDE,
    Chart,
    CutOff,
    Panel,
    Series,
    Target,
    Value,
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


def line_chart(
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    header: str,
    note: str = "",
    cut_off: CutOff | None = None,
    target: Target | None = None,
    from_zero: bool = True,
) -> Chart:
    """Draw lines with their names at their ends. A value that was not reported breaks the line.

    `from_zero` may be false only for rates and indexes; counts start at zero.
    """
    check_parts(len(series))
    used = [tone(i, s.tone) for i, s in enumerate(series)]
    every = [v for s in series for v in s.values if v is not None] + ([target.value] if target else [])

    def draw(width: int) -> str:
        steps = round_steps(0 if from_zero else min(every, default=0), max(every, default=1))
        left = left_room(steps)
        names = [shortened(s.name, width * 0.3, 12) for s in series]
        right = max((text_width(name) for name in names), default=0) + 10
        plot = Plot(left, 18, width - left - right, 170 if width == NARROW else 200, steps)
        pieces = [grid(plot), target_line(plot, target)]
        ends = []
        for index, one in enumerate(series):
            points = _points(plot, one.values, len(labels))
            pieces.append(f'<path class="chart__curve {escape(used[index])}" d="{_curve(points)}"/>')
            dots = [p for p in points if p]
            if dots:
                x, y = dots[-1]
                pieces.append(f'<circle class="chart__dot {escape(used[index])}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>')
                ends.append((y, index))
        for y, index in _spread(ends, plot):
            kind = f"chart__name ink-{escape(used[index])}"
            pieces.append(words(plot.right + 8, y + 4, names[index], kind))
        pieces += [foot_labels(plot, labels), cut_off_line(plot, cut_off, len(labels))]
        return frame(width, plot.bottom + 24, title, "".join(pieces))

    wide, narrow = both(draw)
    table = tuple((label, *(s.values[i] for s in series)) for i, label in enumerate(labels))
    missing = any(v is None for s in series for v in s.values)
    return Chart(title, note, wide, narrow, (header, *(s.name for s in series)), table, missing=missing)


def _points(plot: Plot, values: Sequence[Value], count: int) -> list[tuple[float, float] | None]:
    return [(plot.centre(i, count), plot.y(v)) if v is not None else None for i, v in enumerate(values)]


def _curve(points: Sequence[tuple[float, float] | None]) -> str:
    """Return the path; a lone point between gaps becomes a short dash so that it is seen."""
    pieces, pen = [], False
    for index, point in enumerate(points):
        if point is None:
            pen = False
            continue
        x, y = point
        alone = not pen and (index + 1 >= len(points) or points[index + 1] is None)
        pieces.append(f"M{x - 3:.1f} {y:.1f}h6" if alone else f"{'L' if pen else 'M'}{x:.1f} {y:.1f}")
        pen = not alone
    return "".join(pieces)


def _spread(ends: Sequence[tuple[float, int]], plot: Plot, gap: float = 17.0) -> list[tuple[float, int]]:
    """Return the heights of the names at the lines' ends, pushed apart so that none covers another."""
    placed: list[tuple[float, int]] = []
    for y, index in sorted(ends):
        placed.append((max(y, placed[-1][0] + gap) if placed else y, index))
    over = placed[-1][0] - plot.bottom if placed else 0
    return [(y - max(over, 0), index) for y, index in placed]


def sparkline(values: Sequence[Value], label: str, width: int = 96, height: int = 22) -> str:
    """Return a line the height of a word, from zero, its last value marked; `label` is read out in its place."""
    known = [v for v in values if v is not None]
    top = max(known, default=0) or 1
    slot = (width - 8) / max(len(values) - 1, 1)
    points = [None if v is None else (4 + i * slot, height - 3 - v / top * (height - 7)) for i, v in enumerate(values)]
    last = next((p for p in reversed(points) if p), None)
    dot = f'<circle class="chart__dot chart-1" cx="{last[0]:.1f}" cy="{last[1]:.1f}" r="2.4"/>' if last else ""
    return (
        f'<svg class="sparkline" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"'
        f' aria-label="{escape(label)}"><path class="chart__base" d="M4 {height - 2.5:.1f}H{width - 4}"/>'
        f'<path class="chart__curve chart-1" d="{_curve(points)}"/>{dot}</svg>'
    )


def small_multiples(
    title: str, labels: Sequence[str], panels: Sequence[Panel], *, header: str, note: str = ""
) -> Chart:
    """Draw one small line per panel, all on the same scale, so that heights may be compared."""
    highest = max((v for p in panels for v in p.values if v is not None), default=0) or 1

    def draw(width: int) -> str:
        across = 4 if width == WIDE else 2
        cell, tall = width / across, 92.0
        pieces = []
        for index, panel in enumerate(panels):
            left, top = index % across * cell, index // across * tall
            plot = Plot(left, top + 24, cell - 16, tall - 42, [0.0, float(highest)])
            points = _points(plot, panel.values, max(len(labels), 1))
            last = next(((p, v) for p, v in zip(reversed(points), reversed(panel.values), strict=True) if p), None)
            inner = [
                words(left, top + 14, shortened(panel.name, cell - 20), "chart__name"),
                f'<path class="chart__base" d="M{plot.left:.1f} {plot.bottom:.1f}H{plot.right:.1f}"/>',
                f'<path class="chart__curve chart-1" d="{_curve(points)}"/>',
            ]
            if last:
                (x, y), value = last
                inner.append(f'<circle class="chart__dot chart-1" cx="{x:.1f}" cy="{y:.1f}" r="2.6"/>')
                inner.append(words(plot.right, max(y - 6, top + 24), figure(value or 0), "chart__figure", "end"))
            if labels:
                inner.append(words(plot.left, plot.bottom + 12, labels[0], "chart__tick"))
                inner.append(words(plot.right, plot.bottom + 12, labels[-1], "chart__tick", "end"))
            pieces.append(linked("".join(inner), panel.href, panel.name))
        return frame(width, math.ceil(len(panels) / across) * tall, title, "".join(pieces))

    wide, narrow = both(draw)
    table = tuple((p.name, *p.values) for p in panels)
    missing = any(v is None for p in panels for v in p.values)
    return Chart(title, note, wide, narrow, (header, *labels), table, missing=missing)
