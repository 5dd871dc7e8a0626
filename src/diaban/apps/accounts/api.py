"""Who I am, and what I may do."""

from __future__ import annotations

from datetime import date
from typing import cast

from django.http import HttpRequest
from ninja import Router, Schema

from diaban.adapters.clock import today
from diaban.apps.access import Permission, rights_of
from diaban.apps.access.api import REFUSALS, asks
from diaban.apps.accounts import queries
from diaban.apps.accounts.models import User
from diaban.core.policy import Purpose

router = Router(tags=["accounts"])


class Post(Schema):
    """A role in force, at a unit or in the whole area (empty name of the unit: never)."""

    role: str
    unit: str
    last_day: date | None
    lent_by: str


class Me(Schema):
    """Whoever asks."""

    username: str
    full_name: str
    title: str
    posts: list[Post]
    purposes: list[Purpose]
    permissions: list[Permission]


@router.get("/me", response={200: Me, **REFUSALS}, summary="Who I am and what I may do")
@asks(Permission.OWN_ACCOUNT)
def me(request: HttpRequest) -> Me:
    """Return my posts today, my purposes and everything I may do to at least one record."""
    user, rights = cast(User, request.user), rights_of(request)
    posts = [
        Post(role=role, unit=unit, last_day=until, lent_by=giver)
        for role, unit, until, giver in queries.my_posts(user, today())
    ]
    return Me(
        username=user.username,
        full_name=user.full_name,
        title=user.title,
        posts=posts,
        purposes=sorted(rights.actor.purposes(rights.on)),
        permissions=[one for one in Permission if rights.holds(one)],
    )
