"""Did the work help, or only move the problem (docs/methods/evaluation.md, docs/methods/displacement.md)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from diaban.analysis import words
from diaban.analysis.answer import Answer, Column, Curve, Shape
from diaban.analysis.questions import cautions
from diaban.analysis.questions.asking import Asking
from diaban.analysis.questions.compared import Compared, compared
from diaban.analysis.settings import EvaluateSettings
from diaban.analysis.steps import steps_of
from diaban.analysis.tables import AreaCounts, TableError, date_of
from diaban.core.messages import N_, Message, say
from diaban.core.text import fold
from diaban.engine.evaluation.conduct import Fidelity, Outcome
from diaban.engine.evaluation.differences import wdd
from diaban.engine.evaluation.quotient import wdq
from diaban.engine.evaluation.rings import Around, noise, tally
from diaban.engine.evaluation.selection import Selection, chosen_for_being_bad
from diaban.engine.evaluation.verdict import Asked, Assessment, Reviewed, Verdict, assess

PATROL = frozenset({"patrol", "tuan tra", "tuan tra phat hien", "kiem tra"})
"""Sources, folded, that follow the force's own activity and so never decide."""

COLUMNS = (
    Column("outcome", say(N_("Chỉ tiêu"))),
    Column("treated_before", say(N_("Nơi làm: trước")), "count"),
    Column("treated_after", say(N_("sau")), "count"),
    Column("control_before", say(N_("Nơi so: trước")), "count"),
    Column("control_after", say(N_("sau")), "count"),
    Column("ratio", say(N_("Tỷ số")), "ratio"),
    Column("ratio_low", say(N_("từ")), "ratio"),
    Column("ratio_high", say(N_("đến")), "ratio"),
    Column("p_value", say(N_("p")), "p"),
    Column("verdict_name", say(N_("Kết luận"))),
)
NAMES = {
    Verdict.FELL: say(N_("giảm so với nơi so sánh")),
    Verdict.MOVED: say(N_("chuyển sang xung quanh")),
    Verdict.NO_DIFFERENCE: say(N_("không thấy khác")),
    Verdict.ROSE: say(N_("tăng so với nơi so sánh")),
    Verdict.TOO_LITTLE: say(N_("chưa đủ số liệu")),
    Verdict.NOT_CARRIED_OUT: say(N_("việc chưa làm đủ")),
    Verdict.ONE_SIDED: say(N_("chỉ có số tuần tra")),
}
_LEVELS = {Verdict.FELL: "found", Verdict.MOVED: "found", Verdict.ROSE: "caution", Verdict.NO_DIFFERENCE: "nothing"}


def answer(asking: Asking[EvaluateSettings]) -> Answer:
    """Answer the question."""
    asking.refuse_empty()
    settings = asking.settings
    made = compared(asking.table, settings)
    outcomes = _outcomes(asking, made)
    fidelity = None
    if settings.done is not None:
        fidelity = Fidelity(least_share=settings.enough_done, stated=settings.done)
    try:
        found = assess(outcomes, fidelity, Asked(level=1 - settings.alpha))
    except ValueError as error:
        raise TableError((say(N_("Không so sánh được: {why}."), why=error),)) from error
    asking.progress(1, 1)
    return _told(asking, made, found)


def _outcomes(asking: Asking[EvaluateSettings], made: Compared) -> list[Outcome]:
    """Return one indicator for each source that the table tells apart, or one for everything."""
    table = asking.table
    everything = np.ones(len(table), dtype=np.bool_)
    parts: list[tuple[str, Any]] = [(str(say(N_("mọi vụ"))), everything)]
    if table.source is not None:
        codes = [code for code in range(len(table.source.names)) if (table.source.codes == code).any()]
        if codes:
            parts = [(table.source.names[code], table.source.codes == code) for code in codes]
    found = []
    for name, rows in parts:
        rings = len(made.rings)
        zone, day, weight = made.zone[rows], table.day[rows], made.weight[rows]
        areas = tally(zone, day, made.periods, rings, weight)
        if not (areas.treated.before + areas.treated.after + areas.control.before + areas.control.after):
            continue
        if not (areas.all_rings.before + areas.all_rings.after):
            areas = Around(areas.treated, (), areas.control)  # nothing lies around: nothing can be said of it
        months = (made.periods.before[1] - made.periods.before[0]) / 30.4375
        found.append(
            Outcome(
                name,
                areas,
                enforcement=fold(name) in PATROL,
                dispersion=noise(zone, day, made.periods, 30, weight),
                selection=_selection(asking, made, rows),
                per_period=areas.treated.before / months,
            )
        )
    if not found:
        raise TableError((say(N_("Không có vụ nào trong thời gian so sánh.")),))
    return found


