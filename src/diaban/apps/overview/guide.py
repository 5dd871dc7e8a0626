"""The first page of whoever sees no register: what the account is for, where that is, whom to ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from diaban.apps.access import rights_of
from diaban.apps.accounts.models import Assignment, User
from diaban.apps.places import queries as places
from diaban.core.policy import ROLES, WALLED
from diaban.core.text import name_key
from diaban.ui.navigation import opens_to

_KEEPERS = ("unit_administrator", "system_administrator")
_WAYS = (
    ("overview:journal", gettext_noop("Nhật ký"), gettext_noop("Ai đã xem, sửa, xuất, quyết định gì; ai bị từ chối.")),
    ("staff:people", gettext_noop("Người và vai trò"), gettext_noop("Ai giữ vai trò nào ở đơn vị nào, từ ngày nào.")),
    ("places:area", gettext_noop("Địa bàn làm việc"), gettext_noop("Tỉnh, hoặc những xã mà phần mềm này phục vụ.")),
    ("places:boundaries", gettext_noop("Ranh giới"), gettext_noop("Nhập tệp ranh giới; xem các lớp đã có.")),
    ("places:units_csv", gettext_noop("Thay đổi đơn vị"), gettext_noop("Nhập sáp nhập, đổi tên, đổi mã, số dân.")),
    ("reports:list", gettext_noop("Báo cáo"), gettext_noop("Dự thảo và hồ sơ đã phát hành.")),
    ("hotspots:series", gettext_noop("Chuỗi số liệu"), gettext_noop("Số liệu qua các kỳ trên cùng một ranh giới.")),
    (
        "places:list",
        gettext_noop("Đơn vị hành chính"),
        gettext_noop("Tên, mã, dân số, ranh giới; đơn vị cũ nay thuộc đơn vị nào."),
    ),
    ("staff:lending", gettext_noop("Ủy quyền khi vắng mặt"), gettext_noop("Giao vai trò của mình cho người khác.")),
    ("staff:roles", gettext_noop("Vai trò nào được làm gì"), gettext_noop("Bảng quyền của mọi vai trò.")),
    ("accounts:own", gettext_noop("Tài khoản và khóa của mình"), gettext_noop("Mật khẩu, khóa, các phiên đang mở.")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Way:
    """A page that opens, and what it is for."""

    url: str
    title: str
    words: str


@dataclass(frozen=True, slots=True)
class Post:
    """A role that the person holds: its title, what it is for, where (a unit's name, or the whole area)."""

    title: str
    sentence: str
    where: str


@dataclass(frozen=True, slots=True)
class Guide:
    """What the page says. `walled`: the registers of a role's purpose are not part of this installation."""

    posts: tuple[Post, ...]
    ways: tuple[Way, ...]
    ask: tuple[str, ...]
    walled: bool

    @property
    def headline(self) -> str:
        """Return what the account is for, in a line."""
        if not self.posts:
            return _("Tài khoản này chưa được giao vai trò nào")
        return "; ".join(dict.fromkeys(f"{post.title}, {post.where}" for post in self.posts))


def guide(request: HttpRequest, user: User, on: date) -> Guide:
    """Return the guide of `user` on `on`."""
    purposes = rights_of(request).actor.purposes(on)
    return Guide(_posts(user, on), tuple(_ways(request)), _keepers(user, on), bool(purposes & WALLED))


def _ways(request: HttpRequest) -> Iterable[Way]:
    for address, title, words in _WAYS:
        try:
            url = reverse(address)
        except NoReverseMatch:
            continue
        if opens_to(request, url):
            yield Way(url, _(title), _(words))


def _in_force(on: date) -> Q:
    return Q(start__lte=on) & (Q(end__isnull=True) | Q(end__gt=on))


def _posts(user: User, on: date) -> tuple[Post, ...]:
    own = list(user.assignments.filter(_in_force(on)).order_by("pk"))
    lent = user.delegations_received.filter(_in_force(on)).select_related("assignment")
    held = [*own, *(one.assignment for one in lent.order_by("pk"))]
    named = places.names([row.unit_id for row in held if row.unit_id is not None], on)
    return tuple(
        Post(
            _(ROLES[row.role].title),
            _(ROLES[row.role].sentence),
            named.get(row.unit_id, "") if row.unit_id is not None else _("toàn địa bàn"),
        )
        for row in held
    )


def _keepers(user: User, on: date) -> tuple[str, ...]:
    """Return who gives out roles in the person's own unit, and for the whole area: names and posts, by given name."""
    rows = Assignment.objects.filter(_in_force(on), role__in=_KEEPERS, user__is_active=True).exclude(user=user)
    near = rows.filter(Q(unit__isnull=True) | Q(unit=user.unit_id)).select_related("user")
    people = sorted({row.user for row in near}, key=lambda one: name_key(str(one)))
    return tuple(", ".join(filter(None, (str(one), one.title))) for one in people)
