"""A province's accounts from a workbook: checked whole, written whole, taken back whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.http import QueryDict

from cast import play
from diaban.adapters.workbooks import write_template, write_xlsx
from diaban.apps.access import AccessRefused, House, Permission
from diaban.apps.accounts.models import User
from diaban.apps.audit.models import Event
from diaban.apps.exchange.actions import apply_batch, check_batch, receive, undo_batch
from diaban.apps.exchange.actions.receiving import BatchRefused
from diaban.apps.exchange.models import Batch
from diaban.apps.exchange.queries import problems, shown
from diaban.apps.exchange.registry import Context, SheetRefused, sheet_by_code
from diaban.apps.places import actions as place_actions
from diaban.apps.places.scope import read_scope

AT = datetime(2026, 11, 23, 3, tzinfo=UTC)
ROW = {
    "username": "moi.den",
    "full_name": "Nguyễn Mới Đến",
    "title": "Công an phường",
    "unit_code": "26506",
    "role": "Công an cấp xã",
    "start": date(2026, 11, 1),
    "document": "3/QĐ",
}
pytestmark = pytest.mark.usefixtures("_units")


@pytest.fixture
def _units(db: None) -> None:
    place_actions.load_catalogue(by=House("test"), at=AT)


def nothing(done: int, total: int) -> None:
    """Listen to no progress."""


def check(by: User, *rows: Mapping[str, Any]) -> Batch:
    data = write_template(sheet_by_code("accounts").spec, list(rows))
    batch = receive(sheet="accounts", file_name="nguoi.xlsx", data=data, options={}, by=by, at=AT)
    check_batch(batch, context=Context(by, AT, {}, batch.number), step=nothing)
    batch.refresh_from_db()
    return batch


def write(by: User, *rows: Mapping[str, Any]) -> Batch:
    batch = check(by, *rows)
    assert [str(one) for one in shown(batch, list(problems(batch)))] == []
    batch.mode = "all"
    batch.save()
    apply_batch(batch, by=by, at=AT, step=nothing)
    batch.refresh_from_db()
    return batch


def troubles(batch: Batch) -> list[str]:
    return [row.column for row in problems(batch)]


def test_a_workbook_makes_officers_with_their_posts() -> None:
    quan = play("quan")
    leader = ROW | {"username": "lanh.dao", "role": "Lãnh đạo tỉnh, Ban Chỉ đạo", "unit_code": None}
    batch = write(quan, ROW, leader)
    assert (batch.new, batch.changed) == (2, 0)
    made = User.objects.get(username="moi.den")
    assert made.unit is not None
    assert made.rights(AT.date()).can(Permission.HOTSPOT_RECORD, unit=made.unit_id).allowed
    assert (
        User.objects.get(username="lanh.dao").rights(AT.date()).can(Permission.CLASS_DECIDE, unit=made.unit_id).allowed
    )
    assert not made.has_usable_password()
    assert Event.objects.filter(verb="post.give").count() == 2


def test_what_comes_again_is_the_same_and_a_new_title_is_a_change() -> None:
    quan = play("quan")
    write(quan, ROW)
    again = check(quan, ROW)
    assert (again.new, again.changed, again.same, again.error_rows) == (0, 0, 1, 0)
    changed = write(quan, ROW | {"title": "Phó Trưởng Công an phường"})
    assert changed.changed == 1
    assert User.objects.get(username="moi.den").title == "Phó Trưởng Công an phường"
    undo_batch(changed, by=quan, at=AT, step=nothing)
    assert User.objects.get(username="moi.den").title == "Công an phường"


def test_taking_a_batch_back_leaves_no_account_unless_it_was_used() -> None:
    quan = play("quan")
    batch = write(quan, ROW)
    User.objects.filter(username="moi.den").update(last_login=AT)
    with pytest.raises(BatchRefused, match="đã được dùng"):
        undo_batch(batch, by=quan, at=AT, step=nothing)
    User.objects.filter(username="moi.den").update(last_login=None)
    undo_batch(batch, by=quan, at=AT, step=nothing)
    assert not User.objects.filter(username="moi.den").exists()
    assert Event.objects.filter(verb="account.take_back", subject="account:moi.den").exists()


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"username": "Chữ Hoa"}, "username"),
        ({"role": None}, "role"),
        ({"role": "Công an cấp tỉnh (PC04)"}, "role"),
        ({"unit_code": "99999"}, "unit_code"),
        ({"unit_code": None}, "unit_code"),
        ({"unit_code": "26526"}, "unit_code"),
    ],
)
def test_rows_that_a_unit_administrator_may_not_write_say_why(change: Mapping[str, Any], where: str) -> None:
    batch = check(play("van"), ROW | change)
    assert batch.error_rows == 1
    assert where in troubles(batch)


def test_a_name_taken_elsewhere_is_only_a_name_that_cannot_be_used() -> None:
    play("ha")
    batch = check(play("van"), ROW | {"username": "ha"})
    (row,) = problems(batch)
    assert row.column == "username"
    assert "Hà" not in str(row.why)


def test_who_lost_the_right_before_writing_writes_nothing() -> None:
    van = play("van")
    batch = check(van, ROW)
    batch.mode = "all"
    batch.save()
    van.assignments.update(end=AT.date())
    van = User.objects.get(pk=van.pk)
    with pytest.raises((AccessRefused, BatchRefused, SheetRefused)):
        apply_batch(batch, by=van, at=AT, step=nothing)
    assert not User.objects.filter(username="moi.den").exists()


def test_the_list_goes_out_as_it_came() -> None:
    quan = play("quan")
    write(quan, ROW)
    sheet, query = sheet_by_code("accounts"), QueryDict("")
    rows = sheet.export_rows(query, read_scope(query, own=None, on=AT.date()), quan.rights(AT.date()))
    with write_xlsx(sheet.spec, rows) as handle:
        data = handle.read()
    batch = receive(sheet="accounts", file_name="a.xlsx", data=data, options={}, by=quan, at=AT)
    check_batch(batch, context=Context(quan, AT, {}, batch.number), step=nothing)
    batch.refresh_from_db()
    assert (batch.new, batch.changed) == (0, 0)
    assert batch.same >= 1
