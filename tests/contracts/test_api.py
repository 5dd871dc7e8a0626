"""The API keeps its word: every endpoint declares its permission, strangers get 401, and nothing drifts or breaks."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
import schemathesis
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.test import Client
from django.utils.crypto import get_random_string
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from cast import CAST, play
from diaban.apps.access import House
from diaban.apps.places import actions as place_actions
from diaban.site.api import described, endpoints
from matrix import world as made

AT = datetime(2026, 11, 23, 3, tzinfo=UTC)
ENDPOINTS = list(endpoints())


def test_every_endpoint_declares_what_it_asks_for() -> None:
    assert len(ENDPOINTS) > 15
    for method, address, asked in ENDPOINTS:
        assert asked.permissions, (method, address)


def test_the_description_is_openapi_3_1_and_names_every_refusal() -> None:
    told = described()
    assert told["openapi"].startswith("3.1")
    for address, operations in told["paths"].items():
        for method, operation in operations.items():
            assert {"401", "403", "404", "422"} <= set(operation["responses"]), (method, address)
            assert operation["summary"], (method, address)


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "address"), [one[:2] for one in ENDPOINTS])
def test_a_stranger_gets_401_and_no_page(client: Client, method: str, address: str) -> None:
    filled = re.sub(r"\{int:\w+\}", "1", address).replace("{uid}", "x")
    response = client.generic(method, filled)
    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_what_changes_something_needs_the_token_of_the_session() -> None:
    place_actions.load_catalogue(by=House("test"), at=AT)
    client = Client(enforce_csrf_checks=True)
    client.force_login(play("binh"))
    assert client.get("/api/v1/me").status_code == 200
    assert client.post("/api/v1/incidents", {}, content_type="application/json").status_code == 403


@pytest.mark.django_db
def test_the_description_is_for_those_who_are_signed_in(client: Client) -> None:
    assert client.get("/api/v1/openapi.json").status_code == 302
    place_actions.load_catalogue(by=House("test"), at=AT)
    client.force_login(play("dung"))
    assert client.get("/api/v1/openapi.json").json()["info"]["title"] == "Diaban"


@pytest.mark.django_db
@pytest.mark.parametrize("username", [one.username for one in CAST])
def test_no_input_breaks_an_endpoint_or_gets_an_answer_that_is_not_described(username: str) -> None:
    """As each of the cast: no 5xx, only described answers, bodies as described, wrong input refused."""
    world = made.build()
    client = Client()
    client.force_login(world.cast[username])
    name = settings.SESSION_COOKIE_NAME
    token = get_random_string(32)
    cookies = {name: client.cookies[name].value, settings.CSRF_COOKIE_NAME: token}
    told = described()
    for operations in told["paths"].values():
        for operation in operations.values():
            operation.pop("security", None)  # the session is real here; strangers have a test of their own
    told["components"].pop("securitySchemes", None)
    schema = schemathesis.openapi.from_dict(told)
    schema.app = get_wsgi_application()
    for result in schema.get_all_operations():
        operation = result.ok()

        @given(case=st.one_of(operation.as_strategy(), operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)))
        @effort(
            max_examples=6,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def play_one(case: Case) -> None:
            case.call_and_validate(
                cookies=cookies,
                headers={"X-CSRFToken": token, "Accept-Encoding": "identity"},
                excluded_checks=[positive_data_acceptance],
            )

        play_one()
