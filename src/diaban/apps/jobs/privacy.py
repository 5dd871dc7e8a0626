"""The privacy class of every field of this app (`core.privacy`)."""

from __future__ import annotations

from diaban.core.privacy import classed

FIELDS = {
    "jobs.Run": classed(
        internal="id kind state done total message params address cancel_requested created_at heartbeat_at finished_at",
        officer="by",
    ),
}
