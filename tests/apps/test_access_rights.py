"""From rows to rights: what a query shows and what the policy allows are the same, for every record."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cast import GIVEN_AT, TODAY, give, play
from diaban.apps.access import AccessRefused, House, Permission, Purpose, guard, require
from diaban.apps.accounts.middleware import AccessMiddleware
from diaban.apps.accounts.models import Assignment, Delegation, User
from diaban.apps.audit.models import Event
from diaban.apps.places import actions as place_actions
from diaban.apps.places import queries as places
from diaban.apps.places.models import Spell, Unit
from diaban.core.policy import ROLES

AT = datetime(2026, 11, 23, 3, tzinfo=UTC)
CODES = ("26506", "26526", "26732", "26560")


@pytest.fixture
def _units(db: None) -> None:
    place_actions.load_catalogue(by=House("test"), at=AT)


def lend(giver: User, receiver: User, start: date = TODAY, end: date = TODAY + timedelta(days=7)) -> Delegation:
    return Delegation.objects.create(
        assignment=giver.assignments.get(),
        receiver=receiver,
        start=start,
        end=end,
        reason="nghỉ phép",
        given_by=giver.username,
        given_at=AT,
    )


@st.composite
def posts(draw: st.DrawFn) -> tuple[str, str, int, int | None]:
    start = draw(st.integers(-20, 5))
    return (
        draw(st.sampled_from(sorted(ROLES))),
        draw(st.sampled_from(("", *CODES))),
        start,
        draw(st.none() | st.integers(0, 30).map(lambda n: start + n)),
    )


@pytest.mark.usefixtures("_units")
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(posts(), max_size=3, unique_by=lambda one: one[:2]),
    st.sampled_from([Permission.HOTSPOT_VIEW, Permission.REVIEW_VIEW, Permission.VALUES_SET, Permission.CARE_VIEW]),
    st.none() | st.sampled_from(sorted(Purpose)),
)
def test_what_a_query_shows_is_what_the_policy_allows(
    held: list[tuple[str, str, int, int | None]], permission: Permission, purpose: Purpose | None
) -> None:
    user = User.objects.create(username="thu-nghiem", date_joined=GIVEN_AT)
    try:
        for role, code, start, end in held:
            Assignment.objects.create(
                user=user,
                role=role,
                line="police",
                unit=places.unit_by_code(code, TODAY) if code else None,
                start=TODAY + timedelta(days=start),
                end=None if end is None else TODAY + timedelta(days=end),
                given_by="x",
                given_at=GIVEN_AT,
            )
        rights = user.rights(TODAY)
        shown = set(rights.visible(Spell.objects.all(), permission, purpose).values_list("unit", flat=True))
        for unit in Unit.objects.values_list("pk", flat=True):
            assert (unit in shown) == rights.can(permission, unit=unit, purpose=purpose).allowed
        assert rights.holds(permission, purpose) == (bool(shown) or rights.can(permission, purpose=purpose).allowed)
    finally:
        user.assignments.all().delete()
        user.delete()


@pytest.mark.usefixtures("_units")
def test_rights_cost_two_queries_and_the_stamp_of_the_register(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    binh = play("binh")
    places.known()
    binh = User.objects.get(pk=binh.pk)
    with django_assert_num_queries(3):
        binh.rights(TODAY).units(Permission.HOTSPOT_VIEW)
        binh.rights(TODAY).units(Permission.INCIDENT_VIEW)


@pytest.mark.usefixtures("_units")
def test_a_lent_role_works_from_its_first_to_its_last_day() -> None:
    binh, khoa = play("binh"), play("khoa")
    unit = binh.unit_id
    lend(binh, khoa)
    for offset, allowed in ((-1, False), (0, True), (6, True), (7, False)):
        rights = User.objects.get(pk=khoa.pk).rights(TODAY + timedelta(days=offset))
        verdict = rights.can(Permission.HOTSPOT_STEP, unit=unit)
        assert verdict.allowed is allowed, offset
    assert "binh" in str(User.objects.get(pk=khoa.pk).rights(TODAY).can(Permission.HOTSPOT_STEP, unit=unit).reason)


@pytest.mark.usefixtures("_units")
def test_what_is_lent_ends_with_its_giver() -> None:
    binh, khoa = play("binh"), play("khoa")
    lend(binh, khoa)
    User.objects.filter(pk=binh.pk).update(is_active=False)
    assert not User.objects.get(pk=khoa.pk).rights(TODAY).can(Permission.HOTSPOT_VIEW, unit=binh.unit_id).allowed


@pytest.mark.usefixtures("_units")
def test_a_wall_stands_even_when_somebody_lends_across_it() -> None:
    chi, binh = play("chi"), play("binh")
    lend(chi, binh)
    lend(binh, chi)
    assert User.objects.get(pk=binh.pk).rights(TODAY).sight(Permission.CARE_VIEW).is_blind
    assert User.objects.get(pk=chi.pk).rights(TODAY).sight(Permission.HOTSPOT_VIEW).is_blind


@pytest.mark.usefixtures("_units")
def test_a_role_taken_away_is_gone_at_the_next_request(client: Client) -> None:
    binh = play("binh")
    client.force_login(binh)
    assert client.get("/diem/").status_code == 200
    binh.assignments.update(end=TODAY)
    assert client.get("/diem/").status_code == 403
    event = Event.objects.filter(actor="binh", verb="access.refused").get()
    assert event.subject == "route:hotspots:list"


@pytest.mark.usefixtures("_units")
def test_an_action_asks_whoever_calls_it() -> None:
    binh = play("binh")
    home, other = binh.unit_id, places.unit_by_code("26526", TODAY).pk
    assert require(binh, Permission.HOTSPOT_STEP, at=AT, unit=home).allowed
    with pytest.raises(AccessRefused) as refused:
        require(binh, Permission.HOTSPOT_STEP, at=AT, unit=other)
    assert refused.value.verdict.why == "outside"
    assert require(House("dòng lệnh"), Permission.HOTSPOT_STEP, at=AT, unit=other).allowed
    with pytest.raises(AccessRefused):
        require(House("dòng lệnh"), Permission.CARE_VIEW, at=AT, unit=other)


@pytest.mark.usefixtures("_units")
def test_a_route_that_declares_nothing_opens_to_nobody(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = give(User.objects.create(username="an"), "provincial_police")
    door = AccessMiddleware(lambda _request: None)  # type: ignore[arg-type, return-value]
    with pytest.raises(ImproperlyConfigured):
        door.process_view(request, lambda _request: None, (), {})
    guarded = guard(Permission.AUDIT_VIEW)(lambda _request: None)
    with pytest.raises(AccessRefused):
        door.process_view(request, guarded, (), {})
