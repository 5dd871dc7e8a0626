"""Sign-in with the organisation's account, against a real OpenID Connect server in a process of its own."""

from __future__ import annotations

import html
import json
import logging
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from cryptography.hazmat.primitives.asymmetric import rsa
from django.http import HttpResponse
from django.test import Client, RequestFactory

from apps.door import NAME, NOON, PASSWORD, Clock, is_in, knock, officer
from diaban.apps.access import House
from diaban.apps.accounts import actions as accounts
from diaban.apps.accounts.keys import actions as keys
from diaban.apps.accounts.models import User
from diaban.apps.accounts.sign_in import organisation
from diaban.apps.audit.models import Event
from organisation_server import CLIENT, SECRET, WRONG

BEGIN, BACK = "/tai-khoan/dang-nhap/co-quan/", "/tai-khoan/dang-nhap/co-quan/ve/"
SERVER = Path(__file__).parents[1] / "organisation_server.py"


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("organisation")
    command = [sys.executable, str(SERVER), str(port), str(folder), f"http://testserver{BACK}"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        address = f"http://127.0.0.1:{port}"
        try:
            _wait(process, f"{address}/.well-known/openid-configuration", folder / "log")
            yield address
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            try:
                process.wait(timeout=0.2)
            except subprocess.TimeoutExpired:
                continue
            break
    pytest.fail(log.read_text())


@pytest.fixture
def an(db: None) -> User:
    return officer()


@pytest.fixture(autouse=True)
def oidc(issuer: str, settings: Any) -> dict[str, str]:
    settings.OIDC = {
        "issuer": issuer,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "name": "Cổng Bộ",
        "username_claim": "preferred_username",
    }
    return settings.OIDC  # type: ignore[no-any-return]


def begin(client: Client, **more: str) -> str:
    """Press the button; return where the page in between leads."""
    page = client.post(BEGIN, more)
    assert page.status_code == 200
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page.content.decode())
    assert found is not None
    return html.unescape(found.group(1))


def at_server(issuer: str, name: str, address: str) -> str:
    """Sign in at the server as `name`, follow the address; return where the server sends the browser back to."""
    browser = requests.Session()
    browser.get(f"{issuer}/as/{name}", timeout=10).raise_for_status()
    back = browser.get(address, timeout=10, allow_redirects=False)
    assert back.status_code == 302, back.text
    parts = urlsplit(back.headers["Location"])
    assert parts.path == BACK
    return f"{parts.path}?{parts.query}"


@pytest.fixture
def visit(issuer: str) -> Callable[..., HttpResponse]:
    def through(client: Client, name: str = NAME, **more: str) -> HttpResponse:
        return client.get(at_server(issuer, name, begin(client, **more)))  # type: ignore[return-value]

    return through


def refused(page: HttpResponse) -> bool:
    return page.status_code == 403 and "chưa mở được tài khoản nào" in page.content.decode()


def test_the_door_offers_it_only_where_it_is_set(client: Client, an: User, settings: Any) -> None:
    assert "Đăng nhập bằng Cổng Bộ" in client.get("/tai-khoan/dang-nhap/").content.decode()
    settings.OIDC = {}
    assert "Cổng Bộ" not in client.get("/tai-khoan/dang-nhap/").content.decode()
    assert client.post(BEGIN).status_code == client.get(BACK).status_code == 302


def test_the_request_carries_state_nonce_and_challenge(client: Client, an: User, issuer: str) -> None:
    address = begin(client)
    assert address.startswith(f"{issuer}/identity/o/authorize?")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert asked["code_challenge_method"] == "S256" and len(asked["code_challenge"]) >= 43
    assert len(asked["nonce"]) >= 32 and len(asked["state"]) >= 16
    assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT)
    assert set(asked["scope"].split()) == {"openid", "profile"}
    assert begin(client) != address
    tampered = begin(client, auth_params="prompt=none", scope="email")
    assert "prompt" not in tampered and "email" not in tampered


def test_the_first_visit_links_by_name_and_later_ones_by_subject(
    client: Client, an: User, visit: Callable[..., HttpResponse], issuer: str
) -> None:
    done = visit(client, next="/don-vi/")
    assert (done.status_code, done.headers["Location"]) == (302, "/don-vi/") and is_in(client)
    link = SocialAccount.objects.get()
    assert (link.user, link.provider, link.uid, link.extra_data) == (an, issuer, NAME, {})
    assert list(Event.objects.filter(actor=NAME).order_by("pk").values_list("verb", flat=True)) == [
        "account.link",
        "account.sign_in",
    ]
    an.username = "doi-ten"
    an.save()
    again = Client()
    visit(again)
    assert again.get("/tai-khoan/").context["user"].pk == an.pk
    assert "tài khoản của cơ quan" in again.get("/tai-khoan/").content.decode()


