"""Windows of any shape: connected sets among the nearest places of each centre.

T. Tango and K. Takahashi, "A flexibly shaped spatial scan statistic for detecting clusters", Int. J. Health Geogr.
4:11 (2005); over time K. Takahashi and others, Int. J. Health Geogr. 7:14 (2008). For small clusters of odd shape: the
number of sets doubles with every neighbour more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from diaban.engine.executors import Executor, Progress, quiet
from diaban.engine.positions import Positions
from diaban.engine.scan.connected import best_of_sets, connected_sets
from diaban.engine.scan.data import Data
from diaban.engine.scan.design import Design, Floats, Ints, Model
from diaban.engine.scan.monte_carlo.draws import Draws
from diaban.engine.scan.neighbours import circles
from diaban.engine.scan.searching import Windows, longest

Longs = NDArray[np.int64]
MOST_SETS = 30_000_000
_MODELS = {Model.PERMUTATION: 0, Model.POISSON: 1, Model.BERNOULLI: 2}


def pairs_within(positions: Positions, distance: float) -> NDArray[np.int64]:
    """Return pairs (n, 2) of places that lie within `distance` metres of each other: who touches whom among points."""
    found = cKDTree(positions.embedded).query_pairs(positions.chord(distance), output_type="ndarray")
    return np.asarray(found, dtype=np.int64).reshape(-1, 2)


@dataclass(frozen=True, eq=False)
class Sets:
    """The connected sets of every centre, as `connected_sets` writes them; set `first[c]` is centre c alone."""

    added: Ints
    depth: NDArray[np.int8]
    first: Longs
    centre: Ints

    def places(self, number: int) -> Ints:
        """Return the places of a set, its centre first."""
        found, level = [], int(self.depth[number])
        while True:
            found.append(int(self.added[number]))
            if level == 0:
                return np.array(found[::-1], dtype=np.int32)
            level -= 1
            while self.depth[number] != level:
                number -= 1


@dataclass(frozen=True, eq=False)
class Shapes:
    """A flexible scan, ready to run: its data, its sets, and what does not change between replicates."""

    design: Design
    sets: Sets
    mass: Floats
    people: float
    draws: Draws

    @classmethod
    def of(cls, data: Data, windows: Windows) -> Shapes:
        """Prepare data."""
        sets = sets_of(data, windows)
        design = Design(
            model=data.model,
            place=data.place,
            step=data.step,
            places=len(data.positions),
            steps=data.steps,
            rows=np.zeros(1, np.int64),
            reach=np.zeros(0, np.int32),
            longest=longest(data.steps, windows),
            alive=windows.prospective,
            expected=data.expected,
            controls=data.controls,
            least=windows.least,
            high=windows.high,
            low=windows.low,
            looks=min(windows.looks, data.steps),
        )
        cells = np.zeros((len(data.positions), data.steps))
        if data.expected is not None:
            cells += data.expected
        elif data.controls is not None:
            cells += data.controls + data.counts()
        return cls(design, sets, _before(cells), float(cells.sum()), Draws.of(design))

    def bests(self, counts: Longs, earliest: int) -> tuple[Longs, Floats]:
        """Return each centre's best window for (P, T) cases; see `best_of_sets`."""
        design, centres = self.design, len(self.sets.first)
        where, figures = np.zeros((centres, 4), np.int64), np.zeros((centres, 2))
        ways = np.array([design.longest, earliest, design.least, design.high, design.low], dtype=np.int64)
        in_time = np.concatenate([[0], np.cumsum(counts.sum(axis=0))]).astype(np.int64)
        best_of_sets(
            _MODELS[design.model],
            ways,
            self.sets.added,
            self.sets.depth,
            _before(counts.astype(np.float64)).astype(np.int64),
            self.mass,
            in_time,
            self.people,
            where,
            figures,
        )
        return where, figures

    def observed(self) -> tuple[Longs, Floats]:
        """Return each centre's best window in the data, alive now where the scan is prospective."""
        design = self.design
        if not design.cases:
            return np.zeros((len(self.sets.first), 4), np.int64), np.zeros((len(self.sets.first), 2))
        cells = design.place.astype(np.int64) * design.steps + design.step
        counts = np.bincount(cells, minlength=design.places * design.steps).reshape(-1, design.steps)
        return self.bests(counts.astype(np.int64), design.steps if design.alive else 1)

    def maxima(self, *, seed: int, first: int, count: int, executor: Executor, progress: Progress = quiet) -> Floats:
        """Return the largest statistic of each of the replicates first … first + count - 1."""
        items = [(seed, number) for number in range(first, first + count)]
        return np.array(executor.run(_replicate, self, items, progress), dtype=np.float64)


