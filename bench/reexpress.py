"""Benchmark: a monthly series of all 10,040 old reporting units on the 3,321 units of 1/7/2025.

    python bench/reexpress.py [--months 60]

Needs the extra `units`. Prints the time of each step, rows a second, and two baselines measured in the same run on the
same figures: a loop over a ready dictionary that only adds (the least any program must do; it knows no quality, no
missing figures, and drops what it cannot place), and the same work with the lineage asked anew for every row.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import TypeVar

from diaban.adapters.national_units import REFORM, read_national
from diaban.core.units import Quality, Reexpression, Register, Weights, plan

EVE = date(2025, 6, 30)
Row = tuple[str, int, int]
T = TypeVar("T")


def timed(label: str, work: Callable[[], T]) -> tuple[T, float]:
    """Run `work` once and print how long it took."""
    start = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - start
    print(f"{label:<58}{seconds:9.3f} s")
    return result, seconds


def reporting_units(register: Register) -> list[str]:
    """Return the old communes, and the districts that had none."""
    state = register.snapshot(EVE)
    return [
        s.unit for s in state.spells if s.level == "commune" or (s.level == "district" and not state.children(s.unit))
    ]


def series(units: list[str], months: int) -> list[Row]:
    """Return small counts, mostly zero, as drug figures of communes are."""
    rng = random.Random(20250701)
    counts = rng.choices([0, 0, 0, 0, 1, 1, 2, 3, 5, 12], k=len(units) * months)
    return [(uid, month, counts.pop()) for month in range(months) for uid in units]


def dictionary_loop(shares: dict[str, str], rows: list[Row]) -> dict[tuple[str, int], int]:
    """Add figures of undivided units by a ready dictionary; divided ones are dropped."""
    totals: dict[tuple[str, int], int] = defaultdict(int)
    for uid, month, count in rows:
        target = shares.get(uid)
        if target is not None:
            totals[target, month] += count
    return totals


def row_by_row(register: Register, rows: list[Row]) -> dict[tuple[str, int], Fraction]:
    """Ask the register for every row where it goes."""
    totals: dict[tuple[str, int], Fraction] = defaultdict(Fraction)
    for uid, month, count in rows:
        for part in register.carry(uid, REFORM):
            if part.share is not None:
                totals[part.unit, month] += count * part.share
    return totals


def check(result: Reexpression[int], rows: list[Row]) -> None:
    """Refuse to print a figure of a run that lost something."""
    given: Counter[int] = Counter()
    for _, month, count in rows:
        given[month] += count
    for month, total in given.items():
        if result.total(month) != total:
            raise SystemExit(f"month {month}: {total} went in, {result.total(month)} came out")


def report(result: Reexpression[int]) -> None:
    """Print how many cells are of which quality."""
    qualities = Counter(cell.quality for cells in result.cells.values() for cell in cells.values())
    placed = {quality.code: qualities[quality] for quality in Quality}
    left = sum(len(rows) for rows in result.unplaced.values())
    print(f"    cells {sum(qualities.values()):,}: {placed}; amounts unplaced for want of a share: {left:,}")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--months", type=int, default=60)
    months = parser.parse_args().months

    national, _ = timed("read the package", read_national)
    register, _ = timed("build and check the register", lambda: Register(national.spells, national.edges))
    units = reporting_units(register)
    rows = series(units, months)
    print(f"{len(rows):,} rows: {len(units):,} units x {months} months")

    made, planning = timed("plan old -> new, once", lambda: plan(register, REFORM, units))
    result, applying = timed("apply the plan to all months", lambda: made.apply(rows))
    check(result, rows)
    report(result)
    print(f"    {len(rows) / (planning + applying):,.0f} rows/s with the plan, {len(rows) / applying:,.0f} without")

    new = [s.unit for s in register.snapshot(REFORM).of_level("commune")]
    back_rows = series(new, months)
    weights = Weights("population", {uid: 1 + i % 9 for i, uid in enumerate(units)})
    back, backward = timed(
        "new -> old, by weights, whole numbers (plan and apply)",
        lambda: plan(register, EVE, new, weights).apply(back_rows, whole_numbers=True),
    )
    check(back, back_rows)
    report(back)
    print(f"    {len(back_rows) / backward:,.0f} rows/s")

    undivided = {uid: parts[0].unit for uid in units if (parts := register.carry(uid, REFORM))[0].is_whole}
    _, loop = timed("baseline: dictionary loop that only adds", lambda: dictionary_loop(undivided, rows))
    _, asking = timed("baseline: lineage asked row by row", lambda: row_by_row(register, rows))
    ours = planning + applying
    print(f"ratio of plan and apply to the dictionary loop {ours / loop:.1f}x; to row by row {ours / asking:.2f}x")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
