"""The history of a hot-spot as lines to read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext

from diaban.apps.hotspots.models import Hotspot, Kind
from diaban.apps.hotspots.queries.lives import workflow_on
from diaban.apps.places import queries as places
from diaban.core.lifecycle import RESTORE, UNDO, VOID, Movement


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """One line, newest first. `undone`: taken back later; `undo`: takes another back."""

    on: date
    title: str
    change: str
    document: str
    decider: str
    reason: str
    evidence: str
    target: str
    recorded_at: datetime
    recorded_by: str
    undone: bool
    undo: bool
    again: bool
    current: bool


def lines_of(spot: Hotspot, on: date, *, target_seen: bool) -> list[TimelineLine]:
    """Return every line of the log, corrections and what they corrected included.

    The hot-spot into which this one was merged is named only to somebody who sees it (`target_seen`).
    """
    workflow = workflow_on(on)
    rows = list(spot.steps.select_related("recorded_by").order_by("-seq"))
    names = places.names({row.unit_id for row in rows}, on)
    current = next((row.seq for row in rows if row.stands), 0)
    titles = {transition.verb: gettext(transition.title) for transition in workflow.transitions}
    taken_back = {row.undoes for row in rows}
    titles |= {VOID: gettext("Hủy ghi nhận"), RESTORE: gettext("Khôi phục")}
    found = []
    for row in rows:
        transition = workflow.transition(row.verb)
        change = gettext(workflow.state(row.to_state).title)
        if row.verb == "move":
            change = names[row.unit_id]
        elif row.verb == "reclassify":
            change = str(Kind(row.kind).label)
        undo = row.verb == UNDO
        found.append(
            TimelineLine(
                on=row.on,
                title=gettext("Hoàn tác bước %(seq)s") % {"seq": row.undoes}
                if undo
                else titles.get(row.verb, row.verb),
                change=change,
                document=row.document,
                decider=row.decider,
                reason=row.reason,
                evidence=row.evidence,
                target=row.target if target_seen else "",
                recorded_at=row.recorded_at,
                recorded_by=str(row.recorded_by) if row.recorded_by else "",
                undone=row.seq in taken_back,
                undo=undo,
                again=bool(transition and transition.movement is Movement.REFORMED and row.stands),
                current=row.seq == (current or rows[0].seq),
            )
        )
    return found
