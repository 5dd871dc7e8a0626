"""Write events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from diaban.apps.audit.models import Event


class Actor(Protocol):
    """Whoever acts: a user, or the named process that acts for one."""

    def get_username(self) -> str: ...


def record(*, by: Actor, at: datetime, verb: str, subject: str, detail: Mapping[str, Any] | None = None) -> Event:
    """Write one event. Call it inside the transaction of the act itself."""
    return Event.objects.create(at=at, actor=by.get_username(), verb=verb, subject=subject, detail=dict(detail or {}))


def record_many(*, by: Actor, at: datetime, verb: str, items: Iterable[tuple[str, Mapping[str, Any]]]) -> int:
    """Write one event per `(subject, detail)` pair in bulk; return how many."""
    events = [
        Event(at=at, actor=by.get_username(), verb=verb, subject=subject, detail=dict(detail))
        for subject, detail in items
    ]
    Event.objects.bulk_create(events, batch_size=1000)
    return len(events)
