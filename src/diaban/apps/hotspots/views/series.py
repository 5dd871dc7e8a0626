"""The page of figures through time on the boundaries of one day: table, charts, map, and the same as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_GET

from diaban.adapters.workbooks import ColumnSpec, SheetSpec
from diaban.adapters.workbooks import Kind as CellKind
from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.exchange.marks import HandOut, hand_out
from diaban.apps.hotspots.asking import BY_POPULATION, GRAINS, read_series
from diaban.apps.hotspots.models import Source
from diaban.apps.hotspots.queries.series import Amount, Figure, Line, SeriesTable, series
from diaban.apps.hotspots.queries.series_counts import MEASURES, moved_spots
from diaban.apps.hotspots.views import allowed
from diaban.apps.hotspots.views import series_cells as cells
from diaban.apps.hotspots.views import series_pictures as pictures
from diaban.apps.places import queries as places
from diaban.apps.places.scope import Scope, scope_of
from diaban.core.units import Quality
from diaban.core.units.territory import nearest_day
from diaban.ui.formats import day

VIEWS: Final = ("bang", "bieu-do", "ban-do")
PAGED_FROM, PAGE, PAGE_LEAST = 200, 100, 30
MOST_CELLS: Final = 4_000  # of one page: more is slow to draw and to read
MOST_SPOTS: Final = 200
OUTSIDE: Final = gettext_noop("Có thể thuộc đơn vị ngoài phạm vi (không cộng)")


@guard(Permission.SERIES_VIEW)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show the series that the address asks for."""
    scope = scope_of(request)
    asked = read_series(request.GET, scope, rights_of(request))
    table = series(asked.ask)
    view = request.GET.get("xem", "bang")
    view = view if view in VIEWS else "bang"
    context: dict[str, Any] = {
        "view": view,
        "table": table,
        "ask": asked.ask,
        "problems": asked.problems,
        "heading": cells.answer(table),
        "measures": MEASURES.values(),
        "grains": [(code, title) for code, (grain, title, _n) in GRAINS.items() if grain in scope.regime.grains],
        "grain": asked.grain,
        "offered": asked.offered,
        "sources": Source.choices,
        "source_label": str(Source(asked.ask.source).label) if asked.ask.source else "",
        "by_population": BY_POPULATION,
        "sort": request.GET.get("sort", "ten"),
        "query": request.GET.urlencode(),
        "tally": cells.tally(table),
        "ongoing": asked.ask.periods[-1].end > scope.today,
        "explained": _explained(request, table, scope),
    }
    if view == "bang":
        context |= _table(request, table)
    elif view == "bieu-do":
        context["chart"] = pictures.total_chart(table, cells.answer(table))
        context["units_chart"] = pictures.unit_charts(table, request.GET)
    else:
        context |= _map(request, table)
    return render(request, "hotspots/series.html", context)


