"""Tasks from a workbook: checked whole, given whole, known again, called off when the batch is taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from programme_cast import AT, Office, office

from cast import HOME, give
from diaban.adapters.workbooks import write_template, write_xlsx
from diaban.apps.access import House
from diaban.apps.access import Permission as P
from diaban.apps.accounts.models import User
from diaban.apps.audit.models import Event
from diaban.apps.exchange.actions import BatchRefused, apply_batch, check_batch, receive, undo_batch
from diaban.apps.exchange.models import Batch
from diaban.apps.exchange.queries import problems, shown
from diaban.apps.exchange.registry import Context, sheet_by_code
from diaban.apps.places import actions as place_actions
from diaban.apps.places.scope import read_scope
from diaban.apps.programme import actions
from diaban.apps.programme.models import Task

PROVINCE = {
    "code": "KH-01",
    "title": "Tổ chức tập huấn",
    "lead": "so-y-te",
    "others": "Công an tỉnh",
    "budget": 5_000_000,
}
WARD = {
    "code": "KH-02", "title": "Rà soát điểm, tụ điểm", "unit_code": "26506", "unit_name": "P. Vũng Tàu",
    "lead": "Công an cấp xã", "due": date(2026, 12, 15), "product": "Danh sách", "starts": date(2026, 11, 1),
}  # fmt: skip
YEARLY = {"code": "KH-03", "title": "Báo cáo năm", "lead": "Công an tỉnh", "grain": "Hằng năm"}
ROWS = (PROVINCE, WARD, YEARLY)


@pytest.fixture
def there(db: None, settings: Any, tmp_path: Any) -> Office:
    settings.MEDIA_ROOT = tmp_path
    place_actions.load_catalogue(by=House("thử"), at=AT)
    return office()


def nothing(done: int, total: int) -> None:
    """Listen to no progress."""


def check(by: User, *rows: Mapping[str, Any], data: bytes = b"") -> Batch:
    data = data or write_template(sheet_by_code("tasks").spec, list(rows))
    batch = receive(sheet="tasks", file_name="viec.xlsx", data=data, options={}, by=by, at=AT)
    check_batch(batch, context=Context(by, AT, {}, batch.number), step=nothing)
    batch.refresh_from_db()
    return batch


def write(by: User, *rows: Mapping[str, Any]) -> Batch:
    batch = check(by, *rows)
    assert [(one.code, one.why) for one in shown(batch, list(problems(batch)))] == []
    batch.mode = "all"
    batch.save()
    apply_batch(batch, by=by, at=AT, step=nothing)
    batch.refresh_from_db()
    return batch


def counts(batch: Batch) -> tuple[int, int, int, int]:
    return batch.new, batch.changed, batch.same, batch.error_rows


def test_a_workbook_gives_tasks_and_is_known_again(there: Office) -> None:
    an = there.cast["an"]
    assert counts(write(an, *ROWS)) == (3, 0, 0, 0)
    province, ward, yearly = Task.objects.order_by("pk")
    assert (province.lead, province.unit, province.budget) == (there.health, None, 5_000_000)
    assert [one.agency for one in province.co.all()] == [there.police]
    assert (ward.unit, ward.due, ward.product, ward.from_above) == (there.home, date(2026, 12, 15), "Danh sách", True)
    assert (yearly.grain, yearly.turns.count() > 0) == ("year", True)
    assert counts(check(an, *ROWS)) == (0, 0, 3, 0)
    assert Event.objects.filter(verb="task.give").count() == 3


def test_taking_a_batch_back_calls_its_tasks_off_unless_work_was_reported(there: Office) -> None:
    an = there.cast["an"]
    batch = write(an, *ROWS)
    ward = Task.objects.get(ref="KH-02")
    actions.begin(turn=ward.turns.get(), by=there.cast["binh"], at=AT)
    with pytest.raises(BatchRefused, match=f"thôi giao ở trang của nhiệm vụ {ward.code}"):
        undo_batch(batch, by=an, at=AT, step=nothing)
    assert not Task.objects.filter(state="cancelled").exists()
    second = write(an, {**YEARLY, "code": "KH-09"})
    undo_batch(second, by=an, at=AT, step=nothing)
    assert Task.objects.get(ref="KH-09").state == "cancelled"
    assert counts(check(an, {**YEARLY, "code": "KH-09"})) == (1, 0, 0, 0)


def test_what_is_given_is_changed_in_a_few_columns_and_changed_back(there: Office) -> None:
    an = there.cast["an"]
    write(an, *ROWS)
    code = Task.objects.get(ref="KH-02").code
    changed = write(an, WARD | {"code": code, "due": date(2026, 12, 30), "product": None})
    task = Task.objects.get(code=code)
    assert (task.due, task.product, task.turns.get().due) == (date(2026, 12, 30), "Danh sách", date(2026, 12, 30))
    undo_batch(changed, by=an, at=AT, step=nothing)
    assert Task.objects.get(code=code).due == date(2026, 12, 15)
    other = check(an, WARD | {"title": "Việc khác hẳn"})
    assert [(one.code, one.row) for one in shown(other, list(problems(other)))] == [("title", 3)]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"lead": "Sở Không Có"}, ["lead"]),
        ({"others": "Công an tỉnh; Hội Lạ"}, ["others"]),
        ({"unit_code": "99999", "lead": "Hội Lạ"}, ["lead", "unit_code"]),
        ({"unit_name": "Phường Rạch Dừa"}, ["unit_name"]),
        ({"unit_code": None, "unit_name": None}, ["unit_code"]),
        ({"due": date(2026, 10, 1)}, ["due"]),
        ({"grain": "Hằng quý"}, ["due"]),
        ({"code": "NV-999999"}, ["code"]),
        ({"title": None}, ["title"]),
    ],
)
def test_every_fault_is_told_at_its_cell_and_nothing_is_written(
    there: Office, change: Mapping[str, Any], where: list[str]
) -> None:
    batch = check(there.cast["an"], WARD | change)
    assert sorted(one.column for one in problems(batch)) == where
    assert counts(batch) == (0, 0, 0, 1)
    assert not Task.objects.exists()


def test_the_open_tasks_go_out_as_the_template_asks_and_come_back_the_same(there: Office) -> None:
    an = there.cast["an"]
    write(an, *ROWS)
    sheet, query = sheet_by_code("tasks"), QueryDict("")
    scope = read_scope(query, own=None, on=AT.date())
    with write_xlsx(sheet.spec, sheet.export_rows(query, scope, an.rights(AT.date()))) as handle:
        assert counts(check(an, data=handle.read())) == (0, 0, 3, 0)
    seen = list(sheet.export_rows(QueryDict("q=ra soat"), scope, there.cast["binh"].rights(AT.date())))
    assert [row["title"] for row in seen] == ["Rà soát điểm, tụ điểm"]


def test_nobody_gives_by_workbook_where_they_may_not_give_by_hand(there: Office, client: Client) -> None:
    opened = set()
    for name, user in there.cast.items():
        client.force_login(user)
        if client.get("/nhap-xuat/nhap/tasks/").status_code == 200:
            opened.add(name)
    rights = {name: user.rights(AT.date()) for name, user in there.cast.items()}
    may = {name for name, held in rights.items() if held.holds(P.REGISTER_IMPORT) and held.holds(P.TASK_ASSIGN)}
    assert "an" in may and "giang" not in may
    assert opened == may


def test_a_commune_gives_its_own_work_and_changes_nothing_that_the_province_gave(there: Office) -> None:
    write(there.cast["an"], *ROWS)
    given = Task.objects.get(ref="KH-02")
    local = User.objects.create(username="phuong", full_name="Lê Phường", date_joined=AT)
    for role in ("commune_leader", "commune_police"):
        local = give(local, role, HOME)
    own = WARD | {"code": "P-01", "title": "Việc của phường"}
    elsewhere = own | {"code": "P-02", "unit_code": "26526", "unit_name": None}
    above = WARD | {"code": given.code, "due": date(2026, 12, 31)}
    batch = check(local, own, elsewhere, PROVINCE | {"code": "P-03"}, above)
    assert batch.new == 1
    assert sorted((one.row, one.column) for one in problems(batch)) == [
        (4, "unit_code"), (5, "unit_code"), (6, "code")
    ]  # fmt: skip
