"""The answer as a map over the communes and as curves over time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diaban.apps.analyses.events import communes_of
from diaban.apps.analyses.models import Analysis, Counted, Question
from diaban.apps.analyses.shown import spots_of, text_of, where_of
from diaban.apps.hotspots.queries import carried
from diaban.apps.places import queries as places
from diaban.ui.charts import Chart, Series, line_chart
from diaban.ui.svgmap import LegendItem, MapPicture, Shape, build_map

WATCHED: Final = {
    "hot": gettext_lazy("Có báo động"),
    "warm": gettext_lazy("Cần để ý"),
    "quiet": gettext_lazy("Yên"),
}
CORNERS: Final = 48
MOST_SHAPES: Final = 400
MOST_CURVES: Final = 4
LEAST_SEEN: Final = 600.0  # metres: a cluster at one place is drawn large enough to be seen on a map of a province
METRES_A_DEGREE: Final = 111_195.0
TONES: Final = {
    "cluster": gettext_lazy("Cụm rõ nhất"),
    "second": gettext_lazy("Cụm khác"),
    "hot": gettext_lazy("Nóng hơn hẳn xung quanh"),
    "warm": gettext_lazy("Hơi nóng"),
    "cool": gettext_lazy("Hơi lạnh"),
    "cold": gettext_lazy("Lạnh hơn hẳn xung quanh"),
    "treated": gettext_lazy("Nơi đã làm"),
    "ring": gettext_lazy("Vành đai xung quanh"),
    "control": gettext_lazy("Nơi so sánh"),
    "quiet": gettext_lazy("Không khác thường"),
}


def answer_map(analysis: Analysis, *, exact: bool) -> MapPicture | None:
    """Draw the communes of the area with what was found over them; without exact places, only the communes' tones."""
    document = analysis.document
    if document is None or not (document["shapes"] or analysis.question == Question.SCAN):
        return None  # an answer without places (near repeats) or without anything found
    communes = communes_of(analysis)
    drawn = places.outlines((place.id for place in communes), analysis.last)
    shapes = [one for one in document["shapes"] if one["kind"] == "area" or exact][:MOST_SHAPES]
    tones = _commune_tones(analysis, shapes, exact=exact)
    near = _near(analysis, [place.id for place in communes])
    units = [
        Shape(
            key=place.uid,
            geometry=drawn[place.id].geometry,
            label=place.name,
            tone=f"found-{tones[place.uid]}" if place.uid in tones else "step-1" if place.id in near else "context",
            title=place.name,
            value_text=str(TONES.get(tones.get(place.uid, ""), "")),
        )
        for place in communes
        if place.id in drawn
    ]
    if not units:
        return None
    over = list(_over(analysis, shapes)) if analysis.counted == Counted.POINTS else []
    marked = {str(one["tone"]) for one in shapes if one["kind"] != "area"} if over else set()
    legend = [
        LegendItem(str(words), tone=f"site-{tone}" if tone in marked else f"found-{tone}")
        for tone, words in (TONES | (WATCHED if analysis.question == Question.WATCH else {})).items()
        if tone in marked or tone in tones.values()
    ]
    return build_map(
        [*units, *over],
        legend=legend,
        schematic=any(drawn[place.id].quality == "schematic" for place in communes if place.id in drawn),
        source="; ".join(sorted({drawn[place.id].source for place in communes if place.id in drawn} - {""})[:2]),
        title=_("Bản đồ của trả lời"),
        period_label=f"{analysis.first:%d/%m/%Y}–{analysis.last:%d/%m/%Y}",
    )


def _near(analysis: Analysis, communes: Sequence[int]) -> set[int]:
    """Return the communes that the map is about: around a hot-spot, its own; otherwise all."""
    if analysis.hotspot is None:
        return set(communes)
    heir = carried([analysis.hotspot.unit_id], analysis.last)[analysis.hotspot.unit_id]
    return {heir} if heir in communes and heir is not None else set(communes)


