"""The lists of the registers: filters, search without diacritics, order, one page at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

from django.db import connection
from django.db.models import Count, Model, Q, QuerySet

from diaban.apps.hotspots.models import Hotspot, HotspotStep, Incident, Route
from diaban.apps.hotspots.queries.lives import workflow_on
from diaban.apps.hotspots.queries.sight import UnitIds, of_units
from diaban.apps.hotspots.queries.units import alive
from diaban.apps.places.queries import names
from diaban.core.periods import Period
from diaban.core.text import fold, sort_key

Row = TypeVar("Row", bound=Model)

HOTSPOT_ORDERS: Final[dict[str, tuple[str, ...]]] = {
    "ma": ("code",),
    "ten": ("name_sort",),
    "don_vi": ("unit", "name_sort"),
    "loai": ("kind",),
    "trang_thai": ("state", "kind"),
    "ngay_vao": ("listed_on",),
    "ngay_triet_xoa": ("eliminated_on",),
    "tai": ("reformed_count",),
    "cap_nhat": ("updated_at",),
}
INCIDENT_ORDERS: Final[dict[str, tuple[str, ...]]] = {
    "ma": ("code",),
    "ngay": ("on",),
    "don_vi": ("unit", "on"),
    "loai": ("kind", "on"),
}


@dataclass(frozen=True, slots=True)
class HotspotFilter:
    """What a list of hot-spots is narrowed to. `unit_ids`: of any date, None = everywhere."""

    on: date
    text: str = ""
    unit_ids: UnitIds = None
    kinds: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    grade: str = ""
    listed_from: date | None = None
    listed_to: date | None = None  # last day, included
    reformed: bool = False
    watch_over: bool = False
    period: Period | None = None  # only what had a step in it


@dataclass(frozen=True, slots=True)
class IncidentFilter:
    """What a list of incidents is narrowed to; days are included on both sides."""

    on: date
    text: str = ""
    unit_ids: UnitIds = None
    kinds: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    hotspot_id: int | None = None
    no_suspect: bool = False
    voided: bool = False  # those recorded by mistake instead of those that count
    period: Period | None = None


def hotspots_list(filters: HotspotFilter) -> QuerySet[Hotspot]:
    """Return the hot-spots that fit, unordered (see `ordered_page`)."""
    found = Hotspot.objects.filter(_words(Hotspot, filters.text), of_units(filters.unit_ids))
    voided = workflow_on(filters.on).voided_state
    if voided not in filters.states:
        found = found.exclude(state=voided)
    if filters.period is not None:
        found = found.filter(pk__in=_moved_in(filters.period))
    if filters.kinds:
        found = found.filter(kind__in=filters.kinds)
    if filters.states:
        found = found.filter(state__in=filters.states)
    if filters.grade:
        found = found.filter(grade=filters.grade)
    if filters.listed_from:
        found = found.filter(listed_on__gte=filters.listed_from)
    if filters.listed_to:
        found = found.filter(listed_on__lte=filters.listed_to)
    if filters.reformed:
        found = found.filter(reformed_count__gt=0)
    if filters.watch_over:
        found = found.filter(state="watched", watch_until__lte=filters.on)
    return found


def incidents_list(filters: IncidentFilter) -> QuerySet[Incident]:
    """Return the incidents that fit, unordered (see `ordered_page`)."""
    found = Incident.everything.filter(_words(Incident, filters.text), of_units(filters.unit_ids))
    found = found.filter(voided_at__isnull=not filters.voided)
    if filters.period is not None:
        found = found.filter(on__gte=filters.period.start, on__lt=filters.period.end)
    if filters.kinds:
        found = found.filter(kind__in=filters.kinds)
    if filters.sources:
        found = found.filter(source__in=filters.sources)
    if filters.first:
        found = found.filter(on__gte=filters.first)
    if filters.last:
        found = found.filter(on__lte=filters.last)
    if filters.hotspot_id:
        found = found.filter(hotspot=filters.hotspot_id)
    if filters.no_suspect:
        found = found.filter(no_suspect=True)
    return found


def _moved_in(period: Period) -> QuerySet[HotspotStep, int]:
    """Return the ids of the spots with a step in the period: one span of an index, whatever the register's size."""
    steps = HotspotStep.objects.filter(stands=True, on__gte=period.start, on__lt=period.end)
    return steps.values_list("hotspot", flat=True)


