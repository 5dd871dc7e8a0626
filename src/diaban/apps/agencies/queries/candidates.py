"""Who may hold a post: officers of place work whose role reaches where the post is; nobody behind a wall."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db.models import Q

from diaban.apps.access import Permission
from diaban.apps.accounts.models import User
from diaban.apps.agencies.models import Post
from diaban.core.policy import ROLES
from diaban.core.text import name_key

WORKING: Final = frozenset(code for code, role in ROLES.items() if Permission.TASK_VIEW in role.grants)
"""The roles in which tasks are seen: whoever holds none of them could not open what the post carries."""


def may_hold(user: User, post: Post, on: date) -> bool:
    """Tell whether `user` may hold `post` on `on`: an open account, and tasks of the post's place within sight.

    A post of the province may be held by whoever's own role (not a lent one) is of the whole area.
    """
    return user.is_active and any(one.pk == user.pk for one in candidates(post, on))


def candidates(post: Post, on: date) -> list[User]:
    """Return who may hold the post on `on`, by given name."""
    roles = Q(assignments__role__in=WORKING, assignments__start__lte=on)
    roles &= Q(assignments__end__isnull=True) | Q(assignments__end__gt=on)
    found = User.objects.filter(roles, is_active=True).distinct()
    if post.unit_id is None:
        found = found.filter(roles & Q(assignments__unit__isnull=True))
        within = list(found)
    else:
        within = [user for user in found if user.rights(on).can(Permission.TASK_VIEW, unit=post.unit_id).allowed]
    return sorted(set(within), key=lambda user: (name_key(user.full_name or user.username), user.username))
