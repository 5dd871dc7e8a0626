"""Compiled loops of the flexible scan: connected sets of places, and the best window over them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from diaban.engine.kernels import kernel
from diaban.engine.scan.observed_rows import best_span

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Ints = NDArray[np.int32]


@kernel
def connected_sets(near: Longs, weight: Floats, most: float, added: NDArray[np.int8], depth: NDArray[np.int8]) -> int:
    """Write all connected sets of up to 15 places that hold place 0, each once; return how many there are.

    `near` (K,) are bit masks of who touches whom. Set z is set `z'` and the place `added[z]`, where z' is the last set
    before z that is one step less deep: a tree in the order of a walk. A set heavier than `most` is left out with all
    that contain it. The way through the tree is that of S. Wernicke, IEEE/ACM Trans. Comput. Biol. Bioinform. 3 (2006).
    """
    size = near.shape[0]
    held, edge, around, heavy = (
        np.zeros(size, np.int64),
        np.zeros(size, np.int64),
        np.zeros(size, np.int64),
        np.zeros(size),
    )
    if weight[0] > most:
        return 0
    held[0], edge[0], around[0], heavy[0] = 1, near[0] & ~1, near[0] | 1, weight[0]
    added[0], depth[0] = 0, 0
    count, level = 1, 0
    while level >= 0:
        if edge[level] == 0:
            level -= 1
            continue
        lowest = edge[level] & -edge[level]
        edge[level] ^= lowest
        place = 0
        while (lowest >> place) != 1:
            place += 1
        if heavy[level] + weight[place] > most:
            continue
        held[level + 1] = held[level] | lowest
        edge[level + 1] = edge[level] | (near[place] & ~around[level] & ~lowest)
        around[level + 1] = around[level] | near[place] | lowest
        heavy[level + 1] = heavy[level] + weight[place]
        level += 1
        added[count], depth[count] = place, level
        count += 1
    return count


@kernel
def best_of_sets(
    model: int,
    ways: Longs,
    added: Ints,
    depth: NDArray[np.int8],
    counts: Longs,
    mass: Floats,
    in_time: Longs,
    people: float,
    where: Longs,
    figures: Floats,
) -> None:
    """Write the best window of each centre: `where` (set, start, end, observed), `figures` (expected, statistic).

    `added`, `depth`: as `connected_sets`, one tree per centre after the other. `counts` (P, T+1): cases of each place
    before each step. `mass` likewise: expected cases (poisson), cases and controls (bernoulli), nothing (permutation).
    `ways`: as `best_span`. Of equal windows the first set, then as `best_span`.
    """
    steps = in_time.shape[0] - 1
    seen, held = np.zeros((17, steps + 1), np.int64), np.zeros((17, steps + 1))
    fresh, closed = np.ones(steps, np.bool_), np.zeros(steps, np.bool_)
    centre = -1
    for number in range(added.shape[0]):
        place, level = added[number], depth[number] + 1
        if level == 1:
            centre += 1
        for step in range(steps + 1):
            seen[level, step] = seen[level - 1, step] + counts[place, step]
            held[level, step] = held[level - 1, step] + mass[place, step]
        if ways[4] == 0 and counts[place, steps] == 0:
            continue
        best = best_span(model, ways, seen[level], held[level], in_time, people, fresh, closed, figures[centre, 1])
        if best[2] > 0:
            where[centre, 0] = number
            where[centre, 1], where[centre, 2], where[centre, 3] = best[1], best[2], best[3]
            figures[centre, 0], figures[centre, 1] = best[4], best[0]
