"""Names on the map: where in its outline a name fits, and from which enlargement on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from diaban.ui.svgmap.outline import GRID, Cell, Kept

ROWS = 22
SIZE = 12.0  # height of letters in CSS pixels, whatever the enlargement
LEADING = 14.0
# Enlargements (CSS pixels per unit of the picture) at which a name is tried, from a phone's whole map upwards.
SCALES = (0.34, 0.42, 0.5, 0.63, 0.8, 1.0, 1.26, 1.6, 2.0, 2.5, 3.2, 4.0, 5.0, 6.3, 8.0)
SIGN = 9.0  # half the room a sign of a hot-spot takes, in CSS pixels
NEVER = 99.0
TITLES = ("Phường", "Xã", "Thị trấn", "Đặc khu", "Quận", "Huyện", "Thị xã", "Thành phố", "Tỉnh")

_NARROW = frozenset("iíìỉĩịljtfrI .,'()-1")
_WIDE = frozenset("mwMWƠƯO")


@dataclass(frozen=True, slots=True)
class Label:
    """`lines` centred on (x, y) in units; to be shown from enlargement `scale` on."""

    x: float
    y: float
    lines: tuple[str, ...]
    scale: float


def short(name: str) -> str:
    """Return the name without its title ("Phường Vũng Tàu" → "Vũng Tàu"): the map has no room for what all share."""
    for title in TITLES:
        rest = name.removeprefix(f"{title} ")
        if rest != name:
            return rest if not rest.isdigit() else name
    return name


def text_width(text: str) -> float:
    """Return about how many CSS pixels `text` takes at the label size (Be Vietnam Pro, weight 500)."""
    return SIZE * sum(0.34 if c in _NARROW else 0.9 if c in _WIDE else 0.68 if c.isupper() else 0.58 for c in text)


def place(rings: Sequence[Sequence[Cell]], text: str, signs: Sequence[tuple[float, float]] = ()) -> Label | None:
    """Return where `text` goes inside the largest outline among `rings` (grid steps), on one line or two.

    It keeps clear of `signs` (centres in units), which have the same size on the screen at every enlargement.
    """
    if not rings or not text:
        return None
    ring = _largest(tuple(map(tuple, rings)))
    return _placed(ring, text, tuple(_inside_box(signs, ring)))


@lru_cache(maxsize=4096)
def _largest(rings: tuple[Kept, ...]) -> Kept:
    return rings[0] if len(rings) == 1 else max(rings, key=_spread)


@lru_cache(maxsize=4096)
def _placed(ring: Kept, text: str, near: tuple[tuple[float, float], ...]) -> Label | None:
    """Return where the name goes; kept, since the same names stand in the same outlines on every page."""
    rows, step, top = _rows(ring)
    widest = max((right - left for spans in rows for left, right in spans), default=0.0)
    if widest <= 0:
        return None
    arrangements = _arrangements(text)
    narrowest = min(width for _lines, width in arrangements)
    for scale in SCALES:
        if narrowest / scale > widest:
            continue
        best: tuple[float, float, float, tuple[str, ...]] | None = None
        clear = _without(rows, step, top, near, SIGN / scale) if near else rows
        for lines, width in arrangements:
            spot = _spot(clear, step, width / scale, len(lines) * LEADING / scale)
            if spot and (best is None or spot[0] > best[0] * 1.15):
                best = (*spot, lines)
        if best:
            _slack, x, row_y, lines = best
            return Label(round(x, 1), round(top + row_y, 1), lines, scale)
    _width, middle, row = max(
        (right - left, (left + right) / 2, i) for i, row in enumerate(rows) for left, right in row
    )
    return Label(round(middle, 1), round(top + (row + 0.5) * step, 1), (text,), NEVER)


def _spread(ring: Kept) -> int:
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True)))


def _inside_box(signs: Sequence[tuple[float, float]], ring: Kept) -> list[tuple[float, float]]:
    if not signs:
        return []
    left, right = min(x for x, _y in ring) / GRID - SIGN, max(x for x, _y in ring) / GRID + SIGN
    top, bottom = min(y for _x, y in ring) / GRID - SIGN, max(y for _x, y in ring) / GRID + SIGN
    return [(x, y) for x, y in signs if left < x < right and top < y < bottom]


def _without(
    rows: list[list[tuple[float, float]]], step: float, top: float, signs: Sequence[tuple[float, float]], half: float
) -> list[list[tuple[float, float]]]:
    """Return the spans with the squares around `signs` (units) cut out."""
    cleared = [list(spans) for spans in rows]
    for x, y in signs:
        first, last = int((y - half - top) / step), int((y + half - top) / step)
        for row in range(max(first, 0), min(last + 1, len(cleared))):
            pieces = []
            for left, right in cleared[row]:
                if right <= x - half or left >= x + half:
                    pieces.append((left, right))
                else:
                    pieces += [(left, x - half)] * (left < x - half) + [(x + half, right)] * (right > x + half)
            cleared[row] = pieces
    return cleared


def _arrangements(text: str) -> list[tuple[tuple[str, ...], float]]:
    found: list[tuple[tuple[str, ...], float]] = [((text,), text_width(text))]
    words = text.split(" ")
    if len(words) > 1:
        cuts = [(" ".join(words[:i]), " ".join(words[i:])) for i in range(1, len(words))]
        best = min(cuts, key=lambda pair: max(map(text_width, pair)))
        found.append((best, max(map(text_width, best))))
    return found


def _rows(ring: Kept) -> tuple[list[list[tuple[float, float]]], float, float]:
    """Return the inside of the ring as spans (units) on `ROWS` horizontal lines, their distance and the first's top."""
    top, bottom = min(y for _x, y in ring), max(y for _x, y in ring)
    step = (bottom - top) / ROWS or 1.0
    crossings: list[list[float]] = [[] for _ in range(ROWS)]
    ax, ay = ring[-1]
    for bx, by in ring:
        if ay != by:
            low, high = (ay, by) if ay < by else (by, ay)
            first, last = int((low - top) / step - 0.5), int((high - top) / step + 0.5)
            slope = (bx - ax) / (by - ay)
            for row in range(max(first, 0), min(last + 1, ROWS)):
                y = top + (row + 0.5) * step
                if low <= y < high:
                    crossings[row].append(ax + (y - ay) * slope)
        ax, ay = bx, by
    rows = []
    for crossed in crossings:
        crossed.sort()
        rows.append([(a / GRID, b / GRID) for a, b in zip(crossed[::2], crossed[1::2], strict=False)])
    return rows, step / GRID, top / GRID


def _spot(
    rows: list[list[tuple[float, float]]], step: float, width: float, height: float
) -> tuple[float, float, float] | None:
    """Return (slack, x, y from the top) of the roomiest place for a box of this size (units), None if none holds it."""
    reach = int(height / step / 2 + 0.5)
    best: tuple[float, float, float] | None = None
    for row in range(reach, len(rows) - reach):
        for left, right in rows[row]:
            if right - left < width:
                continue
            for other in range(row - reach, row + reach + 1):
                spans = [(max(left, a), min(right, b)) for a, b in rows[other] if a < right and b > left]
                left, right = max(spans, key=lambda s: s[1] - s[0], default=(0.0, 0.0))
                if right - left < width:
                    break
            else:
                central = 1 - abs(row + 0.5 - len(rows) / 2) / len(rows)
                slack = (right - left) / width * (0.6 + central)
                if best is None or slack > best[0]:
                    best = (slack, (left + right) / 2, (row + 0.5) * step)
    return best
