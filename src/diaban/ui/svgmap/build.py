"""From outlines in degrees to one SVG text."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from html import escape

from diaban.ui.svgmap import extent, labels, outline
from diaban.ui.svgmap.marks import disc, drawing
from diaban.ui.svgmap.model import LegendItem, Line, MapPicture, Mark, Shape
from diaban.ui.svgmap.outline import DRAWINGS, GRID, Box, Kept, Placement, Ring, Shelf, Stamp

WIDTH = 1000  # units of the picture; one unit is one CSS pixel when the map is 1,000 pixels wide
PADDING = 16
TALLEST = 720
SHORTEST = 420
INSET = (210.0, 150.0)  # width and height of the frame for far islands
APART = 14.0  # a sign is moved aside by steps of this (units) until it covers no other
SIGN, DISC = 11.2, 30.0  # room that a sign and a disc with a number take (units); discs are drawn larger on phones


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A shape on the grid, its rings thinned."""

    shape: Shape
    rings: tuple[Kept, ...]
    inset: bool


@dataclass(frozen=True, slots=True)
class _Inset:
    """The frame for shapes that lie far from the rest."""

    left: float
    top: float
    width: float
    height: float
    placement: Placement
    box: Box

    def holds(self, lon: float, lat: float) -> bool:
        x, y = outline.mercator(lon, lat)
        margin = max(self.box.width, self.box.height) * 0.15
        return (
            self.box.left - margin <= x <= self.box.right + margin
            and self.box.top - margin <= y <= self.box.bottom + margin
        )


def build_map(
    shapes: Iterable[Shape],
    marks: Iterable[Mark] = (),
    lines: Iterable[Line] = (),
    *,
    legend: Iterable[LegendItem] = (),
    schematic: bool = False,
    source: str = "",
    period_label: str = "",
    inset_keys: Collection[str] | None = None,
    title: str = "",
) -> MapPicture:
    """Draw `shapes`, with `lines` and `marks` over them, on a picture 1,000 units wide.

    Shapes named in `inset_keys` (None: those that lie far from the rest; empty: none) are drawn in a frame of their
    own, in the emptiest corner, larger than to scale; marks inside their box follow them. `context` shapes count for
    the extent only if nothing else does. The same input gives the same text.
    """
    everything, all_marks, all_lines = list(shapes), list(marks), list(lines)
    apart = extent.far_keys(everything) if inset_keys is None else set(inset_keys)
    far = [s for s in everything if s.key in apart]
    near = [s for s in everything if s.key not in apart]
    if not [s for s in near if s.tone != "context"]:
        near, far = near + far, []
    main, height = _main_placement(near, all_lines, all_marks)
    drawn = _draw(near, main, inset=False)
    inset = _inset(far, drawn, height)
    if inset:
        drawn += _draw(far, inset.placement, inset=True)
    places = _apart([(*_position(m, main, inset), DISC if m.n else SIGN) for m in all_marks])
    names = {
        d.shape.key: labels.place(d.rings, labels.short(d.shape.label), places)
        for d in drawn
        if d.shape.tone != "context"
    }
    identity = _identity(everything)
    svg = _svg(
        _Page(drawn, names, all_lines, list(zip(all_marks, places, strict=True)), main, inset, height), identity, title
    )
    counted = sum(1 for s in everything if s.tone != "context" and not s.tone.startswith("site"))
    return MapPicture(
        svg=svg,
        width=WIDTH,
        height=height,
        legend=tuple(legend),
        schematic=schematic,
        source=source,
        period_label=period_label,
        identity=identity,
        n_shapes=counted,
        n_marks=sum(mark.n or 1 for mark in all_marks),
        inset_names=tuple(s.title or s.label for s in far) if inset else (),
    )


def _identity(shapes: Sequence[Shape]) -> str:
    seed = "\n".join(f"{s.key} {s.tone}" for s in shapes)
    return "m" + hashlib.sha256(seed.encode()).hexdigest()[:8]


