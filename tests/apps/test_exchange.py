"""The way of a file: received, checked without touching anything, written whole or not at all, taken back exactly.

The register of these tests is the table of users, as a sheet of its own: the way is the same for every sheet.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, model_validator

from cast import jack_of_all_work
from diaban.adapters.clock import VIETNAM, today
from diaban.adapters.workbooks import ColumnSpec, Kind, SheetSpec, read_rows, write_template
from diaban.apps.access import Permission, Rights
from diaban.apps.accounts.models import User
from diaban.apps.audit.models import Event
from diaban.apps.exchange import files, registry
from diaban.apps.exchange.actions import (
    BatchRefused,
    apply_batch,
    check_batch,
    clean_drafts,
    discard,
    receive,
    request,
    undo_batch,
)
from diaban.apps.exchange.models import Batch
from diaban.apps.exchange.queries import annotated, columns_with_problems, previews, problems, sent_before, shown
from diaban.apps.exchange.registry import Change, Context, Draft, Fault, RowError, Sheet, SheetRefused, Stored
from diaban.apps.jobs.chores import CHORES, Worker
from diaban.apps.jobs.models import Run
from diaban.apps.places.scope import Scope
from diaban.core.messages import say

AT = dt.datetime(2026, 11, 20, 9, 0, tzinfo=VIETNAM)
SPEC = SheetSpec(
    code="officers",
    title="Cán bộ",
    key=("username",),
    columns=(
        ColumnSpec("username", "Tên đăng nhập", Kind.CODE, required=True, example="can-bo-1"),
        ColumnSpec("full_name", "Họ tên"),
        ColumnSpec("title", "Chức vụ", Kind.CHOICE, choices={"police": "Công an xã", "leader": "Lãnh đạo UBND"}),
        ColumnSpec("date_joined", "Ngày vào", Kind.DATE),
    ),
)


class OfficerRow(BaseModel):
    username: str
    full_name: str | None = None
    title: str | None = None

    @model_validator(mode="after")
    def leader_is_named(self) -> OfficerRow:
        if self.title == "leader" and not self.full_name:
            raise RowError("full_name", say("Lãnh đạo phải có tên"), say("Họ và tên"))
        return self


class Officers(Sheet):
    spec = SPEC
    asks = (Permission.HOTSPOT_RECORD,)
    shows = Permission.HOTSPOT_VIEW
    row_model = OfficerRow
    fixed = frozenset({"date_joined"})
    emptied = frozenset({"full_name", "title"})
    breaks_at: str = ""

    def prepare(self, drafts: Sequence[Draft], context: Context) -> Iterable[Fault]:
        return [
            Fault(draft.number, "username", say("Tên này để dành"), say("Tên khác"))
            for draft in drafts
            if draft.key == "root"
        ]

    def current(self, keys: Collection[str], context: Context) -> dict[str, Stored]:
        return {
            user.username: {
                "username": user.username,
                "full_name": user.full_name or None,
                "title": user.title or None,
                "date_joined": user.date_joined.astimezone(VIETNAM).date().isoformat(),
            }
            for user in User.objects.filter(username__in=keys)
        }

    def write(self, changes: Sequence[Change], context: Context) -> None:
        for change in changes:
            if change.key == self.breaks_at:
                raise SheetRefused(f"Dòng {change.number} không ghi được.")
            values = {name: change.after.get(name) or "" for name in ("full_name", "title")}
            if change.before is None:
                joined = change.after.get("date_joined")
                moment = dt.datetime.fromisoformat(f"{joined}T12:00+07:00") if joined else context.at
                User.objects.create(username=change.key, date_joined=moment, **values)
            else:
                User.objects.filter(username=change.key).update(**values)

    def revert(self, changes: Sequence[Change], image: Any, context: Context) -> None:
        for change in changes:
            users = User.objects.filter(username=change.key)
            if change.before is None:
                users.delete()
            else:
                users.update(**{name: change.before.get(name) or "" for name in ("full_name", "title")})

    def export_rows(self, query: QueryDict, scope: Scope, rights: Rights) -> Iterator[Mapping[str, Any]]:
        found = User.objects.filter(full_name__icontains=query.get("q", "")).order_by("username")
        for one in found.iterator():
            yield {"username": one.username, "full_name": one.full_name, "date_joined": one.date_joined}


pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sheet(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> Officers:
    settings.MEDIA_ROOT = tmp_path
    officers = Officers()
    monkeypatch.setattr(registry, "_SHEETS", {"officers": officers})
    return officers


@pytest.fixture
def clerk() -> User:
    return jack_of_all_work(User.objects.create_user("tong-hop", full_name="Cán bộ tổng hợp"))


def nothing(done: int, total: int) -> None:
    """Listen to no progress."""


def sent(rows: list[Mapping[str, Any]] | bytes, by: User, name: str = "bảng.xlsx") -> Batch:
    data = rows if isinstance(rows, bytes) else write_template(SPEC, rows)
    return receive(sheet="officers", file_name=name, data=data, options={}, by=by, at=AT)


def checked(rows: list[Mapping[str, Any]] | bytes, by: User, name: str = "bảng.xlsx") -> Batch:
    batch = sent(rows, by, name)
    check_batch(batch, context=Context(by, AT, {}, batch.number), step=nothing)
    batch.refresh_from_db()
    return batch


def written(rows: list[Mapping[str, Any]] | bytes, by: User, mode: str = "all") -> Batch:
    batch = checked(rows, by)
    batch.mode = mode
    batch.save()
    apply_batch(batch, by=by, at=AT, step=nothing)
    batch.refresh_from_db()
    return batch


def counts(batch: Batch) -> tuple[int, int, int, int]:
    return batch.new, batch.changed, batch.same, batch.error_rows


def register() -> dict[str, tuple[str, str]]:
    return {user.username: (user.full_name, user.title) for user in User.objects.all()}


ROWS: list[Mapping[str, Any]] = [
    {"username": "a", "full_name": "An", "title": "police"},
    {"username": "b", "full_name": "Bình"},
]


def test_the_check_counts_and_touches_nothing(clerk: User) -> None:
    User.objects.create(username="b", full_name="Bình")
    User.objects.create(username="a", full_name="Ân")
    before = register()
    batch = checked([*ROWS, {"username": "c"}], clerk)
    assert batch.state == Batch.State.CHECKED
    assert counts(batch) == (1, 1, 1, 0)
    assert register() == before
    [preview] = previews(batch, list(batch.rows.filter(action="changed")))
    assert [(d.title, d.before, d.after) for d in preview.differences] == [
        ("Họ tên", "Ân", "An"),
        ("Chức vụ", "", "Công an xã"),
    ]


def test_every_problem_of_every_kind_at_once(clerk: User) -> None:
    data = "\n".join(
        [
            "username,full_name,title,date_joined",
            "x y,,,",  # a cell
            "d,,leader,",  # across cells
            "root,R,,",  # against the register
            "e,E,,",
            "e,E lại,,",  # twice in the file
            "tong-hop,,,01/01/2020",  # a fixed column
            "f,F,giám đốc,31/02/2026",
        ]
    ).encode()
    batch = checked(data, clerk, "bang.csv")
    found = shown(batch, list(problems(batch)))
    assert [(one.row, one.code) for one in found] == [
        (2, "username"),
        (3, "full_name"),
        (4, "username"),
        (6, "username"),
        (7, "date_joined"),
        (8, "title"),
        (8, "date_joined"),
    ]
    assert (found[3].why, found[3].value) == ("Trùng với dòng 5", "e")
    assert counts(batch) == (1, 0, 0, 6)
    assert batch.problem_count == 7
    assert columns_with_problems(batch)[0] == ("username", "Tên đăng nhập", 3)
    copy, extension = annotated(batch)
    assert extension == "csv"
    assert "Trùng với dòng 5" in copy.decode().splitlines()[5]


def test_writing_and_undoing_restore_exactly(clerk: User) -> None:
    User.objects.create(username="b", full_name="Bảo", title="leader")
    before = register()
    batch = written(ROWS, clerk)
    assert register() == before | {"a": ("An", "police"), "b": ("Bình", "")}
    assert batch.state == Batch.State.APPLIED
    undo_batch(batch, by=clerk, at=AT, step=nothing)
    assert register() == before
    batch.refresh_from_db()
    assert batch.state == Batch.State.UNDONE
    assert list(
        Event.objects.filter(subject=f"batch:{batch.number}").order_by("pk").values_list("verb", flat=True)
    ) == ["exchange.receive", "exchange.apply", "exchange.undo"]


names = st.sampled_from(["An", "Bình", "Chi", ""])
tables = st.dictionaries(st.sampled_from("abcdef"), st.tuples(names, st.sampled_from(["police", ""])), max_size=6)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(standing=tables, coming=tables)
def test_any_batch_can_be_undone_and_repeats_change_nothing(
    clerk: User, standing: dict[str, tuple[str, str]], coming: dict[str, tuple[str, str]]
) -> None:
    User.objects.exclude(pk=clerk.pk).delete()
    for key, (name, title) in standing.items():
        User.objects.create(username=key, full_name=name, title=title)
    before = register()
    rows = [{"username": key, "full_name": name, "title": title} for key, (name, title) in coming.items()]
    batch = checked(rows, clerk)
    assert batch.new == len(coming.keys() - standing.keys())
    assert batch.same == sum(standing.get(key) == value for key, value in coming.items())
    if not batch.to_write:
        return
    batch.mode = "all"
    batch.save()
    apply_batch(batch, by=clerk, at=AT, step=nothing)
    assert register() == before | coming
    assert counts(checked(rows, clerk)) == (0, 0, len(coming), 0)
    undo_batch(batch, by=clerk, at=AT, step=nothing)
    assert register() == before


def test_an_absent_column_is_left_alone_and_an_empty_cell_empties(clerk: User) -> None:
    User.objects.create(username="a", full_name="An", title="police")
    written(b"username,title\na,\n", clerk)
    assert register()["a"] == ("An", "")


def test_the_same_file_again_is_noticed(clerk: User) -> None:
    first = written(ROWS, clerk)
    again = checked(ROWS, clerk)
    assert counts(again) == (0, 0, 2, 0)
    assert sent_before(again, Batch.objects.all()) == first
    with pytest.raises(BatchRefused, match="không có gì để ghi"):
        request(again, work="apply", by=clerk, at=AT, mode="all")


def test_all_or_nothing_against_valid_rows_only(clerk: User) -> None:
    batch = checked([*ROWS, {"username": "root"}], clerk)
    with pytest.raises(BatchRefused, match="Còn 1 dòng lỗi"):
        request(batch, work="apply", by=clerk, at=AT, mode="all")
    written([*ROWS, {"username": "root"}], clerk, "valid")
    assert set(register()) == {"a", "b", clerk.username}


def test_nothing_is_half_written(clerk: User, sheet: Officers) -> None:
    before = register()
    sheet.breaks_at = "b"
    with pytest.raises(BatchRefused, match="Dòng 4 không ghi được"):
        written(ROWS, clerk)
    assert register() == before
    assert Batch.objects.get().state == Batch.State.CHECKED


def test_a_row_that_moved_since_the_check_stops_the_writing(clerk: User) -> None:
    batch = checked(ROWS, clerk)
    batch.mode = "all"
    batch.save()
    User.objects.create(username="b", full_name="Người khác nhập")
    with pytest.raises(BatchRefused, match=r"4 \(b\)"):
        apply_batch(batch, by=clerk, at=AT, step=nothing)
    assert "a" not in register()


def test_a_row_changed_since_stops_the_undo_and_is_named(clerk: User) -> None:
    batch = written(ROWS, clerk)
    User.objects.filter(username="b").update(title="leader")
    with pytest.raises(BatchRefused, match=r"sau khi ghi lô này: 4 \(b\)"):
        undo_batch(batch, by=clerk, at=AT, step=nothing)
    assert register()["a"] == ("An", "police")


def test_a_refused_file_says_why_and_old_text_is_offered_for_conversion(clerk: User) -> None:
    refused = checked(b"a,b\n1,2\n", clerk, "khac.csv")
    assert refused.state == Batch.State.REFUSED
    assert "Không thấy dòng mã cột" in str(refused.refusal)
    old = checked([{"username": "a", "full_name": "Lª V¨n §iÓm phøc"}], clerk)
    assert (old.state, old.offered_legacy) == (Batch.State.REFUSED, "TCVN3")
    old.legacy = "TCVN3"
    check_batch(old, context=Context(clerk, AT, {}, old.number), step=nothing)
    assert old.rows.get().after["full_name"] == "Lê Văn Điểm phức"


def test_a_discarded_batch_leaves_no_file(clerk: User, django_capture_on_commit_callbacks: Any, tmp_path: Any) -> None:
    batch = checked(ROWS, clerk)
    assert list(tmp_path.rglob("original"))
    with django_capture_on_commit_callbacks(execute=True):
        discard(batch, by=clerk, at=AT)
    assert not list(tmp_path.rglob("original"))
    with pytest.raises(BatchRefused, match="Đã bỏ"):
        request(batch, work="apply", by=clerk, at=AT, mode="all")


def test_a_row_model_problem_names_its_cell(clerk: User) -> None:
    batch = checked([{"username": "a", "title": "leader"}], clerk)
    [one] = shown(batch, list(problems(batch)))
    assert (one.row, one.code, one.why, one.accepted) == (3, "full_name", "Lãnh đạo phải có tên", "Họ và tên")


def upload(client: Client, data: bytes, name: str = "bảng.xlsx") -> str:
    reply = client.post(reverse("exchange:upload", args=["officers"]), {"file": SimpleUploadedFile(name, data)})
    assert reply.status_code == 302, reply.content.decode()
    return str(reply["Location"])


@pytest.mark.django_db(transaction=True)
def test_the_whole_way_through_the_pages(client: Client, clerk: User) -> None:
    client.force_login(clerk)
    home = client.get(reverse("exchange:home")).content.decode()
    assert "Chưa có lô nào" in home
    page = upload(client, write_template(SPEC, [*ROWS, {"username": "root", "title": "police"}]))
    shown_page = client.get(page).content.decode()
    assert "2 dòng ghi được, 1 dòng có lỗi" in shown_page
    assert "Tên này để dành" in shown_page
    number = Batch.objects.get().number
    copy = client.get(reverse("exchange:annotated", args=[number]))
    assert "Tên này để dành" in openpyxl.load_workbook(io.BytesIO(copy.content))["Cán bộ"]["A5"].comment.text
    confirm = client.get(reverse("exchange:confirm", args=[number])).content.decode()
    assert "Chỉ các dòng hợp lệ" in confirm
    assert "Tất cả hoặc không dòng nào" not in confirm
    client.post(reverse("exchange:write", args=[number]), {"mode": "valid"})
    assert "đã ghi 2 dòng" in client.get(page).content.decode()
    assert set(register()) == {"a", "b", clerk.username}
    assert "Hoàn tác 2 dòng" in client.get(reverse("exchange:undo", args=[number])).content.decode()
    client.post(reverse("exchange:undo", args=[number]))
    assert "đã hoàn tác" in client.get(page).content.decode()
    assert set(register()) == {clerk.username}
    assert number in client.get(reverse("exchange:home")).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_refused_undo_is_told_on_the_batch_page(client: Client, clerk: User) -> None:
    client.force_login(clerk)
    page = upload(client, write_template(SPEC, ROWS))
    number = Batch.objects.get().number
    client.post(reverse("exchange:write", args=[number]), {"mode": "all"})
    User.objects.filter(username="a").update(full_name="Anh")
    client.post(reverse("exchange:undo", args=[number]))
    assert "3 (a)" in client.get(page).content.decode()


@pytest.mark.parametrize(("name", "data", "words"), [("a.pdf", b"x", ".xlsx hoặc .csv"), ("a.csv", b"", "rỗng")])
def test_the_upload_form_refuses_in_place(client: Client, clerk: User, name: str, data: bytes, words: str) -> None:
    client.force_login(clerk)
    reply = client.post(reverse("exchange:upload", args=["officers"]), {"file": SimpleUploadedFile(name, data)})
    assert reply.status_code == 422
    assert words in reply.content.decode()


def test_an_export_is_what_the_query_shows_and_is_recorded(client: Client, clerk: User) -> None:
    User.objects.create(username="a", full_name="An")
    client.force_login(clerk)
    why = {"ly_do": "Đối chiếu tháng 11"}
    reply = client.get(reverse("exchange:export", args=["officers", "xlsx"]), {"q": "an"} | why)
    rows, _problems = read_rows(b"".join(reply.streaming_content), SPEC)  # type: ignore[attr-defined]
    assert [row.values["username"] for row in rows] == ["a"]
    assert reply["Content-Disposition"] == f'attachment; filename="can-bo-{today():%Y-%m-%d}.xlsx"'
    reply = client.get(reverse("exchange:export", args=["officers", "csv"]), why)
    text = b"".join(reply.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert text.splitlines()[1].startswith("a,An,,")
    assert Event.objects.filter(verb="officers.export").count() == 2
    assert client.get(reverse("exchange:export", args=["officers", "pdf"])).status_code == 404
    assert client.get(reverse("exchange:template", args=["khong-co"])).status_code == 404


def test_the_template_page_sends_the_template(client: Client, clerk: User) -> None:
    client.force_login(clerk)
    reply = client.get(reverse("exchange:template", args=["officers"]))
    assert reply.content == write_template(SPEC)
    assert reply["Content-Disposition"] == 'attachment; filename="mau-can-bo.xlsx"'


def test_drafts_that_nobody_came_back_to_are_dropped_with_their_files(
    clerk: User, django_capture_on_commit_callbacks: Any
) -> None:
    rows: list[Mapping[str, Any]] = [{"username": "a", "full_name": "An"}]
    left, refused, taken_up = checked(rows, clerk), checked(b"PK not a workbook", clerk), checked(rows, clerk)
    written = checked([{"username": "b", "full_name": "Bình"}], clerk)
    written.mode = "all"
    written.save()
    apply_batch(written, by=clerk, at=AT, step=nothing)
    month = dt.timedelta(days=30)
    Batch.objects.filter(pk=taken_up.pk).update(run=Run.objects.create(kind="exchange.check", created_at=AT + month))
    assert clean_drafts(by=Worker(), at=AT + month) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert clean_drafts(by=Worker(), at=AT + month + dt.timedelta(seconds=1)) == 2
    states = {batch.pk: batch.state for batch in Batch.objects.all()}
    assert states == {left.pk: "discarded", refused.pk: "discarded", taken_up.pk: "checked", written.pk: "applied"}
    assert [files.original(batch).exists() for batch in (left, refused, taken_up, written)] == [
        False,
        False,
        True,
        True,
    ]
    assert not left.rows.exists()
    assert taken_up.rows.exists()
    events = Event.objects.filter(verb="exchange.expire", actor="diaban-worker")
    assert set(events.values_list("subject", flat=True)) == {f"batch:{left.number}", f"batch:{refused.number}"}
    assert "exchange.clean" in CHORES


def test_the_list_of_batches_is_filtered_and_paged_by_its_address(
    client: Client, clerk: User, sheet: Officers, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Others(Officers):
        spec = replace(SPEC, code="others", title="Bảng khác")

    monkeypatch.setattr(registry, "_SHEETS", {"officers": sheet, "others": Others()})
    numbers = [sent([{"username": f"u{n}"}], clerk).number for n in range(27)]
    other = receive(sheet="others", file_name="x.xlsx", data=b"PK", options={}, by=clerk, at=AT)
    discard(other, by=clerk, at=AT)
    client.force_login(clerk)

    def listed(query: str) -> list[str]:
        page = client.get(reverse("exchange:home") + query)
        return [batch.number for batch, _title in page.context["batches"]]

    assert listed("") == [other.number, *numbers[:2:-1]]
    assert listed("?page=2") == numbers[2::-1]
    assert listed("?bang=others&trang_thai=discarded") == [other.number]
    assert listed("?bang=officers&trang_thai=received&page=2") == numbers[1::-1]
    assert listed("?bang=officers&trang_thai=discarded") == []
    assert listed("?bang=khong-co&trang_thai=x") == listed("")
    page = client.get(reverse("exchange:home") + "?bang=officers&trang_thai=received").content.decode()
    assert "?bang=officers&amp;trang_thai=received&amp;page=2" in page
