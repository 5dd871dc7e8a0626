"""Markets around single hot-spots: one that moved when its spot was resolved, one that came back during its watch.

They are drawn apart from the communes' usual incidents, by streams of their own, so that all others stay as they were.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from diaban.engine.synthetic.model import Incident, PlantedMove, PlantedReturn, Spot
from diaban.engine.synthetic.streams import near, poisson, stream, weighted

WEEK = timedelta(days=7)
MOVED_WEEKLY = 1.6  # incidents a week around a market while it is open, before the season's factor
RETURNED_WEEKLY = 3.5  # more, since a watch that may hardly ever be wrong must see it within weeks
LEFT_OVER = 0.05  # the share of it that stays where the market was
SPREAD_KM = 0.06
MOVED_BY_KM = 0.7
OPEN_BEFORE = timedelta(days=364)  # how long a market was open before its spot was resolved
BACK_FOR = 8 * WEEK
SOURCES = (("reported", 0.5), ("tip", 0.3), ("patrol", 0.15), ("other", 0.05))


def _resolved(spot: Spot) -> date | None:
    """Return the day on which a spot was eliminated for the first time, if it never re-formed in the register."""
    days = [step.on for step in spot.steps if step.what == "eliminate"]
    return days[0] if len(days) == 1 and not spot.reformed else None


def plant_markets(
    spots: Sequence[Spot], taken: Sequence[str], *, first_day: date, last_day: date, seed: int
) -> tuple[PlantedMove | None, PlantedReturn | None]:
    """Choose the spot whose market moved and the one whose market came back; none where no spot fits.

    Both were resolved long enough ago to be judged and lie outside the places in `taken`, where other truths are; the
    one that came back is still being watched.
    """
    draw = stream(seed, "markets")
    fitting = [
        (spot, day)
        for spot in spots
        if spot.place not in taken
        and (day := _resolved(spot))
        and day - OPEN_BEFORE >= first_day
        and last_day - timedelta(days=330) <= day <= last_day - timedelta(days=150)
    ]
    move: PlantedMove | None = None
    if fitting:
        spot, day = draw.choice(fitting)
        angle = draw.uniform(0, 2 * math.pi)
        east, north = MOVED_BY_KM * math.cos(angle), MOVED_BY_KM * math.sin(angle)
        move = PlantedMove(
            spot.number,
            spot.place,
            day - OPEN_BEFORE,
            day,
            round(spot.lon + east / (111.32 * math.cos(math.radians(spot.lat))), 6),
            round(spot.lat + north / 110.57, 6),
            MOVED_WEEKLY,
        )
    watched = [
        (one, day)
        for one, day in fitting
        if one.steps[-1].what == "watch" and (move is None or one.place != move.place)
    ]
    back: PlantedReturn | None = None
    if watched:
        spot, day = draw.choice(watched)
        back = PlantedReturn(
            spot.number, spot.place, day - OPEN_BEFORE, day, last_day - BACK_FOR + timedelta(days=1), RETURNED_WEEKLY
        )
    return move, back


def market_incidents(
    spots: Sequence[Spot],
    move: PlantedMove | None,
    back: PlantedReturn | None,
    *,
    season: Sequence[float],
    last_day: date,
    seed: int,
    after: int,
) -> Iterator[Incident]:
    """Draw the incidents of the markets, numbered from `after` + 1."""
    by_number = {spot.number: spot for spot in spots}
    number = after
    for kind, market in (("move", move), ("back", back)):
        if market is None:
            continue
        spot = by_number[market.spot]
        week = market.start
        while week <= last_day:
            days = min(7, (last_day - week).days + 1)
            draw = stream(seed, "market", kind, week)
            for lon, lat, mean in _open(market, spot, week):
                for _ in range(poisson(draw, mean * season[week.month - 1] * days / 7)):
                    number += 1
                    on = week + timedelta(days=draw.randrange(days))
                    x, y = near(draw, lon, lat, SPREAD_KM)
                    listed = spot.number if (lon, lat) == (spot.lon, spot.lat) and spot.steps[0].on <= on else None
                    arrested = weighted(draw, ((0, 0.6), (1, 0.4)))
                    yield Incident(number, market.place, on, weighted(draw, SOURCES), x, y, arrested, listed, ())
            week += WEEK


def _open(market: PlantedMove | PlantedReturn, spot: Spot, week: date) -> tuple[tuple[float, float, float], ...]:
    """Return where the market is in a week: longitude, latitude and mean number of incidents."""
    if week < market.resolved:
        return ((spot.lon, spot.lat, market.weekly),)
    left = (spot.lon, spot.lat, market.weekly * LEFT_OVER)
    if isinstance(market, PlantedMove):
        return left, (market.to_lon, market.to_lat, market.weekly)
    return ((spot.lon, spot.lat, market.weekly),) if week >= market.back else (left,)
