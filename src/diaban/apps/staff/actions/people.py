"""Officers: make their accounts, describe them anew, give out one-time codes for a whole unit at once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from diaban.apps.access import Permission, Person, require
from diaban.apps.accounts import actions as accounts
from diaban.apps.accounts.models import Delegation, User
from diaban.apps.accounts.over import require_over
from diaban.apps.audit import actions as audit
from diaban.apps.places.models import Unit
from diaban.apps.staff.actions.posts import NotGiven, Post, assign, subject
from diaban.core.messages import N_, Message, say

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}")


def name_problem(username: str) -> Message | None:
    """Return why `username` cannot be the name of a new account, or None."""
    if not USERNAME.fullmatch(username):
        return say(N_("Tên đăng nhập gồm 2–60 chữ thường không dấu, chữ số, dấu chấm, gạch dưới, gạch nối."))
    if User.objects.filter(username__iexact=username).exists():
        return say(N_("Tên đăng nhập “{name}” đã có người dùng."), name=username)
    return None


@transaction.atomic
def add_officer(
    *, by: Person, at: datetime, username: str, full_name: str, title: str, unit: Unit | None, post: Post | None
) -> User:
    """Make an officer's account with a first post; nobody can sign in before a one-time code is used.

    Raises `AccessRefused` when the unit is not `by`'s to manage, `NotGiven` with every other reason.
    """
    require(by, Permission.ACCOUNT_MANAGE, at=at, unit=unit.pk if unit else None)
    problems: list[tuple[str, Message]] = []
    if wrong := name_problem(username):
        problems.append(("username", wrong))
    if not full_name.strip():
        problems.append(("full_name", say(N_("Ghi họ và tên."))))
    if problems:
        raise NotGiven(problems)
    user = accounts.add_user(
        by=by, at=at, username=username, password=None, full_name=full_name.strip(), title=title.strip()
    )
    if unit is not None:
        user.unit = unit
        user.save(update_fields=["unit"])
    if post is not None:
        assign(by=by, at=at, user=user, post=post)
    return user


@transaction.atomic
def describe(*, by: Person, at: datetime, user: User, full_name: str, title: str, unit: Unit | None) -> User:
    """Change an officer's name, title or unit; the posts stay as they are."""
    require_over(by, user, at=at)
    require(by, Permission.ACCOUNT_MANAGE, at=at, unit=unit.pk if unit else None)
    if not full_name.strip():
        raise NotGiven([("full_name", say(N_("Ghi họ và tên.")))])
    before = {"title": user.title, "unit": user.unit.uid if user.unit else ""}
    user.full_name, user.title, user.unit = full_name.strip(), title.strip(), unit
    user.save(update_fields=["full_name", "title", "unit"])
    after = {"title": user.title, "unit": unit.uid if unit else ""}
    audit.record(
        by=by, at=at, verb="account.describe", subject=subject(user), detail={"before": before, "after": after}
    )
    return user


@dataclass(frozen=True, slots=True)
class Code:
    """A one-time code, as it is handed to its officer; kept nowhere."""

    user: User
    code: str


@transaction.atomic
def give_codes(*, by: Person, at: datetime, users: Iterable[User]) -> list[Code]:
    """Return a new one-time code for each of the officers, all or none. Each is logged."""
    return [Code(user, accounts.issue_activation(user=user, by=by, at=at)) for user in users]


@transaction.atomic
def remove_unused(*, by: Person, at: datetime, user: User) -> None:
    """Take back an account that nobody ever used: as if it had not been made. Raises `NotGiven` once it was used."""
    require_over(by, user, at=at)
    if user.last_login is not None or user.has_usable_password():
        raise NotGiven([("", say(N_("Tài khoản đã được dùng; ngừng nó ở trang của người đó thay vì hoàn tác.")))])
    if Delegation.objects.filter(Q(assignment__user=user) | Q(receiver=user)).exists():
        raise NotGiven([("", say(N_("Tài khoản đã có ủy quyền; thu ủy quyền trước.")))])
    user.assignments.all().delete()
    record_of = subject(user)
    user.delete()
    audit.record(by=by, at=at, verb="account.take_back", subject=record_of)
