"""One e-mail a day at most, to whoever asked for it, that says how many notices are new and nothing about them."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db.models import Q
from django.utils.timezone import localdate

from diaban.adapters.mail import MailError, Post, ServerAway, connected
from diaban.apps.inbox.models import MailServerState, MailWish, Notice
from diaban.apps.inbox.queries import mail_server
from diaban.core.messages import N_, say

SUBJECT = N_("Diaban: có nhắc việc mới")
BODY = N_("Đồng chí có {n} nhắc việc mới trong Diaban.")
LINK = N_("Mở hộp thư: {address}")


def send_mail(*, at: datetime) -> int:
    """Write to everybody who asked for it and has unread notices from after the last e-mail; return to how many.

    A day is taken before the message leaves: should the machine stop in between, one message is missing, none comes
    twice. A server that is away gives the day back; what it refuses is tried again the next day. No failure is raised:
    it stands in the row, and `diaban doctor` tells.
    """
    server, on = mail_server(), localdate(at)
    if server is None:
        return 0
    waiting = [(wish, n) for wish in _open(on) if (n := _new(wish))]
    if not waiting:
        return 0
    try:
        with connected(server) as post:
            _server_state(worked_at=at, failed_at=None, failure="")
            return sum(_send(post, wish, n, at=at) for wish, n in waiting)
    except ServerAway as error:
        _server_state(failed_at=at, failure=str(error)[:200])
        return 0


def _open(on: date) -> list[MailWish]:
    """Return the wishes of accounts in force for which no message left today."""
    free = Q(tried_on__isnull=True) | Q(tried_on__lt=on)
    return list(MailWish.objects.filter(free, user__is_active=True).select_related("user").order_by("pk"))


def _new(wish: MailWish) -> int:
    """Return how many unread notices came since the last message."""
    return Notice.objects.filter(user=wish.user, read_at__isnull=True, created_at__gt=wish.counted_until).count()


def _send(post: Post, wish: MailWish, n: int, *, at: datetime) -> int:
    on = localdate(at)
    free = Q(tried_on__isnull=True) | Q(tried_on__lt=on)
    # Whichever worker turns the row over has the day; the other finds it taken.
    if not MailWish.objects.filter(free, pk=wish.pk).update(tried_on=on):
        return 0
    mine = MailWish.objects.filter(pk=wish.pk)
    try:
        post.send(to=wish.address, subject=SUBJECT, body=body(n), at=at)
    except MailError as error:
        mine.update(failed_at=at, failure=str(error)[:200])
        return 0
    mine.update(failed_at=None, failure="", counted_until=at)
    return 1


def body(n: int) -> str:
    """Return the words of the message: a number, and the address of the inbox where the house knows its own."""
    lines = [str(say(BODY, n=n))]
    if settings.SITE_ADDRESS:
        lines.append(str(say(LINK, address=f"{settings.SITE_ADDRESS}/hop-thu/")))
    return "\n\n".join(lines) + "\n"


def _server_state(**values: object) -> None:
    MailServerState.objects.update_or_create(pk=1, defaults=values)
