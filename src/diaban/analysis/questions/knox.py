"""Does one event draw others near it soon after: Knox's table of pairs (docs/methods/knox.md)."""

from __future__ import annotations

from typing import Any

import numpy as np

from diaban.analysis import words
from diaban.analysis.answer import Answer, Column
from diaban.analysis.questions import cautions
from diaban.analysis.questions.asking import Asking
from diaban.analysis.settings import KnoxSettings
from diaban.analysis.tables import PointEvents, TableError
from diaban.core.messages import N_, Message, say
from diaban.engine.executors import Serial, Threads
from diaban.engine.interaction.knox import Knox, Settings, knox
from diaban.engine.interaction.pairs import Metric

FEW = 20
"""With fewer close pairs expected than one in all bands, nothing is concluded; nor with fewer events than this."""

COLUMNS = (
    Column("distance", say(N_("Khoảng cách"))),
    Column("time", say(N_("Thời gian"))),
    Column("observed", say(N_("Số cặp")), "count"),
    Column("expected", say(N_("Thường có")), "number"),
    Column("ratio", say(N_("Gấp")), "ratio"),
    Column("p_value", say(N_("p")), "p"),
)


def answer(asking: Asking[KnoxSettings]) -> Answer:
    """Answer the question."""
    asking.refuse_empty()
    settings, table = asking.settings, asking.table
    if not isinstance(table, PointEvents):
        raise TableError((say(N_("Câu hỏi này cần tọa độ từng vụ; số vụ theo đơn vị không đủ.")),))
    if table.about.grain != "day":
        raise TableError((say(N_("Câu hỏi này cần ngày của từng vụ; tệp chỉ có tháng.")),))
    kept = np.flatnonzero(~table.control) if table.control is not None else np.arange(len(table))
    shared = asking.executor if isinstance(asking.executor, Serial | Threads) else Threads()
    try:
        found = knox(
            table.positions.take(kept),
            table.day[kept].astype(np.int64),
            Settings(settings.distances, settings.days, Metric(settings.metric), settings.replicates, asking.seed),
            executor=shared,
            progress=asking.progress,
        )
    except ValueError as error:
        raise TableError((say(N_("Không tính được: {why}. Thử các mức khoảng cách nhỏ hơn."), why=error),)) from error
    return _told(asking, found, len(kept))


def _told(asking: Asking[KnoxSettings], found: Knox, events: int) -> Answer:
    settings = asking.settings
    rows = tuple(_row(found, settings, s, t) for s in range(len(settings.distances)) for t in range(len(settings.days)))
    notable = [row for row in rows if row["significant"] and row["ratio"] > 1]
    few = events < FEW or float(found.expected[:-1, :-1].sum()) < 1
    drawn = bool(notable) and found.p_any <= settings.alpha
    return Answer(
        question="knox",
        level="unsure" if few else "found" if drawn else "nothing",
        headline=_headline(few, drawn, notable, events),
        sentences=(
            say(
                N_("Đã xét {n} vụ; xét chung mọi ô của bảng, {chance} (p = {p}; {times} lần lặp)."),
                n=words.number(events),
                chance=words.by_chance(found.p_any),
                p=words.p_value(found.p_any),
                times=words.number(settings.replicates),
            ),
            say(N_("Mỗi ô đếm số cặp vụ cách nhau chừng ấy; “thường có” là khi nơi và lúc không liên quan gì nhau.")),
        ),
        rows="bands",
        columns=COLUMNS,
        findings=rows,
        cautions=(
            say(N_("Vụ gần nhau cả về nơi và lúc có thể do cùng một đợt kiểm tra, hay do cùng một nguồn tin.")),
            say(
                N_("Nếu mức vụ ở các nơi tăng giảm khác nhau theo mùa thì con số cũng cao lên mà không có “kéo theo”.")
            ),
            *cautions.of_table(asking.table),
            cautions.NO_CAUSE,
        ),
        methods=("knox",),
        reproduce=asking.reproduce(settings.replicates, events=events),
        geodesic=asking.table.positions.geodesic,
        numbers={"p_any": found.p_any, "events": events, "pairs": int(found.observed.sum())},
    )


def _row(found: Knox, settings: KnoxSettings, s: int, t: int) -> dict[str, Any]:
    p_value = float(found.p_high[s, t])
    return {
        "distance": _distance(settings.distances, s),
        "time": _time(settings.days, t),
        "distance_from": 0.0 if s == 0 else settings.distances[s - 1],
        "distance_to": settings.distances[s],
        "days_from": 0 if t == 0 else settings.days[t - 1] + 1,
        "days_to": settings.days[t],
        "observed": int(found.observed[s, t]),
        "expected": float(found.expected[s, t]),
        "ratio": float(found.ratio[s, t]),
        "p_value": p_value,
        "p_value_low": float(found.p_low[s, t]),
        "significant": p_value <= settings.alpha,
    }


def _distance(edges: tuple[float, ...], band: int) -> Message | str:
    if edges[band] == 0:
        return say(N_("cùng chỗ"))
    low = 0.0 if band == 0 else edges[band - 1]
    return f"{words.number(low)}–{words.number(edges[band])} m"


def _time(edges: tuple[int, ...], band: int) -> Message:
    if edges[band] == 0:
        return say(N_("cùng ngày"))
    low = 0 if band == 0 else edges[band - 1] + 1
    if low == edges[band]:
        return say(N_("{n} ngày"), n=low)
    return say(N_("{low}–{high} ngày"), low=low, high=edges[band])


def _headline(few: bool, drawn: bool, notable: list[dict[str, Any]], events: int) -> Message:
    if few:
        return say(N_("Chưa đủ số liệu để kết luận: chỉ có {n} vụ, hoặc quá ít cặp gần nhau."), n=words.number(events))
    if not drawn:
        return say(N_("Không thấy vụ này kéo theo vụ khác gần đó hơn mức ngẫu nhiên."))
    first = max(notable, key=lambda row: (row["ratio"] if row["observed"] >= 5 else 0, row["observed"]))
    return say(
        N_("Có: sau một vụ, vụ khác ở gần ({distance}, {time}) nhiều gấp {ratio} lần mức thường có ({observed} cặp)."),
        distance=first["distance"],
        time=first["time"],
        ratio=words.number(first["ratio"], 1),
        observed=words.number(first["observed"]),
    )
