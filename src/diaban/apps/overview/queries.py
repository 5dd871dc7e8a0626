"""What the first page needs of the registers and of the yearly review, read once.

Everything is of what the reader sees: units out of sight are in no number, no map and no difference of numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from diaban.apps.access import Permission, Rights
from diaban.apps.hotspots import queries as hotspots
from diaban.apps.hotspots.models import HotspotStep
from diaban.apps.hotspots.queries.flows import standing_on
from diaban.apps.hotspots.queries.lives import workflow_on
from diaban.apps.localities import queries as localities
from diaban.apps.localities.models import Cycle
from diaban.apps.localities.queries.rules import Due
from diaban.apps.localities.queries.standings import Change, Near, Row
from diaban.apps.places import queries as places
from diaban.apps.places.scope import Scope
from diaban.core.lifecycle import Flow, Movement
from diaban.core.periods import Grain, Period, PeriodError, Regime

MOST_MARKS = 600


@dataclass(frozen=True, slots=True)
class Month:
    """One month and how many hot-spots entered the list and re-formed in it; None for a month that has not begun."""

    period: Period
    new: int | None
    reformed: int | None


@dataclass(frozen=True)
class Summary:
    """What is in sight on one day and over one period.

    `spots` is None for who does not see the register of spots and incidents. `cycle` is None when no review holds the
    period's last day, or for who does not see the review.
    """

    on: date
    today: date
    period: Period
    spots: hotspots.Overview | None
    before: Flow | None
    communes: tuple[places.Place, ...]
    cycle: Cycle | None
    rows: tuple[Row, ...]
    complete: localities.Completeness | None
    classes: Mapping[str, int]
    changes: tuple[Change, ...]
    near: tuple[Near, ...]
    deadlines: tuple[Due, ...]
    points: Mapping[int | None, int]

    @property
    def decided(self) -> int:
        """Return how many units have a decision in force."""
        return sum(bool(row.decided_class) for row in self.rows)

    @property
    def incomplete(self) -> int:
        """Return how many units have not declared every figure that the rule set asks for."""
        return self.complete.units - self.complete.complete_units if self.complete else 0

    @property
    def silent(self) -> int:
        """Return how many units have declared nothing."""
        return len(self.complete.silent) if self.complete else 0

    @property
    def in_conflict(self) -> int:
        """Return how many undecided units have a conflict that a person must settle."""
        return sum(row.standing.conflict_count > 0 and not row.decided_class for row in self.rows)

    @property
    def stale(self) -> int:
        """Return how many units' figures changed after the appraisal or the decision."""
        return sum(row.stale for row in self.rows)

    @property
    def is_empty(self) -> bool:
        """Return whether the register holds nothing and nobody has declared a figure yet."""
        listed = self.spots is not None and bool(self.spots.by_state)
        return not listed and not any(row.has_declared for row in self.rows)

    @property
    def only(self) -> places.Place | None:
        """Return the one unit that is in sight, None where there are several or none."""
        return self.communes[0] if len(self.communes) == 1 else None


def register_units(rights: Rights) -> frozenset[int] | None:
    """Return the units whose spots and incidents somebody sees; None without limit, nothing for who sees none."""
    spots, incidents = rights.units(Permission.HOTSPOT_VIEW), rights.units(Permission.INCIDENT_VIEW)
    return spots if incidents is None else incidents if spots is None else spots & incidents


def sees_register(rights: Rights) -> bool:
    """Tell whether somebody sees spots and incidents of any unit."""
    return rights.holds(Permission.HOTSPOT_VIEW) and rights.holds(Permission.INCIDENT_VIEW)