def test_no_account_is_ever_made(client: Client, an: User, visit: Callable[..., HttpResponse]) -> None:
    before = User.objects.count()
    assert refused(visit(client, "nguoi.la"))
    assert User.objects.count() == before and not SocialAccount.objects.exists() and not is_in(client)
    event = Event.objects.get(verb="account.sign_in_refused")
    assert (event.subject, event.detail["how"]) == ("account:?", "organisation")


def test_without_the_setting_names_link_nothing(
    client: Client, an: User, visit: Callable[..., HttpResponse], oidc: dict[str, str]
) -> None:
    oidc["username_claim"] = ""
    assert refused(visit(client))
    assert not SocialAccount.objects.exists()


def test_a_name_that_has_a_subject_is_not_handed_to_another(
    client: Client, an: User, visit: Callable[..., HttpResponse], issuer: str
) -> None:
    SocialAccount.objects.create(user=an, provider=issuer, uid="someone-before", extra_data={})
    assert refused(visit(client))


def test_a_subject_of_another_server_means_nothing(
    client: Client, an: User, visit: Callable[..., HttpResponse], oidc: dict[str, str]
) -> None:
    oidc["username_claim"] = ""
    SocialAccount.objects.create(user=an, provider="https://elsewhere.example", uid=NAME, extra_data={})
    assert refused(visit(client))


def test_a_closed_account_looks_like_none(client: Client, an: User, visit: Callable[..., HttpResponse]) -> None:
    visit(client)
    accounts.close_account(user=an, by=House("thử"), at=NOON)
    closed, none = visit(Client()), visit(Client(), "nguoi.la")
    assert refused(closed) and closed.content == none.content
    other = officer("dong.truoc")
    accounts.close_account(user=other, by=House("thử"), at=NOON)
    assert visit(Client(), "dong.truoc").content == none.content
    assert not SocialAccount.objects.filter(user=other).exists()


@pytest.mark.parametrize("lie", WRONG)
def test_what_the_server_must_not_say_is_refused(
    client: Client, db: None, visit: Callable[..., HttpResponse], lie: str, caplog: pytest.LogCaptureFixture
) -> None:
    officer(lie)
    with caplog.at_level(logging.WARNING):
        assert refused(visit(client, lie))
    assert not is_in(client) and not SocialAccount.objects.exists()
    assert "organisation's sign-in refused" in caplog.text


def test_another_state_is_refused(client: Client, an: User, issuer: str) -> None:
    back = at_server(issuer, NAME, begin(client))
    assert refused(client.get(re.sub(r"state=[^&]+", "state=of-somebody-else", back)))  # type: ignore[arg-type]
    assert not is_in(client)


def test_an_answer_meant_for_another_browser_is_refused(an: User, issuer: str) -> None:
    attacker, victim = Client(), Client()
    begin(victim)
    back = at_server(issuer, NAME, begin(attacker))
    assert refused(victim.get(back)) and not is_in(victim)  # type: ignore[arg-type]


def test_an_answer_holds_once(client: Client, an: User, issuer: str) -> None:
    back = at_server(issuer, NAME, begin(client))
    assert client.get(back).status_code == 302
    assert refused(Client().get(back))  # type: ignore[arg-type]


def test_a_code_without_its_verifier_is_refused(client: Client, an: User, issuer: str) -> None:
    """The code of one visit with the state of another: the server asks for the verifier and finds another."""
    stolen = at_server(issuer, NAME, begin(client))
    code = parse_qs(urlsplit(stolen).query)["code"][0]
    other = Client()
    state = parse_qs(urlsplit(begin(other)).query)["state"][0]
    assert refused(other.get(f"{BACK}?code={code}&state={state}"))  # type: ignore[arg-type]
    assert not is_in(other)


ODD = ["", "?error=access_denied", "?code=x", "?state=x", "?code=x&state=x", "?error=x&state="]


@pytest.mark.parametrize("query", ODD)
def test_anything_may_come_back(client: Client, an: User, query: str) -> None:
    assert refused(client.get(BACK + query))  # type: ignore[arg-type]


def test_a_server_that_does_not_answer_is_told_calmly(client: Client, an: User, oidc: dict[str, str]) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        oidc["issuer"] = f"http://127.0.0.1:{probe.getsockname()[1]}"
    assert refused(client.post(BEGIN))  # type: ignore[arg-type]


def test_a_description_of_another_issuer_is_refused(client: Client, an: User, oidc: dict[str, str]) -> None:
    oidc["issuer"] = oidc["issuer"].replace("127.0.0.1", "127.0.0.1:80@127.0.0.1")
    assert refused(client.post(BEGIN))  # type: ignore[arg-type]


