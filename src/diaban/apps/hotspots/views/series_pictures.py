"""A series as charts and as a map: small multiples on one scale, the total by source, the territory's change drawn."""

from __future__ import annotations

import math
from bisect import bisect_right

from django.db.models import Max, Min, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext

from diaban.apps.hotspots.models import Incident, Source
from diaban.apps.hotspots.queries.series import Amount, Figure, SeriesTable
from diaban.apps.hotspots.queries.series_counts import incidents_by_source
from diaban.apps.hotspots.views import series_cells as cells
from diaban.apps.places import queries as places
from diaban.apps.places.scope import Scope
from diaban.core.periods import Grain
from diaban.core.units import Quality
from diaban.ui.charts import Chart, CutOff, Panel, Series, column_chart, small_multiples
from diaban.ui.charts.model import Value
from diaban.ui.formats import day, grouped
from diaban.ui.svgmap import LegendItem, MapPicture, Shape, build_map

MOST_PANELS = 84
MOST_MONTHS = 36
STEPS = 4  # tones for what is not zero


def total_chart(table: SeriesTable, title: str) -> Chart:
    """Draw the recorded total through time, by source where a measure has sources, with the change of territory."""
    ask = table.ask
    known = [figure.known for figure in table.total.figures]
    if ask.measure.by_source and ask.sources_told:
        parts = [ask.source] if ask.source else [one for one in Source.values if one in table.by_source]
        series = [
            Series(str(Source(part).label), _known([*table.by_source.get(part, [0] * len(known))], known))
            for part in parts
        ]
    else:
        series = [Series(str(ask.measure.title), [_value(figure) for figure in table.total.figures])]
    note = gettext("Tổng là số đã ghi nhận, không phụ thuộc ranh giới.")
    if table.changes:
        note += " " + gettext("Địa giới thay đổi ngày %(days)s.") % {"days": cells.changes_words(table)}
    labels = [cells.short(period) for period in ask.periods]
    return column_chart(title, labels, series, header=gettext("Kỳ"), note=note, cut_off=_cut(table))


def unit_charts(table: SeriesTable, query: QueryDict) -> Chart | None:
    """Draw every unit by itself on one scale, the largest first; nothing for a single row."""
    if len(table.lines) < 2:
        return None
    lines = cells.ordered(table, "-cong")
    shown = lines[:MOST_PANELS]
    panels = []
    for line in shown:
        own = query.copy()
        own["don_vi"], own["xem"] = line.uid, "bang"
        panels.append(Panel(line.name, [_value(figure) for figure in line.figures], f"?{own.urlencode()}"))
    notes = [
        gettext("Cùng một thang; đơn vị nhiều nhất đứng trước. Ranh giới ngày %(day)s.") % {"day": day(table.ask.on)}
    ]
    if len(lines) > len(shown):
        notes.append(gettext("Chỉ vẽ %(n)s trong %(all)s đơn vị.") % {"n": len(shown), "all": len(lines)})
    tally = cells.tally(table)
    if tally["estimated"]:
        notes.append(gettext("%(n)s giá trị là ước tính (≈ trong bảng).") % {"n": tally["estimated"]})
    if tally["not_comparable"]:
        notes.append(gettext("%(n)s giá trị không so sánh được nên để trống.") % {"n": tally["not_comparable"]})
    title = gettext("%(measure)s theo đơn vị") % {"measure": str(table.ask.measure.title)}
    labels = [cells.short(period) for period in table.ask.periods]
    return small_multiples(title, labels, panels, header=gettext("Đơn vị"), note=" ".join(notes))


def period_map(table: SeriesTable, number: int, query: QueryDict) -> MapPicture:
    """Draw one period: the amount as fill, hatched where it is missing or not comparable, ≈ behind estimated names."""
    ask = table.ask
    drawn = places.outlines([place.id for place in ask.rows], ask.on)
    most = max((_number(line.figures[number]) or 0 for line in table.lines), default=0)
    shapes = []
    counts: dict[str, int] = {}
    for place, line in zip(ask.rows, table.lines, strict=True):
        if place.id not in drawn:
            continue
        figure = line.figures[number]
        tone = _tone(figure, most)
        counts[tone] = counts.get(tone, 0) + 1
        own = query.copy()
        own["don_vi"], own["xem"] = place.uid, "bang"
        guessed = figure.known and figure.quality is Quality.ESTIMATED
        shapes.append(
            Shape(
                key=place.uid,
                geometry=drawn[place.id].geometry,
                label=f"{place.name} ≈" if guessed else place.name,
                tone=tone,
                href=f"?{own.urlencode()}",
                title=place.name,
                value_text=_spoken(figure, str(ask.measure.noun)),
            )
        )
    kept = [drawn[place.id] for place in ask.rows if place.id in drawn]
    return build_map(
        shapes,
        legend=_legend(
            counts, most, whole=all(isinstance(line.figures[number].amount or 0, int) for line in table.lines)
        ),
        schematic=places.worst_quality(kept) == "schematic",
        source="; ".join(sorted({outline.source for outline in kept} - {""})[:2]),
        period_label=str(ask.periods[number].label),
        title=gettext("%(measure)s, %(period)s") % {"measure": ask.measure.title, "period": ask.periods[number].name},
    )


