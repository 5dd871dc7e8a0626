"""Outlines on the page: projected, snapped to a quarter of a pixel, thinned so that neighbours share one border."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from operator import itemgetter
from threading import Lock
from typing import Any, Generic, TypeVar

GRID = 4  # steps of the drawing grid per unit of the picture (a unit is a CSS pixel at full width)
Cell = tuple[int, int]
Ring = list[Cell]
Kept = tuple[Cell, ...]  # a ring that is done: what is worked out from it is kept from one page to the next
Stamp = tuple[tuple[int, ...], bytes]
T = TypeVar("T")
DRAWINGS = 24  # areas whose outlines are kept as drawn: a province takes about two megabytes


def mercator(lon: float, lat: float) -> tuple[float, float]:
    """Return Web-Mercator-like coordinates in degrees of longitude, y down: true angles from a ward to the country."""
    return lon, -math.degrees(math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)))


def rings_of(geometry: Mapping[str, Any]) -> Iterator[tuple[int, Sequence[Sequence[float]]]]:
    """Yield (number of the part, ring) for a Polygon or MultiPolygon; the first ring of a part is its outside."""
    kind, coordinates = geometry.get("type"), geometry.get("coordinates") or ()
    parts = [coordinates] if kind == "Polygon" else coordinates if kind == "MultiPolygon" else ()
    for number, part in enumerate(parts):
        for ring in part:
            yield number, ring


def stamp(geometry: Mapping[str, Any]) -> Stamp:
    """Return what tells outlines apart, quickly: the lengths of the rings, and their positions as bytes."""
    rings = [ring for _part, ring in rings_of(geometry)]
    positions = chain.from_iterable(map(_LON_LAT, chain.from_iterable(rings)))
    return tuple(map(len, rings)), array("d", positions).tobytes()


_LON_LAT = itemgetter(0, 1)


class Shelf(Generic[T]):
    """The last few results of a costly drawing step, by what they were made from; the oldest goes when it is full.

    Two requests that miss at once both draw, and get the same.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._held: dict[Any, T] = {}
        self._lock = Lock()

    def get(self, key: Any, make: Callable[[], T]) -> T:
        """Return what is kept under `key`, made now if it is not there."""
        with self._lock:
            if key in self._held:
                self._held[key] = self._held.pop(key)  # the last one asked for stands last
                return self._held[key]
        made = make()
        with self._lock:
            self._held[key] = made
            while len(self._held) > self.most:
                del self._held[next(iter(self._held))]
        return made


@dataclass(frozen=True, slots=True)
class Placement:
    """Where degrees fall on the picture: `unit = mercator * scale + shift`, in units."""

    scale: float
    dx: float
    dy: float

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        x, y = mercator(lon, lat)
        return x * self.scale + self.dx, y * self.scale + self.dy

    def ring(self, ring: Sequence[Sequence[float]]) -> Ring:
        """Return the ring on the grid, without repeated points and without its closing point."""
        scale, dx, dy = self.scale * GRID, self.dx * GRID, self.dy * GRID
        degrees, log, tan, quarter, half = math.degrees(1), math.log, math.tan, math.pi / 4, math.pi / 360
        cells: Ring = []
        last = None
        for position in ring:
            cell = (
                round(position[0] * scale + dx),
                round(-degrees * log(tan(quarter + position[1] * half)) * scale + dy),
            )
            if cell != last:
                cells.append(cell)
                last = cell
        if len(cells) > 1 and cells[0] == cells[-1]:
            cells.pop()
        return cells


