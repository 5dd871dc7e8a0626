"""Everything that changes the registers: keyword-only verbs, one transaction and one audit event each."""

from diaban.apps.hotspots.actions.bulk import (
    BulkRefused,
    BulkResult,
    bulk_upsert_hotspots,
    bulk_upsert_incidents,
    check_hotspot_rows,
    check_incident_rows,
    revert_hotspots,
    revert_incidents,
)
from diaban.apps.hotspots.actions.incidents import RecordRefused, edit_incident, record_incident
from diaban.apps.hotspots.actions.routes import crossed_by, edit_route, record_route, remove_route, route_problems
from diaban.apps.hotspots.actions.rows import HotspotRow, IncidentRow
from diaban.apps.hotspots.actions.spots import Decision, check_step, create_hotspot, edit_hotspot, take_step, undo_step
from diaban.apps.hotspots.actions.values import set_value
from diaban.apps.hotspots.actions.voiding import (
    restore_hotspot,
    restore_incident,
    restore_route,
    void_hotspot,
    void_incident,
    void_route,
)

__all__ = [
    "BulkRefused",
    "BulkResult",
    "Decision",
    "HotspotRow",
    "IncidentRow",
    "RecordRefused",
    "bulk_upsert_hotspots",
    "bulk_upsert_incidents",
    "check_hotspot_rows",
    "check_incident_rows",
    "check_step",
    "create_hotspot",
    "crossed_by",
    "edit_hotspot",
    "edit_incident",
    "edit_route",
    "record_incident",
    "record_route",
    "remove_route",
    "restore_hotspot",
    "restore_incident",
    "restore_route",
    "revert_hotspots",
    "revert_incidents",
    "route_problems",
    "set_value",
    "take_step",
    "undo_step",
    "void_hotspot",
    "void_incident",
    "void_route",
]
