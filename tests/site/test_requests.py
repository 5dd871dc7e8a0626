"""What another site, a forged header or a stolen token can and cannot make the server do."""

from __future__ import annotations

import gzip
import importlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import BadHeaderError, HttpResponse
from django.test import Client, override_settings
from django.urls import get_resolver
from django.utils.http import content_disposition_header

from cast import play
from contracts.test_routes import ROUTES
from diaban.site.middleware.admission import METHODS

LOGIN = "/tai-khoan/dang-nhap/"
SOURCE = Path(__file__).parents[2] / "src" / "diaban"


@pytest.fixture
def strict() -> Client:
    return Client(enforce_csrf_checks=True)


def token_of(client: Client) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get(LOGIN).content.decode())
    assert found is not None
    return found[1]


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(ROUTES))
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_no_route_takes_an_unsafe_request_without_its_token(strict: Client, name: str, method: str) -> None:
    response = getattr(strict, method)(ROUTES[name], "a=1", content_type="application/x-www-form-urlencoded")
    assert response.status_code in (403, 405), (name, method, response.status_code)
    if response.status_code == 403:
        told = response.json()["title"] if "json" in response["Content-Type"] else response.content.decode()
        assert "Phiên làm việc đã cũ" in told


@pytest.mark.django_db
def test_the_token_of_another_browser_is_worth_nothing(strict: Client) -> None:
    theirs = Client(enforce_csrf_checks=True)
    stolen = token_of(theirs)
    token_of(strict)
    body = {"csrfmiddlewaretoken": stolen, "language": "en", "next": "/"}
    assert strict.post("/ngon-ngu/", body).status_code == 403
    body["csrfmiddlewaretoken"] = token_of(strict)
    assert strict.post("/ngon-ngu/", body).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://testserver.evil.example", "null", "https://testserver"]
)
def test_the_sender_s_origin_is_checked_even_with_a_good_token(strict: Client, origin: str) -> None:
    body = {"csrfmiddlewaretoken": token_of(strict), "language": "en", "next": "/"}
    assert strict.post("/ngon-ngu/", body, headers={"origin": origin}).status_code == 403
    assert strict.post("/ngon-ngu/", body, headers={"origin": "http://testserver"}).status_code == 302


@pytest.mark.django_db
def test_under_https_a_form_from_a_foreign_page_is_refused_by_its_referer(strict: Client) -> None:
    page = strict.get(LOGIN, secure=True).content.decode()
    token = re.search(r'value="([^"]{64})"', page)
    assert token is not None
    body = {"csrfmiddlewaretoken": token[1], "language": "en", "next": "/"}
    for referer, status in (("", 403), ("https://evil.example/", 403), ("https://testserver/", 302)):
        assert strict.post("/ngon-ngu/", body, secure=True, headers={"referer": referer}).status_code == status


@pytest.mark.parametrize(
    ("site", "mode", "dest", "method", "passes"),
    [
        ("cross-site", "navigate", "document", "get", True),
        ("cross-site", "no-cors", "script", "get", False),
        ("cross-site", "no-cors", "image", "get", False),
        ("cross-site", "navigate", "iframe", "get", False),
        ("cross-site", "cors", "empty", "get", False),
        ("cross-site", "navigate", "document", "post", False),
        ("same-site", "cors", "empty", "get", False),
        ("same-origin", "cors", "empty", "post", True),
        ("none", "navigate", "document", "get", True),
        ("", "", "", "get", True),
    ],
)
def test_parts_of_ours_are_not_given_to_pages_of_others(
    client: Client, site: str, mode: str, dest: str, method: str, passes: bool
) -> None:
    headers = {"sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": dest}
    with override_settings(ROOT_URLCONF="faulty_urls"):
        response = getattr(client, method)("/loi/echo", headers={k: v for k, v in headers.items() if v})
    assert response.status_code == (200 if passes else 403)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "host", ["evil.example", "testserver.evil.example", "testserver@evil.example", "a b", "127.0.0.1:80:80"]
)
def test_a_foreign_host_name_is_refused_and_not_repeated(host: str) -> None:
    response = Client(raise_request_exception=False).get(LOGIN, headers={"host": host})
    assert response.status_code == 400
    assert "evil" not in response.content.decode() and "Location" not in response.headers


@pytest.mark.django_db
def test_a_forwarded_host_is_not_believed(client: Client) -> None:
    response = client.get("/", headers={"x-forwarded-host": "evil.example", "x-forwarded-proto": "https"})
    assert response.headers["Location"].startswith("/tai-khoan/")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "http:///evil.example"],
)
def test_nobody_is_led_to_another_site(client: Client, target: str) -> None:
    assert "evil" not in client.post("/ngon-ngu/", {"language": "en", "next": target}).headers["Location"]
    assert "javascript" not in client.post("/ngon-ngu/", {"language": "en", "next": target}).headers["Location"]


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["x-http-method-override", "x-method-override", "x-http-method"])
def test_a_header_does_not_change_the_method(client: Client, header: str) -> None:
    client.force_login(play("an"))
    assert client.get("/tai-khoan/dang-xuat/", headers={header: "POST"}).status_code == 405
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "TRACK", "PROPFIND", "GARBAGE"])
def test_odd_methods_are_refused(client: Client, method: str) -> None:
    response = client.generic(method, LOGIN)
    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == set(METHODS)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["text/plain", "application/json", "application/xml", "multipart/form-data"])
