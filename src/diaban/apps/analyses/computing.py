"""From the register's events to tables, to `diaban.analysis`, to what is kept of its answer. Computes nothing itself.

Loaded only when an analysis runs: it needs numpy, scipy and numba (the extra `analysis`), which take a second to load.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from diaban.analysis.answer import keep, to_document
from diaban.analysis.answering import answer
from diaban.analysis.settings import from_dict
from diaban.analysis.tables import About, AreaCounts, Labels, PointEvents, Table, TableError, day_number
from diaban.apps.access import Rights
from diaban.apps.analyses.events import Event, Gathered, by_commune, communes_of, gather
from diaban.apps.analyses.models import Analysis, Counted
from diaban.apps.jobs.progress import Progress, WorkFailed
from diaban.apps.places import queries as places
from diaban.engine.positions import Positions

_MOST_WHERE = 8


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is kept of an answer."""

    document: dict[str, Any]
    digest: str
    seed: int
    events: int
    left_out: dict[str, int]
    where: list[list[tuple[str, int]]]


def compute(analysis: Analysis, rights: Rights, progress: Progress) -> Outcome:
    """Return the answer. Raises `WorkFailed` with a plain sentence when the question cannot be put to these data."""
    gathered = gather(analysis, rights)
    if not gathered.events:
        raise WorkFailed(
            _("Không có vụ việc nào trong phần đã chọn (nơi, kỳ, nguồn, loại việc); chọn rộng hơn rồi hỏi lại.")
        )
    try:
        table = _table(analysis, gathered)
        found = answer(from_dict(analysis.settings), table, seed=analysis.wished_seed, progress=progress.step)
    except TableError as error:
        raise WorkFailed(" ".join(one.render(_) for one in error.problems)) from error
    except NotImplementedError as error:
        raise WorkFailed(_("Phiên bản này của phần phân tích chưa trả lời câu hỏi này.")) from error
    document = to_document(found, keep)
    return Outcome(
        document=document,
        digest=found.reproduce.data_sha256,
        seed=found.reproduce.seed,
        events=len(gathered.events),
        left_out=gathered.left_out,
        where=_where(document, analysis.counted, gathered.events),
    )


def _table(analysis: Analysis, gathered: Gathered) -> Table:
    about = About(
        first=analysis.first,
        end=analysis.last + timedelta(days=1),
        name="",
        sources=analysis.source_codes,
        categories=analysis.kind_codes,
    )
    if analysis.counted == Counted.POINTS:
        return _points(gathered.events, about)
    return _counts(analysis, gathered.events, about)


def _points(events: Sequence[Event], about: About) -> PointEvents:
    names = tuple(sorted({one.source for one in events}))
    codes = np.array([names.index(one.source) for one in events], dtype=np.int32)
    return PointEvents(
        day=np.array([day_number(one.on) for one in events], dtype=np.int32),
        positions=Positions(
            np.array([one.lon for one in events], dtype=np.float64),
            np.array([one.lat for one in events], dtype=np.float64),
            geodesic=True,
        ),
        about=about,
        source=Labels(codes, names),
    )


def _counts(analysis: Analysis, events: Sequence[Event], about: About) -> AreaCounts:
    on = analysis.last
    middles = _middles(analysis)
    communes = [one for one in communes_of(analysis) if one.id in middles]
    if not communes:
        raise WorkFailed(_("Chưa biết vị trí của các xã trong vùng này nên không tính được theo xã."))
    index = {place.id: at for at, place in enumerate(communes)}
    rows = [(index[commune], day_number(day), n) for commune, day, n in by_commune(events) if commune in index]
    people = places.population([place.id for place in communes], on)
    known = len(people) == len(communes)
    return AreaCounts(
        units=tuple(place.uid for place in communes),
        names=tuple(place.name for place in communes),
        positions=Positions(
            np.array([middles[place.id][0] for place in communes], dtype=np.float64),
            np.array([middles[place.id][1] for place in communes], dtype=np.float64),
            geodesic=True,
        ),
        unit=np.array([row[0] for row in rows], dtype=np.int32),
        day=np.array([row[1] for row in rows], dtype=np.int32),
        count=np.array([row[2] for row in rows], dtype=np.int64),
        about=about,
        population=np.array([people[place.id].value for place in communes], dtype=np.float64) if known else None,
    )


def _middles(analysis: Analysis) -> dict[int, tuple[float, float]]:
    """Return a point for each commune: the register's own, or else the middle of its outline."""
    held, on = places.known(), analysis.last
    found: dict[int, tuple[float, float]] = {}
    lost = []
    for place in communes_of(analysis):
        point = held.point(place.uid, on)
        if point is None:
            lost.append(place.id)
        else:
            found[place.id] = point
    for unit_id, outline in places.outlines(lost, on).items():
        west, south, east, north = outline.box
        found[unit_id] = ((west + east) / 2, (south + north) / 2)
    return found


def _where_of_areas(
    document: dict[str, Any], events: Sequence[Event], found: list[list[tuple[str, int]]]
) -> list[list[tuple[str, int]]]:
    """Return, for each row, the communes that are drawn for it, with all their events."""
    uids = places.known().uids
    total = Counter(uids[one.commune] for one in events if one.commune is not None)
    for shape in document["shapes"]:
        row, uid = shape.get("row"), shape.get("unit")
        if row is not None and row < len(found) and uid is not None:
            found[row].append((uid, total[uid]))
    return [sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:_MOST_WHERE] for pairs in found]


def _where(document: dict[str, Any], counted: str, events: Sequence[Event]) -> list[list[tuple[str, int]]]:
    """Return, for each row of the findings that is drawn as a circle or square, the communes of the events in it."""
    rows: int = len(document.get(document["rows"], []))
    found: list[list[tuple[str, int]]] = [[] for _row in range(rows)]
    if counted == Counted.COMMUNES:
        return _where_of_areas(document, events, found)
    placed = [one for one in events if one.lon is not None and one.commune is not None]
    if not placed or not document["geodesic"]:
        return found
    at = Positions(
        np.array([one.lon for one in placed], dtype=np.float64),
        np.array([one.lat for one in placed], dtype=np.float64),
        geodesic=True,
    )
    uids = places.known().uids
    for shape in document["shapes"]:
        row = shape.get("row")
        if row is None or row >= rows or shape["kind"] not in ("circle", "square") or found[row]:
            continue
        reach = shape["radius"] if shape["kind"] == "circle" else shape["side"] / 2
        away = at.distances(shape["x"], shape["y"])
        near = np.flatnonzero(away <= reach + 1e-6)
        inside = Counter(uids[commune] for index in near if (commune := placed[index].commune) is not None)
        if not inside and (commune := placed[int(away.argmin())].commune) is not None:
            inside[uids[commune]] = 0  # nothing inside: the commune of the nearest event, to say where it is
        found[row] = sorted(inside.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST_WHERE]
    return found
