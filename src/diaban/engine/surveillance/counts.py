"""Counts of many places over the same steps of time, where a step without a report is not a step with zero."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Counts:
    """`values` (S, T): the count of series s in step t; `reported` (S, T): whether it was reported at all.

    `per_year`: steps in a year (52 weeks by default, 12 months, 365 days; 365.25 / 7 follows the calendar's weeks).
    What stands in `values` where nothing was reported is never read. Raises `ValueError` for counts that are negative
    or not whole, and for shapes that do not fit.
    """

    values: Floats
    reported: Flags
    per_year: float = 52.0

    def __post_init__(self) -> None:
        """Check and freeze the arrays."""
        values = np.array(self.values, dtype=np.float64, order="C")
        if values.ndim != 2 or values.shape[1] == 0:
            raise ValueError(f"counts are series × steps, with at least one step, not {values.shape}")
        reported = np.array(self.reported, dtype=np.bool_, order="C")
        if reported.shape != values.shape:
            raise ValueError(f"counts {values.shape} and what was reported {reported.shape} must have the same shape")
        if not np.isfinite(self.per_year) or self.per_year < 1:
            raise ValueError(f"a year has at least one step, not {self.per_year}")
        values[~reported] = 0
        wrong = ~np.isfinite(values) | (values < 0) | (values != np.floor(values))
        if wrong.any():
            s, t = (int(place) for place in np.argwhere(wrong)[0])
            raise ValueError(f"series {s}, step {t}: a count is a whole number from 0 on, not {values[s, t]}")
        for name, array in (("values", values), ("reported", reported)):
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    @property
    def series(self) -> int:
        """Return the number of series."""
        return len(self.values)

    @property
    def steps(self) -> int:
        """Return the number of steps."""
        return int(self.values.shape[1])


def complete(values: ArrayLike, per_year: float = 52.0) -> Counts:
    """Return counts that were all reported; one series may be given as a row."""
    rows = np.atleast_2d(np.asarray(values, dtype=np.float64))
    return Counts(rows, np.ones(rows.shape, dtype=np.bool_), per_year)


def reported_or_nan(values: Floats, per_year: float = 52.0) -> Counts:
    """Return counts in which nan stands for a step that was not reported."""
    rows = np.atleast_2d(np.asarray(values, dtype=np.float64))
    return Counts(rows, ~np.isnan(rows), per_year)