def _selection(asking: Asking[EvaluateSettings], made: Compared, rows: Any) -> Selection | None:
    """Return what such bad places would have come down by themselves, where areas allow to tell."""
    table = asking.table
    if not isinstance(table, AreaCounts) or made.of_unit is None or len(table.units) < 10:
        return None
    sums = []
    for first, last in (made.periods.before, made.periods.after):
        inside = rows & (table.day >= first) & (table.day < last)
        sums.append(np.bincount(table.unit[inside], weights=made.weight[inside], minlength=len(table.units)))
    try:
        return chosen_for_being_bad(sums[0].astype(np.int64), sums[1].astype(np.int64), made.of_unit == 0)
    except ValueError:
        return None


def _told(asking: Asking[EvaluateSettings], made: Compared, found: Assessment) -> Answer:
    reviewed = (*found.deciding, *found.accompanying)
    rows = tuple(_row(made, one, place >= len(found.deciding)) for place, one in enumerate(reviewed))
    before, after = made.periods.before, made.periods.after
    return Answer(
        question="evaluate",
        level=_LEVELS.get(found.verdict, "unsure"),
        headline=found.headline,
        sentences=(*_once(found.reasons), *_sentences(asking, made)),
        rows="effects",
        columns=COLUMNS,
        findings=rows,
        cautions=(
            say(
                N_(
                    "So sánh cho biết nơi đã làm thay đổi khác nơi so sánh hay không; không chứng minh việc đã "
                    "làm là nguyên nhân."
                )
            ),
            say(N_("Số vụ ghi nhận giảm cũng có thể vì ít báo tin hay ít kiểm tra hơn.")),
            *cautions.of_table(asking.table),
        ),
        methods=("evaluation", "displacement"),
        reproduce=asking.reproduce(None),
        geodesic=asking.table.positions.geodesic,
        curves=_curves(asking, made),
        shapes=_shapes(asking, made),
        numbers={
            "verdict": found.verdict.value,
            "confidence": found.confidence.value,
            "before": [date_of(before[0]).isoformat(), date_of(before[1] - 1).isoformat()],
            "after": [date_of(after[0]).isoformat(), date_of(after[1] - 1).isoformat()],
            "needed_events": found.needed.events if found.needed else None,
            "needed_months": found.needed.periods if found.needed else None,
            "controls": _controls(asking, made),
            "controls_matched": made.matched,
        },
    )


def _once(reasons: Iterable[Message]) -> tuple[Message, ...]:
    """Return each reason once, though several outcomes give it."""
    return tuple({str(reason): reason for reason in reasons}.values())


def _row(made: Compared, one: Reviewed, beside: bool) -> dict[str, Any]:
    areas = one.outcome.areas
    difference = _difference(made, areas)
    around = areas.all_rings
    quotient = wdq(areas.treated, around, areas.control)
    return {
        "outcome": one.outcome.name,
        "decides": not beside,
        "verdict": one.verdict.value,
        "verdict_name": NAMES[one.verdict],
        "treated_before": areas.treated.before,
        "treated_after": areas.treated.after,
        "control_before": areas.control.before,
        "control_after": areas.control.after,
        "rings": [{"before": ring.before, "after": ring.after} for ring in areas.rings],
        "ratio": one.ratio.estimate,
        "ratio_low": one.ratio.low,
        "ratio_high": one.ratio.high,
        "p_value": one.ratio.p_value,
        "change": {"estimate": one.change.estimate, "low": one.change.low, "high": one.change.high},
        "displacement": None
        if one.displacement is None
        else {
            "reading": one.displacement.reading.value,
            "moved": one.displacement.moved.estimate,
            "moved_low": one.displacement.moved.low,
            "moved_high": one.displacement.moved.high,
        },
        "wdd": difference,
        "wdq": quotient.quotient,
        "dispersion": one.outcome.dispersion,
    }


