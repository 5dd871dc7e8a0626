"""Canaries in everything that a browser sends: none may sing in a log, an error page, a header or the database."""

from __future__ import annotations

import io
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse
from vault_probe import everything, traces

from diaban.site.logs import BareFormatter

CANARIES = {
    "name": "Hoàng Yến Thị Canary",
    "phone": "0987654321234",
    "password": "mat-khau-Canary-77",
    "search": "canarysearchword",
    "cookie": "canarycookieworth",
    "agent": "canaryagentstring",
    "path": "canarypathword",
    "file": "canaryfilename",
}


def forms(text: str) -> list[bytes]:
    """A canary in every form in which it may show."""
    return [
        *traces(text),
        quote(text).encode(),
        quote(text).lower().encode(),
        text.encode("unicode_escape"),
        text.replace(" ", "+").encode(),
        repr(text.encode()).encode(),
    ]


def singing(held: bytes) -> list[str]:
    return [name for name, text in CANARIES.items() if any(form in held for form in forms(text))]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the handler of the settings writes."""
    (handler,) = (
        handler
        for handler in logging.getLogger().handlers
        if isinstance(handler, logging.StreamHandler) and isinstance(handler.formatter, BareFormatter)
    )
    written = io.StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before)


@pytest.fixture
def loaded() -> Client:
    client = Client(
        raise_request_exception=False, HTTP_USER_AGENT=CANARIES["agent"], HTTP_REFERER="http://testserver/x"
    )
    client.cookies["extra"] = CANARIES["cookie"]
    return client


def ask(client: Client, where: str, **extra: str) -> HttpResponse:
    body = {name: CANARIES[name] for name in ("name", "phone", "password")}
    address = f"{where}?q={quote(CANARIES['search'])}&ten={quote(CANARIES['name'])}"
    return client.post(address, body, **extra)  # type: ignore[return-value,arg-type]


FAULTS = {
    "/fault/crash/": 500,
    f"/fault/crash/{CANARIES['path']}/": 500,
    "/fault/row/": 500,
    "/fault/bad/": 400,
    "/fault/odd/": 400,
    "/fault/denied/": 403,
    "/fault/missing/": 404,
    f"/khong-co/{CANARIES['path']}/": 404,
    "/fault/talks/": 200,
}


@pytest.mark.django_db
@pytest.mark.parametrize("where", FAULTS)
@pytest.mark.parametrize("debug", [False, True])
@override_settings(ROOT_URLCONF="vault_faults")
def test_nothing_typed_reaches_log_page_or_header(loaded: Client, log: io.StringIO, where: str, debug: bool) -> None:
    with override_settings(DEBUG=debug):
        response = ask(loaded, where)
    assert response.status_code == FAULTS[where]
    told = log.getvalue()
    assert singing(told.encode()) == []
    if not (debug and response.status_code in (403, 404)):  # DEBUG's page of addresses, on this machine only
        assert singing(response.content) == []
    assert singing(repr(dict(response.headers)).encode()) == []
    if FAULTS[where] in (400, 500):
        assert "vault_faults" in told, "what went wrong and where is still told"


@pytest.mark.django_db
@override_settings(ROOT_URLCONF="vault_faults")
def test_a_log_still_helps(loaded: Client, log: io.StringIO) -> None:
    ask(loaded, "/fault/crash/")
    ask(loaded, "/fault/talks/")
    told = log.getvalue()
    for part in ("builtins.ValueError\nthen:\n", "builtins.RuntimeError", "vault_faults.py:", "incident ", " POST "):
        assert part in told, part
    assert "some.package vault_faults:" in told and "got ‹…› and 3" in told
    assert "work import.check of ‹…› failed" in told


@pytest.mark.django_db
def test_a_wrong_host_is_not_repeated(loaded: Client, log: io.StringIO) -> None:
    response = loaded.get("/", HTTP_HOST=f"{CANARIES['agent']}.test")
    assert response.status_code == 400
    assert singing(log.getvalue().encode() + response.content) == []


@pytest.mark.django_db
def test_real_pages_leave_nothing_behind(loaded: Client, log: io.StringIO) -> None:
    """Wrong sign-ins, forms that are refused, files that are none: nothing of them stays."""
    get_user_model().objects.create_user(username="an", password="mot-mat-khau-dai-10")
    pages = [reverse("accounts:login"), "/nhap-xuat/", "/don-vi/", "/"]
    responses = [ask(loaded, page) for page in pages]
    responses.append(
        loaded.post(
            reverse("accounts:login"),
            {
                "username": CANARIES["name"],
                "login": CANARIES["name"],
                "password": CANARIES["password"],
                "next": "/",
                "file": SimpleUploadedFile(f"{CANARIES['file']}.xlsx", CANARIES["name"].encode()),
            },
        )
    )
    assert {response.status_code for response in responses} <= {200, 302, 400, 403, 405, 429}
    assert singing(log.getvalue().encode()) == []
    assert singing(everything()) == []
    assert not any(CANARIES["password"].encode() in response.content for response in responses)


def test_debug_is_for_this_machine_only(tmp_path: Path) -> None:
    def start(hosts: str) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "DIABAN_DEBUG": "1",
            "DIABAN_ALLOWED_HOSTS": hosts,
            "DIABAN_DATA_DIR": str(tmp_path),
            "DIABAN_SECRET_KEY": "x",
        }
        code = "import diaban.site.settings"
        return subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
        )

    assert start("127.0.0.1,localhost").returncode == 0
    refused = start("diaban.tinh.vn")
    assert refused.returncode == 1 and "DIABAN_DEBUG" in refused.stderr
