"""The same query as a map and as a chart; the place of one hot-spot or one route."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop, ngettext

from diaban.apps.hotspots.models import Hotspot, Kind, Route
from diaban.apps.hotspots.queries import UnitIds, carried, movements_by_day
from diaban.apps.hotspots.queries.lives import workflow_on
from diaban.apps.places import queries as places
from diaban.apps.places.scope import Scope
from diaban.core.lifecycle import Movement
from diaban.core.periods import Grain
from diaban.ui.charts import Chart, Series, line_chart
from diaban.ui.svgmap import LegendItem, Line, MapPicture, Mark, Shape, build_map

MOST_MARKS = 600
SINGLY = 3  # more marks than these in one unit become one disc with their number, where several units are drawn
MONTHS = 12
STEPS = 5
FILLS = {
    "full": gettext_noop("đang tồn tại"),
    "ring": gettext_noop("tái phức tạp"),
    "half": gettext_noop("đã triệt xóa, theo dõi"),
    "empty": gettext_noop("đã ra khỏi sổ theo dõi"),
    "dash": gettext_noop("chưa xác minh"),
}


def count_map(
    request: HttpRequest,
    rows: QuerySet[Any],
    scope: Scope,
    *,
    noun: str,
    marks: Sequence[tuple[int, Mark]],
    seen: UnitIds,
) -> MapPicture:
    """Draw how many rows lie in each commune of the scope, with marks (by unit) over it.

    A click opens the table of the unit. A unit with many marks gets one disc that opens its own map. Communes that are
    not `seen` are drawn without a number: nothing is said of them, not even that there is none.
    """
    counted = dict(rows.order_by().values_list("unit").annotate(n=Count("pk")))
    heirs = carried(counted, scope.on)
    per_unit: Counter[int] = Counter()
    for unit, n in counted.items():
        if (heir := heirs[unit]) is not None:
            per_unit[heir] += n
    communes = scope.communes
    drawn = places.outlines((place.id for place in communes), scope.on)
    most = max(per_unit.values(), default=0)
    shapes = []
    for place in communes:
        if place.id not in drawn:
            continue
        if seen is not None and place.id not in seen:
            shapes.append(Shape(place.uid, drawn[place.id].geometry, label=place.name, title=place.name))
            continue
        query = request.GET.copy()
        query["don_vi"], query["xem"] = place.uid, "bang"
        query.pop("page", None)
        shapes.append(
            Shape(
                key=place.uid,
                geometry=drawn[place.id].geometry,
                label=place.name,
                tone=f"step-{_step(per_unit[place.id], most)}",
                href=f"{request.path}?{query.urlencode()}",
                title=place.name,
                value_text=f"{per_unit[place.id]} {noun}",
            )
        )
    signs = _gathered(request, marks, communes, scope, noun)
    qualities = {drawn[place.id].quality for place in communes if place.id in drawn}
    sources = sorted({drawn[place.id].source for place in communes if place.id in drawn} - {""})
    return build_map(
        shapes,
        signs,
        legend=[*_step_legend(most, noun), *_mark_legend([mark for _unit, mark in marks]), *_disc_legend(signs)],
        schematic="schematic" in qualities,
        source="; ".join(sources[:2]),
        title=gettext("Bản đồ theo đơn vị"),
    )


def _gathered(
    request: HttpRequest, marks: Sequence[tuple[int, Mark]], communes: Sequence[places.Place], scope: Scope, noun: str
) -> list[Mark]:
    """Return the marks, those of a crowded unit as one disc in their middle; all singly where one unit is drawn."""
    if len(communes) == 1:
        return [mark for _unit, mark in marks]
    heirs = carried({unit for unit, _mark in marks}, scope.on)
    by_unit: dict[int | None, list[Mark]] = {}
    for unit, mark in marks:
        by_unit.setdefault(heirs[unit], []).append(mark)
    of_id = {place.id: place for place in communes}
    found = []
    for heir, own in by_unit.items():
        if len(own) <= SINGLY or heir is None or heir not in of_id:
            found += own
            continue
        query = request.GET.copy()
        query["don_vi"], query["xem"] = of_id[heir].uid, "ban-do"
        query.pop("page", None)
        title = gettext("%(unit)s: %(n)s %(noun)s có tọa độ, mở bản đồ của đơn vị")
        found.append(
            Mark(
                lon=sum(mark.lon for mark in own) / len(own),
                lat=sum(mark.lat for mark in own) / len(own),
                kind="",
                state="",
                href=f"{request.path}?{query.urlencode()}",
                title=title % {"unit": of_id[heir].name, "n": len(own), "noun": noun},
                n=len(own),
            )
        )
    return found


def spot_marks(spots: QuerySet[Hotspot], scope: Scope) -> list[tuple[int, Mark]]:
    """Return a mark, with its unit, for each hot-spot that has a point: the latest changed, `MOST_MARKS` at most."""
    titles = {state.code: gettext(state.title) for state in workflow_on(scope.today).states}
    found = spots.filter(lon__isnull=False).order_by("-updated_at", "pk")[:MOST_MARKS]
    return [
        (
            unit,
            Mark(
                lon=lon,
                lat=lat,
                kind=kind,
                state=state,
                href=reverse("hotspots:detail", args=[pk]),
                title=f"{code} · {name} · {titles.get(state, state)}",
            ),
        )
        for pk, unit, code, name, kind, state, lon, lat in found.values_list(
            "pk", "unit", "code", "name", "kind", "state", "lon", "lat"
        )
        if lon is not None and lat is not None
    ]


def flow_chart(spots: QuerySet[Hotspot], scope: Scope) -> Chart:
    """Draw, by month of the regime, how many of these spots entered the list, were eliminated and re-formed."""
    last = scope.regime.containing(min(scope.period.last_day, scope.today), Grain.MONTH)
    months = [scope.regime.shift(last, -back) for back in range(MONTHS - 1, -1, -1)]
    days = movements_by_day(months[0].start, months[-1].end, spots)
    wanted = {
        Movement.NEW: gettext("Vào danh sách"),
        Movement.ELIMINATED: gettext("Triệt xóa"),
        Movement.REFORMED: gettext("Tái phức tạp"),
    }
    of_verb = {transition.verb: transition.movement for transition in workflow_on(scope.today).transitions}
    counts: dict[Movement, list[int]] = {movement: [0] * MONTHS for movement in wanted}
    for (day, verb), n in days.items():
        movement = of_verb.get(verb)
        if movement in counts:
            slot = next(at for at, month in enumerate(months) if day in month)
            counts[movement][slot] += n
    totals = {movement: sum(values) for movement, values in counts.items()}
    title = gettext("12 tháng: %(new)s vào danh sách, %(gone)s triệt xóa, %(again)s tái phức tạp") % {
        "new": totals[Movement.NEW],
        "gone": totals[Movement.ELIMINATED],
        "again": totals[Movement.REFORMED],
    }
    labels = [f"{month.index:02d}/{month.year}" for month in months]
    series = [Series(name, counts[movement]) for movement, name in wanted.items()]
    note = gettext("Tháng theo kỳ báo cáo %(first)s–%(last)s.") % {
        "first": f"{months[0].start:%d/%m/%Y}",
        "last": f"{months[-1].last_day:%d/%m/%Y}",
    }
    return line_chart(title, labels, series, header=gettext("Tháng"), note=note)


def spot_map(spot: Hotspot, scope: Scope) -> MapPicture | None:
    """Draw the unit of a hot-spot with its mark; None when neither is known."""
    heir = carried([spot.unit_id], scope.today)[spot.unit_id] or spot.unit_id
    drawn = places.outlines([heir], scope.today)
    if heir not in drawn:
        return None
    name = places.names([heir], scope.today)[heir]
    marks = []
    if spot.lon is not None and spot.lat is not None:
        marks = [Mark(spot.lon, spot.lat, spot.kind, spot.state, title=f"{spot.code} · {spot.name}")]
    shapes = [Shape(key=str(heir), geometry=drawn[heir].geometry, label=name, title=name)]
    legend = _mark_legend(marks)
    if spot.outline:
        title = gettext("Khu vực %(name)s") % {"name": spot.name}
        shapes.append(Shape(key=f"{heir}-khu-vuc", geometry=spot.outline, label="", tone="site", title=title))
        legend.append(LegendItem(gettext("Đường bao khu vực"), tone="site"))
    return build_map(
        shapes,
        marks,
        legend=legend,
        schematic=drawn[heir].quality == "schematic",
        source=drawn[heir].source,
        title=name,
    )


def route_map(routes: Mapping[Route, set[int]], scope: Scope) -> MapPicture:
    """Draw the communes of the scope, those crossed by a route darker, with the routes' lines over them."""
    crossed = {unit for units in routes.values() for unit in units}
    communes = scope.communes
    drawn = places.outlines((place.id for place in communes), scope.on)
    shapes = [
        Shape(
            key=place.uid,
            geometry=drawn[place.id].geometry,
            label=place.name,
            tone="step-3" if place.id in crossed else "step-1",
            title=place.name,
            value_text=gettext("nằm trên tuyến trọng điểm") if place.id in crossed else "",
        )
        for place in communes
        if place.id in drawn
    ]
    lines = [
        Line(
            [(lon, lat) for lon, lat in route.line],
            tone=route.reach,
            title=route.name,
            href=reverse("hotspots:route", args=[route.pk]),
        )
        for route in routes
        if len(route.line) > 1
    ]
    legend = [LegendItem(gettext("Đơn vị có tuyến đi qua"), tone="step-3", n=len(crossed))]
    legend += [
        LegendItem(str(reach.label), tone=reach.value, sign="line", n=sum(r.reach == reach for r in routes))
        for reach in Route.Reach
    ]
    return build_map(
        shapes,
        lines=lines,
        legend=legend,
        schematic=any(outline.quality == "schematic" for outline in drawn.values()),
        title=gettext("Bản đồ tuyến trọng điểm"),
    )


