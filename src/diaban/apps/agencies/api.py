"""Agencies and posts over the API: who is there, within sight."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router, Schema

from diaban.apps.access import Permission, rights_of
from diaban.apps.access.api import REFUSALS, Paging, asks
from diaban.apps.agencies.models import Agency
from diaban.apps.agencies.queries.pages import post_rows, posts_seen

router = Router(tags=["agencies"])


class AgencyOut(Schema):
    """A body that a plan names. `level`: central, province, district, commune (then there is one in every commune)."""

    code: str
    name: str
    short: str
    level: str
    line: str


class AgencyPage(Schema):
    """Part of the agencies."""

    count: int
    items: list[AgencyOut]


class PostOut(Schema):
    """A named post. `holder` is masked for whoever is not cleared, and empty where nobody holds it."""

    id: int
    title: str
    agency: str
    unit: str
    heads: bool
    holder: str
    communes: int
    hotspots: int
    tasks: int
    late: int


class PostPage(Schema):
    """Part of the posts within sight."""

    count: int
    items: list[PostOut]


@router.get("/agencies", response={200: AgencyPage, **REFUSALS}, summary="Agencies that plans name")
@asks(Permission.TASK_VIEW)
def agencies(request: HttpRequest, paging: Query[Paging]) -> AgencyPage:  # noqa: ARG001
    """Return the agencies by name."""
    rows = Agency.objects.order_by("name_sort", "pk")
    part = rows[paging.offset : paging.offset + paging.limit]
    items = [AgencyOut(code=one.code, name=one.name, short=one.short, level=one.level, line=one.line) for one in part]
    return AgencyPage(count=rows.count(), items=items)


@router.get("/posts", response={200: PostPage, **REFUSALS}, summary="Posts and what they answer for")
@asks(Permission.TASK_VIEW)
def posts(request: HttpRequest, paging: Query[Paging]) -> PostPage:
    """Return the posts within sight that have not ended, oldest first."""
    rights = rights_of(request)
    rows = posts_seen(rights).filter(ended_on__isnull=True).order_by("pk")
    part = list(rows[paging.offset : paging.offset + paging.limit])
    items = [
        PostOut(
            id=one.post.pk,
            title=one.post.title,
            agency=one.post.agency.code,
            unit=one.post.unit.uid if one.post.unit else "",
            heads=one.post.heads,
            holder=one.holder,
            communes=one.units,
            hotspots=one.spots,
            tasks=one.count.open,
            late=one.count.late,
        )
        for one in sorted(post_rows(part, rights), key=lambda row: row.post.pk)
    ]
    return PostPage(count=rows.count(), items=items)