def _main_placement(shapes: Sequence[Shape], lines: Sequence[Line], marks: Sequence[Mark]) -> tuple[Placement, int]:
    own = [s for s in shapes if s.tone != "context"] or list(shapes)
    box = _boxes.get(
        tuple(outline.stamp(s.geometry) for s in own),
        lambda: outline.box_of(p for s in own for _part, ring in outline.rings_of(s.geometry) for p in ring),
    )
    if box is None:
        box = outline.box_of([*(p for li in lines for p in li.coordinates), *((m.lon, m.lat) for m in marks)])
    if box is None:
        box = Box(0.0, 0.0, 1.0, 0.6)
    inner = WIDTH - 2 * PADDING
    natural = box.height / max(box.width, 1e-9) * inner + 2 * PADDING
    height = round(min(max(natural, SHORTEST), TALLEST))
    return outline.fit(box, PADDING, PADDING, inner, height - 2 * PADDING), height


_boxes: Shelf[Box | None] = Shelf(DRAWINGS)
_grounds: Shelf[list[tuple[Kept, ...]]] = Shelf(DRAWINGS)


def _draw(shapes: Sequence[Shape], placement: Placement, *, inset: bool) -> list[_Drawn]:
    """Return the shapes on the grid; the same outlines are projected and thinned once, not for every page."""
    stamps: tuple[Stamp, ...] = tuple(outline.stamp(shape.geometry) for shape in shapes)
    grounds = _grounds.get((stamps, placement), lambda: _projected(shapes, placement))
    return [_Drawn(shape, ground, inset) for shape, ground in zip(shapes, grounds, strict=True)]


def _projected(shapes: Sequence[Shape], placement: Placement) -> list[tuple[Kept, ...]]:
    owners: list[int] = []
    rings: list[Ring] = []
    for index, shape in enumerate(shapes):
        for _part, ring in outline.rings_of(shape.geometry):
            owners.append(index)
            rings.append(placement.ring(ring))
    by_shape: list[list[Ring]] = [[] for _ in shapes]
    whole: list[list[Ring]] = [[] for _ in shapes]
    for owner, ring, full in zip(owners, outline.thin(rings), rings, strict=True):
        whole[owner].append(full)
        if ring:
            by_shape[owner].append(ring)
    # A unit too small to draw still gets a dot of ground, so that it can be reached.
    grounds = [kept or [_dot(full)] for kept, full in zip(by_shape, whole, strict=True)]
    return [tuple(tuple(ring) for ring in ground) for ground in grounds]


def _dot(rings: Sequence[Ring]) -> Ring:
    x, y = rings[0][0] if rings and rings[0] else (0, 0)
    size = 2 * GRID
    return [(x - size, y - size), (x + size, y - size), (x + size, y + size), (x - size, y + size)]


def _inset(shapes: Sequence[Shape], drawn: Sequence[_Drawn], height: int) -> _Inset | None:
    """Return a frame in the corner where the fewest outline points lie (lower right first when equal).

    The frame is fitted to the islands that matter (at least a twentieth of the largest); what lies outside is cut.
    """
    rings = [ring for s in shapes for _part, ring in outline.rings_of(s.geometry)]
    sizes = [_extent(ring) for ring in rings]
    box = outline.box_of(p for ring, size in zip(rings, sizes, strict=True) if size >= max(sizes) / 20 for p in ring)
    if box is None:
        return None
    width, tall = INSET
    right, low = WIDTH - width - 8, height - tall - 8
    points = [(x / GRID, y / GRID) for d in drawn for ring in d.rings for x, y in ring if d.shape.tone != "context"]

    def crowd(corner: tuple[float, float]) -> int:
        left, top = corner
        return sum(1 for x, y in points if left <= x <= left + width and top <= y <= top + tall)

    left, top = min([(right, low), (8.0, low), (right, 8.0), (8.0, 8.0)], key=crowd)
    return _Inset(left, top, width, tall, outline.fit(box, left + 14, top + 14, width - 28, tall - 42), box)


def _extent(ring: Sequence[Sequence[float]]) -> float:
    box = outline.box_of(ring)
    return box.width * box.height if box else 0.0


@dataclass(frozen=True, slots=True)
class _Page:
    """Everything that is going to be written, in its place."""

    drawn: list[_Drawn]
    names: dict[str, labels.Label | None]
    lines: list[Line]
    marks: list[tuple[Mark, tuple[float, float]]]
    main: Placement
    inset: _Inset | None
    height: int


