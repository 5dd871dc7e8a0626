"""On the made-up province: the emerging cluster is found as often as its planted mean says, the quiet commune never."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from diaban.engine.positions import Positions
from diaban.engine.scan import Data, Model, ScanResult, Settings, Windows, scan
from diaban.engine.streams import Stream, generator
from diaban.engine.synthetic import Incident, Place, Province, generate
from diaban.engine.synthetic.province import SOURCES, rate

LAST_DAY = date(2026, 11, 14)
WEEKS = 52
PLACES = tuple(
    Place(f"p{i:02d}", f"Xã {i}", 107.0 + 0.03 * (i % 6), 10.4 + 0.03 * (i // 6), 8_000 + 900 * i) for i in range(30)
)
LOOK = Settings(Windows(radius=6_000, duration=8, prospective=True), replicates=199, stop=None)


def look(made: Province, told: list[Incident]) -> ScanResult:
    """Scan the incidents of the last year, week by week, each at its own place."""
    week = np.array([WEEKS - 1 - (LAST_DAY - one.on).days // 7 for one in told], dtype=np.int32)
    positions = Positions(np.array([one.lon for one in told]), np.array([one.lat for one in told]), geodesic=True)
    data = Data(Model.PERMUTATION, positions, np.arange(len(told), dtype=np.int32), week, WEEKS)
    return scan(data, LOOK, seed=made.planted.seed)


def last_year(made: Province) -> list[Incident]:
    """Return the incidents of the last year without those of the markets, which are other truths."""
    markets = {market.place for market in (made.planted.moved, made.planted.returned) if market}
    since = LAST_DAY - timedelta(weeks=WEEKS) + timedelta(days=1)
    return [one for one in made.incidents if one.on >= since and one.place not in markets]


def predicted(made: Province, told: list[Incident], critical: float) -> float:
    """Return the chance that the planted window alone, with its planted mean, exceeds the critical value."""
    cluster = made.planted.emerging
    days = [cluster.start + timedelta(days=d) for d in range((LAST_DAY - cluster.start).days + 1)]
    inside = [place for place in PLACES if place.uid in cluster.places]
    mean = sum(rate(p, day, source, made.planted) / 7 for p in inside for day in days for source, _ in SOURCES)
    total = len(told)
    there = sum(one.place in cluster.places for one in told)
    then = sum(one.on >= cluster.start for one in told)
    both = sum(one.place in cluster.places and one.on >= cluster.start for one in told)
    drawn = generator(5, Stream.SYNTHETIC, made.planted.seed).poisson(mean, 2_000)
    more = drawn - both
    expected = (there + more) * (then + more) / (total + more)
    rest, left = total + more - drawn, total + more - expected
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = drawn * np.log(drawn / expected) + rest * np.log(rest / left)
    return float(np.mean((drawn > expected) & (ratio > critical)))


@pytest.fixture(scope="module")
def provinces() -> list[Province]:
    return [generate(PLACES, last_day=LAST_DAY, seed=seed) for seed in range(8)]


def test_the_planted_cluster_is_found_as_often_as_its_mean_says(provinces: list[Province]) -> None:
    found, chances = 0, []
    for made in provinces:
        told = last_year(made)
        result = look(made, told)
        chances.append(predicted(made, told, float(np.sort(result.replicates.maxima)[-10])))
        best = result.clusters[0]
        planted = [told[place].place in made.planted.emerging.places for place in best.places.tolist()]
        found += best.p_value is not None and best.p_value <= 0.05 and float(np.mean(planted)) > 0.5
    spread = sum(chance * (1 - chance) for chance in chances) ** 0.5
    assert sum(chances) > 3  # planted so that it can be seen
    # The best window may fit better than the planted one, so it may be found more often, hardly less.
    assert found >= sum(chances) - 2.5 * spread


def test_a_province_where_nothing_emerges_is_left_in_peace(provinces: list[Province]) -> None:
    alarms = 0
    for made in provinces:
        away = {*made.planted.emerging.places, made.planted.patrol_surge.place}
        result = look(made, [one for one in last_year(made) if one.place not in away])
        best = result.clusters[0]
        alarms += best.p_value is not None and best.p_value <= 0.01
        assert made.planted.quiet not in away
    assert alarms <= 1
