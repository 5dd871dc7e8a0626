"""Counts that feed the classification, the overview and the reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, QuerySet, Sum

from diaban.apps.hotspots.models import Hotspot, HotspotStep, Incident, Kind, Route, RouteUnit, Seizure
from diaban.apps.hotspots.queries.flows import existing_on, flow_total
from diaban.apps.hotspots.queries.lives import workflow_on
from diaban.apps.hotspots.queries.units import alive, carried, lying_in
from diaban.catalogue.substances_loader import plants as plant_codes
from diaban.core.lifecycle import Flow


@dataclass(frozen=True, slots=True)
class Plants:
    """Plants that contain narcotic substances, found or destroyed: number and area, never added together."""

    plants: int = 0
    m2: int = 0


@dataclass(frozen=True, slots=True)
class Overview:
    """What the register says on `on` and moved in the period. Counts of places, cases and arrests; no persons' data."""

    on: date
    existing_by_kind: Mapping[str, int]
    by_state: Mapping[str, int]
    flow: Flow
    watches_over: int  # watched spots whose period has run: to be taken off the list
    watches_without_term: int  # watched spots with no watch period set
    suspected_on_list: int  # existing spots still at the grade "nghi vấn"
    incidents: int
    incidents_by_source: Mapping[str, int]
    arrested: int | None  # None: no incident of the period reported it

    @property
    def existing(self) -> int:
        """How many spots exist on the day."""
        return sum(self.existing_by_kind.values())


def existing_points(on: date, unit_ids: Iterable[int] | None = None, *, units_on: date | None = None) -> dict[int, int]:
    """Return how many "điểm tổ chức, chứa chấp" existed at the end of `on`, by unit (QĐ 28/2025/QĐ-TTg, Điều 4 b).

    Units are those of `units_on` (default `on`): a spot listed in a commune that has merged since counts in its
    successor. Units without any are left out, as are spots whose unit was divided (see `existing_spots`, key None).
    """
    counts = existing_spots(on, kinds=[Kind.HARBOURING], units_on=units_on)
    wanted = set(unit_ids) if unit_ids is not None else None
    return {unit: n for unit, n in counts.items() if unit is not None and (wanted is None or unit in wanted)}


def existing_spots(
    on: date, *, kinds: Iterable[str] | None = None, units_on: date | None = None
) -> dict[int | None, int]:
    """Return how many spots of `kinds` (all when None) existed at the end of `on`, by unit of `units_on`."""
    rows = existing_on(on, workflow_on(on))
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    counted = rows.order_by().values_list("unit").annotate(n=Count("id"))
    return _carry(dict(counted), units_on or on)


def arrests_by_unit(
    start: date, end: date, unit_ids: Iterable[int] | None = None, *, units_on: date | None = None
) -> dict[int, int]:
    """Return the persons arrested on each unit's area in `[start, end)`, from the register of incidents.

    Only incidents that report the count; a unit without any is left out (missing, not zero).
    """
    rows = Incident.objects.filter(on__gte=start, on__lt=end, arrested__isnull=False)
    summed = dict(rows.order_by().values_list("unit").annotate(n=Sum("arrested")))
    return _wanted(_carry(summed, units_on or end - timedelta(days=1)), unit_ids)


def plants_by_unit(
    start: date, end: date, unit_ids: Iterable[int] | None = None, *, units_on: date | None = None
) -> dict[int, Plants]:
    """Return plants found or destroyed in `[start, end)` by unit: number of plants and square metres."""
    rows = Seizure.objects.filter(
        incident__voided_at__isnull=True,
        incident__on__gte=start,
        incident__on__lt=end,
        substance__in=plant_codes(),
        measure__in=("cay", "m2"),
    )
    number: dict[int, int] = {}
    area: dict[int, int] = {}
    for unit, measure, amount in (
        rows.order_by().values_list("incident__unit", "measure").annotate(amount=Sum("amount"))
    ):
        (number if measure == "cay" else area)[unit] = amount
    day = units_on or end - timedelta(days=1)
    numbers, areas = _wanted(_carry(number, day), unit_ids), _wanted(_carry(area, day), unit_ids)
    return {unit: Plants(numbers.get(unit, 0), areas.get(unit, 0)) for unit in numbers.keys() | areas.keys()}


