"""The privacy class of every field of this app (`core.privacy`)."""

from __future__ import annotations

from diaban.core.privacy import classed

# Places and counts. What was written beside them may name somebody, whatever the hint says.
FIELDS = {
    "choosing.WeightSet": classed(
        internal="id effective_from criteria weights document recorded_at",
        officer="recorded_by",
    ),
    "choosing.Dossier": classed(
        public="number date",
        internal="id code cycle title state working digest as_of proposed_at appraised_at decided_at supersedes",
        officer="proposed_by proposed_in_name_of appraised_by appraised_in_name_of decided_by decided_in_name_of",
        sensitive="note",
    ),
    "choosing.Choice": classed(
        internal="id dossier unit role place deviates comparison distance again",
        sensitive="reason",
    ),
    "choosing.DossierStep": classed(
        internal="id dossier seq verb from_state to_state digest at",
        officer="by in_name_of",
        sensitive="note",
    ),
}
