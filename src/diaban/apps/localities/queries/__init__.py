"""Reads of the yearly review. Lists take a fixed number of queries, however many units."""

from diaban.apps.localities.queries.annex import (
    completeness_for_annex,
    province_for_annex,
    rows_for_annex,
    workings,
)
from diaban.apps.localities.queries.filters import narrowed, sorted_rows
from diaban.apps.localities.queries.history import sources, timeline
from diaban.apps.localities.queries.inputs import form_codes, inputs_of, register_figures
from diaban.apps.localities.queries.province import Province, province_assessment
from diaban.apps.localities.queries.rules import class_label, deadlines, law_of, law_of_year, period_of_year
from diaban.apps.localities.queries.standings import (
    Change,
    Completeness,
    Near,
    Row,
    changes,
    class_counts,
    completeness,
    current_cycle,
    cycle_for,
    near_thresholds,
    stage_counts,
    standings,
    year_to_open,
)
from diaban.apps.localities.queries.territory import Previous, in_sight, previous_of, sees_all, units_of
from diaban.apps.localities.queries.waiting import waiting_for

__all__ = [
    "Change",
    "Completeness",
    "Near",
    "Previous",
    "Province",
    "Row",
    "changes",
    "class_counts",
    "class_label",
    "completeness",
    "completeness_for_annex",
    "current_cycle",
    "cycle_for",
    "deadlines",
    "form_codes",
    "in_sight",
    "inputs_of",
    "law_of",
    "law_of_year",
    "narrowed",
    "near_thresholds",
    "period_of_year",
    "previous_of",
    "province_assessment",
    "province_for_annex",
    "register_figures",
    "rows_for_annex",
    "sees_all",
    "sorted_rows",
    "sources",
    "stage_counts",
    "standings",
    "timeline",
    "units_of",
    "waiting_for",
    "workings",
    "year_to_open",
]
