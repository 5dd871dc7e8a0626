"""What an analysis looks at: incidents of its area, period, sources and kinds, each with its commune of today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from diaban.apps.access import Permission, Rights
from diaban.apps.analyses.models import Analysis
from diaban.apps.hotspots.models import Incident
from diaban.apps.hotspots.queries import UnitIds, both, carried, lying_in, of_units
from diaban.apps.places import queries as places
from diaban.apps.places.queries import Place


@dataclass(frozen=True, slots=True)
class Event:
    """One incident: its day, its place in degrees (None: not known), its commune on the last day (None: not one)."""

    on: date
    lon: float | None
    lat: float | None
    commune: int | None
    source: str
    kind: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """The events that can be used, in a fixed order, and how many could not be and why."""

    events: Sequence[Event]
    left_out: dict[str, int] = field(default_factory=dict)


def area_ids(unit_id: int | None, on: date) -> UnitIds:
    """Return the units of any day whose territory is the area of an analysis."""
    return places.area_unit_ids(on) if unit_id is None else lying_in([unit_id], on) | {unit_id}


def communes_of(analysis: Analysis) -> list[Place]:
    """Return the communes of the area on the last day of the period, by name."""
    on = analysis.last
    if analysis.unit is None:
        return places.area_places(on)
    below = places.units_below(analysis.unit, on)
    return sorted(below, key=lambda one: (one.order, one.code)) if below else [places.place(analysis.unit.pk, on)]


def gather(analysis: Analysis, rights: Rights) -> Gathered:
    """Return the incidents that count for the analysis, among those that somebody with these rights sees."""
    within = both(area_ids(analysis.unit_id, analysis.last), rights.units(Permission.INCIDENT_VIEW))
    rows = Incident.objects.filter(of_units(within), on__gte=analysis.first, on__lte=analysis.last)
    rows = rows.filter(source__in=analysis.source_codes)
    if analysis.kind_codes:
        rows = rows.filter(kind__in=analysis.kind_codes)
    told = list(rows.order_by("on", "pk").values_list("on", "lon", "lat", "unit", "source", "kind"))
    heirs = carried({unit for _on, _lon, _lat, unit, _source, _kind in told}, analysis.last)
    events = [Event(on, lon, lat, heirs[unit], source, kind) for on, lon, lat, unit, source, kind in told]
    return _usable(analysis, events)


def _usable(analysis: Analysis, events: Sequence[Event]) -> Gathered:
    if analysis.counted == analysis._meta.get_field("counted").default:
        kept = [one for one in events if one.lon is not None and one.lat is not None]
        lost = len(events) - len(kept)
        return Gathered(kept, {"no_place": lost} if lost else {})
    known = {place.id for place in communes_of(analysis)}
    kept = [one for one in events if one.commune in known]
    lost = len(events) - len(kept)
    return Gathered(kept, {"no_commune": lost} if lost else {})


def by_commune(events: Sequence[Event]) -> list[tuple[int, date, int]]:
    """Return (commune, day, count) in the order of communes and days."""
    counted = Counter((one.commune, one.on) for one in events if one.commune is not None)
    return [(commune, on, n) for (commune, on), n in sorted(counted.items()) if commune is not None]
