"""Published figures of Knox's test and of near repeats, on the data that they were published for.

    python bench/oracles_points.py FOLDER

FOLDER holds `near-repeat/chicago_arson.csv` and `near-repeat/chicago_be_month1.csv` (x, y in feet, date). Prints ours,
the published and the difference, and exits with 1 on a difference. The figures of Burkitt's lymphoma come from
libpysal's own example and need no folder.
"""

from __future__ import annotations

import csv
import sys
import warnings
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from diaban.engine.interaction.knox import Settings, knox
from diaban.engine.interaction.pairs import Metric
from diaban.engine.positions import Positions

# Near Repeat Calculator 1.3 on 522 arsons: same place, 1-200, 201-400, 401-600, more; 0, 1, 2 and more days apart.
ARSON = [[0, 2, 0, 8], [9, 1, 1, 45], [4, 0, 0, 140], [6, 0, 0, 234], [393, 710, 770, 133658]]
BURKITT = [[13, 3416], [39, 14110]]
BURKITT_EXPECTED = [[10.1438161, 3418.85618], [41.8561839, 14107.1438]]


class Report:
    """Lines of ours | expected | difference."""

    def __init__(self) -> None:
        self.good = True

    def compare(self, what: str, ours: Any, expected: Any, within: float = 0.0) -> None:
        for place, value in np.ndenumerate(np.asarray(ours, dtype=float)):
            known = float(np.asarray(expected, dtype=float)[place])
            apart = abs(value - known)
            self.good &= bool(apart <= within)
            mark = "" if apart <= within else "   <-- DIFFERENT"
            print(f"{what} {list(place) or ''}: {value:.10g} | {known:.10g} | {apart:.2g}{mark}")


def rows(path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    with path.open(encoding="utf-8") as file:
        found = [(float(x), float(y), date.fromisoformat(day).toordinal()) for x, y, day in csv.reader(file)]
    x, y, days = zip(*found, strict=True)
    return np.array(x), np.array(y), np.array(days)


def arson(report: Report, folder: Path) -> None:
    x, y, days = rows(folder / "chicago_arson.csv")
    # The calculator keeps coordinates in 32 bits and its bands are lower <= d < upper: one pair, 399.96 apart, becomes
    # 400.00 and lies in the band above. Both are put on here, and nowhere else.
    positions = Positions(x.astype(np.float32), y.astype(np.float32))
    edges = (0.0, *(float(np.nextafter(edge, 0)) for edge in (200, 400, 600)))
    result = knox(positions, days, Settings(edges, (0, 1, 2), Metric.MANHATTAN, permutations=9999, seed=1))
    report.compare("arson, the calculator's table", result.observed, ARSON)
    report.compare("arson, pairs", result.observed.sum(), 135_981)
    exact = knox(Positions(x, y), days, Settings((0.0, 200, 400, 600), (0, 1, 2), Metric.MANHATTAN, permutations=0))
    moved = np.array(ARSON)
    moved[2, 3] += 1
    moved[3, 3] -= 1
    report.compare("arson, in 64 bits", exact.observed, moved)
    print(f"  observed/expected of 1-200 on the same day {result.ratio[1, 0]:.2f} (74.25 from 99 shuffles), p", end=" ")
    print(f"{result.p_high[1, 0]:.4f} (.01 from 99 shuffles)")
    report.compare("arson, p of 1-200 on the same day is the least", result.p_high[1, 0], 1 / 10_000)


def burglaries(report: Report, folder: Path) -> None:
    """Every cell against all pairs looked at one by one."""
    x, y, days = rows(folder / "chicago_be_month1.csv")
    one, other = np.triu_indices(len(x), 1)
    for metric in Metric:
        dx, dy = np.abs(x[one] - x[other]), np.abs(y[one] - y[other])
        far = dx + dy if metric is Metric.MANHATTAN else np.sqrt(dx * dx + dy * dy)
        space, time = (0.0, 100.0, 200.0, 500.0, 1000.0), (0, 1, 2, 4, 7)
        cell = np.searchsorted(space, far) * 6 + np.searchsorted(time, np.abs(days[one] - days[other]))
        table = np.bincount(cell, minlength=36).reshape(6, 6)
        result = knox(Positions(x, y), days, Settings(space, time, metric, permutations=0))
        report.compare(f"burglaries, {metric}", result.observed, table)


def burkitt(report: Report) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import libpysal

        table = libpysal.io.open(libpysal.examples.get_path("burkitt.dbf"))
        x, y, steps = (np.array(table.by_col(name)) for name in ("X", "Y", "T"))
    result = knox(Positions(x, y), steps.astype(np.int64), Settings((20.0,), (5,), permutations=0))
    report.compare("Burkitt, observed", result.observed, BURKITT)
    report.compare("Burkitt, expected", result.expected, BURKITT_EXPECTED, 5e-5)
    report.compare("Burkitt, p by Poisson", result.p_poisson[0, 0], 0.14624558, 5e-9)


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    report, folder = Report(), Path(sys.argv[1]) / "near-repeat"
    arson(report, folder)
    burglaries(report, folder)
    burkitt(report)
    print("all equal" if report.good else "DIFFERENCES")
    return 0 if report.good else 1


if __name__ == "__main__":
    raise SystemExit(main())
