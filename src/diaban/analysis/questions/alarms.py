"""Thresholds of the new-point alarm: a model for every place, and how often chance alone would go above it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diaban.analysis.settings import WatchSettings
from diaban.analysis.tables import TableError
from diaban.core.messages import N_, say
from diaban.engine.executors import Executor, Progress
from diaban.engine.surveillance.calibration import Calibrated, calibrate
from diaban.engine.surveillance.counts import Counts, Floats
from diaban.engine.surveillance.farrington import Farrington
from diaban.engine.surveillance.models import Family, Model, fit
from diaban.engine.surveillance.nulls import Null
from diaban.engine.surveillance.scorers import Early, Flexible, Modelled, Scorer, surprise

LEAST_STEPS = 26
"""With a shorter past nothing is usual yet."""

_QUIET = 0.5
"""Events that a place without any is taken to have had in its whole past."""


@dataclass(frozen=True, slots=True)
class WithQuiet:
    """A scorer that also judges places whose past holds nothing: against half an event in all of it."""

    inner: Scorer
    used: int

    def scores(self, counts: Counts) -> Floats:
        """Return the scores of the last steps; nan where a step was not reported."""
        found = self.inner.scores(counts)
        later = found.shape[1]
        empty = counts.values[:, : self.used].sum(axis=1) == 0
        mean = _QUIET / np.maximum(counts.reported[:, : self.used].sum(axis=1), 1)
        shape = (len(found), later)
        plain = surprise(
            counts.values[:, -later:],
            np.broadcast_to(mean[:, None], shape),
            np.zeros(shape),
            np.zeros(shape),
        )
        there = counts.reported[:, -later:]
        return np.where(empty[:, None] & there, plain, found)

    def only(self, chosen: NDArray[np.intp], /) -> WithQuiet:
        """Return the scorer of some of the places."""
        return WithQuiet(self.inner.only(chosen), self.used)


@dataclass(frozen=True, eq=False)
class Judged:
    """`score` (S, J) of the last J steps, `expected` (S, T), and what an alarm rests on."""

    score: Floats
    expected: Floats
    calibrated: Calibrated
    method: str


def judge(counts: Counts, settings: WatchSettings, seed: int, executor: Executor, progress: Progress) -> Judged:
    """Return the scores of the last steps and the threshold that keeps false alarms at the asked rate."""
    later = max(settings.last, min(max(round(counts.per_year / 4), 1), counts.steps // 4))
    used = counts.steps - later
    if used < (LEAST_STEPS if counts.per_year > 12 else 12):
        why = N_("Cần quá khứ dài hơn để biết thế nào là bình thường: đang có {n} bước, cần ít nhất {least}.")
        raise TableError((say(why, n=counts.steps, least=math.ceil(LEAST_STEPS * 4 / 3)),))
    model = Model(Family.NEGATIVE_BINOMIAL, harmonics=1 if used >= 2 * counts.per_year else 0)
    fitted = fit(counts, model, range(counts.steps), used)
    with np.errstate(over="ignore"):
        mean = np.where(fitted.predictor > 50, np.nan, np.exp(np.minimum(fitted.predictor, 50)))
    plain = _QUIET + counts.values[:, :used].sum(axis=1)
    usual = (plain / np.maximum(counts.reported[:, :used].sum(axis=1), 1))[:, None]
    mean = np.where(np.isnan(mean), usual, mean)
    null = Null(mean, np.nan_to_num(fitted.alpha), np.zeros(counts.series), counts.reported, counts.per_year)
    scorer = WithQuiet(_scorer(settings, model, used, later, counts), used)
    years = later / counts.per_year
    replicates = int(min(max(math.ceil(40 / (settings.false_alarms_per_year * years)), 100), 4_000))
    try:
        calibrated = calibrate(
            scorer,
            null,
            per_year=settings.false_alarms_per_year,
            replicates=replicates,
            seed=seed,
            executor=executor,
            progress=progress,
        )
    except ValueError as error:
        why = N_("Không đặt được ngưỡng cho mức báo động sai này ({why}); chọn mức cao hơn.")
        raise TableError((say(why, why=error),)) from error
    return Judged(scorer.scores(counts), mean, calibrated, settings.method)


def _scorer(settings: WatchSettings, model: Model, used: int, later: int, counts: Counts) -> Scorer:
    if settings.method == "farrington":
        years = int((used - 26) // counts.per_year)
        if years < 2:
            raise TableError((say(N_("Farrington cần ít nhất ba năm số liệu; chọn --method auto.")),))
        return Flexible(Farrington(years=min(years, 5)), later)
    if settings.method == "ears":
        return Early()
    return Modelled(model, used, 2.0 if settings.method == "cusum" else 0.0)
