"""The scan written down as its definition says: every window, one after another, in plain Python. The oracle."""

from __future__ import annotations

from collections.abc import Iterator
from math import log

import numpy as np
from numpy.typing import NDArray

from diaban.engine.scan.design import Design, Model, Window


def term(seen: float, usual: float) -> float:
    """Return seen × ln(seen / usual), 0 for nothing seen."""
    return seen * log(seen / usual) if seen > 0 else 0.0


def ratio(c: float, m: float, n: float) -> float:
    """Return the statistic of permutation and poisson."""
    return term(c, m) + term(n - c, n - m)


def ratio_of_labels(c: int, k: int, cases: int, people: int) -> float:
    """Return the statistic of bernoulli, in the form in which `Design` gives it."""
    value = term(c, k) + term(k - c, k) + term(cases - c, people - k) + term(people - k - cases + c, people - k)
    return value - term(cases, people) - term(people - cases, people)


def counts_of(design: Design) -> NDArray[np.int64]:
    """Return (P, T) cases."""
    counts = np.zeros((design.places, design.steps), dtype=np.int64)
    np.add.at(counts, (design.place, design.step), 1)
    return counts


def windows(design: Design, counts: NDArray[np.int64] | None = None) -> Iterator[Window]:
    """Yield every candidate window of a design for the data, or for other (P, T) counts."""
    cells = counts_of(design) if counts is None else counts
    total = int(cells.sum())
    for row in range(len(design.rows) - 1):
        reach = design.reach[design.rows[row] : design.rows[row + 1]]
        for width in range(1, len(reach) + 1):
            places = reach[:width]
            for start in range(design.steps):
                for end in range(max(start + 1, design.earliest), min(start + design.longest, design.steps) + 1):
                    c = int(cells[places, start:end].sum())
                    if design.model is Model.PERMUTATION:
                        m = cells[places].sum() * cells[:, start:end].sum() / total
                        value = ratio(c, m, total)
                    elif design.model is Model.POISSON:
                        assert design.expected is not None
                        m = float(design.expected[places, start:end].sum())
                        value = ratio(c, m, total) if total - m > 1e-9 else 0.0
                    else:
                        assert design.controls is not None
                        k = c + int(design.controls[places, start:end].sum())
                        people = total + int(design.controls.sum())
                        m = k * total / people
                        value = ratio_of_labels(c, k, total, people) if 0 < k < people else 0.0
                    wanted = (design.high and c > m + 1e-9) or (design.low and c < m - 1e-9)
                    if c >= design.least and wanted:
                        yield Window(row, width, start, end, c, m, value)


def largest(design: Design, counts: NDArray[np.int64] | None = None) -> float:
    """Return the largest statistic, 0 without a candidate."""
    return max((window.statistic for window in windows(design, counts)), default=0.0)
