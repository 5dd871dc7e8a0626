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
    """What of a file is asked about: days [first, last], kinds and sources; empty means all."""

    first: dt.date | None = None
    last: dt.date | None = None
    categories: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def table_of(columns: EventColumns, chosen: Chosen, units: UnitColumns | None = None) -> Table:
    """Return the table. Without days asked for, it covers the file's first to last day.

    Raises `TableError` when nothing is left, or when a kind or source is asked for that the file does not have.
    """
    category, source = _labels(columns.category), _labels(columns.source)
    kept = np.ones(len(columns), dtype=np.bool_)
    kept &= _among(category, chosen.categories, say(N_("loại")))
    kept &= _among(source, chosen.sources, say(N_("nguồn")))
    days = columns.day
    first = chosen.first or date_of(int(days.min()))
    last = chosen.last or date_of(int(days.max()))
    grain = "month" if columns.monthly else "day"
    if columns.monthly:
        last = _month_end(last)
    if last < first:
        raise TableError((say(N_("--to phải sau --from.")),))
    about = About(first, last + dt.timedelta(days=1), columns.name, chosen.sources, chosen.categories, grain)
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
