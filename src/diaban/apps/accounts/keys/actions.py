"""Add, use and remove second factors. Nothing here asks whether the person proved themself anew: the pages do."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as ceremony
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from diaban.apps.access import Person
from diaban.apps.accounts.keys import codes
from diaban.apps.accounts.keys.answers import taken_apart
from diaban.apps.accounts.keys.queries import KEY, RECOVERY, TOTP, factors
from diaban.apps.accounts.models import AppSecret, User
from diaban.apps.accounts.over import require_over
from diaban.apps.audit.actions import record

KEY_NAME_LENGTH = 60
MISFITS = (ValidationError, ValueError, TypeError, KeyError, AttributeError)  # what a made-up answer of a key raises


@transaction.atomic
def add_app(*, by: User, at: datetime, secret: str, code: str) -> Authenticator:
    """Let codes of an app be a second factor. Raises `ValidationError` when `code` is not one of its codes now."""
    step = codes.step_of(secret, code, at=at)
    if step is None:
        raise ValidationError(
            _("Mã không đúng. Hãy nhập mã đang hiện trong ứng dụng và xem giờ của điện thoại có đúng không.")
        )
    Authenticator.objects.filter(user=by, type=TOTP).delete()
    made: Authenticator = Authenticator.objects.create(user=by, type=TOTP, created_at=at, data={})
    AppSecret.objects.create(factor=made, secret=secret, step=step)
    _written(by, by, at, "factor_add", kind="app")
    return made


@transaction.atomic
def add_key(*, by: User, at: datetime, name: str, credential: dict[str, Any], passwordless: bool) -> Authenticator:
    """Let a security key or passkey be a second factor; `passwordless` ones open the door alone.

    `credential` is what the browser answered to `begin_key`. Raises `ValidationError` when it does not fit.
    """
    answer, binding = _completed(credential)
    if passwordless and not binding.is_user_verified():
        raise _wrong_key()
    made: Authenticator = Authenticator.objects.create(
        user=by,
        type=KEY,
        created_at=at,
        data={"name": name[:KEY_NAME_LENGTH], "credential": answer, "passwordless": passwordless},
    )
    _written(by, by, at, "factor_add", kind="passkey" if passwordless else "key")
    return made


@transaction.atomic
def remove(*, by: User, at: datetime, factor: Authenticator) -> None:
    """Remove one of one's own second factors; with the last one the recovery codes go too."""
    kind = "app" if factor.type == TOTP else "key"
    factor.delete()
    if not factors(by).any:
        Authenticator.objects.filter(user=by, type=RECOVERY).delete()
    _written(by, by, at, "factor_remove", kind=kind)


@transaction.atomic
def new_recovery_codes(*, by: User, at: datetime) -> list[str]:
    """Return fresh recovery codes; the former ones stop working. They are not kept, only their digests."""
    fresh, salt = codes.new_recovery_codes(), codes.new_salt()
    Authenticator.objects.filter(user=by, type=RECOVERY).delete()
    data = {"salt": salt, "digests": [codes.recovery_digest(code, salt) for code in fresh]}
    Authenticator.objects.create(user=by, type=RECOVERY, created_at=at, data=data)
    _written(by, by, at, "recovery_new")
    return fresh


@transaction.atomic
def reset(*, of: User, by: Person, at: datetime) -> int:
    """Remove every second factor of an officer who lost them; return how many there were.

    Raises `AccessRefused` when the account is not `by`'s to manage.
    """
    require_over(by, of, at=at)
    count: int
    count, _by_model = Authenticator.objects.filter(user=of).delete()
    _written(of, by, at, "factor_reset")
    return count


@transaction.atomic
def use_code(*, user: User, at: datetime, code: str) -> str:
    """Return what `code` is: "app", "recovery", or "" for neither. Either kind is taken once."""
    rows = {
        row.type: row for row in Authenticator.objects.select_for_update().filter(user=user, type__in=(TOTP, RECOVERY))
    }
    if app := rows.get(TOTP):
        kept = AppSecret.objects.select_for_update().get(factor=app)
        step = codes.step_of(kept.secret, code, at=at, after=kept.step)
        if step is not None:
            kept.step = step
            kept.save(update_fields=["step"])
            _used(app, at)
            return "app"
    if paper := rows.get(RECOVERY):
        given = codes.recovery_digest(code, paper.data["salt"])
        left = [one for one in paper.data["digests"] if not secrets.compare_digest(one, given)]
        if len(left) < len(paper.data["digests"]):
            paper.data["digests"] = left
            _used(paper, at)
            return "recovery"
    return ""


def begin_key(*, user: User, passwordless: bool) -> dict[str, Any]:
    """Return what the browser needs to make a new key; the question is kept in the session, for one answer."""
    asked: dict[str, Any] = ceremony.begin_registration(user, passwordless)
    return asked


def ask_key(*, user: User | None) -> dict[str, Any]:
    """Return what the browser needs to ask for a key: of `user`, or any passkey when nobody is named yet."""
    asked: dict[str, Any] = ceremony.begin_authentication(user)
    return asked


@transaction.atomic
def use_key(*, user: User | None, at: datetime, credential: dict[str, Any]) -> Authenticator | None:
    """Return the key that answered; None when the answer does not fit the question of this session.

    Without `user` it is a passkey that says whose it is. The question holds once, right or wrong.
    """
    try:
        answer = taken_apart(credential)
        ceremony.parse_authentication_response(answer)
        owner = user or ceremony.extract_user_from_response(answer)
        found = ceremony.complete_authentication(owner, answer)
    except MISFITS:
        return None
    finally:
        ceremony.clear_state()
    if not found.user.is_active or (user is None and not found.data.get("passwordless")):
        return None
    _used(found, at)
    return found


def _completed(credential: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    try:
        answer = taken_apart(credential)
        ceremony.parse_registration_response(answer)
        return answer, ceremony.complete_registration(answer)
    except MISFITS:
        raise _wrong_key() from None
    finally:
        ceremony.clear_state()


def _wrong_key() -> ValidationError:
    return ValidationError(_("Chưa nhận được khóa. Hãy thử lại; khóa có thể đã được thêm trước đó."))


def _used(factor: Authenticator, at: datetime) -> None:
    factor.last_used_at = at
    factor.save(update_fields=["data", "last_used_at"])


def _written(of: User, by: Person, at: datetime, verb: str, **detail: str) -> None:
    record(by=by, at=at, verb=f"account.{verb}", subject=f"account:{of.get_username()}"[:80], detail=detail)
