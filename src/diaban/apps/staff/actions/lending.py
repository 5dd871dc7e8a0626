"""Lending a post during leave, and taking it back."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from diaban.apps.access import Permission, require
from diaban.apps.accounts import actions as accounts
from diaban.apps.accounts.models import Assignment, Delegation, User
from diaban.apps.audit import actions as audit
from diaban.apps.staff.actions.posts import NotGiven, held_during, subject, told
from diaban.core.messages import N_, Message, say
from diaban.core.policy import LASTING, ROLES, conflict

LONGEST_DAYS = 92
NOT_TO_THIS_ACCOUNT = N_(
    "Không ủy quyền được vai trò này cho tài khoản mang tên này; kiểm tra lại tên, hoặc hỏi người quản lý tài khoản."
)


@transaction.atomic
def lend(
    *, by: User, at: datetime, assignment: Assignment, receiver: User, start: date, end: date, reason: str
) -> Delegation:
    """Lend one's own post to `receiver` during `[start, end)`. It cannot be lent on.

    Raises `NotGiven` with every reason: not one's own, nothing of it can be lent, a wall, too long.
    """
    require(by, Permission.DELEGATE, at=at)
    row = Assignment.objects.select_for_update(of=("self",)).select_related("unit").get(pk=assignment.pk)
    problems = _problems(by, row, receiver, (start, end), localdate(at))
    if not reason.strip():
        problems.append(("reason", say(N_("Ghi lý do ủy quyền, ví dụ: nghỉ phép."))))
    if problems:
        raise NotGiven(problems)
    lent = Delegation.objects.create(
        assignment=row,
        receiver=receiver,
        start=start,
        end=end,
        reason=reason.strip(),
        given_by=by.get_username(),
        given_at=at,
    )
    detail = told(row) | {
        "to": receiver.username,
        "start": start.isoformat(),
        "end": end.isoformat(),
        "reason": lent.reason,
    }
    if gone := accounts.withdraw_codes(user=receiver, by=by, at=at):
        detail["codes_withdrawn"] = gone
    audit.record(by=by, at=at, verb="post.lend", subject=subject(by), detail=detail)
    receiver.forget_rights()
    return lent


def _problems(
    by: User, row: Assignment, receiver: User, span: tuple[date, date], on: date
) -> list[tuple[str, Message]]:
    start, end = span
    role = ROLES[row.role]
    found: list[tuple[str, Message]] = []
    borrowed = receiver.delegations_received.filter(start__lt=end, end__gt=start)
    held = held_during(receiver, start, end) | set(borrowed.values_list("assignment__role", flat=True))
    if not receiver.is_active or (receiver.pk != by.pk and conflict(held | {row.role})):
        # One answer, alone, as for a name that nobody has: whether somebody answers tips, cares for people or inspects
        # is not found out by trying to lend to them.
        return [("receiver", say(NOT_TO_THIS_ACCOUNT))]
    if row.user_id != by.pk:
        found.append(("assignment", say(N_("Chỉ ủy quyền được vai trò của chính mình."))))
    if set(role.grants) <= LASTING:
        found.append(("assignment", say(N_("Vai trò “{role}” không ủy quyền được."), role=say(role.title))))
    if receiver.pk == by.pk:
        found.append(("receiver", say(N_("Người nhận phải là người khác."))))
    if end <= start:
        found.append(("end", say(N_("Ngày cuối phải sau ngày đầu."))))
    elif (end - start).days > LONGEST_DAYS:
        found.append(("end", say(N_("Ủy quyền dài nhất {n} ngày; lâu hơn thì bàn giao."), n=LONGEST_DAYS)))
    if end <= on:
        found.append(("end", say(N_("Khoảng thời gian này đã qua."))))
    if row.end is not None and row.end < end:
        found.append(("end", say(N_("Vai trò của bạn chỉ đến {day}."), day=f"{row.end:%d/%m/%Y}")))
    if row.start > start:
        found.append(("start", say(N_("Vai trò của bạn chỉ có từ {day}."), day=f"{row.start:%d/%m/%Y}")))
    if borrowed.filter(assignment=row).exists():
        found.append(("receiver", say(N_("Người này đã được ủy quyền vai trò đó trong thời gian đó."))))
    return found


@transaction.atomic
def end_delegation(*, by: User, at: datetime, delegation: Delegation) -> Delegation:
    """Take a lent post back, or give it back, today. The lender and the receiver may, and who manages the post."""
    row = (
        Delegation.objects.select_for_update(of=("self",))
        .select_related("assignment__user", "receiver")
        .get(pk=delegation.pk)
    )
    if by.pk not in (row.assignment.user_id, row.receiver_id):
        require(by, Permission.ACCOUNT_MANAGE, at=at, unit=row.assignment.unit_id)
    today = localdate(at)
    if row.end <= today:
        raise NotGiven([("", say(N_("Ủy quyền này đã hết từ {day}."), day=f"{row.end:%d/%m/%Y}"))])
    row.end, row.ended_by, row.ended_at = max(today, row.start), by.get_username(), at
    row.save(update_fields=["end", "ended_by", "ended_at"])
    detail = {"role": row.assignment.role, "to": row.receiver.username}
    audit.record(by=by, at=at, verb="post.lend_end", subject=subject(row.assignment.user), detail=detail)
    row.receiver.forget_rights()
    return row
