"""The demonstration registers go out as workbooks and come back without a single change; a code names one record."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.db.models import Count
from django.http import QueryDict
from openpyxl import load_workbook

from diaban.adapters.clock import now
from diaban.adapters.workbooks import write_xlsx
from diaban.apps.access import House
from diaban.apps.accounts.models import User
from diaban.apps.exchange.actions import check_batch, receive
from diaban.apps.exchange.queries import problems, shown
from diaban.apps.exchange.registry import Context, sheet_by_code
from diaban.apps.hotspots.models import Hotspot, Incident, Route
from diaban.apps.places import actions as places
from diaban.apps.places.scope import read_scope
from diaban.commands.prepare import Installer
from diaban.demo import accounts, loader

LAST_DAY = date(2026, 2, 10)


@pytest.fixture
def officer(db: None, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> User:
    """A small province with Côn Đảo, which was a district without communes until 30/6/2025."""
    settings.MEDIA_ROOT = tmp_path
    places.load_catalogue(by=Installer(), at=now())
    every = loader.synthetic_places()
    island = [place for place in every if place.uid.startswith("755@")]
    assert island
    few = [*every[::20], *(place for place in island if place not in every[::20])]
    monkeypatch.setattr(loader, "synthetic_places", lambda: few)
    cast = accounts.create(at=now(), on=LAST_DAY)
    by = cast.province
    loader.load(cast=cast, last_day=LAST_DAY, say=lambda line: None, seed=11)
    return by


def export(sheet: str, query: str) -> bytes:
    found = sheet_by_code(sheet)
    scope = read_scope(QueryDict(query), own=None, on=LAST_DAY)
    rights = House("test").rights(LAST_DAY)
    with write_xlsx(found.spec, found.export_rows(QueryDict(query), scope, rights)) as handle:
        return handle.read()


def test_what_goes_out_comes_back_unchanged_and_codes_name_one_record(officer: User) -> None:
    for model in (Hotspot, Incident, Route):
        assert not model.objects.values("code").annotate(n=Count("pk")).filter(n__gt=1).exists()
    for sheet, query, n in (
        ("hotspots", "", Hotspot.objects.count()),
        ("incidents", "", Incident.objects.count()),
        ("routes", "tat_ca=1", Route.objects.count()),
    ):
        data = export(sheet, query)
        batch = receive(sheet=sheet, file_name=f"{sheet}.xlsx", data=data, options={}, by=officer, at=now())
        check_batch(batch, context=Context(officer, now(), {}, batch.number), step=lambda done, total: None)
        batch.refresh_from_db()
        assert [str(one) for one in shown(batch, list(problems(batch)))] == [], sheet
        assert (batch.new, batch.changed, batch.same) == (0, 0, n), sheet
    codes = {row[2].value for row in load_workbook(io.BytesIO(export("incidents", ""))).worksheets[0].iter_rows()}
    assert "755" in codes
