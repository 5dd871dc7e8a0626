"""Every route says what it asks for; nothing is left to chance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from access_matrix import PAGE, page
from django.urls import URLPattern, URLResolver, get_resolver

from diaban.apps.access import asked_of


def views(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield the name and the view of every route."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}", pattern.callback


VIEWS = dict(views(get_resolver()))


@pytest.mark.parametrize("name", sorted(VIEWS))
def test_route_declares_permission_and_purpose(name: str) -> None:
    view = VIEWS[name]
    if not getattr(view, "login_required", True) and not name.startswith("api:"):
        assert asked_of(view) is None, f"{name} is open to strangers: a permission on it would say otherwise"
        return
    asked = asked_of(view)
    assert asked is not None, f"{name}: put @guard(Permission…) on the view"
    assert asked.permissions
    assert asked.purposes, f"{name}: its permission exists for no purpose"


def test_the_printed_matrix_is_what_the_code_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python tools/access_matrix.py --write"
