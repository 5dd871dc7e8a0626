"""Pairs of events that lie within bands of distance, found once and written down band by band."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from diaban.engine.executors import Executor, Serial
from diaban.engine.kernels import pairs as kernels
from diaban.engine.positions import Positions

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SLABS = 16
"""Into how many parts the sweep is cut for the workers; the order of pairs doesn't depend on it."""


class Metric(StrEnum):
    """How far two events are from each other.

    - straight: the straight line on a plane, the great circle for positions in degrees.
    - manhattan: |Δx| + |Δy|, on a plane only; the measure of the published near-repeat calculator.
    """

    STRAIGHT = "straight"
    MANHATTAN = "manhattan"


def checked_edges(edges: tuple[float, ...]) -> Floats:
    """Return upper edges of bands as an array. Raises `ValueError` unless they rise and start at 0 or above."""
    found = np.array(edges, dtype=np.float64)
    if found.ndim != 1 or not 1 <= len(found) <= 100:
        raise ValueError(f"between 1 and 100 bands of distance are needed, not {len(edges)}")
    if not np.isfinite(found).all() or found[0] < 0 or (np.diff(found) <= 0).any():
        raise ValueError(f"upper edges of bands must be numbers from 0 that rise, not {edges}")
    return found


@dataclass(frozen=True, eq=False)
class Sweep:
    """Events in the order in which the kernel walks: rows as high as the outermost edge, then along x.

    `order` (n): the number in the caller's data of each event here. The other arrays are in this order.
    """

    order: NDArray[np.intp]
    x: Floats
    y: Floats
    cosine: Floats
    step: Ints
    width: Floats
    bounds: Ints
    period: float
    metric: int
    unit: float
    edges: Floats
    reach: int

    def __len__(self) -> int:
        """Return the number of events."""
        return len(self.order)


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs in the numbering of a sweep: those of band b are `left[starts[b]:starts[b+1]]` and `right[…]`."""

    left: NDArray[np.int32]
    right: NDArray[np.int32]
    starts: Ints

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.left)


def lay_out(
    positions: Positions, steps: Ints, edges: Floats, metric: Metric = Metric.STRAIGHT, reach: int = -1
) -> Sweep:
    """Sort events for the sweep. `steps` (n) are whole numbers; a `reach` of 0 or more leaves out pairs further apart.

    Raises `ValueError` for a Manhattan distance of degrees and for steps that don't match the positions.
    """
    steps = np.ascontiguousarray(steps, dtype=np.int64)
    if steps.shape != (len(positions),):
        raise ValueError(f"{len(positions)} positions need as many steps, not {steps.shape}")
    if metric is Metric.MANHATTAN and positions.geodesic:
        raise ValueError("a Manhattan distance needs positions on a plane; project the degrees first")
    x, y, outermost = positions.x, positions.y, float(edges[-1])
    cosine = np.ones(len(x))
    if positions.geodesic:
        x = (x + 180) % 360 - 180
        cosine = np.cos(np.radians(y))
        angle = min(outermost / positions.radius * (1 + 1e-9), np.pi)
        height, width = np.degrees(angle), _width_of_circle(angle, cosine)
        kind, period, unit = kernels.GREAT_CIRCLE, 360.0, positions.radius
    else:
        height, width = outermost, np.full(len(x), outermost)
        kind = kernels.MANHATTAN if metric is Metric.MANHATTAN else kernels.EUCLIDEAN
        period, unit = 0.0, 1.0
    span = float(np.ptp(y)) if len(y) else 0.0
    height = max(height, span / 2**30) * (1 + 1e-9) or 1.0
    row = np.floor((y - (y.min() if len(y) else 0.0)) / height).astype(np.int64)
    order = np.lexsort((x, row))
    row = row[order]
    bounds = np.empty((len(x), 3), dtype=np.int64)
    bounds[:, 0] = np.searchsorted(row, row, side="right")
    bounds[:, 1] = np.searchsorted(row, row + 1, side="left")
    bounds[:, 2] = np.searchsorted(row, row + 1, side="right")
    slack: Floats = width[order] + 1e-9 * np.maximum(np.abs(x[order]), width[order])
    return Sweep(
        order, x[order], y[order], cosine[order], steps[order], slack, bounds, period, kind, unit, edges, reach
    )


def _width_of_circle(angle: float, cosine: Floats) -> Floats:
    """Return half the range of longitudes in degrees of a circle of `angle` radians about each event."""
    sine = np.sin(min(angle, np.pi / 2))
    over_a_pole = (cosine <= sine) | (angle >= np.pi / 2)
    ratio = np.divide(sine, cosine, out=np.ones_like(cosine), where=~over_a_pole)
    widths: Floats = np.where(over_a_pole, 180.0, np.degrees(np.arcsin(np.minimum(ratio, 1.0))))
    return widths


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Events `first` to `last` of a sweep: their pairs are counted, or written down where `counts` says how many."""

    first: int
    last: int
    counts: Ints | None = None


