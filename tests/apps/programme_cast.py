"""Agencies, posts and who holds them, for the tests of tasks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from cast import HOME, TODAY, give, play_all
from diaban.apps.accounts.models import User
from diaban.apps.agencies.models import Agency, Holding, Post
from diaban.apps.places import queries as places
from diaban.apps.places.models import Unit
from diaban.apps.programme.actions import Order

AT = datetime(2026, 11, 20, 3, tzinfo=UTC)
DAY = date(2026, 11, 20)


@dataclass
class Office:
    """The cast with their agencies: Giang speaks for the department of health, Bình for her ward's police."""

    cast: dict[str, User]
    home: Unit
    police: Agency
    health: Agency
    wards: Agency
    heads: dict[str, Post] = field(default_factory=dict)


def agency(code: str, name: str, level: str, line: str) -> Agency:
    return Agency.objects.create(code=code, name=name, level=level, line=line)


def seat(user: User, of: Agency, unit: Unit | None = None, *, heads: bool = True) -> Post:
    post = Post.objects.create(
        agency=of, unit=unit, title=f"Phụ trách {of.name} {user.username}", heads=heads, created_at=AT
    )
    Holding.objects.create(post=post, user=user, start=date(2020, 1, 1), given_by="cast", given_at=AT)
    return post


def office() -> Office:
    """Make the cast, three agencies and a head post in each; the units must be loaded."""
    cast = play_all()
    home = places.unit_by_code(HOME, TODAY)
    found = Office(
        cast, home,
        agency("ca-tinh", "Công an tỉnh", "province", "police"),
        agency("so-y-te", "Sở Y tế", "province", "health"),
        agency("ca-xa", "Công an cấp xã", "commune", "police"),
    )  # fmt: skip
    found.heads = {
        "police": seat(cast["an"], found.police),
        "health": seat(cast["giang"], found.health),
        "home": seat(cast["binh"], found.wards, home),
    }
    return found


def second(office: Office) -> User:
    """Return a second officer of the province's police, who did not do what An did."""
    user = User.objects.create(username="an2", full_name="Lưu Văn Ân", date_joined=AT)
    return give(user, "provincial_police")


def order(office: Office, **given: Any) -> Order:
    """Return an order to the province's police, but for what is given."""
    values: dict[str, Any] = {"title": "Rà soát danh sách điểm", "lead": office.police, "starts": date(2026, 11, 1)}
    return Order(**values | given)
