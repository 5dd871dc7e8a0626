"""Posts are given, ended, lent and handed over; nobody reaches above or sideways by giving."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from cast import TODAY, play
from diaban.apps.access import AccessRefused, House, Permission
from diaban.apps.accounts.models import Assignment, User
from diaban.apps.audit.models import Event
from diaban.apps.places import actions as place_actions
from diaban.apps.places import queries as places
from diaban.apps.staff import actions, queries
from diaban.apps.staff.actions import NotGiven, Post

AT = datetime(2026, 11, 23, 3, tzinfo=UTC)
DAY = timedelta(days=1)
pytestmark = pytest.mark.usefixtures("_units")


@pytest.fixture
def _units(db: None) -> None:
    place_actions.load_catalogue(by=House("test"), at=AT)


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def sees(user: User, permission: Permission, code: str, on: date = TODAY) -> bool:
    return fresh(user).rights(on).can(permission, unit=places.unit_by_code(code, TODAY).pk).allowed


def test_a_unit_administrator_makes_an_officer_of_the_unit() -> None:
    van = play("van")
    post = Post("commune_police", van.unit, TODAY, document="12/QĐ-CAP")
    user = actions.add_officer(
        by=van, at=AT, username="moi.den", full_name="Người Mới Đến", title="Công an phường", unit=van.unit, post=post
    )
    assert not user.has_usable_password()
    assert sees(user, Permission.HOTSPOT_RECORD, "26506")
    assert not sees(user, Permission.HOTSPOT_RECORD, "26526")
    verbs = list(Event.objects.filter(subject="account:moi.den").order_by("seq").values_list("verb", flat=True))
    assert verbs == ["account.add", "post.give"]


@pytest.mark.parametrize(
    ("role", "code", "why"),
    [("commune_police", "26526", "outside"), ("commune_police", "", "whole_area")],
)
def test_a_unit_administrator_gives_nothing_elsewhere(role: str, code: str, why: str) -> None:
    van, binh = play("van"), play("binh")
    unit = places.unit_by_code(code, TODAY) if code else None
    with pytest.raises(AccessRefused) as refused:
        actions.assign(by=van, at=AT, user=binh, post=Post(role, unit, TODAY))
    assert refused.value.verdict.why == why
    assert binh.assignments.count() == 1


def test_a_unit_administrator_gives_no_role_of_the_whole_area() -> None:
    van, dung = play("van"), play("dung")
    User.objects.filter(pk=dung.pk).update(unit=van.unit)
    for role in ("provincial_police", "auditor", "system_administrator"):
        with pytest.raises(NotGiven) as refused:
            actions.assign(by=van, at=AT, user=fresh(dung), post=Post(role, van.unit, TODAY))
        assert "không được giao vai trò" in str(refused.value)


def test_nobody_gives_anything_to_themselves() -> None:
    van, quan = play("van"), play("quan")
    for who in (van, quan):
        with pytest.raises(AccessRefused) as refused:
            actions.assign(by=who, at=AT, user=who, post=Post("commune_police", van.unit, TODAY))
        assert "chính mình" in str(refused.value)


def test_an_account_that_reaches_beyond_the_unit_is_not_the_unit_administrators() -> None:
    """Else a one-time code for the province's officer, who happens to serve here, would open the whole province."""
    van, an = play("van"), play("an")
    User.objects.filter(pk=an.pk).update(unit=van.unit)
    for act in (
        lambda: actions.give_codes(by=van, at=AT, users=[fresh(an)]),
        lambda: actions.describe(by=van, at=AT, user=fresh(an), full_name="X", title="", unit=van.unit),
        lambda: actions.assign(by=van, at=AT, user=fresh(an), post=Post("commune_police", van.unit, TODAY)),
    ):
        with pytest.raises(AccessRefused):
            act()


def test_police_give_no_roles() -> None:
    an, dung = play("an"), play("dung")
    with pytest.raises(AccessRefused):
        actions.assign(by=an, at=AT, user=dung, post=Post("commune_police", an.unit, TODAY))


def test_everything_wrong_is_told_at_once() -> None:
    quan, chi = play("quan"), play("chi")
    post = Post("commune_police", None, TODAY, TODAY, line="health")
    with pytest.raises(NotGiven) as refused:
        actions.assign(by=quan, at=AT, user=chi, post=post)
    assert {field for field, _sentence in refused.value.problems} == {"unit", "end", "line", "role"}
    assert "bức tường" in str(refused.value)


def test_roles_that_follow_each_other_may_differ() -> None:
    quan, chi = play("quan"), play("chi")
    row = chi.assignments.get()
    actions.end_assignment(by=quan, at=AT, assignment=row, on=TODAY + 10 * DAY, reason="chuyển công tác")
    with pytest.raises(NotGiven):
        actions.assign(by=quan, at=AT, user=chi, post=Post("commune_police", chi.unit, TODAY + 9 * DAY))
    actions.assign(by=quan, at=AT, user=chi, post=Post("commune_police", chi.unit, TODAY + 10 * DAY))
    assert sees(chi, Permission.CARE_VIEW, "26506", TODAY + 9 * DAY)
    assert not sees(chi, Permission.CARE_VIEW, "26506", TODAY + 10 * DAY)
    assert sees(chi, Permission.HOTSPOT_VIEW, "26506", TODAY + 10 * DAY)


