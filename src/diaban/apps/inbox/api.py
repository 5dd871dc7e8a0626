"""One's own notices over the API."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema

from diaban.adapters.clock import now
from diaban.apps.access import Permission
from diaban.apps.access.api import REFUSALS, Paging, asks
from diaban.apps.accounts.models import User
from diaban.apps.inbox import actions, queries
from diaban.apps.inbox.models import Notice
from diaban.apps.inbox.words import rendered

router = Router(tags=["inbox"])


class NoticeOut(Schema):
    """A notice: `words` in the reader's language, `count` reminders that it stands for, `level` 0 to 3."""

    id: int
    kind: str
    level: int
    words: str
    url: str
    count: int
    created_at: datetime
    read_at: datetime | None


class NoticesOut(Schema):
    """A part of the notices, and how many there are in all and unread."""

    count: int
    unread: int
    items: list[NoticeOut]


class NoticesIn(Paging):
    """Which notices."""

    unread: bool = False


def _out(row: Notice) -> NoticeOut:
    return NoticeOut(
        id=row.pk,
        kind=row.kind,
        level=row.level,
        words=rendered(row.msgid, row.params),
        url=row.url,
        count=row.count,
        created_at=row.created_at,
        read_at=row.read_at,
    )


@router.get("/notices", response={200: NoticesOut, **REFUSALS}, summary="My notices")
@asks(Permission.OWN_INBOX)
def notices(request: HttpRequest, asked: Query[NoticesIn]) -> NoticesOut:
    """Return one's own notices, the unread first, and of both the newest first."""
    user = cast(User, request.user)
    rows = queries.notices(user, unread=asked.unread)
    part = rows[asked.offset : asked.offset + asked.limit]
    return NoticesOut(count=rows.count(), unread=queries.unread(user), items=[_out(row) for row in part])


@router.post("/notices/{int:pk}/read", response={200: NoticeOut, **REFUSALS}, summary="Mark a notice as read")
@asks(Permission.OWN_INBOX)
def read(request: HttpRequest, pk: int) -> NoticeOut:
    """Mark one of one's own notices as read; one that is read already stays as it is."""
    user = cast(User, request.user)
    if not Notice.objects.filter(user=user, pk=pk).exists():
        raise Http404
    actions.mark(by=user, at=now(), ids=[pk])
    return _out(Notice.objects.get(pk=pk))
