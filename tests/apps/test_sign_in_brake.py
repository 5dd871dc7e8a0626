"""Guessing is slow, whoever guesses; the officer is never kept out by it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from apps.door import NAME, NOON, PASSWORD, Clock, hashes, is_in, knock, officer
from diaban.apps.access import House
from diaban.apps.accounts import actions
from diaban.apps.accounts.models import Brake, User
from diaban.apps.accounts.sign_in import actions as door
from diaban.apps.accounts.sign_in import brake
from diaban.apps.accounts.sign_in.brake import PACES, Pace, Visitor
from diaban.apps.audit.models import Event

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def an(db: None) -> User:
    return officer()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in ("sign_in.views", "sign_in.steps", "sign_in.gate", "sign_in.sessions", "views"):
        monkeypatch.setattr(f"diaban.apps.accounts.{module}.now", clock)
    return clock


@given(st.integers(0, 200))
def test_waits_only_grow_and_never_become_a_lock(failures: int) -> None:
    for pace in PACES.values():
        assert pace.wait(failures) <= pace.wait(failures + 1) <= pace.most <= timedelta(minutes=30)
        assert pace.wait(pace.free) == timedelta(0)


@pytest.mark.parametrize("pace", PACES.values(), ids=PACES)
def test_the_bound_of_a_day_is_what_a_tireless_guesser_gets(pace: Pace) -> None:
    """Guess as soon as it is allowed, from noon to noon."""
    at, failures, tries = NOON, 0, []
    while at < NOON + DAY:
        tries.append(at)
        failures += 1
        at += pace.wait(failures)
    assert len(tries) == pace.per_day()
    assert all(before <= after for before, after in pairwise(tries))


def test_the_bounds_are_those_we_state() -> None:
    """docs/adr/0102-waits-not-locks.md and the guide state these."""
    assert {kind: pace.per_day() for kind, pace in PACES.items()} == {
        "browser": 159,
        "name-network": 58,
        "name": 170,
        "network": 765,
    }


@pytest.mark.django_db
def test_ten_thousand_failures_from_elsewhere_do_not_keep_the_officer_out(an: User, clock: Clock) -> None:
    """A day of guessing from fifty networks, one every nine seconds or so."""
    mine = Client()
    knock(mine, network="10.0.0.1")
    mine.post("/tai-khoan/dang-xuat/")
    looked_at = 0
    for number in range(10_000):
        clock.on(seconds=8.64)
        looked_at += brake.enter(Visitor(NAME, f"198.51.100.{number % 50}"), at=clock.at)
    assert looked_at <= PACES["name"].per_day()

    knock(mine, network="10.0.0.1")
    assert is_in(mine), "the known browser does not wait for strangers"

    new = Client()
    knock(new, network="198.51.100.7")
    assert not is_in(new), "on a new browser the right password waits as well"
    code = actions.issue_activation(user=an, by=House("thử"), at=clock.at)
    filled = {"username": NAME, "code": code, "new": "mot-cau-moi-tinh", "again": "mot-cau-moi-tinh"}
    new.post("/tai-khoan/kich-hoat/", filled, REMOTE_ADDR="198.51.100.7")
    assert is_in(new), "a one-time code does not wait"
    new.post("/tai-khoan/dang-xuat/")
    knock(new, password="mot-cau-moi-tinh", network="198.51.100.7")
    assert is_in(new), "and from then on this browser is known"


def test_many_names_from_one_network_are_slowed_too(db: None) -> None:
    looked_at, at = 0, NOON
    for number in range(2400):
        at += 36 * SECOND
        looked_at += brake.enter(Visitor(f"nguoi{number}", "198.51.100.7"), at=at)
    assert looked_at <= PACES["network"].per_day()
    assert Brake.objects.count() <= 2 * looked_at + 1, "what is not looked at leaves no rows"


def test_signing_in_to_one_s_own_account_buys_no_guesses(an: User) -> None:
    """Between two guesses an attacker signs in to an account of their own, from the same unknown browser."""
    officer("kexau")
    at, guesses = NOON, 0
    for _ in range(600):
        at += 144 * SECOND
        guesses += brake.enter(Visitor(NAME, "198.51.100.7"), at=at)
        own = Visitor("kexau", "198.51.100.7")
        if brake.enter(own, at=at):
            brake.passed(own, at=at)
    assert guesses <= PACES["name-network"].per_day()


def test_a_hundred_at_once_are_a_hundred(an: User) -> None:
    """What is sent before the first answer is counted before it is looked at."""
    visitor = Visitor(NAME, "198.51.100.7")
    assert sum(brake.enter(visitor, at=NOON) for _ in range(100)) == PACES["name-network"].free + 1


@pytest.mark.skipif(connection.vendor == "sqlite", reason="one writer at a time anyway; threads share its memory")
@pytest.mark.django_db(transaction=True)
def test_many_processes_count_together() -> None:
    """Eight connections at once, on one name from one network."""
    visitor = Visitor(NAME, "198.51.100.7")

    def guess(_number: int) -> int:
        try:
            return sum(brake.enter(visitor, at=NOON) for _ in range(5))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as crowd:
        assert sum(crowd.map(guess, range(8))) == PACES["name-network"].free + 1


def test_hammering_does_not_lengthen_the_wait(an: User) -> None:
    visitor = Visitor(NAME, "198.51.100.7")
    while brake.enter(visitor, at=NOON):
        pass
    for _ in range(500):
        assert not brake.enter(visitor, at=NOON + SECOND)
    assert brake.enter(visitor, at=NOON + timedelta(seconds=30))
    assert brake.turned_away(visitor) >= 500


def test_a_known_browser_has_bounds_of_its_own(an: User, clock: Clock) -> None:
    mine = Client()
    knock(mine)
    mine.post("/tai-khoan/dang-xuat/")
    for _ in range(PACES["browser"].free + 1):
        knock(mine, password="sai")
    knock(mine)
    assert not is_in(mine)
    clock.on(seconds=15)
    knock(mine)
    assert is_in(mine)


def test_what_is_known_for_one_account_is_not_for_another(an: User, clock: Clock) -> None:
    other = officer("khac")
    theirs = Client()
    knock(theirs, other.username)
    theirs.post("/tai-khoan/dang-xuat/")
    for _ in range(PACES["name-network"].free + 1):
        knock(theirs, password="sai")
    knock(theirs)
    assert not is_in(theirs)


@pytest.mark.parametrize(
    "change", [lambda text: text[:-1], lambda text: text + "x", lambda _text: "", lambda _t: "a:b:c"]
)
def test_a_forged_cookie_is_a_stranger_s(an: User, clock: Clock, change: object) -> None:
    client = Client()
    knock(client)
    client.post("/tai-khoan/dang-xuat/")
    name = next(key for key in client.cookies if key.startswith("may_"))
    assert NAME not in name and client.cookies[name]["httponly"] and client.cookies[name]["path"] == "/tai-khoan/"
    client.cookies[name] = change(client.cookies[name].value)  # type: ignore[operator]
    for _ in range(PACES["name-network"].free + 1):
        knock(client, password="sai")
    knock(client)
    assert not is_in(client)


def test_success_forgets_the_officer_s_own_slips(an: User, clock: Clock) -> None:
    client = Client()
    for _ in range(PACES["name-network"].free):
        knock(client, password="sai")
    knock(client)
    client.post("/tai-khoan/dang-xuat/")
    stranger = Client()
    for _ in range(PACES["name-network"].free):
        knock(stranger, password="sai")
    knock(stranger)
    assert is_in(stranger)


def test_counts_are_forgotten_after_a_day_of_rest(an: User) -> None:
    visitor = Visitor(NAME, "198.51.100.7")
    for step in range(40):
        brake.enter(visitor, at=NOON + step * timedelta(minutes=30))
    later = NOON + timedelta(days=3)
    assert sum(brake.enter(visitor, at=later) for _ in range(20)) == PACES["name-network"].free + 1


def test_the_table_holds_neither_names_nor_networks(an: User, clock: Clock) -> None:
    knock(Client(), password="mat-khau-go-nham", network="203.0.113.9")
    knock(Client(), name="mat-khau-go-nham", network="203.0.113.9")
    kept = str(list(Brake.objects.values()))
    assert NAME not in kept and "mat-khau" not in kept and "203.0" not in kept


def test_one_ipv6_subscriber_is_one_network(an: User, clock: Clock) -> None:
    for host in range(PACES["name-network"].free + 1):
        knock(Client(), password="sai", network=f"2001:db8:1:2::{host:x}")
    client = Client()
    knock(client, network="2001:db8:1:2:ffff::1")
    assert not is_in(client)
    knock(client, network="2001:db8:1:3::1")
    assert is_in(client)


def test_the_log_of_refusals_is_bounded_and_tells_the_rest(an: User) -> None:
    for _ in range(300):
        door.enter_with_password(visitor=Visitor(NAME, "198.51.100.7"), password="sai", at=NOON)
    later = NOON + timedelta(hours=1)
    door.enter_with_password(visitor=Visitor(NAME, "198.51.100.7"), password="sai", at=later)
    events = Event.objects.filter(verb="account.sign_in_refused").order_by("pk")
    assert events.count() == PACES["name-network"].free + 2
    assert events.last().detail["turned_away"] == 300 - PACES["name-network"].free - 1  # type: ignore[union-attr]
    for how in ("code", "passkey", "organisation"):
        for _ in range(300):
            door.refuse(visitor=Visitor("", "198.51.100.7"), at=later, how=how)
    assert Event.objects.filter(verb="account.sign_in_refused").count() < 30


def test_waiting_costs_the_same_hash(an: User) -> None:
    visitor = Visitor(NAME, "198.51.100.7")
    spent = []
    for _ in range(12):
        with hashes() as made:
            door.enter_with_password(visitor=visitor, password=PASSWORD + "x", at=NOON)
        spent.append(len(made))
    assert set(spent) == {1}
