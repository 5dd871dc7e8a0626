"""A review drawn: its map and its charts, from the same rows as its table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from diaban.apps.localities.models import Cycle, LocalityClass
from diaban.apps.localities.queries.rules import class_label, law_of
from diaban.apps.localities.queries.standings import Row
from diaban.apps.places import queries as places
from diaban.ui.charts import Bar, Chart, bar_chart
from diaban.ui.svgmap import LegendItem, MapPicture, Shape, build_map
from diaban.ui.templatetags.ui import short_class

SPECIAL_ZONE = "dac_khu"


def _legend(rows: Sequence[Row]) -> list[LegendItem]:
    counted = Counter(row.shown_class for row in rows)
    return [LegendItem(short_class(klass), f"class-{klass}", counted[klass]) for klass in LocalityClass.values]


def cycle_map(cycle: Cycle, shown: Sequence[Row], rows: Sequence[Row]) -> MapPicture:
    """Return the map of the rows shown; the other units of the review are only background."""
    outlines = places.outlines([row.place.id for row in rows], cycle.last_day)
    kept = {row.place.id for row in shown}
    law = law_of(cycle)
    shapes = []
    for row in rows:
        outline = outlines.get(row.place.id)
        if outline is None:
            continue
        inside = row.place.id in kept
        words = class_label(row.shown_class, law)
        shapes.append(
            Shape(
                key=row.place.uid,
                geometry=outline.geometry,
                label=row.place.name if inside else "",
                tone=f"class-{row.shown_class}" if inside else "context",
                href=reverse("localities:standing", args=[cycle.year, row.place.uid]) if inside else "",
                title=row.place.name,
                value_text=words if row.decided_class else _("{words} (đề xuất)").format(words=words),
            )
        )
    quality = {outline.quality for outline in outlines.values()}
    return build_map(
        shapes,
        legend=_legend(shown),
        schematic="schematic" in quality,
        source="; ".join(sorted({outline.source for outline in outlines.values() if outline.source})[:2]),
        period_label=f"{cycle.first_day:%d/%m/%Y}–{cycle.last_day:%d/%m/%Y}",
        inset_keys=[row.place.uid for row in rows if row.place.kind == SPECIAL_ZONE],
        title=_("Phân loại địa bàn năm {year}").format(year=cycle.year),
    )


def class_chart(cycle: Cycle, shown: Sequence[Row]) -> list[Chart]:
    """Return the number of units by class, and by last year's class where it can be set beside."""
    counted = Counter(row.shown_class for row in shown)
    heavy = sum(counted[klass] for klass in ("I", "II", "III"))
    bars = [
        Bar(
            short_class(klass),
            counted[klass],
            href=f"?loai={klass}&xem=bang",
            tone=f"class-{klass}",
        )
        for klass in LocalityClass.values
    ]
    charts = [
        bar_chart(
            _("{heavy} trên {n} đơn vị thuộc loại trọng điểm năm {year}").format(
                heavy=heavy, n=len(shown), year=cycle.year
            ),
            bars,
            headers=(_("Loại"), _("Số đơn vị")),
            note=_("Loại đã quyết định; nơi chưa quyết định thì theo đề xuất."),
        )
    ]
    before = Counter(row.previous.decided_class for row in shown if row.previous.decided_class)
    if before:
        comparable = sum(before.values())
        charts.append(
            bar_chart(
                _("Năm {year}: {n} đơn vị so sánh được").format(year=cycle.year - 1, n=comparable),
                [Bar(short_class(klass), before[klass], tone=f"class-{klass}") for klass in LocalityClass.values],
                headers=(_("Loại"), _("Số đơn vị")),
                note=_("{n} đơn vị không so sánh được hoặc chưa có quyết định năm trước.").format(
                    n=len(shown) - comparable
                ),
            )
        )
    return charts
