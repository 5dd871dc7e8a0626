"""The compiled search for the best window of each row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from diaban.engine.kernels import kernel
from diaban.engine.scan.statistic import ceiling, likelihood_ratio

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Ints = NDArray[np.int32]


@kernel
def best_of_rows(
    model: int,
    ways: Longs,
    rows: Longs,
    reach: Ints,
    events: Longs,
    when: Ints,
    in_time: Longs,
    expected: Floats,
    controls: Ints,
    marks: Longs,
    marked: Longs,
    spans: Longs,
    first: int,
    where: Longs,
    figures: Floats,
) -> None:
    """Write the best window of each of the rows `first` … into `where` (width, start, end, observed) and `figures`.

    `model`: 0 permutation, 1 poisson, 2 bernoulli. `ways`: longest, earliest, least, high, low, and which windows are
    refused beside chosen clusters: 0 none, 1 those with a place and a step in common, 2 those with a place in common.
    `events` (P+1,), `when`: steps of the cases of each place. `in_time` (T+1,): cases before each step. `marks` (P+1,),
    `marked`: the clusters that hold each place; `spans` (clusters, 2) their time. `figures`: expected, statistic.

    Where only high rates are looked for, a window that a smaller one inside it beats or equals is left out: the last
    place and, unless it must last, the first and last step bring a case. Equal windows: the narrowest, then the
    earliest end, then the earliest start.
    """
    longest, earliest, least = ways[0], ways[1], ways[2]
    high, low, apart = ways[3] == 1, ways[4] == 1, ways[5]
    steps = in_time.shape[0] - 1
    cases = float(in_time[steps])
    people = cases
    if model == 2:
        people += controls.sum()
    formula = 1 if model == 2 else 0
    seen = np.zeros(steps, np.int64)
    fresh = np.zeros(steps, np.bool_)
    before = np.zeros(steps + 1, np.int64)
    mass = np.zeros(steps, np.float64)
    mass_before = np.zeros(steps + 1, np.float64)
    closed = np.zeros(steps, np.bool_)
    for row in range(where.shape[0]):
        seen[:] = 0
        mass[:] = 0.0
        closed[:] = False
        total = 0
        best = 0.0
        for at in range(rows[first + row], rows[first + row + 1]):
            place = reach[at]
            if apart > 0 and marks[place + 1] > marks[place]:
                if apart == 2:
                    break
                for mark in range(marks[place], marks[place + 1]):
                    closed[spans[marked[mark], 0] : spans[marked[mark], 1]] = True
            fresh[:] = False
            for event in range(events[place], events[place + 1]):
                seen[when[event]] += 1
                fresh[when[event]] = True
            here = events[place + 1] - events[place]
            total += here
            if model == 1:
                for step in range(steps):
                    mass[step] += expected[place, step]
            elif model == 2:
                for step in range(steps):
                    mass[step] += controls[place, step]
            if not low and (here == 0 or total < least):
                continue
            for step in range(steps):
                before[step + 1] = before[step] + seen[step]
            if model > 0:
                for step in range(steps):
                    mass_before[step + 1] = mass_before[step] + mass[step]
            newest, shut = -1, -1
            for end in range(1, steps + 1):
                if fresh[end - 1]:
                    newest = end - 1
                if closed[end - 1]:
                    shut = end - 1
                if end < earliest or (not low and end > earliest and seen[end - 1] == 0):
                    continue
                for start in range(max(end - longest, shut + 1), end if low else newest + 1):
                    inside = before[end] - before[start]
                    if inside < least or (not low and seen[start] == 0):
                        continue
                    size = 0.0
                    if model == 0:
                        usual = total * (in_time[end] - in_time[start]) / cases
                    elif model == 1:
                        usual = mass_before[end] - mass_before[start]
                    else:
                        size = mass_before[end] - mass_before[start] + inside
                        usual = size * cases / people
                    if not ((high and inside > usual) or (low and inside < usual)):
                        continue
                    if ceiling(formula, float(inside), usual, cases, size, people) <= best:
                        continue
                    value = likelihood_ratio(formula, float(inside), usual, cases, size, people)
                    if value > best * (1.0 + 1e-12) + 1e-12:
                        best = value
                        where[row, 0] = at - rows[first + row] + 1
                        where[row, 1] = start
                        where[row, 2] = end
                        where[row, 3] = inside
                        figures[row, 0] = usual
        figures[row, 1] = best
