"""How each place's heat moves over time: emerging hot-spots (docs/methods/emerging-hot-spots.md)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from diaban.analysis import words
from diaban.analysis.answer import Answer, Column, Curve, Shape
from diaban.analysis.questions import cautions
from diaban.analysis.questions.asking import Asking
from diaban.analysis.questions.mapping import Mapped, mapped
from diaban.analysis.settings import EmergingSettings
from diaban.analysis.steps import Steps, steps_of
from diaban.analysis.tables import AreaCounts, TableError
from diaban.core.messages import N_, Message, say
from diaban.engine.trend import LEAST_STEPS, Category, Cube, Emerging, Settings, Version, Window, emerging
from diaban.engine.trend import words as words_of

COLUMNS = (
    Column("where", say(N_("Ở đâu"))),
    Column("category_name", say(N_("Loại"))),
    Column("hot_steps", say(N_("Số kỳ nóng")), "count"),
    Column("cold_steps", say(N_("Số kỳ lạnh")), "count"),
    Column("trend_z", say(N_("Xu hướng z")), "number"),
    Column("trend_p_value", say(N_("p xu hướng")), "p"),
    Column("events", say(N_("Số vụ")), "count"),
)
_WINDOWS = {"cube": Window.CUBE, "neighbourhood_step": Window.NEIGHBOURHOOD, "step": Window.STEP}
_FIRST = (Category.NEW, Category.CONSECUTIVE, Category.INTENSIFYING, Category.SPORADIC, Category.OSCILLATING,
          Category.PERSISTENT, Category.DIMINISHING, Category.HISTORICAL)  # fmt: skip


def answer(asking: Asking[EmergingSettings]) -> Answer:
    """Answer the question."""
    asking.refuse_empty()
    settings = asking.settings
    steps = steps_of(asking.table.about, settings.step).only_whole()
    if len(steps) < LEAST_STEPS:
        why = N_("Cần ít nhất {least} bước thời gian trọn vẹn, đang có {n}; chọn bước ngắn hơn hoặc kỳ dài hơn.")
        raise TableError((say(why, least=LEAST_STEPS, n=len(steps)),))
    places = mapped(asking.table, settings.cell)
    values = _values(asking, places, steps)
    if values.size > 60_000_000:
        raise TableError((say(N_("Quá nhiều ô và bước; chọn --cell lớn hơn hoặc --step dài hơn.")),))
    neighbours, reach = places.neighbours(settings.neighbours, settings.distance, settings.nearest)
    asked = Settings(
        before=settings.earlier,
        window=_WINDOWS[settings.against],
        version=Version.PRO if settings.version == "pro" else Version.ARCMAP,
        level=settings.alpha,
        trend_level=settings.alpha,
        seed=asking.seed,
    )
    found = emerging(Cube(values), neighbours, asked, executor=asking.executor, progress=asking.progress)
    return _told(asking, places, steps, values, found, reach)


def _values(asking: Asking[EmergingSettings], places: Mapped, steps: Steps) -> NDArray[np.float64]:
    step = steps.of(asking.table.day)
    inside = step >= 0
    table = asking.table
    if isinstance(table, AreaCounts):
        missing = int((table.count[inside] < 0).sum())
        if missing:
            why = N_("{n} số liệu chưa báo cáo; câu hỏi này cần đủ mọi kỳ. Bổ sung, hoặc chọn kỳ đã đủ (--from, --to).")
            raise TableError((say(why, n=missing),))
    cells = places.place[inside].astype(np.int64) * len(steps) + step[inside]
    counts = np.bincount(cells, weights=places.weight[inside], minlength=len(places) * len(steps))
    return counts.reshape(len(places), len(steps)).astype(np.float64)


def _told(
    asking: Asking[EmergingSettings],
    places: Mapped,
    steps: Steps,
    values: NDArray[np.float64],
    found: Emerging,
    reach: float | None,
) -> Answer:
    settings = asking.settings
    some = [place for place in range(len(places)) if found.category[place] or places.units]
    rank = {category: number for number, category in enumerate((*_FIRST, *(one.mirror for one in _FIRST)))}
    total = values.sum(axis=1)
    some.sort(key=lambda place: (rank.get(Category(int(found.category[place])), 99), -total[place], place))
    rows = tuple(_row(places, place, values, found) for place in some)
    counts = {one.name.lower(): int((found.category == one).sum()) for one in Category}
    return Answer(
        question="emerging",
        level="found" if any((found.category > 0).tolist()) else "nothing",
        headline=_headline(found),
        sentences=_sentences(places, steps, found, reach),
        rows="units" if places.units else "cells",
        columns=COLUMNS,
        findings=rows,
        cautions=(
            say(N_("Loại của một nơi tùy thuộc kỳ, bước, cỡ ô và lân cận đã chọn; nơi sát ngưỡng dễ đổi loại.")),
            say(N_("Định nghĩa 17 loại theo bản {version}."), version=settings.version),
            *cautions.of_table(asking.table),
            cautions.NO_CAUSE,
        ),
        methods=("emerging-hot-spots", "local-statistics"),
        reproduce=asking.reproduce(None, places=len(places), steps=len(steps)),
        geodesic=places.positions.geodesic,
        curves=tuple(
            _curve(rows[number], steps, values[place])
            for number, place in enumerate(some[:3])
            if found.category[place] > 0
        ),
        shapes=tuple(
            _shape(places, place, row, int(found.category[place]))
            for row, place in enumerate(some)
            if found.category[place]
        ),
        numbers={
            "places": len(places),
            "steps": len(steps),
            "cell": places.side,
            "distance": reach,
            "categories": counts,
        },
    )


def _row(places: Mapped, place: int, values: NDArray[np.float64], found: Emerging) -> dict[str, Any]:
    x, y = float(places.positions.x[place]), float(places.positions.y[place])
    category = Category(int(found.category[place]))
    told = words_of(category)
    row: dict[str, Any] = {
        "where": places.names[place] if places.units else words.spot(x, y, places.positions.geodesic),
        "centre": {"lat": y, "lon": x} if places.positions.geodesic else {"x": x, "y": y},
        "category": category.name.lower(),
        "category_name": told.name,
        "meaning": told.meaning,
        "hot_steps": int((found.signs[place] > 0).sum()),
        "cold_steps": int((found.signs[place] < 0).sum()),
        "trend_z": float(found.trends.z[place]),
        "trend_p_value": float(found.trends.p_value[place]),
        "events": int(values[place].sum()),
    }
    if places.units:
        row["unit_code"] = places.units[place]
    return row


def _headline(found: Emerging) -> Message:
    number = {one: int((found.category == one).sum()) for one in Category}
    fresh = number[Category.NEW] + number[Category.CONSECUTIVE]
    hot = sum(number[one] for one in _FIRST)
    if not hot:
        return say(N_("Không nơi nào là điểm nóng theo thời gian."))
    return say(
        N_(
            "{fresh} nơi mới nóng lên, {more} nơi đang nóng thêm, {lasting} nơi nóng dai dẳng; tất cả {hot} nơi "
            "có kiểu nóng."
        ),
        fresh=words.number(fresh),
        more=words.number(number[Category.INTENSIFYING]),
        lasting=words.number(number[Category.PERSISTENT]),
        hot=words.number(hot),
    )


def _sentences(places: Mapped, steps: Steps, found: Emerging, reach: float | None) -> tuple[Message, ...]:
    said = [
        say(
            N_("Đã xét {n} nơi qua {steps}, từ {first} đến {last}."),
            n=words.number(len(places)),
            steps=words.steps(len(steps), steps.kind),
            first=words.day(steps.start(0)),
            last=words.day(steps.last(len(steps))),
        )
    ]
    for category in _FIRST:
        number = int((found.category == category).sum())
        if number:
            told = words_of(category)
            said.append(say(N_("{name}: {n} nơi. {meaning}"), name=told.name, n=number, meaning=told.meaning))
    if places.side is not None:
        said.append(say(N_("Điểm được đếm trong ô vuông cạnh {side}."), side=words.metres(places.side)))
    if reach is not None:
        said.append(say(N_("Lân cận là các nơi trong vòng {reach}."), reach=words.metres(reach)))
    return tuple(said)


def _curve(row: dict[str, Any], steps: Steps, values: NDArray[np.float64]) -> Curve:
    label = say(N_("{name}: {where}"), name=row["category_name"], where=row["where"])
    return Curve(label, steps.kind, steps.starts, tuple(int(value) for value in values))


def _shape(places: Mapped, place: int, row: int, category: int) -> Shape:
    strong = abs(category) in (Category.NEW, Category.CONSECUTIVE, Category.INTENSIFYING, Category.PERSISTENT)
    tone = ("hot" if strong else "warm") if category > 0 else ("cold" if strong else "cool")
    if places.units:
        return Shape("area", tone, unit=places.units[place], row=row, value=float(category))
    x, y = float(places.positions.x[place]), float(places.positions.y[place])
    return Shape("square", tone, x=x, y=y, side=places.side, row=row, value=float(category))