def _walk(sweep: Sweep, part: _Part) -> tuple[Ints, NDArray[np.int32], NDArray[np.int32]]:
    """Return the pairs of each band, and the pairs themselves, band by band, when they are to be written."""
    room, cursors = 0, np.zeros(len(sweep.edges), dtype=np.int64)
    if part.counts is not None:
        room, cursors = int(part.counts.sum()), np.cumsum(part.counts) - part.counts
    left, right = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.int32)
    if part.counts is None or room:
        kernels.sweep(
            sweep.x,
            sweep.y,
            sweep.cosine,
            sweep.step,
            sweep.width,
            sweep.bounds,
            part.first,
            part.last,
            sweep.period,
            sweep.metric,
            sweep.unit,
            sweep.edges,
            sweep.reach,
            cursors,
            left,
            right,
        )
    return cursors, left, right


def found(sweep: Sweep, most: int, executor: Executor | None = None) -> Iterator[Pairs]:
    """Find all pairs, in portions of about `most` (a single portion when there are fewer).

    Memory: 8 bytes a pair, twice that while a portion is put together.
    """
    executor = executor or Serial()
    parts = _parts(len(sweep))
    counts = [row for row, _, _ in executor.run(_walk, sweep, parts)]
    begin = 0
    while begin < len(parts):
        end, held = begin, 0
        while end < len(parts) and (end == begin or held + int(counts[end].sum()) <= most):
            held += int(counts[end].sum())
            end += 1
        chosen = [
            _Part(part.first, part.last, row) for part, row in zip(parts[begin:end], counts[begin:end], strict=True)
        ]
        yield _written(sweep, chosen, np.array(counts[begin:end]), executor)
        begin = end


def _parts(events: int) -> list[_Part]:
    """Cut the events: at most 4096 to a part, so that a portion can be kept small."""
    size = max(min(-(-events // SLABS), 4096), 1)
    return [_Part(first, min(first + size, events)) for first in range(0, events, size)]


def _written(sweep: Sweep, parts: list[_Part], counts: Ints, executor: Executor) -> Pairs:
    """Return the pairs of some parts, band by band; within a band in the order of the parts."""
    starts = np.concatenate([[0], np.cumsum(counts.sum(axis=0))]).astype(np.int64)
    left, right = np.empty(starts[-1], dtype=np.int32), np.empty(starts[-1], dtype=np.int32)
    to = starts[:-1].copy()
    for row, (_, one, other) in zip(counts, executor.run(_walk, sweep, parts), strict=True):
        place = 0
        for band, count in enumerate(row):
            left[to[band] : to[band] + count] = one[place : place + count]
            right[to[band] : to[band] + count] = other[place : place + count]
            to[band] += count
            place += count
    return Pairs(left, right, starts)
