"""Questions that wait in the queue of a new demonstration: each about a truth that was planted, one about nothing.

The worker answers them when the server starts, with the weekly look beside them; nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from diaban.analysis.settings import Circle, EvaluateSettings, ScanSettings, WatchSettings
from diaban.apps.analyses import actions, weekly
from diaban.apps.analyses.actions import Order
from diaban.apps.analyses.models import Question
from diaban.apps.hotspots.models import Hotspot, Source
from diaban.apps.places import queries as places
from diaban.apps.places.models import Unit
from diaban.demo.accounts import Cast
from diaban.demo.moments import entered_on
from diaban.engine.synthetic import Planted

EVERY_SOURCE = tuple(Source.values)
AROUND = 300.0
RING = 900.0
MONTHS = 6
YEAR = timedelta(days=364)


def load(planted: Planted, *, cast: Cast, last_day: date) -> int:
    """Ask in the name of the province's officer; return how many questions wait."""
    at, asked = entered_on(last_day), 0
    for order in _orders(planted, last_day - timedelta(days=1)):
        actions.ask(by=cast.province, at=at, order=order)
        asked += 1
    weekly.plan(at=at)
    return asked


def _orders(planted: Planted, last: date) -> Iterator[Order]:
    scan = ScanSettings(prospective=True, max_radius=5_000.0, max_duration=8)
    yield Order(Question.SCAN, None, last - YEAR, last, EVERY_SOURCE, scan.to_dict())
    yield Order(Question.SCAN, _heir(planted.quiet, last), last - YEAR, last, EVERY_SOURCE, scan.to_dict())
    if planted.moved is not None and (spot := _spot(planted.moved.spot)):
        helped = EvaluateSettings(place=_around(spot), start=planted.moved.resolved, months=MONTHS, rings=(RING,))
        first = planted.moved.resolved - timedelta(days=200)
        yield Order(Question.EVALUATE, None, first, last, EVERY_SOURCE, helped.to_dict(), hotspot=spot)
    if planted.returned is not None and (spot := _spot(planted.returned.spot)):
        watch = WatchSettings(place=_around(spot), resolved=planted.returned.resolved, false_alarms_per_year=0.1)
        first = planted.returned.resolved - 2 * YEAR
        yield Order(Question.WATCH, spot.unit, first, last, EVERY_SOURCE, watch.to_dict(), hotspot=spot)


def _spot(number: int) -> Hotspot | None:
    spot = Hotspot.objects.filter(name__startswith=f"Điểm mô phỏng {number:03d} ").select_related("unit").first()
    return spot if spot is not None and spot.lon is not None and spot.lat is not None else None


def _around(spot: Hotspot) -> Circle:
    if spot.lon is None or spot.lat is None:  # _spot lets none through
        raise ValueError(f"hot-spot {spot.code} has no place")
    return Circle(spot.lon, spot.lat, AROUND)


def _heir(uid: str, on: date) -> Unit:
    """Return the unit in which a place of the oldest era lies; every merger of this province was whole."""
    (part,) = places.register().carry(uid, on)
    return Unit.objects.get(uid=part.unit)