def summary(scope: Scope, rights: Rights) -> Summary:
    """Return the first page's figures for the scope; counts of places and cases, no persons' data."""
    on = min(scope.period.last_day, scope.today)
    seen, reviewed = register_units(rights), rights.units(Permission.REVIEW_VIEW)
    within = [place for place in places.area_places(on) if not scope.roots or place.id in scope.unit_ids]
    communes = tuple(
        place for place in within if seen is None or reviewed is None or place.id in seen or place.id in reviewed
    )
    whole = seen is None and not scope.roots
    ids = None if whole else [place.id for place in communes if seen is None or place.id in seen]
    cycle = localities.cycle_for(on) if rights.holds(Permission.REVIEW_VIEW) else None
    rows: tuple[Row, ...] = ()
    if cycle is not None:
        rows = tuple(row for row in _rows(cycle, reviewed) if not scope.roots or row.place.id in scope.unit_ids)
    registered = sees_register(rights)
    return Summary(
        on=on,
        today=scope.today,
        period=scope.period,
        spots=hotspots.overview_counts(on, scope.period.start, scope.period.end, ids) if registered else None,
        before=_flow_before(scope.regime, scope.period, ids) if registered else None,
        communes=communes,
        cycle=cycle,
        rows=rows,
        complete=localities.completeness(cycle, rows) if cycle else None,
        classes=localities.class_counts(cycle, rows) if cycle else {},
        changes=tuple(localities.changes(cycle, rows)) if cycle else (),
        near=tuple(localities.near_thresholds(cycle, rows)) if cycle else (),
        deadlines=tuple(localities.deadlines(cycle, scope.today)) if cycle else (),
        points=_points(on, cycle, seen) if registered else {},
    )


def _rows(cycle: Cycle, reviewed: frozenset[int] | None) -> list[Row]:
    return [row for row in localities.standings(cycle) if reviewed is None or row.place.id in reviewed]


def _points(on: date, cycle: Cycle | None, seen: frozenset[int] | None) -> dict[int | None, int]:
    counted = hotspots.existing_spots(on, units_on=cycle.last_day if cycle else on)
    return {unit: n for unit, n in counted.items() if seen is None or unit in seen}


def _flow_before(regime: Regime, period: Period, unit_ids: list[int] | None) -> Flow | None:
    """Return the flow of the period before, None where the regime has none."""
    try:
        earlier = regime.shift(period, -1)
    except PeriodError:
        return None
    return hotspots.flow_total(earlier.start, earlier.end, unit_ids=unit_ids)


def spots_on_map(found: Summary, scope: Scope, rights: Rights) -> list[HotspotStep]:
    """Return how each existing or watched hot-spot with a point stood on the day, at most `MOST_MARKS`.

    Each comes with its hot-spot and carries state and kind of that day, not of today.
    """
    if found.spots is None:
        return []
    workflow = workflow_on(found.on)
    states = [*workflow.existing_states, workflow.watched_state]
    steps = standing_on(found.on).filter(to_state__in=states, hotspot__lon__isnull=False)
    if scope.roots:
        steps = steps.filter(unit__in=hotspots.lying_in([place.id for place in found.communes], found.on))
    steps = rights.visible(steps, Permission.HOTSPOT_VIEW)
    return list(steps.select_related("hotspot").order_by("hotspot_id")[:MOST_MARKS])


def months(found: Summary, scope: Scope, rights: Rights) -> list[Month]:
    """Return the months of the year in which the period lies, with what moved in the register."""
    if found.spots is None:
        return []
    spans = scope.regime.inside(scope.regime.containing(found.on, Grain.YEAR), Grain.MONTH)
    seen = register_units(rights)
    units = (scope.unit_ids if seen is None else scope.unit_ids & seen) if scope.roots else seen
    spots = hotspots.hotspots_list(hotspots.HotspotFilter(on=found.on, unit_ids=units))
    by_day = hotspots.movements_by_day(spans[0].start, spans[-1].end, spots)
    kinds = {transition.verb: transition.movement for transition in workflow_on(found.on).transitions}

    def counted(span: Period, movement: Movement) -> int | None:
        if span.start > found.today:
            return None
        return sum(n for (day, verb), n in by_day.items() if day in span and kinds.get(verb) is movement)

    return [Month(span, counted(span, Movement.NEW), counted(span, Movement.REFORMED)) for span in spans]
