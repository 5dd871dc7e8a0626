"""Who may manage whom: the accounts whose unit and whose every role lie within one's own reach."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q

from diaban.apps.access import AccessRefused, Permission, Person, Rights, rights_at
from diaban.apps.accounts.models import User
from diaban.core.messages import N_, say
from diaban.core.policy import ROLES, Verdict, may_assign


def over(rights: Rights, user: User) -> Verdict:
    """Return whether somebody with these rights may manage `user`, and why not.

    Whoever looks after the accounts of one commune does not manage an account that reaches beyond it, wherever that
    officer serves, and by a role of their own or a lent one: a one-time code for such an account would open what it
    reaches. For the same reason nobody manages an account with a role that they could not hand out.
    """
    verdict = rights.can(Permission.ACCOUNT_MANAGE, unit=user.unit_id)
    if not verdict.allowed or rights.actor.house:
        return verdict
    giver = rights.actor.posts(rights.on)
    for role, unit, line in _reaches(user, rights.on):
        verdict = rights.can(Permission.ACCOUNT_MANAGE, unit=unit)
        if verdict.allowed and not may_assign(giver, role, line):
            reason = say(N_("Bạn không được giao vai trò “{role}”."), role=say(ROLES[role].title))
            verdict = Verdict(False, "no_role", reason, Permission.ACCOUNT_MANAGE)
        if not verdict.allowed:
            return verdict
    return verdict


def _reaches(user: User, on: date) -> list[tuple[str, int | None, str]]:
    """Return role, unit and line of what `user` holds or borrows, on `on` or later."""
    own = user.assignments.filter(Q(end__isnull=True) | Q(end__gt=on)).order_by("pk")
    lent = user.delegations_received.filter(end__gt=on).order_by("pk")
    return [
        *own.values_list("role", "unit_id", "line"),
        *lent.values_list("assignment__role", "assignment__unit_id", "assignment__line"),
    ]


def require_over(by: Person, user: User, *, at: datetime, themselves: bool = False) -> None:
    """Raise `AccessRefused` when `by` may not manage `user`; nobody manages themselves unless `themselves`."""
    verdict = over(rights_at(by, at), user)
    if not verdict.allowed:
        raise AccessRefused(verdict)
    if not themselves and by.get_username() == user.username:
        reason = say(N_("Không ai tự giao quyền, tự cấp mã cho chính mình; nhờ người quản lý tài khoản khác."))
        raise AccessRefused(Verdict(False, "own_submission", reason, Permission.ACCOUNT_MANAGE))
