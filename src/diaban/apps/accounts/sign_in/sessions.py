"""Sessions that know whose they are, so that a person can see them and end them.

The session's row is the session: when it is gone, the next request is a stranger's. Neither the address of the
machine nor the browser's full description is kept; a word for each is enough to recognise one's own machine.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.crypto import salted_hmac

from diaban.adapters.clock import now

BEGAN = "began_at"  # POSIX seconds, UTC
SEEN = "seen_at"
BROWSER = "browser"
HOW = "how"


class Session(AbstractBaseSession):
    """One browser's visit. `user` is empty until somebody has signed in."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    began_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)  # to the minute
    browser = models.CharField(max_length=60, blank=True)  # "Chrome · Windows"
    how = models.CharField(max_length=20, blank=True)  # "password", "passkey", "organisation", "code"

    class Meta(AbstractBaseSession.Meta):
        abstract = False

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        return SessionStore

    @property
    def mark(self) -> str:
        """What names this session on a page: the key itself would open it."""
        return mark(self.session_key)


def mark(session_key: str) -> str:
    """Return a name for a session that does not open it."""
    return salted_hmac("diaban.session.mark", session_key, algorithm="sha256").hexdigest()[:20]


class SessionStore(DatabaseStore):
    """Django's sessions in the database, with the columns of `Session` filled from what is in them."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.began_at = _moment(data.get(BEGAN))
        row.seen_at = _moment(data.get(SEEN))
        row.browser = str(data.get(BROWSER, ""))[:60]
        row.how = str(data.get(HOW, ""))[:20]
        return row

    def save(self, must_create: bool = False) -> None:
        if SESSION_KEY in self._session and BEGAN not in self._session:  # type: ignore[attr-defined]
            begin(self, now())
        super().save(must_create)


def begin(session: Any, at: datetime) -> None:
    """Set when a signed-in session began; both lifetimes count from here."""
    session[BEGAN] = session[SEEN] = int(at.timestamp())


def _moment(seconds: Any) -> datetime | None:
    return datetime.fromtimestamp(seconds, tz=now().tzinfo) if isinstance(seconds, int | float) else None