def test_the_second_step_follows_here_too(
    client: Client, an: User, visit: Callable[..., HttpResponse], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("diaban.apps.accounts.keys.codes.step_of", lambda *_args, **_more: 1)
    keys.add_app(by=an, at=NOON, secret="JBSWY3DPEHPK3PXP", code="000000")
    assert visit(client).headers["Location"] == "/tai-khoan/dang-nhap/buoc-hai/"
    assert not is_in(client)


def test_one_links_and_unlinks_one_s_own(
    client: Client, an: User, visit: Callable[..., HttpResponse], oidc: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    oidc["username_claim"] = ""
    knock(client)
    assert "Liên kết với Cổng Bộ" in client.get("/tai-khoan/").content.decode()
    visit(client, "ten.o.co.quan")
    link = SocialAccount.objects.get()
    assert (link.user, link.uid) == (an, "ten.o.co.quan")
    visit(other := Client(), "ten.o.co.quan")
    assert is_in(other)

    officer("khac")
    knock(stranger := Client(), "khac")
    visit(stranger, "ten.o.co.quan")
    assert SocialAccount.objects.get().user == an
    assert "đã liên kết với một tài khoản khác" in stranger.get("/tai-khoan/").content.decode()
    assert stranger.post(f"/tai-khoan/lien-ket/{link.pk}/bo/").status_code == 404

    client.post(f"/tai-khoan/lien-ket/{link.pk}/bo/")
    assert not SocialAccount.objects.exists()
    assert Event.objects.get(verb="account.unlink").actor == NAME


def test_linking_asks_to_prove_oneself(client: Client, an: User, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    for module in ("sign_in.views", "sign_in.steps", "sign_in.gate", "sign_in.sessions", "views"):
        monkeypatch.setattr(f"diaban.apps.accounts.{module}.now", clock)
    knock(client)
    clock.on(minutes=6)
    assert client.post(BEGIN).headers["Location"] == "/tai-khoan/"
    assert "Xác nhận là mình để liên kết" in client.get("/tai-khoan/").content.decode()


def test_the_last_way_in_is_not_removed(client: Client, an: User, visit: Callable[..., HttpResponse]) -> None:
    an.set_unusable_password()
    an.save()
    visit(client)
    client.post(f"/tai-khoan/lien-ket/{SocialAccount.objects.get().pk}/bo/")
    assert SocialAccount.objects.count() == 1
    assert "không còn lối vào" in client.get("/tai-khoan/").content.decode()
    assert not User.objects.get().check_password(PASSWORD)


# Forged tokens, without the server: what only the signature and its algorithm tell.


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, issuer: str) -> tuple[organisation.Server, rsa.RSAPrivateKey]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))

    class Reply:
        def raise_for_status(self) -> None: ...

        def json(self) -> dict[str, Any]:
            return {"keys": [{**public, "kid": "one", "alg": "RS256", "use": "sig"}]}

    class Questions:
        def __enter__(self) -> Questions:
            return self

        def __exit__(self, *_args: object) -> None: ...

        def get(self, _address: str) -> Reply:
            return Reply()

    monkeypatch.setattr("diaban.apps.accounts.sign_in.closed._Bounded", Questions)
    config = {"issuer": issuer, "jwks_uri": f"{issuer}/keys"}
    monkeypatch.setattr(organisation.Server, "openid_config", config)
    return organisation.Server(RequestFactory().get("/"), "oidc"), key


def claims(issuer: str, **more: object) -> dict[str, object]:
    far = 4_000_000_000
    return {"iss": issuer, "aud": CLIENT, "sub": "x", "iat": 1, "exp": far, "nonce": "n", **more}


def test_only_the_server_s_own_signature_counts(
    server: tuple[organisation.Server, rsa.RSAPrivateKey], issuer: str
) -> None:
    here, key = server
    app = organisation.provider(here.request).app
    good = jwt.encode(claims(issuer), key, algorithm="RS256", headers={"kid": "one"})
    assert here._claims(app, good)["sub"] == "x"

    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    head, body, _signature = good.split(".")
    forged = {
        "another key": jwt.encode(claims(issuer), other, algorithm="RS256", headers={"kid": "one"}),
        "an unknown key": jwt.encode(claims(issuer), key, algorithm="RS256", headers={"kid": "two"}),
        "no key named": jwt.encode(claims(issuer), key, algorithm="RS256"),
        "no signature": jwt.encode(claims(issuer), None, algorithm="none", headers={"kid": "one"}),  # type: ignore[arg-type]
        "a shared secret": jwt.encode(claims(issuer), "s" * 64, algorithm="HS256", headers={"kid": "one"}),
        "cut": f"{head}.{body}.",
        "nothing": "",
        "no token": "x.y.z",
    }
    for token in forged.values():
        with pytest.raises(OAuth2Error):
            here._claims(app, token)