def _difference(made: Compared, areas: Around) -> dict[str, float] | None:
    """Return the weighted displacement difference in events of the period after, as its authors give it."""
    before, after = made.periods.lengths
    try:
        found = wdd(areas.treated, areas.control, time_weights=(before / after, 1.0))
    except ValueError:
        return None
    return {
        "estimate": found.estimate,
        "standard_error": found.standard_error,
        "low": found.low,
        "high": found.high,
        "z": found.z,
        "p_value": found.p_value,
    }


def _controls(asking: Asking[EvaluateSettings], made: Compared) -> list[str]:
    table = asking.table
    if not isinstance(table, AreaCounts) or made.of_unit is None:
        return []
    return [table.units[place] for place in np.flatnonzero(made.of_unit == len(made.rings) + 1)]


def _sentences(asking: Asking[EvaluateSettings], made: Compared) -> tuple[Message, ...]:
    before, after = made.periods.before, made.periods.after
    said = [
        say(
            N_("So {a}–{b} (trước) với {c}–{d} (sau)."),
            a=words.day(date_of(before[0])),
            b=words.day(date_of(before[1] - 1)),
            c=words.day(date_of(after[0])),
            d=words.day(date_of(after[1] - 1)),
        )
    ]
    controls = _controls(asking, made)
    if made.matched:
        said.append(say(N_("Nơi so sánh: {n} nơi giống nhất lúc trước."), n=len(controls)))
    elif controls:
        said.append(say(N_("Nơi so sánh: {n} nơi."), n=len(controls)))
    else:
        said.append(say(N_("Nơi so sánh: phần còn lại, ngoài các vòng xung quanh.")))
    if asking.settings.done is None:
        said.append(
            say(
                N_(
                    "Chưa cho biết việc trong kế hoạch đã làm được bao nhiêu (--done); hiệu quả chỉ có nghĩa khi "
                    "việc đã làm."
                )
            )
        )
    return tuple(said)


def _curves(asking: Asking[EvaluateSettings], made: Compared) -> tuple[Curve, ...]:
    table, settings = asking.table, asking.settings
    assert settings.start is not None
    steps = steps_of(table.about, settings.step).only_whole()
    step = steps.of(table.day)
    series = []
    for zone in (0, len(made.rings) + 1):
        here = (made.zone == zone) & (step >= 0)
        series.append(np.bincount(step[here], weights=made.weight[here], minlength=len(steps)))
    early = steps.edges[:-1] < made.periods.before[1]
    scale = series[0][early].sum() / series[1][early].sum() if series[1][early].sum() else 0.0
    return (
        Curve(
            label=say(N_("Nơi đã làm, và nơi so sánh tính theo cỡ của nó")),
            step=steps.kind,
            starts=steps.starts,
            observed=tuple(int(value) for value in series[0]),
            expected=tuple(float(value * scale) for value in series[1]),
            marks=((settings.start, say(N_("bắt đầu"))),),
        ),
    )


def _shapes(asking: Asking[EvaluateSettings], made: Compared) -> tuple[Shape, ...]:
    place, table = asking.settings.place, asking.table
    if isinstance(table, AreaCounts) and made.of_unit is not None:
        tones = ["treated", *["ring"] * len(made.rings), "control"]
        return tuple(
            Shape("area", tones[int(zone)], unit=table.units[unit])
            for unit, zone in enumerate(made.of_unit)
            if zone >= 0
        )
    if place is None:
        return ()
    rings = [Shape("circle", "ring", x=place.x, y=place.y, radius=place.radius + ring) for ring in made.rings[::-1]]
    return (*rings, Shape("circle", "treated", x=place.x, y=place.y, radius=place.radius))
