"""One reporting period: its days, its code, its name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from diaban.core.messages import N_, Message, say


class Grain(StrEnum):
    """How long a period is. Nine months always run from the start of the year."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    NINE_MONTHS = "nine_months"
    YEAR = "year"


class PeriodError(ValueError):
    """A period that cannot be; `message` says what was given, why it cannot be and what is accepted."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


ROMAN = ("I", "II", "III", "IV")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days `start <= day < end` that a regime gives to one month, quarter, half-year, nine months or year.

    `index` counts from 1 inside the year (always 1 for nine months and for the year).
    """

    start: date
    end: date
    regime: str
    grain: Grain
    year: int
    index: int

    @property
    def last_day(self) -> date:
        """Return the day on which the figures close."""
        return self.end - timedelta(days=1)

    @property
    def code(self) -> str:
        """Return the short name used in addresses and workbooks: "2026-11", "2026-Q3", "2026-H1", "2026-9M", "2026"."""
        suffix = {
            Grain.MONTH: f"-{self.index:02d}",
            Grain.QUARTER: f"-Q{self.index}",
            Grain.HALF: f"-H{self.index}",
            Grain.NINE_MONTHS: "-9M",
            Grain.YEAR: "",
        }[self.grain]
        return f"{self.year:04d}{suffix}"

    @property
    def name(self) -> Message:
        """Return the name without the days: "Tháng 11 năm 2026"."""
        if self.grain is Grain.MONTH:
            return say(N_("Tháng {n} năm {year}"), n=self.index, year=self.year)
        if self.grain is Grain.QUARTER:
            return say(N_("Quý {roman} năm {year}"), roman=ROMAN[self.index - 1], year=self.year)
        if self.grain is Grain.HALF:
            first = N_("6 tháng đầu năm {year}")
            return say(first if self.index == 1 else N_("6 tháng cuối năm {year}"), year=self.year)
        if self.grain is Grain.NINE_MONTHS:
            return say(N_("9 tháng năm {year}"), year=self.year)
        return say(N_("Năm {year}"), year=self.year)

    @property
    def label(self) -> Message:
        """Return the short name with its actual days: "Tháng 11 · 15/10–14/11/2026"."""
        short = {
            Grain.MONTH: say(N_("Tháng {n}"), n=self.index),
            Grain.QUARTER: say(N_("Quý {roman}"), roman=ROMAN[min(self.index, 4) - 1]),
            Grain.HALF: say(N_("6 tháng đầu năm") if self.index == 1 else N_("6 tháng cuối năm")),
            Grain.NINE_MONTHS: say(N_("9 tháng")),
            Grain.YEAR: say(N_("Năm {year}"), year=self.year),
        }[self.grain]
        return say(N_("{name} · {days}"), name=short, days=self.days_text)

    @property
    def days_text(self) -> str:
        """Return "15/10–14/11/2026"; the year of the first day is written only where it differs."""
        last = self.last_day
        first = f"{self.start:%d/%m}" if self.start.year == last.year else f"{self.start:%d/%m/%Y}"
        return f"{first}–{last:%d/%m/%Y}"

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start <= day < self.end

    def __len__(self) -> int:
        return (self.end - self.start).days

    def days(self) -> Iterator[date]:
        """Yield every day of the period in order."""
        for offset in range(len(self)):
            yield self.start + timedelta(days=offset)

    def __str__(self) -> str:
        return self.code
