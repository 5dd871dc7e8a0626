"""Who is near whom: the circles of a scan, each as its places in the order in which the circle grows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from diaban.engine.positions import Positions

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

TIE = 2.0**-30
"""Distances that differ by less than this share of the extent of all places are equal (0.2 mm in 200 km)."""

MOST = 250_000_000
"""No more memberships of places in rows than this (1 GB) are made."""

_TOGETHER = 4_000_000


@dataclass(frozen=True, eq=False)
class Rows:
    """Window rows in CSR: row r holds `reach[rows[r]:rows[r+1]]`, at `distance` metres from its centre `centre[r]`."""

    rows: NDArray[np.int64]
    reach: Ints
    distance: Floats
    centre: Ints


def gather(positions: Positions) -> tuple[Positions, Ints]:
    """Return the distinct positions in the order of their first appearance, and which of them each position is.

    Events with exactly the same coordinates are one place.
    """
    both = np.column_stack([positions.x, positions.y])
    _, first, which = np.unique(both, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    rank = np.empty(len(order), dtype=np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return positions.take(first[order]), rank[which.reshape(-1)]


def extent(points: Floats) -> float:
    """Return the diagonal of the box around points of any dimension."""
    return float(np.linalg.norm(np.ptp(points, axis=0))) if len(points) else 0.0


def circles(positions: Positions, *, radius: float, weights: Floats | None = None, most: float = np.inf) -> Rows:
    """Return one row per place: itself, then its neighbours within `radius` metres by distance.

    Equal distances stand in the order of the places. A row ends before the first place with which the sum of `weights`
    (P,) would pass `most`; a centre that passes it alone has an empty row. `radius` may be infinite.
    Raises `ValueError` when the rows would not fit in memory.
    """
    count = len(positions)
    if not radius >= 0:
        raise ValueError("the largest radius is 0 metres or more")
    points = positions.embedded
    tie = TIE * extent(points)
    reached = positions.chord(radius) + tie if np.isfinite(radius) else np.inf
    tree = cKDTree(points)
    pieces: list[tuple[NDArray[np.int64], Ints, Floats]] = []
    held = 0
    for block in _blocks(tree, points, reached, weights is not None and most < np.inf):
        piece = _block(tree, points, block, reached, tie, weights, most)
        held += len(piece[1])
        if held > MOST:
            raise ValueError(
                f"the circles of {count:,} places within {radius:,.0f} m hold over {MOST:,} memberships: "
                "give a smaller radius or a smaller share of the population"
            )
        pieces.append(piece)
    sizes = np.concatenate([piece[0] for piece in pieces]) if pieces else np.empty(0, np.int64)
    chords = np.concatenate([piece[2] for piece in pieces]) if pieces else np.empty(0)
    return Rows(
        rows=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        reach=np.concatenate([piece[1] for piece in pieces]) if pieces else np.empty(0, np.int32),
        distance=positions.arc(chords),
        centre=np.arange(count, dtype=np.int32),
    )


def _blocks(tree: cKDTree, points: Floats, reached: float, capped: bool) -> list[NDArray[np.intp]]:
    """Cut the places into runs whose circles hold some `_TOGETHER` memberships together."""
    count = len(points)
    if np.isinf(reached):
        sizes = np.full(count, count, dtype=np.int64)
    else:
        sizes = np.asarray(tree.query_ball_point(points, reached, return_length=True), dtype=np.int64).reshape(-1)
    if not capped and sizes.sum() > MOST:
        raise ValueError(
            f"the circles of {count:,} places hold {int(sizes.sum()):,} memberships, more than {MOST:,}: "
            "give a smaller radius or a share of the population"
        )
    cuts = np.cumsum(sizes) // _TOGETHER
    return np.split(np.arange(count), np.flatnonzero(np.diff(cuts)) + 1) if count else []


def _block(
    tree: cKDTree,
    points: Floats,
    block: NDArray[np.intp],
    reached: float,
    tie: float,
    weights: Floats | None,
    most: float,
) -> tuple[NDArray[np.int64], Ints, Floats]:
    """Return (sizes, reach, chords) of the circles of some centres."""
    if np.isinf(reached):
        row, near = (grid.ravel() for grid in np.indices((len(block), len(points))))
        chords = np.sqrt(
            sum(np.subtract.outer(points[block, axis], points[:, axis]) ** 2 for axis in range(points.shape[1]))
        )
        chords = chords.ravel()
    else:
        found = cKDTree(points[block]).sparse_distance_matrix(tree, reached, output_type="ndarray")
        row, near, chords = found["i"], found["j"], found["v"]
    sizes = np.bincount(row, minlength=len(block)).astype(np.int64)
    chords[near == block[row]] = -1.0  # the centre stands before others at its very spot
    order = grown(row, chords, near, tie)
    row, near, chords = row[order], near[order], np.maximum(chords[order], 0.0)
    if weights is not None and np.isfinite(most):
        keep = within(row, weights[near], most)
        row, near, chords = row[keep], near[keep], chords[keep]
        sizes = np.bincount(row, minlength=len(block)).astype(np.int64)
    return sizes, near.astype(np.int32), chords


def grown(row: NDArray[np.intp], distance: Floats, place: NDArray[np.int64], tie: float) -> NDArray[np.intp]:
    """Return the order by row, then distance, equal distances (less than `tie` from the one before) by place."""
    by_distance = np.lexsort((place, distance, row))
    sorted_row, sorted_distance = row[by_distance], distance[by_distance]
    gap = np.diff(sorted_distance)
    same_row = np.diff(sorted_row) == 0
    if not (same_row & (gap > 0) & (gap <= tie)).any():
        return by_distance
    new = np.ones(len(row), dtype=bool)
    new[1:] = ~same_row | (gap > tie) | ((sorted_distance[:-1] < 0) & (sorted_distance[1:] >= 0))
    return by_distance[np.lexsort((place[by_distance], np.cumsum(new)))]


def within(row: NDArray[np.intp], weight: Floats, most: float) -> NDArray[np.bool_]:
    """Return which members stay when each row ends before its sum passes `most`; what rounding adds is forgiven."""
    if not len(row):
        return np.empty(0, dtype=bool)
    total = np.cumsum(weight)
    starts = np.flatnonzero(np.r_[True, np.diff(row) != 0])
    before = np.repeat(total[starts] - weight[starts], np.diff(np.r_[starts, len(row)]))
    keep: NDArray[np.bool_] = total - before <= most * (1 + 1e-9) + total[-1] * 1e-12
    return keep
