"""Which shapes lie so far from the rest that they need a frame of their own, as Côn Đảo does."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

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
    middle = min(waiting, key=lambda key: _distance_sum(boxes[key], boxes.values()))
    main = waiting.pop(middle)
    largest = max(math.hypot(box.width, box.height) for box in boxes.values())
    while waiting:
        key = min(waiting, key=lambda k: _gap(main, waiting[k]))
        if _gap(main, waiting[key]) > max(math.hypot(main.width, main.height) / 2, largest):
            break
        main = _union(main, waiting.pop(key))
    return set(waiting) if len(waiting) * 3 < len(boxes) else set()


def _box(shape: Shape) -> Box | None:
    return box_of(p for _part, ring in rings_of(shape.geometry) for p in ring)


def _distance_sum(box: Box, others: Iterable[Box]) -> float:
    x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    return sum(math.hypot((other.left + other.right) / 2 - x, (other.top + other.bottom) / 2 - y) for other in others)


def _gap(main: Box, other: Box) -> float:
    across = max(main.left - other.right, other.left - main.right, 0.0)
    down = max(main.top - other.bottom, other.top - main.bottom, 0.0)
    return math.hypot(across, down)


def _union(one: Box, other: Box) -> Box:
    return Box(
        min(one.left, other.left), min(one.top, other.top), max(one.right, other.right), max(one.bottom, other.bottom)
    )
