"""What is turned away before anything looks at it: methods, sizes and senders that no page of ours has use for."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponsePermanentRedirect

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
_SAFE = ("GET", "HEAD")


class Admission:
    """Refuse odd methods (TRACE), bodies over the limit, requests that another site's page makes, plain HTTP."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        if _length(request) > settings.REQUEST_MAX_BYTES:
            raise RequestDataTooBig("Request body over REQUEST_MAX_BYTES.")
        if _from_elsewhere(request):
            raise PermissionDenied("Request made by another site.")
        if settings.HTTPS and not request.is_secure():
            if _is_a_person_looking(request):
                return HttpResponsePermanentRedirect(f"https://{request.get_host()}{request.get_full_path()}")
            # What was sent in the clear is known to the network: an answer would hide that, a redirect too.
            raise PermissionDenied("Plain HTTP.")
        return self.get_response(request)


def _length(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    if not (text.isascii() and text.isdigit()):
        raise BadRequest("Content-Length is not a number.")
    return int(text)


def _from_elsewhere(request: HttpRequest) -> bool:
    """Tell whether a page of another site asks for a part (script, picture, form, fetch) of ours.

    A link that a person follows is no such request; browsers that don't say who asks are left to the CSRF token.
    """
    if request.headers.get("Sec-Fetch-Site") not in ("cross-site", "same-site"):
        return False
    follows = (
        request.headers.get("Sec-Fetch-Mode") == "navigate" and request.headers.get("Sec-Fetch-Dest") == "document"
    )
    return not (follows and request.method in _SAFE)


def _is_a_person_looking(request: HttpRequest) -> bool:
    return request.method in _SAFE and not request.path_info.startswith(settings.API_PREFIX)
