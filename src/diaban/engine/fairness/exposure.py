"""Counts over what they were exposed to: residents, or hours of patrol. Not looked at is not the same as none found."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from diaban.engine.fairness.sources import Counts, Source

Floats = NDArray[np.float64]


class Exposure(StrEnum):
    """What a count is divided by. Finds of patrols only by hours of patrol; the others only by residents."""

    RESIDENTS = "residents"
    PATROL_HOURS = "patrol_hours"


@dataclass(frozen=True, slots=True)
class ExposedRate:
    """A place's rate, its exact Poisson interval, and whether there is one at all.

    `rate`, `low`, `high` are None where exposure is not recorded (`exposure` None) or was recorded as none (0): nothing
    is known then, least of all that the rate is zero. Events without exposure contradict the records: `contradicts`.
    """

    events: int
    exposure: float | None
    rate: float | None
    low: float | None
    high: float | None
    contradicts: bool

    @property
    def known(self) -> bool:
        """Whether anything can be said of this place."""
        return self.rate is not None


def exposed_rates(
    counts: Counts, kind: Exposure, exposure: Floats, *, per: float = 1.0, level: float = 0.95
) -> tuple[ExposedRate, ...]:
    """Return each place's events per `per` of exposure, with F. Garwood's interval (Biometrika 28, 1936).

    `exposure` (places,): NaN where it was not recorded. Raises `ValueError` when finds of patrols are divided by
    residents or the other way round, for that is the very confusion this is to prevent.
    """
    wanted = Exposure.PATROL_HOURS if counts.source is Source.PATROL else Exposure.RESIDENTS
    if kind is not wanted:
        raise ValueError(f"counts of source {counts.source} are divided by {wanted}, not by {kind}")
    size = np.asarray(exposure, dtype=np.float64)
    if counts.values.ndim != 1 or size.shape != counts.values.shape:
        raise ValueError("one count and one exposure per place")
    if (size < 0).any() or np.isinf(size).any() or not per > 0 or not 0 < level < 1:
        raise ValueError("exposure is a number from 0 on, or NaN where not recorded; per is above 0, level within 0, 1")
    return tuple(
        _rate(int(events), float(amount), per, (1 - level) / 2)
        for events, amount in zip(counts.values, size, strict=True)
    )


def _rate(events: int, exposure: float, per: float, tail: float) -> ExposedRate:
    if math.isnan(exposure):
        return ExposedRate(events, None, None, None, None, False)
    if exposure == 0:
        return ExposedRate(events, 0.0, None, None, None, events > 0)
    low = float(stats.gamma.ppf(tail, events)) if events else 0.0
    high = float(stats.gamma.ppf(1 - tail, events + 1))
    scale = per / exposure
    return ExposedRate(events, exposure, events * scale, low * scale, high * scale, False)
