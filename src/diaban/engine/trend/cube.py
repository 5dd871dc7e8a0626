"""The space-time cube: one number for each place and step of time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Cube:
    """`values` (places, steps): counts or rates of areas or cells, steps of equal length in the order of time.

    Raises `ValueError` on missing values or no places.
    """

    values: Floats

    def __post_init__(self) -> None:
        """Check and freeze the values."""
        values = np.ascontiguousarray(self.values, dtype=np.float64)
        if values.ndim != 2 or not values.size:
            raise ValueError(f"a cube has places and steps, not the shape {values.shape}")
        if not np.isfinite(values).all():
            place, step = (int(at[0]) for at in np.nonzero(~np.isfinite(values)))
            raise ValueError(f"place {place} has no value at step {step}: 0 if nothing happened, else leave it out")
        values.setflags(write=False)
        object.__setattr__(self, "values", values)

    @property
    def places(self) -> int:
        """How many places."""
        return len(self.values)

    @property
    def steps(self) -> int:
        """How many steps of time."""
        return int(self.values.shape[1])


def count_events(place: NDArray[np.integer], step: NDArray[np.integer], places: int, steps: int) -> Cube:
    """Return the cube of events: `place` and `step` (events,) say where and when each happened.

    Raises `ValueError` when one lies outside.
    """
    where, when = np.asarray(place, dtype=np.int64), np.asarray(step, dtype=np.int64)
    if where.shape != when.shape or where.ndim != 1:
        raise ValueError("events need a place and a step each")
    if places < 1 or steps < 1:
        raise ValueError("a cube has at least one place and one step")
    for what, given, limit in (("place", where, places), ("step", when, steps)):
        if len(given) and (given.min() < 0 or given.max() >= limit):
            bad = int(np.flatnonzero((given < 0) | (given >= limit))[0])
            raise ValueError(f"event {bad} has {what} {int(given[bad])}, outside 0 to {limit - 1}")
    counts = np.bincount(where * steps + when, minlength=places * steps).reshape(places, steps)
    return Cube(counts.astype(np.float64))
