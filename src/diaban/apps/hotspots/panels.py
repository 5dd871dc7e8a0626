"""What the page of a unit says of its last twelve months: incidents on its territory, whatever held it then."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from diaban.apps.access import Permission, rights_of
from diaban.apps.hotspots.asking import covers
from diaban.apps.hotspots.models import Source
from diaban.apps.hotspots.queries import both
from diaban.apps.hotspots.queries.series import Ask, SeriesTable, series
from diaban.apps.hotspots.queries.series_counts import MEASURES
from diaban.apps.places import queries as places
from diaban.apps.places.models import Unit
from diaban.apps.places.panels import Panel
from diaban.apps.places.scope import scope_of
from diaban.core.periods import Grain
from diaban.core.units import Quality
from diaban.core.units.territory import nearest_day
from diaban.ui.charts import sparkline

MONTHS = 12


def year_panel(request: HttpRequest, unit: Unit, on: date) -> Panel | None:
    """Return the unit's incidents of twelve months on its own boundaries; nothing where none is known or seen."""
    rights = rights_of(request)
    seen = rights.units(Permission.SERIES_VIEW)
    if seen is not None and unit.pk not in seen:
        return None
    scope = scope_of(request)
    held = places.known()
    if unit.uid not in held.register:
        return None
    day = nearest_day(held.register, unit.uid, on)
    last = scope.regime.containing(min(scope.period.last_day, scope.today), Grain.MONTH)
    rows = [
        place
        for place in places.units_below(unit, day) or [places.place(unit.pk, day)]
        if seen is None or place.id in seen
    ]
    within = both(places.scope_unit_ids(unit, day), seen)
    table = series(
        Ask(
            measure=MEASURES["vu_viec"],
            periods=tuple(scope.regime.shift(last, -back) for back in range(MONTHS - 1, -1, -1)),
            rows=tuple(rows),
            within=within,
            on=day,
            today=scope.today,
            seen=seen,
            sources_told=covers(rights.units(Permission.INCIDENT_VIEW), within),
        )
    )
    total = table.total
    values = [figure.amount if figure.known and figure.amount is not None else None for figure in total.figures]
    if not any(values) and not any(table.outside):
        return None
    label = gettext("Vụ việc 12 tháng đến %(period)s") % {"period": str(last.label)}
    plain = [None if value is None else round(float(value), 2) for value in values]
    given = {"don_vi": unit.uid, "ngay": day.isoformat()} if day != scope.today else {"don_vi": unit.uid}
    return Panel(
        "hotspots/series_panel.html",
        {
            "picture": SafeString(sparkline(plain, label, width=220, height=40)),
            "sum": total.whole.amount,
            "estimated": total.whole.quality is Quality.ESTIMATED,
            "apart": total.whole.quality is Quality.NOT_COMPARABLE,
            "outside": sum(table.outside),
            "sources": _sources(table),
            "by_source": [(str(Source(source).label), sum(counts)) for source, counts in table.by_source.items()],
            "last": last,
            "href": f"{reverse('hotspots:series')}?{urlencode(given)}",
        },
    )


def _sources(table: SeriesTable) -> list[str]:
    """Return the names of the other units, of other days, whose records went in."""
    held = places.known()
    rows = {line.uid for line in table.lines}
    found = {
        source
        for line in (*table.lines, *table.others)
        for number, figure in enumerate(line.figures)
        for source in figure.sources
        if source not in rows and table.recorded.get((source, number))
    }
    named = {held.register.spell(uid, nearest_day(held.register, uid, table.ask.on)).name for uid in found}
    return sorted(named)
