"""The fixed cast: one person for every role, so that every test of access reads alike.

Bình and her leader Lan serve in Phường Vũng Tàu; Hà next door in Phường Tam Thắng; Khoa far away in Đặc khu Côn Đảo.
An works for the whole province, Minh decides, Phúc issues, Giang reads for a department. Chi cares for people and Thu
answers tips, each behind a wall. Oanh inspects, Quân runs the system, Vân looks after the accounts of Vũng Tàu.
Dũng has an account and no role.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from diaban.apps.accounts.models import Assignment, User
from diaban.apps.places import queries as places
from diaban.core.policy import ROLES

SINCE = dt.date(2020, 1, 1)
GIVEN_AT = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
HOME, NEXT_DOOR, FAR_AWAY = "26506", "26526", "26732"
TODAY = dt.date(2026, 11, 23)


@dataclass(frozen=True, slots=True)
class Member:
    """One of the cast: user name, name, post, role (empty: none), code of the unit (empty: the whole area)."""

    username: str
    full_name: str
    title: str
    role: str
    code: str = ""


CAST = (
    Member("an", "Trần Văn An", "Cán bộ tổng hợp PC04", "provincial_police"),
    Member("binh", "Lê Thị Bình", "Công an phường Vũng Tàu", "commune_police", HOME),
    Member("lan", "Phạm Thị Lan", "Phó Chủ tịch UBND phường Vũng Tàu", "commune_leader", HOME),
    Member("ha", "Đỗ Thu Hà", "Công an phường Tam Thắng", "commune_police", NEXT_DOOR),
    Member("khoa", "Bùi Đăng Khoa", "Công an đặc khu Côn Đảo", "commune_police", FAR_AWAY),
    Member("giang", "Ngô Hương Giang", "Chuyên viên Sở Y tế", "department"),
    Member("minh", "Võ Đức Minh", "Phó Chủ tịch UBND tỉnh", "provincial_leader"),
    Member("phuc", "Hồ Hữu Phúc", "Phó Trưởng phòng PC04", "report_approver"),
    Member("chi", "Đặng Mai Chi", "Cán bộ y tế phường Vũng Tàu", "health_social", HOME),
    Member("thu", "Lý Anh Thu", "Cán bộ tiếp nhận tin báo", "tip_officer", HOME),
    Member("oanh", "Vũ Kim Oanh", "Thanh tra", "auditor"),
    Member("quan", "Phan Anh Quân", "Quản trị hệ thống", "system_administrator"),
    Member("van", "Tạ Bích Vân", "Quản lý tài khoản phường Vũng Tàu", "unit_administrator", HOME),
    Member("dung", "Mai Tiến Dũng", "Chưa được giao vai trò", ""),
)
BY_NAME = {one.username: one for one in CAST}


def give(user: User, role: str, code: str = "", *, on: dt.date = TODAY) -> User:
    """Give `user` a role at the unit with `code` on `on` (the whole area without one) and return the user."""
    unit = places.unit_by_code(code, on) if code else None
    Assignment.objects.create(
        user=user, role=role, line=ROLES[role].lines[0], unit=unit, start=SINCE, given_by="cast", given_at=GIVEN_AT
    )
    user.forget_rights()
    return user


def play(username: str) -> User:
    """Make one of the cast with the role and the unit that belong to it; the units must be loaded."""
    member = BY_NAME[username]
    unit = places.unit_by_code(member.code, TODAY) if member.code else None
    user = User.objects.create(
        username=username, full_name=member.full_name, title=member.title, unit=unit, date_joined=GIVEN_AT
    )
    return give(user, member.role, member.code) if member.role else user


def play_all() -> dict[str, User]:
    """Make the whole cast."""
    return {one.username: play(one.username) for one in CAST}


def jack_of_all_work(user: User) -> User:
    """Give one account every role of place work: for tests that are about something else than access."""
    for role in ("provincial_police", "commune_leader", "provincial_leader", "report_approver"):
        give(user, role)
    return user
