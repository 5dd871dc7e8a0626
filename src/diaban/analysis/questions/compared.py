"""Who is compared with whom: the treated place, rings around it, and the comparison; before and after."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diaban.analysis import words
from diaban.analysis.settings import EvaluateSettings
from diaban.analysis.steps import steps_of
from diaban.analysis.tables import AreaCounts, PointEvents, Table, TableError, date_of, day_number
from diaban.core.messages import N_, say
from diaban.engine.evaluation.matching import features, match
from diaban.engine.evaluation.rings import OUTSIDE, Periods, Zones, distances, zones
from diaban.engine.positions import Positions

LEAST_DAYS = 28


@dataclass(frozen=True, eq=False)
class Compared:
    """`zone` (rows,) of the table: 0 treated, 1 … R a ring, R + 1 the comparison, -1 left out; `weight` (rows,).

    `of_unit` (U,): the zone of each area, None for points. `matched`: whether the comparison was chosen by likeness.
    """

    zone: Zones
    weight: NDArray[np.int64]
    periods: Periods
    rings: tuple[float, ...]
    of_unit: Zones | None
    matched: bool


def compared(table: Table, settings: EvaluateSettings) -> Compared:
    """Return the comparison that the settings ask for. Raises `TableError` where the table cannot bear it."""
    periods = _periods(table, settings)
    if isinstance(table, PointEvents):
        place = settings.place
        if place is None:
            raise TableError((say(N_("Với tệp điểm, nêu nơi đã làm bằng vĩ độ, kinh độ, bán kính.")),))
        bounds = tuple(place.radius + ring for ring in settings.rings)
        far = table.positions.distances(place.x, place.y)
        zone = zones(far, place.radius, bounds)
        if table.control is not None:
            zone = np.where(table.control, OUTSIDE, zone).astype(np.int8)
        return Compared(zone, np.ones(len(table), dtype=np.int64), periods, settings.rings, None, False)
    return _areas(table, settings, periods)


def _periods(table: Table, settings: EvaluateSettings) -> Periods:
    assert settings.start is not None
    first, end = day_number(table.about.first), day_number(table.about.end)
    start = day_number(settings.start)
    if table.about.grain == "month" and settings.start.day != 1:
        raise TableError((say(N_("Số liệu theo tháng: ngày bắt đầu phải là ngày 1 của một tháng.")),))
    for months in range(settings.months, 0, -1):
        before, after = _moved(settings.start, -months), _moved(settings.start, months)
        if day_number(before) >= first and day_number(after) <= end:
            return Periods((day_number(before), start), (start, day_number(after)))
    length = min(start - first, end - start)
    if length >= LEAST_DAYS and table.about.grain == "day":
        return Periods.around(start, length)
    why = N_("Cần ít nhất một tháng số liệu trước và sau ngày bắt đầu {start}; tệp có từ {first} đến {last}.")
    raise TableError(
        (
            say(
                why,
                start=words.day(settings.start),
                first=words.day(table.about.first),
                last=words.day(date_of(end - 1)),
            ),
        )
    )


def _moved(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _areas(table: AreaCounts, settings: EvaluateSettings, periods: Periods) -> Compared:
    unknown = [unit for unit in (*settings.units, *settings.controls) if unit not in table.units]
    if unknown:
        raise TableError((say(N_("Không có đơn vị {codes} trong số liệu."), codes=", ".join(unknown[:20])),))
    codes = np.asarray(table.units)
    if settings.place is not None:
        treated = table.positions.distances(settings.place.x, settings.place.y) <= settings.place.radius
    else:
        treated = np.isin(codes, np.asarray(settings.units))
    if not treated.any() or treated.all():
        raise TableError((say(N_("Cần có nơi đã làm và nơi khác để so.")),))
    known = bool(np.ptp(table.positions.x) > 0 or np.ptp(table.positions.y) > 0)
    rings = settings.rings if known else ()
    zone = np.full(len(codes), len(rings) + 1, dtype=np.int8)
    if known:
        chosen = np.flatnonzero(treated)
        far = distances(table.positions, table.positions.take(chosen))
        zone = zones(np.where(treated, 0.0, np.maximum(far, 1e-6)), 0.0, rings)
    zone[treated] = 0
    zone, matched = _controls(table, settings, zone, len(rings) + 1, periods)
    weight = np.maximum(table.count, 0)
    row_zone = np.where(table.count < 0, OUTSIDE, zone[table.unit]).astype(np.int8)
    return Compared(row_zone, weight, periods, rings, zone, matched)


def _controls(
    table: AreaCounts, settings: EvaluateSettings, zone: Zones, last: int, periods: Periods
) -> tuple[Zones, bool]:
    """Leave in the comparison only what was named, or what was most like the treated places before."""
    found = zone.copy()
    if settings.controls:
        named = np.isin(np.asarray(table.units), np.asarray(settings.controls))
        found[found == last] = OUTSIDE
        found[named & (zone != 0)] = last
        return found, False
    steps = steps_of(table.about, "month")
    step = steps.of(table.day)
    counts = np.zeros((len(table.units), len(steps)))
    there = (step >= 0) & (table.count > 0)
    np.add.at(counts, (table.unit[there], step[there]), table.count[there])
    start = int(np.searchsorted(steps.edges, periods.before[1], side="left"))
    if start < 2:
        return found, False
    population = table.population if table.population is not None and (table.population > 0).all() else None
    figures = features(counts, start, population)
    likely = match(figures, zone == 0, candidates=zone == last, each=5, caliper=0.75)
    if not likely.controls:
        return found, False
    found[found == last] = OUTSIDE
    found[list(likely.controls)] = last
    return found, True


def centre_of(table: AreaCounts, zone: Zones) -> Positions:
    """Return the centres of the treated areas."""
    return table.positions.take(np.flatnonzero(zone == 0))
