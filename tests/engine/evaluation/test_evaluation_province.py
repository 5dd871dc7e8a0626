"""On the made-up province: the moved market is called moved, the quiet commune is left in peace."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from diaban.engine.evaluation.conduct import Agency, Fidelity, Outcome
from diaban.engine.evaluation.rings import OUTSIDE, Periods, distances, noise, tally, zones
from diaban.engine.evaluation.verdict import Verdict, assess
from diaban.engine.positions import Positions
from diaban.engine.synthetic import Place, Province, generate

LAST_DAY = date(2026, 11, 14)
PLACES = tuple(
    Place(f"p{i:02d}", f"Xã {i}", 107.0 + 0.05 * (i % 6), 10.4 + 0.05 * (i // 6), 8_000 + 900 * i) for i in range(30)
)
DONE = Fidelity((Agency("Công an", 10, 9),))


@pytest.fixture(scope="module")
def provinces() -> list[Province]:
    return [generate(PLACES, last_day=LAST_DAY, seed=seed) for seed in range(4)]


def verdict_around(made: Province, lon: float, lat: float, start: date) -> Verdict:
    """300 m around a point against everything beyond 1 km, a year before and what there is of one after."""
    told = [one for one in made.incidents if one.source != "patrol"]
    events = Positions(np.array([one.lon for one in told]), np.array([one.lat for one in told]), geodesic=True)
    when = np.array([one.on.toordinal() for one in told])
    distance = distances(events, Positions(np.array([lon]), np.array([lat]), geodesic=True))
    zone = zones(distance, 300, [1000])
    planted = {*made.planted.emerging.places, made.planted.resolved.place}  # what was changed there is no comparison
    zone[(zone == 2) & np.array([one.place in planted for one in told])] = OUTSIDE
    day, last = start.toordinal(), LAST_DAY.toordinal() + 1
    periods = Periods((day - 364, day), (day, min(day + 364, last)))
    areas = tally(zone, when, periods, 1)
    return assess([Outcome("người dân báo", areas, dispersion=noise(zone, when, periods, 28))], DONE).verdict


def test_a_moved_market_is_called_moved(provinces: list[Province]) -> None:
    for made in provinces:
        moved = made.planted.moved
        assert moved is not None
        spot = next(one for one in made.spots if one.number == moved.spot)
        assert verdict_around(made, spot.lon, spot.lat, moved.resolved) is Verdict.MOVED


def test_a_quiet_commune_is_left_in_peace(provinces: list[Province]) -> None:
    for made in provinces:
        place = next(one for one in PLACES if one.uid == made.planted.quiet)
        found = verdict_around(made, place.lon, place.lat, LAST_DAY - timedelta(days=364))
        assert found in (Verdict.TOO_LITTLE, Verdict.NO_DIFFERENCE)
