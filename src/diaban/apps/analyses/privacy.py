"""The privacy class of every field of this app (`core.privacy`)."""

from __future__ import annotations

from diaban.core.privacy import classed

# An answer holds counts, places and days of incidents, no words of theirs and no person. Exact points are shown to
# those who see the incidents; see `queries.sees_points`.
FIELDS = {
    "analyses.Analysis": classed(
        internal="id code question counted unit hotspot first last sources kinds settings wished_seed seed level "
        "headline document events left_out where digest repeats job weekly created_at answered_at",
        officer="asked_by",
    ),
    "analyses.Proposal": classed(internal="id analysis row hotspot made_at", officer="made_by"),
    "analyses.Alert": classed(
        internal="id code kind key unit hotspot analysis row headline observed expected state final raised_on "
        "checked_on closed_on created_at",
    ),
    "analyses.AlertStep": classed(
        internal="id alert seq verb from_state to_state on recorded_at", sensitive="words", officer="recorded_by"
    ),
    "analyses.AlarmRate": classed(internal="id false_alarms_per_year sources document set_at", officer="set_by"),
}
