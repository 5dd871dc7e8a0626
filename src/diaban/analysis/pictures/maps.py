"""The map of an answer: events as faint dots (or areas by their outline), what was found over them, and a scale."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from diaban.analysis import words as say_it
from diaban.analysis.answer import Answer, Shape
from diaban.analysis.outputs.geojson import around, square
from diaban.analysis.pictures.drawing import FAINT, FILLS, INK, LINE, frame, nice_step, words
from diaban.analysis.tables import AreaCounts, Table
from diaban.engine.positions import EARTH_RADIUS

WIDTH, MOST_HEIGHT, EDGE, TOP = 900.0, 900.0, 24.0, 56.0
_DOTS = 220
"""Events are shown once per square of a raster this fine: a hundred thousand draw as fast as a thousand."""


_LEAST = 7.0
"""No circle is drawn smaller, in pixels."""


@dataclass(frozen=True, slots=True)
class _View:
    left: float
    high: float
    across: float
    up: float

    def put(self, x: float, y: float) -> tuple[float, float]:
        return EDGE + (x - self.left) * self.across, TOP + (self.high - y) * self.up


def map_svg(answer: Answer, table: Table) -> str:
    """Return the picture. Shapes that lie far outside the events don't shrink the map."""
    view, height = _view(answer, table)
    pieces = [_areas(table, view) if isinstance(table, AreaCounts) else _events(table, view)]
    order = {"quiet": 0, "ring": 1, "control": 1}
    drawn = sorted(answer.shapes, key=lambda one: order.get(one.tone, 2))
    pieces += [_shape(shape, answer, table, view) for shape in drawn]
    pieces += [_label(shape, view) for shape in reversed(drawn)]
    pieces.append(_heading(str(answer.headline)))
    pieces.append(_scale(answer, view, height))
    return frame(WIDTH, height, str(answer.headline), "".join(pieces))


def _view(answer: Answer, table: Table) -> tuple[_View, float]:
    x, y = table.positions.x, table.positions.y
    low, high = np.percentile(x, [0.2, 99.8]), np.percentile(y, [0.2, 99.8])
    left, right, bottom, top = float(low[0]), float(low[1]), float(high[0]), float(high[1])
    if isinstance(table, AreaCounts):
        corners = [ring for rings in table.rings for ring in rings] or [np.column_stack([x, y])]
        every = np.concatenate(corners)
        left, bottom = (float(value) for value in every.min(axis=0))
        right, top = (float(value) for value in every.max(axis=0))
    shrink = math.cos(math.radians((bottom + top) / 2)) if answer.geodesic else 1.0
    wide, tall = max((right - left) * shrink, 1e-9), max(top - bottom, 1e-9)
    pad = 0.04 * max(wide, tall)
    scale = min((WIDTH - 2 * EDGE) / (wide + 2 * pad), (MOST_HEIGHT - TOP - 2 * EDGE) / (tall + 2 * pad))
    spare = ((WIDTH - 2 * EDGE) / scale - wide - 2 * pad) / 2
    view = _View(left - (pad + spare) / shrink, top + pad, scale * shrink, scale)
    return view, TOP + (tall + 2 * pad) * scale + 2 * EDGE


def _events(table: Table, view: _View) -> str:
    x, y = table.positions.x, table.positions.y
    side = (WIDTH - 2 * EDGE) / _DOTS
    column = np.floor((EDGE + (x - view.left) * view.across) / side).astype(np.int64)
    row = np.floor((TOP + (view.high - y) * view.up) / side).astype(np.int64)
    inside = (column >= 0) & (column < 2 * _DOTS) & (row >= 0) & (row < 2 * _DOTS)
    cells, number = np.unique(column[inside] * 10_000 + row[inside], return_counts=True)
    most = math.log1p(float(number.max(initial=1)))
    dots = []
    for cell, count in zip(cells.tolist(), number.tolist(), strict=True):
        across, down = divmod(cell, 10_000)
        dots.append(
            f'<circle cx="{(across + 0.5) * side:.1f}" cy="{(down + 0.5) * side:.1f}" '
            f'r="{0.9 + 1.1 * math.log1p(count) / most:.1f}"/>'
        )
    return f'<g fill="{FAINT}" fill-opacity="0.55">{"".join(dots)}</g>'


