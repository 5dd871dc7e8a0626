"""Make an account; change a password."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from diaban.apps.accounts.models import User
from diaban.apps.audit.actions import Actor, record


@transaction.atomic
def add_user(*, by: Actor, at: datetime, username: str, password: str, full_name: str = "", title: str = "") -> User:
    """Make an officer's account. Raises `ValidationError` for a weak password; the name must be free."""
    user = User(username=username, full_name=full_name, title=title)
    validate_password(password, user)
    user.set_password(password)
    user.save()
    record(by=by, at=at, verb="account.add", subject=f"account:{username}")
    return user


@transaction.atomic
def change_password(*, by: User, at: datetime, password: str) -> None:
    """Set one's own password. Raises `ValidationError` for a weak one."""
    validate_password(password, by)
    by.set_password(password)
    by.save(update_fields=["password"])
    record(by=by, at=at, verb="account.password", subject=f"account:{by.get_username()}")
