"""Read inboxes, the days in one's calendar, and what reached nobody."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from diaban.adapters.mail import Server
from diaban.apps.access import Permission, Rights
from diaban.apps.accounts.models import User
from diaban.apps.inbox.models import MailServerState, MailWish, Notice, Unreached
from diaban.apps.inbox.rounds import SOURCES


def notices(user: User, *, kind: str = "", unread: bool = False) -> QuerySet[Notice]:
    """Return one's own notices: the unread first, and of both the newest first."""
    rows = Notice.objects.filter(user=user)
    if kind:
        rows = rows.filter(kind=kind)
    if unread:
        rows = rows.filter(read_at__isnull=True)
    was_read = ExpressionWrapper(Q(read_at__isnull=False), output_field=BooleanField())
    return rows.order_by(was_read, "-created_at", "-pk")


def unread(user: User) -> int:
    """Return how many notices wait to be read. One count over an index: every page asks."""
    return Notice.objects.filter(user=user, read_at__isnull=True).count()


def unread_of(request: HttpRequest) -> int:
    """Return how many notices wait for whoever is signed in."""
    return unread(request.user) if isinstance(request.user, User) else 0


def kinds(user: User) -> dict[str, int]:
    """Return how many unread notices of each kind there are, for the filter."""
    return dict(Counter(Notice.objects.filter(user=user, read_at__isnull=True).values_list("kind", flat=True)))


def marked_together(user: User, moment: datetime) -> int:
    """Return how many of one's notices were marked as read at exactly that moment."""
    return Notice.objects.filter(user=user, read_at=moment).count()


def unreached(rights: Rights) -> QuerySet[Unreached]:
    """Return the reminders that found nobody, where the reader may assign work: the longest waiting first."""
    return rights.visible(Unreached.objects.all(), Permission.TASK_ASSIGN).order_by("since", "-level", "pk")


@dataclass(frozen=True, slots=True)
class DueDay:
    """A day on which something of one's own falls due. `uid` is one for a person and a day, and tells neither."""

    uid: str
    day: date
    n: int


def due_days(user: User, on: date) -> list[DueDay]:
    """Return the days from `on` on with deadlines of one's own work, and how many there are on each."""
    counted = Counter(day for source in SOURCES.values() for day in source.due_days(user, on) if day >= on)
    return [DueDay(_uid(user, day), day, n) for day, n in sorted(counted.items())]


def _uid(user: User, day: date) -> str:
    """Return a name for the day that a calendar keeps, and from which nobody reads whose it is."""
    return salted_hmac("diaban.inbox.calendar", f"{user.pk}:{day.isoformat()}", algorithm="sha256").hexdigest()[:40]


def mail_server() -> Server | None:
    """Return how the mail server is reached; None when e-mail is not set up."""
    found: Server | None = settings.MAIL
    return found


def mail_wish(user: User) -> MailWish | None:
    """Return somebody's wish to get e-mail, or None."""
    return MailWish.objects.filter(user=user).first()


@dataclass(frozen=True, slots=True)
class MailStanding:
    """How e-mail stands, for whoever looks after the house: `failure` is empty when the last try was good."""

    is_on: bool
    wishes: int = 0
    failing: int = 0
    failure: str = ""


def mail_standing() -> MailStanding:
    """Return how e-mail stands; no address is told."""
    if mail_server() is None:
        return MailStanding(False)
    state = MailServerState.objects.filter(failed_at__isnull=False).first()
    failing = MailWish.objects.filter(failed_at__isnull=False).count()
    return MailStanding(True, MailWish.objects.count(), failing, state.failure if state else "")
