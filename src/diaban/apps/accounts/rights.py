"""From the rows of assignments and delegations to the rights of one person on one day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q

from diaban.apps.access import Rights
from diaban.apps.places import queries as places
from diaban.core import policy
from diaban.core.policy import Actor

if TYPE_CHECKING:
    from diaban.apps.accounts.models import Assignment, User


def rights_of_user(user: User, on: date) -> Rights:
    """Return what `user` may do on `on`: by their own roles, and by those delegated to them. Two queries.

    Read anew for every request and every job, so that a role taken away is gone at once.
    """
    own = [_policy(one, on) for one in user.assignments.filter(_in_force(on))]
    lent = user.delegations_received.filter(
        _in_force(on), _in_force(on, "assignment__"), assignment__user__is_active=True
    )
    borrowed = [
        _policy(one.assignment, on, giver=one.assignment.user.username)
        for one in lent.select_related("assignment", "assignment__user")
    ]
    return Rights(Actor(user.username, tuple(own + _without_conflict(own, borrowed)), active=user.is_active), on)


def _in_force(on: date, prefix: str = "") -> Q:
    began = Q(**{f"{prefix}start__lte": on})
    return began & (Q(**{f"{prefix}end__isnull": True}) | Q(**{f"{prefix}end__gt": on}))


def _policy(row: Assignment, on: date, giver: str = "") -> policy.Assignment:
    units = None if row.unit_id is None else places.opened_by(row.unit_id, on)
    return policy.Assignment(role=row.role, units=units, start=row.start, end=row.end, giver=giver, line=row.line)


def _without_conflict(own: list[policy.Assignment], borrowed: list[policy.Assignment]) -> list[policy.Assignment]:
    """Leave out what must not meet in one account, should it have been lent before a role of one's own was given."""
    held = {one.role for one in own}
    kept: list[policy.Assignment] = []
    for one in borrowed:
        if policy.conflict(held | {one.role}) is None:
            held.add(one.role)
            kept.append(one)
    return kept
