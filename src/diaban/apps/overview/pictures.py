"""The area drawn: its map with hot-spots over it, and its charts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaban.apps.hotspots.models import HotspotStep, Kind
from diaban.apps.hotspots.queries.lives import workflow_on
from diaban.apps.localities.models import LocalityClass
from diaban.apps.localities.queries.standings import Row
from diaban.apps.overview.queries import Month, Summary
from diaban.apps.places import queries as places
from diaban.ui.charts import Bar, Chart, Series, bar_chart, column_chart, stacked_chart
from diaban.ui.charts import Row as BarRow
from diaban.ui.formats import day, grouped
from diaban.ui.svgmap import LegendItem, MapPicture, Mark, Shape, build_map, fill_of, shape_of

SHORT = {
    "I": gettext_noop("Loại I"),
    "II": gettext_noop("Loại II"),
    "III": gettext_noop("Loại III"),
    "none": gettext_noop("Không thuộc loại"),
    "free": gettext_noop("Không ma túy"),
    "unknown": gettext_noop("Chưa xác định"),
}
FILLS = {
    "full": gettext_noop("Đang tồn tại"),
    "ring": gettext_noop("Tái phức tạp"),
    "half": gettext_noop("Đang theo dõi"),
}
MOST_BARS = 10


def short_class(klass: str) -> str:
    """Return the class in the few words that a map's legend has room for."""
    return _(SHORT[klass])


def area_map(found: Summary, steps: Sequence[HotspotStep]) -> MapPicture:
    """Draw the units by class (decided, else proposed) with the hot-spots of the day over them."""
    on = found.cycle.last_day if found.cycle else found.on
    by_unit = {row.place.id: row for row in found.rows}
    units = [row.place for row in found.rows] or list(found.communes)
    outlines = places.outlines([place.id for place in units], on)
    shapes = []
    for place in units:
        if place.id not in outlines:
            continue
        row = by_unit.get(place.id)
        href = reverse("localities:standing", args=[found.cycle.year, place.uid]) if found.cycle and row else ""
        klass = row.shown_class if row else LocalityClass.UNKNOWN.value
        shapes.append(
            Shape(
                key=place.uid,
                geometry=outlines[place.id].geometry,
                label=place.name,
                tone=f"class-{klass}",
                href=href,
                title=place.name,
                value_text=_value(row, found.points.get(place.id, 0) if found.spots is not None else None),
            )
        )
    far = places.far_units(outlines)
    qualities = {outline.quality for outline in outlines.values()}
    sources = sorted({outline.source for outline in outlines.values()} - {""})
    return build_map(
        shapes,
        [_mark(step) for step in steps],
        legend=[*_class_legend(found), *_mark_legend(steps)],
        schematic="schematic" in qualities,
        source="; ".join(sources[:2]),
        period_label=_("loại: %(year)s; điểm: ngày %(day)s")
        % {"year": found.cycle.year if found.cycle else "–", "day": day(found.on)},
        inset_keys=[place.uid for place in units if place.id in far],
        title=_("Bản đồ phân loại địa bàn và điểm, tụ điểm") if found.spots else _("Bản đồ phân loại địa bàn"),
    )


def _value(row: Row | None, points: int | None) -> str:
    parts = []
    if row is not None:
        words = short_class(row.shown_class)
        parts.append(words if row.decided_class else _("%s (đề xuất)") % words)
    if points is not None:
        parts.append(_("%s điểm, tụ điểm đang tồn tại") % grouped(points))
    return " · ".join(parts)


def _mark(step: HotspotStep) -> Mark:
    spot = step.hotspot
    return Mark(
        lon=spot.lon or 0.0,
        lat=spot.lat or 0.0,
        kind=step.kind,
        state=step.to_state,
        href=reverse("hotspots:detail", args=[spot.pk]),
        title=f"{spot.code} · {spot.name} · {Kind(step.kind).label}, {_state(step)}",
    )


def _state(step: HotspotStep) -> str:
    return _(workflow_on(step.on).state(step.to_state).title).lower()


def _class_legend(found: Summary) -> list[LegendItem]:
    return [LegendItem(short_class(klass), f"class-{klass}", n) for klass, n in found.classes.items() if n]


