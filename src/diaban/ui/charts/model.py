"""What a chart is made of, and what comes out. None is "not reported" and is never drawn as zero."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape

from diaban.ui.formats import grouped

Value = int | float | None
WIDE, NARROW = 640, 340  # widths drawn, in CSS pixels: one for screens and print, one for phones
MOST_COLOURS = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. `low` and `high` bound an interval around a small number (same unit as `value`)."""

    label: str
    value: Value
    href: str = ""
    low: Value = None
    high: Value = None
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """One line, or one part of stacked bars. `tone` defaults to `chart-1` … `chart-6` in order."""

    name: str
    values: Sequence[Value]
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One horizontal stacked bar: a value for each part."""

    label: str
    values: Sequence[Value]
    href: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One of the small multiples."""

    name: str
    values: Sequence[Value]
    href: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """A level to reach or keep, drawn as a line with its name."""

    value: float
    name: str


@dataclass(frozen=True, slots=True)
class CutOff:
    """The day the books close, drawn after the label at `index`."""

    index: int
    name: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn chart for the template `ui/chart.html`: two widths, and the same figures as a table."""

    title: str
    note: str
    wide: str
    narrow: str
    headers: tuple[str, ...]
    rows: tuple[tuple[Value | str, ...], ...]
    keys: tuple[tuple[str, str], ...] = field(default=())  # tone and name, where a name cannot stand at its data
    missing: bool = False


def both(draw: Callable[[int], str]) -> tuple[str, str]:
    """Return the drawing at both widths."""
    return draw(WIDE), draw(NARROW)


def tone(index: int, given: str = "") -> str:
    """Return the CSS class of the n-th part (from 0)."""
    return given or f"chart-{index % MOST_COLOURS + 1}"


def check_parts(count: int) -> None:
    """Refuse more parts than people can tell apart."""
    if count > MOST_COLOURS:
        raise ValueError(f"a chart shows at most {MOST_COLOURS} parts, got {count}; group the smallest")


def text_width(text: str, size: float = 12.0) -> float:
    """Return about how many CSS pixels `text` takes."""
    return sum(0.34 if c in "iíìỉĩịljtfrI .,'()-1" else 0.9 if c in "mwMW" else 0.6 for c in text) * size


def shortened(text: str, room: float, size: float = 12.0) -> str:
    """Return `text` cut with an ellipsis so that it takes at most `room` pixels."""
    if text_width(text, size) <= room:
        return text
    while text and text_width(text + "…", size) > room:
        text = text[:-1]
    return text.rstrip() + "…"


def words(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> str:
    """Return a text element; `kind` is a CSS class of the chart's texts."""
    css = f"chart__text {kind}".strip()
    turned = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text class="{css}" x="{x:.1f}" y="{y:.1f}"{turned}>{escape(text)}</text>'


def linked(inner: str, href: str, label: str) -> str:
    """Return `inner` as a link when there is somewhere to go."""
    if not href:
        return inner
    return f'<a href="{escape(href)}" aria-label="{escape(label)}">{inner}</a>'


def frame(width: int, height: float, title: str, inner: str) -> str:
    """Return the whole SVG; its title is read out, the figures are in the table below it."""
    size = "wide" if width == WIDE else "narrow"
    role = "group" if "<a " in inner else "img"
    return (
        f'<svg class="chart__svg chart__svg--{size}" viewBox="0 0 {width} {height:.0f}" role="{role}"'
        f' aria-label="{escape(title)}">{inner}</svg>'
    )


def figure(value: float | int) -> str:
    """Return a figure as it is written beside its bar."""
    return grouped(value)
