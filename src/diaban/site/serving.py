"""How our own server is set. Apart from `wsgi`: that one looks for the collected files as soon as it is imported."""

from __future__ import annotations

from typing import Any

from django.conf import settings


def server_options() -> dict[str, Any]:
    """Return what waitress is told: no name of its own, bounded requests, and whom to believe about the sender.

    Without a trusted proxy every `X-Forwarded-*` header is dropped: anybody can write one. With one, its word on sender
    and scheme counts, and nobody else's. The body's ceiling is a little over ours, so that ours answers with a page.
    """
    options: dict[str, Any] = {
        "ident": None,
        "clear_untrusted_proxy_headers": True,
        "max_request_body_size": settings.REQUEST_MAX_BYTES * 2,
        "max_request_header_size": 64 * 1024,
        "channel_timeout": 60,
    }
    if settings.TRUSTED_PROXY:
        options |= {
            "trusted_proxy": settings.TRUSTED_PROXY,
            "trusted_proxy_count": 1,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
        }
    return options
