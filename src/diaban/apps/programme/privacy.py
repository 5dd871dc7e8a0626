"""The privacy class of every field of this app (`core.privacy`)."""

from __future__ import annotations

from diaban.core.privacy import classed

# Work of agencies, never of a person: every free text carries the hint to write no names. Accounts of officers are.
FIELDS = {
    "programme.Task": classed(
        internal="id code ref kind state plan duty parent title words product lead unit from_above post phase starts "
        "due regime grain grace_days ends budget spent current clauses parties search created_at closed_reason",
        officer="created_by",
    ),
    "programme.TaskClause": classed(internal="id task clause"),
    "programme.TaskParty": classed(internal="id task agency"),
    "programme.Turn": classed(
        internal="id task seq label first_day last_day due first_due state final percent reported_on done_on",
        officer="reported_by",
    ),
    "programme.Step": classed(
        internal="id turn seq verb from_state to_state on percent spent words document recorded_at",
        officer="recorded_by in_name_of",
    ),
    "programme.Evidence": classed(
        internal="id turn kind words document document_on hotspot amount measure file_name file_type file_size "
        "file_digest file_data recorded_at withdrawn_at withdrawn_reason",
        officer="recorded_by withdrawn_by",
    ),
    "programme.Extension": classed(
        internal="id turn until reason asked_at decision granted_until decided_reason decided_at",
        officer="asked_by asked_in_name_of decided_by",
    ),
}
