"""The largest statistic of one replicate, by branch and bound over widths and durations.

A window row grows place by place; `reached[k]` holds, for its first k places, how many cases came before each step.
A block of windows (widths low … wide, durations brief … long) is tested against all starts side by side: none of its
windows holds more cases than the widest and longest at that start, none weighs less than the narrowest and briefest
of its stretch of starts. Only where that could beat the largest statistic so far, single windows are looked at, and
only where their own count could, logarithms are taken.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from diaban.engine.kernels.compiled import kernel
from diaban.engine.kernels.scan_ladder import NEVER, bucket_above, bucket_below, level_of
from diaban.engine.kernels.scan_statistic import statistic

Counts = TypeVar("Counts", bound=np.signedinteger)

STRETCH = 64  # starts that are tested side by side
STEEPEST = 127  # a least count rises by no more along the starts of a stretch: its product with 255 fits 16 bits


@kernel
def stretch_start(stretch: int, steps: int) -> int:
    """Return the first start of a stretch; the last one reaches back rather than beyond the end."""
    return max(min(stretch * STRETCH, steps - STRETCH), 0)


@kernel
def renumber(
    moved: NDArray[np.int64],
    kept: NDArray[np.int16],
    starts: NDArray[np.int64],
    times: NDArray[np.int16],
    places: NDArray[np.int64],
) -> None:
    """Fill `moved`, `kept`: the starts and times of the same cases with the places in another order."""
    filled = 0
    for number in range(places.shape[0]):
        moved[number] = filled
        for case in range(starts[places[number]], starts[places[number] + 1]):
            kept[filled] = times[case]
            filled += 1
    moved[places.shape[0]] = filled


@kernel
def most_possible(
    starts: NDArray[np.int64],
    times: NDArray[np.int16],
    rows: NDArray[np.int64],
    reach: NDArray[np.int32],
    longest: int,
) -> int:
    """Return a number of cases that no window exceeds: those of the fullest `longest` steps, or of the fullest row."""
    cases = np.zeros(int(times.max()) + 1 + longest, np.int64)
    for time in times:
        cases[time] += 1
    lately = fullest = row_fullest = 0
    for step in range(cases.shape[0]):
        lately += cases[step] - (cases[step - longest] if step >= longest else 0)
        fullest = max(fullest, lately)
    for row in range(rows.shape[0] - 1):
        total = 0
        for entry in range(rows[row], rows[row + 1]):
            total += starts[reach[entry] + 1] - starts[reach[entry]]
        row_fullest = max(row_fullest, total)
    return min(fullest, row_fullest)


@kernel
def fill_series(series: NDArray[Counts], starts: NDArray[np.int64], times: NDArray[np.int16], base: int) -> None:
    """Fill (P, width) with the number of each place's cases before step `base + t`, from `base` on, modulo 2**16."""
    width = series.shape[1]
    for place in range(series.shape[0]):
        row = series[place]
        row[:] = 0
        for case in range(starts[place], starts[place + 1]):
            if times[case] >= base:
                row[times[case] - base + 1] += 1
        run = row[0]
        for t in range(width):
            run = row.dtype.type(run + row[t])
            row[t] = run


@kernel
def _add(run: NDArray[Counts], flat: NDArray[Counts], at: np.uint64) -> None:
    # Offsets without a sign: only then does the compiler know that no index counts from the end, and uses vectors.
    for t in range(np.uint64(run.shape[0])):
        run[t] = run.dtype.type(run[t] + flat[at + t])


@kernel
def _reach_row(
    reached: NDArray[Counts],
    places: NDArray[np.int32],
    series: NDArray[Counts],
    single: bool,
    starts: NDArray[np.int64],
    times: NDArray[np.int16],
    base: int,
    run: NDArray[Counts],
) -> None:
    """Fill `reached` for one row; it and `series` are flat, `run` says how wide they are."""
    width = run.shape[0]
    run[:] = 0
    for entry in range(places.shape[0]):
        place = places[entry]
        if single:
            for case in range(starts[place], starts[place + 1]):
                _add(run, series, np.uint64(max(times[case] - base + 1, 0) * width))
        else:
            _add(run, series, np.uint64(place * width))
        at = np.uint64((entry + 1) * width)
        for t in range(np.uint64(width)):
            reached[at + t] = run[t]