def incident_chart(rows: QuerySet[Incident], scope: Scope) -> Chart:
    """Draw these incidents by month of the regime, the sources stacked and named: the last `MOST_MONTHS` at most."""
    days = rows.aggregate(first=Min("on"), last=Max("on"))
    latest = scope.regime.containing(days["last"] or scope.today, Grain.MONTH)
    months = [latest]
    while months[0].start > (days["first"] or latest.start) and len(months) < MOST_MONTHS:
        months.insert(0, scope.regime.shift(months[0], -1))
    counts = incidents_by_source(rows.filter(on__gte=months[0].start), months)
    sources = [source for source in Source.values if source in counts]
    said = "; ".join(f"{Source(source).label} {grouped(sum(counts[source]))}" for source in sources)
    title = gettext("%(n)s tháng đến %(last)s: %(said)s") % {
        "n": len(months), "last": str(latest.label), "said": said or gettext("không có vụ việc"),
    }  # fmt: skip
    note = gettext("Mỗi nguồn một phần của cột; số trên cột là mọi nguồn. Chỉ tính các vụ việc theo bộ lọc.")
    if days["first"] and months[0].start > days["first"]:
        note += " " + gettext("Các vụ việc trước %(day)s không vẽ.") % {"day": day(months[0].start)}
    series = [Series(str(Source(source).label), counts[source]) for source in sources]
    return column_chart(title, [cells.short(month) for month in months], series, header=gettext("Tháng"), note=note)


def _value(figure: Figure) -> Value:
    if not figure.known or figure.amount is None or figure.quality is Quality.NOT_COMPARABLE:
        return None
    return _plain(figure.amount)


def _number(figure: Figure) -> float | None:
    value = _value(figure)
    return None if value is None else float(value)


def _plain(amount: Amount) -> int | float:
    return amount if isinstance(amount, int) else round(float(amount), 2)


def _known(amounts: list[Amount], known: list[bool]) -> list[Value]:
    return [_plain(amount) if there else None for amount, there in zip(amounts, known, strict=True)]


def _cut(table: SeriesTable) -> CutOff | None:
    """Return the last change of territory, at the edge of the period that it came nearest to."""
    if not table.changes:
        return None
    change = table.changes[-1]
    at = bisect_right([period.start for period in table.ask.periods], change) - 1
    period = table.ask.periods[at]
    first_half = change - period.start < period.end - change
    index = at - 1 if first_half else at
    return CutOff(index, gettext("địa giới mới %(day)s") % {"day": day(change)}) if index >= 0 else None


def _tone(figure: Figure, most: float) -> str:
    value = _number(figure)
    if value is None:
        return "step-missing"
    return f"step-{_step(value, most)}"


def _step(value: float, most: float) -> int:
    """Return 1 for nothing, 2 to 5 for equal parts of the way to the highest."""
    return 1 if value <= 0 else 2 + min(STEPS - 1, int(value * STEPS / max(most, STEPS) - 1e-9))


def _legend(counts: dict[str, int], most: float, *, whole: bool) -> list[LegendItem]:
    width = max(most, STEPS) / STEPS
    items = [LegendItem(gettext("không có"), "step-1", counts.get("step-1", 0))]
    for step in range(2, STEPS + 2):
        n = counts.get(f"step-{step}", 0)
        if n and whole:
            low, high = math.floor((step - 2) * width + 1e-9) + 1, math.floor((step - 1) * width + 1e-9)
            words = f"{low}" if low == high else f"{grouped(low)}–{grouped(high)}"
        else:
            words = gettext("trên %(low)s đến %(high)s") % {
                "low": grouped(round((step - 2) * width, 1)), "high": grouped(round((step - 1) * width, 1)),
            }  # fmt: skip
        if n:
            items.append(LegendItem(words, f"step-{step}", n))
    if counts.get("step-missing"):
        items.append(
            LegendItem(gettext("không so sánh được hoặc chưa có số liệu"), "step-missing", counts["step-missing"])
        )
    return items


def _spoken(figure: Figure, noun: str) -> str:
    words = cells.quality_words(figure)
    if _value(figure) is None:
        return words or gettext("chưa báo cáo")
    sign = "≈ " if figure.quality is Quality.ESTIMATED else ""
    said = f"{sign}{cells.written(figure.amount or 0)} {noun}"
    return f"{said} ({words})" if words else said
