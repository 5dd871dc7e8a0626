"""From a proved first step to a session: by way of the second factor, when there is one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from diaban.adapters.clock import now
from diaban.apps.accounts.keys.queries import factors
from diaban.apps.accounts.models import User
from diaban.apps.accounts.sign_in import actions, browsers
from diaban.apps.accounts.sign_in.actions import CONFIRMED

PENDING = "second_step"
PENDING_SECONDS = 10 * 60
CONFIRMED_SECONDS = 5 * 60


@dataclass(frozen=True, slots=True)
class Pending:
    """Somebody whose first step is proved and whose second is not. They are nobody yet."""

    user: User
    how: str
    onward: str


def onward(request: HttpRequest) -> str:
    """Return where to go afterwards, as asked; "" for an address that is not ours."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    return asked if is_ours(request, asked) else ""


def is_ours(request: HttpRequest, address: str) -> bool:
    """Tell whether an address leads into this site."""
    return url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())


def proceed(request: HttpRequest, *, user: User, how: str, onward: str) -> HttpResponse:
    """Go on after the first step: to the second, or in."""
    if not factors(user).any:
        return enter(request, user=user, how=how, onward=onward)
    request.session.cycle_key()
    request.session[PENDING] = {
        "user": user.pk,
        "how": how,
        "onward": onward,
        "at": int(now().timestamp()),
        "hash": user.get_session_auth_hash(),  # a password changed meanwhile ends this too
    }
    return redirect("accounts:second")


def pending(request: HttpRequest, at: datetime) -> Pending | None:
    """Return who is between the two steps in this session; None after ten minutes."""
    kept: dict[str, Any] = request.session.get(PENDING) or {}
    if not kept or int(at.timestamp()) - kept["at"] > PENDING_SECONDS:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    if user is None or not constant_time_compare(kept["hash"], user.get_session_auth_hash()):
        return None
    return Pending(user, kept["how"], kept["onward"])


def enter(request: HttpRequest, *, user: User, how: str, onward: str, second: str = "") -> HttpResponse:
    """Begin the session, let this browser be known, and go where one wanted to go."""
    request.session.pop(PENDING, None)
    browser = browsers.words(request)
    actions.sign_in(request=request, user=user, at=now(), how=how, second=second, browser=browser)
    response = redirect(onward if onward and is_ours(request, onward) else "/")
    browsers.remember(request, response, user)
    return response


def is_confirmed(request: HttpRequest, at: datetime) -> bool:
    """Tell whether one proved to be oneself in this session within the last minutes."""
    proved = request.session.get(CONFIRMED)
    return isinstance(proved, int) and 0 <= int(at.timestamp()) - proved < CONFIRMED_SECONDS


def confirm(request: HttpRequest, at: datetime) -> None:
    """Note that one proved to be oneself now."""
    request.session[CONFIRMED] = int(at.timestamp())
