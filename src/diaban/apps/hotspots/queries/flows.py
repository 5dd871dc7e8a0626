"""The flow of a period out of sums in the database; the arithmetic is that of `core.lifecycle`."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet

from diaban.apps.hotspots.models import HotspotStep
from diaban.apps.hotspots.queries.lives import workflow_on
from diaban.apps.hotspots.queries.units import carried
from diaban.core.lifecycle import Flow, Standing, Workflow, moves
from diaban.core.lifecycle.flow import Group


def standing_on(day: date) -> QuerySet[HotspotStep]:
    """Return, for every hot-spot known by the end of `day`, the step that says how it stood then."""
    return HotspotStep.objects.filter(Q(until__isnull=True) | Q(until__gt=day), stands=True, on__lte=day)


def existing_on(day: date, workflow: Workflow) -> QuerySet[HotspotStep]:
    """Return the steps of the hot-spots that existed ("đang tồn tại") at the end of `day`."""
    return standing_on(day).filter(to_state__in=workflow.existing_states)


def flow_by_unit(
    start: date,
    end: date,
    *,
    kinds: Iterable[str] | None = None,
    units_on: date | None = None,
) -> dict[int | None, Flow]:
    """Return the flow in `[start, end)` for each unit of `units_on` (the period's last day when not given).

    Old units are carried to their successors, so that a reform of units is no movement. The key None holds the spots
    whose unit was divided and can no longer be told by lineage. `kinds`: only spots of these kinds.
    """
    last = end - timedelta(days=1)
    wanted = set(kinds) if kinds is not None else None
    heirs = carried(_units(start, end), units_on or last)

    def group(unit: str, kind: str) -> Hashable | None:
        return (heirs[int(unit)],) if wanted is None or kind in wanted else None

    return {_only(key): flow for key, flow in _flows(start, end, group).items()}


def flow_by_kind(start: date, end: date, *, unit_ids: Iterable[int] | None = None) -> dict[str, Flow]:
    """Return the flow in `[start, end)` for each kind; `unit_ids` are units of the period's last day."""
    within = _within(start, end, unit_ids)
    flows = _flows(start, end, lambda unit, kind: kind if within is None or int(unit) in within else None)
    return {str(kind): flow for kind, flow in flows.items()}


def flow_total(start: date, end: date, *, unit_ids: Iterable[int] | None = None) -> Flow:
    """Return the flow of all spots together: moves between their units cancel out."""
    within = _within(start, end, unit_ids)
    flows = _flows(start, end, lambda unit, _kind: True if within is None or int(unit) in within else None)
    return flows.get(True, Flow())


def _units(start: date, end: date) -> set[int]:
    rows = HotspotStep.objects.filter(Q(until__isnull=True) | Q(until__gte=start), stands=True, on__lt=end)
    units = set(rows.order_by().values_list("unit", flat=True).distinct())
    units.update(rows.order_by().filter(from_unit__isnull=False).values_list("from_unit", flat=True).distinct())
    return units


def _within(start: date, end: date, unit_ids: Iterable[int] | None) -> set[int] | None:
    if unit_ids is None:
        return None
    wanted = set(unit_ids)
    return {unit for unit, heir in carried(_units(start, end), end - timedelta(days=1)).items() if heir in wanted}


def _only(key: Hashable) -> int | None:
    assert isinstance(key, tuple)
    (unit,) = key
    return unit if unit is None else int(unit)


def _flows(start: date, end: date, group: Group) -> dict[Hashable, Flow]:
    workflow = workflow_on(end)
    flows: dict[Hashable, Flow] = {}
    for column, day in (("opening", start - timedelta(days=1)), ("closing", end - timedelta(days=1))):
        rows = existing_on(day, workflow).order_by().values_list("unit", "kind").annotate(n=Count("id"))
        for unit, kind, n in rows:
            key = group(str(unit), kind)
            if key is not None:
                flows.setdefault(key, Flow()).add(column, n)
    steps = HotspotStep.objects.filter(stands=True, on__gte=start, on__lt=end).order_by()
    fields = ("verb", "from_state", "from_unit", "from_kind", "to_state", "unit", "kind")
    for verb, from_state, from_unit, from_kind, to_state, unit, kind, n in steps.values_list(*fields).annotate(
        n=Count("id")
    ):
        before = Standing(from_state, str(from_unit or unit), from_kind)
        after = Standing(to_state, str(unit), kind)
        for key, column in moves(workflow, verb, before, after, group):
            flows.setdefault(key, Flow()).add(column, n)
    return flows
