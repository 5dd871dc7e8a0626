"""Which windows a scan looks at: designs made of data and settings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diaban.engine.positions import Positions
from diaban.engine.scan.data import Data
from diaban.engine.scan.design import Design
from diaban.engine.scan.neighbours import Rows, circles

SHAPES = ((1.5, 4), (2.0, 6), (3.0, 9), (4.0, 12), (5.0, 15))
"""The usual ellipses beside the circle: how many times longer than wide, in how many directions."""


MOST_NEAR = 15
"""Flexible windows are sought among no more places: the number of sets doubles with each."""


@dataclass(frozen=True, slots=True)
class Windows:
    """What windows are looked at.

    - `radius`: no circle is wider, in metres; None: no limit. An ellipse's longest half-axis is meant.
    - `share`: no window holds more of what is at risk (`Data.at_risk`); None: no limit.
    - `duration`: no window lasts longer, in steps; None: half of the time, rounded down.
    - `prospective`: only windows that last until the end of the data. `looks`: at how many of the last steps replicates
      are scanned, because the data were looked at then too (see docs/methods/scan.md).
    - `least`: a window needs this many cases. `high`, `low`: more, or fewer cases than expected.
    - `shapes`: ellipses beside the circle, (how many times longer than wide, number of directions).
      `penalty`: their statistic is multiplied by (4 s / (s + 1)²) to this power: 0 none, 0.5 medium, 1 strong.
    - `flexible`: not circles but every connected set among so many nearest places, the centre counted (at most 15);
      0: circles. Who touches whom stands in `Data.touching`.
    """

    radius: float | None = None
    share: float | None = 0.5
    duration: int | None = None
    prospective: bool = False
    looks: int = 1
    least: int = 2
    high: bool = True
    low: bool = False
    shapes: tuple[tuple[float, int], ...] = ()
    penalty: float = 0.5
    flexible: int = 0

    def __post_init__(self) -> None:
        """Refuse what makes no windows."""
        if self.radius is not None and not self.radius >= 0:
            raise ValueError("the largest radius is 0 metres or more")
        if self.share is not None and not 0 < self.share <= 1:
            raise ValueError("the largest share of the population lies above 0 and up to 1")
        if self.duration is not None and self.duration < 1:
            raise ValueError("the longest duration is at least one step")
        if self.looks < 1 or (self.looks > 1 and not self.prospective):
            raise ValueError("earlier looks are counted from 1, and only for a prospective scan")
        if self.least < 0 or (self.high and not self.low and self.least < 1):
            raise ValueError("a window of high rates needs at least one case; of low rates 0 or more")
        if not (self.high or self.low):
            raise ValueError("look for high rates, low rates, or both")
        if any(not (ratio > 1 and directions >= 1) for ratio, directions in self.shapes):
            raise ValueError("an ellipse is longer than wide and points in at least one direction")
        if not self.penalty >= 0:
            raise ValueError("the penalty of long shapes is 0 or more")
        if self.flexible and self.shapes:
            raise ValueError("take ellipses or flexible windows, not both")
        if not 0 <= self.flexible <= MOST_NEAR:
            raise ValueError(f"a flexible window is sought among at most {MOST_NEAR} places, not {self.flexible}")


@dataclass(frozen=True, eq=False)
class Layer:
    """The rows of one shape: their design, the weight of their statistic, and where each row stands.

    `centre` (rows,) places, `distance` as `Rows.distance`, `angle` (rows,) degrees of the long axis from east to north.
    """

    design: Design
    rows: Rows
    ratio: float
    weight: float
    angle: np.ndarray[tuple[int], np.dtype[np.float64]]


def longest(steps: int, windows: Windows) -> int:
    """Return how many steps the longest window has: as set, or half of the time, at least one, at most all."""
    return min(windows.duration, steps) if windows.duration is not None else max(steps // 2, 1)


def layers(data: Data, windows: Windows) -> tuple[Layer, ...]:
    """Return the designs to scan: circles first, then one for each shape of ellipses."""
    if windows.shapes and data.positions.geodesic:
        raise ValueError("ellipses need positions in metres of a projection, not degrees")
    found = [_layer(data, windows, _rows(data.positions, data, windows), 1.0, np.zeros(len(data.positions)))]
    for ratio, directions in windows.shapes:
        angles = [180.0 * turn / directions for turn in range(directions)]
        turned = [_rows(stretched(data.positions, ratio, angle), data, windows) for angle in angles]
        found.append(_layer(data, windows, _joined(turned), ratio, np.repeat(angles, len(data.positions))))
    return tuple(found)


def stretched(positions: Positions, ratio: float, angle: float) -> Positions:
    """Return the plane in which ellipses of a shape are circles; their long half-axis is the circle's radius."""
    turn = np.radians(angle)
    along = positions.x * np.cos(turn) + positions.y * np.sin(turn)
    across = positions.y * np.cos(turn) - positions.x * np.sin(turn)
    return Positions(along, across * ratio)


def _rows(positions: Positions, data: Data, windows: Windows) -> Rows:
    radius = np.inf if windows.radius is None else windows.radius
    if windows.share is None or len(positions) == 1:
        return circles(positions, radius=radius)
    weights = data.at_risk()
    return circles(positions, radius=radius, weights=weights, most=windows.share * float(weights.sum()))


def _joined(parts: list[Rows]) -> Rows:
    ends = np.cumsum([0] + [int(part.rows[-1]) for part in parts])
    return Rows(
        rows=np.concatenate([[0]] + [part.rows[1:] + before for part, before in zip(parts, ends, strict=False)]).astype(
            np.int64
        ),
        reach=np.concatenate([part.reach for part in parts]),
        distance=np.concatenate([part.distance for part in parts]),
        centre=np.concatenate([part.centre for part in parts]),
    )


def _layer(
    data: Data, windows: Windows, rows: Rows, ratio: float, angle: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> Layer:
    design = Design(
        model=data.model,
        place=data.place,
        step=data.step,
        places=len(data.positions),
        steps=data.steps,
        rows=rows.rows,
        reach=rows.reach,
        longest=longest(data.steps, windows),
        alive=windows.prospective,
        expected=data.expected,
        controls=data.controls,
        least=windows.least,
        high=windows.high,
        low=windows.low,
    )
    return Layer(design, rows, ratio, float((4 * ratio / (ratio + 1) ** 2) ** windows.penalty), angle)
