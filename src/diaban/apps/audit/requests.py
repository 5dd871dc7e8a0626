"""Where a request came from, for the events that may say so."""

from __future__ import annotations

from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """Return the client's network address as the server saw it, without trusting any header that a client can write.

    For officers' sign-ins, exports and refusals. Never call it for a page where residents leave tips: their address is
    not kept anywhere.
    """
    return str(request.META.get("REMOTE_ADDR", ""))
