"""The rule that cuts time into reporting periods."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from diaban.core.messages import N_, say
from diaban.core.periods.cascade import Cascade, Deadline
from diaban.core.periods.period import Grain, Period, PeriodError

CODE = re.compile(r"(?P<year>\d{4})(?:-(?:(?P<month>\d{2})|Q(?P<quarter>\d)|H(?P<half>\d)|(?P<nine>9M)))?", re.ASCII)
ACCEPTED = "2026-11, 2026-Q3, 2026-H1, 2026-9M, 2026"
FIRST_YEAR, LAST_YEAR = 1900, 9998


@dataclass(frozen=True, slots=True)
class GrainRule:
    """How many months one period of a grain has and how many of them the year counts."""

    months: int
    per_year: int
    article: str


@dataclass(frozen=True, slots=True)
class Regime:
    """A dated way of cutting time: month m begins on `first_day` of month m + `month_shift`.

    NĐ 09/2019/NĐ-CP, Điều 12: first_day 15, month_shift -1. Calendar periods: first_day 1, month_shift 0.
    """

    id: str
    name: str
    first_day: int
    month_shift: int
    grains: Mapping[Grain, GrainRule]
    reference: str
    checked_by: str
    cascades: tuple[Cascade, ...] = field(default=())
    notes: tuple[str, ...] = field(default=())

    def _month_start(self, year: int, month: int) -> date:
        """Return the first day of `month`, which may lie outside 1..12 (13 = January of the next year)."""
        position = year * 12 + (month - 1) + self.month_shift
        return date(position // 12, position % 12 + 1, self.first_day)

    def _make(self, year: int, grain: Grain, index: int) -> Period:
        rule = self._rule(grain)
        first = (index - 1) * rule.months + 1
        return Period(
            start=self._month_start(year, first),
            end=self._month_start(year, first + rule.months),
            regime=self.id,
            grain=grain,
            year=year,
            index=index,
        )

    def _rule(self, grain: Grain) -> GrainRule:
        try:
            return self.grains[grain]
        except KeyError:
            raise PeriodError(
                say(N_("Chế độ “{regime}” không có kỳ loại “{grain}”."), regime=self.name, grain=grain.value)
            ) from None

    def _check_year(self, year: int) -> None:
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise PeriodError(
                say(N_("Năm {year} nằm ngoài khoảng {low}–{high}."), year=year, low=FIRST_YEAR, high=LAST_YEAR)
            )

    def period(self, code: str) -> Period:
        """Return the period that `code` names; raise `PeriodError` with what is accepted for anything else."""
        match = CODE.fullmatch(code.strip())
        if match is None:
            raise PeriodError(
                say(N_("“{code}” không phải là mã kỳ. Các dạng được nhận: {accepted}."), code=code, accepted=ACCEPTED)
            )
        year = int(match["year"])
        self._check_year(year)
        if match["nine"]:
            return self._make(year, Grain.NINE_MONTHS, 1)
        for group, grain in (("month", Grain.MONTH), ("quarter", Grain.QUARTER), ("half", Grain.HALF)):
            if match[group]:
                index, last = int(match[group]), self._rule(grain).per_year
                if not 1 <= index <= last:
                    raise PeriodError(
                        say(
                            N_("Mã kỳ “{code}”: số thứ tự {index} không có; chỉ nhận từ 1 đến {last}."),
                            code=code,
                            index=index,
                            last=last,
                        )
                    )
                return self._make(year, grain, index)
        return self._make(year, Grain.YEAR, 1)

    def year_of(self, day: date) -> int:
        """Return the reporting year of `day`: 20/12/2025 belongs to 2026 under 15→14."""
        year = day.year
        if day >= self._month_start(year, 13):
            return year + 1
        return year if day >= self._month_start(year, 1) else year - 1

    def containing(self, day: date, grain: Grain) -> Period:
        """Return the period of `grain` in which `day` lies.

        Raises `PeriodError` where none does: the last three months of a year lie in no nine-month period.
        """
        year = self.year_of(day)
        for index in range(1, self._rule(grain).per_year + 1):
            period = self._make(year, grain, index)
            if day in period:
                return period
        raise PeriodError(
            say(N_("Ngày {day} không thuộc kỳ 9 tháng nào của năm {year}."), day=f"{day:%d/%m/%Y}", year=year)
        )

    def periods(self, year: int, grain: Grain) -> tuple[Period, ...]:
        """Return all periods of `grain` in the reporting year, first to last."""
        self._check_year(year)
        return tuple(self._make(year, grain, index) for index in range(1, self._rule(grain).per_year + 1))

    def shift(self, period: Period, n: int) -> Period:
        """Return the period `n` places later (earlier when negative) of the same grain."""
        self._own(period)
        per_year = self._rule(period.grain).per_year
        position = period.year * per_year + (period.index - 1) + n
        year = position // per_year
        self._check_year(year)
        return self._make(year, period.grain, position % per_year + 1)

    def year_before(self, period: Period) -> Period:
        """Return the same period one year earlier ("cùng kỳ năm trước")."""
        return self.shift(period, -self._rule(period.grain).per_year)

    def inside(self, period: Period, grain: Grain) -> tuple[Period, ...]:
        """Return the periods of `grain` that lie wholly inside `period` (the months of a quarter, say)."""
        self._own(period)
        return tuple(
            part for part in self.periods(period.year, grain) if period.start <= part.start and part.end <= period.end
        )

    def deadlines(self, period: Period, on: date | None = None) -> tuple[Deadline, ...]:
        """Return what must be sent after `period`, earliest first, under the texts in force on day `on`.

        `on` defaults to the period's last day: the day on which the figures close decides which text applies.
        """
        self._own(period)
        day = period.last_day if on is None else on
        found = [
            Deadline(
                cascade=cascade.id,
                step=step,
                due=_day_of_month(period.last_day, step.day) - timedelta(days=1 if step.strict else 0),
                reference=cascade.reference,
            )
            for cascade in self.cascades
            if period.grain in cascade.grains and cascade.in_force(day)
            for step in cascade.steps
            if step.in_force(day)
        ]
        return tuple(sorted(found, key=lambda deadline: (deadline.due, deadline.cascade, deadline.step.code)))

    def _own(self, period: Period) -> None:
        if period.regime != self.id:
            raise PeriodError(
                say(
                    N_("Kỳ {code} thuộc chế độ “{other}”, không phải “{regime}”."),
                    code=period.code,
                    other=period.regime,
                    regime=self.id,
                )
            )


def _day_of_month(last_day: date, day: int) -> date:
    """Return day-of-month `day` in the month in which the period ends."""
    return last_day.replace(day=day)
