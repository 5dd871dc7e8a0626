"""When work that comes again falls due: once for every period of a regime."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from diaban.core.periods import Grain, Period, Regime


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time: the period that it is about, and the day by which it is owed."""

    period: Period
    due: date


def occurrences(
    regime: Regime, grain: Grain, *, starts: date, until: date, grace_days: int = 0, ends: date | None = None
) -> tuple[Occurrence, ...]:
    """Return the times of work given from `starts` whose periods have begun by `until`, in order.

    The first period is the one in which `starts` lies, however little of it is left: its figures close after that day.
    Each falls due `grace_days` after its period's last day; from `ends` on nothing more falls due (that day still may).
    Between nine months and the year's end nothing is owed by the nine-month grain. Raises `PeriodError` for a grain
    that the regime does not have.
    """
    found = []
    for year in range(regime.year_of(starts), regime.year_of(max(starts, until)) + 1):
        for period in regime.periods(year, grain):
            due = period.last_day + timedelta(days=grace_days)
            if period.last_day >= starts and period.start <= until and (ends is None or due <= ends):
                found.append(Occurrence(period, due))
    return tuple(found)


def first(
    regime: Regime, grain: Grain, *, starts: date, grace_days: int = 0, ends: date | None = None
) -> Occurrence | None:
    """Return the first time of work given from `starts`, begun or not; None when `ends` comes before it."""
    year = regime.year_of(starts)
    for period in (*regime.periods(year, grain), *regime.periods(year + 1, grain)):
        due = period.last_day + timedelta(days=grace_days)
        if period.last_day >= starts:
            return Occurrence(period, due) if ends is None or due <= ends else None
    return None
