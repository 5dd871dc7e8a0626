"""Other methods' opinions on the same work, each on its own assumption; where one cannot speak it says why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from diaban.engine.evaluation.counts import checked_counts
from diaban.engine.evaluation.did import Effect, EventStudy, difference_in_differences, event_study
from diaban.engine.evaluation.interrupted import Interruption, Season, interrupted_series
from diaban.engine.evaluation.panel import Panel
from diaban.engine.evaluation.synthetic_control import Donors, InSpace, in_space
from diaban.engine.executors import Executor

T = TypeVar("T")
LEAST_DONORS = 5


@dataclass(frozen=True, slots=True)
class Opinions:
    """None where a method cannot speak; `silent` then holds its name and why.

    - `difference`: all units would have moved by the same factor. `study`: whether they did before.
    - `series`: the treated units' own trend and season would have gone on.
    - `synthetic`: a mixture of the others that went alike before would have gone on alike. Its outcomes are events per
      step over the unit's own mean before, so `effect` is a share of that mean; the treated units count as one.
    """

    difference: Effect | None
    study: EventStudy | None
    series: Interruption | None
    synthetic: InSpace | None
    silent: tuple[tuple[str, str], ...]


def opinions(
    counts: NDArray[np.generic],
    treated: NDArray[np.bool_],
    start: int,
    *,
    width: int = 3,
    season: Season | None = None,
    level: float = 0.95,
    placebos: int = 999,
    seed: int = 0,
    executor: Executor | None = None,
) -> Opinions:
    """Ask every method that can speak of `counts` (units, steps), with `start` the first step after.

    Leave out units to which things may have moved. `width`: the event study's stretches in steps. Raises `ValueError`
    only where the panel itself is none.
    """
    values = checked_counts(counts)
    panel = Panel(values, treated, start)
    silent: list[tuple[str, str]] = []
    difference = _try(
        "difference", silent, lambda: difference_in_differences(panel, level=level, placebos=placebos, seed=seed)
    )
    study = _try("study", silent, lambda: event_study(panel, width, level=level, placebos=placebos, seed=seed))
    own = values[panel.treated].sum(axis=0)
    series = _try("series", silent, lambda: interrupted_series(own, start, season=season, level=level))
    synthetic = _try("synthetic", silent, lambda: _mixture(values, own, panel, executor))
    return Opinions(difference, study, series, synthetic, tuple(silent))


def _mixture(values: NDArray[np.float64], own: NDArray[np.float64], panel: Panel, executor: Executor | None) -> InSpace:
    """Compare the treated units, taken as one, with a mixture of those that have an event a step on the average."""
    rows = np.vstack([own, values[~panel.treated]])
    before = rows[:, : panel.start].mean(axis=1)
    if before[0] < 1:
        raise ValueError("the treated units have under one event a step before: a mixture would follow chance")
    kept = np.flatnonzero(before >= 1)
    if len(kept) - 1 < LEAST_DONORS:
        raise ValueError(f"under {LEAST_DONORS} other units have an event a step before")
    return in_space(Donors(rows[kept] / before[kept, None], panel.start), 0, np.arange(1, len(kept)), executor=executor)


def _try(name: str, silent: list[tuple[str, str]], ask: Callable[[], T]) -> T | None:
    try:
        return ask()
    except ValueError as error:
        silent.append((name, str(error)))
        return None
