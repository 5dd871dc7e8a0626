"""The cast of the demonstration: one made-up officer for every role, and one for all communes together.

They exist only where the demonstration's mark lies in the data folder. The password is public: it opens synthetic data.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings

from diaban.apps.access import House
from diaban.apps.accounts.models import Assignment, User
from diaban.apps.places import queries as places
from diaban.core.policy import ROLES

PASSWORD = "diaban-dung-thu"  # noqa: S105 public on purpose
SINCE = date(2015, 1, 1)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A made-up officer: role and unit (its code today; empty: the whole area) of the post."""

    username: str
    full_name: str
    title: str
    role: str
    code: str = ""


CAST = (
    DemoAccount("canbo", "Trần Văn An (mô phỏng)", "Cán bộ tổng hợp PC04", "provincial_police"),
    DemoAccount("congan.vungtau", "Lê Thị Bình (mô phỏng)", "Công an phường Vũng Tàu", "commune_police", "26506"),
    DemoAccount(
        "lanhdao.vungtau", "Phạm Thị Lan (mô phỏng)", "Phó Chủ tịch UBND phường Vũng Tàu", "commune_leader", "26506"
    ),
    DemoAccount("congan.tamthang", "Đỗ Thu Hà (mô phỏng)", "Công an phường Tam Thắng", "commune_police", "26526"),
    DemoAccount("soyte", "Ngô Hương Giang (mô phỏng)", "Chuyên viên Sở Y tế", "department"),
    DemoAccount("lanhdaotinh", "Võ Đức Minh (mô phỏng)", "Phó Chủ tịch UBND tỉnh", "provincial_leader"),
    DemoAccount("duyetbaocao", "Hồ Hữu Phúc (mô phỏng)", "Phó Trưởng phòng PC04", "report_approver"),
    DemoAccount("yte.vungtau", "Đặng Mai Chi (mô phỏng)", "Cán bộ y tế phường Vũng Tàu", "health_social", "26506"),
    DemoAccount("tinbao", "Lý Anh Thu (mô phỏng)", "Cán bộ tiếp nhận tin báo", "tip_officer", "26506"),
    DemoAccount("thanhtra", "Vũ Kim Oanh (mô phỏng)", "Thanh tra viên", "auditor"),
    DemoAccount("quantri", "Phan Anh Quân (mô phỏng)", "Quản trị hệ thống", "system_administrator"),
    DemoAccount(
        "taikhoan.vungtau", "Tạ Bích Vân (mô phỏng)", "Quản lý tài khoản phường Vũng Tàu", "unit_administrator", "26506"
    ),
)
_COMMUNES = ("cac-xa", "Công an và UBND các xã, phường (mô phỏng)", ("commune_police", "commune_leader"))


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts while the demonstration is made: the province, the communes, the leader who decides."""

    province: User
    communes: User
    leader: User


def mark() -> Path:
    """Return the file whose presence says that this data folder holds a demonstration."""
    return Path(settings.DATA_DIR) / "demo"


def planted() -> Path:
    """Return the file that tells what the generator planted: hot-spots, re-formations, seasonal swings (JSON)."""
    return Path(settings.DATA_DIR) / "demo-planted.json"


def present() -> bool:
    """Say whether this data folder holds a demonstration."""
    return mark().exists()


def create(*, at: datetime, on: date) -> Cast:
    """Make the cast; the units must be loaded. `on` is the day on which the codes of the posts are read."""
    users = {one.username: _officer(one, at, on) for one in CAST}
    name, full_name, roles = _COMMUNES
    communes = User.objects.create(username=name, full_name=full_name, date_joined=at)
    communes.set_unusable_password()
    communes.save(update_fields=["password"])
    for role in roles:
        _give(communes, role, None, at)
    return Cast(users["canbo"], communes, users["lanhdaotinh"])


def stand_in(agency: str, unit_name: str, code: str, unit_id: int, at: datetime) -> User:
    """Make the made-up officer of a commune whom nobody plays: holds a post, never signs in."""
    police = agency.startswith("Công an")
    user = User(
        username=f"{'congan' if police else 'lanhdao'}.{code}",
        full_name=f"{'Công an' if police else 'Lãnh đạo'} {unit_name} (mô phỏng)",
        title=f"{'Trưởng Công an' if police else 'Phó Chủ tịch UBND'} {unit_name}",
        unit_id=unit_id,
        date_joined=at,
    )
    user.set_unusable_password()
    user.save()
    _give(user, "commune_police" if police else "commune_leader", unit_id, at)
    return user


def retire(cast: Cast) -> None:
    """Close the account that stood for all communes: nobody signs in with it."""
    cast.communes.is_active = False
    cast.communes.save(update_fields=["is_active"])


def _officer(account: DemoAccount, at: datetime, on: date) -> User:
    unit = places.unit_by_code(account.code, on) if account.code else None
    user = User(username=account.username, full_name=account.full_name, title=account.title, unit=unit, date_joined=at)
    user.set_password(PASSWORD)
    user.save()
    _give(user, account.role, unit.pk if unit else None, at)
    return user


def _give(user: User, role: str, unit_id: int | None, at: datetime) -> None:
    Assignment.objects.create(
        user=user,
        role=role,
        line=ROLES[role].lines[0],
        unit_id=unit_id,
        start=SINCE,
        document="MP-0001/QĐ-PC04",
        given_by=House("cài đặt").get_username(),
        given_at=at,
    )
