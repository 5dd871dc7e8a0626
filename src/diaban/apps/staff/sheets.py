"""A province's accounts from a workbook: one row an officer with the first post. Codes are given out afterwards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from django.db.models import Prefetch
from django.http import QueryDict

from diaban.adapters.workbooks import ColumnSpec, Kind, SheetSpec
from diaban.apps.access import AccessRefused, Permission, Rights
from diaban.apps.accounts.models import Assignment, User
from diaban.apps.exchange.registry import (
    Change,
    Context,
    Draft,
    Fault,
    Json,
    Sheet,
    SheetRefused,
    Stored,
    register_sheet,
)
from diaban.apps.places import queries as places
from diaban.apps.places.models import Unit
from diaban.apps.places.scope import Scope
from diaban.apps.staff import actions, queries
from diaban.apps.staff.actions import NotGiven, Post
from diaban.apps.staff.actions.people import USERNAME, remove_unused
from diaban.core.messages import N_, say
from diaban.core.policy import ROLES, may_assign
from diaban.core.privacy import classed

SPEC: Final = SheetSpec(
    code="accounts",
    title="Tài khoản",
    key=("username",),
    guide=(
        "Mỗi dòng là một người với vai trò đầu tiên. Mật khẩu không ghi ở đây: mỗi người tự đặt bằng mã kích hoạt.",
        "Ghi xong, vào trang “Người và vai trò”, lọc “Chưa kích hoạt” để cấp mã.",
        "Người đã có tài khoản: chỉ sửa được họ tên, chức danh; vai trò thì giao và thu ở trang của người đó.",
        "Vai trò của toàn địa bàn: để trống ô mã đơn vị.",
    ),
    columns=(
        ColumnSpec(
            "username", "Tên đăng nhập", required=True, width=22, max_length=60, example="nguyen.van.a",
            help="Chữ thường không dấu, chữ số, dấu chấm, gạch dưới, gạch nối",
        ),
        ColumnSpec("full_name", "Họ và tên", required=True, width=28, max_length=120, example="Nguyễn Văn A"),
        ColumnSpec("title", "Chức danh", width=28, max_length=120, example="Công an phường Vũng Tàu"),
        ColumnSpec("unit_code", "Mã đơn vị", Kind.CODE, digits=5, width=12, example="26506"),
        ColumnSpec(
            "role", "Vai trò", Kind.CHOICE, choices={code: role.title for code, role in ROLES.items()}, width=26,
            example="Công an cấp xã",
        ),
        ColumnSpec("start", "Từ ngày", Kind.DATE, width=12, example="01/12/2026"),
        ColumnSpec("document", "Văn bản phân công", width=24, max_length=200),
    ),
)  # fmt: skip
_FIRST: Final = ("unit_code", "role", "start", "document")


class AccountSheet(Sheet):
    """See `SPEC`. Stored rows hold `unit` (uid or nothing) beside the code."""

    spec = SPEC
    asks = (Permission.ACCOUNT_MANAGE,)
    shows = Permission.ACCOUNT_VIEW
    fixed = frozenset(_FIRST)
    personal = classed(officer="username full_name title")
    whole_list = ""

    def units_of(self, rows: Sequence[Stored], context: Context) -> Sequence[Collection[int]]:
        """Return the unit of each officer; an account of the whole area is nobody's who looks after one unit."""
        ids = places.known().ids
        whole = () if context.rights.units(Permission.ACCOUNT_MANAGE) is None else (0,)
        return [(ids[row["unit"]],) if row.get("unit") in ids else whole for row in rows]

    def prepare(self, drafts: Sequence[Draft], context: Context) -> Iterable[Fault]:
        """Find the units, and ask whether each name, role and day can stand."""
        standing = self.current([draft.key for draft in drafts], context)
        taken = set(
            User.objects.filter(username__in=[draft.key for draft in drafts]).values_list("username", flat=True)
        )
        held = context.rights.actor.posts(context.rights.on)
        for draft in drafts:
            if draft.key in standing:
                draft.values["unit"] = standing[draft.key]["unit"]
                continue
            if draft.key in taken:
                yield Fault(draft.number, "username", say(N_("Tên đăng nhập này không dùng được; chọn tên khác")))
                continue
            yield from _new_row(draft, held)

    def current(self, keys: Collection[str], context: Context) -> dict[str, Stored]:
        """Return what is known of each account within the importer's sight."""
        rows = queries.people(context.rights).filter(username__in=list(keys))
        return {row["username"]: row for row in _stored(rows, context.rights.on)}

    def write(self, changes: Sequence[Change], context: Context) -> Json:
        """Make the officers with their first posts; describe anew those who are there."""
        for change in changes:
            values = change.after
            try:
                if change.before is None:
                    unit = places.unit_by_uid(values["unit"]) if values.get("unit") else None
                    self._add(change.key, values, unit, context)
                else:
                    self._describe(change.key, values, context)
            except (NotGiven, AccessRefused) as refused:
                raise SheetRefused(f"{change.key}: {refused}") from None

    def revert(self, changes: Sequence[Change], image: Json, context: Context) -> None:  # noqa: ARG002
        """Remove the accounts that came and were never used; describe the others as before."""
        for change in changes:
            try:
                if change.before is None:
                    user = User.objects.get(username=change.key)
                    remove_unused(by=context.by, at=context.at, user=user)
                else:
                    self._describe(change.key, change.before, context)
            except (NotGiven, AccessRefused) as refused:
                raise SheetRefused(f"{change.key}: {refused}") from None

    def _add(self, username: str, values: Stored, unit: Unit | None, context: Context) -> None:
        start = dt.date.fromisoformat(values["start"]) if values.get("start") else context.rights.on
        actions.add_officer(
            by=context.by,
            at=context.at,
            username=username,
            full_name=values["full_name"],
            title=values.get("title") or "",
            unit=unit,
            post=Post(values["role"], unit, start, document=values.get("document") or ""),
        )

    def _describe(self, username: str, values: Stored, context: Context) -> None:
        user = User.objects.select_related("unit").get(username=username)
        actions.describe(
            by=context.by,
            at=context.at,
            user=user,
            full_name=values["full_name"],
            title=values.get("title") or "",
            unit=user.unit,
        )

    def export_rows(self, query: QueryDict, scope: Scope, rights: Rights) -> Iterator[Mapping[str, Any]]:  # noqa: ARG002
        """Yield the officers of the list page with this query, in its order."""
        shown = queries.found(
            rights, text=query.get("q", ""), role=query.get("vai_tro", ""), state=query.get("trang_thai", "")
        )
        rows = {row["username"]: row for row in _stored(queries.people(rights), rights.on)}
        for person in shown:
            row = dict(rows[person.user.username])
            del row["unit"]
            yield row | {"start": dt.date.fromisoformat(row["start"]) if row["start"] else None}


