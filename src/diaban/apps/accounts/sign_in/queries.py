"""Where an officer is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from diaban.apps.accounts.models import Session, User
from diaban.apps.accounts.sign_in.gate import over
from diaban.apps.accounts.sign_in.sessions import BEGAN, SEEN


@dataclass(frozen=True, slots=True)
class Visit:
    """One session as its owner sees it."""

    mark: str
    browser: str
    how: str
    began_at: datetime | None
    seen_at: datetime | None
    here: bool


def sessions(user: User, *, current: str | None, at: datetime) -> list[Visit]:
    """Return the officer's sessions that still hold, this one first, then the one seen last."""
    rows = Session.objects.filter(user=user, expire_date__gt=at).order_by("-seen_at")
    found = [
        Visit(row.mark, row.browser, row.how, row.began_at, row.seen_at, row.session_key == current)
        for row in rows
        if not over(_times(row), at)
    ]
    return sorted(found, key=lambda one: not one.here)


def _times(row: Session) -> dict[str, int]:
    kept = {BEGAN: row.began_at, SEEN: row.seen_at}
    return {name: int(moment.timestamp()) for name, moment in kept.items() if moment}
