"""Work through time: a bar from start to due day for each piece, what is done of it filled, today as a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

from diaban.ui.charts.model import NARROW, Chart, linked, shortened, text_width, words
from diaban.ui.formats import day as written

DRAWN, LABELS, NARROW_LABELS = 1120, 430, 0  # CSS pixels: the whole, and the column of names (above the bar on phones)
ROW, GROUP, TOP, THICK = 24, 26, 34, 12
SIGN = 9  # pixels that the sign of lateness needs inside a bar


@dataclass(frozen=True, slots=True)
class Span:
    """One stretch of work, both days included. `done` is the part done (0 to 1); `tone` as of a chip."""

    first: date
    last: date
    done: float = 0.0
    tone: str = "neutral"
    title: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """One row: its name, where it leads, its stretches (one, or one for each time that it falls due), its state."""

    label: str
    spans: Sequence[Span]
    href: str = ""
    group: str = ""
    state: str = ""


def gantt_chart(
    title: str, tasks: Sequence[Task], first: date, last: date, today: date, *, today_name: str,
    headers: tuple[str, str, str, str], note: str = "",
) -> Chart:  # fmt: skip
    """Draw the rows between `first` and `last`; a group's name stands over its rows where it changes.

    `headers` name the columns of the table that says the same: work, start, due day, state.
    """
    if last <= first:
        raise ValueError("a Gantt chart needs at least two days")
    wide = _drawn(title, tasks, first, last, (today, today_name), DRAWN, LABELS)
    narrow = _drawn(title, tasks, first, last, (today, today_name), NARROW, NARROW_LABELS)
    rows = tuple(
        (task.label, written(min(s.first for s in task.spans)), written(max(s.last for s in task.spans)), task.state)
        if task.spans
        else (task.label, "", "", task.state)
        for task in tasks
    )
    return Chart(title, note, wide, narrow, headers, rows)


def _drawn(
    title: str, tasks: Sequence[Task], first: date, last: date, now: tuple[date, str], width: int, left: int
) -> str:
    days = (last - first).days + 1
    scale = (width - left) / days
    above = left == 0
    rows: list[str] = []
    y, group = float(TOP), ""
    for task in tasks:
        if task.group and task.group != group:
            rows.append(words(0, y + 16, shortened(task.group, width - 4), "gantt__group"))
            y += GROUP
        group = task.group
        rows.append(_row(task, y, first, last, scale, left, above=above, width=width))
        y += ROW + (14 if above else 0)
    pieces = [_months(first, last, scale, left, y), *rows]
    if first <= now[0] <= last:
        x = left + (now[0] - first).days * scale
        end = "end" if x + text_width(now[1], 11) > width else "start"
        pieces.append(f'<path class="gantt__today" d="M{x:.1f} {TOP - 14}V{y:.1f}"/>')
        pieces.append(words(x + (3 if end == "start" else -3), TOP - 18, now[1], "chart__name gantt__now", end))
    size = "narrow" if width == NARROW else "wide"
    role = "group" if "<a " in "".join(rows) else "img"
    return (
        f'<svg class="chart__svg chart__svg--{size} gantt" viewBox="0 0 {width} {y + 4:.0f}" role="{role}"'
        f' aria-label="{escape(title)}">{"".join(pieces)}</svg>'
    )


def _row(task: Task, y: float, first: date, last: date, scale: float, left: int, *, above: bool, width: int) -> str:
    base = y + (17 if above else 6)
    label = (
        words(0, y + 11, shortened(task.label, width - 4))
        if above
        else words(0, base + 10, shortened(task.label, left - 12))
    )
    bars = [label]
    for span in task.spans:
        start, end = max(span.first, first), min(span.last, last)
        if end < start:
            continue
        x, long = left + (start - first).days * scale, max(((end - start).days + 1) * scale - 1, 2)
        tone = escape(span.tone)
        bars.append(f'<g class="gantt__bar" data-tone="{tone}"><title>{escape(span.title)}</title>')
        bars.append(f'<rect class="gantt__whole" x="{x:.1f}" y="{base:.1f}" width="{long:.1f}" height="{THICK}"/>')
        if span.done > 0:
            part = long * min(span.done, 1.0)
            bars.append(f'<rect class="gantt__done" x="{x:.1f}" y="{base:.1f}" width="{part:.1f}" height="{THICK}"/>')
        if span.tone == "warn":  # a sign that grey print keeps; beside the bar where it has no room in it
            at = x + long / 2 if long >= SIGN else x + long + 4
            bars.append(words(at, base + 10, "!", "gantt__late", "middle"))
        bars.append("</g>")
    return linked("".join(bars), task.href, f"{task.label}: {task.state}" if task.state else task.label)


def _months(first: date, last: date, scale: float, left: int, bottom: float) -> str:
    """Return the first days of months (or of years, where months have no room) as lines with their names."""
    yearly = scale * 30 < 22
    pieces, on, free = [], first, -1000.0
    while on <= last:
        if on.day == 1 and (not yearly or on.month == 1):
            x = left + (on - first).days * scale
            name = f"{on.year}" if yearly or on.month == 1 else f"{on.month}"
            pieces.append(f'<path class="chart__line" d="M{x:.1f} {TOP - 12}V{bottom:.1f}"/>')
            if x > free:
                pieces.append(words(x + 3, TOP - 4, name, "chart__tick"))
                free = x + text_width(name, 11) + 6
            on += timedelta(days=27)
        on += timedelta(days=1)
    return "".join(pieces)
