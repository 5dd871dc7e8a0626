"""Counts of places by step of time, with what was not reported kept apart from zero."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from diaban.analysis.places import Places
from diaban.analysis.steps import Steps
from diaban.analysis.tables import AreaCounts, Table
from diaban.engine.surveillance.counts import Counts

PER_YEAR = {"day": 365.25, "week": 365.25 / 7, "month": 12.0}


def counted(table: Table, places: Places, steps: Steps) -> Counts:
    """Return the counts of every place. A step in which an area's row says "not reported" is not reported."""
    step = steps.of(places.day)
    inside = step >= 0
    cells = places.place[inside].astype(np.int64) * len(steps) + step[inside]
    values = np.bincount(cells, minlength=len(places) * len(steps)).reshape(len(places), len(steps)).astype(np.float64)
    reported = np.ones(values.shape, dtype=np.bool_)
    if isinstance(table, AreaCounts):
        missing = np.flatnonzero((table.count < 0) & (steps.of(table.day) >= 0))
        reported[table.unit[missing], steps.of(table.day[missing])] = False
    return Counts(values, reported, PER_YEAR[steps.kind])


def told(values: NDArray[np.float64], reported: NDArray[np.bool_]) -> tuple[int | None, ...]:
    """Return one place's counts, None where nothing was reported."""
    return tuple(int(value) if there else None for value, there in zip(values, reported, strict=True))
