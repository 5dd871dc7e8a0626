"""The privacy class of every field of this app (`core.privacy`)."""

from __future__ import annotations

from diaban.core.privacy import classed

# A plan is a public document once issued; the structure made of it, and the figures declared for it, are work.
FIELDS = {
    "plans.Plan": classed(
        public="code name kind starts ends",
        internal="id unit parent search created_at",
        officer="created_by",
    ),
    "plans.Version": classed(
        public="number date effective issuer signer field title",
        internal="id plan seq state bases text source digest notes in_force_from in_force_to reason read_at run",
        officer="read_by",
    ),
    "plans.Clause": classed(
        internal="id version stem parent position depth path mark text heading uncertain why readings first_char "
        "last_char status no_measure agencies"
    ),
    "plans.ClauseAgency": classed(internal="id clause agency name words"),
    "plans.Indicator": classed(
        public="code title measure kind numerator denominator source reference note", internal="id"
    ),
    "plans.Target": classed(
        internal="id clause indicator kind op value upper measure against by words reading uncertain status"
    ),
    "plans.Reported": classed(
        internal="id indicator unit first_day last_day numerator denominator document declared_at replaced_at",
        officer="declared_by",
    ),
    "plans.Duty": classed(
        internal="id clause title words lead lead_name others other_names also level due deadline regime grain product "
        "uncertain status"
    ),
    "plans.Edit": classed(internal="id version seq act path changes at undone_at", officer="by"),
}