def _stored(rows: Any, on: dt.date) -> Iterator[Stored]:
    """Yield accounts as JSON, each with the earliest of its posts in force."""
    posts = Prefetch("assignments", Assignment.objects.select_related("unit").order_by("start", "pk"))
    for user in rows.select_related("unit").prefetch_related(posts):
        held = [one for one in user.assignments.all() if one.end is None or one.end > on]
        first = held[0] if held else None
        yield {
            "username": user.username,
            "full_name": user.full_name,
            "title": user.title or None,
            "unit_code": places.place(user.unit_id, on).code if user.unit_id else None,
            "role": first.role if first else None,
            "start": first.start.isoformat() if first else None,
            "document": (first.document or None) if first else None,
            "unit": user.unit.uid if user.unit else None,
        }


def _new_row(draft: Draft, held: frozenset[tuple[str, str]]) -> Iterator[Fault]:
    """Put the unit's uid into the values; yield what keeps the row from becoming an account."""
    values = draft.values
    values["unit"] = None
    if not USERNAME.fullmatch(draft.key):
        yield Fault(
            draft.number, "username", say(N_("Tên đăng nhập có ký tự không dùng được")), say(N_("Ví dụ nguyen.van.a"))
        )
    for name in ("role", "start"):
        if values.get(name) is None:
            yield Fault(draft.number, name, say(N_("Thiếu giá trị của người mới")), say(N_("Xem trang “Hướng dẫn”")))
    role = ROLES.get(values.get("role") or "")
    if role is not None and not may_assign(held, role.code):
        yield Fault(draft.number, "role", say(N_("Bạn không được giao vai trò “{role}”"), role=say(role.title)))
    code, start = values.get("unit_code"), values.get("start")
    if code and start:
        spells = places.register().snapshot(start).with_code(code)
        if len(spells) == 1:
            values["unit"] = spells[0].unit
        else:
            why = say(N_("Không có đơn vị mang mã {code} vào ngày {day}"), code=code, day=f"{start:%d/%m/%Y}")
            yield Fault(draft.number, "unit_code", why, say(N_("Mã của đơn vị có vào ngày bắt đầu")))
    elif role is not None and not code and not role.whole_area:
        yield Fault(draft.number, "unit_code", say(N_("Vai trò “{role}” cần một đơn vị"), role=say(role.title)))


register_sheet(AccountSheet())