def test_a_body_of_another_kind_is_no_form(kind: str) -> None:
    client = Client(raise_request_exception=False)
    response = client.post("/ngon-ngu/", '{"language": "en"}', content_type=kind)
    assert response.status_code in (302, 400)
    assert settings.LANGUAGE_COOKIE_NAME not in response.cookies


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "/static/../secret-key",
        "/static/%2e%2e/secret-key",
        "/static/..%2fsecret-key",
        "/static//etc/passwd",
        "/nhap-xuat/xuat/../../settings.csv",
        "/nhap-xuat/xuat/..%2f..%2fetc%2fpasswd.csv",
        "/nhap-xuat/lo/..%2f..%2fsecret-key/loi/",
        "/nhap-xuat/mau/..%5c..%5cx.xlsx",
        "/bao-cao/2026/1/tep/..%2f..%2fx/",
        "/diem/xuat.csv%00.xlsx",
        "/.git/config",
        "/static/",
    ],
)
def test_no_address_leads_out_of_its_folder(client: Client, address: str) -> None:
    client.force_login(play("an"))
    assert client.get(address).status_code in (403, 404)


@pytest.mark.parametrize(
    "name", ['a"; x="b', "a\r\nSet-Cookie: x=1", "Tệp số 1 – bản cuối.xlsx", "../../etc/passwd", "a\x00b"]
)
def test_a_file_s_name_cannot_break_the_header(name: str) -> None:
    value = content_disposition_header(True, name)
    assert value is not None
    try:
        said = HttpResponse(headers={"Content-Disposition": value}).headers["Content-Disposition"]
    except BadHeaderError:
        return  # a line break is refused, not sent
    assert re.fullmatch(r"""attachment; filename(\*=utf-8''[\w.%~/-]+|="([^"\\]|\\.)*")""", said)


@pytest.mark.django_db
def test_a_page_of_secrets_is_padded_by_chance_when_compressed(client: Client) -> None:
    sizes = set()
    for _ in range(12):
        response = client.get(LOGIN, headers={"accept-encoding": "gzip"})
        assert response.headers["Content-Encoding"] == "gzip"
        assert b"csrfmiddlewaretoken" in gzip.decompress(response.content)
        sizes.add(len(response.content))
    assert len(sizes) > 3


@pytest.mark.django_db
def test_the_token_in_the_page_changes_each_time(client: Client) -> None:
    assert token_of(client) != token_of(client)


@pytest.mark.django_db
def test_cookies_are_for_the_server_alone(client: Client) -> None:
    token_of(client)
    client.post("/ngon-ngu/", {"language": "en", "next": "/"})
    client.force_login(play("an"))
    client.get("/")
    names = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME}
    assert names <= set(client.cookies)
    sent = [client.post("/ngon-ngu/", {"language": "vi", "next": "/"}).cookies, Client().get(LOGIN).cookies]
    for jar in sent:
        for cookie in jar.values():
            assert cookie["httponly"] and cookie["samesite"] in ("Lax", "Strict") and not cookie["domain"]


_PRINT = """
import os, json
os.environ["DJANGO_SETTINGS_MODULE"] = "diaban.site.settings"
from django.conf import settings as s
names = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "LANGUAGE_COOKIE_NAME", "SESSION_COOKIE_SECURE",
  "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE", "HTTPS", "SECURE_HSTS_SECONDS",
  "SECURE_HSTS_INCLUDE_SUBDOMAINS", "DEBUG",
  "SESSION_COOKIE_DOMAIN", "CSRF_COOKIE_DOMAIN", "SESSION_COOKIE_PATH", "CSRF_COOKIE_PATH", "LANGUAGE_COOKIE_PATH",
  "ASSUME_HTTPS", "ALLOWED_HOSTS", "SECURE_PROXY_SSL_HEADER", "USE_X_FORWARDED_HOST", "CSRF_TRUSTED_ORIGINS")
print(json.dumps({n: getattr(s, n) for n in names}))
"""


def in_service(tmp_path: Path, **given: str) -> dict[str, Any]:
    """Return the settings as a fresh process has them."""
    env = {**os.environ, "DIABAN_DATA_DIR": str(tmp_path), "DIABAN_DATABASE_URL": "", **given}
    done = subprocess.run([sys.executable, "-c", _PRINT], env=env, capture_output=True, text=True, check=True)
    found: dict[str, Any] = importlib.import_module("json").loads(done.stdout)
    return found


