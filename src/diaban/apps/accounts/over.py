"""Who may manage whom: the accounts whose unit and whose every role lie within one's own reach."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from diaban.apps.access import AccessRefused, Permission, Person, Rights, rights_at
from diaban.apps.accounts.models import User
from diaban.core.messages import N_, say
from diaban.core.policy import Verdict


def over(rights: Rights, user: User) -> Verdict:
    """Return whether somebody with these rights may manage `user`, and why not.

    Whoever looks after the accounts of one commune does not manage an account that reaches beyond it, wherever that
    officer serves: a one-time code for such an account would open what it reaches.
    """
    verdict = rights.can(Permission.ACCOUNT_MANAGE, unit=user.unit_id)
    if not verdict.allowed:
        return verdict
    held = user.assignments.filter(Q(end__isnull=True) | Q(end__gt=rights.on)).values_list("unit_id", flat=True)
    for unit in held:
        verdict = rights.can(Permission.ACCOUNT_MANAGE, unit=unit)
        if not verdict.allowed:
            return verdict
    return verdict


def require_over(by: Person, user: User, *, at: datetime, themselves: bool = False) -> None:
    """Raise `AccessRefused` when `by` may not manage `user`; nobody manages themselves unless `themselves`."""
    verdict = over(rights_at(by, at), user)
    if not verdict.allowed:
        raise AccessRefused(verdict)
    if not themselves and by.get_username() == user.username:
        reason = say(N_("Không ai tự giao quyền, tự cấp mã cho chính mình; nhờ người quản lý tài khoản khác."))
        raise AccessRefused(Verdict(False, "own_submission", reason, Permission.ACCOUNT_MANAGE))
