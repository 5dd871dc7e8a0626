"""A register with one thing in it: a year of scattered incidents, and a dozen at one corner of home in three weeks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cast import HOME, NEXT_DOOR, TODAY, play_all
from diaban.apps.access import House, Person
from diaban.apps.accounts.models import User
from diaban.apps.analyses import actions, tasks
from diaban.apps.analyses.actions import Order
from diaban.apps.analyses.models import Analysis
from diaban.apps.hotspots.models import Incident
from diaban.apps.jobs.models import Run
from diaban.apps.jobs.progress import Progress
from diaban.apps.places import queries as places
from diaban.apps.places.actions import load_catalogue
from diaban.apps.places.models import Unit

AT = datetime(2026, 11, 23, 3, tzinfo=UTC)
HOUSE = House("test")
CORNER = (107.084, 10.345)
FIRST, LAST = date(2025, 11, 25), date(2026, 11, 22)
SCAN: dict[str, Any] = {
    "question": "scan", "prospective": True, "max_radius": 2_000, "max_duration": 8, "replicates": 199,
}  # fmt: skip


@dataclass(frozen=True)
class Register:
    cast: dict[str, User]
    home: Unit
    next_door: Unit


def build() -> Register:
    load_catalogue(by=HOUSE, at=AT)
    cast = play_all()
    home, next_door = (places.unit_by_code(code, TODAY) for code in (HOME, NEXT_DOOR))
    rows = []
    for n in range(150):
        unit, middle = (home, CORNER) if n % 2 else (next_door, (107.12, 10.40))
        day = FIRST + timedelta(days=(n * 67) % 362)
        lon = middle[0] + 0.002 * ((n * 31) % 17 - 8)
        rows.append(_incident(n, unit, day, lon, middle[1] + 0.002 * ((n * 13) % 19 - 9)))
    rows += [_incident(500 + n, home, LAST - timedelta(days=n), CORNER[0], CORNER[1] + n * 1e-5) for n in range(12)]
    Incident.objects.bulk_create(rows)
    return Register(cast, home, next_door)


def _incident(n: int, unit: Unit, on: date, lon: float, lat: float, source: str = "reported") -> Incident:
    return Incident(
        code=f"VV-{n}", province=unit, on=on, unit=unit, lon=lon, lat=lat, kind="mua_ban", source=source,
        search="", created_at=AT, updated_at=AT,
    )  # fmt: skip


def order(unit: Unit | None, settings: dict[str, Any] | None = None, **changes: Any) -> Order:
    told: dict[str, Any] = {
        "question": "scan", "unit": unit, "first": FIRST, "last": LAST, "sources": ["reported"], "seed": 7,
    }  # fmt: skip
    return Order(**{**told, "settings": settings or SCAN, **changes})


def answered(by: Person, given: Order) -> Analysis:
    """Ask and answer at once."""
    row = actions.ask(by=by, at=AT, order=given, queue=False)
    run = Run.objects.create(kind="test", created_at=AT)
    return tasks.answer_one(row, by, Progress(run.pk))
