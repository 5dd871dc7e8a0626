"""Kernel density: a smooth surface of events per square metre, honest at the edges of the area.

B. W. Silverman, Density Estimation for Statistics and Data Analysis (1986). Edges: P. J. Diggle, "A kernel method for
smoothing point process data", Applied Statistics 34 (1985), and M. C. Jones, "Simple boundary correction for kernel
density estimation", Statistics and Computing 3 (1993). See docs/methods/density.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from diaban.engine.density.window import Grid
from diaban.engine.kernels import density as kernels
from diaban.engine.positions import Positions

Floats = NDArray[np.float64]

BLOCK = 2048
"""Events spread at a time: a fixed number, so that sums keep their order."""

QUARTIC_FOR_GAUSSIAN = (4 * 64 * 9 / 5) ** (1 / 6)
"""How much wider the quartic kernel is than the Gaussian that smooths as much (2.779, Silverman 1986, section 4.3)."""


class Kernel(StrEnum):
    """The hill that each event becomes.

    - gaussian: never ends; the bandwidth is its standard deviation.
    - quartic: ends at the bandwidth.
    """

    GAUSSIAN = "gaussian"
    QUARTIC = "quartic"


class Edge(StrEnum):
    """What is done about the part of a hill that lies outside the window.

    - none: it is lost, so that density falls towards the edge.
    - event: each hill is scaled up until its part inside is one whole event (Jones); the total is the number of events.
    - place: the density of each place is divided by the part of a hill there that lies inside (Diggle); a constant
      density stays constant, the total is only about the number of events.
    """

    NONE = "none"
    EVENT = "event"
    PLACE = "place"


class Rule(StrEnum):
    """How to choose a bandwidth: a normal reference, h = spread × n^(-1/6) for the Gaussian kernel in the plane.

    - scott: the spread is the standard deviation (D. W. Scott 1992; the same as Silverman's formula in two dimensions).
    - silverman: the spread is the smaller of the standard deviation and the interquartile range / 1.34 (Silverman
      1986, section 3.4.2), which a few far-away events do not widen.
    """

    SCOTT = "scott"
    SILVERMAN = "silverman"


@dataclass(frozen=True, eq=False)
class Density:
    """Events per square metre in the middle of each cell (rows from below, columns); 0 outside the window."""

    grid: Grid
    inside: NDArray[np.bool_]
    values: Floats
    bandwidth: float
    kernel: Kernel
    edge: Edge

    @property
    def total(self) -> float:
        """Events under the surface."""
        return float(self.values.sum() * self.grid.area)


def bandwidth(positions: Positions, rule: Rule = Rule.SCOTT, kernel: Kernel = Kernel.GAUSSIAN) -> float:
    """Return a bandwidth in metres by a rule; the two axes share the root of their mean square spread.

    Raises `ValueError` when fewer than two events, or events all on one spot, leave nothing to go by.
    """
    spreads = []
    for axis in (positions.x, positions.y):
        spread = float(axis.std(ddof=1)) if len(axis) > 1 else 0.0
        if rule is Rule.SILVERMAN and len(axis) > 1:
            low, high = np.quantile(axis, [0.25, 0.75])
            if high > low:  # half the events on one line: the range says nothing
                spread = min(spread, float(high - low) / 1.34)
        spreads.append(spread)
    wide = math.hypot(*spreads) / math.sqrt(2)
    if wide == 0:
        raise ValueError("the events lie all on one spot: choose a bandwidth yourself")
    gaussian = wide * len(positions) ** (-1 / 6)
    return float(gaussian * (QUARTIC_FOR_GAUSSIAN if kernel is Kernel.QUARTIC else 1))


def density(
    positions: Positions,
    grid: Grid,
    width: float,
    *,
    rings: Sequence[Floats] | None = None,
    kernel: Kernel = Kernel.GAUSSIAN,
    edge: Edge = Edge.EVENT,
    weights: Floats | None = None,
) -> Density:
    """Return the density of events on a plane (lay degrees flat with `Plane` first).

    `width` is the bandwidth in metres, `rings` the window (None: the whole grid), `weights` (n) what each event counts.
    No events give a surface of zeros. Raises `ValueError` for degrees, for a bandwidth smaller than a cell, and when an
    event lies so far outside the window that no part of its hill falls inside.
    """
    if positions.geodesic:
        raise ValueError("a density needs metres on a plane; lay the degrees flat first")
    if not (np.isfinite(width) and width >= grid.cell):
        raise ValueError(f"the bandwidth ({width:g} m) must not be smaller than a cell ({grid.cell:g} m)")
    counts = np.ones(len(positions)) if weights is None else np.asarray(weights, dtype=np.float64)
    if counts.shape != (len(positions),) or not np.isfinite(counts).all() or (counts < 0).any():
        raise ValueError(f"{len(positions)} events need as many weights of 0 or more")
    inside = np.ones((grid.rows, grid.columns), dtype=bool) if rings is None else grid.inside(rings)
    if not inside.any():
        raise ValueError("no cell has its middle inside the window: use smaller cells")
    if edge is Edge.EVENT:
        masses = _masses(positions, grid, width, kernel, inside)
        outside = int((masses < 1e-9).sum())
        if outside:
            raise ValueError(f"{outside} events lie outside the window, beyond the reach of the bandwidth")
        counts = counts / masses
    values = _surface(positions, counts, grid, width, kernel, inside)
    if edge is Edge.PLACE:
        values = values / np.where(inside, _mass_by_place(grid, width, kernel, inside), 1.0)
    return Density(grid, inside, np.where(inside, values, 0.0), width, kernel, edge)


def _surface(
    positions: Positions, counts: Floats, grid: Grid, width: float, kernel: Kernel, inside: NDArray[np.bool_]
) -> Floats:
    """Return the sum of the hills in the middle of each cell."""
    if kernel is Kernel.QUARTIC:
        return _quartic(positions, counts, grid, width, inside)[0]
    values = np.zeros((grid.rows, grid.columns))
    for part in _blocks(len(positions)):
        along = _bell(positions.y[part], grid.y, width) * counts[part, None]
        values += along.T @ _bell(positions.x[part], grid.x, width)
    return values


def _masses(positions: Positions, grid: Grid, width: float, kernel: Kernel, inside: NDArray[np.bool_]) -> Floats:
    """Return the part of each event's hill that lies inside the window (n)."""
    if kernel is Kernel.QUARTIC:
        return _quartic(positions, np.zeros(len(positions)), grid, width, inside)[1]
    window, whole, masses = inside.astype(np.float64), bool(inside.all()), np.empty(len(positions))
    for part in _blocks(len(positions)):
        along, across = _bell(positions.y[part], grid.y, width), _bell(positions.x[part], grid.x, width)
        held = along.sum(axis=1) * across.sum(axis=1) if whole else ((along @ window) * across).sum(axis=1)
        masses[part] = held * grid.area
    return masses


def _blocks(events: int) -> list[slice]:
    return [slice(first, first + BLOCK) for first in range(0, events, BLOCK)]


def _quartic(
    positions: Positions, counts: Floats, grid: Grid, width: float, inside: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """Return the sum of the hills (rows, columns) and the part of each inside (n)."""
    values, masses = np.zeros((grid.rows, grid.columns)), np.zeros(len(positions))
    kernels.quartic(positions.x, positions.y, counts, width, grid.left, grid.bottom, grid.cell, inside, values, masses)
    return values, masses


def _mass_by_place(grid: Grid, width: float, kernel: Kernel, inside: NDArray[np.bool_]) -> Floats:
    """Return the part inside the window of a hill in the middle of each cell."""
    if kernel is Kernel.GAUSSIAN:
        along, across = _bell(grid.y, grid.y, width), _bell(grid.x, grid.x, width)
        masses: Floats = along @ inside @ across * grid.area
        return masses
    x, y = (axis.ravel() for axis in np.meshgrid(grid.x, grid.y))
    return _masses(Positions(x, y), grid, width, kernel, inside).reshape(inside.shape)


def _bell(events: Floats, middles: Floats, width: float) -> Floats:
    """Return the normal density (events, middles) along one axis."""
    bell: Floats = np.exp(-0.5 * ((events[:, None] - middles) / width) ** 2) / (width * np.sqrt(2 * np.pi))
    return bell
