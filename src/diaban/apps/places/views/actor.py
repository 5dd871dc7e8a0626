"""Who acts."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest

from diaban.apps.access import Person


def actor(request: HttpRequest) -> Person:
    """Return the signed-in person; every page of places needs one."""
    return cast(Person, request.user)
