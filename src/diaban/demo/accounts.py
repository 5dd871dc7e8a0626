"""Accounts of the demonstration. They exist only where the demonstration's mark lies in the data folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from diaban.apps.accounts.models import User


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A made-up officer. The password is public: it opens synthetic data only."""

    username: str
    password: str
    full_name: str
    title: str


ALL = (DemoAccount("canbo", "diaban-dung-thu", "Cán bộ tổng hợp (mô phỏng)", "Cán bộ tổng hợp cấp tỉnh"),)


def mark() -> Path:
    """Return the file whose presence says that this data folder holds a demonstration."""
    return Path(settings.DATA_DIR) / "demo"


def planted() -> Path:
    """Return the file that tells what the generator planted: hot-spots, re-formations, seasonal swings (JSON)."""
    return Path(settings.DATA_DIR) / "demo-planted.json"


def present() -> bool:
    """Say whether this data folder holds a demonstration."""
    return mark().exists()


def create() -> User:
    """Make the demonstration's accounts; return the first."""
    users = []
    for account in ALL:
        user, _created = User.objects.get_or_create(username=account.username)
        user.full_name, user.title = account.full_name, account.title
        user.set_password(account.password)
        user.save()
        users.append(user)
    return users[0]
