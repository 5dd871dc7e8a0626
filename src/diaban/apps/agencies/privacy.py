"""The privacy class of every field of this app (`core.privacy`)."""

from __future__ import annotations

from diaban.core.privacy import classed

# A post is an office and tells nobody's name; who holds it, and who gave it, is data of officers in office.
FIELDS = {
    "agencies.Agency": classed(
        public="code name short level line valid_from valid_to successor reference search name_sort",
        internal="id",
    ),
    "agencies.Post": classed(internal="id agency unit title heads ended_on created_at"),
    "agencies.Holding": classed(
        internal="id post start end given_at ended_at", officer="user document given_by ended_by"
    ),
    "agencies.Charge": classed(
        internal="id post unit hotspot start end document given_at ended_at", officer="given_by ended_by"
    ),
}
