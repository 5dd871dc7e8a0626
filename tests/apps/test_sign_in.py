"""The door: one answer to every refusal, a new session for every sign-in, and sessions that end when they must."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.sessions.backends.base import UpdateError
from django.test import Client

from apps.door import CHROME, DOOR, NAME, NOON, PASSWORD, Clock, hashes, is_in, knock, officer
from cast import give
from diaban.apps.access import AccessRefused, House
from diaban.apps.accounts import actions
from diaban.apps.accounts.models import Activation, Session, User
from diaban.apps.accounts.sign_in import actions as door
from diaban.apps.audit.models import Event
from diaban.site import settings as product

HOUSE = House("thử")
PAGE = "/tai-khoan/"
ACTIVATE = "/tai-khoan/kich-hoat/"


@pytest.fixture
def an(db: None) -> User:
    return officer()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    clock = Clock()
    for module in ("sign_in.views", "sign_in.steps", "sign_in.gate", "sign_in.sessions", "keys.views", "views"):
        monkeypatch.setattr(f"diaban.apps.accounts.{module}.now", clock)
    yield clock


def stripped(page: object) -> str:
    """A page without what differs between any two of the same page: tokens, and the name typed back."""
    text = page.content.decode()  # type: ignore[attr-defined]
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)
    return re.sub(r'(id="id_username"[^>]*) value="[^"]*"', r"\1", text)


def test_the_right_password_opens_and_is_written_down(client: Client, an: User) -> None:
    done = knock(client, next="/don-vi/?q=a")
    assert (done.status_code, done.headers["Location"]) == (302, "/don-vi/?q=a")  # type: ignore[attr-defined]
    assert is_in(client)
    event = Event.objects.get(verb="account.sign_in")
    assert (event.actor, event.subject, event.detail) == (NAME, f"account:{NAME}", {"how": "password"})


@pytest.mark.parametrize("away", ["https://example.org/", "//example.org", "javascript:alert(1)", "\\\\example.org"])
def test_one_is_never_led_to_another_site(client: Client, an: User, away: str) -> None:
    assert knock(client, next=away).headers["Location"] == "/"  # type: ignore[attr-defined]


def test_every_refusal_is_the_same(an: User) -> None:
    closed = officer("dadong")
    closed.is_active = False
    closed.save()
    officer("chuaco", password=None)
    slowed = officer("bicham")
    for _ in range(6):
        knock(Client(), slowed.username, "sai")
    cases = {
        "wrong password": (NAME, "sai-mat-khau"),
        "no such name": ("khongcoai", "sai-mat-khau"),
        "closed, right password": ("dadong", PASSWORD),
        "no password yet": ("chuaco", "!"),
        "too early, right password": ("bicham", PASSWORD),
        "too early, wrong password": ("bicham", "sai-mat-khau"),
        "no name at all": ("", ""),
        "letter case": (NAME.upper(), PASSWORD),
    }
    seen, spent = {}, {}
    for case, (name, password) in cases.items():
        with hashes() as made:
            page = knock(Client(), name, password)
        seen[case] = (page.status_code, stripped(page), sorted(page.cookies), page.headers.get("Location"))  # type: ignore[attr-defined]
        spent[case] = len(made)
    assert len(set(map(str, seen.values()))) == 1, {case: str(page)[:80] for case, page in seen.items()}
    assert set(spent.values()) == {1}, spent


def test_a_misplaced_password_is_written_nowhere(client: Client, an: User) -> None:
    knock(client, "day-la-mat-khau-cua-toi", "x")
    knock(client, NAME, "cung-la-mat-khau")
    first, second = Event.objects.filter(verb="account.sign_in_refused").order_by("pk")
    assert first.subject.startswith("account:?") and second.subject == f"account:{NAME}"
    assert "mat-khau" not in str(list(Event.objects.values_list("subject", "detail", "actor")))


def test_the_session_gets_a_new_name_at_sign_in(client: Client, an: User) -> None:
    session = client.session
    session["x"] = "kept from before"
    session.save()
    before = session.session_key
    knock(client)
    after = client.session.session_key
    assert after != before and not Session.objects.filter(session_key=before).exists()


def test_the_door_sends_those_who_are_in_onwards(client: Client, an: User) -> None:
    knock(client)
    assert client.get(DOOR).headers["Location"] == "/"


def test_passwords_are_kept_as_argon2_of_ours_and_old_ones_still_open() -> None:
    argon, *older = product.PASSWORD_HASHERS
    assert argon.endswith(".Argon2PasswordHasher") and any("PBKDF2" in one for one in older)
    kept = Argon2PasswordHasher().encode(PASSWORD, "0123456789abcdef")
    assert kept.startswith("argon2$argon2id$")


def test_signing_out_ends_the_session(client: Client, an: User) -> None:
    knock(client)
    key = client.session.session_key
    assert client.get("/tai-khoan/dang-xuat/").status_code == 405
    client.post("/tai-khoan/dang-xuat/")
    assert not is_in(client) and not Session.objects.filter(session_key=key).exists()
    assert Event.objects.filter(verb="account.sign_out", actor=NAME).count() == 1


def test_a_session_shows_two_words_of_the_browser_and_no_address(client: Client, an: User, clock: Clock) -> None:
    client.defaults["HTTP_USER_AGENT"] = CHROME
    knock(client, network="203.0.113.77")
    page = client.get(PAGE).content.decode()
    assert "Chrome · Windows" in page and "12:00 23/11/2026" in page
    row = Session.objects.get(user=an)
    assert row.session_key not in page and row.mark in page
    assert "203.0.113" not in str(list(Session.objects.values())) + str(row.get_decoded())
    assert "Mozilla" not in str(row.get_decoded())


def test_one_session_is_ended_from_another(an: User) -> None:
    here, there, third = Client(), Client(), Client()
    for client in (here, there, third):
        knock(client)
    mark = Session.objects.get(session_key=there.session.session_key).mark
    here.post(f"{PAGE}phien/{mark}/ket-thuc/")
    assert (is_in(here), is_in(there), is_in(third)) == (True, False, True)
    here.post(f"{PAGE}phien/ket-thuc-khac/")
    assert (is_in(here), is_in(third)) == (True, False)
    assert Event.objects.filter(verb="account.session_end").count() == 2


def test_nobody_ends_another_s_session(an: User) -> None:
    officer("khac")
    mine, other = Client(), Client()
    knock(mine)
    knock(other, "khac")
    mark = Session.objects.get(user=an).mark
    other.post(f"{PAGE}phien/{mark}/ket-thuc/")
    assert is_in(mine)


def test_ending_the_present_session_is_signing_out(client: Client, an: User) -> None:
    knock(client)
    mark = Session.objects.get(user=an).mark
    assert client.post(f"{PAGE}phien/{mark}/ket-thuc/").headers["Location"].startswith(DOOR)
    assert not is_in(client)


def test_an_ended_session_cannot_come_back_by_a_late_request(client: Client, an: User) -> None:
    """A request that had begun before the end saves its session afterwards: nothing may be made anew."""
    knock(client)
    store = client.session
    assert store["how"] == "password"
    door.end_sessions(of=an, by=HOUSE, at=NOON)
    store["late"] = True
    with pytest.raises(UpdateError):
        store.save()
    assert not Session.objects.filter(user=an).exists()


def test_a_closed_account_is_out_at_once(client: Client, an: User) -> None:
    knock(client)
    actions.close_account(user=an, by=HOUSE, at=NOON)
    assert not is_in(client)
    actions.reopen_account(user=an, by=HOUSE, at=NOON)
    assert not is_in(client), "the session stays ended"
    knock(client)
    assert is_in(client)


def test_an_idle_session_ends(client: Client, an: User, clock: Clock) -> None:
    knock(client)
    for _ in range(3):
        clock.on(seconds=settings.SESSION_IDLE_SECONDS - 1)
        assert is_in(client)
    clock.on(seconds=settings.SESSION_IDLE_SECONDS)
    led = client.get(PAGE)
    assert led.headers["Location"] == f"{DOOR}?next={PAGE}&phien=het"
    assert "Phiên làm việc đã kết thúc." in client.get(led.headers["Location"]).content.decode()
    assert not Session.objects.filter(user=an).exists()


def test_no_session_goes_on_for_ever(client: Client, an: User, clock: Clock) -> None:
    knock(client)
    for _ in range(settings.SESSION_LIFE_SECONDS // 1800 - 1):
        clock.on(minutes=30)
        assert is_in(client)
    clock.on(minutes=30)
    assert not is_in(client)


def test_looking_around_writes_to_the_session_once_a_minute(client: Client, an: User, clock: Clock) -> None:
    knock(client)
    began = Session.objects.get(user=an).seen_at
    clock.on(seconds=59)
    client.get(PAGE)
    assert Session.objects.get(user=an).seen_at == began
    clock.on(seconds=1)
    client.get(PAGE)
    assert Session.objects.get(user=an).seen_at == began + timedelta(seconds=60)  # type: ignore[operator]


def test_a_form_sent_too_late_leads_back_to_its_page_and_says_so(client: Client, an: User) -> None:
    knock(client)
    Session.objects.all().delete()
    origin = "http://testserver/don-vi/?q=a"
    led = client.post("/tai-khoan/mat-khau/", {"old": "x"}, HTTP_REFERER=origin)
    assert led.headers["Location"] == f"{DOOR}?next=/don-vi/%3Fq%3Da&phien=chua-luu"
    assert "chưa được lưu" in client.get(led.headers["Location"]).content.decode()
    elsewhere = client.post("/tai-khoan/mat-khau/", {}, HTTP_REFERER="https://example.org/x")
    assert elsewhere.headers["Location"].startswith(f"{DOOR}?next=/&")


def test_a_fragment_leads_the_whole_page_to_the_door(client: Client, db: None) -> None:
    around = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://testserver/don-vi/"}
    answer = client.get("/don-vi/?q=a", **around)  # type: ignore[arg-type]
    assert answer.headers["HX-Redirect"] == f"{DOOR}?next=/don-vi/"


def test_a_page_asks_whether_its_form_can_still_be_sent(client: Client, an: User) -> None:
    assert client.get("/tai-khoan/phien/").json()["signed_in"] is False
    knock(client)
    told = client.get("/tai-khoan/phien/").json()
    assert told["signed_in"] is True and set(told) == {"signed_in", "token"}


# Passwords set by somebody else.


def test_a_password_that_somebody_else_set_is_changed_first(client: Client, db: None) -> None:
    by = give(officer("quan"), "system_administrator")
    actions.add_user(by=by, at=NOON, username=NAME, password=PASSWORD, must_change=True)
    knock(client)
    for address in ("/", PAGE, "/don-vi/", f"{PAGE}khoa/"):
        assert client.get(address).headers["Location"] == f"{PAGE}mat-khau/", address
    assert client.get("/api/v1/me").status_code == 401, "programs do not pass either"
    assert "do người khác đặt" in client.get(f"{PAGE}mat-khau/").content.decode()
    new = "mot-cau-khac-han"
    done = client.post(f"{PAGE}mat-khau/", {"old": PASSWORD, "new": new, "again": new})
    assert done.headers["Location"] == PAGE and is_in(client)
    assert not User.objects.get(username=NAME).must_change_password


def test_the_present_password_cannot_be_guessed_from_inside(client: Client, an: User, clock: Clock) -> None:
    knock(client)
    new = "mot-cau-khac-han"
    for _ in range(11):  # the browser is known: ten failures without a wait
        client.post(f"{PAGE}mat-khau/", {"old": "sai", "new": new, "again": new})
    client.post(f"{PAGE}mat-khau/", {"old": PASSWORD, "new": new, "again": new})
    an.refresh_from_db()
    assert an.check_password(PASSWORD)
    clock.on(minutes=1)
    client.post(f"{PAGE}mat-khau/", {"old": PASSWORD, "new": new, "again": new})
    an.refresh_from_db()
    assert an.check_password(new)


# One-time codes.


def filled(code: str, name: str = NAME, new: str = "mot-cau-moi-tinh", again: str = "") -> dict[str, str]:
    return {"username": name, "code": code, "new": new, "again": again or new}


@pytest.fixture
def code(an: User) -> str:
    return actions.issue_activation(user=an, by=HOUSE, at=NOON)


def test_a_code_sets_the_password_once(an: User, code: str, clock: Clock) -> None:
    elsewhere, client = Client(), Client()
    knock(elsewhere)
    assert re.fullmatch(r"([B-Z]{4}-){3}[B-Z]{4}", code)
    assert code not in str(list(Activation.objects.values())) and code.replace("-", "") not in str(
        list(Event.objects.values())
    )
    typed = code.lower().replace("-", " ")
    assert client.post(ACTIVATE, filled(typed)).headers["Location"] == "/"
    assert is_in(client) and not is_in(elsewhere)
    an.refresh_from_db()
    assert an.check_password("mot-cau-moi-tinh")
    again = Client().post(ACTIVATE, filled(code, new="lai-mot-cau-khac"))
    assert again.status_code == 200 and "Hãy xin mã mới" in again.content.decode()
    told = Event.objects.filter(verb__in=["account.activation", "account.activate"]).order_by("pk")
    assert [event.actor for event in told] == ["thử", NAME]


def test_an_old_code_ends_with_a_new_one_and_with_time(an: User, code: str, clock: Clock) -> None:
    newer = actions.issue_activation(user=an, by=HOUSE, at=NOON)
    assert Client().post(ACTIVATE, filled(code)).status_code == 200
    clock.on(days=settings.ACTIVATION_DAYS)
    assert Client().post(ACTIVATE, filled(newer)).status_code == 200
    an.refresh_from_db()
    assert an.check_password(PASSWORD)


def test_every_refused_code_is_the_same(an: User, code: str, clock: Clock) -> None:
    closed = officer("dadong")
    for_closed = actions.issue_activation(user=closed, by=HOUSE, at=NOON)
    actions.close_account(user=closed, by=HOUSE, at=NOON)
    cases = [(NAME, "SAI"), ("khongcoai", code), ("dadong", for_closed), ("dadong", "SAI"), ("khongcoai", "SAI")]
    seen, spent = set(), set()
    for name, given in cases:
        with hashes() as made:
            page = Client().post(ACTIVATE, filled(given, name))
        text = re.sub(r'value="[^"]*"', "", page.content.decode())
        seen.add((page.status_code, text))
        spent.add(len(made))
    assert len(seen) == 1 and spent == {0}


def test_a_weak_password_is_refused_before_the_code_is_looked_at(an: User, code: str, clock: Clock) -> None:
    seen = set()
    for name, given in [(NAME, code), (NAME, "SAI"), ("khongcoai", "SAI")]:
        page = Client().post(ACTIVATE, filled(given, name, "ngan")).content.decode()
        seen.add(re.sub(r'value="[^"]*"', "", page))
    assert len(seen) == 1 and "Mật khẩu quá ngắn" in seen.pop()


def test_only_who_manages_the_unit_s_accounts_issues_a_code(an: User) -> None:
    with pytest.raises(AccessRefused):
        actions.issue_activation(user=an, by=give(officer("binh"), "provincial_police"), at=NOON)
    assert actions.issue_activation(user=an, by=give(officer("quan"), "system_administrator"), at=NOON)
