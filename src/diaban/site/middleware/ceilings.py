"""Ceilings on what one account, or one network before sign-in, may ask for in a while; files of the release are free.

The limits and where they are kept: `diaban.site.limits`. Attempts to sign in have a throttle of their own, by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

from diaban.adapters.clock import now, today
from diaban.apps.access import asked_of
from diaban.site.errors import too_many
from diaban.site.limits import ACCOUNT, NETWORK, Ledger, Limit, log, network_key

_FILE = re.compile(r"\.(xlsx|csv|docx|pdf|json|zip|ics)$|/tep/")
_SEARCH_WORDS = "q"


class Ceilings:
    """Count each request; answer 429 with the time to wait when there were too many."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.ledger = Ledger(settings.DATA_DIR / "limits.sqlite3")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.LIMIT_FACTOR:
            account = request.session.get(SESSION_KEY)
            api = request.path_info.startswith(settings.API_PREFIX)
            if account is None:
                refused = self._refusal(request, "network", _network(request), NETWORK)
            else:
                kind = "api" if api else "request"
                refused = self._refusal(request, kind, account, ACCOUNT[kind])
            if refused is not None:
                return refused
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., Any],
        _positional: tuple[Any, ...],
        _named: dict[str, Any],
    ) -> HttpResponse | None:
        """Count once more what costs more than a page: a search, a file out, a file in."""
        if not settings.LIMIT_FACTOR:
            return None
        account = request.session.get(SESSION_KEY)
        kind = costly(request, view)
        if account is None or kind is None:
            return None
        return self._refusal(request, kind, account, ACCOUNT[kind])

    def _refusal(self, request: HttpRequest, kind: str, who: str, limit: Limit) -> HttpResponse | None:
        factor = settings.LIMIT_FACTOR
        scaled = Limit(max(1, round(limit.burst * factor)), max(1, round(limit.per_hour * factor)))
        wait = self.ledger.wait(f"{kind}:{who}", scaled, at=now().timestamp())
        if not wait:
            return None
        log.warning("too many: %s by %s", kind, f"account#{who}" if kind != "network" else "network")
        return too_many(request, seconds=wait)


def costly(request: HttpRequest, view: Callable[..., Any]) -> str | None:
    """Return the kind of costly request that this is, or nothing."""
    if request.method == "POST" and (request.content_type or "").startswith("multipart/"):
        return "upload"
    if request.method in ("GET", "HEAD"):
        asked = asked_of(view)
        if _FILE.search(request.path_info) or (asked and any(p.value.endswith(".export") for p in asked.permissions)):
            return "export"
        if request.GET.get(_SEARCH_WORDS):
            return "search"
    return None


def _network(request: HttpRequest) -> str:
    return network_key(request.META.get("REMOTE_ADDR", ""), secret=settings.SECRET_KEY, day=f"{today():%Y-%m-%d}")
