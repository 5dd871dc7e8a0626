"""Is it coming back, is anything new: alarms over time with a stated rate of false ones.

Methods: docs/methods/recurrence-watch.md and docs/methods/surveillance.md.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from diaban.analysis import words
from diaban.analysis.answer import Answer, Column, Curve, Shape
from diaban.analysis.places import Places, places_of, side_for
from diaban.analysis.questions import cautions, returning
from diaban.analysis.questions.alarms import Judged, judge
from diaban.analysis.questions.asking import Asking
from diaban.analysis.questions.series import counted, told
from diaban.analysis.settings import WatchSettings
from diaban.analysis.steps import Steps, steps_of
from diaban.analysis.tables import PointEvents
from diaban.core.messages import N_, Message, say
from diaban.engine.surveillance.counts import Counts

MOST_SQUARES = 400
COLUMNS = (
    Column("where", say(N_("Ở đâu"))),
    Column("start", say(N_("Từ ngày")), "day"),
    Column("observed", say(N_("Số vụ")), "count"),
    Column("expected", say(N_("Thường có")), "number"),
    Column("score", say(N_("Điểm")), "number"),
    Column("threshold", say(N_("Ngưỡng")), "number"),
)


def answer(asking: Asking[WatchSettings]) -> Answer:
    """Answer the question."""
    asking.refuse_empty()
    if asking.settings.resolved is not None:
        return returning.answer(asking)
    settings, table = asking.settings, asking.table
    steps = steps_of(table.about, settings.step).only_whole()
    side = None
    if isinstance(table, PointEvents):
        side = settings.cell or side_for(table.positions, MOST_SQUARES)
    places = places_of(table, side)
    counts = counted(table, places, steps)
    found = judge(counts, settings, asking.seed, asking.executor, asking.progress)
    return _told(asking, places, steps, counts, found)


def _told(asking: Asking[WatchSettings], places: Places, steps: Steps, counts: Counts, found: Judged) -> Answer:
    settings = asking.settings
    score = np.nan_to_num(found.score[:, -settings.last :], nan=-1.0)
    above = np.argwhere(score > found.calibrated.threshold)
    order = sorted(above.tolist(), key=lambda at: (-score[at[0], at[1]], at[0], at[1]))
    rows = tuple(_row(places, steps, counts, found, place, len(steps) - settings.last + late) for place, late in order)
    chosen = list(dict.fromkeys(place for place, _late in order))[:3]
    if not chosen:
        chosen = [int(np.argmax(score.max(axis=1)))]
    rate = found.calibrated.achieved
    unjudged = int(np.isnan(found.score[:, -1]).sum())
    return Answer(
        question="watch",
        level="found" if rows else "nothing",
        headline=_headline(settings, rows),
        sentences=_sentences(places, steps, settings, rate.rate, rate.high, unjudged),
        rows="alarms",
        columns=COLUMNS,
        findings=rows,
        cautions=(
            say(
                N_("Báo động là để đi kiểm tra, không phải kết luận; kể cả khi không có gì, mức sai đã đặt vẫn xảy ra.")
            ),
            say(
                N_(
                    "Mức báo động sai được mô phỏng với các nơi độc lập nhau; khi nhiều nơi cùng tăng vì lý do "
                    "chung thì sai nhiều hơn."
                )
            ),
            *cautions.of_table(asking.table),
            cautions.NO_CAUSE,
        ),
        methods=("surveillance",),
        reproduce=asking.reproduce(found.calibrated.replicates, places=len(places), steps=len(steps)),
        geodesic=places.positions.geodesic,
        curves=tuple(_curve(places, steps, counts, found, place, score.shape[1]) for place in chosen),
        shapes=tuple(_shape(places, row, number) for number, row in enumerate(rows)),
        numbers={
            "threshold": found.calibrated.threshold,
            "false_alarms_per_year": rate.rate,
            "false_alarms_per_year_low": rate.low,
            "false_alarms_per_year_high": rate.high,
            "places": len(places),
            "steps": len(steps),
            "not_judged": unjudged,
            "cell": places.cell,
        },
    )


def _row(places: Places, steps: Steps, counts: Counts, found: Judged, place: int, step: int) -> dict[str, Any]:
    x, y = float(places.positions.x[place]), float(places.positions.y[place])
    row: dict[str, Any] = {
        "where": _name(places, place),
        "place": place,
        "centre": places.centre(x, y),
        "start": steps.start(step).isoformat(),
        "end": steps.last(step + 1).isoformat(),
        "observed": int(counts.values[place, step]),
        "expected": float(found.expected[place, step]),
        "score": float(found.score[place, step - len(steps)]),
        "threshold": found.calibrated.threshold,
    }
    if places.units:
        row["unit_code"] = places.units[place]
    return row


def _name(places: Places, place: int) -> str:
    if places.units:
        return places.names[place]
    return words.spot(float(places.positions.x[place]), float(places.positions.y[place]), places.positions.geodesic)


def _headline(settings: WatchSettings, rows: tuple[dict[str, Any], ...]) -> Message:
    span = words.steps(settings.last, settings.step)
    if not rows:
        return say(N_("Không có báo động nào trong {span} cuối."), span=span)
    first = rows[0]
    return say(
        N_("{n} báo động trong {span} cuối; rõ nhất: {where}, {observed} vụ, thường có {expected}."),
        n=len(rows),
        span=span,
        where=first["where"],
        observed=words.number(first["observed"]),
        expected=words.figure(first["expected"]),
    )


def _sentences(
    places: Places, steps: Steps, settings: WatchSettings, rate: float, high: float, unjudged: int
) -> tuple[Message, ...]:
    said = [
        say(
            N_(
                "Ngưỡng được đặt để cả {n} nơi cộng lại có nhiều nhất {asked} báo động sai mỗi năm (mô phỏng: "
                "{rate}, chắc dưới {high})."
            ),
            n=words.number(len(places)),
            asked=words.number(settings.false_alarms_per_year, 1),
            rate=words.number(rate, 2),
            high=words.number(high, 2),
        ),
        say(
            N_("Bình thường là gì được học từ {first} đến {last}."),
            first=words.day(steps.start(0)),
            last=words.day(steps.last(len(steps))),
        ),
    ]
    if places.cell is not None:
        said.append(say(N_("Điểm được đếm trong ô vuông cạnh {side}."), side=words.metres(places.cell)))
    if unjudged:
        said.append(say(N_("{n} nơi chưa báo cáo bước cuối nên không xét."), n=words.number(unjudged)))
    return tuple(said)


def _curve(places: Places, steps: Steps, counts: Counts, found: Judged, place: int, last: int) -> Curve:
    late = np.nan_to_num(found.score[place, -last:], nan=-1.0) > found.calibrated.threshold
    return Curve(
        label=say(N_("{where}: số vụ theo thời gian"), where=_name(places, place)),
        step=steps.kind,
        starts=steps.starts,
        observed=told(counts.values[place], counts.reported[place]),
        expected=tuple(float(value) for value in found.expected[place]),
        alarms=tuple(int(step) + len(steps) - last for step in np.flatnonzero(late)),
    )


def _shape(places: Places, row: dict[str, Any], number: int) -> Shape:
    place = row["place"]
    if places.units:
        return Shape("area", "hot", unit=places.units[place], row=number)
    x, y = float(places.positions.x[place]), float(places.positions.y[place])
    return Shape("square", "hot", x=x, y=y, side=places.cell, row=number)
