"""Who holds a post: given from a day, ended on a day, one holder at a time."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from diaban.apps.access import Permission, Person, require
from diaban.apps.accounts.models import User
from diaban.apps.agencies.actions.problems import Problem, ended_problem, post_subject, post_told, stop_at
from diaban.apps.agencies.models import Holding, Post
from diaban.apps.agencies.queries.candidates import may_hold
from diaban.apps.audit import actions as audit
from diaban.core.messages import N_, say

NOT_THIS_ACCOUNT = N_(
    "Không giao được chức danh này cho tài khoản mang tên này; kiểm tra lại tên, hoặc chọn người khác."
)


def _locked(post: Post) -> Post:
    """Return the post, held until the transaction ends: two holders given at once must not meet."""
    return Post.objects.select_for_update(of=("self",)).select_related("agency", "unit").get(pk=post.pk)


def _user_problems(user: User, post: Post, on: date) -> list[Problem]:
    # One answer, as for a name that nobody has: whoever works behind a wall is not found out by trying.
    return [] if may_hold(user, post, on) else [("user", say(NOT_THIS_ACCOUNT))]


@transaction.atomic
def give_post(*, by: Person, at: datetime, post: Post, user: User, start: date, document: str) -> Holding:
    """Give a post that nobody holds to `user` from `start`. Raises `NotDone` with every reason."""
    require(by, Permission.OWNER_SET, at=at, unit=post.unit_id)
    row = _locked(post)
    problems = ended_problem(row, start) + _user_problems(user, row, start)
    over = Holding.objects.filter(Q(end__isnull=True) | Q(end__gt=start), post=row)
    if over.exists():
        problems.append(("start", say(N_("Chức danh này đang có người giữ từ ngày đó trở đi; dùng “Bàn giao”."))))
    stop_at(problems)
    made = _hold(by, at, row, user, start, document)
    detail = post_told(row) | {"to": user.username, "start": start.isoformat(), "document": made.document}
    audit.record(by=by, at=at, verb="position.give", subject=post_subject(row), detail=detail)
    return made


@transaction.atomic
def pass_on(*, by: Person, at: datetime, post: Post, user: User, on: date, document: str) -> Holding:
    """End what the present holder holds on `on` and give the post to `user` from that day: nothing else moves."""
    require(by, Permission.OWNER_SET, at=at, unit=post.unit_id)
    row = _locked(post)
    problems = ended_problem(row, on) + _user_problems(user, row, on)
    later = Holding.objects.filter(post=row).filter(Q(end__isnull=True) | Q(end__gt=on)).order_by("start", "pk")
    rows = list(later)
    if any(one.start >= on for one in rows):
        day = min(one.start for one in rows if one.start >= on)
        problems.append(
            ("on", say(N_("Ngày bàn giao phải sau ngày {day}, ngày người giữ nhận chức danh."), day=_d(day)))
        )
    elif rows and rows[0].user_id == user.pk:
        problems.append(("user", say(N_("Người này đang giữ chính chức danh đó."))))
    stop_at(problems)
    before = ""
    for one in rows:
        before = one.user.username
        one.end, one.ended_by, one.ended_at = on, by.get_username(), at
        one.save(update_fields=["end", "ended_by", "ended_at"])
    made = _hold(by, at, row, user, on, document)
    detail = post_told(row) | {
        "from": before,
        "to": user.username,
        "start": on.isoformat(),
        "document": made.document,
    }
    audit.record(by=by, at=at, verb="position.hand_over", subject=post_subject(row), detail=detail)
    return made


@transaction.atomic
def vacate_post(*, by: Person, at: datetime, holding: Holding, on: date, document: str) -> Holding:
    """End a holding: `on` is the first day without it. The post stays with what it carries, shown as empty."""
    row = (
        Holding.objects.select_for_update(of=("self",))
        .select_related("post__agency", "post__unit", "user")
        .get(pk=holding.pk)
    )
    require(by, Permission.OWNER_SET, at=at, unit=row.post.unit_id)
    problems: list[Problem] = []
    if row.end is not None:
        problems.append(("", say(N_("Người này đã thôi giữ chức danh từ ngày {day}."), day=_d(row.end))))
    if on < row.start:
        problems.append(("on", say(N_("Ngày thôi giữ không được trước ngày {day}."), day=_d(row.start))))
    stop_at(problems)
    row.end, row.ended_by, row.ended_at = on, by.get_username(), at
    row.save(update_fields=["end", "ended_by", "ended_at"])
    detail = post_told(row.post) | {"from": row.user.username, "end": on.isoformat(), "document": document.strip()}
    audit.record(by=by, at=at, verb="position.vacate", subject=post_subject(row.post), detail=detail)
    return row


def _hold(by: Person, at: datetime, post: Post, user: User, start: date, document: str) -> Holding:
    return Holding.objects.create(
        post=post, user=user, start=start, document=document.strip(), given_by=by.get_username(), given_at=at
    )


def _d(day: date) -> str:
    return f"{day:%d/%m/%Y}"
