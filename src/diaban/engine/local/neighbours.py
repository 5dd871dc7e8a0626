"""Who is whose neighbour, and with what weight.

Rows of neighbours one after another (compressed sparse rows). A unit is never its own neighbour here; Gi* adds it.
A unit without neighbours is `alone`: it gets no statistic and no p-value ("không có lân cận").
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from diaban.engine.positions import Positions

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Neighbours of n units.

    - `start` (n+1,): the neighbours of unit i are `other[start[i]:start[i+1]]`, in ascending order.
    - `other`: their numbers.
    - `weight`: their weights, finite and above zero.

    Raises `ValueError` when the rows do not fit together, a unit is its own neighbour or named twice, or a weight is
    not above zero.
    """

    start: Ints
    other: NDArray[np.int32]
    weight: Floats

    def __post_init__(self) -> None:
        """Check, sort and freeze the arrays."""
        start = np.ascontiguousarray(self.start, dtype=np.int64)
        other = np.ascontiguousarray(self.other, dtype=np.int32)
        weight = np.ascontiguousarray(self.weight, dtype=np.float64)
        if len(start) < 1 or start[0] != 0 or start[-1] != len(other) or (np.diff(start) < 0).any():
            raise ValueError("start must rise from 0 to the number of neighbours")
        if len(weight) != len(other):
            raise ValueError(f"{len(other)} neighbours need as many weights, not {len(weight)}")
        if not (np.isfinite(weight).all() and (weight > 0).all()):
            raise ValueError("every weight must be a number above zero: leave out neighbours that do not count")
        units = len(start) - 1
        if len(other) and (other.min() < 0 or other.max() >= units):
            raise ValueError(f"neighbours are numbered from 0 to {units - 1}")
        unit = np.repeat(np.arange(units), np.diff(start))
        if (unit == other).any():
            raise ValueError(f"unit {int(unit[unit == other][0])} is its own neighbour: leave it out, Gi* adds it")
        order = np.lexsort((other, unit))
        other, weight = other[order], weight[order]
        if ((np.diff(unit) == 0) & (np.diff(other) == 0)).any():
            raise ValueError("a neighbour is named twice")
        for name, values in (("start", start), ("other", other), ("weight", weight)):
            values.setflags(write=False)
            object.__setattr__(self, name, values)

    def __len__(self) -> int:
        """Return the number of units."""
        return len(self.start) - 1

    @cached_property
    def counts(self) -> Ints:
        """How many neighbours each unit has."""
        return np.diff(self.start)

    @cached_property
    def alone(self) -> Bools:
        """Which units have no neighbours."""
        return np.equal(self.counts, 0)

    @cached_property
    def matrix(self) -> csr_array:
        """The weights as a sparse matrix (n, n)."""
        return csr_array((self.weight, self.other, self.start), shape=(len(self), len(self)))

    @cached_property
    def equal(self) -> bool:
        """Whether, for each unit, all its neighbours weigh the same; then only their number counts."""
        return bool((self.weight == np.repeat(self.largest, self.counts)).all())

    @cached_property
    def largest(self) -> Floats:
        """The largest weight of each unit's neighbours; 1 for a unit alone."""
        return self._per_row(np.maximum, empty=1.0)

    @cached_property
    def weight_sums(self) -> Floats:
        """The sum of each unit's weights."""
        return self._per_row(np.add, empty=0.0)

    @cached_property
    def weight_squares(self) -> Floats:
        """The sum of the squares of each unit's weights."""
        return Neighbours._reduce(self.weight**2, self.start, np.add, 0.0)

    def sums(self, values: Floats) -> Floats:
        """Return the weighted sum of each unit's neighbours' values."""
        found: Floats = self.matrix @ values
        return found

    def standardised(self) -> Neighbours:
        """Return the same neighbours with each unit's weights divided by their sum (row-standardised)."""
        return Neighbours(self.start, self.other, self.weight / np.repeat(self.weight_sums, self.counts))

    def binary(self) -> Neighbours:
        """Return the same neighbours, each with weight 1."""
        return Neighbours(self.start, self.other, np.ones(len(self.other)))

    def _per_row(self, what: np.ufunc, empty: float) -> Floats:
        return Neighbours._reduce(self.weight, self.start, what, empty)

    @staticmethod
    def _reduce(values: Floats, start: Ints, what: np.ufunc, empty: float) -> Floats:
        found = np.full(len(start) - 1, empty)
        filled = np.diff(start) > 0
        if filled.any():
            found[filled] = what.reduceat(values, start[:-1][filled])
        return found