@dataclass(frozen=True, slots=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top


def box_of(positions: Iterable[Sequence[float]]) -> Box | None:
    """Return the box of positions (degrees) in Mercator degrees, None when there are none."""
    lons, lats = [], []
    for position in positions:
        lons.append(position[0])
        lats.append(position[1])
    if not lons:
        return None
    left, top = mercator(min(lons), max(lats))
    right, bottom = mercator(max(lons), min(lats))
    return Box(left, top, right, bottom)


def fit(box: Box, left: float, top: float, width: float, height: float) -> Placement:
    """Return the placement that centres `box` in the given frame (units), as large as it goes."""
    scale = min(width / max(box.width, 1e-9), height / max(box.height, 1e-9))
    return Placement(
        scale,
        left + (width - box.width * scale) / 2 - box.left * scale,
        top + (height - box.height * scale) / 2 - box.top * scale,
    )


def thin(rings: Sequence[Ring], tolerance: float = 0.35) -> list[Ring]:
    """Return the rings with points left out that lie within `tolerance` units of the line drawn.

    A border between two units is cut at the corners where three meet and thinned once, in one direction, so both sides
    draw the very same line: no slivers of sea between neighbours. A ring that collapses comes back empty.
    """
    corners = _corners(rings)
    limit = (tolerance * GRID) ** 2
    arcs: dict[tuple[Cell, ...], list[Cell]] = {}
    return [_thin_ring(ring, corners, limit, arcs) for ring in rings]


def _corners(rings: Sequence[Ring]) -> set[Cell]:
    """Return the cells where more than two border lines meet."""
    beside: dict[Cell, tuple[Cell, Cell]] = {}
    corners: set[Cell] = set()
    for ring in rings:
        if len(ring) < 3:
            continue
        before, here = ring[-2], ring[-1]
        for after in ring:
            pair = (before, after) if before < after else (after, before)
            known = beside.setdefault(here, pair)
            if known != pair:
                corners.add(here)
            before, here = here, after
    return corners


def _thin_ring(ring: Ring, corners: set[Cell], limit: float, arcs: dict[tuple[Cell, ...], list[Cell]]) -> Ring:
    if len(ring) < 3:
        return []
    start = next((index for index, cell in enumerate(ring) if cell in corners), None)
    if start is None:
        start = ring.index(min(ring))
        turned = ring[start:] + ring[:start]
        x0, y0 = turned[0]
        far = max(range(len(turned)), key=lambda i: (turned[i][0] - x0) ** 2 + (turned[i][1] - y0) ** 2)
        cuts = [0, far, len(turned)]
    else:
        turned = ring[start:] + ring[:start]
        cuts = [index for index, cell in enumerate(turned) if cell in corners] + [len(turned)]
    turned.append(turned[0])
    kept: Ring = []
    for first, last in pairwise(cuts):
        kept.extend(_thin_arc(turned[first : last + 1], limit, arcs)[:-1])
    return kept if len(kept) >= 3 else []


def _thin_arc(arc: Ring, limit: float, arcs: dict[tuple[Cell, ...], list[Cell]]) -> Ring:
    if len(arc) <= 2:
        return arc
    backwards = arc[0] > arc[-1] or (arc[0] == arc[-1] and arc[1] > arc[-2])
    ahead = arc[::-1] if backwards else arc
    key = (ahead[0], ahead[1], ahead[-1])
    found = arcs.get(key)
    if found is None:
        found = arcs[key] = _douglas_peucker(ahead, limit)
    return found[::-1] if backwards else found


def _douglas_peucker(line: Ring, limit: float) -> Ring:
    keep = bytearray(len(line))
    keep[0] = keep[-1] = 1
    open_spans = [(0, len(line) - 1)]
    while open_spans:
        first, last = open_spans.pop()
        if last - first < 2:
            continue
        ax, ay = line[first]
        bx, by = line[last][0] - ax, line[last][1] - ay
        length = bx * bx + by * by
        worst, at = 0.0, -1
        for index in range(first + 1, last):
            px, py = line[index][0] - ax, line[index][1] - ay
            if length:
                along = px * bx + py * by
                if along <= 0:
                    away = float(px * px + py * py)
                elif along >= length:
                    away = float((px - bx) ** 2 + (py - by) ** 2)
                else:
                    cross = px * by - py * bx
                    away = cross * cross / length
            else:
                away = float(px * px + py * py)
            if away > worst:
                worst, at = away, index
        if worst > limit:
            keep[at] = 1
            open_spans += [(first, at), (at, last)]
    return [cell for cell, kept in zip(line, keep, strict=True) if kept]


@lru_cache(maxsize=4096)
def kept_path(rings: tuple[Kept, ...]) -> str:
    """Return `path` of rings that are done, kept from one page to the next."""
    return path(rings)


def path(rings: Iterable[Sequence[Cell]]) -> str:
    """Return the SVG path of closed rings in grid steps, relative and as short as it can be written."""
    return "".join(f"{line(ring)}z" for ring in rings if len(ring) >= 3)


def line(cells: Sequence[Cell]) -> str:
    """Return an open SVG path through `cells`."""
    x, y = cells[0]
    pieces = [f"M{x}{_next(y)}l" if y >= 0 else f"M{x}{y}l"]
    first = True
    for nx, ny in cells[1:]:
        dx, dy = nx - x, ny - y
        pieces.append(f"{dx}{_next(dy)}" if first else f"{_next(dx)}{_next(dy)}")
        first = False
        x, y = nx, ny
    return "".join(pieces)


def _next(value: int) -> str:
    return f" {value}" if value >= 0 else str(value)
