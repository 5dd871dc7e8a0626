"""Where the boxes and lines of a unit's lineage go: predecessors at the left, successors at the right. Numbers only."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from diaban.core.units import Lineage, Register, Spell, territory

BOX_WIDTH, BOX_HEIGHT = 232, 50
COLUMN_GAP, ROW_GAP, MARGIN = 92, 10, 4
_SWEEPS = 4


@dataclass(frozen=True, slots=True)
class Box:
    """A unit as it was last (or is). `x`, `y` are the top left corner.

    `founded` is false where the register only begins on the unit's first day: nobody says that it was made then.
    """

    uid: str
    name: str
    code: str
    start: date
    end: date | None
    x: float
    y: float
    current: bool
    founded: bool
    width: float = BOX_WIDTH
    height: float = BOX_HEIGHT

    @property
    def last_day(self) -> date | None:
        """Return the last day, nothing while it lasts."""
        return territory.last_day(self.end)

    @property
    def short_name(self) -> str:
        """Return the name as long as the box allows."""
        return self.name if len(self.name) <= 27 else f"{self.name[:26].rstrip()}…"

    @property
    def text_x(self) -> float:
        """Return where the words begin."""
        return self.x + 10

    @property
    def name_y(self) -> float:
        """Return the first line's base."""
        return self.y + 21

    @property
    def note_y(self) -> float:
        """Return the second line's base."""
        return self.y + 39


@dataclass(frozen=True, slots=True)
class Link:
    """Territory that passed. `share` is None where unknown; `path` is an SVG path, `mid_x`, `mid_y` its middle."""

    source: Box
    target: Box
    on: date
    share: Fraction | None
    basis: str
    instrument: str
    path: str
    mid_x: float
    mid_y: float

    @property
    def is_whole(self) -> bool:
        """Say whether the source passed undivided."""
        return self.share == 1

    @property
    def percent(self) -> float | None:
        """Return the share as a ratio for display, None where unknown."""
        return float(self.share) if self.share is not None else None


@dataclass(frozen=True, slots=True)
class Picture:
    """Boxes and links on a sheet of `width` by `height`."""

    boxes: tuple[Box, ...]
    links: tuple[Link, ...]
    width: float
    height: float


def draw(register: Register, lineage: Lineage) -> Picture:
    """Return the picture of everything the unit came from and became. One box alone when nothing ever passed."""
    columns = _columns(lineage)
    order = _ordered(columns, lineage, {uid: _last(register, uid).code for uid in lineage.units})
    tallest = max(len(column) for column in order)
    height = tallest * (BOX_HEIGHT + ROW_GAP) - ROW_GAP + 2 * MARGIN
    boxes: dict[str, Box] = {}
    for number, column in enumerate(order):
        top = MARGIN + (tallest - len(column)) * (BOX_HEIGHT + ROW_GAP) / 2
        for row, uid in enumerate(column):
            spell = _last(register, uid)
            start, end = register.lifetime(uid)
            x, y = MARGIN + number * (BOX_WIDTH + COLUMN_GAP), top + row * (BOX_HEIGHT + ROW_GAP)
            boxes[uid] = Box(
                uid, spell.name, spell.code, start, end, x, y, uid == lineage.unit, bool(register.predecessors(uid))
            )
    links = []
    for edge in lineage.edges:
        source, target = boxes[edge.source], boxes[edge.target]
        x1, y1 = source.x + BOX_WIDTH, source.y + BOX_HEIGHT / 2
        x2, y2 = target.x, target.y + BOX_HEIGHT / 2
        bend = x2 - COLUMN_GAP / 2
        path = f"M{x1:g} {y1:g}H{x2 - COLUMN_GAP:g}C{bend:g} {y1:g} {bend:g} {y2:g} {x2:g} {y2:g}"
        links.append(Link(source, target, edge.on, edge.share, edge.basis, edge.instrument, path, bend, (y1 + y2) / 2))
    width = len(order) * (BOX_WIDTH + COLUMN_GAP) - COLUMN_GAP + 2 * MARGIN
    return Picture(tuple(boxes.values()), tuple(links), width, height)


def _last(register: Register, uid: str) -> Spell:
    return register.spells_of(uid)[-1]


def _columns(lineage: Lineage) -> dict[str, int]:
    """Return each unit's column: one right of its rightmost predecessor. `units` come by first day: one pass does."""
    into: dict[str, list[str]] = defaultdict(list)
    for edge in lineage.edges:
        into[edge.target].append(edge.source)
    found: dict[str, int] = {}
    for uid in lineage.units:
        found[uid] = max((found[source] + 1 for source in into[uid] if source in found), default=0)
    for uid in lineage.units:
        targets = [found[edge.target] for edge in lineage.edges if edge.source == uid]
        if targets and not into[uid]:  # a first unit stands next to what it became, so no line runs behind a box
            found[uid] = min(targets) - 1
    return found


def _ordered(columns: dict[str, int], lineage: Lineage, codes: dict[str, str]) -> list[list[str]]:
    """Return the units column by column, each column in an order that crosses few lines (barycentre sweeps)."""
    order: list[list[str]] = [[] for _number in range(max(columns.values()) + 1)]
    for uid in sorted(lineage.units, key=lambda unit: (codes[unit], unit)):
        order[columns[uid]].append(uid)
    beside: dict[bool, dict[str, list[str]]] = {True: defaultdict(list), False: defaultdict(list)}
    for edge in lineage.edges:
        beside[True][edge.source].append(edge.target)
        beside[False][edge.target].append(edge.source)
    for sweep in range(_SWEEPS):
        rightward = sweep % 2 == 0
        place = {uid: index for column in order for index, uid in enumerate(column)}
        for column in order[::-1] if rightward else order:
            neighbours = beside[rightward]
            place |= {uid: index for index, uid in enumerate(column)}
            column.sort(key=lambda uid: (_mean([place[one] for one in neighbours[uid]], place[uid]), codes[uid]))
            place |= {uid: index for index, uid in enumerate(column)}
    return order


def _mean(values: list[int], otherwise: int) -> float:
    return sum(values) / len(values) if values else otherwise
