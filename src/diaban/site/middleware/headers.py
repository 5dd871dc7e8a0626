"""The headers that every response carries, whoever made it: a page, a file, a redirect, a refusal, a crash.

Outermost of all, so that nothing leaves without them. The content security policy, `nosniff`, the referrer policy, HSTS
and the opener policy come from the middleware next to it (settings, "headers").
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseFileResponse

# Our pages ask for the place (to record where one stands) and for passkeys; everything else is off, also for frames.
ASKED = ("geolocation", "publickey-credentials-create", "publickey-credentials-get")
UNASKED = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "clipboard-read",
    "display-capture",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
PERMISSIONS = ", ".join([f"{name}=(self)" for name in ASKED] + [f"{name}=()" for name in UNASKED])


class Headers:
    """Write the headers; see also that one who came with a session and leaves without one leaves nothing behind."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.ASSUME_HTTPS:
            request.META["wsgi.url_scheme"] = "https"  # what stands in front of us speaks TLS; nothing else reaches us
        response = self.get_response(request)
        headers = response.headers
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["Permissions-Policy"] = PERMISSIONS
        headers["X-Frame-Options"] = "DENY"
        of_the_release = isinstance(response, WhiteNoiseFileResponse)
        if of_the_release:
            # Files of the release are nobody's data; fonts and scripts are read by our own pages alone.
            headers.pop("Access-Control-Allow-Origin", None)
            return response
        headers["Cache-Control"] = "no-store"
        headers.pop("ETag", None)
        headers.pop("Last-Modified", None)
        if _has_signed_out(request, response):
            headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


def _has_signed_out(request: HttpRequest, response: HttpResponse) -> bool:
    """Tell whether a redirect goes to somebody who sent a session's cookie and has no session any more."""
    if response.status_code not in (302, 303) or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    session = getattr(request, "session", None)
    return bool(session is not None and session.accessed and SESSION_KEY not in session)
