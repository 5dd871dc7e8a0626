"""Which classes of data a role sees in clear: never a secret, never more than its purposes ask for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diaban.core.policy import PERMISSIONS, ROLES, WALLED, Actor, Assignment, Permission, Purpose, cleared, conflict
from diaban.core.privacy import PrivacyClass

TODAY = date(2026, 11, 23)
C = PrivacyClass
days = st.integers(-30, 30).map(lambda n: TODAY + timedelta(days=n))
assignments = st.builds(
    Assignment,
    role=st.sampled_from(sorted(ROLES)),
    units=st.none() | st.just(frozenset({1})),
    start=days,
    end=st.none() | days,
    giver=st.sampled_from(["", "an"]),
)
actors = st.builds(Actor, name=st.just("binh"), assignments=st.lists(assignments, max_size=4).map(tuple))
purposes = st.none() | st.sampled_from(sorted(Purpose))


def holder(*roles: str, giver: str = "") -> Actor:
    return Actor("binh", tuple(Assignment(code, None, TODAY, giver=giver) for code in roles))


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        ("commune_police", {C.INTERNAL, C.OFFICER, C.PERSONAL, C.SENSITIVE}),
        ("commune_leader", {C.INTERNAL, C.OFFICER, C.PERSONAL, C.SENSITIVE}),
        ("provincial_police", {C.INTERNAL, C.OFFICER, C.PERSONAL, C.SENSITIVE}),
        ("provincial_leader", {C.INTERNAL, C.OFFICER, C.PERSONAL, C.SENSITIVE}),
        ("report_approver", {C.INTERNAL, C.OFFICER, C.PERSONAL, C.SENSITIVE}),
        ("department", {C.INTERNAL}),
        ("health_social", {C.PERSONAL, C.SENSITIVE}),
        ("tip_officer", {C.PERSONAL, C.SENSITIVE}),
        ("auditor", {C.INTERNAL, C.OFFICER}),
        ("system_administrator", {C.OFFICER}),
        ("unit_administrator", {C.OFFICER}),
    ],
)
def test_each_role_sees_in_clear_what_its_work_needs(role: str, seen: set[PrivacyClass]) -> None:
    assert cleared(holder(role), on=TODAY) == seen | {C.PUBLIC}
    assert cleared(holder(role, giver="an"), on=TODAY) == seen | {C.PUBLIC}, "a lent role clears like the role"


def test_every_role_is_in_the_table_above() -> None:
    (table,) = [one for one in test_each_role_sees_in_clear_what_its_work_needs.pytestmark if one.name == "parametrize"]
    assert {row[0] for row in table.args[1]} == set(ROLES)


def test_without_a_role_only_what_is_published() -> None:
    assert cleared(Actor("dung"), on=TODAY) == {C.PUBLIC}
    assert cleared(Actor("dung", active=False), on=TODAY) == frozenset()
    over = Actor("dung", (Assignment("provincial_police", None, TODAY - timedelta(days=9), TODAY),))
    assert cleared(over, on=TODAY) == {C.PUBLIC}


@pytest.mark.parametrize("wall", sorted(WALLED))
def test_the_house_sees_all_but_secrets_and_what_is_walled(wall: Purpose) -> None:
    house = Actor("máy", house=True)
    assert cleared(house, on=TODAY) == frozenset(C) - {C.SECRET}
    assert cleared(house, on=TODAY, purpose=wall) == {C.PUBLIC}


@pytest.mark.parametrize(("role", "own"), [("health_social", Purpose.CARE), ("tip_officer", Purpose.TIPS)])
def test_behind_a_wall_persons_are_seen_for_that_purpose_alone(role: str, own: Purpose) -> None:
    for purpose in Purpose:
        seen = cleared(holder(role), on=TODAY, purpose=purpose)
        assert (seen > {C.PUBLIC}) == (purpose is own)


@given(actors, days, purposes)
def test_nobody_ever_sees_a_secret_and_a_purpose_only_takes_away(
    actor: Actor, on: date, purpose: Purpose | None
) -> None:
    assert C.SECRET not in cleared(actor, on=on, purpose=purpose)
    assert cleared(actor, on=on, purpose=purpose) <= cleared(actor, on=on)


@given(actors, days, assignments)
def test_one_more_role_hides_nothing(actor: Actor, on: date, more: Assignment) -> None:
    assert cleared(actor, on=on) <= cleared(Actor(actor.name, (*actor.assignments, more)), on=on)


def test_who_reads_registers_of_places_is_cleared_for_what_they_hold() -> None:
    for role in ROLES.values():
        if Permission.HOTSPOT_VIEW in role.grants or Permission.INCIDENT_VIEW in role.grants:
            assert role.clears >= {C.INTERNAL, C.PERSONAL, C.SENSITIVE}
        if any(role.reach(one, purpose) for one in PERMISSIONS for purpose in WALLED):
            assert role.clears == {C.PERSONAL, C.SENSITIVE}


def test_no_pair_of_roles_one_may_hold_together_opens_persons_that_neither_opens() -> None:
    for one in ROLES:
        for other in ROLES:
            if conflict([one, other]) is None:
                both = cleared(holder(one, other), on=TODAY)
                alone = [cleared(holder(code), on=TODAY) for code in (one, other)]
                assert both & {C.PERSONAL, C.SENSITIVE} in [held & {C.PERSONAL, C.SENSITIVE} for held in alone]
