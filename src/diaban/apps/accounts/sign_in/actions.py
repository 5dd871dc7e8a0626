"""Sign in, sign out, end sessions. Every way in and every refusal at the door is written down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpRequest

from diaban.apps.accounts.models import User
from diaban.apps.accounts.sign_in import brake
from diaban.apps.accounts.sign_in.brake import Visitor
from diaban.apps.accounts.sign_in.sessions import BROWSER, HOW, Session, begin
from diaban.apps.audit.actions import Actor, record
from diaban.apps.audit.models import Kind
from diaban.apps.audit.seals import fingerprint

UNSLOWED = frozenset({"code", "passkey", "organisation"})
CONFIRMED = "confirmed_at"  # POSIX seconds: when one last proved to be oneself in this session


@dataclass(frozen=True, slots=True)
class Stranger:
    """Whoever stands at the door and is nobody yet."""

    def get_username(self) -> str:
        """Return the name that the log shows."""
        return "chưa đăng nhập"


def enter_with_password(*, visitor: Visitor, password: str, at: datetime) -> User | None:
    """Return whose name and password these are; None when they are nobody's or it is too early to say.

    One password hash is computed in every case, so that the time tells nothing either.
    """
    if not brake.enter(visitor, at=at):
        make_password(password)
        return None
    user = authenticate(None, username=visitor.name, password=password)
    if user is None:
        refuse(visitor=visitor, at=at, how="password")
        return None
    brake.passed(visitor, at=at)
    return user


def refuse(*, visitor: Visitor, at: datetime, how: str) -> None:
    """Write down a failed attempt. A name that is no account is not written: it may be a password, misplaced.

    Of what is not slowed (codes, passkeys, the organisation's server) so many as a slowed one would get are written;
    the next one tells how many were not.
    """
    known = User.objects.filter(username=visitor.name).values_list("username", flat=True).first()
    if how in UNSLOWED:
        visitor = Visitor("", visitor.network, step=how)
        if not brake.enter(visitor, at=at):
            return
    detail = {"how": how, "known_browser": bool(visitor.browser), "turned_away": brake.turned_away(visitor)}
    with transaction.atomic():
        subject = f"account:{known or _hidden(visitor.name)}"[:80]
        record(by=Stranger(), at=at, verb="account.sign_in_refused", subject=subject, detail=detail, kind=Kind.SIGN_IN)


def _hidden(typed: str) -> str:
    """Return what stands for a name that is no account: the same for the same text, and unreadable."""
    return f"?{fingerprint(typed)}" if typed else "?"


@transaction.atomic
def sign_in(*, request: HttpRequest, user: User, at: datetime, how: str, second: str = "", browser: str = "") -> None:
    """Begin a session of `user` under a new id. `second` names the second factor that was given."""
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    begin(request.session, at)
    request.session[HOW] = how
    request.session[BROWSER] = browser
    request.session[CONFIRMED] = int(at.timestamp())
    request.session.save()
    Session.objects.filter(expire_date__lt=at).delete()
    detail = {"how": how, "second": second} if second else {"how": how}
    subject = f"account:{user.get_username()}"[:80]
    record(by=user, at=at, verb="account.sign_in", subject=subject, detail=detail, kind=Kind.SIGN_IN)


@transaction.atomic
def sign_out(*, request: HttpRequest, by: User, at: datetime) -> None:
    """End the session of this request."""
    record(by=by, at=at, verb="account.sign_out", subject=f"account:{by.get_username()}"[:80], kind=Kind.SIGN_IN)
    logout(request)


@transaction.atomic
def end_sessions(
    *, of: User, by: Actor, at: datetime, keep: str | None = None, marks: Iterable[str] | None = None
) -> int:
    """End sessions of `of`: those named by `marks`, or all; never the one with the key `keep`. Return how many.

    The next request of an ended session is a stranger's.
    """
    wanted = None if marks is None else set(marks)
    ending = [
        row.session_key
        for row in Session.objects.filter(user=of)
        if row.session_key != keep and (wanted is None or row.mark in wanted)
    ]
    if ending:
        Session.objects.filter(session_key__in=ending).delete()
        subject = f"account:{of.get_username()}"[:80]
        detail = {"sessions": len(ending)}
        record(by=by, at=at, verb="account.session_end", subject=subject, detail=detail, kind=Kind.SIGN_IN)
    return len(ending)