def _step(n: int, most: int) -> int:
    return 1 if n == 0 else 2 + (n - 1) * (STEPS - 1) // max(most, STEPS - 1)


def _step_legend(most: int, noun: str) -> list[LegendItem]:
    bounds: dict[int, list[int]] = {}
    for n in range(1, most + 1):
        bounds.setdefault(_step(n, most), []).append(n)
    none = LegendItem(gettext("không có"), tone="step-1")
    return [
        none,
        *(
            LegendItem(
                f"{group[0]} {noun}" if len(group) == 1 else f"{group[0]}–{group[-1]} {noun}", tone=f"step-{step}"
            )
            for step, group in bounds.items()
        ),
    ]


def _disc_legend(signs: Sequence[Mark]) -> list[LegendItem]:
    if not any(sign.n for sign in signs):
        return []
    return [LegendItem(gettext("nhiều dấu trong một đơn vị; bấm để mở bản đồ của đơn vị"), sign="disc")]


def _mark_legend(marks: list[Mark]) -> list[LegendItem]:
    kinds = Counter(mark.kind for mark in marks)
    items = [
        LegendItem(str(Kind(kind).label), sign="mark", shape=Mark(0, 0, kind, "listed").shape, n=n)
        for kind, n in sorted(kinds.items())
        if kind in Kind.values
    ]
    fills = Counter(mark.fill for mark in marks if mark.kind in Kind.values)
    items += [
        LegendItem(gettext(FILLS[fill]), sign="mark", shape="circle", fill=fill, n=fills[fill])
        for fill in FILLS
        if fills[fill]
    ]
    if len(marks) == MOST_MARKS:
        text = ngettext("Chỉ vẽ %(n)s dấu mới cập nhật nhất", "Chỉ vẽ %(n)s dấu mới cập nhật nhất", MOST_MARKS)
        items.append(LegendItem(text % {"n": MOST_MARKS}, sign="mark"))
    return items
