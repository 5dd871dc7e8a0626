"""The annex "danh sách điểm, tụ điểm" of the dossier: its rows and its flow, as they stood at the period's end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q
from django.utils import translation

from diaban.apps.hotspots.models import Agency, Behaviour, HotspotStep, Kind
from diaban.apps.hotspots.queries.flows import flow_by_kind, standing_on
from diaban.apps.hotspots.queries.lives import workflow_on
from diaban.apps.hotspots.queries.units import carried, codes
from diaban.apps.places import queries as place_queries
from diaban.core.dossier import FlowRow, HotspotRow
from diaban.core.lifecycle import Movement

KIND_ORDER = {kind: place for place, kind in enumerate(reversed(Kind.values))}


def rows_for_annex(start: date, end: date, unit_ids: Iterable[int] | None = None) -> list[HotspotRow]:
    """Return the hot-spots that existed at the end of `[start, end)` or left the list during it, by unit and kind.

    Unit, kind and state are those of the period's last day; units are those of that day. In Vietnamese.
    """
    last = end - timedelta(days=1)
    workflow = workflow_on(last)
    leaving = [
        transition.verb
        for transition in workflow.transitions
        if transition.movement in (Movement.ELIMINATED, Movement.REMOVED)
    ]
    left = HotspotStep.objects.filter(stands=True, verb__in=leaving, on__gte=start, on__lte=last).values("hotspot")
    shown = standing_on(last).filter(Q(to_state__in=workflow.existing_states) | Q(hotspot__in=left))
    steps = list(shown.select_related("hotspot").order_by("hotspot__code", "pk"))
    heirs = carried({step.unit_id for step in steps}, last)
    if unit_ids is not None:
        wanted = set(unit_ids)
        steps = [step for step in steps if heirs[step.unit_id] in wanted]
    places = {step.unit_id: heirs[step.unit_id] or step.unit_id for step in steps}
    called, coded = place_queries.names(places.values(), last), codes(places.values(), last)
    again, ended = _so_far([step.hotspot_id for step in steps], last)
    steps.sort(key=lambda step: (coded.get(places[step.unit_id], ""), KIND_ORDER[step.kind], step.hotspot.code))
    with translation.override("vi"):
        return [
            HotspotRow(
                code=step.hotspot.code,
                name=step.hotspot.name,
                address=step.hotspot.address,
                unit_code=coded.get(places[step.unit_id], ""),
                unit_name=called.get(places[step.unit_id], ""),
                kind=str(Kind(step.kind).label),
                behaviours=", ".join(str(Behaviour(code).label) for code in step.hotspot.behaviour_codes),
                listed_on=step.hotspot.listed_on,
                basis=step.hotspot.basis,
                lead_agency=str(Agency(step.hotspot.lead_agency).label) if step.hotspot.lead_agency else "",
                state=workflow.state(step.to_state).title,
                eliminated_on=None if workflow.exists(step.to_state) else ended.get(step.hotspot_id),
                reformed=again.get(step.hotspot_id, 0),
            )
            for step in steps
        ]


def flow_rows_for_annex(start: date, end: date, unit_ids: Iterable[int] | None = None) -> list[FlowRow]:
    """Return the flow of `[start, end)` for every kind, kinds without any included. In Vietnamese."""
    flows = flow_by_kind(start, end, unit_ids=unit_ids)
    rows = []
    with translation.override("vi"):
        for kind in reversed(Kind.values):
            flow = flows.get(kind)
            label = str(Kind(kind).label)
            if flow is None:
                rows.append(FlowRow(label, 0, 0, 0, 0, 0, 0))
                continue
            moved = flow.moved_in + flow.reclassified_in - flow.moved_out - flow.reclassified_out - flow.merged
            rows.append(
                FlowRow(
                    kind=label,
                    opening=flow.opening,
                    new=flow.new,
                    reformed=flow.reformed,
                    eliminated=flow.eliminated,
                    removed=flow.removed,
                    closing=flow.closing,
                    moved=moved,
                )
            )
    return rows


def _so_far(hotspots: list[int], last: date) -> tuple[dict[int, int], dict[int, date]]:
    """Return how often each spot had re-formed, and when it was last eliminated, by the end of `last`."""
    again: dict[int, int] = {}
    ended: dict[int, date] = {}
    for start in range(0, len(hotspots), 5000):
        rows = HotspotStep.objects.filter(
            stands=True, verb__in=("reform", "eliminate"), on__lte=last, hotspot__in=hotspots[start : start + 5000]
        )
        for hotspot, verb, on in rows.order_by("hotspot", "seq").values_list("hotspot", "verb", "on"):
            if verb == "reform":
                again[hotspot] = again.get(hotspot, 0) + 1
            else:
                ended[hotspot] = on
    return again, ended
