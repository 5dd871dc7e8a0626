"""Draw the province: hot-spots with their lives, then incidents week by week around the planted truths."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from diaban.engine.synthetic.markets import market_incidents, plant_markets
from diaban.engine.synthetic.model import (
    Incident,
    Place,
    Planted,
    PlantedCluster,
    PlantedEffect,
    Province,
    Seizure,
    Spot,
)
from diaban.engine.synthetic.spots import draw_spots
from diaban.engine.synthetic.streams import near, poisson, stream, weighted

FIRST_DAY = date(2022, 12, 15)  # the first cycle that lies wholly within plan 208's four years after its signing
WEEK = timedelta(days=7)

# Chosen so that arrests spread over the thresholds of QĐ 28 Điều 4 (0.05 % and 0.1 % of residents a year).
YEARLY_RATE_PER_10_000 = 4.5
PLACE_SPREAD = 0.9  # standard deviation of the logarithm of a place's own factor
SEASON = (1.25, 1.25, 1.0, 0.9, 0.95, 1.1, 1.2, 1.1, 0.85, 0.8, 0.75, 0.85)
SOURCES = (("patrol", 0.45), ("reported", 0.30), ("tip", 0.15), ("other", 0.10))
SUBSTANCES = (
    (("meth_tinh_the", "g", 4_000), 0.49),
    (("heroin", "g", 1_500), 0.19),
    (("mdma", "vien", 25), 0.14),
    (("ketamine", "g", 3_000), 0.10),
    (("can_sa_kho", "g", 30_000), 0.05),
    (("cay_can_sa", "cay", 60), 0.03),
)  # code, measure, median amount in the measure's smallest unit
EMERGING_WEEKS = 8
EMERGING_RISK = 8.0
RESOLVED_FACTOR = 0.6
PATROL_FACTOR = 2.5


def _distance_km(a: Place, b: Place) -> float:
    """Return the great-circle distance (haversine, mean Earth radius 6,371.0 km)."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    h = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin(math.radians(b.lon - a.lon) / 2) ** 2
    )
    return 2 * 6371.0 * math.asin(math.sqrt(h))


def place_factor(seed: int, place: Place) -> float:
    """Return a place's own factor on the usual rate; its mean over places is about 1."""
    return stream(seed, "place", place.uid).lognormvariate(-(PLACE_SPREAD**2) / 2, PLACE_SPREAD)