def from_pairs(units: int, first: Ints, second: Ints, weight: Floats | None = None) -> Neighbours:
    """Return neighbours from directed pairs: `second[i]` is a neighbour of `first[i]`, with weight 1 unless given."""
    first, second = np.asarray(first, dtype=np.int64), np.asarray(second, dtype=np.int64)
    if first.shape != second.shape or first.ndim != 1:
        raise ValueError("pairs need two rows of the same length")
    if len(first) and (min(first.min(), second.min()) < 0 or max(first.max(), second.max()) >= units):
        raise ValueError(f"pairs name units outside 0 to {units - 1}")
    weights = np.ones(len(first)) if weight is None else np.asarray(weight, dtype=np.float64)
    if len(weights) != len(first):
        raise ValueError(f"{len(first)} pairs need as many weights, not {len(weights)}")
    order = np.argsort(first, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(first, minlength=units))]).astype(np.int64)
    return Neighbours(start, second[order].astype(np.int32), weights[order])


def touching(units: int, pairs: Ints) -> Neighbours:
    """Return neighbours by contiguity: `pairs` (m, 2) of units that share a border, each in any order, once or twice.

    A pair of a unit with itself is left out.
    """
    given = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
    given = given[given[:, 0] != given[:, 1]]
    both = np.unique(np.concatenate([given, given[:, ::-1]]), axis=0)
    return from_pairs(units, both[:, 0], both[:, 1])


def within(positions: Positions, metres: float, power: float = 0.0, nearest_counts_as: float = 1.0) -> Neighbours:
    """Return as neighbours all other units at most `metres` away (the edge belongs to the circle).

    With `power` above zero a neighbour at distance d weighs (metres / max(d, nearest_counts_as))**power: inverse
    distance, with distances below `nearest_counts_as` metres counted as that. Units in the same place are neighbours.
    """
    if not (np.isfinite(metres) and metres > 0):
        raise ValueError(f"the distance must be above zero metres, not {metres}")
    if not (np.isfinite(power) and power >= 0 and nearest_counts_as > 0):
        raise ValueError("the power must be zero or more, and the least distance above zero")
    reach = positions.chord(metres) * (1 + 1e-9)  # a neighbour that stands on the edge is in, whatever the rounding
    pairs = cKDTree(positions.embedded).query_pairs(reach, output_type="ndarray").astype(np.int64)
    if not power:
        weight = np.ones(len(pairs))
    else:
        gaps = positions.embedded[pairs[:, 0]] - positions.embedded[pairs[:, 1]]
        apart = positions.arc(np.sqrt((gaps**2).sum(axis=1)))
        weight = (metres / np.maximum(apart, nearest_counts_as)) ** power
    both = np.concatenate([pairs, pairs[:, ::-1]])
    return from_pairs(len(positions), both[:, 0], both[:, 1], np.concatenate([weight, weight]))


def nearest(positions: Positions, count: int) -> Neighbours:
    """Return as neighbours the `count` nearest other units; of equally far ones, those with the lower numbers.

    Not mutual: a unit far out has neighbours that do not have it.
    """
    size = len(positions)
    if not 1 <= count < size:
        raise ValueError(f"each of {size} units can have 1 to {size - 1} nearest neighbours, not {count}")
    tree = cKDTree(positions.embedded)
    reach = tree.query(positions.embedded, k=[min(count + 1, size)])[0][:, 0]
    rows, columns = [], []
    for unit, near in enumerate(tree.query_ball_point(positions.embedded, reach * (1 + 1e-9))):
        others = np.array([other for other in near if other != unit], dtype=np.int64)
        apart = np.sqrt(((positions.embedded[others] - positions.embedded[unit]) ** 2).sum(axis=1))
        apart = np.round(apart / max(reach[unit], 1e-300), 9)  # equal but for rounding is equal
        chosen = others[np.lexsort((others, apart))[:count]]
        columns.append(chosen)
        rows.append(np.full(len(chosen), unit))
    return from_pairs(size, np.concatenate(rows), np.concatenate(columns))
