"""A working as a page shows it: figures in words, places, ranges, what other weights would do. Live or frozen alike."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diaban.apps.choosing.queries.working import Working
from diaban.apps.localities.models import RouteKind
from diaban.catalogue.choosing_loader import criteria
from diaban.core.choosing import FULL, Criterion, ScaleKind
from diaban.core.text import sort_key
from diaban.ui.formats import grouped
from diaban.ui.templatetags.ui import short_class

MEASURES = {"points": "cuoi_ky", "reformed": "tai_phuc_tap", "reported": "vu_viec", "patrol": "vu_viec"}
FEATURES = {
    "class": gettext_lazy("loại"),
    "population": gettext_lazy("dân số"),
    "persons": gettext_lazy("người có hồ sơ"),
    "reported": gettext_lazy("vụ việc dân báo"),
    "trend": gettext_lazy("xu hướng vụ việc dân báo"),
}
ROUTES = {
    RouteKind.NONE.value: gettext_lazy("không"),
    RouteKind.INTRA.value: gettext_lazy("nội tỉnh"),
    RouteKind.INTER.value: gettext_lazy("liên tỉnh"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A criterion at the head of the table."""

    criterion: Criterion
    weight: int
    share: float  # of all weights

    @property
    def code(self) -> str:
        return self.criterion.code

    @property
    def short(self) -> str:
        return _(self.criterion.short)

    @property
    def title(self) -> str:
        return _(self.criterion.title)

    @property
    def head(self) -> str:
        """Return the short name with the weight, for the head of a column."""
        return f"{self.short} ×\u00a0{self.weight}"


@dataclass(frozen=True, slots=True)
class Shown:
    """One cell: the figure, its worth on the scale in words, what it adds to the score (of 100), its source."""

    column: Column
    text: str
    known: bool
    worth: str
    adds: str
    href: str


@dataclass(frozen=True, slots=True)
class RowShown:
    """One commune. Scores out of 100."""

    uid: str
    name: str
    place: int | None
    tied: int
    score: str
    low: str
    high: str
    best: int
    worst: int
    cells: tuple[Shown, ...]
    missing: tuple[str, ...]
    share: float | None
    span: str
    certain: str
    inside: bool
    scaled: Mapping[str, int | None]

    @property
    def ranged(self) -> bool:
        """Tell whether missing figures leave the score open."""
        return bool(self.missing)


def columns_of(working: Working) -> list[Column]:
    """Return the criteria of the working with its weights."""
    weights: Mapping[str, int] = working["weights"]
    total = sum(weights.values())
    return [Column(one, weights[one.code], weights[one.code] / total) for one in criteria(working["criteria"]).criteria]


def hundred(text: str | None) -> str:
    """Return a kept score out of 100, one decimal."""
    return "" if text is None else grouped(float(Fraction(text) * 100), 1)


def rows_of(working: Working, units: Collection[str] | None = None) -> list[RowShown]:
    """Return the rows in order of place; only those of `units` (uids) where given."""
    columns = columns_of(working)
    stability = {one["uid"]: one for one in working["sensitivity"]["stability"]}
    total = sum(working["weights"].values())
    series = reverse("hotspots:series")
    found = []
    for line in working["lines"]:
        if units is not None and line["uid"] not in units:
            continue
        other = stability.get(line["uid"])
        sources = _sources(working["year"], line["uid"], columns, series)
        found.append(
            RowShown(
                uid=line["uid"],
                name=line["name"],
                place=line["place"],
                tied=line["tied"],
                score=hundred(line["score"]),
                low=hundred(line["low"]),
                high=hundred(line["high"]),
                best=line["best"],
                worst=line["worst"],
                cells=tuple(_cell(line, column, total, sources[column.code]) for column in columns),
                missing=tuple(column.short for column in columns if column.code in line["missing"]),
                share=other["share"] if other else None,
                span=f"{other['low']}–{other['high']}" if other else "",
                certain=other["certain"] if other else "",
                inside=bool(line["place"] and line["place"] <= working["k"]),
                scaled=line["scaled"],
            )
        )
    return found


