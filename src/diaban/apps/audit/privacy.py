"""The privacy class of every field of this app (`core.privacy`)."""

from __future__ import annotations

from diaban.core.privacy import classed

# The values before and after that an event keeps are as sensitive as the register that they stood in.
FIELDS = {
    "audit.Event": classed(internal="seq at kind verb subject purpose prev hash", officer="actor", sensitive="detail"),
    "audit.Head": classed(internal="id origin seq hash mark"),
    "audit.SignedCheckpoint": classed(internal="number origin seq hash at key signature"),
}
