"""The two ways of going through windows, with one face: rows that grow, and connected sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from diaban.engine.executors import Executor, Progress, quiet
from diaban.engine.scan.clusters import Found, Secondary, choose, choose_of
from diaban.engine.scan.data import Data
from diaban.engine.scan.design import Design, Floats, Window
from diaban.engine.scan.flexible import Shapes
from diaban.engine.scan.monte_carlo import maxima
from diaban.engine.scan.observed import observe
from diaban.engine.scan.searching import Layer, Windows, layers


class Search(Protocol):
    """What a scan asks of its windows."""

    @property
    def windows(self) -> int:
        """Return how many windows are looked at: places in rows, or sets, times spans of time."""
        ...

    def found(self, rule: Secondary, most: int, executor: Executor) -> list[Found]:
        """Return the clusters in the data, the most likely first."""
        ...

    def largest(self, seed: int, first: int, count: int, executor: Executor, progress: Progress) -> Floats:
        """Return the maxima of replicates."""
        ...

    def shape(self, found: Found) -> tuple[float, float, float]:
        """Return (radius, ratio, angle) of a cluster."""
        ...


@dataclass(frozen=True, eq=False)
class Rows:
    """Circles and ellipses."""

    made: Sequence[Layer]
    looks: int

    @property
    def windows(self) -> int:
        """See `Search`."""
        return sum(int(layer.rows.rows[-1]) * spans(layer.design) for layer in self.made)

    def found(self, rule: Secondary, most: int, executor: Executor) -> list[Found]:
        """See `Search`."""
        bests = [observe(layer.design, executor=executor) for layer in self.made]
        return choose(self.made, bests, rule, most)

    def largest(self, seed: int, first: int, count: int, executor: Executor, progress: Progress) -> Floats:
        """See `Search`. The same replicate is the same data for every shape."""
        found = np.zeros(count)
        for number, layer in enumerate(self.made):
            heard = progress if number == len(self.made) - 1 else quiet
            design = replace(layer.design, looks=self.looks)
            values = maxima(design, seed=seed, first=first, count=count, executor=executor, progress=heard)
            found = np.maximum(found, layer.weight * values)
        return found

    def shape(self, found: Found) -> tuple[float, float, float]:
        """See `Search`."""
        layer, row = self.made[found.layer], found.window.row
        last = int(layer.rows.rows[row]) + found.window.width - 1
        return float(layer.rows.distance[last]), layer.ratio, float(layer.angle[row])


@dataclass(frozen=True, eq=False)
class Connected:
    """Flexible windows. Each centre brings its best window at most."""

    data: Data
    shapes: Shapes

    @property
    def windows(self) -> int:
        """See `Search`."""
        return len(self.shapes.sets.added) * spans(self.shapes.design)

    def found(self, rule: Secondary, most: int, executor: Executor) -> list[Found]:
        """See `Search`. A set that several centres reach stands for the first of them."""
        ((where, figures),) = executor.run(_observed, self.shapes, [0])
        candidates = []
        for row in np.flatnonzero(figures[:, 1] > 0):
            number, start, end, seen = (int(value) for value in where[row])
            places = self.shapes.sets.places(number)
            window = Window(int(row), len(places), start, end, seen, float(figures[row, 0]), float(figures[row, 1]))
            centre = int(self.shapes.sets.centre[row])
            candidates.append(Found(0, window, window.statistic, places, centre))
        candidates.sort(key=lambda one: (-round(one.value, 9), one.window.width, one.window.row))
        return choose_of(candidates, rule, most)

    def largest(self, seed: int, first: int, count: int, executor: Executor, progress: Progress) -> Floats:
        """See `Search`."""
        return self.shapes.maxima(seed=seed, first=first, count=count, executor=executor, progress=progress)

    def shape(self, found: Found) -> tuple[float, float, float]:
        """See `Search`: the radius reaches the farthest place."""
        positions = self.data.positions
        away = positions.take(found.places.astype(np.intp)).distances(
            float(positions.x[found.centre]), float(positions.y[found.centre])
        )
        return float(away.max()), 1.0, 0.0


def _observed(shapes: Shapes, _only: int) -> tuple[NDArray[np.int64], Floats]:
    return shapes.observed()


def search(data: Data, windows: Windows) -> Search:
    """Return the search that the settings ask for."""
    if windows.flexible:
        return Connected(data, Shapes.of(data, windows))
    return Rows(layers(data, windows), min(windows.looks, data.steps))


def spans(design: Design) -> int:
    """Return how many spans of time a design looks at in the data."""
    first = design.steps if design.alive else 1
    return sum(min(end, design.longest) for end in range(first, design.steps + 1))
