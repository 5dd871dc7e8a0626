"""The evidence of a locality: class and its working, hot-spots, twelve months by source. Within the reader's sight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from diaban.apps.access import Permission, Rights
from diaban.apps.hotspots import queries as hotspots
from diaban.apps.hotspots.models import Hotspot, Source
from diaban.apps.hotspots.queries.lives import workflow_on
from diaban.apps.hotspots.queries.series import Ask, Figure, series
from diaban.apps.hotspots.queries.series_counts import MEASURES
from diaban.apps.localities.models import Cycle
from diaban.apps.localities.queries import Row, standings
from diaban.apps.places import queries as places
from diaban.apps.transformation.models import Transformation
from diaban.catalogue.periods_loader import regime
from diaban.core.periods import Grain, Period

MONTHS: Final = 12
MOST_SPOTS: Final = 30


@dataclass(frozen=True, slots=True)
class Scan:
    """What is known of a locality. `spots` is None to whoever sees only how many there are.

    `by_source` holds, for each way of coming to be known, the incidents of the last twelve months; POOLED alone where
    the reader may not know the way.
    """

    cycle: Cycle | None
    row: Row | None
    months: tuple[Period, ...]
    by_source: dict[str, tuple[Figure, ...]]
    spots: tuple[Hotspot, ...] | None
    states: tuple[tuple[str, int], ...]
    more_spots: int


def scan_of(transformation: Transformation, rights: Rights, today: date) -> Scan:
    """Return the evidence of the transformation's locality today."""
    unit = transformation.unit_id
    cycle = Cycle.objects.filter(first_day__lte=today).order_by("-year").first()
    row = None
    if cycle is not None and rights.can(Permission.REVIEW_VIEW, unit=unit).allowed:
        row = next(iter(standings(cycle, [unit])), None)
    months = last_months(today)
    spots, states, more = _spots(unit, rights, today)
    return Scan(cycle, row, months, _incidents(unit, months, rights, today), spots, states, more)


def territory_of(units: Collection[int], on: date) -> frozenset[int]:
    """Return the ids of all units, of any day, whose territory lies in these of `on`; themselves included."""
    held = places.known()
    uids = tuple(sorted(held.uids[unit] for unit in units))
    return places.lying_in(held, uids, on, include_below=True) | frozenset(units)


def last_months(today: date) -> tuple[Period, ...]:
    """Return the twelve reporting months up to the one of `today`."""
    held = regime()
    found = [held.containing(today, Grain.MONTH)]
    while len(found) < MONTHS:
        found.append(held.shift(found[-1], -1))
    return tuple(reversed(found))


def _incidents(unit: int, months: tuple[Period, ...], rights: Rights, today: date) -> dict[str, tuple[Figure, ...]]:
    if not rights.can(Permission.SERIES_VIEW, unit=unit).allowed:
        return {}
    told = rights.can(Permission.INCIDENT_VIEW, unit=unit).allowed
    place = places.place(unit, today)
    within = territory_of([unit], today)
    found = {}
    for source in Source.values if told else [""]:
        ask = Ask(
            MEASURES["vu_viec"], months, (place,), within, today, today, source=source,
            seen=rights.units(Permission.SERIES_VIEW),
        )  # fmt: skip
        found[source] = series(ask).lines[0].figures
    return found


def _spots(
    unit: int, rights: Rights, today: date
) -> tuple[tuple[Hotspot, ...] | None, tuple[tuple[str, int], ...], int]:
    inside = territory_of([unit], today)
    rows = Hotspot.objects.filter(unit__in=inside)
    titles = {state.code: state.title for state in workflow_on(today).states}
    order = list(titles)
    counted = Counter(rows.values_list("state", flat=True))
    if not rights.can(Permission.SERIES_VIEW, unit=unit).allowed:
        counted = Counter()
    states = tuple((titles.get(code, code), counted[code]) for code in sorted(counted, key=order.index))
    if not rights.can(Permission.HOTSPOT_VIEW, unit=unit).allowed:
        return None, states, 0
    existing = hotspots.spots_seen(rights).filter(unit__in=inside).order_by("-reformed_count", "-listed_on", "pk")
    listed = existing.exclude(state__in=("voided", "merged", "moved", "unconfirmed"))
    return tuple(listed[:MOST_SPOTS]), states, max(listed.count() - MOST_SPOTS, 0)


def figures_now(unit: int, cycle: Cycle) -> dict[str, Any]:
    """Return the figures of a commune in a review as they are frozen when its plan is made."""
    row = next(iter(standings(cycle, [unit])), None)
    if row is None:
        return {}
    declared = row.declaration
    codes = ("population", "persons", "points", "arrested", "route")
    return {
        "proposed": row.standing.proposed_class,
        "decided": row.decided_class,
        "digest": row.standing.digest,
        **{code: getattr(declared, code, None) for code in codes},
    }
