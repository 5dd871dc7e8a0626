"""What a method says of one step of one series, and in what states a series can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from diaban.engine.surveillance.counts import Flags, Floats

Steps = NDArray[np.integer] | Sequence[int]
"""Steps of time by number, from 0."""


class Verdict(IntEnum):
    """What is said of a step. Only `ALARM` calls for a look; the last three are no all-clear."""

    QUIET = 0
    ALARM = 1
    FEW = 2  # too few recent counts for the method's own rule; not judged
    NO_BASELINE = 3  # too little reported past, or no model fits it
    UNREPORTED = 4  # the step itself was not reported


@dataclass(frozen=True, eq=False)
class Bounds:
    """For every series (rows) and judged step (columns, `steps`).

    - `expected`: what the past lets one expect; `upper`: a count above it is an alarm; nan where there is no baseline.
    - `score`: how far the count goes beyond, on the method's own scale; larger is stranger; nan where not judged.
    - `verdicts`: `Verdict` as int8.
    """

    steps: NDArray[np.int64]
    expected: Floats
    upper: Floats
    score: Floats
    verdicts: NDArray[np.int8]

    @property
    def alarms(self) -> Flags:
        """Return where there is an alarm."""
        alarms: Flags = self.verdicts == Verdict.ALARM
        return alarms


def judged_steps(steps: Steps | None, length: int) -> NDArray[np.int64]:
    """Return the asked steps, all of them by default; `ValueError` when one lies outside the series."""
    chosen = np.arange(length) if steps is None else np.asarray(steps, dtype=np.int64)
    if chosen.ndim != 1 or chosen.size == 0 or chosen.min() < 0 or chosen.max() >= length:
        raise ValueError(f"steps to judge lie within 0 … {length - 1}; ask for at least one")
    return chosen.astype(np.int64)


def verdicts(counts: Floats, reported: Flags, upper: Floats, enough: Flags | bool = True) -> NDArray[np.int8]:
    """Return verdicts of counts against upper bounds."""
    found = np.where(counts > np.nan_to_num(upper, nan=np.inf), Verdict.ALARM, Verdict.QUIET).astype(np.int8)
    found = np.where(enough, found, np.int8(Verdict.FEW))
    found = np.where(np.isnan(upper), np.int8(Verdict.NO_BASELINE), found)
    return np.where(reported, found, np.int8(Verdict.UNREPORTED)).astype(np.int8)
