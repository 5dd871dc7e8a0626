"""Make an account, hand it over by a one-time code, change a password, close and open an account."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils.crypto import get_random_string, salted_hmac

from diaban.apps.access import Person, rights_at
from diaban.apps.accounts.models import Activation, User
from diaban.apps.accounts.over import over, require_over
from diaban.apps.accounts.sign_in.actions import end_sessions
from diaban.apps.audit.actions import record

CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # no vowels, no digits: no words, nothing to mistake when read out
CODE_LENGTH = 16  # 20**16 is 69 bits


@transaction.atomic
def add_user(
    *,
    by: Person,
    at: datetime,
    username: str,
    password: str | None,
    full_name: str = "",
    title: str = "",
    must_change: bool = False,
) -> User:
    """Make an officer's account. Raises `ValidationError` for a weak password; the name must be free.

    Without a password nobody can sign in until a one-time code is used (`issue_activation`). `must_change`: the
    password is known to somebody else and must be changed at the first sign-in.
    """
    user = User(username=username, full_name=full_name, title=title, must_change_password=must_change)
    if password is None:
        user.set_unusable_password()
    else:
        validate_password(password, user)
        user.set_password(password)
    user.save()
    record(by=by, at=at, verb="account.add", subject=f"account:{username}"[:80])
    return user


@transaction.atomic
def change_password(*, by: User, at: datetime, password: str, session: str | None = None) -> None:
    """Set one's own password; end one's other sessions. Raises `ValidationError` for a weak one.

    `session` is the key of the session that goes on.
    """
    validate_password(password, by)
    by.set_password(password)
    by.must_change_password = False
    by.save(update_fields=["password", "must_change_password"])
    record(by=by, at=at, verb="account.password", subject=f"account:{by.get_username()}"[:80])
    end_sessions(of=by, by=by, at=at, keep=session)


@transaction.atomic
def issue_activation(*, user: User, by: Person, at: datetime) -> str:
    """Return a new one-time code with which `user` sets a password; an older one stops working.

    The code is shown once and kept only as a digest. The present password, if any, works until the code is used.
    Raises `AccessRefused` when the account is not `by`'s to manage.
    """
    require_over(by, user, at=at)
    Activation.objects.filter(user=user, used_at=None, withdrawn_at=None).update(withdrawn_at=at)
    letters = get_random_string(CODE_LENGTH, CODE_LETTERS)
    expires = at + timedelta(days=settings.ACTIVATION_DAYS)
    Activation.objects.create(
        user=user, digest=digest(letters), issued_by=by.get_username(), issued_at=at, expires_at=expires
    )
    detail = {"until": expires.isoformat()}
    record(by=by, at=at, verb="account.activation", subject=f"account:{user.get_username()}"[:80], detail=detail)
    return "-".join(letters[place : place + 4] for place in range(0, CODE_LENGTH, 4))


def withdraw_codes(*, user: User, by: Person, at: datetime) -> int:
    """Let no code open an account that has come to reach further than whoever gave it looks after; return how many.

    Called when a role is given or lent. `by`, who gives the role, may know a code of their own making.
    """
    waiting = Activation.objects.filter(user=user, used_at=None, withdrawn_at=None, expires_at__gt=at)
    gone = 0
    for code in waiting.exclude(issued_by=by.get_username()):
        giver = User.objects.filter(username=code.issued_by).first()  # None: made by the house, on the command line
        if giver is not None and not over(rights_at(giver, at), user).allowed:
            code.withdrawn_at = at
            code.save(update_fields=["withdrawn_at"])
            gone += 1
    return gone


@transaction.atomic
def activate(*, username: str, code: str, password: str, at: datetime) -> User | None:
    """Set the password of the account that the code was issued for; None when name or code do not hold.

    A code holds once, until it expires, and not for an account that is closed. Other sessions end.
    """
    found = (
        Activation.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(
            digest=digest(code),
            user__username=username,
            user__is_active=True,
            used_at=None,
            withdrawn_at=None,
            expires_at__gt=at,
        )
        .first()
    )
    if found is None:
        return None
    user = found.user
    validate_password(password, user)
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    found.used_at = at
    found.save(update_fields=["used_at"])
    record(by=user, at=at, verb="account.activate", subject=f"account:{user.get_username()}"[:80])
    end_sessions(of=user, by=user, at=at)
    return user


@transaction.atomic
def close_account(*, user: User, by: Person, at: datetime) -> None:
    """Let nobody sign in to this account any more; its sessions end now. What it did stays in the log."""
    require_over(by, user, at=at)
    user.is_active = False
    user.save(update_fields=["is_active"])
    record(by=by, at=at, verb="account.close", subject=f"account:{user.get_username()}"[:80])
    end_sessions(of=user, by=by, at=at)


@transaction.atomic
def reopen_account(*, user: User, by: Person, at: datetime) -> None:
    """Let a closed account be used again."""
    require_over(by, user, at=at)
    user.is_active = True
    user.save(update_fields=["is_active"])
    record(by=by, at=at, verb="account.reopen", subject=f"account:{user.get_username()}"[:80])


def digest(code: str) -> str:
    """Return what is kept of a code; dashes, spaces and the case of letters do not matter."""
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    return salted_hmac("diaban.activation", letters, algorithm="sha256").hexdigest()
