"""The privacy class of every field of this app (`core.privacy`)."""

from __future__ import annotations

from diaban.core.privacy import classed

# Counts of a commune, never a list: nobody can be named by them. What was written beside them may name somebody.
FIELDS = {
    "localities.Cycle": classed(
        internal="id year first_day last_day ruleset state settings opened_at computed_at closed_at"
    ),
    "localities.Declaration": classed(
        public="population population_as_of population_source",
        internal="id cycle unit persons_dependent persons_using persons exempt_substitution exempt_rehab "
        "exempt_post_rehab persons_exempt points gatherings arrested resident_offenders wanted_hiding plants plant_m2 "
        "route declared_at document",
        officer="declared_by",
    ),
    "localities.DeclarationChange": classed(
        internal="id declaration figure before after origin document adjustment batch at",
        officer="declared_by by",
        sensitive="reason",
    ),
    "localities.Standing": classed(
        internal="id cycle unit stage proposal digest brief ruleset computed_at proposed_class literal_class "
        "at_least_class conflict_count missing_count self_class self_digest self_at appraised_class appraised_digest "
        "appraised_at decision",
        officer="self_by self_in_name_of appraised_by appraised_in_name_of",
        sensitive="self_note appraisal_note",
    ),
    "localities.Decision": classed(
        public="number date decided_class listing",
        internal="id standing proposed_class proposal digest supersedes at",
        officer="by in_name_of",
        sensitive="reason",
    ),
}
