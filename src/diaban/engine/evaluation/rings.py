"""The treated area, rings around it by distance, and the comparison beyond: events of each before and after."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from diaban.engine.evaluation.counts import BeforeAfter, checked_counts, dispersion
from diaban.engine.evaluation.panel import growth_spread
from diaban.engine.positions import Positions

Zones = NDArray[np.int8]
OUTSIDE = -1
"""The zone of what is left out of the comparison."""


@dataclass(frozen=True, slots=True)
class Periods:
    """The days (or steps) compared, each `[first, last)`; what lies in neither is left out (the work's own weeks)."""

    before: tuple[int, int]
    after: tuple[int, int]

    def __post_init__(self) -> None:
        """Refuse periods that are empty, overlap or stand in the wrong order."""
        if not (self.before[0] < self.before[1] <= self.after[0] < self.after[1]):
            raise ValueError(f"before must lie wholly ahead of after, both not empty: {self.before}, {self.after}")

    @classmethod
    def around(cls, start: int, length: int, gap: int = 0) -> Periods:
        """Return equally long periods: the last `length` before `start`, and the first from `start + gap` on.

        Whole years on both sides keep the season out of the comparison.
        """
        return cls((start - length, start), (start + gap, start + gap + length))

    @property
    def lengths(self) -> tuple[float, float]:
        """Return the lengths before and after: the time weights of `differences.wdd`."""
        return float(self.before[1] - self.before[0]), float(self.after[1] - self.after[0])


@dataclass(frozen=True, slots=True)
class Around:
    """Events of the treated area, of each ring from the inside out, and of the comparison."""

    treated: BeforeAfter
    rings: tuple[BeforeAfter, ...]
    control: BeforeAfter

    @property
    def all_rings(self) -> BeforeAfter:
        """Return all rings taken together."""
        return sum(self.rings, BeforeAfter(0, 0))


def distances(positions: Positions, centres: Positions) -> NDArray[np.float64]:
    """Return the distance in metres from each position to the nearest centre."""
    if positions.geodesic != centres.geodesic:
        raise ValueError("positions and centres must both be metres, or both degrees")
    if not len(centres):
        raise ValueError("there is no treated place to measure from")
    nearest, _ = cKDTree(centres.embedded).query(positions.embedded)
    return positions.arc(np.asarray(nearest, dtype=np.float64))


def zones(distance: NDArray[np.float64], radius: float, bounds: Sequence[float], limit: float = math.inf) -> Zones:
    """Return the zone at each distance: 0 treated, 1 … R a ring, R + 1 the comparison, `OUTSIDE` beyond `limit`.

    Treated is up to `radius` (0: the treated units themselves); ring k lies between the bounds k - 1 and k. A distance
    that equals a bound belongs inside it. Raises `ValueError` unless radius < bounds < limit rise strictly.
    """
    edges = [radius, *bounds]
    if radius < 0 or not all(math.isfinite(edge) for edge in edges) or len(edges) > 100:
        raise ValueError("radius and bounds are distances in metres from 0 on, at most 100 of them")
    if any(inner >= outer for inner, outer in zip(edges, [*bounds, limit], strict=True)):
        raise ValueError(f"radius, bounds and limit must rise: {edges}, {limit}")
    found = np.searchsorted(np.asarray(edges, dtype=np.float64), distance, side="left").astype(np.int8)
    found[distance > limit] = OUTSIDE
    return found


def tally(
    zone: Zones,
    when: NDArray[np.integer],
    periods: Periods,
    rings: int,
    counts: NDArray[np.integer] | None = None,
) -> Around:
    """Count events before and after in each zone.

    `zone` and `when` have one entry per event, or per row of `counts` (areal data). `rings` is how many there are;
    zone `rings + 1` is the comparison.
    """
    if zone.shape != when.shape or (counts is not None and counts.shape != when.shape):
        raise ValueError("zone, when and counts need one entry per row")
    weight = np.ones(len(when)) if counts is None else checked_counts(counts)
    found = []
    for place in range(rings + 2):
        here = zone == place
        sums = []
        for first, last in (periods.before, periods.after):
            sums.append(int(weight[here & (when >= first) & (when < last)].sum()))
        found.append(BeforeAfter(*sums))
    return Around(found[0], tuple(found[1:-1]), found[-1])


def noise(
    zone: Zones,
    when: NDArray[np.integer],
    periods: Periods,
    width: int,
    counts: NDArray[np.integer] | None = None,
) -> float:
    """Return the dispersion of the zones' series before the work began, in steps of `width` (a month's days, say).

    Steps are counted back from the end of `before`; a part of a step that is left at its beginning is not used.
    """
    first, last = periods.before
    steps = (last - first) // width if width > 0 else 0
    weight = np.ones(len(when)) if counts is None else checked_counts(counts)
    used = (zone >= 0) & (when >= last - steps * width) & (when < last)
    if steps < 2 or not used.any():
        return 1.0
    step = steps - 1 - (last - 1 - when[used].astype(np.int64)) // width
    table = np.zeros((int(zone.max()) + 1, steps))
    np.add.at(table, (zone[used], step), weight[used])
    return dispersion(table)


def growth_in_pieces(
    positions: Positions, zone: Zones, when: NDArray[np.integer], periods: Periods, rings: int, radius: float
) -> float:
    """Return how far the growth of pieces of the comparison, each as large as the treated circle, differs by itself.

    For events as points: squares of the circle's area over the comparison; the variance of their logarithmic growth
    beyond chance. It is the `spread` of `ratio_of_ratios` for one treated circle against a wide comparison.
    """
    if radius <= 0:
        raise ValueError("radius: a length in metres above 0")
    here = zone == rings + 1
    if not here.any():
        return 0.0
    x, y = positions.x[here], positions.y[here]
    if positions.geodesic:
        scale = float(np.radians(1.0)) * positions.radius
        x, y = x * scale * np.cos(np.radians(y.mean())), y * scale
    cells = np.floor(np.column_stack([x, y]) / (radius * math.sqrt(math.pi))).astype(np.int64)
    _, cell = np.unique(cells, axis=0, return_inverse=True)
    places = cell.ravel()
    sums = []
    for first, last in (periods.before, periods.after):
        inside = (when[here] >= first) & (when[here] < last)
        sums.append(np.bincount(places[inside], minlength=int(places.max()) + 1).astype(np.float64))
    return growth_spread(sums[0], sums[1])