@kernel
def _look(
    best: float,
    ladder: NDArray[np.int32],
    reached: NDArray[Counts],
    start: int,
    block: NDArray[np.int32],
    places: NDArray[np.int32],
    zone: NDArray[np.float64],
    product: bool,
    clock: NDArray[np.float64],
    cells: NDArray[np.float64],
    total: float,
    cases: int,
    labelled: bool,
    earliest: int,
    least: int,
    below: bool,
    sizes: NDArray[np.float64],
) -> float:
    """Look at the single windows of a block that start at one step."""
    narrow, wide, brief, long = block[0], block[1], block[2], block[3]
    level = level_of(best)
    for duration in range(brief, min(long, clock.shape[0] - 1 - start) + 1):
        end = start + duration
        if end < earliest:
            continue
        if product:
            sizes[narrow] = zone[narrow - 1] * (clock[end] - clock[start]) / total
        else:
            size = 0.0
            for width in range(1, wide + 1):
                size += cells[places[width - 1], end] - cells[places[width - 1], start]
                sizes[width] = size
        if (
            not below
            and np.int64(reached.dtype.type(reached[wide, end] - reached[wide, start]))
            < ladder[level, bucket_below(sizes[narrow])]
        ):
            continue
        for width in range(narrow, wide + 1):
            count = np.int64(reached.dtype.type(reached[width, end] - reached[width, start]))
            if count < least:
                continue
            if product:
                sizes[width] = zone[width - 1] * (clock[end] - clock[start]) / total
            if below:
                if count > ladder[level, bucket_above(sizes[width])] or count * total >= sizes[width] * cases:
                    continue
            elif count < ladder[level, bucket_below(sizes[width])] or count * total <= sizes[width] * cases:
                continue
            value = statistic(int(count), sizes[width], float(cases), total, labelled)
            if value > best:
                best = value
                level = level_of(best)
    return best


@kernel
def _above(reached: NDArray[Counts], late: np.uint64, early: np.uint64, least: np.signedinteger) -> bool:
    found: Any = False
    for lane in range(np.uint64(STRETCH)):
        found |= reached.dtype.type(reached[late + lane] - reached[early + lane]) >= least
    return bool(found)


@kernel
def _above_slope(
    reached: NDArray[Counts],
    late: np.uint64,
    early: np.uint64,
    least: np.signedinteger,
    rise: np.int16,
    slopes: NDArray[np.int16],
    slope: np.uint64,
) -> bool:
    found: Any = False
    for lane in range(np.uint64(STRETCH)):
        more = np.int16(np.int16(rise * slopes[slope + lane]) >> 8)
        found |= reached.dtype.type(reached[late + lane] - reached[early + lane] - more) >= least
    return bool(found)


@kernel
def _below(reached: NDArray[Counts], late: np.uint64, early: np.uint64, most: np.signedinteger) -> bool:
    found: Any = False
    for lane in range(np.uint64(STRETCH)):
        found |= reached.dtype.type(reached[late + lane] - reached[early + lane]) <= most
    return bool(found)


@kernel
def _probe(
    best: float,
    ladder: NDArray[np.int32],
    reached: NDArray[Counts],
    blocks: NDArray[np.int32],
    places: NDArray[np.int32],
    zone: NDArray[np.float64],
    product: bool,
    clock: NDArray[np.float64],
    cells: NDArray[np.float64],
    total: float,
    cases: int,
    labelled: bool,
    earliest: int,
    least: int,
    sizes: NDArray[np.float64],
) -> float:
    """Look at the fullest of the longest and widest windows of each block: a first idea of the largest statistic."""
    one = np.empty(4, np.int32)
    for b in range(blocks.shape[0]):
        wide, long = blocks[b, 1], min(blocks[b, 3], clock.shape[0] - 1)
        fullest, where = np.int64(-1), 0
        for start in range(max(earliest - long, 0), clock.shape[0] - long):
            count = np.int64(reached.dtype.type(reached[wide, start + long] - reached[wide, start]))
            if count > fullest:
                fullest, where = count, start
        one[0], one[1], one[2], one[3] = wide, wide, long, long
        best = _look(
            best, ladder, reached, where, one, places, zone, product, clock, cells, total, cases, labelled, earliest,
            least, False, sizes,
        )  # fmt: skip
    return best


