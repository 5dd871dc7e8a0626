"""Axes: round steps, and room for what is written at them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from diaban.ui.charts.model import CutOff, Target, text_width, words
from diaban.ui.formats import grouped


def round_steps(low: float, high: float, wanted: int = 4) -> list[float]:
    """Return round values that cover [low, high], about `wanted` steps of 1, 2, 2.5 or 5 times a power of ten."""
    if high - low <= 1e-9 * max(1.0, abs(high)):  # one value, or a span that no label could show
        high = low + 1
    rough = (high - low) / wanted
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= rough * 0.999)
    if low == 0 and high <= wanted and float(high).is_integer():
        step = max(1.0, step)
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return [round(index * step, 10) for index in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class Plot:
    """The inside of a chart, and how values fall on it."""

    left: float
    top: float
    width: float
    height: float
    steps: Sequence[float]

    @property
    def bottom(self) -> float:
        return self.top + self.height

    @property
    def right(self) -> float:
        return self.left + self.width

    def y(self, value: float) -> float:
        low, high = self.steps[0], self.steps[-1]
        return self.bottom - (value - low) / (high - low) * self.height

    def centre(self, index: int, count: int) -> float:
        """Return the middle of the n-th of `count` equal slots."""
        return self.left + self.width * (index + 0.5) / count


def left_room(steps: Sequence[float]) -> float:
    """Return the width that the numbers of the vertical axis need."""
    return max(text_width(grouped(s), 11) for s in steps) + 8


def grid(plot: Plot) -> str:
    """Return the horizontal lines with their numbers."""
    pieces = []
    for step in plot.steps:
        y = plot.y(step)
        kind = "chart__base" if step == plot.steps[0] else "chart__line"
        pieces.append(f'<path class="{kind}" d="M{plot.left:.1f} {y:.1f}H{plot.right:.1f}"/>')
        pieces.append(words(plot.left - 6, y + 4, grouped(step), "chart__tick", "end"))
    return "".join(pieces)


def foot_labels(plot: Plot, labels: Sequence[str]) -> str:
    """Return the labels under the plot, as many as have room, the last always."""
    if not labels:
        return ""
    slot = plot.width / len(labels)
    every = max(1, math.ceil((max(text_width(label, 11) for label in labels) + 6) / slot))
    last = len(labels) - 1
    return "".join(
        words(plot.centre(i, len(labels)), plot.bottom + 16, label, "chart__tick", "middle")
        for i, label in enumerate(labels)
        if (last - i) % every == 0
    )


def cut_off_line(plot: Plot, cut_off: CutOff | None, count: int) -> str:
    """Return the dashed line at which the books close."""
    if cut_off is None:
        return ""
    x = plot.left + plot.width * (cut_off.index + 1) / count
    to_left = x + text_width(cut_off.name, 11) > plot.right
    return f'<path class="chart__cut" d="M{x:.1f} {plot.top - 4:.1f}V{plot.bottom:.1f}"/>' + words(
        x - 5 if to_left else x + 5, plot.top + 4, cut_off.name, "chart__tick", "end" if to_left else "start"
    )


def target_line(plot: Plot, target: Target | None) -> str:
    """Return the level of the target with its name."""
    if target is None:
        return ""
    y = plot.y(target.value)
    return f'<path class="chart__target" d="M{plot.left:.1f} {y:.1f}H{plot.right:.1f}"/>' + words(
        plot.left + 4, y - 5, target.name, "chart__name"
    )
