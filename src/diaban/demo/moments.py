"""When a made-up officer entered something."""

from __future__ import annotations

from datetime import date, datetime, time

from diaban.adapters.clock import VIETNAM, now


def entered_on(day: date) -> datetime:
    """Return the afternoon of `day`; today no later than this moment, since a log of what is to come would be false."""
    afternoon, moment = datetime.combine(day, time(16, 30), VIETNAM), now()
    return min(afternoon, moment) if day == moment.date() else afternoon
