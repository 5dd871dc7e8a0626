"""Which account of the organisation's server opens which account here. Links are made, never accounts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from diaban.apps.accounts.models import User
from diaban.apps.audit.actions import record

SUBJECT_LENGTH = 191  # what the table holds; the standard allows 255, servers use 36


def issuer() -> str:
    """Return what links are kept under: a subject means nothing under another issuer."""
    return str(settings.OIDC["issuer"])[:200]


def links_of(user: User) -> list[SocialAccount]:
    """Return the officer's links to the server in use."""
    return list(SocialAccount.objects.filter(user=user, provider=issuer())) if settings.OIDC else []


@transaction.atomic
def owner(claims: dict[str, Any], *, at: datetime) -> User | None:
    """Return whose account these checked claims open; None when there is none.

    By the stored subject; on the first use, where the setting names a claim, by the user name that it holds. A user
    name that already has another subject is not handed over.
    """
    subject = str(claims["sub"])
    known = SocialAccount.objects.select_related("user").filter(provider=issuer(), uid=subject).first()
    if known is not None:
        return known.user if known.user.is_active else None
    name = _name(claims)
    user = User.objects.filter(username=name, is_active=True).first() if name else None
    if user is None or links_of(user):
        return None
    _make(user, subject, at)
    return user


@transaction.atomic
def link(*, by: User, subject: str, at: datetime) -> None:
    """Let the organisation's account open one's own. Raises `ValidationError` when it opens another already."""
    known = SocialAccount.objects.filter(provider=issuer(), uid=subject).first()
    if known is not None and known.user_id != by.pk:
        raise ValidationError(_("Tài khoản cơ quan này đã liên kết với một tài khoản khác."))
    if known is None:
        _make(by, subject, at)


@transaction.atomic
def unlink(*, by: User, link: SocialAccount, at: datetime) -> None:
    """Remove one's own link. Raises `ValidationError` when there would be no way in left."""
    if not by.has_usable_password():
        raise ValidationError(_("Tài khoản này chưa có mật khẩu; bỏ liên kết thì không còn lối vào."))
    link.delete()
    record(by=by, at=at, verb="account.unlink", subject=f"account:{by.get_username()}"[:80])


def _make(user: User, subject: str, at: datetime) -> None:
    # Nothing else of what the server tells is kept.
    SocialAccount.objects.create(user=user, provider=issuer(), uid=subject, extra_data={})
    record(by=user, at=at, verb="account.link", subject=f"account:{user.get_username()}"[:80])


def _name(claims: dict[str, Any]) -> str:
    claim = settings.OIDC["username_claim"]
    if not claim or (claim == "email" and claims.get("email_verified") is not True):
        return ""
    found = claims.get(claim)
    return found if isinstance(found, str) else ""
