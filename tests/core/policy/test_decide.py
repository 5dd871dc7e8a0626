"""One decision and all decisions at once agree; walls and four eyes hold whatever the roles."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diaban.core.policy import (
    APPROVALS,
    EVERYBODY,
    LASTING,
    PERMISSIONS,
    ROLES,
    WALLED,
    WHOLE,
    Actor,
    Assignment,
    Line,
    Permission,
    Purpose,
    Reach,
    Subject,
    can,
    conflict,
    line_for,
    may_assign,
    sight,
)

TODAY = date(2026, 11, 23)
UNITS = tuple(range(8))

days = st.integers(-40, 40).map(lambda n: TODAY + timedelta(days=n))
unit_sets = st.none() | st.frozensets(st.sampled_from(UNITS), max_size=5)


@st.composite
def assignments(draw: st.DrawFn) -> Assignment:
    start = draw(days)
    end = draw(st.none() | st.integers(0, 60).map(lambda n: start + timedelta(days=n)))
    return Assignment(
        draw(st.sampled_from(sorted(ROLES))), draw(unit_sets), start, end, draw(st.sampled_from(["", "", "an", "binh"]))
    )


actors = st.builds(
    Actor,
    name=st.sampled_from(["an", "binh", "khoa"]),
    assignments=st.lists(assignments(), max_size=4).map(tuple),
    active=st.booleans() | st.just(True),
    house=st.sampled_from([False, False, False, True]),
)
permissions = st.sampled_from(sorted(Permission))
purposes = st.none() | st.sampled_from(sorted(Purpose))
subjects = st.none() | st.sampled_from(UNITS)


@given(actors, permissions, purposes, subjects, days)
def test_one_answer_and_all_answers_agree(
    actor: Actor, permission: Permission, purpose: Purpose | None, unit: int | None, on: date
) -> None:
    verdict = can(actor, permission, Subject(unit), on=on, purpose=purpose)
    assert verdict.allowed == sight(actor, permission, on=on, purpose=purpose).sees(unit)
    assert verdict.allowed == (verdict.why == "granted")
    assert str(verdict.reason).endswith(".")
    assert "{" not in str(verdict.reason)


@given(actors, permissions, subjects, days, st.frozensets(st.sampled_from(["an", "binh", "khoa"])))
def test_who_submitted_only_ever_takes_away_and_only_from_approvals(
    actor: Actor, permission: Permission, unit: int | None, on: date, submitters: frozenset[str]
) -> None:
    free = can(actor, permission, Subject(unit), on=on)
    bound = can(actor, permission, Subject(unit, submitters), on=on)
    assert free.allowed or not bound.allowed
    if permission not in APPROVALS:
        assert bound.allowed == free.allowed
    if permission in APPROVALS and bound.allowed and not actor.house:
        assert actor.name not in submitters
        assert bound.grant is not None
        assert (bound.grant.giver or actor.name) not in submitters


@given(actors, permissions, subjects, days)
def test_any_purpose_means_one_of_them(actor: Actor, permission: Permission, unit: int | None, on: date) -> None:
    any_of = can(actor, permission, Subject(unit), on=on).allowed
    each = [can(actor, permission, Subject(unit), on=on, purpose=one).allowed for one in Purpose]
    assert any_of == any(each)


@given(actors, permissions, subjects, days, assignments())
def test_one_more_role_takes_nothing_away(
    actor: Actor, permission: Permission, unit: int | None, on: date, more: Assignment
) -> None:
    richer = Actor(actor.name, (*actor.assignments, more), actor.active, actor.house)
    if can(actor, permission, Subject(unit), on=on).allowed:
        assert can(richer, permission, Subject(unit), on=on).allowed


@given(st.lists(assignments(), max_size=4), permissions, subjects, days)
def test_a_lent_role_gives_at_most_what_its_holder_has(
    held: list[Assignment], permission: Permission, unit: int | None, on: date
) -> None:
    own = [Assignment(one.role, one.units, one.start, one.end) for one in held]
    lent = [Assignment(one.role, one.units, one.start, one.end, giver="an") for one in held]
    by_lent = can(Actor("khoa", tuple(lent)), permission, Subject(unit), on=on)
    if by_lent.allowed:
        assert can(Actor("an", tuple(own)), permission, Subject(unit), on=on).allowed
        assert permission not in LASTING or permission in EVERYBODY


@given(actors, subjects, days)
def test_an_account_out_of_service_does_nothing(actor: Actor, unit: int | None, on: date) -> None:
    gone = Actor(actor.name, actor.assignments, active=False, house=actor.house)
    for permission in Permission:
        assert can(gone, permission, Subject(unit), on=on).why == "inactive"


@given(st.lists(st.sampled_from(sorted(ROLES)), max_size=5))
def test_roles_that_may_meet_never_join_what_walls_part(codes: list[str]) -> None:
    if conflict(codes) is not None:
        return
    actor = Actor("an", tuple(Assignment(code, None, TODAY) for code in codes))
    held = actor.purposes(TODAY) - {Purpose.COMMON, Purpose.ADMINISTRATION}
    if walled := held & WALLED:
        assert held == walled
        assert len(walled) == 1


POLICE = [role for role in ROLES.values() if role.lines == (Line.POLICE,)]


@pytest.mark.parametrize("purpose", sorted(WALLED))
@pytest.mark.parametrize("role", POLICE, ids=lambda role: role.code)
def test_no_police_role_carries_anything_behind_a_wall(role: Any, purpose: Purpose) -> None:
    actor = Actor("an", (Assignment(role.code, None, TODAY),))
    for permission in Permission:
        if permission not in EVERYBODY:
            assert sight(actor, permission, on=TODAY, purpose=purpose).is_blind


def test_the_house_itself_stays_outside_the_walls() -> None:
    house = Actor("dòng lệnh", house=True)
    for permission, (_words, meant) in PERMISSIONS.items():
        assert can(house, permission, on=TODAY).allowed == bool(meant - WALLED)


@pytest.mark.parametrize("code", sorted(ROLES))
def test_a_role_grants_only_what_its_purposes_reach(code: str) -> None:
    role = ROLES[code]
    assert role.lines
    assert role.purposes
    for permission in role.grants:
        assert permission.purposes & role.purposes, f"{permission} in {code} could never be used"
        assert role.grants[permission] is not Reach.HOUSE or role.whole_area, f"{permission} in {code} could never hold"


@pytest.mark.parametrize("code", ["system_administrator", "unit_administrator"])
def test_who_runs_the_house_sees_no_work_data(code: str) -> None:
    admin = Actor("quan", (Assignment(code, None, TODAY),))
    for permission in set(Permission) - EVERYBODY:
        for purpose in set(Purpose) - {Purpose.ADMINISTRATION}:
            assert sight(admin, permission, on=TODAY, purpose=purpose).is_blind
        if can(admin, permission, on=TODAY).allowed:
            assert Purpose.ADMINISTRATION in permission.purposes


def test_every_permission_is_somebodys() -> None:
    given_out = EVERYBODY.union(*(role.grants for role in ROLES.values()))
    assert given_out == set(Permission) == set(PERMISSIONS)


@pytest.mark.parametrize(
    ("who", "permission", "subject", "why"),
    [
        (Actor("a"), Permission.HOTSPOT_VIEW, Subject(1), "no_role"),
        (Actor("a", active=False), Permission.HOME_VIEW, WHOLE, "inactive"),
        (
            Actor("a", (Assignment("commune_police", frozenset({1}), TODAY, TODAY),)),
            Permission.HOTSPOT_VIEW,
            Subject(1),
            "expired",
        ),
        (
            Actor("a", (Assignment("commune_police", frozenset({1}), TODAY),)),
            Permission.HOTSPOT_VIEW,
            Subject(2),
            "outside",
        ),
        (
            Actor("a", (Assignment("provincial_police", frozenset({1}), TODAY),)),
            Permission.VALUES_SET,
            WHOLE,
            "whole_area",
        ),
        (
            Actor("a", (Assignment("provincial_leader", None, TODAY),)),
            Permission.CLASS_DECIDE,
            Subject(1, frozenset({"a"})),
            "own_submission",
        ),
        (
            Actor("a", (Assignment("health_social", frozenset({1}), TODAY),)),
            Permission.HOTSPOT_VIEW,
            Subject(1),
            "no_role",
        ),
    ],
)
def test_a_refusal_says_which_kind_it_is(who: Actor, permission: Permission, subject: Subject, why: str) -> None:
    verdict = can(who, permission, subject, on=TODAY)
    assert not verdict.allowed
    assert verdict.why == why


def test_the_nearest_refusal_speaks() -> None:
    who = Actor(
        "a", (Assignment("health_social", frozenset({2}), TODAY), Assignment("commune_police", frozenset({1}), TODAY))
    )
    assert can(who, Permission.HOTSPOT_VIEW, Subject(2), on=TODAY).why == "outside"


def test_who_hands_out_roles() -> None:
    assert may_assign({("system_administrator", "house")}, "auditor")
    police = ("unit_administrator", "police")
    assert may_assign({police}, "commune_police")
    assert not may_assign({police}, "provincial_police")
    assert not may_assign({police}, "system_administrator")
    assert not may_assign({("provincial_police", "police")}, "commune_police")


def test_each_line_hands_out_its_own_roles() -> None:
    police, committee = ("unit_administrator", "police"), ("unit_administrator", "administration")
    assert not may_assign({police}, "commune_leader")
    assert may_assign({committee}, "commune_leader")
    assert not may_assign({committee}, "commune_police")
    assert may_assign({police, committee}, "commune_leader")
    assert may_assign({police}, "unit_administrator", "police")
    assert not may_assign({police}, "unit_administrator", "administration")
    assert line_for({committee}, "unit_administrator") == "administration"
    assert line_for(set(), "commune_police") == "police"


def test_what_is_lent_hands_out_nothing() -> None:
    lent = Assignment("unit_administrator", frozenset({1}), TODAY, giver="van", line="police")
    assert Actor("binh", (lent,)).posts(TODAY) == frozenset()


def test_conflicts_are_told_in_words() -> None:
    assert conflict(["commune_police", "unit_administrator"]) is None
    assert conflict(["provincial_police", "report_approver"]) is None
    assert "tường" in str(conflict(["commune_police", "health_social"]))
    assert "tường" in str(conflict(["tip_officer", "health_social"]))
    assert "đứng riêng" in str(conflict(["auditor", "commune_police"]))
