"""Bugs that other systems of this kind had, each as a test of ours. The whole list: docs/security/known-bugs.md."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from cast import HOME, NEXT_DOOR, TODAY, play
from diaban.apps.access import House, Permission
from diaban.apps.accounts.models import User
from diaban.apps.hotspots import actions
from diaban.apps.hotspots.models import Hotspot, Incident
from diaban.apps.places import actions as place_actions
from diaban.apps.places import queries as places

AT = dt.datetime(2026, 11, 23, 3, tzinfo=dt.UTC)
DAY = dt.date(2026, 9, 1)
ROOT = Path(__file__).resolve().parents[2]
PAPER = {"document": "1/BC", "decider": "Trưởng Công an"}
KNOWN = ROOT / "docs" / "security" / "known-bugs.md"


@pytest.fixture
def world(db: None) -> dict[str, Any]:
    """Spots and incidents at home (Bình) and next door (Hà); an incident of next door hangs on the spot there."""
    place_actions.load_catalogue(by=House("test"), at=AT)
    an = play("an")
    for name in ("binh", "ha", "lan", "giang", "chi", "quan"):
        play(name)
    units = {code: places.unit_by_code(code, TODAY) for code in (HOME, NEXT_DOOR)}
    spots = {
        code: actions.create_hotspot(
            by=an, at=AT, unit=unit, name=f"Điểm {code}", kind="diem_nguy_co", grade="nghi_van", verb="detect", on=DAY,
            form="place", **PAPER,
        )
        for code, unit in units.items()
    }  # fmt: skip
    incidents = {
        code: actions.record_incident(
            by=an, at=AT, unit=unit, on=DAY, kind="su_dung", source="tip", place=f"Nơi {code}", hotspot=spots[code]
        )
        for code, unit in units.items()
    }
    return {"units": units, "spots": spots, "incidents": incidents}


def enter(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def rows(answer: Any) -> set[int]:
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert body["count"] == len(body["items"])
    return {one["id"] for one in body["items"]}


@pytest.mark.parametrize("name", ["binh", "ha", "lan", "an"])
def test_the_api_shows_no_more_than_the_policy_whatever_is_asked(world: dict[str, Any], name: str) -> None:
    client, user = enter(name), User.objects.get(username=name)
    rights = user.rights(TODAY)
    from_next_door = world["units"][NEXT_DOOR].uid
    foreign = world["spots"][NEXT_DOOR]
    for path, model, permission in (
        ("/api/v1/hotspots", Hotspot, Permission.HOTSPOT_VIEW),
        ("/api/v1/incidents", Incident, Permission.INCIDENT_VIEW),
    ):
        seen = set(rights.visible(model.objects.all(), permission).values_list("pk", flat=True))
        asked = (
            "", f"unit={from_next_door}", f"unit={world['units'][HOME].uid}&unit={from_next_door}",
            f"q={foreign.code}", f"hotspot={foreign.pk}", "limit=200&offset=0", "unit=", "state=%25&kind=",
        )  # fmt: skip
        for query in asked:
            answer = client.get(f"{path}?{query}")
            if answer.status_code == 200:
                assert rows(answer) <= seen, (path, query)
        assert rows(client.get(path)) == seen
        for row in model.objects.all():
            assert client.get(f"{path}/{row.pk}").status_code == (200 if row.pk in seen else 404)


@pytest.mark.parametrize("name", ["giang", "chi", "quan"])
@pytest.mark.parametrize("method", ["get", "head", "options", "post", "put", "patch", "delete"])
def test_no_method_opens_the_registers_of_the_api_to_other_purposes(
    world: dict[str, Any], name: str, method: str
) -> None:
    client = enter(name)
    for path in ("/api/v1/hotspots", f"/api/v1/hotspots/{world['spots'][HOME].pk}", "/api/v1/incidents"):
        answer = getattr(client, method)(path)
        assert answer.status_code in (403, 405)
        assert b"26506" not in answer.content


def test_a_step_through_the_api_is_asked_where_the_record_lies(world: dict[str, Any]) -> None:
    ha, foreign = enter("ha"), world["spots"][HOME]
    step = {"verb": "enlist", "on": "2026-10-01", **PAPER}
    for pk in (foreign.pk, 999_999):
        answer = ha.post(f"/api/v1/hotspots/{pk}/steps", step, content_type="application/json")
        assert (answer.status_code, answer.json()["reason"]) == (404, "")
    lan = enter("lan")  # sees the record, takes no steps
    assert lan.post(f"/api/v1/hotspots/{foreign.pk}/steps", step, content_type="application/json").status_code == 403
    assert Hotspot.objects.get(pk=foreign.pk).steps.count() == 1


def test_a_record_cannot_be_tied_to_one_out_of_sight_through_a_changed_field(world: dict[str, Any]) -> None:
    ha, foreign = enter("ha"), world["spots"][HOME]
    given = {"on": "2026-10-01", "unit": world["units"][NEXT_DOOR].uid, "kind": "su_dung", "source": "tip"}
    empty = {"seizures-TOTAL_FORMS": "0", "seizures-INITIAL_FORMS": "0", "form-TOTAL_FORMS": "0"}
    told = []
    for pk in (foreign.pk, 999_999):
        answer = ha.post("/vu-viec/moi/", given | empty | {"hotspot": pk})
        assert answer.status_code == 422
        page = re.sub(r'csrfmiddlewaretoken" value="[^"]*"|"X-CSRFToken": "[^"]*"', "", answer.content.decode())
        told.append(page.replace(f'"{pk}"', "").replace(f"mã {pk} ", "mã … "))
    assert told[0] == told[1]
    assert foreign.name not in told[0]
    assert foreign.code not in told[0]
    assert Incident.objects.count() == 2


def test_every_bug_on_the_list_has_a_test_that_is_there() -> None:
    listed = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", KNOWN.read_text(encoding="utf-8"))
    assert len(listed) > 10
    missing = [f"{path}::{name}" for path, name in listed if f"def {name}(" not in (ROOT / path).read_text("utf-8")]
    assert not missing
