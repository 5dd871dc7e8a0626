"""The guards of a step: what is checked, and the sentence that says what is wrong, why, and what to do."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from diaban.core.messages import Message


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason for refusal. `field` is the name of the step's field to correct ("" for the step as a whole)."""

    field: str
    message: Message


class StepRefused(ValueError):
    """A step that the guards do not accept; `problems` holds all reasons at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem.message) for problem in self.problems))


@dataclass(frozen=True, slots=True)
class Settings:
    """Values no public text gives, entered by the province ("do đơn vị đặt").

    `watch_months`: how long a spot is watched after elimination before it may leave the list; None = not set.
    """

    watch_months: int | None = None


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later, or the last day of that month when it has no such day.

    >>> add_months(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    """
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(day.day, last))


def vietnamese_day(day: date) -> str:
    """Return `dd/mm/yyyy`."""
    return f"{day:%d/%m/%Y}"