def _commune_tones(analysis: Analysis, shapes: Sequence[Mapping[str, Any]], *, exact: bool) -> dict[str, str]:
    """Return the tone of each commune that is drawn by itself; where points are hidden, of those that are touched."""
    found = {str(one["unit"]): str(one["tone"]) for one in shapes if one["kind"] == "area" and one.get("unit")}
    if not exact and not found and analysis.document is not None:
        tones = {one["row"]: str(one["tone"]) for one in analysis.document["shapes"] if one.get("row") is not None}
        for index, pairs in reversed(list(enumerate(analysis.where))):
            if (tone := tones.get(index, "quiet")) != "quiet":
                found |= {uid: tone for uid, n in pairs if n}
    return found


def _over(analysis: Analysis, shapes: Sequence[Mapping[str, Any]]) -> Iterator[Shape]:
    """Yield circles, squares and points as outlines over the communes, the larger first so that none hides another."""
    sized = [one for one in shapes if one["kind"] in ("circle", "square", "point")]
    for index, one in enumerate(sorted(sized, key=lambda one: -_reach(one))):
        row = one.get("row")
        title = str(text_of(one.get("label") or "", _)) or str(TONES.get(str(one["tone"]), ""))
        where = where_of(analysis, row) if isinstance(row, int) else ""
        yield Shape(
            key=f"over-{index}",
            geometry=outline(one),
            label="",
            tone=f"site-{one['tone']}",
            title=f"{row + 1}. {title}" if isinstance(row, int) else title,
            value_text=where,
            href=f"#dong-{row + 1}" if isinstance(row, int) else "",
        )


def _reach(one: Mapping[str, Any]) -> float:
    if one["kind"] == "square":
        return float(one.get("side") or 0) / 2
    return max(float(one.get("radius") or 0), LEAST_SEEN)


def outline(one: Mapping[str, Any]) -> dict[str, Any]:
    """Return a circle or square (metres around degrees) as a GeoJSON polygon."""
    x, y, reach = float(one["x"]), float(one["y"]), _reach(one)
    high = reach / METRES_A_DEGREE
    wide = high / max(0.01, math.cos(math.radians(y)))
    if one["kind"] == "square":
        ring = [[x - wide, y - high], [x + wide, y - high], [x + wide, y + high], [x - wide, y + high]]
    else:
        turns = [2 * math.pi * step / CORNERS for step in range(CORNERS)]
        ring = [[x + wide * math.cos(turn), y + high * math.sin(turn)] for turn in turns]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def answer_charts(analysis: Analysis) -> list[Chart]:
    """Draw the curves of the answer: what was observed, what was expected, the bound of an alarm."""
    if analysis.document is None:
        return []
    curves = [one for one in analysis.document["curves"] if any(one["observed"])][:MOST_CURVES]
    beside = _("nơi so sánh") if analysis.question == Question.EVALUATE else _("thường lệ")
    return [_chart(one, beside) for one in text_of(curves, _, spots_of(analysis))]


def _chart(curve: Mapping[str, Any], beside: str) -> Chart:
    days = [date.fromisoformat(one) for one in curve["starts"]]
    form = {"day": "%d/%m", "week": "%d/%m/%y", "month": "%m/%Y"}[curve["step"]]
    header = {"day": _("Ngày"), "week": _("Tuần từ"), "month": _("Tháng")}[curve["step"]]
    series = [Series(_("đã xảy ra"), curve["observed"])]
    if curve["expected"]:
        series.append(Series(beside, [_short(one) for one in curve["expected"]]))
    if curve["upper"]:
        series.append(Series(_("mức báo động"), [_short(one) for one in curve["upper"]]))
    return line_chart(
        str(curve["label"]),
        [f"{day:{form}}" for day in days],
        series,
        header=header,
        note=" ".join(_notes(curve, days)),
    )


def _notes(curve: Mapping[str, Any], days: Sequence[date]) -> Iterator[str]:
    for first, end in curve["spans"]:
        yield _("Cụm: {first} đến trước {end}.").format(first=_day(first), end=_day(end))
    for on, words in curve["marks"]:
        yield f"{_day(on)}: {words}."
    if alarms := [f"{days[index]:%d/%m/%Y}" for index in curve["alarms"]]:
        yield _("Báo động: {days}.").format(days=", ".join(alarms[-6:]))


def _day(text: str) -> str:
    return f"{date.fromisoformat(text):%d/%m/%Y}"


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
