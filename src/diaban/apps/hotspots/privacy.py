"""The privacy class of every field of this app (`core.privacy`)."""

from __future__ import annotations

from diaban.core.privacy import classed

# A hot-spot or the place of an incident may be somebody's home: where it is and what it is called finds a person.
# Notes, reasons and evidence may tell of an offence by a person who can then be known (NĐ 356/2025 Đ4).
FIELDS = {
    "hotspots.Hotspot": classed(
        internal="id code province kind grade form unit behaviours lead_agency state detected_on listed_on "
        "eliminated_on removed_on reformed_on reformed_count watch_until merged_into created_at updated_at",
        personal="name address lon lat outline search name_sort",
        sensitive="basis note",
    ),
    "hotspots.HotspotStep": classed(
        internal="id hotspot seq verb from_state to_state from_unit unit from_kind kind grade on until stands undoes "
        "document target recorded_at recorded_on",
        officer="decider recorded_by",
        sensitive="reason evidence",
    ),
    "hotspots.Incident": classed(
        internal="id voided_at voided_on void_document code province on unit place_type kind source hotspot cases "
        "arrested prosecuted fined no_suspect created_at updated_at",
        officer="voided_by void_decider",
        personal="place lon lat",
        sensitive="note search void_reason",
    ),
    "hotspots.Seizure": classed(internal="id incident substance measure amount"),
    "hotspots.Route": classed(
        internal="id voided_at voided_on void_document code name reach mode decision_number decision_on valid_from "
        "valid_to line created_at updated_at",
        officer="voided_by void_decider",
        sensitive="note void_reason",
    ),
    "hotspots.RouteUnit": classed(internal="id route unit position valid_from valid_to"),
    "hotspots.ProvinceValue": classed(
        internal="id key value effective_from document recorded_at", officer="recorded_by"
    ),
}
