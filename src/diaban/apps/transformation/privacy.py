"""The privacy class of every field of this app (`core.privacy`)."""

from __future__ import annotations

from diaban.core.privacy import classed

# The answers are the text of a plan: they speak of the place, and every agency that carries a part of it out reads
# them. Reasons of single steps are free words beside a record.
FIELDS = {
    "transformation.Transformation": classed(
        internal="id code unit choice table state baseline_cycle baseline_class baseline starts approved_number "
        "approved_on maintained_since closed_on created_at",
        officer="created_by",
    ),
    "transformation.Phase": classed(internal="id transformation code starts last_day"),
    "transformation.Answer": classed(internal="id transformation prompt text at", officer="by"),
    "transformation.Work": classed(internal="id transformation task phase"),
    "transformation.Comparison": classed(internal="id transformation unit distance"),
    "transformation.Passage": classed(
        internal="id transformation seq verb from_state to_state on document at",
        officer="by in_name_of",
        sensitive="reason",
    ),
}
