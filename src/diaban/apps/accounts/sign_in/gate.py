"""Before every page: has the session run out, is somebody signed in, and is there something they must do first?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from diaban.adapters.clock import now
from diaban.apps.accounts.keys.queries import lacks
from diaban.apps.accounts.models import User
from diaban.apps.accounts.sign_in.sessions import BEGAN, SEEN

Respond = Callable[[HttpRequest], HttpResponse]
NOTICE_SECONDS = 60  # "last seen" is kept to the minute: not a write for every page
PASSWORD, FACTOR = "password", "factor"
LEAVING = frozenset({"accounts:logout", "set_language"})
TO_CHANGE_PASSWORD = LEAVING | {"accounts:password"}
TO_ADD_FACTOR = LEAVING | {
    "accounts:own",
    "accounts:password",
    "accounts:confirm",
    "accounts:app",
    "accounts:app_picture",
    "accounts:key_add",
    "accounts:key_options",
    "accounts:key_question",
    "accounts:recovery",
    "accounts:recovery_file",
}


class SessionLimits:
    """End sessions that were idle for too long, or went on for too long."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            if over(request.session, now()):
                logout(request)
            else:
                self._notice(request)
        return self.get_response(request)

    def _notice(self, request: HttpRequest) -> None:
        here = int(now().timestamp())
        if here - request.session.get(SEEN, here) >= NOTICE_SECONDS:
            request.session[SEEN] = here


def over(session: Any, at: datetime) -> bool:
    """Tell whether a signed-in session has run out at `at`."""
    here = int(at.timestamp())
    idle = here - session.get(SEEN, here)
    age = here - session.get(BEGAN, here)
    return bool(idle >= settings.SESSION_IDLE_SECONDS or age >= settings.SESSION_LIFE_SECONDS)


class SignedIn(LoginRequiredMiddleware):
    """Lead a stranger to the door, and back to where they were once they are in."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> Any:
        asked = {self.get_redirect_field_name(view_func): _way_back(request)}
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            asked["phien"] = "het" if request.method in ("GET", "HEAD") else "chua-luu"
        door = f"{resolve_url(self.get_login_url(view_func))}?{urlencode(asked, safe='/')}"
        return HttpResponseClientRedirect(door) if "HX-Request" in request.headers else redirect(door)


def _way_back(request: HttpRequest) -> str:
    """Return the page one was on: of a form or a fragment that is the page around it, not its own address."""
    around = request.headers.get("HX-Current-URL", "")
    if not around and request.method not in ("GET", "HEAD"):
        around = request.headers.get("Referer", "/")
    if not around:
        return request.get_full_path()
    if not url_has_allowed_host_and_scheme(around, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    parts = urlsplit(around)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"


class FirstThings:
    """Lead to the new password or the second factor that an officer still owes, before anything else."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: object, _kwargs: object
    ) -> HttpResponse | None:
        """Return the way to what comes first; None when nothing is owed."""
        user, match = request.user, request.resolver_match
        if not isinstance(user, User) or match is None or not getattr(view, "login_required", True):
            return None
        first = owes(user, now().date())
        if first == PASSWORD and match.view_name not in TO_CHANGE_PASSWORD:
            return redirect("accounts:password")
        if first == FACTOR and match.view_name not in TO_ADD_FACTOR:
            return redirect("accounts:own")
        return None


def owes(user: User, on: date) -> str:
    """Return what an officer must do before anything else: `PASSWORD`, `FACTOR`, or "" for nothing."""
    if user.must_change_password:
        return PASSWORD
    return FACTOR if lacks(user, on) else ""