def _svg(page: _Page, identity: str, title: str) -> str:
    background = [d for d in page.drawn if d.shape.tone == "context"]
    # Outlined units come last, so that no neighbour covers their outline.
    units = sorted((d for d in page.drawn if d.shape.tone != "context"), key=lambda d: d.shape.tone == "class-free")
    pieces = [
        f'<svg class="map__svg" id="{identity}" viewBox="0 0 {WIDTH} {page.height}" role="group"'
        f' aria-label="{escape(title)}" data-width="{WIDTH}" data-height="{page.height}">',
        _defs(identity),
        f'<rect class="map__sea" width="{WIDTH}" height="{page.height}"/>',
        f'<g transform="scale({1 / GRID})">',
        *(f'<path class="map__context" d="{outline.kept_path(d.rings)}"/>' for d in background),
        *(_unit(d, page.names[d.shape.key], identity) for d in units if not d.inset),
        "</g>",
        *_inset_svg(page, [d for d in units if d.inset], identity),
        '<path class="map__ring" d="" hidden=""/>',
        *(_line(li, page.main) for li in page.lines if len(li.coordinates) > 1),
        '<g class="map__labels" aria-hidden="true">',
        *(_label(d, page.names[d.shape.key]) for d in units),
        '</g><g class="map__marks">',
        *(_mark(m, x, y) for m, (x, y) in page.marks),
        "</g></svg>",
    ]
    return "".join(pieces)


def _defs(identity: str) -> str:
    """Return the patterns: hatching is a fill attribute because an outside stylesheet cannot point into the page."""
    return (
        f'<defs><pattern id="{identity}-hatch" width="28" height="28" patternUnits="userSpaceOnUse"'
        ' patternTransform="rotate(45)"><rect class="hatch__ground" width="28" height="28"/>'
        '<path class="hatch__line" d="M0 0V28"/></pattern>'
        f'<pattern id="{identity}-hatch-small" width="7" height="7" patternUnits="userSpaceOnUse"'
        ' patternTransform="rotate(45)"><rect class="hatch__ground" width="7" height="7"/>'
        '<path class="hatch__line hatch__line--small" d="M0 0V7"/></pattern></defs>'
    )


def _unit(d: _Drawn, label: labels.Label | None, identity: str) -> str:
    shape = d.shape
    fill = f' fill="url(#{identity}-hatch)"' if shape.tone in ("class-unknown", "step-missing") else ""
    drawing_ = f'<path class="{escape(shape.tone)}"{fill} d="{outline.kept_path(d.rings)}"/>'
    name = escape(shape.title or shape.label)
    value = f' data-value="{escape(shape.value_text)}"' if shape.value_text else ""
    spoken = f"{name}: {escape(shape.value_text)}" if shape.value_text else name
    x, y = (label.x, label.y) if label else (d.rings[0][0][0] / GRID, d.rings[0][0][1] / GRID)
    where = f'data-key="{escape(shape.key)}" data-x="{x:g}" data-y="{y:g}" data-name="{name}"{value}'
    if shape.href:
        return f'<a class="map__unit" href="{escape(shape.href)}" aria-label="{spoken}" {where}>{drawing_}</a>'
    return f'<g class="map__unit" role="img" aria-label="{spoken}" {where}>{drawing_}</g>'


def _inset_svg(page: _Page, units: Sequence[_Drawn], identity: str) -> list[str]:
    inset = page.inset
    if inset is None:
        return []
    names = escape(", ".join(labels.short(d.shape.title or d.shape.label) for d in units))
    frame = f'x="{inset.left:g}" y="{inset.top:g}" width="{inset.width:g}" height="{inset.height:g}"'
    foot = f'x="{inset.left + inset.width / 2:g}" y="{inset.top + inset.height - 9:g}"'
    return [
        f'<clipPath id="{identity}-inset"><rect {frame}/></clipPath>',
        f'<g clip-path="url(#{identity}-inset)"><rect class="map__inset-frame" {frame}/>',
        f'<g transform="scale({1 / GRID})">',
        *(_unit(d, page.names[d.shape.key], identity) for d in units),
        f'</g><text class="map__inset-name" aria-hidden="true" {foot}>{names}</text></g>',
    ]