def routes_by_unit(on: date) -> dict[int, str]:
    """Return "inter" or "intra" for each unit of `on` that a key route in force crosses; inter-province wins."""
    rows = RouteUnit.objects.filter(alive(on), alive(on, "route__"), route__voided_at__isnull=True).values_list(
        "unit", "route__reach"
    )
    pairs = list(rows)
    heirs = carried((unit for unit, _reach in pairs), on)
    found: dict[int, str] = {}
    for unit, reach in pairs:
        heir = heirs[unit]
        if heir is not None and found.get(heir) != Route.Reach.INTER:
            found[heir] = str(reach)
    return found


def movements_by_day(start: date, end: date, hotspots: QuerySet[Hotspot] | None = None) -> Counter[tuple[date, str]]:
    """Return how many steps with each verb took effect on each day of `[start, end)`, for the given spots."""
    steps = HotspotStep.objects.filter(stands=True, on__gte=start, on__lt=end)
    if hotspots is not None:
        steps = steps.filter(hotspot__in=hotspots.order_by().values("pk"))
    rows = steps.order_by().values_list("on", "verb").annotate(n=Count("id"))
    return Counter({(day, verb): n for day, verb, n in rows})


def seizure_totals(start: date, end: date, unit_ids: Iterable[int] | None = None) -> dict[tuple[str, str], int]:
    """Return what was seized in `[start, end)` by (substance, measure), in smallest units; measures stay apart."""
    rows = Seizure.objects.filter(incident__voided_at__isnull=True, incident__on__gte=start, incident__on__lt=end)
    if unit_ids is not None:
        rows = rows.filter(incident__unit__in=lying_in(unit_ids, end - timedelta(days=1)))
    summed = rows.order_by().values_list("substance", "measure").annotate(total=Sum("amount"))
    return {(substance, measure): total for substance, measure, total in summed}


def overview_counts(on: date, start: date, end: date, unit_ids: Iterable[int] | None = None) -> Overview:
    """Return the register's figures on `on` and over `[start, end)`; `unit_ids` are units of `on`, None = all."""
    workflow = workflow_on(on)
    spots = Hotspot.objects.exclude(state=workflow.voided_state)
    existing = existing_on(on, workflow)
    incidents = Incident.objects.filter(on__gte=start, on__lt=end)
    if unit_ids is not None:
        within = lying_in(unit_ids, on)
        spots, existing = spots.filter(unit__in=within), existing.filter(unit__in=within)
        incidents = incidents.filter(unit__in=within)
    watched = spots.filter(state=workflow.watched_state)
    sources = dict(incidents.order_by().values_list("source").annotate(n=Count("id")))
    return Overview(
        on=on,
        existing_by_kind=dict(existing.order_by().values_list("kind").annotate(n=Count("id"))),
        by_state=dict(spots.order_by().values_list("state").annotate(n=Count("id"))),
        flow=flow_total(start, end, unit_ids=unit_ids),
        watches_over=watched.filter(watch_until__lte=on).count(),
        watches_without_term=watched.filter(watch_until__isnull=True).count(),
        suspected_on_list=spots.filter(state__in=workflow.existing_states, grade="nghi_van").count(),
        incidents=sum(sources.values()),
        incidents_by_source=sources,
        arrested=incidents.aggregate(n=Sum("arrested"))["n"],
    )


def _carry(counts: Mapping[int, int], on: date) -> dict[int | None, int]:
    heirs = carried(counts, on)
    total: dict[int | None, int] = {}
    for unit, n in counts.items():
        total[heirs[unit]] = total.get(heirs[unit], 0) + int(n)
    return total


def _wanted(counts: Mapping[int | None, int], unit_ids: Iterable[int] | None) -> dict[int, int]:
    wanted = set(unit_ids) if unit_ids is not None else None
    return {unit: n for unit, n in counts.items() if unit is not None and (wanted is None or unit in wanted)}
