"""Where, and since when, there is more than chance puts there: scan statistics (docs/methods/scan.md)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from diaban.analysis import words
from diaban.analysis.answer import Answer, Column, Curve, Shape
from diaban.analysis.places import Places, of_points, places_of, plane_of, side_for
from diaban.analysis.questions import cautions
from diaban.analysis.questions.asking import Asking
from diaban.analysis.settings import ScanSettings
from diaban.analysis.steps import Steps, steps_of
from diaban.analysis.tables import PointEvents, TableError, date_of, day_number
from diaban.core.messages import N_, Message, say
from diaban.engine.positions import Positions
from diaban.engine.scan import (
    SHAPES,
    Cluster,
    Data,
    Model,
    ScanResult,
    Settings,
    Windows,
    expected_counts,
    pairs_within,
    scan,
)

FEW = 10
"""With fewer cases than this nothing is concluded."""

FLEXIBLE = 10
"""Flexible windows are connected sets among so many nearest places."""

COLUMNS = (
    Column("rank", say(N_("Số")), "count"),
    Column("where", say(N_("Ở đâu"))),
    Column("radius", say(N_("Bán kính")), "metres"),
    Column("start", say(N_("Từ ngày")), "day"),
    Column("end", say(N_("Đến ngày")), "day"),
    Column("observed", say(N_("Số vụ")), "count"),
    Column("expected", say(N_("Thường có")), "number"),
    Column("relative_risk", say(N_("Gấp")), "ratio"),
    Column("p_value", say(N_("p")), "p"),
    Column("statistic", say(N_("Thống kê")), "number"),
)


@dataclass(frozen=True, eq=False)
class _Made:
    """The places, steps and data of a scan."""

    places: Places
    steps: Steps
    data: Data
    gathered: bool


def answer(asking: Asking[ScanSettings]) -> Answer:
    """Answer the question."""
    asking.refuse_empty()
    settings = asking.settings
    made = _made(asking)
    windows = Windows(
        radius=settings.max_radius,
        share=settings.max_share,
        duration=settings.max_duration,
        prospective=settings.prospective,
        looks=_looks(settings, made.steps),
        high=not settings.low,
        low=settings.low,
        shapes=SHAPES if settings.window == "ellipse" else (),
        flexible=FLEXIBLE if settings.window == "flexible" else 0,
    )
    try:
        result = scan(
            made.data,
            Settings(windows, settings.replicates, 50 if settings.early_stop else None, most=settings.secondary + 1),
            seed=asking.seed,
            executor=asking.executor,
            progress=asking.progress,
        )
    except ValueError as error:
        raise TableError((say(N_("Không quét được: {why}. Thử --max-radius nhỏ hơn."), why=error),)) from error
    return _told(asking, made, result)


def _made(asking: Asking[ScanSettings]) -> _Made:
    settings, table = asking.settings, asking.table
    steps = steps_of(table.about, settings.step)
    if settings.time == "space":
        steps = Steps(settings.step, steps.edges[[0, -1]], True)
    if settings.model == "permutation" and len(steps) < 2:
        short = N_("Cần ít nhất {least} bước thời gian trọn vẹn, đang có {n}; chọn bước ngắn hơn hoặc kỳ dài hơn.")
        raise TableError((say(short, least=2, n=len(steps)),))
    places = places_of(table, settings.cell)
    gathered = settings.cell is not None
    if isinstance(table, PointEvents) and settings.cell is None and settings.max_radius is None:
        most = _most_places(settings, len(steps))
        if len(places) > most:
            places, gathered = of_points(table, side_for(table.positions, most)), True
    if not len(places.place):
        raise TableError((say(N_("Mọi dòng đều là đối chứng: cần ít nhất một vụ.")),))
    return _Made(places, steps, _data(settings, places, steps), gathered)


def _most_places(settings: ScanSettings, steps: int) -> int:
    """Return how many places can be scanned without a radius in about the time of a coffee.

    A window reaches about its share of the places, so a smaller share lets more of them stay what they are.
    """
    longest = min(settings.max_duration or max(steps // 2, 1), steps)
    windows = longest if settings.prospective else longest * max(steps - longest / 2, 1)
    share = settings.max_share
    return int(min(max(math.sqrt(1.5e9 / (windows * share)), 1_000), math.sqrt(2e7 / share)))


def _data(settings: ScanSettings, places: Places, steps: Steps) -> Data:
    model = Model(settings.model)
    alone = settings.time == "time"
    positions, place = places.positions, places.place
    if alone:
        positions = Positions(np.zeros(1), np.zeros(1))
        place = np.zeros(len(place), dtype=np.int32)
    elif settings.window == "ellipse":
        positions = plane_of(positions)
    expected = controls = None
    shape = (len(positions), len(steps))
    if model is Model.POISSON:
        expected = _expected(places, steps, len(place), alone)
    elif model is Model.BERNOULLI:
        if places.other_place is None or places.other_day is None:
            why = N_("Mô hình bernoulli cần đối chứng: cột control hoặc case (1/0), hay controls theo đơn vị.")
            raise TableError((say(why),))
        other = np.zeros_like(places.other_place) if alone else places.other_place
        cells = other.astype(np.int64) * shape[1] + steps.of(places.other_day)
        controls = np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape).astype(np.int32)
    touching = _touching(places) if settings.window == "flexible" and not alone else None
    try:
        return Data(model, positions, place, steps.of(places.day), len(steps), expected, controls, touching=touching)
    except ValueError as error:
        few = N_("Không quét được: cần ít nhất hai nơi và hai bước thời gian, và mọi nơi có vụ phải có dân ({why}).")
        raise TableError((say(few, why=error),)) from error


def _touching(places: Places) -> NDArray[np.int64]:
    """Return who touches whom: areas with a common border where borders are known, else what lies close together."""
    if places.pairs is not None:
        return places.pairs
    if len(places) < 2:
        return np.zeros((0, 2), dtype=np.int64)
    points = places.positions.embedded
    near = cKDTree(points).query(points, k=2)[0][:, 1]
    reach = places.positions.arc(np.asarray([np.quantile(near, 0.95) * 1.5], dtype=np.float64))[0]
    return pairs_within(places.positions, float(max(reach, 1.0)))


def _expected(places: Places, steps: Steps, cases: int, alone: bool) -> NDArray[np.float64]:
    widths = np.diff(steps.edges).astype(np.float64)
    if alone:
        return expected_counts(widths[None, :], cases)
    if places.population is None:
        why = N_("Mô hình poisson cần số dân của từng đơn vị (cột population của --units); với điểm, dùng mô hình stp.")
        raise TableError((say(why),))
    empty = np.bincount(places.place, minlength=len(places))[places.population == 0].sum()
    if empty:
        why = N_("{n} vụ ở đơn vị có số dân bằng 0; xem lại số dân trong tệp --units.")
        raise TableError((say(why, n=words.number(float(empty))),))
    return expected_counts(places.population[:, None] * widths[None, :], cases)


def _looks(settings: ScanSettings, steps: Steps) -> int:
    if settings.first_look is None:
        return 1
    first = int(steps.of(np.array([day_number(settings.first_look)], dtype=np.int32))[0])
    return max(1, min(len(steps) - max(first, 0), len(steps)))


def _told(asking: Asking[ScanSettings], made: _Made, result: ScanResult) -> Answer:
    settings, places = asking.settings, made.places
    rows = [_row(made, one, rank, settings) for rank, one in enumerate(result.clusters, 1)]
    found = [row for row in rows if row["p_value"] is not None and row["p_value"] <= settings.alpha]
    few = result.cases < FEW
    level = "unsure" if few else "found" if found else "nothing"
    return Answer(
        question="scan",
        level=level,
        headline=_headline(settings, level, rows, result),
        sentences=_sentences(asking, made, result, found),
        rows="clusters",
        columns=COLUMNS,
        findings=tuple(rows),
        cautions=(*_cautions(settings, made), *cautions.of_table(asking.table), cautions.NO_CAUSE),
        methods=("scan",),
        reproduce=asking.reproduce(
            len(result.replicates.maxima), places=len(places), steps=len(made.steps), cases=result.cases
        ),
        geodesic=places.positions.geodesic,
        curves=tuple(_curve(made, one, rank) for rank, one in enumerate(result.clusters[: max(len(found), 1)][:3], 1)),
        shapes=_shapes(made, result, rows),
        numbers={
            "windows": result.windows,
            "replicates_asked": settings.replicates,
            "stopped_early": result.replicates.stopped,
            "longest_window_steps": result.longest,
            "places": len(places),
            "steps": len(made.steps),
            "cases": result.cases,
            "cell": places.cell,
        },
    )


def _row(made: _Made, one: Cluster, rank: int, settings: ScanSettings) -> dict[str, Any]:
    places = made.places
    everywhere = settings.time == "time"
    chosen = np.arange(len(places), dtype=np.int32) if everywhere else one.places
    x, y = float(places.positions.x[one.centre]), float(places.positions.y[one.centre])
    told = places.told([] if everywhere else chosen)
    return {
        "rank": rank,
        "where": _where(places, chosen, x, y, everywhere),
        "statistic": one.statistic,
        "p_value": one.p_value,
        "observed": one.observed,
        "expected": one.expected,
        "observed_to_expected": one.observed_to_expected,
        "relative_risk": one.relative_risk,
        **told,
        "places": len(chosen),
        "centre": None if everywhere else places.centre(x, y),
        "centre_unit": places.units[one.centre] if places.units and not everywhere else None,
        "radius": None if everywhere else one.radius,
        "axis_ratio": one.ratio,
        "angle": one.angle,
        "start": made.steps.start(one.start).isoformat(),
        "end": made.steps.last(one.end).isoformat(),
        "duration_steps": one.end - one.start,
        "significant": one.p_value is not None and one.p_value <= settings.alpha,
        "gumbel_p_value": one.gumbel,
        "recurrence_interval_steps": one.recurrence,
    }


def _where(places: Places, chosen: NDArray[np.int32], x: float, y: float, everywhere: bool) -> Message | str:
    if everywhere:
        return say(N_("cả địa bàn"))
    if places.units:
        named = words.listed([places.names[int(place)] for place in chosen])
        return named if isinstance(named, Message) else str(named)
    return say(N_("quanh {spot}"), spot=words.spot(x, y, places.positions.geodesic))


def _headline(settings: ScanSettings, level: str, rows: list[dict[str, Any]], result: ScanResult) -> Message:
    if level == "unsure":
        return say(
            N_("Chưa đủ số liệu để kết luận: chỉ có {n} vụ, cần ít nhất {few}."),
            n=words.number(result.cases),
            few=FEW,
        )
    if level == "nothing":
        if settings.prospective:
            return say(N_("Không thấy nơi nào đang nổi lên quá mức mà ngẫu nhiên có thể tạo ra."))
        return say(N_("Không thấy cụm nào quá mức mà ngẫu nhiên có thể tạo ra."))
    first = rows[0]
    parts = {
        "where": first["where"],
        "observed": words.number(first["observed"]),
        "expected": words.figure(first["expected"]),
        "start": words.day(_date(first["start"])),
        "end": words.day(_date(first["end"])),
    }
    if settings.low:
        return say(
            N_("Ít hẳn so với thường lệ ở {where}: {observed} vụ, thường có {expected}, từ {start} đến {end}."), **parts
        )
    if settings.prospective:
        return say(N_("Đang nổi lên ở {where}: {observed} vụ từ {start} đến {end}, thường chỉ có {expected}."), **parts)
    return say(N_("Có cụm ở {where}: {observed} vụ từ {start} đến {end}, thường chỉ có {expected}."), **parts)


def _date(text: str) -> Any:
    return np.datetime64(text).astype(object)


def _sentences(
    asking: Asking[ScanSettings], made: _Made, result: ScanResult, found: list[dict[str, Any]]
) -> tuple[Message, ...]:
    settings, said = asking.settings, []
    if result.clusters and result.clusters[0].p_value is not None:
        first = result.clusters[0]
        by_chance = words.by_chance(first.p_value or 1.0)
        said.append(
            say(
                N_("Cụm mạnh nhất: {chance} (p = {p}; {n} lần lặp)."),
                chance=by_chance,
                p=words.p_value(first.p_value or 1.0),
                n=words.number(len(result.replicates.maxima)),
            )
        )
    if len(found) > 1:
        said.append(say(N_("Có {n} cụm đáng chú ý; các cụm sau đứng riêng, không đè lên cụm trước."), n=len(found)))
    first_day, last_day = made.steps.start(0), date_of(int(made.steps.edges[-1]) - 1)
    said.append(
        say(
            N_("Đã xét {cases} vụ ở {places} nơi từ {first} đến {last}, theo từng {step}."),
            cases=words.number(result.cases),
            places=words.number(len(made.places)),
            first=words.day(first_day),
            last=words.day(last_day),
            step=say(words.STEP_WORDS[settings.step]),
        )
    )
    if made.gathered and made.places.cell is not None:
        said.append(
            say(
                N_(
                    "Các điểm được gộp vào ô vuông cạnh {side}; muốn giữ từng điểm thì đặt bán kính lớn nhất "
                    "(--max-radius)."
                ),
                side=words.metres(made.places.cell),
            )
        )
    if result.replicates.stopped:
        said.append(
            say(
                N_("Dừng sớm sau {n} lần lặp: đã đủ lần mạnh bằng hoặc hơn để biết p."), n=len(result.replicates.maxima)
            )
        )
    return tuple(said)


def _cautions(settings: ScanSettings, made: _Made) -> tuple[Message, ...]:
    said = [say(N_("Ranh giới của cụm là gần đúng: nơi sát mép có thể thuộc hoặc không thuộc cụm."))]
    if settings.model == "permutation":
        said.append(
            say(
                N_(
                    "Mô hình này so các nơi với nhau theo thời gian: nếu cả địa bàn cùng tăng một lúc thì không "
                    "thành cụm."
                )
            )
        )
    if settings.model == "poisson":
        said.append(say(N_("“Thường có” tính theo số dân; nơi đông khách vãng lai sẽ trông cao hơn thực tế.")))
    if settings.prospective and settings.first_look is None:
        said.append(
            say(
                N_(
                    "Nếu tuần nào cũng xem thì báo động sai cộng dồn; nêu ngày xem đầu tiên (--first-look) để "
                    "tính cả việc đó."
                )
            )
        )
    if not made.steps.whole:
        said.append(say(N_("Bước thời gian đầu tiên ngắn hơn các bước khác; các bước được tính lùi từ ngày cuối.")))
    return tuple(said)


def _curve(made: _Made, one: Cluster, rank: int) -> Curve:
    data, steps = made.data, made.steps
    inside = np.isin(data.place, one.places)
    observed = np.bincount(data.step[inside], minlength=len(steps))
    if data.expected is not None:
        expected = data.expected[one.places].sum(axis=0)
    else:
        every = np.bincount(data.step, minlength=len(steps)).astype(np.float64)
        if data.controls is not None:
            mine = observed + data.controls[one.places].sum(axis=0)
            expected = mine * data.cases / (data.cases + data.controls.sum())
        else:
            expected = every * inside.sum() / data.cases
    return Curve(
        label=say(N_("Cụm {n}: số vụ theo thời gian"), n=rank),
        step=steps.kind,
        starts=steps.starts,
        observed=tuple(int(value) for value in observed),
        expected=tuple(float(value) for value in expected),
        spans=((steps.start(one.start), date_of(int(steps.edges[one.end]))),),
    )


def _shapes(made: _Made, result: ScanResult, rows: list[dict[str, Any]]) -> tuple[Shape, ...]:
    places, shapes = made.places, []
    for place, (row, one) in enumerate(zip(rows, result.clusters, strict=True)):
        if row["centre"] is None:
            continue
        tone = ("cluster" if place == 0 else "second") if row["significant"] else "quiet"
        x, y = float(places.positions.x[one.centre]), float(places.positions.y[one.centre])
        if places.units:
            shapes += [Shape("area", tone, unit=unit, label=str(place + 1), row=place) for unit in row["units"]]
        shapes.append(Shape("circle", tone, x=x, y=y, radius=one.radius, label=str(place + 1), row=place))
    return tuple(shapes)
