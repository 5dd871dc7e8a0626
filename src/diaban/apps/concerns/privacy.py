"""The privacy class of every field of this app (`core.privacy`)."""

from __future__ import annotations

from diaban.core.privacy import classed

# Issues are about rules, means and co-operation, read by every agency that follows the plan: beside every field stands
# that no person is named in it.
FIELDS = {
    "concerns.Concern": classed(
        internal="id code unit raiser topic subject words document addressed clause task state final forwards "
        "raised_on receive_by due first_due first_answered_on answered_on closed_on created_at search",
        officer="raised_by",
    ),
    "concerns.ConcernStep": classed(
        internal="id concern seq verb from_state to_state on words document agency due recorded_at",
        officer="recorded_by",
    ),
}
