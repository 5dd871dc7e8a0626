"""The headers are locked: a change to one is a decision, made here. They are on every kind of response."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpResponseBase
from django.test import Client, override_settings

from cast import play
from diaban.site.serving import server_options

SOURCE = Path(__file__).parents[2] / "src" / "diaban"
TEMPLATES = sorted(SOURCE.rglob("*.html"))

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
}
ALWAYS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
TELL_TALES = ("Server", "X-Powered-By", "Via", "X-Django-Version", "Access-Control-Allow-Origin")
# What kind of response → how it is asked for: method, address, who asks, the status it has.
RESPONSES = {
    "sign-in page": ("get", "/tai-khoan/dang-nhap/", "", 200),
    "page": ("get", "/", "an", 200),
    "list": ("get", "/diem/?q=a", "an", 200),
    "download": ("get", "/diem/xuat.csv?muc_dich=places&ly_do=doi-chieu-so", "an", 200),
    "workbook": ("get", "/nhap-xuat/mau/hotspots.xlsx", "an", 200),
    "redirect": ("get", "/", "", 302),
    "not found": ("get", "/khong-co-dau/", "an", 404),
    "method not allowed": ("put", "/diem/", "an", 405),
    "trace": ("trace", "/", "an", 405),
    "bad request": ("get", "/loi/odd", "", 400),
    "denied": ("get", "/loi/denied", "", 403),
    "crash": ("get", "/loi/crash", "", 500),
    "API error": ("get", "/api/loi/crash", "", 500),
    "language": ("post", "/ngon-ngu/", "", 302),
    "static": ("get", "/static/test-headers.css", "", 200),
    "static, missing": ("get", "/static/khong-co.css", "an", 404),
}


@pytest.fixture(autouse=True, scope="module")
def _static_file() -> Iterator[None]:
    path = Path(settings.STATIC_ROOT) / "test-headers.css"
    path.write_text("b{}", encoding="ascii")
    yield
    path.unlink(missing_ok=True)


def ask(kind: str) -> HttpResponseBase:
    method, address, who, status = RESPONSES[kind]
    with override_settings(ROOT_URLCONF="faulty_urls"):
        client = Client(raise_request_exception=False)
        if who:
            client.force_login(play(who))
        response: HttpResponseBase = getattr(client, method)(address)
    if response.streaming:
        b"".join(response)  # type: ignore[arg-type]
    response.close()
    assert response.status_code == status, (kind, response.status_code)
    return response


@pytest.mark.django_db
@pytest.mark.parametrize("kind", RESPONSES)
def test_every_response_carries_exactly_these(kind: str) -> None:
    response = ask(kind)
    assert set(response.headers["Content-Security-Policy"].split("; ")) == POLICY
    assert {name: response.headers.get(name) for name in ALWAYS} == ALWAYS
    allowed = dict(part.split("=") for part in response.headers["Permissions-Policy"].split(", "))
    assert {name for name, who in allowed.items() if who != "()"} == {
        "geolocation",
        "publickey-credentials-create",
        "publickey-credentials-get",
    }
    assert set(allowed.values()) == {"()", "(self)"}
    assert not [name for name in TELL_TALES if name in response.headers]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", RESPONSES)
def test_nothing_but_the_release_s_own_files_is_kept_by_browsers_or_proxies(kind: str) -> None:
    response = ask(kind)
    if kind == "static":
        assert "max-age" in response.headers["Cache-Control"]
    else:
        assert response.headers["Cache-Control"] == "no-store"
        assert "ETag" not in response.headers and "Last-Modified" not in response.headers


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [k for k, (_m, _a, _w, status) in RESPONSES.items() if status not in (302, 405)])
def test_the_kind_of_content_is_said_with_its_encoding(kind: str) -> None:
    said = ask(kind).headers["Content-Type"]
    assert said.startswith(("text/", "application/"))
    if said.startswith("text/"):
        assert "charset=" in said


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["download", "workbook"])
def test_a_file_is_never_shown_in_place(kind: str) -> None:
    response = ask(kind)
    assert re.fullmatch(r'attachment; filename="[\w.-]+"(; filename\*=.*)?', response.headers["Content-Disposition"])


@pytest.mark.django_db
def test_strict_transport_is_asked_for_under_https_for_two_years(client: Client) -> None:
    page = "/tai-khoan/dang-nhap/"
    assert "Strict-Transport-Security" not in client.get(page).headers
    with override_settings(HTTPS=True, SECURE_HSTS_SECONDS=63_072_000, SECURE_HSTS_INCLUDE_SUBDOMAINS=True):
        served = Client().get(page, secure=True)
        assert served.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"


def test_the_server_does_not_name_itself_and_bounds_what_it_takes_in() -> None:
    options = server_options()
    assert options["ident"] is None
    assert options["clear_untrusted_proxy_headers"] is True
    assert "trusted_proxy" not in options
    assert options["max_request_body_size"] <= 100 * 2**20
    with override_settings(TRUSTED_PROXY="10.0.0.2"):
        believed = server_options()
    assert believed["trusted_proxy"] == "10.0.0.2" and believed["trusted_proxy_count"] == 1


def test_the_order_of_the_middleware_is_the_one_that_was_thought_through() -> None:
    names = [name.rpartition(".")[2] for name in settings.MIDDLEWARE]
    assert names[:9] == [
        "Headers",  # on everything that leaves, also on what the next ones refuse
        "CSPMiddleware",
        "ChosenLanguage",  # so that a refusal speaks the person's language
        "SecurityMiddleware",
        "Admission",  # before anything is read or looked up
        "WhiteNoiseMiddleware",
        "GZipMiddleware",
        "SessionMiddleware",
        "Ceilings",  # knows the account, and refuses before the page costs anything
    ]
    assert "CsrfViewMiddleware" in names and names.index("CsrfViewMiddleware") < names.index("AuthenticationMiddleware")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_template_needs_no_exception_to_the_policy(path: Path) -> None:
    text = re.sub(r"{%.*?%}", "", path.read_text(encoding="utf-8"))  # tags of the template, such as {% with one=… %}
    assert not re.search(r"<script(?![^>]*\bsrc=)", text), "inline script"
    assert not re.search(r"\sstyle\s*=", text), "inline style"
    assert not re.search(r"\son[a-z]+\s*=", text), "inline event handler"
    assert "hx-on" not in text and "js:" not in text
    assert not re.search(r"""(src|href|action)=["']?(https?:)?//""", text), "address outside"
