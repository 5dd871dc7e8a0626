"""The scan of the data themselves: the best window of every row, exactly, and the best beside chosen clusters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from diaban.engine.executors import Executor, Progress, Serial, quiet
from diaban.engine.scan.design import Design, Floats, Ints, Model, Window
from diaban.engine.scan.observed_rows import best_of_rows

Longs = NDArray[np.int64]
_MODELS = {Model.PERMUTATION: 0, Model.POISSON: 1, Model.BERNOULLI: 2}
_TOGETHER = 200_000
"""Memberships of places in rows that make one unit of work."""


class Apart(IntEnum):
    """Which windows are refused beside clusters that are chosen already."""

    ANY = 0  # none
    SPACE_TIME = 1  # those that share a place at the same time
    SPACE = 2  # those that share a place at any time


@dataclass(frozen=True, eq=False)
class Chosen:
    """Clusters chosen already, for every place: `marks` (P+1,), `marked`, CSR; `spans` (clusters, 2) their steps."""

    apart: Apart
    marks: Longs
    marked: Longs
    spans: Longs

    @classmethod
    def of(cls, apart: Apart, places: int, clusters: Sequence[tuple[Ints, int, int]]) -> Chosen:
        """Return the marks of clusters given as (places, start, end)."""
        where = np.concatenate([members for members, _, _ in clusters]) if clusters else np.empty(0, np.int32)
        sizes = [len(members) for members, _, _ in clusters]
        order = np.argsort(where, kind="stable")
        counts = np.bincount(where, minlength=places)
        return cls(
            apart,
            np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            np.repeat(np.arange(len(clusters), dtype=np.int64), sizes)[order],
            np.array([(start, end) for _, start, end in clusters], dtype=np.int64).reshape(-1, 2),
        )


@dataclass(frozen=True, eq=False)
class Bests:
    """The best window of each row: `where` (rows, 4) width, start, end, observed cases; `figures` (rows, 2) expected
    cases and statistic.

    A statistic of 0: the row has no window that is a candidate.
    """

    where: Longs
    figures: Floats

    def window(self, row: int) -> Window:
        """Return one row's best window."""
        width, start, end, seen = (int(value) for value in self.where[row])
        return Window(row, width, start, end, seen, float(self.figures[row, 0]), float(self.figures[row, 1]))


@dataclass(frozen=True, eq=False)
class Prepared:
    """A design as the kernel wants it."""

    model: int
    ways: Longs
    rows: Longs
    reach: Ints
    events: Longs
    when: Ints
    in_time: Longs
    masses: Floats
    people: float

    @classmethod
    def of(cls, design: Design) -> Prepared:
        """Return the arrays of a design."""
        order = np.lexsort((design.step, design.place))
        counts = np.bincount(design.place, minlength=design.places)
        in_time = np.bincount(design.step, minlength=design.steps)
        masses = np.zeros((0, 0))
        if design.expected is not None:
            masses = np.ascontiguousarray(design.expected, dtype=np.float64)
        elif design.controls is not None:
            masses = design.controls.astype(np.float64)
            np.add.at(masses, (design.place, design.step), 1.0)
        ways = [design.longest, design.earliest, design.least, design.high, design.low, 0]
        return cls(
            _MODELS[design.model],
            np.array(ways, dtype=np.int64),
            np.ascontiguousarray(design.rows, dtype=np.int64),
            np.ascontiguousarray(design.reach, dtype=np.int32),
            np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            np.ascontiguousarray(design.step[order], dtype=np.int32),
            np.concatenate([[0], np.cumsum(in_time)]).astype(np.int64),
            masses,
            float(masses.sum()),
        )

    def bests(self, chosen: Chosen, first: int, last: int) -> Bests:
        """Return the best windows of the rows `first` … `last - 1` that the chosen clusters allow."""
        ways = self.ways.copy()
        ways[5] = chosen.apart if len(chosen.spans) else Apart.ANY
        where, figures = np.zeros((last - first, 4), np.int64), np.zeros((last - first, 2))
        best_of_rows(
            self.model,
            ways,
            self.rows,
            self.reach,
            self.events,
            self.when,
            self.in_time,
            self.masses,
            self.people,
            chosen.marks,
            chosen.marked,
            chosen.spans,
            first,
            where,
            figures,
        )
        return Bests(where, figures)


def observe(design: Design, *, executor: Executor | None = None, progress: Progress = quiet) -> Bests:
    """Return the best window of every row of a design; no cases: no candidates."""
    prepared = Prepared.of(design)
    count = len(design.rows) - 1
    if not design.cases:
        return Bests(np.zeros((count, 4), np.int64), np.zeros((count, 2)))
    cuts = np.flatnonzero(np.diff(design.rows[:-1] // _TOGETHER)) + 1
    edges = [0, *(int(cut) for cut in cuts), count]
    blocks = [(first, last) for first, last in pairwise(edges) if last > first]
    parts = (executor or Serial()).run(_block, (prepared, Chosen.of(Apart.ANY, design.places, [])), blocks, progress)
    return Bests(
        np.concatenate([part.where for part in parts]) if parts else np.zeros((0, 4), np.int64),
        np.concatenate([part.figures for part in parts]) if parts else np.zeros((0, 2)),
    )


def _block(shared: tuple[Prepared, Chosen], block: tuple[int, int]) -> Bests:
    prepared, nothing = shared
    return prepared.bests(nothing, *block)
