"""Nothing is reachable without signing in, except what is named here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, UUIDConverter

OPEN = {
    "accounts:login",
    "accounts:passkey",
    "accounts:passkey_question",
    "accounts:second",
    "accounts:second_question",
    "accounts:organisation",
    "accounts:organisation_back",
    "accounts:activate",
    "accounts:state",  # says whether one is signed in, nothing else
    "set_language",
    "health",
}
SAMPLES: dict[type, str] = {IntConverter: "1", UUIDConverter: "00000000-0000-0000-0000-000000000000"}


def routes(resolver: URLResolver, prefix: str = "/", space: str = "") -> Iterator[tuple[str, str]]:
    """Yield the name and a sample address of every route."""
    for pattern in resolver.url_patterns:
        route = str(pattern.pattern)
        for name, converter in pattern.pattern.converters.items():
            sample = SAMPLES.get(type(converter), "2026")
            for shape in (f"<{type(converter).__name__.removesuffix('Converter').lower()}:{name}>", f"<{name}>"):
                route = route.replace(shape, sample)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from routes(pattern, prefix + route, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}", prefix + route


ROUTES = dict(routes(get_resolver()))


def test_there_are_routes() -> None:
    assert len(ROUTES) > 30
    assert OPEN - {"health"} <= set(ROUTES)


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(ROUTES))
def test_a_stranger_is_sent_to_the_door(client: Client, name: str) -> None:
    for method in (client.get, client.post):
        response = method(ROUTES[name])
        if name.startswith("api:") and name != "api:openapi":
            assert response.status_code in (401, 405), (name, response.status_code)  # programs are told, not sent
        elif name in OPEN:
            assert response.status_code in (200, 302, 405)
        else:
            assert response.status_code == 302, (name, ROUTES[name], response.status_code)
            assert response.headers["Location"].startswith("/tai-khoan/dang-nhap/"), name