def _areas(table: AreaCounts, view: _View) -> str:
    if not any(table.rings):
        places = zip(table.positions.x.tolist(), table.positions.y.tolist(), strict=True)
        dots = "".join('<circle cx="{:.1f}" cy="{:.1f}" r="2.6"/>'.format(*view.put(x, y)) for x, y in places)
        return f'<g fill="{FAINT}" fill-opacity="0.6">{dots}</g>'
    paths = "".join(f'<path d="{_path(ring, view)}"/>' for rings in table.rings for ring in rings)
    return f'<g fill="#f1f4f4" stroke="{LINE}" stroke-width="0.8">{paths}</g>'


def _label(shape: Shape, view: _View) -> str:
    if not shape.label or shape.kind == "area" or shape.x is None or shape.y is None:
        return ""
    x, y = view.put(shape.x, shape.y)
    quiet = shape.tone == "quiet"
    return words(
        x + _LEAST + 1,
        y - _LEAST,
        shape.label,
        size=11 if quiet else 15,
        fill=FAINT if quiet else INK,
        bold=not quiet,
        halo=True,
    )


def _path(ring: object, view: _View) -> str:
    points = [view.put(float(x), float(y)) for x, y in np.asarray(ring)]
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"


def _shape(shape: Shape, answer: Answer, table: Table, view: _View) -> str:
    fill, thick = FILLS.get(shape.tone, FILLS["quiet"])
    style = f'fill="{fill}" fill-opacity="{thick:g}" stroke="{fill}" stroke-width="1.4"'
    if shape.kind == "area":
        return _area(shape, table, view, style)
    if shape.x is None or shape.y is None:
        return ""
    if shape.kind == "circle" and shape.radius:
        x, y = view.put(shape.x, shape.y)
        edge = view.put(*around(shape.x, shape.y, shape.radius, answer.geodesic)[0])[0] - x
        if edge < _LEAST:  # smaller than what the eye finds on a whole city: a ring around the spot
            return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_LEAST:g}" fill="none" stroke="{fill}" stroke-width="2"/>'
        return f'<path d="{_path(around(shape.x, shape.y, shape.radius, answer.geodesic), view)}" {style}/>'
    if shape.kind == "square" and shape.side:
        thin = style.replace('stroke-width="1.4"', 'stroke-width="0.3"')
        return f'<path d="{_path(square(shape.x, shape.y, shape.side, answer.geodesic), view)}" {thin}/>'
    x, y = view.put(shape.x, shape.y)
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" {style}/>'


def _area(shape: Shape, table: Table, view: _View, style: str) -> str:
    if not isinstance(table, AreaCounts) or shape.unit not in table.units:
        return ""
    place = table.units.index(shape.unit)
    if any(table.rings):
        return "".join(f'<path d="{_path(ring, view)}" {style}/>' for ring in table.rings[place])
    x, y = view.put(float(table.positions.x[place]), float(table.positions.y[place]))
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" {style}/>'


def _heading(text: str) -> str:
    lines, line = [], ""
    for word in text.split(" "):
        if len(line) + len(word) > 112:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    lines = [*lines, line][:2]
    return "".join(words(EDGE, 24 + 18 * place, one, size=14, bold=True) for place, one in enumerate(lines))


def _scale(answer: Answer, view: _View, height: float) -> str:
    per_metre = view.up * (math.degrees(1 / EARTH_RADIUS) if answer.geodesic else 1.0)
    length = nice_step(160 / per_metre, 1)
    while length * per_metre > 260:
        length /= 2
    x, y = EDGE, height - EDGE
    return (
        f'<path d="M{x:.1f} {y - 5:.1f}v5h{length * per_metre:.1f}v-5" stroke="{INK}" fill="none"/>'
        + words(x + length * per_metre + 8, y + 2, say_it.metres(length), size=12)
        + words(WIDTH - EDGE, y + 2, "↑ B", size=12, anchor="end")
    )
