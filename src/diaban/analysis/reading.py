"""Columns of a file → a table that a question can be put to, with only the days, kinds and sources that were "
"asked for."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diaban.adapters.event_files import EventColumns, UnitColumns, Words
from diaban.analysis.tables import About, AreaCounts, Labels, PointEvents, Table, TableError, date_of, day_number
from diaban.core.messages import N_, say
from diaban.core.text import fold
from diaban.engine.positions import Positions


@dataclass(frozen=True, slots=True)
class Chosen:
    """What of a file is asked about: days [first, last], kinds and sources; empty means all. `reading`: see `About`."""

    first: dt.date | None = None
    last: dt.date | None = None
    categories: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    reading: tuple[str, ...] = ()


def table_of(columns: EventColumns, chosen: Chosen, units: UnitColumns | None = None) -> Table:
    """Return the table. Without days asked for, it covers the file's first to last day.

    Counts whose rows all stand on the first of a month are of whole months, on one weekday of whole weeks: the last
    one is then whole too. Raises `TableError` when nothing is left, or when a kind or source is asked for that the
    file does not have.
    """
    category, source = _labels(columns.category), _labels(columns.source)
    kept = np.ones(len(columns), dtype=np.bool_)
    kept &= _among(category, chosen.categories, say(N_("loại")))
    kept &= _among(source, chosen.sources, say(N_("nguồn")))
    days = columns.day
    first = chosen.first or date_of(int(days.min()))
    last = chosen.last or date_of(int(days.max()))
    monthly = columns.monthly or _by_month(columns)
    grain = "month" if monthly else "day"
    if monthly:
        last = _month_end(last)
    elif _by_week(columns):
        last += dt.timedelta(days=6 - (day_number(last) - int(days[0])) % 7)
    if last < first:
        raise TableError((say(N_("--to phải sau --from.")),))
    end = last + dt.timedelta(days=1)
    about = About(first, end, columns.name, chosen.sources, chosen.categories, grain, chosen.reading)
    kept &= (days >= day_number(about.first)) & (days < day_number(about.end))
    if not kept.any():
        raise TableError((say(N_("Không có sự kiện nào trong phần đã chọn; xem lại kỳ, loại và nguồn.")),))
    rows = np.flatnonzero(kept)
    category, source = (label and label.take(rows) for label in (category, source))
    if columns.unit is not None:
        return _areas(columns, rows, about, category, source, units)
    return _points(columns, rows, about, category, source)


def _labels(words: Words | None) -> Labels | None:
    return None if words is None else Labels(words.codes, words.names)


def _among(labels: Labels | None, wanted: tuple[str, ...], what: object) -> NDArray[np.bool_] | bool:
    if not wanted:
        return True
    known = () if labels is None else labels.names
    same = {fold(name): name for name in known}
    missing = [word for word in wanted if fold(word) not in same]
    if labels is None or missing:
        raise TableError(
            (
                say(
                    N_("Tệp không có {what} “{missing}”; đang có: {known}."),
                    what=what,
                    missing=", ".join(missing or wanted),
                    known=", ".join(known[:30]) or "–",
                ),
            )
        )
    return labels.rows_of(tuple(same[fold(word)] for word in wanted))


def _by_month(columns: EventColumns) -> bool:
    """Return whether counts stand on firsts of months alone, of two months or more."""
    if columns.unit is None:
        return False
    distinct = np.unique(columns.day)
    return len(distinct) > 1 and all(date_of(int(day)).day == 1 for day in distinct)


def _by_week(columns: EventColumns) -> bool:
    """Return whether counts stand on one day of the week alone, of three weeks or more."""
    if columns.unit is None:
        return False
    distinct = np.unique(columns.day)
    return len(distinct) > 2 and bool((np.diff(distinct) % 7 == 0).all())


def _month_end(day: dt.date) -> dt.date:
    following = dt.date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return following - dt.timedelta(days=1)


def _points(
    columns: EventColumns, rows: NDArray[np.intp], about: About, category: Labels | None, source: Labels | None
) -> PointEvents:
    assert columns.x is not None and columns.y is not None
    positions = Positions(columns.x[rows], columns.y[rows], geodesic=columns.degrees)
    control = None if columns.control is None else columns.control[rows]
    return PointEvents(columns.day[rows], positions, about, category, source, control)


def _areas(
    columns: EventColumns,
    rows: NDArray[np.intp],
    about: About,
    category: Labels | None,
    source: Labels | None,
    units: UnitColumns | None,
) -> AreaCounts:
    assert columns.unit is not None and columns.count is not None
    values: dict[str, Any] = {}
    if units is None:
        codes = names = columns.unit.names
        positions = Positions(np.zeros(len(codes)), np.zeros(len(codes)))
    else:
        codes, names = units.codes, units.names
        positions = Positions(units.x, units.y, geodesic=units.degrees)
        values["population"] = units.population
    if columns.controls is not None:
        values["controls"] = np.maximum(columns.controls[rows], 0)
    return AreaCounts(
        units=codes,
        names=names,
        positions=positions,
        unit=columns.unit.codes[rows],
        day=columns.day[rows],
        count=columns.count[rows],
        about=about,
        category=category,
        source=source,
        **values,
    )
