"""Counts of one area before and after, and how much noisier than chance such counts are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """Events of one area (or of several taken together) before and after the work began.

    Raises `ValueError` when a count is negative or no whole number.
    """

    before: int
    after: int

    def __post_init__(self) -> None:
        """Refuse what is no count."""
        for name in ("before", "after"):
            value = getattr(self, name)
            if isinstance(value, bool) or int(value) != value or value < 0:
                raise ValueError(f"{name}: a count is a whole number from 0 on, not {value!r}")
            object.__setattr__(self, name, int(value))

    @property
    def total(self) -> int:
        """Return the events of both periods."""
        return self.before + self.after

    def __add__(self, other: BeforeAfter) -> BeforeAfter:
        """Take two areas together."""
        return BeforeAfter(self.before + other.before, self.after + other.after)


NOTHING = BeforeAfter(0, 0)


def checked_counts(counts: NDArray[np.generic], what: str = "counts") -> NDArray[np.float64]:
    """Return a table of counts as floats; raises `ValueError` unless all are whole numbers from 0 on."""
    values = np.asarray(counts, dtype=np.float64)
    if not np.isfinite(values).all():
        raise ValueError(f"{what}: every cell needs a number; a missing report is not zero, leave its unit out")
    if (values < 0).any() or (values != np.floor(values)).any():
        raise ValueError(f"{what}: counts are whole numbers from 0 on")
    return values


def dispersion(series: NDArray[np.generic]) -> float:
    """Return how many times the variance of the counts exceeds Poisson's, at least 1.

    `series` (areas, steps) are counts per step before the work began. Pearson's statistic of independence between areas
    and steps over its degrees of freedom: ups and downs that all areas share (season, trend) do not count, what moves
    one area against another does. It is that movement which blurs a comparison. Areas or steps without any event are
    left out. With fewer than two areas or two steps it cannot be seen, and 1 is returned.
    """
    values = checked_counts(series)
    if values.ndim != 2:
        raise ValueError("series: one row per area, one column per step")
    values = values[values.sum(axis=1) > 0][:, values.sum(axis=0) > 0]
    areas, steps = values.shape
    if areas < 2 or steps < 2:
        return 1.0
    expected = np.outer(values.sum(axis=1), values.sum(axis=0)) / values.sum()
    return max(1.0, float(((values - expected) ** 2 / expected).sum() / ((areas - 1) * (steps - 1))))