def test_under_https_cookies_are_bound_to_the_host(tmp_path: Path) -> None:
    found = in_service(tmp_path, DIABAN_HTTPS="1")
    for name in ("SESSION", "CSRF", "LANGUAGE"):
        assert found[f"{name}_COOKIE_NAME"].startswith("__Host-")
        assert found[f"{name}_COOKIE_SECURE"] is True and found[f"{name}_COOKIE_PATH"] == "/"
    assert found["SESSION_COOKIE_DOMAIN"] is None and found["CSRF_COOKIE_DOMAIN"] is None
    assert found["SECURE_HSTS_SECONDS"] >= 31_536_000 and found["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is True
    assert found["HTTPS"] is True and found["ASSUME_HTTPS"] is True
    assert in_service(tmp_path, DIABAN_HTTPS="1", DIABAN_TRUSTED_PROXY="10.0.0.2")["ASSUME_HTTPS"] is False


def test_the_defaults_are_safe(tmp_path: Path) -> None:
    found = in_service(tmp_path)
    assert found["DEBUG"] is False and "*" not in found["ALLOWED_HOSTS"]
    assert found["SECURE_PROXY_SSL_HEADER"] is None and found["USE_X_FORWARDED_HOST"] is False
    assert found["CSRF_TRUSTED_ORIGINS"] == []


@pytest.mark.django_db
def test_plain_http_is_redirected_for_people_and_refused_for_programs() -> None:
    with override_settings(HTTPS=True, ROOT_URLCONF="faulty_urls"):
        client = Client()
        assert client.get(LOGIN).headers["Location"] == f"https://testserver{LOGIN}"
        assert client.get(LOGIN, secure=True).status_code == 200
        assert client.get("/api/loi/echo").status_code == 403
        assert client.post("/loi/echo", {"a": "1"}).status_code == 403
    with override_settings(HTTPS=True, ASSUME_HTTPS=True, ROOT_URLCONF="faulty_urls"):
        assert Client().get("/loi/echo").content.decode().startswith("https ")


@pytest.mark.django_db
def test_signing_out_leaves_nothing_in_the_browser(client: Client) -> None:
    client.force_login(play("an"))
    assert "Clear-Site-Data" not in client.get("/").headers
    left = client.post("/tai-khoan/dang-xuat/")
    assert left.status_code == 302
    assert left.headers["Clear-Site-Data"] == '"cache", "storage"'


def _scripts() -> Iterator[Path]:
    return (path for path in SOURCE.rglob("*.js") if "vendor" not in path.parts)


def test_our_scripts_keep_nothing_and_build_no_markup_from_text() -> None:
    for path in _scripts():
        text = path.read_text(encoding="utf-8")
        for word in (
            r"localStorage|sessionStorage|indexedDB|document\.cookie",
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment",
            r"\beval\(|new Function|setTimeout\(\s*[\"']|import\(",
            r"postMessage|WebSocket|EventSource|RTCPeer",
            r"__proto__|Object\.assign\(Object",
        ):
            assert not re.search(word, text), (path.name, word)


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("SQL from text", r"\.raw\(|\.extra\(|RawSQL\("),
        ("a shell", r"shell=True|os\.system|os\.popen"),
        (
            "code from text",
            r"(?<![\w.])eval\(|(?<![\w.])exec\(|pickle\.loads?|marshal\.loads?|yaml\.load\((?!.*_YAML)",
        ),
        ("templates from text", r"Template\(|from_string\("),
        ("markup taken on trust", r"csrf_exempt|xframe_options_exempt|csp_exempt|autoescape off"),
        ("calls to elsewhere", r"\burllib\.request|\brequests\.(get|post)|\bhttpx\b|http\.client"),
        ("weak hashes or chance", r"hashlib\.(md5|sha1)\(|\brandom\.(random|choice|randint)\(|MODE_ECB|modes\.ECB"),
        ("directories", r"\bldap"),
    ],
)
def test_the_source_has_no_way_to(what: str, pattern: str) -> None:
    found = [
        str(path.relative_to(SOURCE))
        for kind in ("*.py", "*.html")
        for path in SOURCE.rglob(kind)
        if "migrations" not in path.parts and re.search(pattern, path.read_text(encoding="utf-8"))
    ]
    assert found == [], what


def test_mail_leaves_by_one_door_only() -> None:
    """`tests/adapters/test_mail.py` holds what may pass it; what a message may say, `tests/apps/test_inbox_mail.py`."""
    pattern = r"\bsmtplib\b|EmailMessage\(|django\.core\.mail|sendmail"
    found = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if re.search(pattern, path.read_text(encoding="utf-8"))
    }
    assert found == {"adapters/mail.py"}


def test_no_route_shows_a_listing_or_documents_itself_unasked() -> None:
    assert not [name for name in ROUTES if re.search(r"admin|debug|silk|schema-viewer", name)]
    assert get_resolver().urlconf_name == settings.ROOT_URLCONF


def test_only_pictures_that_we_drew_ourselves_are_shown_without_escaping() -> None:
    trusting = {
        p.name: re.findall(r"{{ ([\w.]+)\|safe }}", p.read_text(encoding="utf-8")) for p in SOURCE.rglob("*.html")
    }
    assert {name: words for name, words in trusting.items() if words} == {
        "chart.html": ["chart.wide", "chart.narrow"],
        "gantt.html": ["chart.wide", "chart.narrow"],
        "map.html": ["map.svg"],
    }
