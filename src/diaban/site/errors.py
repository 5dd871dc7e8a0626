"""Pages for what went wrong. They need no database, no session and no sign-in, and say nothing of what is stored.

The API gets the same facts as `application/problem+json` (RFC 9457).
"""

from __future__ import annotations

import logging
import math
import secrets
from typing import Any

from django.conf import settings
from django.core.exceptions import (
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diaban.apps.access import AccessRefused

incidents = logging.getLogger("diaban.incident")
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without 0/O, 1/I/L: the number is read out over the telephone


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 when the request is too large; never what was wrong with it, which may be an attacker's text."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        megabytes = settings.REQUEST_MAX_BYTES // 2**20
        return _page(request, 413, _("Tệp hoặc biểu mẫu quá lớn"), {"megabytes": megabytes})
    return _page(request, 400, _("Máy chủ không hiểu yêu cầu này"))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: with the policy's reason where the policy refused."""
    reason = exception.verdict.reason.render(_) if isinstance(exception, AccessRefused) else ""
    what = _(exception.verdict.permission.words) if isinstance(exception, AccessRefused) else ""
    return _page(request, 403, _("Tài khoản này không được làm việc này"), {"reason": reason, "what": what})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  (for the log, not for people)
    """403 for a form without the mark of the session that opened it."""
    return _page(request, 403, _("Phiên làm việc đã cũ"), template="403_csrf.html")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  (it may name the record)
    """404: the same whether the thing does not exist or is not for this account."""
    return _page(request, 404, _("Không có trang này"))


def too_many(request: HttpRequest, *, seconds: float) -> HttpResponse:
    """429 with the time to wait, in seconds, as a header and in words."""
    wait = max(1, math.ceil(seconds))
    minutes = math.ceil(wait / 60)
    words = (
        ngettext("{n} giây", "{n} giây", wait).format(n=wait)
        if wait < 90
        else ngettext("{n} phút", "{n} phút", minutes).format(n=minutes)
    )
    response = _page(request, 429, _("Quá nhiều yêu cầu trong thời gian ngắn"), {"wait": words})
    response.headers["Retry-After"] = str(wait)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500 with a number under which the log knows it."""
    number = "-".join("".join(secrets.choice(_LETTERS) for _place in range(4)) for _half in range(2))
    match = request.resolver_match
    incidents.error(
        "incident %s: %s %s", number, request.method, match.view_name if match else "(no-route)", exc_info=True
    )
    return _page(request, 500, _("Có lỗi ở máy chủ"), {"incident": number})


def _page(
    request: HttpRequest, status: int, title: str, facts: dict[str, Any] | None = None, *, template: str = ""
) -> HttpResponse:
    facts = facts or {}
    if request.path_info.startswith(settings.API_PREFIX):
        problem = {"type": "about:blank", "title": title, "status": status}
        told = {name: value for name, value in facts.items() if value}
        return JsonResponse(
            problem | told,
            status=status,
            content_type="application/problem+json",
            json_dumps_params={"ensure_ascii": True},
        )
    # No request is handed over: its context would ask the database who looks and what waits for them.
    return HttpResponse(render_to_string(template or f"{status}.html", facts), status=status)