def _mark_legend(steps: Sequence[HotspotStep]) -> list[LegendItem]:
    kinds = Counter(step.kind for step in steps)
    fills = Counter(fill_of(step.to_state) for step in steps)
    items = [
        LegendItem(str(kind.label), n=kinds[kind.value], sign="mark", shape=shape_of(kind.value))
        for kind in Kind
        if kinds[kind.value]
    ]
    return items + [
        LegendItem(_(words), n=fills[fill], sign="mark", fill=fill) for fill, words in FILLS.items() if fills[fill]
    ]


def area_charts(found: Summary, months: Sequence[Month]) -> list[Chart]:
    """Return the charts of the page: movement by month, the classes beside last year's, where the spots are."""
    charts = [_months_chart(months)] if months else []
    if found.cycle is not None and len(found.rows) > 1:
        charts.append(_classes_chart(found))
    if found.spots is not None and found.spots.existing and found.only is None:
        charts.append(_places_chart(found, found.spots.existing))
    return charts


def _months_chart(months: Sequence[Month]) -> Chart:
    new, again = [month.new for month in months], [month.reformed for month in months]
    title = _("Từ đầu năm: %(new)s điểm mới, %(again)s lần tái phức tạp") % {
        "new": grouped(sum(n or 0 for n in new)),
        "again": grouped(sum(n or 0 for n in again)),
    }
    return column_chart(
        title,
        [f"T{month.period.index}" for month in months],
        [Series(_("Mới"), new), Series(_("Tái phức tạp"), again, "chart-4")],
        header=_("Tháng"),
        note=_("Tháng theo kỳ báo cáo; tháng chưa đến để trống."),
    )


def _classes_chart(found: Summary) -> Chart:
    assert found.cycle is not None
    klasses = [klass for klass in LocalityClass.values if klass != LocalityClass.UNKNOWN]
    comparable = [row for row in found.rows if row.previous.decided_class]
    before = Counter(row.previous.decided_class for row in comparable)
    after = Counter(row.shown_class for row in comparable)
    rows = [BarRow(_("Năm %s") % found.cycle.year, [found.classes[klass] for klass in klasses])]
    title = _("%(n)s xã trọng điểm trong năm %(year)s") % {
        "n": grouped(sum(found.classes[klass] for klass in ("I", "II", "III"))),
        "year": found.cycle.year,
    }
    if comparable:
        rows = [
            BarRow(_("Năm %s") % (found.cycle.year - 1), [before[klass] for klass in klasses]),
            BarRow(_("Năm %s") % found.cycle.year, [after[klass] for klass in klasses]),
        ]
        title = _("Xã loại I: %(before)s năm trước, %(after)s năm nay") % {"before": before["I"], "after": after["I"]}
    note = ""
    if len(comparable) < len(found.rows):
        note = _("Chỉ %(n)s trong %(all)s xã so sánh được với năm trước.") % {
            "n": grouped(len(comparable)),
            "all": grouped(len(found.rows)),
        }
    unknown = found.classes[LocalityClass.UNKNOWN]
    if unknown:
        note = f"{note} " + _("%s xã chưa xác định không có trong hình.") % grouped(unknown)
    return stacked_chart(
        title,
        rows,
        [short_class(klass) for klass in klasses],
        header=_("Năm"),
        tones=[f"class-{klass}" for klass in klasses],
        note=note,
    )


def _places_chart(found: Summary, existing: int) -> Chart:
    names = {place.id: place.name for place in found.communes}
    counted = sorted(
        ((n, names[unit]) for unit, n in found.points.items() if unit in names and n),
        key=lambda pair: (-pair[0], pair[1]),
    )
    shown = counted[:MOST_BARS]
    share = sum(n for n, _name in shown[:3])
    return bar_chart(
        _("Ba xã nhiều nhất giữ %(n)s trong %(all)s điểm, tụ điểm") % {"n": grouped(share), "all": grouped(existing)},
        [Bar(name, n) for n, name in shown],
        headers=(_("Xã, phường, đặc khu"), _("Điểm, tụ điểm đang tồn tại")),
        note=_("%s xã nhiều nhất.") % grouped(len(shown)),
    )
