"""The privacy class of every field of this app (`core.privacy`)."""

from __future__ import annotations

from diaban.core.privacy import classed

# An issued report is signed and sent out; the frozen figures behind it are counts.
FIELDS = {
    "reports.Letterhead": classed(
        internal="id effective_from parent issuer issuer_short symbol place addressee recipients archive authority "
        "position at",
        officer="signer approver by",
    ),
    "reports.Issue": classed(
        internal="id cycle issue document_number document_date digest content reason submission at",
        officer="snapshot submitted_by by in_name_of",
    ),
    "reports.Submission": classed(
        internal="id cycle turn state digest content at answered_at",
        officer="snapshot by in_name_of answered_by",
        sensitive="note reason remark",
    ),
}
