"""What a history makes of a hot-spot's row, and the rows its log lines become."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from diaban.adapters.clock import VIETNAM
from diaban.apps.accounts.models import User
from diaban.apps.hotspots.models import Hotspot, HotspotStep
from diaban.core.lifecycle import Entry, History, Movement, Settings, add_months
from diaban.core.text import fold, sort_key

PROJECTED = (
    "state",
    "kind",
    "grade",
    "unit_id",
    "detected_on",
    "listed_on",
    "eliminated_on",
    "removed_on",
    "reformed_on",
    "reformed_count",
    "watch_until",
    "basis",
)


def day_of(at: datetime) -> date:
    """Return the calendar day in Vietnam of the moment `at`."""
    return at.astimezone(VIETNAM).date()


def searchable(*texts: str) -> str:
    """Return what the search column of a row holds."""
    return " ".join(filter(None, map(fold, texts)))


def project(spot: Hotspot, history: History, settings: Settings) -> None:
    """Set on `spot` everything that its history says; the caller saves it."""
    listing = next((e for e in history.effective if history.workflow.exists(e.to_state)), None)
    existing = history.workflow.exists(history.state)
    removed = history.state == "removed"
    spot.state = history.state
    spot.kind = history.kind
    spot.grade = history.grade
    spot.unit_id = int(history.unit)
    if detected := next((e for e in history.effective if e.step.verb == "detect"), None):
        spot.detected_on = detected.step.on
    spot.listed_on = listing.step.on if listing else None
    spot.basis = listing.step.document if listing else ""
    spot.eliminated_on = None if existing else _latest(history, {Movement.ELIMINATED})
    spot.removed_on = _latest(history, {Movement.REMOVED, Movement.NONE}, to_state="removed") if removed else None
    spot.reformed_on = _latest(history, {Movement.REFORMED})
    spot.reformed_count = history.reformations
    since = history.watched_since
    months = settings.watch_months
    spot.watch_until = add_months(since, months) if since is not None and months is not None else None


def describe(spot: Hotspot) -> None:
    """Set the columns that search and order by name work on."""
    spot.search = searchable(spot.code, spot.name, spot.address)[:560]
    spot.name_sort = sort_key(spot.name)[:900]


def row_of(spot: Hotspot, history: History, entry: Entry, *, by: User, at: datetime) -> HotspotStep:
    """Return the unsaved row of `entry`, with its span as the history has it."""
    previous = next((e for e in reversed(history.effective) if e.seq < entry.seq), None)
    following = next((e for e in history.effective if e.seq > entry.seq), None)
    stands = entry in history.effective
    return HotspotStep(
        hotspot=spot,
        seq=entry.seq,
        verb=entry.step.verb,
        from_state=entry.from_state,
        to_state=entry.to_state,
        from_unit_id=int(previous.unit) if previous else None,
        unit_id=int(entry.unit),
        from_kind=previous.kind if previous else "",
        kind=entry.kind,
        grade=entry.step.grade,
        on=entry.step.on,
        until=following.step.on if following and stands else None,
        stands=stands,
        undoes=entry.undoes,
        document=entry.step.document,
        decider=entry.step.decider,
        reason=entry.step.reason,
        evidence=entry.step.evidence,
        target=entry.step.target,
        recorded_at=at,
        recorded_on=entry.step.recorded_on,
        recorded_by=by,
    )


def told(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return log lines as the audit keeps them."""
    return [
        {"seq": e.seq, "verb": e.step.verb, "from": e.from_state, "to": e.to_state, "on": e.step.on.isoformat()}
        for e in entries
    ]


def _latest(history: History, movements: set[Movement], to_state: str = "") -> date | None:
    for entry in reversed(history.effective):
        if history.movement(entry) in movements and (not to_state or entry.to_state == to_state):
            return entry.step.on
    return None