def _table(request: HttpRequest, table: SeriesTable) -> dict[str, Any]:
    """Return the rows of the page asked for, drawn, and the rows under them."""
    links = cells.Links(table.ask, request.GET)
    lines = cells.ordered(table, request.GET.get("sort", "ten"))
    fitting = max(PAGE_LEAST, MOST_CELLS // len(table.ask.periods))
    size = min(PAGE, fitting) if len(lines) > min(PAGED_FROM, fitting) else max(len(lines), 1)
    page = Paginator(lines, size).get_page(request.GET.get("page"))
    context = {
        "page": page if page.paginator.num_pages > 1 else None,
        "columns": [(period.code, cells.short(period), period) for period in table.ask.periods],
        "rows": [_row(line, links) for line in page.object_list],
        "others": [_row(line, links) for line in table.others],
        "total": _row(table.total, links),
        "unplaced": _plain_row(table, table.unplaced),
        "outside": _plain_row(table, table.outside),
        "by_source": [
            (str(Source(source).label), _plain_row(table, amounts)) for source, amounts in table.by_source.items()
        ]
        if not table.ask.source
        else [],
    }
    return context


def _row(line: Line, links: cells.Links) -> dict[str, Any]:
    drawn = [cells.cell(figure, links.figure(line, number)) for number, figure in enumerate(line.figures)]
    # One string: a loop in the template over thousands of cells costs as much as drawing them.
    return {"line": line, "cells": SafeString("".join(drawn)), "whole": cells.cell(line.whole, links.whole(line))}


def _plain_row(table: SeriesTable, amounts: tuple[Amount, ...]) -> list[Any] | None:
    """Return a row of amounts with their sum; nothing where all are zero."""
    if not any(amounts):
        return None
    figures = [
        Figure(amount) if whole.known else whole for amount, whole in zip(amounts, table.total.figures, strict=True)
    ]
    whole = figures[-1] if table.ask.measure.stock else Figure(sum(amounts))
    return [cells.cell(figure, "") for figure in [*figures, whole]]


def _map(request: HttpRequest, table: SeriesTable) -> dict[str, Any]:
    """Return the map of the period chosen (the last finished one otherwise) and the periods to go to."""
    periods = table.ask.periods
    codes = [period.code for period in periods]
    asked = request.GET.get("ky_ban_do", "")
    done = [number for number, period in enumerate(periods) if period.end <= table.ask.today]
    number = codes.index(asked) if asked in codes else done[-1] if done else len(periods) - 1
    return {
        "map": pictures.period_map(table, number, request.GET),
        "steps": [(period.code, cells.short(period), at == number) for at, period in enumerate(periods)],
        "before": codes[number - 1] if number else "",
        "after": codes[number + 1] if number + 1 < len(codes) else "",
        "period": periods[number],
        "map_total": cells.cell(table.total.figures[number], ""),
    }


def _explained(request: HttpRequest, table: SeriesTable, scope: Scope) -> dict[str, Any] | None:
    """Return what one figure was put together from: the units that recorded it, or the hot-spots behind it."""
    uid, _sign, code = request.GET.get("o", "").rpartition("~")
    numbers = {period.code: number for number, period in enumerate(table.ask.periods)}
    line = next((one for one in (*table.lines, *table.others, table.total) if one.uid == uid), None)
    if line is None or code not in numbers:
        return None
    number = numbers[code]
    figure, period = line.figures[number], table.ask.periods[number]
    held = places.known()
    parts = [
        {
            "name": held.register.spell(source, nearest_day(held.register, source, period.last_day)).name,
            "n": table.recorded.get((source, number), 0),
            "href": _recorded_in(table, request, source, number),
        }
        for source in figure.sources
        if table.recorded.get((source, number), 0)
    ]
    spots: list[Any] = []
    if table.ask.measure.of_spots:
        within = {held.ids[source] for source in figure.sources} if uid else table.ask.within
        spots = [
            {"href": reverse("hotspots:detail", args=[pk]), "code": spot, "name": name, "on": on}
            for pk, spot, name, on, _unit in moved_spots(
                table.ask.measure, period, within, table.ask.today, allowed.seen(request, Permission.HOTSPOT_VIEW)
            )
        ] if within is None or within else []  # fmt: skip
    return {
        "name": line.name or scope.unit_name,
        "period": period,
        "cell": cells.cell(figure, ""),
        "words": cells.quality_words(figure),
        "estimated": figure.quality is Quality.ESTIMATED,
        "apart": figure.quality is Quality.NOT_COMPARABLE,
        "parts": parts,
        "spots": spots[:MOST_SPOTS],
        "more": max(0, len(spots) - MOST_SPOTS),
    }


def _recorded_in(table: SeriesTable, request: HttpRequest, uid: str, number: int) -> str:
    """Return the list of the incidents that one unit recorded in a period, on its own boundaries."""
    if table.ask.measure.of_spots or not table.ask.sources_told:
        return ""
    register = places.register()
    period = table.ask.periods[number]
    start, end = register.lifetime(uid)
    links = cells.Links(table.ask, request.GET)
    return links.incidents(
        uid, max(start, period.start), min(end or period.end, period.end), nearest_day(register, uid, period.last_day)
    )


@guard(Permission.SERIES_VIEW)
@require_GET
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """Send every row of the series in the order shown, with the quality of its figures, as XLSX or CSV."""
    scope = scope_of(request)
    table = series(read_series(request.GET, scope, rights_of(request)).ask)
    out = HandOut(
        register="series",
        spec=_spec(table),
        rows=_export_rows(table, request.GET.get("sort", "ten")),
        stem=f"chuoi-so-lieu-{table.ask.measure.code}",
        permission=Permission.SERIES_VIEW,
        back=reverse("hotspots:series"),
    )
    return hand_out(request, out, form)


def _spec(table: SeriesTable) -> SheetSpec:
    ask = table.ask
    on = gettext("ranh giới ngày %(day)s") % {"day": day(ask.on)}
    source = f" · {Source(ask.source).label}" if ask.source else f" · {gettext('mọi nguồn')}" * ask.measure.by_source
    columns = [
        ColumnSpec(code=f"don_vi_{ask.on:%Y_%m_%d}", title=f"{gettext('Đơn vị')} ({on})", width=34),
        ColumnSpec(code="ma", title=gettext("Mã"), kind=CellKind.CODE),
        *(
            ColumnSpec(code=f"ky_{period.code}", title=str(period.label), kind=CellKind.DECIMAL)
            for period in ask.periods
        ),
    ]
    if not ask.measure.stock:
        columns.append(ColumnSpec(code="cong", title=gettext("Cộng"), kind=CellKind.DECIMAL))
    columns.append(ColumnSpec(code="chat_luong", title=gettext("Chất lượng số liệu"), width=60, max_length=4000))
    return SheetSpec(
        code="series",
        title=f"{ask.measure.title}{source}",
        columns=tuple(columns),
        key=(columns[0].code,),
    )


def _export_rows(table: SeriesTable, sort: str) -> Iterator[dict[str, Any]]:
    for line in (*cells.ordered(table, sort), *table.others):
        yield _export_row(table, line.name, line.code, line.figures, line.whole)
    for name, amounts in ((gettext("Chưa phân bổ được"), table.unplaced), (gettext(OUTSIDE), table.outside)):
        if any(amounts):
            yield _amounts_row(table, name, amounts)
    total = table.total
    yield _export_row(table, gettext("Tổng đã ghi nhận"), "", total.figures, total.whole)
    if not table.ask.source:
        for source, amounts in table.by_source.items():
            yield _amounts_row(table, gettext("Trong đó: %(source)s") % {"source": Source(source).label}, amounts)


def _amounts_row(table: SeriesTable, name: str, amounts: tuple[Amount, ...]) -> dict[str, Any]:
    figures = tuple(
        Figure(amount) if total.known else total for amount, total in zip(amounts, table.total.figures, strict=True)
    )
    return _export_row(table, name, "", figures, Figure(sum(amounts)))


def _export_row(table: SeriesTable, name: str, code: str, figures: tuple[Figure, ...], whole: Figure) -> dict[str, Any]:
    row: dict[str, Any] = {f"don_vi_{table.ask.on:%Y_%m_%d}": name, "ma": code or None}
    by_words: dict[str, list[str]] = {}
    for period, figure in zip(table.ask.periods, figures, strict=True):
        row[f"ky_{period.code}"] = _out(figure)
        if words := cells.quality_words(figure):
            by_words.setdefault(words, []).append(cells.short(period))
    row["cong"] = _out(whole)
    told = "; ".join(f"{words}: {', '.join(periods)}" for words, periods in by_words.items())
    row["chat_luong"] = told or gettext("đúng như đã ghi nhận")
    return row


def _out(figure: Figure) -> Any:
    """Return the value of a cell; what is not comparable has none, its lower bound stands in words."""
    if not figure.known or figure.amount is None or figure.quality is Quality.NOT_COMPARABLE:
        return None
    return figure.amount if isinstance(figure.amount, int) else cells.decimal(figure.amount)
