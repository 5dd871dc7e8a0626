"""One's own long work over the API."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.http import Http404, HttpRequest
from ninja import Router, Schema

from diaban.apps.access import Permission
from diaban.apps.access.api import REFUSALS, asks
from diaban.apps.accounts.models import User
from diaban.apps.jobs import queries

router = Router(tags=["work"])


class RunOut(Schema):
    """A piece of long work; `share` is its progress in whole percent, null while its length is unknown."""

    id: int
    kind: str
    state: str
    share: int | None
    message: str
    created_at: datetime
    finished_at: datetime | None


@router.get("/runs/{int:pk}", response={200: RunOut, **REFUSALS}, summary="My long work")
@asks(Permission.OWN_RUNS)
def run(request: HttpRequest, pk: int) -> RunOut:
    """Return one piece of work that one sees."""
    found = queries.visible_to(cast(User, request.user)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return RunOut(
        id=found.pk,
        kind=found.kind,
        state=found.state,
        share=queries.share(found),
        message=found.message,
        created_at=found.created_at,
        finished_at=found.finished_at,
    )