@kernel
def _scan_row(
    best: float,
    ladder: NDArray[np.int32],
    reached: NDArray[Counts],
    blocks: NDArray[np.int32],
    buckets: NDArray[np.int16],
    begin_block: int,
    end_block: int,
    slopes: NDArray[np.int16],
    places: NDArray[np.int32],
    zone: NDArray[np.float64],
    product: bool,
    clock: NDArray[np.float64],
    cells: NDArray[np.float64],
    total: float,
    cases: int,
    labelled: bool,
    earliest: int,
    least: int,
    below: bool,
    sizes: NDArray[np.float64],
) -> float:
    steps, level, width = clock.shape[0] - 1, level_of(best), reached.shape[1]
    top, flat, stretches = 32767 if reached.itemsize == 2 else NEVER, reached.ravel(), buckets.shape[1]
    gentle = slopes.ravel()
    for b in range(begin_block, end_block):
        row = (blocks[b, 0] if below else blocks[b, 1]) * width
        long = blocks[b, 2] if below else blocks[b, 3]
        for stretch in range(stretches):
            limit, rise = ladder[level, buckets[b, stretch, 2 if below else 0]], 0
            begin = stretch_start(stretch, steps)
            early, late = np.uint64(row + begin), np.uint64(row + begin + long)
            slope = np.uint64((blocks[b, 2] * stretches + stretch) * STRETCH)
            if below:
                found = limit >= 0 and _below(flat, late, early, reached.dtype.type(min(limit, top)))
            elif limit > top:
                continue
            else:
                if limit > least:
                    rise = min(ladder[level, buckets[b, stretch, 1]] - limit, STEEPEST)
                if rise > 0:
                    found = _above_slope(flat, late, early, reached.dtype.type(limit), np.int16(rise), gentle, slope)
                else:
                    found = _above(flat, late, early, reached.dtype.type(limit))
            if not found:
                continue
            for lane in range(np.uint64(STRETCH)):
                count = np.int64(reached.dtype.type(flat[late + lane] - flat[early + lane]))
                if (count > limit) if below else (count < limit + ((rise * gentle[slope + lane]) >> 8)):
                    continue
                best = _look(
                    best, ladder, reached, begin + int(lane), blocks[b], places, zone, product, clock, cells,
                    total, cases, labelled, earliest, least, below, sizes,
                )  # fmt: skip
            level = level_of(best)
    return best


@kernel
def largest_in_series(
    starts: NDArray[np.int64],
    times: NDArray[np.int16],
    base: int,
    series: NDArray[Counts],
    single: bool,
    order: NDArray[np.int64],
    probes: NDArray[np.int64],
    rows: NDArray[np.int64],
    reach: NDArray[np.int32],
    product: bool,
    zone: NDArray[np.float64],
    clock: NDArray[np.float64],
    cells: NDArray[np.float64],
    total: float,
    labelled: bool,
    earliest: int,
    least: int,
    high: bool,
    low: bool,
    ladders: NDArray[np.int32],
    first_block: NDArray[np.int64],
    blocks: NDArray[np.int32],
    buckets: NDArray[np.int16],
    slopes: NDArray[np.int16],
) -> float:
    """Return the largest statistic of one replicate.

    `series`: (P, width) of `fill_series`, or with `single` one row per step and one of zeros. `ladders` (2, levels,
    buckets + 1): for more and for fewer than expected. Blocks of row r are `blocks[first_block[r]:first_block[r+1]]`:
    narrow, wide, brief, long; `buckets` (blocks, stretches, 3): see `weigh_blocks`. `slopes` (durations, stretches,
    STRETCH): see `slope_of_clock`.
    """
    cases, best = times.shape[0], 0.0
    longest = (rows[1:] - rows[:-1]).max() if rows.shape[0] > 1 else 0
    reached, run = np.zeros((longest + 1, series.shape[1]), series.dtype), np.zeros(series.shape[1], series.dtype)
    sizes, flat = np.zeros(longest + 1), series.ravel()
    for turn in range(probes.shape[0] + order.shape[0]):
        row = probes[turn] if turn < probes.shape[0] else order[turn - probes.shape[0]]
        first, last, b0, b1 = rows[row], rows[row + 1], first_block[row], first_block[row + 1]
        places, across = reach[first:last], zone[first:last]
        _reach_row(reached.ravel(), places, flat, single, starts, times, base, run)
        if turn < probes.shape[0]:
            if high:
                best = _probe(
                    best, ladders[0], reached, blocks[b0:b1], places, across, product, clock, cells, total, cases,
                    labelled, earliest, least, sizes,
                )  # fmt: skip
            continue
        if high:
            best = _scan_row(
                best, ladders[0], reached, blocks, buckets, b0, b1, slopes, places, across, product, clock, cells,
                total, cases, labelled, earliest, least, False, sizes,
            )  # fmt: skip
        if low:
            best = _scan_row(
                best, ladders[1], reached, blocks, buckets, b0, b1, slopes, places, across, product, clock, cells,
                total, cases, labelled, earliest, least, True, sizes,
            )  # fmt: skip
    return best
