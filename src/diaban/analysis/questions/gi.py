"""Which places stand out against the whole: Getis-Ord Gi*, Gi, local Moran (docs/methods/local-statistics.md)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from diaban.analysis import words
from diaban.analysis.answer import Answer, Column, Shape
from diaban.analysis.questions import cautions
from diaban.analysis.questions.asking import Asking
from diaban.analysis.questions.mapping import Mapped, mapped
from diaban.analysis.settings import GiSettings
from diaban.analysis.tables import AreaCounts, TableError
from diaban.core.messages import N_, Message, say
from diaban.engine.local import HotSpots, LocalMoran, Quadrant, gi, moran

HOT, COLD, NEITHER = say(N_("nóng")), say(N_("lạnh")), say(N_("không rõ"))
COLUMNS = (
    Column("where", say(N_("Ở đâu"))),
    Column("verdict", say(N_("Kết quả"))),
    Column("value", say(N_("Giá trị")), "number"),
    Column("z", say(N_("Điểm z")), "number"),
    Column("p_value", say(N_("p")), "p"),
    Column("q_value", say(N_("q")), "p"),
)


def answer(asking: Asking[GiSettings]) -> Answer:
    """Answer the question."""
    asking.refuse_empty()
    settings = asking.settings
    places = mapped(asking.table, settings.cell)
    values = _values(asking, places)
    neighbours, reach = places.neighbours(settings.neighbours, settings.distance, settings.nearest)
    asked: dict[str, Any] = {
        "level": settings.alpha,
        "replicates": settings.permutations,
        "seed": asking.seed,
        "executor": asking.executor,
        "progress": asking.progress,
    }
    found: HotSpots | LocalMoran
    if settings.statistic == "moran":
        found = moran(values, neighbours.standardised(), **asked)
    else:
        found = gi(values, neighbours, star=settings.statistic == "gi_star", **asked)
    verdict = _verdicts(found, settings)
    return _told(asking, places, values, found, verdict, reach)


def _values(asking: Asking[GiSettings], places: Mapped) -> NDArray[np.float64] | NDArray[np.int64]:
    counts = np.bincount(places.place, weights=places.weight, minlength=len(places)).astype(np.int64)
    if not asking.settings.per_population:
        return counts
    table = asking.table
    if not isinstance(table, AreaCounts) or table.population is None:
        raise TableError((say(N_("Tính theo số dân cần tệp đơn vị có cột population.")),))
    empty = [table.names[place] for place in np.flatnonzero(table.population <= 0)]
    if empty:
        names = words.listed(empty)
        raise TableError((say(N_("Số dân bằng 0 ở {names}; sửa tệp đơn vị, hoặc tính theo số vụ."), names=names),))
    return 10_000 * counts / table.population


def _verdicts(found: HotSpots | LocalMoran, settings: GiSettings) -> NDArray[np.int8]:
    """Return 1 hot, -1 cold, 0 neither, by discoveries or by plain p-values."""
    if isinstance(found, LocalMoran):
        sure = found.significant if settings.false_discovery else _below(found.p_value, settings.alpha)
        high = np.isin(found.quadrant, (Quadrant.HIGH_HIGH, Quadrant.HIGH_LOW))
        return np.where(sure, np.where(high, 1, -1), 0).astype(np.int8)
    if settings.false_discovery:
        return found.hot.astype(np.int8) - found.cold.astype(np.int8)
    return np.where(_below(found.p_value, settings.alpha), np.sign(np.nan_to_num(found.z)), 0).astype(np.int8)


def _below(p_value: NDArray[np.float64], alpha: float) -> NDArray[np.bool_]:
    return np.nan_to_num(p_value, nan=1.0) <= alpha


def _told(
    asking: Asking[GiSettings],
    places: Mapped,
    values: NDArray[Any],
    found: HotSpots | LocalMoran,
    verdict: NDArray[np.int8],
    reach: float | None,
) -> Answer:
    settings = asking.settings
    z = np.nan_to_num(found.z)
    order = np.lexsort((np.arange(len(z)), -np.abs(z), -np.abs(verdict.astype(np.int64))))
    shown = [int(place) for place in order if verdict[place] or places.units]
    rows = tuple(_row(places, place, values, found, int(verdict[place])) for place in shown)
    hot, cold = int((verdict > 0).sum()), int((verdict < 0).sum())
    return Answer(
        question="gi",
        level="found" if hot or cold else "nothing",
        headline=_headline(places, rows, hot, cold),
        sentences=_sentences(asking, places, reach, found),
        rows="units" if places.units else "cells",
        columns=COLUMNS,
        findings=rows,
        cautions=(
            say(N_("“Nóng” là cao hơn hẳn so với cả vùng được xét; xét vùng khác thì kết quả khác.")),
            say(N_("Kết quả phụ thuộc cỡ ô và khoảng cách lân cận; thử vài mức trước khi tin.")),
            *cautions.of_table(asking.table),
            cautions.NO_CAUSE,
        ),
        methods=("local-statistics",),
        reproduce=asking.reproduce(settings.permutations, places=len(places)),
        geodesic=places.positions.geodesic,
        shapes=tuple(
            _shape(places, place, row, int(verdict[place])) for row, place in enumerate(shown) if verdict[place]
        ),
        numbers={"places": len(places), "hot": hot, "cold": cold, "cell": places.side, "distance": reach},
    )


def _row(
    places: Mapped, place: int, values: NDArray[Any], found: HotSpots | LocalMoran, verdict: int
) -> dict[str, Any]:
    x, y = float(places.positions.x[place]), float(places.positions.y[place])
    axes = {"lat": y, "lon": x} if places.positions.geodesic else {"x": x, "y": y}
    told: dict[str, Any] = {"centre": axes}
    if places.units:
        told["unit_code"] = places.units[place]
    said: Message = HOT if verdict > 0 else COLD if verdict < 0 else NEITHER
    if isinstance(found, LocalMoran) and verdict:
        said = Quadrant(int(found.quadrant[place])).meaning
    return {
        "where": places.names[place] if places.units else words.spot(x, y, places.positions.geodesic),
        **told,
        "verdict": said,
        "hot": verdict > 0,
        "cold": verdict < 0,
        "value": float(values[place]),
        "z": float(found.z[place]),
        "p_value": float(found.p_value[place]),
        "q_value": float(found.q_value[place]),
    }


def _headline(places: Mapped, rows: tuple[dict[str, Any], ...], hot: int, cold: int) -> Message:
    if not hot and not cold:
        return say(N_("Không nơi nào nóng hay lạnh hơn hẳn mức ngẫu nhiên có thể tạo ra."))
    if not hot:
        return say(N_("Không nơi nào nóng hơn hẳn; {n} nơi lạnh hơn hẳn."), n=words.number(cold))
    first = words.listed([str(row["where"]) for row in rows if row["hot"]], 3 if places.units else 1)
    return say(
        N_("{hot} nơi nóng hơn hẳn xung quanh và cả vùng, {cold} nơi lạnh hơn hẳn; nóng nhất: {where}."),
        hot=words.number(hot),
        cold=words.number(cold),
        where=first,
    )


def _sentences(
    asking: Asking[GiSettings], places: Mapped, reach: float | None, found: HotSpots | LocalMoran
) -> tuple[Message, ...]:
    settings = asking.settings
    said = [say(N_("Đã so {n} nơi với nhau."), n=words.number(len(places)))]
    if places.side is not None:
        said.append(say(N_("Điểm được đếm trong ô vuông cạnh {side}."), side=words.metres(places.side)))
    if reach is not None:
        said.append(say(N_("Lân cận là các nơi trong vòng {reach}."), reach=words.metres(reach)))
    if settings.false_discovery:
        said.append(
            say(
                N_("Trong các nơi nêu ra, trung bình nhiều nhất {share} là do ngẫu nhiên."),
                share=words.share(settings.alpha),
            )
        )
    alone = int(found.alone.sum())
    if alone:
        said.append(say(N_("{n} nơi không có lân cận nên không xét."), n=words.number(alone)))
    return tuple(said)


def _shape(places: Mapped, place: int, row: int, verdict: int) -> Shape:
    tone = "hot" if verdict > 0 else "cold"
    if places.units:
        return Shape("area", tone, unit=places.units[place], row=row)
    x, y = float(places.positions.x[place]), float(places.positions.y[place])
    return Shape("square", tone, x=x, y=y, side=places.side, row=row)
