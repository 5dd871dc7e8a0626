"""What counts do when nothing happens, and draws of it: the ground on which alarms are calibrated."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from diaban.engine.streams import Stream, generator
from diaban.engine.surveillance.counts import Counts, Flags, Floats
from diaban.engine.surveillance.models import Fitted


@dataclass(frozen=True, eq=False)
class Null:
    """`mean` (S, T) of every series and step; `alpha`, `zeros` (S,) as in `models`; `reported` (S, T).

    Series and steps are independent given the means: neighbouring communes or weeks that rise together are not in it.
    Raises `ValueError` for means that are no numbers from 0 on.
    """

    mean: Floats
    alpha: Floats
    zeros: Floats
    reported: Flags
    per_year: float = 52.0

    def __post_init__(self) -> None:
        """Check the shapes and values."""
        if self.mean.ndim != 2 or self.reported.shape != self.mean.shape or 0 in self.mean.shape:
            raise ValueError("means and reports are series × steps, at least one of each")
        if not (np.isfinite(self.mean).all() and (self.mean >= 0).all()):
            raise ValueError("every mean of a null is a number from 0 on; leave series without a model out")
        if self.alpha.shape != (len(self.mean),) or self.zeros.shape != (len(self.mean),):
            raise ValueError("alpha and zeros have one value for each series")
        if not ((self.alpha >= 0).all() and (self.zeros >= 0).all() and (self.zeros < 1).all()):
            raise ValueError("alpha is 0 or more, zeros lie in [0, 1)")

    @property
    def series(self) -> int:
        """Return the number of series."""
        return len(self.mean)

    @property
    def steps(self) -> int:
        """Return the number of steps."""
        return int(self.mean.shape[1])

    def only(self, chosen: NDArray[np.intp]) -> Null:
        """Return the null of some series."""
        return replace(
            self, mean=self.mean[chosen], alpha=self.alpha[chosen], zeros=self.zeros[chosen],
            reported=self.reported[chosen],
        )  # fmt: skip

    def raised(self, start: int, rise: float) -> Null:
        """Return the same with every mean `rise` times as large from step `start` on."""
        if not 0 <= start < self.steps or not rise > 0:
            raise ValueError(f"a rise begins in 0 … {self.steps - 1} and is above 0, not {start} and {rise}")
        mean = self.mean.copy()
        mean[:, start:] *= rise
        return replace(self, mean=mean)


def steady(
    mean: Floats, steps: int, alpha: Floats | float = 0.0, zeros: Floats | float = 0.0, per_year: float = 52.0
) -> Null:
    """Return a null of constant means, one for each series."""
    level = np.atleast_1d(np.asarray(mean, dtype=np.float64))
    size = (len(level),)
    return Null(
        np.repeat(level[:, None], steps, axis=1), np.broadcast_to(np.asarray(alpha, dtype=np.float64), size),
        np.broadcast_to(np.asarray(zeros, dtype=np.float64), size), np.ones((len(level), steps), dtype=np.bool_),
        per_year,
    )  # fmt: skip


def of_model(fitted: Fitted) -> Null:
    """Return the null of fitted models over the steps they looked ahead to; `ValueError` where a series has no fit."""
    if np.isnan(fitted.predictor).any():
        worst = int(np.flatnonzero(np.isnan(fitted.predictor).any(axis=1))[0])
        raise ValueError(f"series {worst} has no model for every step ahead; leave it out")
    mean = np.exp(fitted.predictor)
    reported = np.ones(mean.shape, dtype=np.bool_)
    return Null(mean, fitted.alpha, fitted.zeros, reported, fitted.counts.per_year)


def draw(null: Null, seed: int, stream: Stream, replicate: int) -> Counts:
    """Return one draw of the counts; its address is (seed, stream, replicate)."""
    drawing = generator(seed, stream, replicate)
    shape = null.mean.shape
    mean = null.mean
    wide = null.alpha > 0
    if wide.any():
        size = 1 / np.where(wide, null.alpha, 1.0)[:, None]
        mean = np.where(wide[:, None], mean * drawing.standard_gamma(np.broadcast_to(size, shape)) / size, mean)
    values = drawing.poisson(mean).astype(np.float64)
    if (null.zeros > 0).any():
        values[drawing.random(shape) < null.zeros[:, None]] = 0
    return Counts(values, null.reported, null.per_year)
