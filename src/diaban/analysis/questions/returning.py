"""Is a resolved place coming back: its surroundings since that day, against the quiet weeks after it.

See docs/methods/recurrence-watch.md. The first quarter of a year after the resolution (at least eight steps) is the
quiet reference; what follows is watched.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diaban.analysis import words
from diaban.analysis.answer import Answer, Column, Curve, Shape
from diaban.analysis.questions import cautions
from diaban.analysis.questions.asking import Asking
from diaban.analysis.questions.series import PER_YEAR, told
from diaban.analysis.settings import WatchSettings
from diaban.analysis.steps import Steps, steps_of
from diaban.analysis.tables import AreaCounts, PointEvents, TableError, day_number
from diaban.core.messages import N_, Message, say
from diaban.engine.surveillance.recurrence import Recurrence, RecurrenceWatch, Sample, State, ring, tally, watch

LEAST_QUIET = 8
COLUMNS = (
    Column("start", say(N_("Từ ngày")), "day"),
    Column("observed", say(N_("Số vụ")), "count"),
    Column("score", say(N_("Điểm")), "number"),
    Column("state_name", say(N_("Trạng thái"))),
)
STATES = {
    State.QUIET: ("quiet", say(N_("yên"))),
    State.NOTICE: ("notice", say(N_("theo dõi"))),
    State.ALARM: ("alarm", say(N_("báo động"))),
    State.NOT_ENOUGH: ("not_enough", say(N_("chưa đủ số liệu"))),
}


def answer(asking: Asking[WatchSettings]) -> Answer:
    """Answer the question."""
    settings, table = asking.settings, asking.table
    assert settings.resolved is not None
    steps = steps_of(table.about, settings.step).only_whole()
    counts, reported = _surroundings(asking, steps)
    begins = _first_after(steps, settings.resolved)
    after = len(steps) - begins
    quiet = min(max(LEAST_QUIET, round(PER_YEAR[settings.step] / 4)), max(after // 2, min(after, LEAST_QUIET)))
    watched = slice(begins + quiet, len(steps))
    before = slice(max(0, begins - round(PER_YEAR[settings.step])), max(begins - 1, 0))
    length = max(round(PER_YEAR[settings.step]), after - quiet)
    chance = 1 - math.exp(-settings.false_alarms_per_year * length / PER_YEAR[settings.step])
    chance = min(max(chance, 0.005), 0.25)
    asked = RecurrenceWatch(
        steps=length,
        false_alarm=chance,
        false_notice=max(0.3, min(2 * chance, 0.9)),
        window=max(1, min(13, length)),
        least_quiet=LEAST_QUIET,
    )
    found = watch(
        counts[watched],
        reported[watched],
        _sample(counts, reported, slice(begins, begins + quiet)),
        _sample(counts, reported, before),
        asked,
        seed=asking.seed,
        executor=asking.executor,
    )
    asking.progress(1, 1)
    return _told(asking, steps, counts, reported, found, watched, begins)


def _surroundings(asking: Asking[WatchSettings], steps: Steps) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    settings, table = asking.settings, asking.table
    step = steps.of(table.day)
    reported = np.ones(len(steps), dtype=np.bool_)
    if isinstance(table, PointEvents):
        if settings.place is None:
            raise TableError((say(N_("Với tệp điểm, nêu nơi bằng --place và --radius.")),))
        inside = ring(table.positions, settings.place.x, settings.place.y, settings.place.radius)
        if table.control is not None:
            inside &= ~table.control
        return tally(step, inside, len(steps)), reported
    rows = _rows(table, settings)
    missing = rows & (table.count < 0) & (step >= 0)
    reported[step[missing]] = False
    kept = rows & (step >= 0) & (table.count > 0)
    counts = np.bincount(step[kept], weights=table.count[kept], minlength=len(steps)).astype(np.float64)
    return counts, reported


def _rows(table: AreaCounts, settings: WatchSettings) -> NDArray[np.bool_]:
    if settings.place is not None:
        near = ring(table.positions, settings.place.x, settings.place.y, settings.place.radius)
    else:
        unknown = [unit for unit in settings.units if unit not in table.units]
        if unknown:
            raise TableError((say(N_("Không có đơn vị {codes}."), codes=", ".join(unknown)),))
        near = np.isin(np.asarray(table.units), np.asarray(settings.units))
    if not near.any():
        raise TableError((say(N_("Không có đơn vị nào trong vòng đã chọn.")),))
    return near[table.unit]


def _first_after(steps: Steps, resolved: dt.date) -> int:
    """Return the first whole step after the resolution."""
    begins = int(np.searchsorted(steps.edges[:-1], day_number(resolved), side="left"))
    if begins >= len(steps):
        raise TableError((say(N_("Ngày triệt xóa ({day}) nằm sau số liệu."), day=words.day(resolved)),))
    return begins


def _sample(counts: NDArray[np.float64], reported: NDArray[np.bool_], part: slice) -> Sample:
    there = reported[part]
    return Sample(int(counts[part][there].sum()), int(there.sum()))


def _told(
    asking: Asking[WatchSettings],
    steps: Steps,
    counts: NDArray[np.float64],
    reported: NDArray[np.bool_],
    found: Recurrence,
    watched: slice,
    begins: int,
) -> Answer:
    settings = asking.settings
    assert settings.resolved is not None
    code = STATES[found.state][0]
    rows = _rows_of(steps, counts, reported, found, watched)
    alarms = tuple(watched.start + late for late, state in enumerate(found.states) if state == State.ALARM)
    return Answer(
        question="watch",
        level={"alarm": "found", "notice": "caution", "quiet": "nothing"}.get(code, "unsure"),
        headline=_headline(found, steps, watched),
        sentences=_sentences(found, steps, counts, begins),
        rows="steps",
        columns=COLUMNS,
        findings=rows[::-1],
        cautions=(
            say(N_("Báo động là để đi kiểm tra, không phải kết luận rằng điểm đã trở lại.")),
            say(
                N_("Mốc “yên” là các {step} đầu sau triệt xóa; nếu lúc ấy đã có vụ trở lại thì mốc này bị cao."),
                step=say(words.STEP_WORDS[settings.step]),
            ),
            *cautions.of_table(asking.table),
            cautions.NO_CAUSE,
        ),
        methods=("recurrence-watch",),
        reproduce=asking.reproduce(RecurrenceWatch().replicates, steps=len(steps)),
        geodesic=asking.table.positions.geodesic,
        curves=(
            Curve(
                label=say(N_("Số vụ quanh nơi đã triệt xóa")),
                step=steps.kind,
                starts=steps.starts,
                observed=told(counts, reported),
                alarms=alarms,
                marks=((settings.resolved, say(N_("triệt xóa"))),),
            ),
        ),
        shapes=_shapes(settings, code),
        numbers=_numbers(steps, found, watched),
    )


def _rows_of(
    steps: Steps, counts: NDArray[np.float64], reported: NDArray[np.bool_], found: Recurrence, watched: slice
) -> tuple[dict[str, Any], ...]:
    return tuple(
        {
            "start": steps.start(watched.start + late).isoformat(),
            "observed": int(counts[watched.start + late]) if reported[watched.start + late] else None,
            "score": float(found.score[late]),
            "state": STATES[State(int(state))][0],
            "state_name": STATES[State(int(state))][1],
        }
        for late, state in enumerate(found.states)
    )


def _numbers(steps: Steps, found: Recurrence, watched: slice) -> dict[str, Any]:
    code, name = STATES[found.state]
    return {
        "state": code,
        "state_name": name,
        "first_alarm": steps.start(watched.start + found.first_alarm).isoformat()
        if found.first_alarm is not None
        else None,
        "false_alarm_chance": found.false_alarm,
        "power": found.power,
        "median_delay_steps": found.delay,
        "ratio_to_former": found.after_former.ratio,
        "ratio_to_former_low": found.after_former.low,
        "ratio_to_former_high": found.after_former.high,
    }


def _headline(found: Recurrence, steps: Steps, watched: slice) -> Message:
    if found.first_alarm is not None:
        return say(
            N_("Có dấu hiệu tái phức tạp từ {day}: số vụ tăng quá mức yên tĩnh sau triệt xóa."),
            day=words.day(steps.start(watched.start + found.first_alarm)),
        )
    if found.state is State.NOTICE:
        return say(N_("Cần theo dõi: số vụ đang nhích lên, chưa đến mức báo động."))
    if found.state is State.QUIET:
        return say(N_("Vẫn yên: không có dấu hiệu tái phức tạp."))
    return say(N_("Chưa đủ số liệu để nói nơi này yên hay đang trở lại."))


def _sentences(found: Recurrence, steps: Steps, counts: NDArray[np.float64], begins: int) -> tuple[Message, ...]:
    said = [
        say(
            N_("Trước triệt xóa: {before} vụ trong {a}; sau đó: {after} vụ trong {b}."),
            before=words.number(float(counts[:begins].sum())),
            a=words.steps(begins, steps.kind),
            after=words.number(float(counts[begins:].sum())),
            b=words.steps(len(steps) - begins, steps.kind),
        )
    ]
    if not math.isnan(found.false_alarm):
        said.append(
            say(
                N_("Nếu nơi này vẫn yên, cả đợt theo dõi có {share} khả năng báo động sai."),
                share=words.share(found.false_alarm),
            )
        )
    if not math.isnan(found.power):
        said.append(
            say(
                N_("Nếu trở lại như mức cũ, {share} khả năng sẽ được báo động trong đợt."),
                share=words.share(found.power),
            )
        )
    return tuple(said)


def _shapes(settings: WatchSettings, code: str) -> tuple[Shape, ...]:
    tone = "hot" if code == "alarm" else "warm" if code == "notice" else "treated"
    if settings.place is not None:
        place = settings.place
        return (Shape("circle", tone, x=place.x, y=place.y, radius=place.radius),)
    return tuple(Shape("area", tone, unit=unit) for unit in settings.units)
