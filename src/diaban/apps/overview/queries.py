"""What the first page needs of the registers and of the yearly review, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

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
    """The area on one day and over one period. `cycle` is None when no review holds the period's last day."""

    on: date
    today: date
    period: Period
    spots: hotspots.Overview
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
        return not self.spots.by_state and not any(row.has_declared for row in self.rows)


def summary(scope: Scope) -> Summary:
    """Return the first page's figures for the scope; counts of places and cases, no persons' data."""
    on = min(scope.period.last_day, scope.today)
    communes = tuple(place for place in places.area_places(on) if not scope.roots or place.id in scope.unit_ids)
    ids = [place.id for place in communes] if scope.roots else None
    cycle = localities.cycle_for(on)
    rows: tuple[Row, ...] = ()
    if cycle is not None:
        rows = tuple(row for row in localities.standings(cycle) if not scope.roots or row.place.id in scope.unit_ids)
    return Summary(
        on=on,
        today=scope.today,
        period=scope.period,
        spots=hotspots.overview_counts(on, scope.period.start, scope.period.end, ids),
        before=_flow_before(scope.regime, scope.period, ids),
        communes=communes,
        cycle=cycle,
        rows=rows,
        complete=localities.completeness(cycle, rows) if cycle else None,
        classes=localities.class_counts(cycle, rows) if cycle else {},
        changes=tuple(localities.changes(cycle, rows)) if cycle else (),
        near=tuple(localities.near_thresholds(cycle, rows)) if cycle else (),
        deadlines=tuple(localities.deadlines(cycle, scope.today)) if cycle else (),
        points=hotspots.existing_spots(on, units_on=cycle.last_day if cycle else on),
    )


def _flow_before(regime: Regime, period: Period, unit_ids: list[int] | None) -> Flow | None:
    """Return the flow of the period before, None where the regime has none."""
    try:
        earlier = regime.shift(period, -1)
    except PeriodError:
        return None
    return hotspots.flow_total(earlier.start, earlier.end, unit_ids=unit_ids)


def spots_on_map(found: Summary, scope: Scope) -> list[HotspotStep]:
    """Return how each existing or watched hot-spot with a point stood on the day, at most `MOST_MARKS`.

    Each comes with its hot-spot and carries state and kind of that day, not of today.
    """
    workflow = workflow_on(found.on)
    states = [*workflow.existing_states, workflow.watched_state]
    steps = standing_on(found.on).filter(to_state__in=states, hotspot__lon__isnull=False)
    if scope.roots:
        steps = steps.filter(unit__in=hotspots.lying_in([place.id for place in found.communes], found.on))
    return list(steps.select_related("hotspot").order_by("hotspot_id")[:MOST_MARKS])


def months(found: Summary, scope: Scope) -> list[Month]:
    """Return the months of the year in which the period lies, with what moved in the register."""
    spans = scope.regime.inside(scope.regime.containing(found.on, Grain.YEAR), Grain.MONTH)
    units = scope.unit_ids if scope.roots else None
    spots = hotspots.hotspots_list(hotspots.HotspotFilter(on=found.on, unit_ids=units))
    by_day = hotspots.movements_by_day(spans[0].start, spans[-1].end, spots)
    kinds = {transition.verb: transition.movement for transition in workflow_on(found.on).transitions}

    def counted(span: Period, movement: Movement) -> int | None:
        if span.start > found.today:
            return None
        return sum(n for (day, verb), n in by_day.items() if day in span and kinds.get(verb) is movement)

    return [Month(span, counted(span, Movement.NEW), counted(span, Movement.REFORMED)) for span in spans]
