"""Whoever looks at what tells of persons leaves a trace, by the page and by the API; so does whoever tries doors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.test import Client

from cast import play
from diaban.apps.access import House
from diaban.apps.accounts.models import User
from diaban.apps.audit.models import Event, Kind
from diaban.apps.hotspots import actions
from diaban.apps.hotspots.models import Hotspot, Incident
from diaban.apps.places import actions as place_actions
from diaban.core.policy import Purpose

AT = dt.datetime(2026, 11, 23, 3, tzinfo=dt.UTC)
DAY = dt.date(2026, 9, 1)
NAME = "Quán cạnh nhà bà Sáu"


@pytest.fixture
def binh(db: None) -> User:
    place_actions.load_catalogue(by=House("test"), at=AT)
    return play("binh")


@pytest.fixture
def spot(binh: User) -> Hotspot:
    return actions.create_hotspot(
        by=binh, at=AT, unit=binh.unit, name=NAME, kind="diem_nguy_co", grade="nghi_van", verb="detect", on=DAY,
        document="1/BC", decider="Trưởng Công an", form="place", address="số 6", note="nghe nói",
    )  # fmt: skip


@pytest.fixture
def incident(binh: User) -> Incident:
    return actions.record_incident(
        by=binh, at=AT, unit=binh.unit, on=DAY, kind="su_dung", source="tip", place="sau chợ", note="nghe nói"
    )


def enter(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def reads() -> Iterator[tuple[str, str, str]]:
    for event in Event.objects.filter(kind=Kind.READ).order_by("seq"):
        yield event.actor, event.verb, event.subject


@pytest.mark.parametrize("path", ["/diem/{}/", "/diem/{}/sua/", "/api/v1/hotspots/{}"])
def test_who_opens_a_hotspot_is_written_down(binh: User, spot: Hotspot, path: str) -> None:
    assert enter(binh).get(path.format(spot.pk)).status_code == 200
    assert list(reads()) == [("binh", "hotspot.read", f"hotspot:{spot.code}")]
    event = Event.objects.get(kind=Kind.READ)
    assert event.purpose == Purpose.PLACES
    assert {"name", "address", "note"} <= set(event.detail["fields"])
    assert NAME not in str(event.detail)


@pytest.mark.parametrize("path", ["/vu-viec/{}/", "/vu-viec/{}/sua/", "/api/v1/incidents/{}"])
def test_who_opens_an_incident_is_written_down(binh: User, incident: Incident, path: str) -> None:
    assert enter(binh).get(path.format(incident.pk)).status_code == 200
    assert list(reads()) == [("binh", "incident.read", f"incident:{incident.code}")]


@pytest.mark.parametrize(
    "path",
    ["/diem/?q={}", "/api/v1/hotspots?q={}", "/diem/?q={}&xem=ban-do", "/vu-viec/?q={}", "/api/v1/incidents?q={}"],
)
def test_who_looks_for_words_is_written_down_without_the_words(
    binh: User, spot: Hotspot, incident: Incident, path: str
) -> None:
    assert enter(binh).get(path.format("bà Sáu")).status_code == 200
    event = Event.objects.get(kind=Kind.SEARCH)
    register = "hotspot" if "diem" in path or "hotspots" in path else "incident"
    assert (event.actor, event.verb, event.purpose) == ("binh", f"{register}.search", Purpose.PLACES)
    assert event.detail["prints"]["q"]
    assert event.detail["found"] == (1 if register == "hotspot" else 0)
    assert "Sáu" not in str(event.detail)


@pytest.mark.parametrize("path", ["/api/v1/hotspots", "/api/v1/incidents?limit=200"])
def test_rows_that_a_program_takes_are_written_down(binh: User, spot: Hotspot, incident: Incident, path: str) -> None:
    assert enter(binh).get(path).status_code == 200
    assert Event.objects.get(kind=Kind.SEARCH).detail["found"] == 1


@pytest.mark.parametrize(
    "path", ["/diem/{}/", "/vu-viec/{}/", "/api/v1/hotspots/{}", "/api/v1/incidents/{}", "/viec/{}/"]
)
def test_who_tries_numbers_leaves_the_same_trace_whether_or_not_something_is_there(
    binh: User, spot: Hotspot, incident: Incident, path: str
) -> None:
    ha = enter(play("ha"))
    pk = spot.pk if "diem" in path or "hotspots" in path else incident.pk
    told = []
    for number in (pk, 999_999):
        before = Event.objects.count()
        assert ha.get(path.format(number)).status_code == 404
        (event,) = Event.objects.order_by("seq")[before:]
        told.append((event.kind, event.actor, event.verb, event.subject, event.detail))
    assert told[0] == told[1]
    assert told[0][0] == Kind.REFUSAL
    assert told[0][4]["reason"] == "absent"


def test_whose_lines_of_the_journal_a_program_took_is_written_down(binh: User) -> None:
    asked = "/api/v1/events?actor=binh&subject=hotspot:TD-1&limit=5"
    assert enter(play("oanh")).get(asked).status_code == 200
    (event,) = Event.objects.filter(kind=Kind.EXPORT)
    assert event.detail["query"] == "after=0&limit=5&actor=binh&subject=hotspot%3ATD-1"
