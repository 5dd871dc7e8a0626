"""The journal over the API, for inspectors."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from diaban.adapters.clock import now
from diaban.apps.access import Permission, Purpose, rights_of
from diaban.apps.access.api import MOST, REFUSALS, asks
from diaban.apps.accounts.models import User
from diaban.apps.audit import actions as audit
from diaban.apps.audit.models import Event, Kind
from diaban.apps.overview.journal.classes import detail_for
from diaban.core.privacy import PrivacyClass

router = Router(tags=["audit"])


class EventOut(Schema):
    """One line of the journal. `hash` covers every other field, in clear, and the hash before it.

    Values of registers in `detail` are masked for whoever is not cleared for them; a hash is then proved with
    `diaban verify` on an export of the whole chain, not from here.
    """

    seq: int
    at: datetime
    actor: str
    kind: str
    verb: str
    subject: str
    purpose: str
    detail: dict[str, Any]
    prev: str
    hash: str


class EventQuery(Schema):
    """From which line on, in the order they were written."""

    after: int = Field(0, ge=0, le=2**62, description="Lines behind this one.")
    limit: int = Field(50, ge=1, le=MOST)
    actor: str = Field("", max_length=150, pattern=r"^[^\x00]*$")
    subject: str = Field("", max_length=80, pattern=r"^[^\x00]*$")


def _out(row: Event, cleared: frozenset[PrivacyClass]) -> EventOut:
    shown = EventOut.from_orm(row)
    shown.detail = detail_for(row, cleared)
    return shown


@router.get("/events", response={200: list[EventOut], **REFUSALS}, summary="Lines of the journal")
@asks(Permission.AUDIT_EXPORT)
def events(request: HttpRequest, query: Annotated[EventQuery, Query()]) -> list[EventOut]:
    """Return lines of the journal as they stand in the chain; the reading is itself written down."""
    asked: dict[str, int | str] = {"after": query.after, "limit": query.limit}
    asked |= {name: text for name, text in (("actor", query.actor), ("subject", query.subject)) if text}
    rows = Event.objects.filter(seq__gt=query.after)
    if query.actor:
        rows = rows.filter(actor=query.actor)
    if query.subject:
        rows = rows.filter(subject=query.subject)
    cleared = rights_of(request).cleared
    found = [_out(row, cleared) for row in rows.order_by("seq")[: query.limit]]
    audit.record(
        by=cast(User, request.user),
        at=now(),
        verb="audit.export",
        subject="audit:list",
        detail={"rows": len(found), "form": "json", "query": urlencode(asked)},
        kind=Kind.EXPORT,
        purpose=Purpose.AUDIT,
    )
    return found
