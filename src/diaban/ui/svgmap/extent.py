"""Which shapes lie so far from the rest that they need a frame of their own, as Côn Đảo does."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from diaban.ui.svgmap.model import Shape
from diaban.ui.svgmap.outline import Box, box_of, rings_of

FEWEST = 4  # with fewer shapes there is no "rest" to be far from


def far_keys(shapes: Sequence[Shape]) -> set[str]:
    """Return the keys of the shapes that a gap wider than half the diagonal of the others separates from them.

    The rest is grown from the middle shape outwards, so that a chain of near neighbours stays together. Where nearly
    everything would be far, nothing is. Background (`context`) is never far: it does not count for the extent.
    """
    boxes = {s.key: box for s in shapes if s.tone != "context" and (box := _box(s)) is not None}
    if len(boxes) < FEWEST:
        return set()
    waiting = dict(boxes)
    x = median((box.left + box.right) / 2 for box in boxes.values())
    y = median((box.top + box.bottom) / 2 for box in boxes.values())
    main = waiting.pop(min(waiting, key=lambda key: _gap(boxes[key], Box(x, y, x, y))))
    largest = max(math.hypot(box.width, box.height) for box in boxes.values())
    grown = True
    while waiting and grown:
        reach = max(math.hypot(main.width, main.height) / 2, largest)
        near = [key for key, box in waiting.items() if _gap(main, box) <= reach]
        grown = bool(near)
        for key in near:
            main = _union(main, waiting.pop(key))
    return set(waiting) if len(waiting) * 3 < len(boxes) else set()


def _box(shape: Shape) -> Box | None:
    return box_of(p for _part, ring in rings_of(shape.geometry) for p in ring)


def _gap(main: Box, other: Box) -> float:
    across = max(main.left - other.right, other.left - main.right, 0.0)
    down = max(main.top - other.bottom, other.top - main.bottom, 0.0)
    return math.hypot(across, down)


def _union(one: Box, other: Box) -> Box:
    return Box(
        min(one.left, other.left), min(one.top, other.top), max(one.right, other.right), max(one.bottom, other.bottom)
    )
