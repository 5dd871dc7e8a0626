"""How answers are read on pages: sentences in the reader's language, cells as people write them, tones, methods."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from diaban.adapters.clock import today
from diaban.apps.analyses.models import Analysis, Counted
from diaban.apps.analyses.queries import findings_of
from diaban.apps.hotspots.models import IncidentKind, Source
from diaban.apps.places import queries as places
from diaban.apps.places.models import Unit
from diaban.catalogue.alerts_loader import table
from diaban.ui.formats import grouped

ALERT_TONES: Final = {"new": "warn", "looking": "wait", "real": "conflict", "unreal": "info", "closed": "closed"}
JOB_TONES: Final = {"queued": "wait", "running": "info", "done": "ok", "failed": "warn", "cancelled": "closed"}
LEVEL_TONES: Final = {"found": "warn", "nothing": "ok", "unsure": "wait", "caution": "wait"}
LEVELS: Final = {
    "found": gettext_lazy("Có phát hiện"),
    "nothing": gettext_lazy("Không thấy gì khác thường"),
    "unsure": gettext_lazy("Chưa đủ số liệu để kết luận"),
    "caution": gettext_lazy("Đọc kèm lưu ý"),
}
LEFT_OUT: Final = {
    "no_place": gettext_noop("{n} vụ không có tọa độ nên không tính được theo điểm."),
    "no_commune": gettext_noop("{n} vụ ở đơn vị đã chia nhiều nơi, không biết nay thuộc xã nào, nên không tính."),
}
POOLED: Final = gettext_noop(
    "Kết quả này gộp vụ do tuần tra phát hiện với vụ do người dân báo. Nơi tuần tra nhiều hơn sẽ có nhiều vụ hơn; "
    "hỏi riêng từng nguồn trước khi kết luận."
)
AROUND: Final = "quanh {spot}"  # how the engine tells a place of which it knows only the co-ordinates
SOMEWHERE: Final = gettext_noop("một khu vực")
ENGINES_POOLED: Final = "Các nguồn tin đang được gộp chung"  # with codes of sources; `POOLED` says it in words
_FOR_STATISTICIANS: Final = frozenset({"rank", "statistic"})  # in the files, not on the page
_OF_THE_COMMAND: Final = re.compile(r" ?\(--[a-z-]+\)| --[a-z-]+")
_POINTS: Final = frozenset({"x", "y", "lon", "lat", "centre", "center", "radius", "side"})


def text_of(value: Any, translate: Callable[[str], str], spots: Mapping[str, str] | None = None) -> Any:
    """Return a part of a document with its kept sentences as text in one language.

    `spots` holds the words for places that the engine can only tell by their co-ordinates (see `spots_of`).
    """
    if isinstance(value, dict):
        if set(value) == {"msgid", "params"}:
            if spots is not None and value["msgid"] == AROUND:
                return spots.get(str(value["params"].get("spot")), translate(SOMEWHERE))
            filled = {name: text_of(part, translate, spots) for name, part in value["params"].items()}
            return _OF_THE_COMMAND.sub("", translate(value["msgid"])).format_map(filled)
        return {name: text_of(part, translate, spots) for name, part in value.items()}
    if isinstance(value, list):
        return [text_of(part, translate, spots) for part in value]
    return spots.get(value, value) if spots and isinstance(value, str) else value


def spots_of(analysis: Analysis) -> dict[str, str]:
    """Return, for each place that an answer tells by its co-ordinates, the communes of the events there."""
    found = {str(code): str(label) for code, label in Source.choices}  # outcomes are told by the code of their source
    for index, row in enumerate(findings_of(analysis.document)):
        told = row.get("where")
        if isinstance(told, dict) and told.get("msgid") == AROUND:
            told = str(told["params"].get("spot"))
        if isinstance(told, str) and analysis.counted == Counted.POINTS:
            found[told] = where_of(analysis, index) or _(SOMEWHERE)
    return found


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the table: words, whether it is a figure, what it is called on a phone."""

    text: str
    num: bool
    label: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the findings: its cells, the communes of its events, its index, whether chance does not make it."""

    index: int
    cells: Sequence[Cell]
    where: str
    stands_out: bool


def _stands_out(one: Mapping[str, Any]) -> bool:
    """Tell whether chance alone does not make this row, and there was something in it: what a person may propose."""
    if "category" in one:
        category = str(one["category"])
        return category != "none" and not category.endswith("_cold") and bool(one.get("events"))
    return bool(one.get("significant") or one.get("hot"))


def cell_text(kind: str, value: Any) -> str:
    """Return a value as people write it."""
    if value is None:
        return "–"
    if kind == "day" and isinstance(value, str):
        return f"{date.fromisoformat(value):%d/%m/%Y}"
    if kind == "metres" and isinstance(value, int | float):
        return f"{grouped(value / 1000, 1)} km" if value >= 1000 else f"{grouped(round(value))} m"
    if kind == "share" and isinstance(value, int | float):
        return f"{grouped(value * 100, 1)} %"
    if kind == "p" and isinstance(value, int | float):
        return _p(value)
    if kind == "units" and isinstance(value, list):
        return ", ".join(_unit_name(str(one)) for one in value)
    if isinstance(value, bool):
        return _("có") if value else _("không")
    if isinstance(value, int):
        return grouped(value)
    if isinstance(value, float):
        return grouped(round(value), 0) if kind == "count" else grouped(value, 2)
    if isinstance(value, list):
        return ", ".join(cell_text("text", one) for one in value)
    return _unit_name(str(value))


def _p(value: float) -> str:
    places_shown = 3 if value >= 0.001 else 4 if value >= 0.0001 else 5
    return grouped(value, places_shown)


def _unit_name(text: str) -> str:
    """Return the name of the commune where a cell holds a uid, the text itself otherwise."""
    held = places.known()
    if "@" in text and text in held.ids:
        return places.place(held.ids[text], today()).name
    return text


def columns_of(document: Mapping[str, Any], *, exact: bool, every: bool = False) -> list[dict[str, Any]]:
    """Return the columns of a page, or `every` one for a file; those that tell exact places only with `exact`."""
    found: list[dict[str, Any]] = text_of(document["columns"], _)
    found = [one for one in found if every or one["key"] not in _FOR_STATISTICIANS]
    return [one for one in found if exact or not (set(one["key"].split("_")) & _POINTS)]


def rows_of(analysis: Analysis, *, exact: bool, every: bool = False) -> list[Row]:
    """Return the findings under `columns_of`."""
    if analysis.document is None:
        return []
    columns, spots = columns_of(analysis.document, exact=exact, every=every), spots_of(analysis)
    found = []
    for index, one in enumerate(findings_of(analysis.document)):
        cells = [
            Cell(
                cell_text(c["kind"], text_of(one.get(c["key"]), _, spots)),
                c["kind"] not in ("text", "units", "day"),
                c["label"],
            )
            for c in columns
        ]
        found.append(Row(index, cells, where_of(analysis, index), _stands_out(one)))
    return found


def where_of(analysis: Analysis, index: int, most: int = 4) -> str:
    """Return the communes of the events of one row, those with most events first; the nearest where it has none."""
    pairs = analysis.where[index] if index < len(analysis.where) else []
    if len(pairs) == 1 and pairs[0][1] == 0:
        return _("gần {unit}").format(unit=_unit_name(pairs[0][0]))
    names = [_unit_name(uid) for uid, _n in pairs[:most]]
    more = len(pairs) - most
    return ", ".join(names) + (_(" và {n} đơn vị khác").format(n=more) if more > 0 else "")


def sources_of(codes: Sequence[str]) -> str:
    """Return sources in words."""
    if set(codes) == set(Source.values):
        return _("mọi nguồn")
    return ", ".join(str(Source(one).label) for one in codes)


def kinds_of(codes: Sequence[str]) -> str:
    """Return kinds of incident in words."""
    return ", ".join(str(IncidentKind(one).label) for one in codes) or _("mọi loại")


def cautions_of(analysis: Analysis) -> list[str]:
    """Return what the answer does not say: the engine's cautions and those of the register's data."""
    told = analysis.document["cautions"] if analysis.document else []
    found = [text_of(one, _) for one in told if not str(one.get("msgid", "")).startswith(ENGINES_POOLED)]
    codes = set(analysis.source_codes)
    if Source.PATROL in codes and codes - {Source.PATROL}:
        found.insert(0, _(POOLED))
    found += [_(LEFT_OUT[why]).format(n=grouped(n)) for why, n in analysis.left_out.items() if why in LEFT_OUT]
    return found


def about_unit(analysis: Analysis) -> str:
    """Return the area in words."""
    if analysis.unit is None:
        return places.area_name(places.current_area()) or _("Cả địa bàn")
    return places.place(analysis.unit.pk, analysis.last).name


def settings_told(analysis: Analysis) -> list[tuple[str, str]]:
    """Return every setting with its value, as the engine names them: for who does it again."""
    return [(name, _plain(value)) for name, value in sorted(analysis.settings.items())]


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value) or "–"
    if isinstance(value, dict):
        return "; ".join(f"{name} = {_plain(one)}" for name, one in value.items())
    return "–" if value is None else str(value)


def method_pages(analysis: Analysis) -> list[str]:
    """Return the names of the pages of docs/methods that tell how the answer was worked out."""
    names = analysis.document.get("methods", []) if analysis.document else []
    return [f"docs/methods/{name}.md" for name in names]


def alert_state(code: str) -> str:
    """Return a state of an alert in words."""
    return _(table().state(code).title)


def unit_at(unit: Unit | None, on: date) -> str:
    """Return the name of a unit on a day; words for several."""
    return places.place(unit.pk, on).name if unit is not None else _("nhiều đơn vị")
