"""Reads of the registers. Days are half-open spans `[start, end)`; units are carried along their lineage."""

from diaban.apps.hotspots.queries.annex import flow_rows_for_annex, rows_for_annex
from diaban.apps.hotspots.queries.counts import (
    Overview,
    Plants,
    arrests_by_unit,
    existing_points,
    existing_spots,
    movements_by_day,
    overview_counts,
    plants_by_unit,
    routes_by_unit,
    seizure_totals,
)
from diaban.apps.hotspots.queries.flows import flow_by_kind, flow_by_unit, flow_total
from diaban.apps.hotspots.queries.lists import (
    HotspotFilter,
    IncidentFilter,
    hotspots_list,
    incidents_list,
    next_code,
    ordered_page,
    ordered_rows,
    routes_list,
)
from diaban.apps.hotspots.queries.lives import histories_of, history_of, settings_on, value_on, values_on
from diaban.apps.hotspots.queries.named import choose, find_spot, reference
from diaban.apps.hotspots.queries.units import carried, codes, lying_in, province_of, provinces_of

__all__ = [
    "HotspotFilter",
    "IncidentFilter",
    "Overview",
    "Plants",
    "arrests_by_unit",
    "carried",
    "choose",
    "codes",
    "existing_points",
    "existing_spots",
    "find_spot",
    "flow_by_kind",
    "flow_by_unit",
    "flow_rows_for_annex",
    "flow_total",
    "histories_of",
    "history_of",
    "hotspots_list",
    "incidents_list",
    "lying_in",
    "movements_by_day",
    "next_code",
    "ordered_page",
    "ordered_rows",
    "overview_counts",
    "plants_by_unit",
    "province_of",
    "provinces_of",
    "reference",
    "routes_by_unit",
    "routes_list",
    "rows_for_annex",
    "seizure_totals",
    "settings_on",
    "value_on",
    "values_on",
]
