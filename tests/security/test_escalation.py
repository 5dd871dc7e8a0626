"""Whoever looks after accounts does not come by more than they look after: by a code, a loan, an accomplice."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from cast import TODAY, give, play
from diaban.apps.access import AccessRefused, House
from diaban.apps.accounts import actions as accounts
from diaban.apps.accounts.models import Activation, User
from diaban.apps.places import actions as place_actions
from diaban.apps.staff import actions
from diaban.apps.staff.actions import NotGiven, Post
from diaban.core.policy import may_assign

AT = datetime(2026, 11, 23, 3, tzinfo=UTC)
DAY = timedelta(days=1)
PASSWORD = "vịt trời bơi ngược dòng"
pytestmark = pytest.mark.usefixtures("_units")


@pytest.fixture
def _units(db: None) -> None:
    place_actions.load_catalogue(by=House("test"), at=AT)


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def lend_province(binh: User, *, start: int = 0) -> None:
    """Let Bình of the ward stand in for An of the province."""
    an = User.objects.filter(username="an").first() or play("an")
    first = TODAY + start * DAY
    actions.lend(
        by=an, at=AT, assignment=an.assignments.get(), receiver=binh, start=first, end=first + 10 * DAY, reason="Nghỉ"
    )


@pytest.mark.parametrize("start", [0, 3])
def test_no_code_for_whom_more_is_lent_than_one_looks_after(start: int) -> None:
    van, binh = play("van"), play("binh")
    lend_province(binh, start=start)
    with pytest.raises(AccessRefused) as refused:
        actions.give_codes(by=fresh(van), at=AT, users=[fresh(binh)])
    assert refused.value.verdict.why == "whole_area"
    assert not Activation.objects.exists()


def test_when_the_loan_is_over_the_officer_is_the_units_again() -> None:
    van, binh = play("van"), play("binh")
    lend_province(binh)
    (code,) = actions.give_codes(by=fresh(van), at=AT + 20 * DAY, users=[fresh(binh)])
    assert code.code


@pytest.mark.parametrize("more", ["post", "loan"])
def test_a_code_kept_back_dies_when_its_officer_comes_to_reach_further(more: str) -> None:
    van, binh, quan = play("van"), play("binh"), play("quan")
    (kept,) = actions.give_codes(by=fresh(van), at=AT, users=[fresh(binh)])
    if more == "post":
        actions.assign(by=quan, at=AT, user=fresh(binh), post=Post("provincial_police", None, TODAY))
    else:
        lend_province(fresh(binh))
    later = AT + timedelta(hours=1)
    assert accounts.activate(username="binh", code=kept.code, password=PASSWORD, at=later) is None


def test_a_code_lives_on_while_its_giver_looks_after_the_account() -> None:
    van, binh = play("van"), play("binh")
    (slip,) = actions.give_codes(by=fresh(van), at=AT, users=[fresh(binh)])
    actions.assign(by=fresh(van), at=AT, user=fresh(binh), post=Post("unit_administrator", van.unit, TODAY))
    later = AT + timedelta(hours=1)
    assert accounts.activate(username="binh", code=slip.code, password=PASSWORD, at=later) == binh


@pytest.mark.parametrize("role", ["health_social", "tip_officer"])
def test_no_accomplice_is_let_behind_a_wall_by_a_unit_administrator(role: str) -> None:
    assert not may_assign({("unit_administrator", "health"), ("unit_administrator", "police")}, role)
    assert may_assign({("system_administrator", "house")}, role)
    van = play("van")
    with pytest.raises(NotGiven) as refused:
        actions.add_officer(
            by=van, at=AT, username="ban.be", full_name="Bạn Bè", title="", unit=van.unit,
            post=Post(role, van.unit, TODAY),
        )  # fmt: skip
    assert "không được giao vai trò" in str(refused.value)
    assert not User.objects.filter(username="ban.be").exists()


def test_who_serves_behind_a_wall_is_not_found_out_by_lending() -> None:
    """Nobody by that name, a closed account, one behind a wall, an inspector: one answer."""
    binh = play("binh")
    for name in ("chi", "thu", "oanh", "khoa"):
        play(name)
    User.objects.filter(username="khoa").update(is_active=False)
    client = Client()
    client.force_login(binh)
    given = {"assignment": binh.assignments.get().pk, "start": f"{TODAY}", "reason": "Nghỉ"}
    for last in (TODAY + 5 * DAY, TODAY + 500 * DAY):
        told = set()
        for name in ("khong.co", "chi", "thu", "oanh", "khoa"):
            answer = client.post(reverse("staff:lending"), given | {"receiver": name, "last": f"{last}"})
            assert answer.status_code == 422
            page = answer.content.decode().split("<main", 1)[1].replace(f'value="{name}"', "")
            told.add(re.sub(r'csrfmiddlewaretoken" value="[^"]*"', "", page))
        assert len(told) == 1


@pytest.mark.parametrize("name", ["chi", "thu"])
def test_no_code_opens_a_walled_account_to_a_unit_administrator(name: str) -> None:
    van, walled, quan = play("van"), play(name), play("quan")
    other = give(User.objects.create(username="ai"), "commune_leader", "26506")
    for act in (
        lambda: actions.give_codes(by=fresh(van), at=AT, users=[fresh(walled)]),
        lambda: actions.hand_over(
            by=fresh(van), at=AT, leaver=fresh(walled), successor=other, on=TODAY, document="", reason="x"
        ),
    ):
        with pytest.raises(AccessRefused):
            act()
    assert actions.give_codes(by=fresh(quan), at=AT, users=[fresh(walled)])