def _plant(places: Sequence[Place], last_day: date, seed: int, spots: Sequence[Spot]) -> Planted:
    """Choose where the truths lie so that they can be seen at all: the cluster where most happens as it is (among the
    busiest eighth), the others among the more populous half.
    """
    draw = stream(seed, "planted")
    populous = sorted(
        sorted(places, key=lambda place: -place.population)[: max(3, len(places) // 2)], key=lambda p: p.uid
    )
    _, resolved, surge = draw.sample(populous, 3)
    factors = {place.uid: place_factor(seed, place) for place in places}
    busy = sorted(
        (place for place in places if place.uid not in (resolved.uid, surge.uid)),
        key=lambda place: (-place.population * factors[place.uid], place.uid),
    )
    centre = draw.choice(busy[: max(1, len(busy) // 8)])
    cluster = sorted(places, key=lambda place: (_distance_km(centre, place), place.uid))[:3]
    span = (last_day - FIRST_DAY).days
    taken = [place.uid for place in (*cluster, resolved, surge)]
    moved, returned = plant_markets(spots, taken, first_day=FIRST_DAY, last_day=last_day, seed=seed)
    taken += [market.place for market in (moved, returned) if market]
    # The most populous that is left: much happens there, and all of it as usual.
    quiet = next(place for place in sorted(places, key=lambda p: (-p.population, p.uid)) if place.uid not in taken)
    return Planted(
        seed=seed,
        season=SEASON,
        yearly_rate_per_10_000=YEARLY_RATE_PER_10_000,
        place_factors=tuple(factors.items()),
        emerging=PlantedCluster(
            tuple(place.uid for place in cluster),
            last_day - EMERGING_WEEKS * WEEK + timedelta(days=1),
            last_day + timedelta(days=1),
            EMERGING_RISK,
        ),
        resolved=PlantedEffect(
            resolved.uid, FIRST_DAY + timedelta(days=span // 2), last_day + timedelta(days=1), RESOLVED_FACTOR
        ),
        patrol_surge=PlantedEffect(
            surge.uid, last_day - timedelta(days=180), last_day + timedelta(days=1), PATROL_FACTOR, "patrol"
        ),
        reforming_spots=tuple(spot.number for spot in spots if spot.reformed),
        moved=moved,
        returned=returned,
        quiet=quiet.uid,
    )


def rate(place: Place, on: date, source: str, planted: Planted) -> float:
    """Return the true mean number of incidents of that source in that place per week around that day."""
    share = dict(SOURCES)[source]
    usual = place.population / 10_000 * planted.yearly_rate_per_10_000 / 52.1775
    weekly = usual * dict(planted.place_factors)[place.uid] * planted.season[on.month - 1] * share
    emerging = planted.emerging
    if place.uid in emerging.places and emerging.start <= on < emerging.end:
        weekly *= emerging.relative_risk
    for effect in (planted.resolved, planted.patrol_surge):
        if place.uid == effect.place and effect.start <= on < effect.end and effect.source in ("", source):
            weekly *= effect.factor
    return weekly


def _incidents(places: Sequence[Place], last_day: date, planted: Planted, spots: Sequence[Spot]) -> Iterator[Incident]:
    spots_of: dict[str, list[Spot]] = {}
    for spot in spots:
        spots_of.setdefault(spot.place, []).append(spot)
    number = 0
    for place in places:
        monday = FIRST_DAY
        while monday <= last_day:
            days = min(7, (last_day - monday).days + 1)
            for source, _share in SOURCES:
                draw = stream(planted.seed, "incidents", place.uid, monday, source)
                for _ in range(poisson(draw, rate(place, monday, source, planted) * days / 7)):
                    number += 1
                    on = monday + timedelta(days=draw.randrange(days))
                    here = [spot for spot in spots_of.get(place.uid, ()) if spot.steps[0].on <= on]
                    scene = draw.choice(here) if here and draw.random() < 0.35 else None
                    lon, lat = (
                        near(draw, scene.lon, scene.lat, 0.05) if scene else near(draw, place.lon, place.lat, 0.8)
                    )
                    arrested = weighted(draw, ((0, 0.12), (1, 0.55), (2, 0.22), (3, 0.08), (5, 0.03)))
                    seizures: tuple[Seizure, ...] = ()
                    if draw.random() < 0.7:
                        substance, measure, median = weighted(draw, SUBSTANCES)
                        amount = max(1, round(median * draw.lognormvariate(0, 1)))
                        seizures = (Seizure(substance, measure, amount),)
                    number_of_spot = scene.number if scene else None
                    yield Incident(number, place.uid, on, source, lon, lat, arrested, number_of_spot, seizures)
            monday += WEEK


def generate(places: Sequence[Place], *, last_day: date, seed: int) -> Province:
    """Make the province from `FIRST_DAY` to `last_day`, both included.

    `places` are the communes of the oldest era; later territory is the caller's matter (see `core.units`).
    """
    ordered = sorted(places, key=lambda place: place.uid)
    spots = draw_spots(ordered, first_day=FIRST_DAY, last_day=last_day, seed=seed)
    planted = _plant(ordered, last_day, seed, spots)
    usual = tuple(_incidents(ordered, last_day, planted, spots))
    markets = market_incidents(
        spots, planted.moved, planted.returned, season=SEASON, last_day=last_day, seed=seed, after=len(usual)
    )
    return Province(tuple(spots), (*usual, *markets), planted)
