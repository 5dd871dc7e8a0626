"""Who acts."""

from __future__ import annotations

from django.http import HttpRequest

from diaban.apps.audit.actions import Actor


def actor(request: HttpRequest) -> Actor:
    """Return the signed-in person; every page of places needs one."""
    return request.user