def sets_of(data: Data, windows: Windows) -> Sets:
    """Return the connected sets of every centre among its `windows.flexible` nearest places, itself counted."""
    count = len(data.positions)
    beside = _beside(data)
    weights = data.at_risk()
    most = float(weights.sum()) * (1 + 1e-9) * (windows.share if windows.share is not None else 1.0)
    radius = np.inf if windows.radius is None else windows.radius
    rows = circles(data.positions, radius=radius)
    added = np.empty(2 ** (windows.flexible - 1), np.int8)
    depth = np.empty_like(added)
    parts: list[tuple[Ints, NDArray[np.int8]]] = []
    centres, total = [], 0
    for centre in range(count):
        near = rows.reach[rows.rows[centre] : rows.rows[centre + 1]][: windows.flexible]
        found = connected_sets(_masks(near, beside), weights[near], most, added, depth)
        if found:
            centres.append(centre)
            parts.append((near[added[:found]], depth[:found].copy()))
        total += found
        if total > MOST_SETS:
            raise ValueError(f"more than {MOST_SETS:,} connected sets: take fewer neighbours than {windows.flexible}")
    sizes = [len(part[0]) for part in parts]
    return Sets(
        np.concatenate([part[0] for part in parts]).astype(np.int32) if parts else np.empty(0, np.int32),
        np.concatenate([part[1] for part in parts]) if parts else np.empty(0, np.int8),
        np.concatenate([[0], np.cumsum(sizes)])[:-1].astype(np.int64) if sizes else np.empty(0, np.int64),
        np.array(centres, dtype=np.int32),
    )


def _beside(data: Data) -> list[set[int]]:
    count = len(data.positions)
    pairs = np.asarray([] if data.touching is None else data.touching, dtype=np.int64)
    if pairs.ndim != 2 or pairs.shape[1] != 2 or (len(pairs) and (pairs.min() < 0 or pairs.max() >= count)):
        raise ValueError(f"flexible windows need pairs of places that touch (`touching`), numbered 0 … {count - 1}")
    beside: list[set[int]] = [set() for _ in range(count)]
    for one, other in pairs.tolist():
        if one != other:
            beside[one].add(other)
            beside[other].add(one)
    return beside


def _masks(near: Ints, beside: list[set[int]]) -> Longs:
    number = {int(place): bit for bit, place in enumerate(near)}
    return np.array(
        [sum(1 << number[other] for other in beside[int(place)] if other in number) for place in near], dtype=np.int64
    )


def _before(cells: Floats) -> Floats:
    before = np.zeros((cells.shape[0], cells.shape[1] + 1))
    np.cumsum(cells, axis=1, out=before[:, 1:])
    return before


def _replicate(shapes: Shapes, item: tuple[int, int]) -> float:
    design = shapes.design
    starts, times = shapes.draws.draw(*item)
    place = np.repeat(np.arange(design.places, dtype=np.int64), np.diff(starts))
    counts = np.bincount(place * design.steps + times, minlength=design.places * design.steps)
    return float(
        shapes.bests(counts.reshape(-1, design.steps).astype(np.int64), design.earliest)[1][:, 1].max(initial=0)
    )
