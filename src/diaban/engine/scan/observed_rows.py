"""The compiled search for the best window of each row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from diaban.engine.kernels import kernel
from diaban.engine.scan.statistic import ceiling, likelihood_ratio

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int32]


@kernel
def best_span(
    model: int,
    ways: Longs,
    before: Longs,
    mass: Floats,
    in_time: Longs,
    people: float,
    fresh: Flags,
    closed: Flags,
    best: float,
) -> tuple[float, int, int, int, float]:
    """Return (statistic, start, end, observed, expected) of the best span of time of some places, if it beats `best`.

    `before`, `mass` (T+1): their cases, and what `masses` says, before each step. `fresh`: steps at which the last
    place has cases. `closed`: steps that no span may hold. With high rates alone, spans that a smaller window beats or
    equals are passed over: those without a fresh step, and those that begin (or, unless they must last, end) with a
    step without cases. Of equal spans the one that ends first, then the shortest.
    """
    longest, earliest, least, high, low = ways[0], ways[1], ways[2], ways[3] == 1, ways[4] == 1
    cases = float(in_time[-1])
    rate = before[-1] / cases
    found_start, found_end, found_inside, found_usual = -1, -1, 0, 0.0
    newest, shut = -1, -1
    for end in range(1, before.shape[0]):
        newest = end - 1 if fresh[end - 1] else newest
        shut = end - 1 if closed[end - 1] else shut
        if end < earliest or (not low and end > earliest and before[end] == before[end - 1]):
            continue
        for start in range(end - 1 if low else newest, max(end - longest, shut + 1) - 1, -1):
            inside = before[end] - before[start]
            if inside < least or (not low and before[start + 1] == before[start]):
                continue
            usual = rate * (in_time[end] - in_time[start]) if model == 0 else mass[end] - mass[start]
            if model == 2:
                usual *= cases / people
            more = inside - usual
            if not ((more > 0 and high) or (more < 0 and low)):
                continue
            if model < 2 and more * more * cases <= best * usual * (cases - usual):
                continue  # `ceiling` without its divisions
            value = span_value(model, inside, usual, mass[end] - mass[start], cases, people, best)
            if value > best * (1.0 + 1e-12) + 1e-12:
                best, found_start, found_end, found_inside, found_usual = value, start, end, inside, usual
    return best, found_start, found_end, found_inside, found_usual


@kernel
def span_value(model: int, inside: int, usual: float, size: float, cases: float, people: float, best: float) -> float:
    """Return the statistic of a span, or 0 where a bound says that it is no larger than `best`."""
    formula = 1 if model == 2 else 0
    if ceiling(formula, float(inside), usual, cases, size, people) <= best:
        return 0.0
    return likelihood_ratio(formula, float(inside), usual, cases, size, people)


@kernel
def best_of_rows(
    model: int,
    ways: Longs,
    rows: Longs,
    reach: Ints,
    events: Longs,
    when: Ints,
    in_time: Longs,
    masses: Floats,
    people: float,
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
    `events` (P+1,), `when`: steps of the cases of each place. `in_time` (T+1,): cases before each step. `masses`
    (P, T): expected cases, or cases and controls, or nothing. `marks` (P+1,), `marked`: the clusters that hold each
    place; `spans` (clusters, 2) their time. `figures`: expected, statistic. Of equal windows the narrowest, then as
    `best_span`.
    """
    steps = in_time.shape[0] - 1
    seen, fresh, closed = np.zeros(steps, np.int64), np.zeros(steps, np.bool_), np.zeros(steps, np.bool_)
    before, here, mass = np.zeros(steps + 1, np.int64), np.zeros(steps), np.zeros(steps + 1)
    for row in range(where.shape[0]):
        seen[:], here[:], closed[:] = 0, 0.0, False
        for at in range(rows[first + row], rows[first + row + 1]):
            place = reach[at]
            if ways[5] == 2 and marks[place + 1] > marks[place]:
                break
            for mark in range(marks[place], marks[place + 1] if ways[5] > 0 else marks[place]):
                closed[spans[marked[mark], 0] : spans[marked[mark], 1]] = True
            fresh[:] = False
            for event in range(events[place], events[place + 1]):
                seen[when[event]] += 1
                fresh[when[event]] = True
            for step in range(steps if model > 0 else 0):
                here[step] += masses[place, step]
                mass[step + 1] = mass[step] + here[step]
            if ways[4] == 0 and events[place + 1] == events[place]:
                continue
            for step in range(steps):
                before[step + 1] = before[step] + seen[step]
            best = best_span(model, ways, before, mass, in_time, people, fresh, closed, figures[row, 1])
            if best[2] > 0:
                where[row, 0] = at - rows[first + row] + 1
                where[row, 1], where[row, 2], where[row, 3] = best[1], best[2], best[3]
                figures[row, 0], figures[row, 1] = best[4], best[0]
