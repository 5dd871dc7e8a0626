"""Second factors: codes of an app, recovery codes, what is asked before they change, and who must have one."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from allauth.core.context import request_context
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.webauthn.internal import auth as ceremony
from allauth.mfa.webauthn.internal.auth import STATE_SESSION_KEY
from django.core.exceptions import ValidationError
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from apps.door import DOOR, NAME, NOON, PASSWORD, Clock, hashes, is_in, knock, officer
from cast import give
from diaban.apps.access import AccessRefused, House
from diaban.apps.accounts import actions as accounts
from diaban.apps.accounts.keys import actions, codes
from diaban.apps.accounts.keys.answers import INNER
from diaban.apps.accounts.keys.queries import factors
from diaban.apps.accounts.models import Session, User
from diaban.apps.audit.models import Event

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PAGE, SECOND = "/tai-khoan/", "/tai-khoan/dang-nhap/buoc-hai/"
HALF_MINUTE = timedelta(seconds=codes.PERIOD)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in ("sign_in.views", "sign_in.steps", "sign_in.gate", "sign_in.sessions", "keys.views", "views"):
        monkeypatch.setattr(f"diaban.apps.accounts.{module}.now", clock)
    return clock


@pytest.fixture
def an(db: None) -> User:
    return officer()


def code_at(clock: Clock, secret: str = SECRET, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(clock.at.timestamp()) // codes.PERIOD + steps))


@pytest.fixture
def guarded(an: User, clock: Clock) -> User:
    """An officer with an app and recovery codes."""
    actions.add_app(by=an, at=clock.at, secret=SECRET, code=code_at(clock))
    clock.on(minutes=2)
    return an


def test_the_second_step_follows_the_password(client: Client, guarded: User, clock: Clock) -> None:
    assert knock(client, next="/don-vi/").headers["Location"] == SECOND  # type: ignore[attr-defined]
    assert not is_in(client) and client.get("/").status_code == 302
    refused = client.post(SECOND, {"code": "000000"})
    assert refused.status_code == 200 and "Mã hoặc khóa không đúng" in refused.content.decode()
    done = client.post(SECOND, {"code": f" {code_at(clock)[:3]} {code_at(clock)[3:]} "})
    assert done.headers["Location"] == "/don-vi/" and is_in(client)
    told = Event.objects.get(verb="account.sign_in").detail
    assert told == {"how": "password", "second": "app"}


def test_a_code_is_taken_once_and_none_before_it(guarded: User, clock: Clock) -> None:
    later = code_at(clock, steps=1)
    assert actions.use_code(user=guarded, at=clock.at, code=later) == "app"
    assert actions.use_code(user=guarded, at=clock.at, code=later) == ""
    assert actions.use_code(user=guarded, at=clock.at, code=code_at(clock)) == ""
    clock.on(minutes=1)
    assert actions.use_code(user=guarded, at=clock.at, code=code_at(clock)) == "app"


@given(st.integers(-10, 10))
def test_a_clock_may_be_half_a_minute_wrong(steps: int) -> None:
    step = int(NOON.timestamp()) // codes.PERIOD + steps
    found = codes.step_of(SECRET, format_hotp_value(hotp_value(SECRET, step)), at=NOON)
    assert (found == step) is (abs(steps) <= 1)


@given(st.text(max_size=20))
def test_anything_may_be_typed(text: str) -> None:
    assert codes.step_of(SECRET, text, at=NOON) is None or text.strip().replace(" ", "").isdigit()
    assert codes.recovery_digest(text, "s")


def test_the_known_vectors_of_the_standard() -> None:
    """RFC 6238, appendix B (SHA-1), the last six digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for seconds, code in ((59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037")):
        at = NOON.fromtimestamp(seconds, NOON.tzinfo)
        assert codes.step_of(secret, code, at=at) == seconds // 30


def test_guessing_codes_is_slowed(client: Client, guarded: User, clock: Clock) -> None:
    knock(client)
    for number in range(30):
        client.post(SECOND, {"code": f"{number:06}"})
    client.post(SECOND, {"code": code_at(clock)})
    assert not is_in(client)
    clock.on(minutes=1)
    client.post(SECOND, {"code": code_at(clock)})
    assert is_in(client)


def test_who_stays_between_the_steps_too_long_starts_anew(client: Client, guarded: User, clock: Clock) -> None:
    knock(client)
    clock.on(minutes=10, seconds=1)
    assert client.get(SECOND).headers["Location"] == DOOR
    assert client.post(SECOND, {"code": code_at(clock)}).headers["Location"] == DOOR
    assert not is_in(client)


def test_a_password_changed_between_the_steps_ends_them(client: Client, guarded: User, clock: Clock) -> None:
    knock(client)
    accounts.change_password(by=guarded, at=clock.at, password="mot-cau-khac-han")
    client.post(SECOND, {"code": code_at(clock)})
    assert not is_in(client)


def test_a_one_time_code_does_not_pass_the_second_step(client: Client, guarded: User, clock: Clock) -> None:
    code = accounts.issue_activation(user=guarded, by=House("thử"), at=clock.at)
    filled = {"username": NAME, "code": code, "new": "mot-cau-moi-tinh", "again": "mot-cau-moi-tinh"}
    assert client.post("/tai-khoan/kich-hoat/", filled).headers["Location"] == SECOND
    assert not is_in(client)


def test_the_refusal_of_the_second_step_tells_nothing(guarded: User, clock: Clock) -> None:
    client = Client()
    knock(client)
    seen = set()
    for code in ("000000", "", "BCDFG-HJKLM", "x" * 500, code_at(clock, steps=5)):
        page = client.post(SECOND, {"code": code})
        seen.add((page.status_code, re.sub(r'value="[^"]*"', "", page.content.decode())))
    assert len(seen) == 1


# Setting up.


def test_an_app_is_set_up_by_a_code_that_works(client: Client, an: User, clock: Clock) -> None:
    knock(client)
    page = client.get(f"{PAGE}ung-dung/").content.decode()
    secret = re.search(r"<code[^>]*>([A-Z2-7 ]+)</code>", page)
    assert secret is not None
    picture = client.get(f"{PAGE}ung-dung/ma-qr.svg")
    assert picture.headers["Content-Type"] == "image/svg+xml" and picture.content.startswith(b"<?xml")
    assert b"style=" not in picture.content and b"<script" not in picture.content
    plain = secret.group(1).replace(" ", "")
    assert plain not in str(client.session.items()) and plain not in str(list(Session.objects.values()))
    wrong = client.post(f"{PAGE}ung-dung/", {"code": "000000"})
    assert "Mã không đúng" in wrong.content.decode() and plain in wrong.content.decode().replace(" ", "")
    done = client.post(f"{PAGE}ung-dung/", {"code": code_at(clock, plain)})
    assert done.headers["Location"] == f"{PAGE}ma-du-phong/"
    kept = Authenticator.objects.get(user=an)
    assert plain not in str(kept.data) and kept.app_secret.secret == plain
    assert Event.objects.get(verb="account.factor_add").detail == {"kind": "app"}
    assert "Ứng dụng tạo mã" in client.get(PAGE).content.decode()


def test_recovery_codes_are_shown_once_and_used_once(client: Client, guarded: User, clock: Clock) -> None:
    knock(client)
    client.post(SECOND, {"code": code_at(clock)})
    shown = client.post(f"{PAGE}ma-du-phong/").content.decode()
    fresh = re.findall(r"<code>([B-Z]{5}-[B-Z]{5})</code>", shown)
    assert len(set(fresh)) == codes.RECOVERY_CODES
    assert not any(code in client.get(f"{PAGE}ma-du-phong/").content.decode() for code in fresh)
    kept = str(list(Authenticator.objects.values())) + str(list(Event.objects.values()))
    assert not any(code in kept or code.replace("-", "") in kept for code in fresh)

    saved = client.post(f"{PAGE}ma-du-phong/tep/", {"code": fresh})
    assert saved.headers["Content-Disposition"] == 'attachment; filename="ma-du-phong.txt"'
    assert all(code in saved.content.decode() for code in fresh)
    assert client.post(f"{PAGE}ma-du-phong/tep/", {"code": ["BCDFG-HJKLM"]}).status_code == 400

    for code, taken in ((fresh[0].lower().replace("-", " "), True), (fresh[0], False), (fresh[1], True)):
        other = Client()
        knock(other)
        other.post(SECOND, {"code": code})
        assert is_in(other) is taken
    assert factors(guarded).recovery_left == codes.RECOVERY_CODES - 2
    client.post(f"{PAGE}ma-du-phong/")
    assert actions.use_code(user=guarded, at=clock.at, code=fresh[2]) == "", "new ones end the former"


def test_recovery_codes_need_something_to_recover(client: Client, an: User, clock: Clock) -> None:
    knock(client)
    assert client.post(f"{PAGE}ma-du-phong/").headers["Location"] == PAGE
    assert not Authenticator.objects.exists()


def test_removing_the_last_factor_removes_the_recovery_codes(client: Client, guarded: User, clock: Clock) -> None:
    actions.new_recovery_codes(by=guarded, at=clock.at)
    knock(client)
    client.post(SECOND, {"code": code_at(clock)})
    pk = Authenticator.objects.get(type="totp").pk
    assert "duy nhất" in client.get(f"{PAGE}yeu-to/{pk}/go/").content.decode()
    client.post(f"{PAGE}yeu-to/{pk}/go/")
    assert not Authenticator.objects.exists()
    assert Event.objects.get(verb="account.factor_remove").actor == NAME


def test_nobody_removes_another_s_factor(client: Client, guarded: User, clock: Clock) -> None:
    officer("khac")
    knock(client, "khac")
    pk = Authenticator.objects.get(type="totp").pk
    assert client.post(f"{PAGE}yeu-to/{pk}/go/").status_code == 404
    assert Authenticator.objects.filter(pk=pk).exists()


def test_factors_are_taken_from_who_lost_them_by_who_may(guarded: User, clock: Clock) -> None:
    with pytest.raises(AccessRefused):
        actions.reset(of=guarded, by=give(officer("binh"), "provincial_police"), at=clock.at)
    assert actions.reset(of=guarded, by=give(officer("quan"), "system_administrator"), at=clock.at) >= 1
    assert not factors(guarded).any
    event = Event.objects.get(verb="account.factor_reset")
    assert (event.actor, event.subject) == ("quan", f"account:{NAME}")


# Proving oneself anew.

CHANGES = ["ung-dung/", "ung-dung/ma-qr.svg", "khoa/", "ma-du-phong/", "yeu-to/1/go/"]


@pytest.mark.parametrize("address", CHANGES)
def test_ways_to_sign_in_change_only_after_proving_oneself(
    client: Client, an: User, clock: Clock, address: str
) -> None:
    knock(client)
    clock.on(minutes=5)
    led = client.get(PAGE + address)
    assert led.headers["Location"] == f"{PAGE}xac-nhan/?next={PAGE}{address}"
    if not address.endswith("svg"):
        assert client.post(PAGE + address).headers["Location"] == f"{PAGE}xac-nhan/?next={PAGE}"


def test_keys_are_not_begun_without_proof(client: Client, an: User, clock: Clock) -> None:
    knock(client)
    assert client.post(f"{PAGE}khoa/tham-so/").status_code == 200
    clock.on(minutes=5)
    assert client.post(f"{PAGE}khoa/tham-so/").status_code == 409


def test_one_proves_oneself_with_the_password_or_a_code(client: Client, guarded: User, clock: Clock) -> None:
    knock(client)
    client.post(SECOND, {"code": code_at(clock)})
    for proof in ({"password": PASSWORD}, {"code": ""}):
        clock.on(minutes=6)
        if "code" in proof:
            proof = {"code": code_at(clock)}
        assert client.get(f"{PAGE}khoa/").status_code == 302
        assert "Chưa xác nhận được" in client.post(f"{PAGE}xac-nhan/", {"password": "sai"}).content.decode()
        done = client.post(f"{PAGE}xac-nhan/", {**proof, "next": f"{PAGE}khoa/"})
        assert done.headers["Location"] == f"{PAGE}khoa/"
        assert client.get(f"{PAGE}khoa/").status_code == 200


def test_proving_oneself_is_slowed_as_the_door_is(client: Client, an: User, clock: Clock) -> None:
    knock(client)
    clock.on(minutes=6)
    for _ in range(30):
        with hashes() as made:
            client.post(f"{PAGE}xac-nhan/", {"password": "sai"})
    assert not made, "whoever is signed in learns nothing from the time; the hash is saved"
    client.post(f"{PAGE}xac-nhan/", {"password": PASSWORD})
    assert client.get(f"{PAGE}khoa/").status_code == 302


# Who must have one.


@pytest.mark.parametrize(
    ("rule", "role", "owes"),
    [
        ("off", "system_administrator", False),
        ("administrators", "system_administrator", True),
        ("administrators", "provincial_police", False),
        ("all", "provincial_police", True),
    ],
)
def test_who_owes_a_factor_is_led_to_set_one_up(
    client: Client, an: User, clock: Clock, settings: Any, rule: str, role: str, owes: bool
) -> None:
    settings.REQUIRE_MFA = rule
    give(an, role)
    knock(client)
    led = client.get("/")
    assert (led.status_code == 302 and led.headers["Location"] == PAGE) is owes
    assert ("cần bước thứ hai" in client.get(PAGE).content.decode()) is owes
    if owes:
        for address in ("ung-dung/", "khoa/"):
            assert client.get(PAGE + address).status_code == 200, "what sets one up is open"
        actions.add_app(by=an, at=clock.at, secret=SECRET, code=code_at(clock))
        assert client.get("/").status_code == 200


def test_the_answer_of_a_key_may_be_anything(client: Client, guarded: User, clock: Clock) -> None:
    knock(client)
    odd = ["[" * 90_000, "", "x", "[]", "{}", "null", '{"id": 1}', '{"response": 3}']
    for made_up in odd:
        for address in (SECOND, "/tai-khoan/dang-nhap/khoa/"):
            page = client.post(address, {"credential": made_up})
            assert page.status_code in (200, 302)
    assert not is_in(client)


PARTS = ["id", "rawId", "type", "response", *INNER]
MADE_UP = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.just("AAAA") | st.just("public-key"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(PARTS), inner),
    max_leaves=8,
)


@pytest.mark.django_db
@given(MADE_UP, st.booleans())
def test_no_made_up_key_breaks_anything(answer: object, known: bool) -> None:
    request = RequestFactory().post("/")
    request.session = {STATE_SESSION_KEY: {"challenge": "AAAA", "user_verification": "required"}}  # type: ignore[assignment]
    user = User(pk=1) if known else None
    with request_context(request), patch.object(ceremony, "get_credentials", return_value=[]):
        with pytest.raises(ValidationError):
            actions._completed(answer)  # type: ignore[arg-type]
        with patch.object(ceremony, "extract_user_from_response", return_value=User(pk=1)):
            assert actions.use_key(user=user, at=NOON, credential=answer) is None  # type: ignore[arg-type]
    assert not request.session, "the question holds once"


def test_a_number_in_an_answer_is_not_a_length(client: Client, guarded: User, clock: Clock) -> None:
    """The library would set aside ten thousand million bytes."""
    knock(client)
    for part in ('"id": 10000000000', '"id": "AA", "rawId": 10000000000', '"response": {"signature": 10000000000}'):
        assert client.post("/tai-khoan/dang-nhap/khoa/", {"credential": f"{{{part}}}"}).status_code == 200
