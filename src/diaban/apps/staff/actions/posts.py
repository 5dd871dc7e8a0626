"""Posts: a role at a unit from a day on. They are ended, never deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate

from diaban.apps.access import House, Permission, Person, require, rights_at
from diaban.apps.accounts import actions as accounts
from diaban.apps.accounts.models import Assignment, User
from diaban.apps.accounts.over import require_over
from diaban.apps.audit import actions as audit
from diaban.apps.places import queries as places
from diaban.apps.places.models import Unit
from diaban.core.messages import N_, Message, say
from diaban.core.policy import ROLES, Line, conflict, line_for, may_assign


class NotGiven(Exception):
    """A post cannot be given, lent or ended so. `problems` are (field, sentence), all at once."""

    def __init__(self, problems: list[tuple[str, Message]]) -> None:
        super().__init__(" ".join(str(sentence) for _field, sentence in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Post:
    """What is to be given: a role in a line, at a unit (None: the whole area), during `[start, end)`."""

    role: str
    unit: Unit | None
    start: date
    end: date | None = None
    line: str = ""
    document: str = ""


def subject(user: User) -> str:
    """Return how the log names an account."""
    return f"account:{user.username}"[:80]


def told(row: Assignment) -> dict[str, Any]:
    """Return a post as the log keeps it."""
    return {
        "role": row.role,
        "unit": row.unit.uid if row.unit else "",
        "start": row.start.isoformat(),
        "end": row.end.isoformat() if row.end else "",
        "document": row.document,
    }


def held_during(user: User, start: date, end: date | None) -> set[str]:
    """Return the roles that `user` holds on some day of `[start, end)`."""
    lasting = user.assignments.filter(Q(end__isnull=True) | Q(end__gt=start))
    if end is not None:
        lasting = lasting.filter(start__lt=end)
    return set(lasting.values_list("role", flat=True))


def problems_of(user: User, post: Post, *, by: Person, at: datetime) -> list[tuple[str, Message]]:
    """Return everything that stands against giving `post` to `user`."""
    found: list[tuple[str, Message]] = []
    role = ROLES.get(post.role)
    if role is None:
        return [("role", say(N_("Không có vai trò này.")))]
    giver = rights_at(by, at).actor.posts(localdate(at))
    if not isinstance(by, House) and not may_assign(giver, post.role, post.line or line_for(giver, post.role)):
        found.append(("role", say(N_("Bạn không được giao vai trò “{role}”."), role=say(role.title))))
    if post.unit is None and not role.whole_area:
        found.append(("unit", say(N_("Vai trò “{role}” cần một đơn vị."), role=say(role.title))))
    if post.unit is not None and not places.register().exists(post.unit.uid, post.start):
        found.append(("unit", say(N_("Đơn vị không tồn tại vào ngày {day}."), day=f"{post.start:%d/%m/%Y}")))
    if post.line and Line(post.line) not in role.lines:
        found.append(("line", say(N_("Vai trò “{role}” không thuộc hệ này."), role=say(role.title))))
    if post.end is not None and post.end <= post.start:
        found.append(("end", say(N_("Ngày cuối phải sau ngày đầu."))))
    held = held_during(user, post.start, post.end)
    if clash := conflict(held | {post.role}):
        found.append(("role", clash))
    if post.role in held and _same_post(user, post).exists():
        found.append(("role", say(N_("Người này đang giữ vai trò đó ở đơn vị đó."))))
    return found


def _same_post(user: User, post: Post) -> Any:
    still = Q(end__isnull=True) | Q(end__gt=post.start)
    return user.assignments.filter(still, role=post.role, unit=post.unit)


@transaction.atomic
def assign(*, by: Person, at: datetime, user: User, post: Post) -> Assignment:
    """Give `user` a post. Raises `AccessRefused` when it is not `by`'s to give, `NotGiven` with every other reason."""
    require_over(by, user, at=at)
    require(by, Permission.ACCOUNT_MANAGE, at=at, unit=post.unit.pk if post.unit else None)
    User.objects.select_for_update().get(pk=user.pk)  # two posts given at once must not meet in a conflict
    if problems := problems_of(user, post, by=by, at=at):
        raise NotGiven(problems)
    row = Assignment.objects.create(
        user=user,
        role=post.role,
        line=post.line or line_for(rights_at(by, at).actor.posts(localdate(at)), post.role),
        unit=post.unit,
        start=post.start,
        end=post.end,
        document=post.document,
        given_by=by.get_username(),
        given_at=at,
    )
    gone = accounts.withdraw_codes(user=user, by=by, at=at)
    detail = told(row) | ({"codes_withdrawn": gone} if gone else {})
    audit.record(by=by, at=at, verb="post.give", subject=subject(user), detail=detail)
    user.forget_rights()
    return row


@transaction.atomic
def end_assignment(*, by: Person, at: datetime, assignment: Assignment, on: date, reason: str) -> Assignment:
    """End a post: from the day `on` it no longer holds; what was lent of it ends as well, by itself."""
    row = Assignment.objects.select_for_update(of=("self",)).select_related("user", "unit").get(pk=assignment.pk)
    require_over(by, row.user, at=at)
    problems: list[tuple[str, Message]] = []
    if row.end is not None and row.end <= on:
        problems.append(("on", say(N_("Vai trò này đã kết thúc từ {day}."), day=f"{row.end:%d/%m/%Y}")))
    if on < row.start:
        problems.append(("on", say(N_("Ngày kết thúc không được trước ngày giao {day}."), day=f"{row.start:%d/%m/%Y}")))
    if not reason.strip():
        problems.append(("reason", say(N_("Ghi lý do thu vai trò."))))
    if problems:
        raise NotGiven(problems)
    row.end, row.ended_by, row.ended_at, row.end_reason = on, by.get_username(), at, reason.strip()
    row.save(update_fields=["end", "ended_by", "ended_at", "end_reason"])
    audit.record(
        by=by, at=at, verb="post.end", subject=subject(row.user), detail={**told(row), "reason": reason.strip()}
    )
    return row


@transaction.atomic
def hand_over(
    *, by: Person, at: datetime, leaver: User, successor: User, on: date, document: str, reason: str
) -> list[Assignment]:
    """Move every post of `leaver` to `successor` from the day `on`: all of them or none. Return the new ones.

    Raises `NotGiven` when the leaver holds none, when both are the same, or with what stands against any of them.
    """
    require_over(by, leaver, at=at)
    held = list(leaver.assignments.filter(Q(end__isnull=True) | Q(end__gt=on)).select_related("unit"))
    problems: list[tuple[str, Message]] = []
    if leaver.pk == successor.pk:
        problems.append(("successor", say(N_("Người nhận phải là người khác."))))
    if not successor.is_active:
        problems.append(("successor", say(N_("Tài khoản của người nhận đã ngừng hoạt động."))))
    if not held:
        problems.append(("on", say(N_("Người này không giữ vai trò nào từ ngày đó."))))
    if problems:
        raise NotGiven(problems)
    given = []
    for row in held:
        began = max(on, row.start)
        end_assignment(by=by, at=at, assignment=row, on=began, reason=reason)
        post = Post(row.role, row.unit, began, row.end if row.end != began else None, row.line, document)
        given.append(assign(by=by, at=at, user=successor, post=post))
    detail = {"to": successor.username, "on": on.isoformat(), "document": document, "posts": len(given)}
    audit.record(by=by, at=at, verb="post.hand_over", subject=subject(leaver), detail=detail)
    return given
