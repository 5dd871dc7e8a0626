"""Declared figures as a sheet: a commune's classification workbook becomes its declaration, and can be taken back."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from apps.localities_province import AFTER, CLASS_ONE, IN_CYCLE, NOTHING, officer, standing
from diaban.adapters.workbooks import CLASSIFICATION, write_template, write_xlsx
from diaban.apps.access import House
from diaban.apps.accounts.models import User
from diaban.apps.exchange.actions import BatchRefused, apply_batch, check_batch, receive, undo_batch
from diaban.apps.exchange.models import Batch
from diaban.apps.exchange.queries import problems, shown
from diaban.apps.exchange.registry import Context, sheet_by_code
from diaban.apps.localities import actions
from diaban.apps.localities.models import Cycle, Declaration, DeclarationChange
from diaban.apps.places.actions import load_catalogue
from diaban.apps.places.scope import read_scope

VUNG_TAU, LONG_SON = "26506", "26545"
OPTIONS = {"cycle": "2026", "declared_by": "Công an xã", "document": "05/BC-CAX", "reason": ""}


@pytest.fixture
def by(db: None, settings: Any, tmp_path: Any) -> User:
    settings.MEDIA_ROOT = tmp_path
    return officer()


@pytest.fixture
def cycle(by: User) -> Cycle:
    load_catalogue(by=House("test"), at=IN_CYCLE)
    return actions.open_cycle(year=2026, by=by, at=IN_CYCLE)


def nothing(done: int, total: int) -> None:
    """Listen to no progress."""


def check(by: User, rows: list[Mapping[str, Any]] | bytes, at: datetime = IN_CYCLE, **options: str) -> Batch:
    data = rows if isinstance(rows, bytes) else write_template(sheet_by_code("declarations").spec, rows)
    given = OPTIONS | options
    batch = receive(sheet="declarations", file_name="tep.xlsx", data=data, options=given, by=by, at=at)
    check_batch(batch, context=Context(by, at, given, batch.number), step=nothing)
    batch.refresh_from_db()
    return batch


def write(by: User, batch: Batch, at: datetime = IN_CYCLE) -> Batch:
    batch.mode = "all"
    batch.save()
    apply_batch(batch, by=by, at=at, step=nothing)
    return batch


def why(batch: Batch) -> list[tuple[int, str]]:
    return [(one.row, one.code) for one in shown(batch, list(problems(batch)))]


def counts(batch: Batch) -> tuple[int, int, int, int]:
    return batch.new, batch.changed, batch.same, batch.error_rows


ROWS = [{"unit_code": VUNG_TAU, **CLASS_ONE}, {"unit_code": LONG_SON, **NOTHING}]


def test_declared_proposed_and_taken_back(cycle: Cycle, by: User) -> None:
    batch = write(by, check(by, ROWS))
    assert standing(cycle, VUNG_TAU).proposed_class == "I"
    assert Declaration.objects.get(unit=standing(cycle, LONG_SON).unit).persons == 0
    change = DeclarationChange.objects.filter(figure="persons").order_by("pk").first()
    assert change is not None
    assert (change.batch, change.declared_by, change.document) == (batch.number, "Công an xã", "05/BC-CAX")
    assert counts(check(by, ROWS)) == (0, 0, 2, 0)
    undo_batch(batch, by=by, at=IN_CYCLE, step=nothing)
    assert standing(cycle, VUNG_TAU).proposed_class == "unknown"
    assert counts(check(by, ROWS)) == (2, 0, 0, 0)


def test_an_empty_cell_keeps_what_was_declared(cycle: Cycle, by: User) -> None:
    write(by, check(by, ROWS))
    batch = write(by, check(by, [{"unit_code": VUNG_TAU, "points": 3}]))
    declaration = Declaration.objects.get(unit=standing(cycle, VUNG_TAU).unit)
    assert (declaration.points, declaration.persons) == (3, 110)
    undo_batch(batch, by=by, at=IN_CYCLE, step=nothing)
    declaration.refresh_from_db()
    assert (declaration.points, declaration.persons) == (2, 110)


def test_the_classification_workbook_fits(cycle: Cycle, by: User) -> None:
    row = {"unit_code": VUNG_TAU, "population": 126672, "points": 0, "route": "intra"}
    batch = check(by, write_template(CLASSIFICATION, [row]))
    assert shown(batch, list(problems(batch))) == []
    write(by, batch)
    declaration = Declaration.objects.get()
    assert (declaration.population, declaration.points, declaration.persons, declaration.route) == (
        126672,
        0,
        None,
        "intra",
    )


def test_strange_units_and_impossible_figures_are_named(cycle: Cycle, by: User) -> None:
    batch = check(by, [{"unit_code": "00001", "points": 1}, {"unit_code": VUNG_TAU, "persons": 5, "persons_exempt": 9}])
    assert why(batch) == [(3, "unit_code"), (4, "persons_exempt")]
    assert why(check(by, [{"unit_code": VUNG_TAU, "persons": -1}])) == [(3, "persons")]


def test_a_late_correction_needs_its_reason(cycle: Cycle, by: User) -> None:
    write(by, check(by, ROWS))
    late = [{"unit_code": VUNG_TAU, "points": 1}]
    assert why(check(by, late, AFTER)) == [(3, "unit_code")]
    write(by, check(by, late, AFTER, reason="Biên bản đối chiếu"), AFTER)
    assert DeclarationChange.objects.filter(adjustment=True).count() == 1


def test_a_locked_or_unknown_cycle_is_refused_in_words(cycle: Cycle, by: User) -> None:
    with pytest.raises(BatchRefused, match="Chu kỳ"):
        check(by, ROWS, cycle="2031")


def test_the_export_comes_back_unchanged(cycle: Cycle, by: User) -> None:
    write(by, check(by, ROWS))
    query = QueryDict("cycle=2026&sort=-persons")
    sheet = sheet_by_code("declarations")
    rows = list(sheet.export_rows(query, read_scope(query, own=None, on=IN_CYCLE.date()), by.rights(IN_CYCLE.date())))
    assert len(rows) == 30
    assert rows[0]["unit_code"] == VUNG_TAU
    with write_xlsx(sheet.spec, rows) as handle:
        assert counts(check(by, handle.read())) == (0, 0, 30, 0)


def test_the_template_lists_the_units_of_the_cycle_and_the_form_asks_for_it(
    cycle: Cycle, by: User, client: Client
) -> None:
    client.force_login(by)
    reply = client.get(reverse("exchange:template", args=["declarations"]), {"cycle": "2026"})
    sheet = openpyxl.load_workbook(io.BytesIO(reply.content))["Số liệu khai của xã"]
    assert sheet.max_row == 32
    assert reply["Content-Disposition"] == 'attachment; filename="mau-so-lieu-khai-cua-xa-2026.xlsx"'
    page = client.get(reverse("exchange:upload", args=["declarations"])).content.decode()
    assert "2026 (15/12/2025–14/12/2026)" in page
    assert 'name="declared_by"' in page


@pytest.mark.django_db(transaction=True)
def test_the_pages_show_the_options_by_their_names(by: User, cycle: Cycle, client: Client) -> None:
    client.force_login(by)
    data = SimpleUploadedFile("tep.xlsx", write_template(sheet_by_code("declarations").spec, ROWS))
    reply = client.post(reverse("exchange:upload", args=["declarations"]), OPTIONS | {"file": data}, follow=True)
    page = reply.content.decode()
    assert "2 dòng sẵn sàng" in page
    assert "<dt>Đơn vị, chức danh khai số liệu</dt><dd>Công an xã</dd>" in page
    assert "<dt>Chu kỳ</dt><dd>2026 (15/12/2025–14/12/2026)</dd>" in page
    assert "Lý do điều chỉnh" not in page
    assert ": 20.000 ·" in page
    for name in ("confirm", "annotated"):
        reply = client.get(reverse(f"exchange:{name}", args=[Batch.objects.get().number]))
    assert reply["Content-Disposition"] == f'attachment; filename="{Batch.objects.get().number}-co-loi.xlsx"'
    missing = client.post(reverse("exchange:upload", args=["declarations"]), {"cycle": "2026"})
    assert missing.status_code == 422
    assert 'href="#id_declared_by"' in missing.content.decode()