def _label(d: _Drawn, label: labels.Label | None) -> str:
    """Return the name, and for a drug-free unit the tick that stands alone while its name does not fit."""
    if label is None:
        return ""
    free = d.shape.tone == "class-free"
    alone = "" if not d.inset else " map__tick--inset"
    tick = f'<text class="map__tick map__tick--alone{alone}" x="{label.x:g}" y="{label.y:g}" dy="0.35em">✓</text>'
    if d.inset:
        return tick if free else ""
    lines = (("✓ " if free else "") + label.lines[0], *label.lines[1:])
    # Without script the styles show what fits a wide screen (m) or even a phone (s).
    reach = "s" if label.scale <= 0.34 else "m" if label.scale <= 0.8 else "l"
    spans = "".join(
        f'<tspan x="{label.x:g}" dy="{_drop(index, len(lines))}em">{escape(text)}</tspan>'
        for index, text in enumerate(lines)
    )
    return (
        f'<text class="map__label on-{escape(d.shape.tone)}" data-reach="{reach}" data-at="{label.scale:g}"'
        f' y="{label.y:g}">{spans}</text>{tick if free else ""}'
    )


def _drop(index: int, count: int) -> str:
    return f"{0.35 - (count - 1) * 0.58:g}" if index == 0 else "1.16"


def _position(mark: Mark, main: Placement, inset: _Inset | None) -> tuple[float, float]:
    placement = inset.placement if inset and inset.holds(mark.lon, mark.lat) else main
    return placement.at(mark.lon, mark.lat)


def _apart(places: Sequence[tuple[float, float, float]]) -> list[tuple[float, float]]:
    """Return the places (x, y, room) with signs that would cover each other moved to the nearest free seat around."""
    taken: dict[tuple[int, int], list[tuple[float, float, float]]] = {}
    around = [(0.0, 0.0)] + [
        (APART * ring * dx, APART * ring * dy)
        for ring in (1, 2, 3)
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1), (0.75, 0.75), (-0.75, 0.75), (0.75, -0.75), (-0.75, -0.75))
    ]

    def is_free(x: float, y: float, room: float) -> bool:
        column, row = int(x // DISC), int(y // DISC)
        return all(
            (x - ox) ** 2 + (y - oy) ** 2 >= ((room + other) / 2) ** 2
            for c in (column - 1, column, column + 1)
            for r in (row - 1, row, row + 1)
            for ox, oy, other in taken.get((c, r), ())
        )

    seated = []
    for x, y, room in places:
        seat = next(((x + dx, y + dy) for dx, dy in around if is_free(x + dx, y + dy, room)), (x, y))
        taken.setdefault((int(seat[0] // DISC), int(seat[1] // DISC)), []).append((*seat, room))
        seated.append(seat)
    return seated


def _mark(mark: Mark, x: float, y: float) -> str:
    sign = disc(mark.n) if mark.n else drawing(mark.shape, mark.fill)
    place = f'transform="translate({x:.1f} {y:.1f})" data-x="{x:.1f}" data-y="{y:.1f}" data-name="{escape(mark.title)}"'
    if mark.href:
        return f'<a class="map__mark" href="{escape(mark.href)}" aria-label="{escape(mark.title)}" {place}>{sign}</a>'
    return f'<g class="map__mark" role="img" aria-label="{escape(mark.title)}" {place}>{sign}</g>'


def _line(li: Line, placement: Placement) -> str:
    cells = [(round(x * GRID), round(y * GRID)) for x, y in (placement.at(lon, lat) for lon, lat in li.coordinates)]
    way = outline.line(cells)
    drawn = (
        f'<g transform="scale({1 / GRID})"><path class="map__route-bed" d="{way}"/>'
        f'<path class="map__route map__route--{escape(li.tone)}" d="{way}"/></g>'
    )
    if li.href:
        return (
            f'<a class="map__way" href="{escape(li.href)}" aria-label="{escape(li.title)}"'
            f' data-name="{escape(li.title)}">{drawn}</a>'
        )
    return f'<g class="map__way" role="img" aria-label="{escape(li.title)}" data-name="{escape(li.title)}">{drawn}</g>'
