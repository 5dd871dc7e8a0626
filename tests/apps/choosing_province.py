"""A province in which to choose: four communes with figures, officers for the three hands."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from apps.localities_province import CLASS_ONE, CLASS_THREE, IN_CYCLE, NOTHING, declare, officer
from diaban.apps.access import House
from diaban.apps.accounts.models import User
from diaban.apps.localities import actions as localities
from diaban.apps.localities.models import Cycle
from diaban.apps.places.actions import load_catalogue

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=HERE)
DAY = date(2026, 11, 21)
HEAVY, MIDDLE, LIGHT, CALM = "26506", "26526", "26545", "26732"


def province() -> tuple[Cycle, User]:
    """Return the review of 2026 with figures of four communes, and an officer with every role of place work."""
    by = officer()
    load_catalogue(by=House("test"), at=IN_CYCLE)
    cycle = localities.open_cycle(year=2026, by=by, at=IN_CYCLE)
    declare(cycle, HEAVY, {**CLASS_ONE, "route": "inter"}, by)
    declare(cycle, MIDDLE, CLASS_THREE, by)
    declare(cycle, LIGHT, {**CLASS_THREE, "persons": 30, "arrested": 1}, by)
    declare(cycle, CALM, NOTHING, by)
    return cycle, by
