"""Every route × everyone of the cast × records at home, next door, far away: what happens is what the policy says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from cast import BY_NAME, CAST, TODAY
from diaban.apps.access import Asked, asked_of
from diaban.apps.accounts.models import User
from diaban.apps.audit.models import Event
from diaban.site.api import endpoints
from matrix import world as made
from matrix.world import ENDPOINTS, PLACES, SAMPLES, Sample, World

ALLOWED, FORBIDDEN, ABSENT = "allowed", 403, 404


def routes(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, Asked, bool]]:
    """Yield the name of every route that asks for something, what it asks, and whether its address names a record."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern) and (asked := asked_of(pattern.callback)):
            yield f"{space}{pattern.name}", asked, bool(pattern.pattern.converters)


ROUTES = {name: (asked, named) for name, asked, named in routes(get_resolver()) if not name.startswith("api:")}
API = {f"{method} {address.removeprefix('/api/v1')}": asked for method, address, asked in endpoints()}


def test_every_route_that_names_something_has_a_sample() -> None:
    naming = {name for name, (_asked, named) in ROUTES.items() if named}
    assert naming - set(SAMPLES) == set(), "add them to tests/matrix/world.py"
    assert set(SAMPLES) - set(ROUTES) == set(), "no such route any more"
    assert {name for name in API if "{" in name} == set(ENDPOINTS)


def expected(user: User, asked: Asked, sample: Sample, unit: Any, sender: User) -> str | int:
    """Return what the policy says, worked out from its core alone."""
    rights = user.rights(TODAY)
    if not asked.admits(rights) or not all(rights.holds(one) for one in sample.needs):
        return FORBIDDEN
    if sample.of == "nothing":
        return ALLOWED
    if sample.of == "whole":
        return (
            ALLOWED if any(rights.can(one, purpose=asked.purpose).allowed for one in asked.permissions) else FORBIDDEN
        )
    if sample.of == "sender":
        return ALLOWED if sender == user else ABSENT
    if sample.parties and user.username in (sender.username, "dung"):
        return ALLOWED
    if sample.seen_by is not None and not rights.can(sample.seen_by, unit=unit.pk).allowed:
        return ABSENT
    enough = any(rights.can(one, unit=unit.pk, purpose=asked.purpose).allowed for one in asked.permissions)
    return ALLOWED if enough and all(rights.can(one, unit=unit.pk).allowed for one in asked.also) else FORBIDDEN


def ask(client: Client, name: str, sample: Sample, world: World, code: str) -> HttpResponse:
    address = reverse(name, kwargs=dict(sample.names(world, code)))
    return client.post(address) if sample.method == "post" else client.get(address)  # type: ignore[return-value]


def ask_api(client: Client, name: str, sample: Sample, world: World, code: str) -> HttpResponse:
    method, address = name.split(" ", 1)
    for key, value in sample.names(world, code).items():
        address = re.sub(rf"{{(int:)?{key}}}", str(value), address)
    return client.generic(method, f"/api/v1{address}", sample.body, content_type="application/json")  # type: ignore[return-value]


def happened(response: HttpResponse) -> str | int:
    """Return 403, 404, or that one was let in (to a page, a redirect, a form's complaint, another method's 405)."""
    if response.status_code in (FORBIDDEN, ABSENT):
        return response.status_code
    assert response.status_code < 500, response.status_code
    return ALLOWED


def written() -> int:
    """Return how many acts are on record, refusals apart."""
    return Event.objects.exclude(verb="access.refused").count()


def asked_for() -> Iterator[tuple[str, Asked, Sample, Callable[..., HttpResponse]]]:
    """Yield everything that can be asked of the site: its routes and the endpoints of the API."""
    for name, (asked, named) in sorted(ROUTES.items()):
        # Signing out ends the walk, and asks for one's own account only; of a missing sample the test above tells.
        if name != "accounts:logout" and (not named or name in SAMPLES):
            yield name, asked, SAMPLES.get(name, made._nothing()), ask
    for name, asked in sorted(API.items()):
        yield name, asked, ENDPOINTS.get(name, made._nothing()), ask_api


@pytest.mark.django_db
@pytest.mark.parametrize("username", [one.username for one in CAST])
def test_what_happens_is_what_the_policy_says(username: str) -> None:
    world = made.build()
    user = User.objects.get(username=username)
    client = Client()
    client.force_login(user)
    senders = {BY_NAME[name].code: world.cast[name] for name in ("binh", "ha", "khoa")}
    wrong = []
    for name, asked, sample, send in asked_for():
        for relation, code in PLACES.items() if sample.of in ("unit", "sender") else [("own", PLACES["own"])]:
            told = expected(user, asked, sample, world.units[code], senders[code])
            with transaction.atomic():  # what one route does, the next does not see
                before = written()
                seen = happened(send(client, name, sample, world, code))
                if seen != told:
                    wrong.append(f"{name} {relation}: policy says {told}, happened {seen}")
                elif told in (FORBIDDEN, ABSENT) and written() != before:
                    wrong.append(f"{name} {relation}: refused, and yet something was written")
                transaction.set_rollback(True)
    assert not wrong, "\n" + "\n".join(wrong)