def routes_list(
    routes: QuerySet[Route],
    on: date | None = None,
    reach: str = "",
    *,
    period: Period | None = None,
    voided: bool = False,
) -> QuerySet[Route]:
    """Return those of `routes` that the list shows, inter-province first: in force on `on`, or on a day of `period`.

    `routes` are those that the reader sees (`routes_seen`). `voided`: those recorded by mistake instead of those that
    count.
    """
    routes = routes.filter(voided_at__isnull=not voided)
    if period is not None:
        routes = routes.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=period.start), valid_from__lt=period.end)
    elif on is not None:
        routes = routes.filter(alive(on))
    if reach:
        routes = routes.filter(reach=reach)
    return routes.order_by("reach", "name", "code")


def ordered_page(
    rows: QuerySet[Row], sort: str, orders: Mapping[str, tuple[str, ...]], start: int, stop: int, on: date
) -> list[Row]:
    """Return rows `start` to `stop` in the order `sort`, empty values last.

    The page is found by keys alone and its rows are read afterwards, so that a deep page does not carry whole rows
    along; ordering by unit walks the units by name and skips those before the page.
    """
    return _read(rows, _keys(rows, sort, orders, start, stop, on))


def ordered_rows(
    rows: QuerySet[Row], sort: str, orders: Mapping[str, tuple[str, ...]], on: date, batch: int = 1000
) -> Iterator[Row]:
    """Yield every row in the order `sort`; the keys are read at once, the rows in batches."""
    keys = _keys(rows, sort, orders, 0, rows.count(), on)
    for start in range(0, len(keys), batch):
        yield from _read(rows, keys[start : start + batch])


def _read(rows: QuerySet[Row], keys: list[int]) -> list[Row]:
    by_key = rows.model._base_manager.in_bulk(keys)
    return [by_key[key] for key in keys if key in by_key]


def _keys(
    rows: QuerySet[Row], sort: str, orders: Mapping[str, tuple[str, ...]], start: int, stop: int, on: date
) -> list[int]:
    descending = sort.startswith("-")
    columns = orders[sort.lstrip("-")]
    if columns[0] == "unit":
        return _keys_by_unit(rows, columns[1], descending, start, stop, on)
    order = [f"-{column}" if descending else column for column in (*columns, "pk")]
    field = rows.model._meta.get_field(columns[0])
    if not getattr(field, "null", False):
        return list(rows.order_by(*order).values_list("pk", flat=True)[start:stop])
    # Empty values last, asked for apart: an index serves both parts on every database.
    filled, empty = (rows.filter(**{f"{columns[0]}__isnull": missing}) for missing in (False, True))
    n = filled.count()
    keys = list(filled.order_by(*order).values_list("pk", flat=True)[start:stop]) if start < n else []
    if stop > n:
        keys.extend(empty.order_by(order[-1]).values_list("pk", flat=True)[max(start - n, 0) : stop - n])
    return keys


def _keys_by_unit(rows: QuerySet[Row], then: str, descending: bool, start: int, stop: int, on: date) -> list[int]:
    counts = dict(rows.order_by().values_list("unit").annotate(n=Count("pk")))
    called = names(counts, on)
    units = sorted(counts, key=lambda unit: (sort_key(called.get(unit, "")), unit), reverse=descending)
    keys: list[int] = []
    for unit in units:
        if start < counts[unit] and stop > 0:
            inside = rows.filter(unit=unit).order_by(then, "pk").values_list("pk", flat=True)
            keys.extend(inside[max(start, 0) : min(stop, counts[unit])])
        start, stop = start - counts[unit], stop - counts[unit]
        if stop <= 0:
            break
    return keys


def _words(model: type[Hotspot] | type[Incident], text: str) -> Q:
    """Every word must occur, in any order, without regard to diacritics; the longest is looked for first."""
    wanted = Q()
    for word in sorted(fold(text).split(), key=len, reverse=True):
        wanted &= Q(search__contains=word)
    if wanted and connection.vendor == "sqlite":
        # SQLite would walk the wide rows in the list's order; asked apart, it reads the thin index.
        return Q(pk__in=model._base_manager.filter(wanted).values("pk"))
    return wanted


def next_code(prefix: str, model: type[Hotspot] | type[Incident]) -> str:
    """Return the first code after the last one that begins with `prefix`: "DTD-26506-0002".

    The whole register counts, whatever the province and void records too: units' codes were given anew in 2025, and a
    code must name one record.
    """
    taken = model._base_manager.filter(code__istartswith=f"{prefix}-").values_list("code", flat=True)
    tails = (code[len(prefix) + 1 :] for code in taken)
    return f"{prefix}-{max((int(tail) for tail in tails if tail.isdecimal()), default=0) + 1:04d}"