def test_a_post_ends_on_its_day_and_only_once() -> None:
    van, binh = play("van"), play("binh")
    row = binh.assignments.get()
    actions.end_assignment(by=van, at=AT, assignment=row, on=TODAY, reason="nghỉ hưu")
    assert not sees(binh, Permission.HOTSPOT_VIEW, "26506")
    with pytest.raises(NotGiven, match="đã kết thúc"):
        actions.end_assignment(by=van, at=AT, assignment=row, on=TODAY, reason="nghỉ hưu")
    event = Event.objects.get(verb="post.end")
    assert event.detail["reason"] == "nghỉ hưu"


def test_hand_over_moves_every_post_or_none() -> None:
    quan, binh, dung, chi = play("quan"), play("binh"), play("dung"), play("chi")
    Assignment.objects.create(
        user=binh, role="unit_administrator", line="police", unit=binh.unit, start=TODAY, given_by="x", given_at=AT
    )
    values = {"on": TODAY + DAY, "document": "9/QĐ", "reason": "luân chuyển"}
    with pytest.raises(NotGiven):
        actions.hand_over(by=quan, at=AT, leaver=binh, successor=chi, **values)
    assert not binh.assignments.filter(end__isnull=False).exists()
    actions.hand_over(by=quan, at=AT, leaver=binh, successor=dung, **values)
    assert sees(binh, Permission.HOTSPOT_VIEW, "26506", TODAY)
    assert not sees(binh, Permission.HOTSPOT_VIEW, "26506", TODAY + DAY)
    assert not sees(dung, Permission.HOTSPOT_VIEW, "26506", TODAY)
    assert sees(dung, Permission.ACCOUNT_MANAGE, "26506", TODAY + DAY)
    assert Event.objects.get(verb="post.hand_over").detail["posts"] == 2


def test_lending_gives_the_post_for_the_days_and_no_longer() -> None:
    binh, ha = play("binh"), play("ha")
    lent = actions.lend(
        by=binh, at=AT, assignment=binh.assignments.get(), receiver=ha, start=TODAY, end=TODAY + 5 * DAY, reason="phép"
    )
    assert sees(ha, Permission.HOTSPOT_STEP, "26506")
    assert sees(binh, Permission.HOTSPOT_STEP, "26506")
    actions.end_delegation(by=ha, at=AT, delegation=lent)
    assert not sees(ha, Permission.HOTSPOT_STEP, "26506")
    with pytest.raises(NotGiven):
        actions.end_delegation(by=binh, at=AT, delegation=lent)


def test_what_is_lent_is_not_lent_on_nor_across_walls_nor_for_long() -> None:
    binh, ha, khoa, chi, quan = play("binh"), play("ha"), play("khoa"), play("chi"), play("quan")
    row = binh.assignments.get()
    span = {"start": TODAY, "end": TODAY + 5 * DAY, "reason": "phép"}
    actions.lend(by=binh, at=AT, assignment=row, receiver=ha, **span)
    for giver, what, receiver, said in (
        (ha, row, khoa, "của chính mình"),
        (binh, row, chi, "kiểm tra lại tên"),
        (binh, row, binh, "người khác"),
        (binh, row, ha, "đã được ủy quyền"),
        (quan, quan.assignments.get(), khoa, "kiểm tra lại tên"),
    ):
        with pytest.raises(NotGiven, match=said):
            actions.lend(by=giver, at=AT, assignment=what, receiver=receiver, **span)
    with pytest.raises(NotGiven, match="dài nhất"):
        actions.lend(by=binh, at=AT, assignment=row, receiver=khoa, **(span | {"end": TODAY + 200 * DAY}))


def test_a_stranger_ends_nobodys_delegation() -> None:
    binh, ha, khoa, van = play("binh"), play("ha"), play("khoa"), play("van")
    span = {"start": TODAY, "end": TODAY + 5 * DAY, "reason": "phép"}
    lent = actions.lend(by=binh, at=AT, assignment=binh.assignments.get(), receiver=ha, **span)
    with pytest.raises(AccessRefused):
        actions.end_delegation(by=khoa, at=AT, delegation=lent)
    actions.end_delegation(by=van, at=AT, delegation=lent)


def test_the_list_shows_who_is_within_sight_by_given_name() -> None:
    people = {name: play(name) for name in ("an", "binh", "lan", "ha", "van", "quan", "chi", "oanh")}
    shown = [row.user.username for row in queries.found(people["van"].rights(TODAY))]
    assert shown == ["binh", "chi", "lan", "van"]
    assert len(queries.found(people["quan"].rights(TODAY))) == len(people)
    assert len(queries.found(people["oanh"].rights(TODAY))) == len(people)
    assert queries.found(people["an"].rights(TODAY)) == []
    assert [row.user.username for row in queries.found(people["quan"].rights(TODAY), text="le thi")] == ["binh"]
    assert [row.user.username for row in queries.found(people["quan"].rights(TODAY), role="auditor")] == ["oanh"]
