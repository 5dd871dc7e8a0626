"""A file that an officer sent and somebody takes out again leaves a trace."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from cast import play
from diaban.adapters.workbooks import write_template
from diaban.apps.access import House
from diaban.apps.accounts.models import User
from diaban.apps.audit.models import Event, Kind
from diaban.apps.exchange.actions import check_batch, receive
from diaban.apps.exchange.models import Batch
from diaban.apps.exchange.registry import Context, sheet_by_code
from diaban.apps.places import actions as place_actions

AT = dt.datetime(2026, 11, 23, 3, tzinfo=dt.UTC)


@pytest.fixture
def batch(db: None) -> Batch:
    place_actions.load_catalogue(by=House("test"), at=AT)
    binh = play("binh")
    row = {"code": "M-1", "name": "Nhà bà Sáu", "unit_code": "26506", "kind": "không có loại này"}
    data = write_template(sheet_by_code("hotspots").spec, [row])
    made = receive(sheet="hotspots", file_name="so.xlsx", data=data, options={}, by=binh, at=AT)
    check_batch(made, context=Context(binh, AT, {}, made.number), step=lambda _done, _total: None)
    made.refresh_from_db()
    return made


def enter(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("name", ["binh", "an"])
def test_a_sent_file_that_is_taken_out_again_is_written_down(batch: Batch, name: str) -> None:
    client = enter(batch.by if name == "binh" else play("an"))
    assert client.get(reverse("exchange:annotated", args=[batch.number])).status_code == 200
    event = Event.objects.get(kind=Kind.EXPORT)
    assert (event.actor, event.verb, event.subject) == (name, "exchange.export", f"batch:{batch.number}")
    assert event.detail["sheet"] == "hotspots"
    assert "Sáu" not in str(event.detail)


def test_a_sent_file_out_of_sight_is_not_there(batch: Batch) -> None:
    ha = enter(play("ha"))
    assert ha.get(reverse("exchange:annotated", args=[batch.number])).status_code == 404
    assert not Event.objects.filter(kind=Kind.EXPORT).exists()
