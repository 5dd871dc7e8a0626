"""The one place that reads the clock. Everything below takes `at=` or `on=`."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """Return this moment in Vietnam's zone."""
    return datetime.now(VIETNAM)


def today() -> date:
    """Return the calendar day in Vietnam."""
    return now().date()