def sorted_rows(rows: list[RowShown], sort: str) -> list[RowShown]:
    """Return the rows by `name`, `place`, `share` or a criterion; "-" turns it round, what is missing stays last."""
    name, back = sort.lstrip("-"), sort.startswith("-")
    if name == "name":
        return sorted(rows, key=lambda row: sort_key(row.name), reverse=back)
    values: dict[str, float | None] = {}
    for row in rows:
        values[row.uid] = {"place": row.place, "share": row.share}.get(name, row.scaled.get(name))
    known = [row for row in rows if values[row.uid] is not None]
    known.sort(key=lambda row: values[row.uid] or 0, reverse=back)
    return known + [row for row in rows if values[row.uid] is None]


def _cell(line: Mapping[str, Any], column: Column, total: int, href: str) -> Shown:
    raw, scaled = line["raw"][column.code], line["scaled"][column.code]
    if raw is None:
        return Shown(column, _("chưa có số"), False, "", "", href)
    adds = Fraction(scaled * column.weight * 100, FULL * total)
    worth = _("%(w)s trên 100 của thang") % {"w": grouped(scaled / 10, 0)}
    return Shown(column, figure(column.criterion, raw), True, worth, grouped(float(adds), 1), href)


def figure(criterion: Criterion, raw: str) -> str:
    """Return a kept figure in words."""
    if criterion.scale.kind is ScaleKind.CODES:
        return str(ROUTES[raw]) if raw in ROUTES and criterion.code == "route" else short_class(raw)
    value = Fraction(raw)
    return grouped(int(value)) if value.denominator == 1 else grouped(float(value), 1)


def _sources(year: int, uid: str, columns: Iterable[Column], series: str) -> dict[str, str]:
    """Return where each figure of a unit comes from, by criterion; most come from one page."""
    declared = f"{reverse('localities:standing', args=[year, uid])}#so-lieu"
    return {one.code: _counted(year, uid, one.code, series) if one.code in MEASURES else declared for one in columns}


def _counted(year: int, uid: str, code: str, series: str) -> str:
    query = {"so_lieu": MEASURES[code], "don_vi": uid, "loai_ky": "nam", "den_ky": str(year)}
    query["tu_ky"] = str(year - 2 if code == "reformed" else year)
    if code == "patrol":
        query["nguon"] = "patrol"
    return f"{series}?{urlencode(query)}"


@dataclass(frozen=True, slots=True)
class HoldShown:
    """How far one weight may move before the first k change, and who changes then."""

    column: Column
    low: int
    high: int
    below: str
    above: str
    swap: int | None


def holds_of(working: Working) -> list[HoldShown]:
    """Return what each single weight may be without changing the choice."""
    names = {line["uid"]: line["name"] for line in working["lines"]}
    swaps = {one["code"]: one["at"] for one in working["sensitivity"]["swaps"]}
    by_code = {column.code: column for column in columns_of(working)}
    return [
        HoldShown(
            by_code[one["code"]],
            one["low"],
            one["high"],
            _change(one["below"], names),
            _change(one["above"], names),
            swaps.get(one["code"]),
        )
        for one in working["sensitivity"]["holds"]
    ]


def _change(change: list[list[str]] | None, names: Mapping[str, str]) -> str:
    if change is None:
        return ""
    gone, come = (", ".join(names[uid] for uid in part) for part in change)
    if gone and come:
        return _("{come} vào thay {gone}").format(come=come, gone=gone)
    return _("{come} vào thêm").format(come=come) if come else _("{gone} ra").format(gone=gone)


@dataclass(frozen=True, slots=True)
class PairShown:
    """A chosen commune beside one to compare with."""

    chosen: str
    chosen_name: str
    other: str
    other_name: str
    distance: float | None
    close: bool
    shared: int
    gaps: str
    again: bool
    nearest: tuple[tuple[str, str, float], ...]


def pairs_of(working: Working) -> list[PairShown]:
    """Return the comparisons of the working, one line for each chosen commune that has one."""
    names = {line["uid"]: line["name"] for line in working["lines"]}
    near = float(Fraction(working["near"]))
    return [
        PairShown(
            one["chosen"],
            names[one["chosen"]],
            one["other"],
            names[one["other"]],
            one["distance"],
            one["distance"] <= near,
            one["shared"],
            "; ".join(f"{FEATURES.get(code, code)} {signed(gap)}" for code, gap in one["gaps"].items()),
            one["again"],
            tuple(
                (other["other"], names[other["other"]], other["distance"])
                for other in working["nearest"].get(one["chosen"], ())
            ),
        )
        for one in working["pairs"]
    ]


def signed(gap: float) -> str:
    """Return a difference in standard deviations with its sign."""
    return ("+" if gap > 0 else "") + grouped(gap, 1)
