"""Reporting periods: spans of days made by a dated regime, with the deadlines that follow each.

A regime is data (`diaban.catalogue.periods`); this package is only the arithmetic. The regime of NĐ 09/2019/NĐ-CP,
Điều 12, closes every month on the 14th, so 20/12/2025 lies in the year 2026.
"""

from diaban.core.periods.cascade import Cascade, Deadline, Step
from diaban.core.periods.period import Grain, Period, PeriodError
from diaban.core.periods.regime import GrainRule, Regime

__all__ = ["Cascade", "Deadline", "Grain", "GrainRule", "Period", "PeriodError", "Regime", "Step"]
