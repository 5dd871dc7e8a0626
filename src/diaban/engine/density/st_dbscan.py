"""Clusters of any shape in space and time: ST-DBSCAN.

D. Birant and A. Kut, "ST-DBSCAN: An algorithm for clustering spatial-temporal data", Data & Knowledge Engineering 60
(2007), without their third measure (a difference of values): two events are neighbours when they are near in space and
near in time. See docs/methods/density.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from diaban.engine.executors import Executor
from diaban.engine.interaction import pairs as near
from diaban.engine.interaction.pairs import Metric
from diaban.engine.positions import Positions

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Settings:
    """`distance` in metres and `time` in steps (both inclusive) make neighbours; `least` of them make a core.

    An event is its own neighbour, so `least` counts it too. `most_pairs` bounds memory (8 bytes a pair): more pairs are
    found again in portions.
    """

    distance: float
    time: int
    least: int
    metric: Metric = Metric.STRAIGHT
    most_pairs: int = 50_000_000

    def __post_init__(self) -> None:
        """Check the settings."""
        near.checked_edges((self.distance,))
        if self.time < 0 or self.least < 1 or self.most_pairs < 1:
            raise ValueError("time must be 0 or more steps, and a core needs at least one event, a portion one pair")


@dataclass(frozen=True, eq=False)
class Clusters:
    """The cluster of each event (n), -1 for none, and whether it is a core.

    Clusters are numbered from 0 in the order of their first core in the data. An event near cores of several clusters
    that is no core itself belongs to the one with the lowest number.
    """

    labels: Ints
    core: NDArray[np.bool_]

    @property
    def count(self) -> int:
        """Return the number of clusters."""
        return int(self.labels.max(initial=-1)) + 1


def st_dbscan(positions: Positions, steps: Ints, settings: Settings, executor: Executor | None = None) -> Clusters:
    """Return the clusters: cores that are neighbours, directly or through other cores, and the neighbours of cores.

    No events give no clusters.
    """
    edges = near.checked_edges((settings.distance,))
    sweep = near.lay_out(positions, steps, edges, settings.metric, settings.time)
    count, whole = len(sweep), list[near.Pairs]()

    def portions() -> Iterator[near.Pairs]:
        if whole:
            yield from whole
            return
        for number, portion in enumerate(near.found(sweep, settings.most_pairs, executor)):
            whole[:] = [portion] if number == 0 else []
            yield portion

    neighbours = np.ones(count, dtype=np.int64)
    for portion in portions():
        neighbours += np.bincount(portion.left, minlength=count) + np.bincount(portion.right, minlength=count)
    core = neighbours >= settings.least
    root = np.arange(count)
    for portion in portions():
        both = core[portion.left] & core[portion.right]
        root = _united(root, portion.left[both], portion.right[both])
    labels = _numbered(root, core, sweep.order)
    reached = np.full(count, count, dtype=np.int64)
    for portion in portions():
        for one, other in ((portion.left, portion.right), (portion.right, portion.left)):
            edge = core[one] & ~core[other]
            np.minimum.at(reached, other[edge], labels[one[edge]])
    labels = np.where(core, labels, np.where(reached < count, reached, -1))
    back_labels, back_core = np.empty_like(labels), np.empty_like(core)
    back_labels[sweep.order], back_core[sweep.order] = labels, core
    return Clusters(back_labels, back_core)


def _united(root: NDArray[np.int64], one: NDArray[np.int32], other: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the components after some have been joined."""
    if not len(one):
        return root
    size = len(root)
    graph = coo_matrix((np.ones(len(one), dtype=np.int8), (root[one], root[other])), shape=(size, size))
    component = connected_components(graph, directed=False)[1].astype(np.int64)
    joined: NDArray[np.int64] = component[root]
    return joined


def _numbered(root: NDArray[np.int64], core: NDArray[np.bool_], order: NDArray[np.intp]) -> Ints:
    """Return the numbers of the components by their first core in the data; what is no core gets any."""
    first = np.full(len(root), len(root), dtype=np.int64)
    np.minimum.at(first, root[core], order[core])
    rank = np.argsort(np.argsort(first, kind="stable"), kind="stable")
    numbers: Ints = rank[root].astype(np.int64)
    return numbers
