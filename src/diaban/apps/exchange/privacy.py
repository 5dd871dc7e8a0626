"""The privacy class of every field of this app (`core.privacy`)."""

from __future__ import annotations

from diaban.core.privacy import classed

# The rows of a file hold whatever its register holds, before any check: the strictest class of them all.
FIELDS = {
    "exchange.Batch": classed(
        internal="id number sheet file_name size sha256 options legacy at state run refusal offered_legacy sheet_name "
        "ignored new changed same error_rows problem_count units mode applied_at undone_at",
        officer="by applied_by undone_by",
    ),
    "exchange.BatchRow": classed(internal="id batch number action", sensitive="key before after act"),
    "exchange.BatchPart": classed(internal="id batch first last", sensitive="image"),
    "exchange.BatchProblem": classed(internal="id batch row column why accepted", sensitive="value"),
}
