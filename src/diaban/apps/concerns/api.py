"""Issues over the API: the list within sight."""

from __future__ import annotations

from datetime import date
from typing import cast

from django.http import HttpRequest
from ninja import Query, Router, Schema

from diaban.apps.access import Permission, rights_of
from diaban.apps.access.api import REFUSALS, Paging, asks
from diaban.apps.accounts.models import User
from diaban.apps.concerns.queries import Asking, clock_of, found, voice_of

router = Router(tags=["concerns"])


class ConcernOut(Schema):
    """An issue. `unit` is empty where an agency of the province raised it; `late_days` goes by its present clock."""

    code: str
    subject: str
    topic: str
    unit: str
    addressed: str
    state: str
    raised_on: date
    due: date | None
    late_days: int
    forwards: int


class ConcernPage(Schema):
    """Part of the issues within sight."""

    count: int
    items: list[ConcernOut]


@router.get("/concerns", response={200: ConcernPage, **REFUSALS}, summary="Issues raised by units")
@asks(Permission.CONCERN_VIEW)
def concerns(request: HttpRequest, paging: Query[Paging], late: bool = False, open: bool = False) -> ConcernPage:  # noqa: A002
    """Return the issues, newest first."""
    rights = rights_of(request)
    rows = found(Asking(late=late, open=open), voice_of(cast(User, request.user), rights.on)).order_by("-pk")
    items = [
        ConcernOut(
            code=one.code,
            subject=one.subject,
            topic=one.topic,
            unit=one.unit.uid if one.unit else "",
            addressed=one.addressed.code,
            state=one.state,
            raised_on=one.raised_on,
            due=one.due,
            late_days=clock_of(one, rights.on).late,
            forwards=one.forwards,
        )
        for one in rows[paging.offset : paging.offset + paging.limit]
    ]
    return ConcernPage(count=rows.count(), items=items)
