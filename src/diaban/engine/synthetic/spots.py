"""Draw hot-spots and their lives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from diaban.engine.synthetic.model import Place, Spot, SpotStep
from diaban.engine.synthetic.streams import near, poisson, stream, weighted

SPOTS_PER_10_000 = 1.6
REFORM_CHANCE = 0.16
WATCH_DAYS = 365
KINDS = (
    ("diem_nguy_co", 0.25),
    ("diem_phuc_tap", 0.27),
    ("tu_diem_phuc_tap", 0.13),
    ("diem_to_chuc_chua_chap", 0.35),
)
# Made-up kinds of place, never an address: no real house, shop or street may look like a hot-spot in a demonstration.
SETTINGS = (
    ("khu nhà trọ", "place", ("su_dung", "mua_ban")),
    ("cơ sở lưu trú", "place", ("to_chuc", "chua_chap")),
    ("cơ sở karaoke", "place", ("to_chuc", "su_dung")),
    ("bãi đất trống", "area", ("su_dung", "mua_ban")),
    ("khu vực ven biển", "area", ("mua_ban",)),
    ("khu vực cảng cá", "area", ("su_dung", "mua_ban")),
    ("nhà riêng", "place", ("chua_chap", "su_dung")),
    ("xe khách hợp đồng", "vehicle", ("to_chuc",)),
)


def _life(draw: Random, start: date, last_day: date) -> tuple[SpotStep, ...]:
    """Walk from detection on, each step some days after the one before, until the last day."""
    steps: list[SpotStep] = []
    day = start

    def then(what: str, low: int, high: int) -> bool:
        nonlocal day
        day = day + timedelta(days=draw.randint(low, high))
        if day > last_day:
            return False
        steps.append(SpotStep(what, day))
        return True

    if not then("detect", 0, 0) or not then("verify", 3, 20):
        return tuple(steps)
    if draw.random() < 0.10:
        then("dismiss", 5, 20)
        return tuple(steps)
    going = then("list", 5, 25) and then("plan", 10, 60) and then("eliminate", 30, 260)
    while going and then("watch", 1, 5):
        if draw.random() < REFORM_CHANCE:
            going = then("reform", 60, 330) and then("plan", 10, 40) and then("eliminate", 30, 200)
            continue
        then("remove", WATCH_DAYS + 2, WATCH_DAYS + 40)
        break
    return tuple(steps)


def draw_spots(places: Sequence[Place], *, first_day: date, last_day: date, seed: int) -> list[Spot]:
    """Return the hot-spots of all places, numbered from 1 in order of place and detection."""
    spots: list[Spot] = []
    for place in places:
        draw = stream(seed, "spots", place.uid)
        span = (last_day - first_day).days
        starts = sorted(
            first_day + timedelta(days=draw.randrange(max(1, span)))
            for _ in range(poisson(draw, place.population / 10_000 * SPOTS_PER_10_000))
        )
        for start in starts:
            number = len(spots) + 1
            setting, form, behaviours = draw.choice(SETTINGS)
            kind = weighted(draw, KINDS)
            lon, lat = near(draw, place.lon, place.lat, 0.8)
            steps = _life(draw, start, last_day)
            grade = "nghi_van" if len(steps) < 3 and draw.random() < 0.8 else "co_tai_lieu"
            name = f"Điểm mô phỏng {number:03d} – {setting}"
            spots.append(Spot(number, place.uid, name, kind, grade, form, behaviours, lon, lat, steps))
    return spots
