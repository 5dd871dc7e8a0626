"""The door of every route: nobody passes who does not hold what the route declares."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse

from diaban.adapters.clock import now
from diaban.apps.access import AccessRefused, asked_of, rights_of
from diaban.apps.accounts.models import User
from diaban.apps.audit import actions as audit
from diaban.apps.audit.requests import address_of

logger = logging.getLogger(__name__)


class AccessMiddleware:
    """Refuse a route whose permission the person does not hold for any record; write every refusal down.

    Routes that need no sign-in are let through; a route that declares nothing is a mistake of ours and opens to nobody.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], _args: object, _kwargs: object) -> None:
        """Raise `AccessRefused` before the view is called."""
        if not getattr(view, "login_required", True) or not request.user.is_authenticated:
            return
        asked = asked_of(view)
        if asked is None:
            name = getattr(view, "__qualname__", repr(view))
            raise ImproperlyConfigured(f"{name} declares no permission: put @guard(Permission…) on it")
        rights = rights_of(request)
        if not asked.admits(rights):
            refused = AccessRefused(asked.refusal(rights))
            write_refusal(request, refused)  # what is raised here passes no other middleware
            raise refused

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Write a refusal down, and a record asked for in vain; the pages themselves are Django's handlers'."""
        if not isinstance(request.user, User):
            return
        if isinstance(exception, AccessRefused):
            write_refusal(request, exception)
        elif isinstance(exception, Http404):
            write_absence(request)


def write_refusal(request: HttpRequest, refused: AccessRefused) -> None:
    """Write who was refused what, where. A database that cannot be written does not turn a refusal into a pass."""
    _write(request, str(refused.verdict.permission), str(refused.verdict.why))


def write_absence(request: HttpRequest) -> None:
    """Write that a record was asked for that is not there or is out of sight: who tries numbers leaves a trace.

    Which of the two it was is not written: the line, and the time it takes, are the same.
    """
    match = request.resolver_match
    asked = asked_of(match.func) if match else None
    if asked is not None:
        _write(request, str(asked.permissions[0]), "absent")


def _write(request: HttpRequest, what: str, reason: str) -> None:
    match = request.resolver_match
    try:
        audit.refused(
            by=request.user,
            at=now(),
            what=what,
            subject=f"route:{match.view_name if match else ''}",
            reason=reason,
            address=address_of(request),
        )
    except DatabaseError:
        logger.exception("a refusal could not be written down")
