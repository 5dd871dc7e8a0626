"""Compiled loops of the flexible scan: connected sets of places, and the best window over them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from diaban.engine.kernels import kernel
from diaban.engine.scan.statistic import ceiling, likelihood_ratio

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
    `ways`: longest, earliest, least, high, low. Equal windows: the first.
    """
    longest, earliest, least, high, low = ways[0], ways[1], ways[2], ways[3] == 1, ways[4] == 1
    steps = in_time.shape[0] - 1
    cases = float(in_time[steps])
    formula = 1 if model == 2 else 0
    seen = np.zeros((17, steps + 1), np.int64)
    held = np.zeros((17, steps + 1))
    centre, best = -1, 0.0
    for number in range(added.shape[0]):
        place, level = added[number], depth[number] + 1
        if level == 1:
            centre += 1
            best = 0.0
        for step in range(steps + 1):
            seen[level, step] = seen[level - 1, step] + counts[place, step]
            held[level, step] = held[level - 1, step] + mass[place, step]
        if not low and counts[place, steps] == 0:
            continue
        for end in range(earliest, steps + 1):
            for start in range(max(end - longest, 0), end):
                inside = seen[level, end] - seen[level, start]
                if inside < least:
                    continue
                size = 0.0
                if model == 0:
                    usual = seen[level, steps] * (in_time[end] - in_time[start]) / cases
                else:
                    usual = held[level, end] - held[level, start]
                if model == 2:
                    size = usual
                    usual = size * cases / people
                if not ((high and inside > usual) or (low and inside < usual)):
                    continue
                if ceiling(formula, float(inside), usual, cases, size, people) <= best:
                    continue
                value = likelihood_ratio(formula, float(inside), usual, cases, size, people)
                if value > best * (1.0 + 1e-12) + 1e-12:
                    best = value
                    where[centre, 0] = number
                    where[centre, 1] = start
                    where[centre, 2] = end
                    where[centre, 3] = inside
                    figures[centre, 0] = usual
                    figures[centre, 1] = value
