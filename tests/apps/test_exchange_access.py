"""Whose a batch is, how far a file reaches, and what leaves the house in one: in sight, asked why, marked, locked."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import msoffcrypto
import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cast import GIVEN_AT, HOME, NEXT_DOOR, TODAY, play
from diaban.adapters.workbooks import new_password, protect, read_rows, write_template
from diaban.apps.access import AccessRefused, House, Permission
from diaban.apps.accounts.models import Assignment, User
from diaban.apps.audit.models import Event, Kind
from diaban.apps.audit.seals import fingerprint
from diaban.apps.exchange.actions import BatchRefused, apply_batch, check_batch, receive, undo_batch
from diaban.apps.exchange.actions import request as request_work
from diaban.apps.exchange.models import Batch
from diaban.apps.exchange.queries import problems, shown, visible
from diaban.apps.exchange.registry import Context, sheet_by_code, sheets
from diaban.apps.hotspots import actions as hotspots
from diaban.apps.hotspots.models import Hotspot, Incident, Route
from diaban.apps.places import queries as places
from diaban.apps.places.actions import load_catalogue
from diaban.apps.vault.privacy import class_of
from diaban.core.privacy import PERSONAL_DATA

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 20, 3, tzinfo=dt.UTC)
CODES = (HOME, NEXT_DOOR)
PAPER = {"document": "12/QĐ", "decider": "Trưởng phòng PC04"}
WHY = {"ly_do": "Đối chiếu với các xã"}


def row(code: str, unit: str, **given: Any) -> dict[str, Any]:
    return {
        "code": code, "name": "Sau chợ cũ", "kind": "tu_diem_phuc_tap", "grade": "co_tai_lieu", "unit_code": unit,
        "listed_on": dt.date(2026, 3, 1), "behaviours": "Sử dụng", **PAPER, **given,
    }  # fmt: skip


def nothing(done: int, total: int) -> None:
    """Listen to no progress."""


@pytest.fixture(autouse=True)
def cast(settings: Any, tmp_path: Path) -> dict[str, User]:
    settings.MEDIA_ROOT = tmp_path
    load_catalogue(by=House("test"), at=AT)
    return {name: play(name) for name in ("binh", "ha", "an", "lan", "giang", "chi", "oanh", "quan", "dung")}


@pytest.fixture
def spots(cast: dict[str, User]) -> dict[str, Hotspot]:
    """One hot-spot at home, one next door."""
    return {
        code: hotspots.create_hotspot(
            by=cast["an"], at=AT, name=f"Điểm của {code}", unit=places.unit_by_code(code, TODAY), code=f"TD-{code}",
            kind="diem_phuc_tap", grade="co_tai_lieu", on=dt.date(2026, 3, 1), verb="enlist", **PAPER,
        )
        for code in CODES
    }  # fmt: skip


def check(by: User, *rows: dict[str, Any]) -> Batch:
    data = write_template(sheet_by_code("hotspots").spec, rows)
    batch = receive(sheet="hotspots", file_name="so.xlsx", data=data, options={}, by=by, at=AT)
    check_batch(batch, context=Context(by, AT, {}, batch.number), step=nothing)
    batch.refresh_from_db()
    return batch


def written(by: User, *rows: dict[str, Any]) -> Batch:
    batch = check(by, *rows)
    batch.mode = "all"
    batch.save()
    apply_batch(batch, by=by, at=AT, step=nothing)
    batch.refresh_from_db()
    return batch


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def taken(user: User) -> None:
    """End every role of the user."""
    Assignment.objects.filter(user=user).update(end=dt.date(2026, 11, 1), ended_by="cast", ended_at=GIVEN_AT)
    user.forget_rights()


ROUTES = (
    ("batch", "get"), ("recheck", "post"), ("annotated", "get"), ("confirm", "get"), ("write", "post"),
    ("undo", "get"), ("undo", "post"), ("discard", "post"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "method"), ROUTES)
def test_a_batch_of_somebody_else_is_answered_like_one_that_is_not_there(
    cast: dict[str, User], name: str, method: str
) -> None:
    batch = check(cast["binh"], row("M-1", HOME))
    stranger = signed_in(cast["ha"])
    reply = getattr(stranger, method)(reverse(f"exchange:{name}", args=[batch.number]))
    absent = getattr(stranger, method)(reverse(f"exchange:{name}", args=["NX26-99999"]))
    assert (reply.status_code, absent.status_code) == (404, 404)
    assert reply.content == absent.content
    batch.refresh_from_db()
    assert batch.state == Batch.State.CHECKED


@pytest.mark.parametrize("who", ["lan", "giang", "chi", "oanh", "quan", "dung"])
def test_who_may_not_import_meets_no_batch(cast: dict[str, User], who: str) -> None:
    batch = check(cast["binh"], row("M-1", HOME))
    client = signed_in(cast[who])
    for name, method in ROUTES:
        reply = getattr(client, method)(reverse(f"exchange:{name}", args=[batch.number]))
        assert reply.status_code == (404 if who == "quan" else 403)  # he imports accounts, and sees no register


def test_the_sender_and_the_province_see_a_batch_and_the_list_holds_no_other(cast: dict[str, User]) -> None:
    mine, theirs = check(cast["binh"], row("M-1", HOME)), check(cast["ha"], row("M-2", NEXT_DOOR))
    assert set(mine.units.values_list("uid", flat=True)) == {places.unit_by_code(HOME, TODAY).uid}

    def listed(who: str) -> set[str]:
        page = signed_in(cast[who]).get(reverse("exchange:home"))
        return {batch.number for batch, _title in page.context["batches"]}

    assert listed("binh") == {mine.number}
    assert listed("an") == {mine.number, theirs.number}
    assert listed("lan") == set()  # exports, but imports nothing
    assert signed_in(cast["an"]).get(reverse("exchange:batch", args=[mine.number])).status_code == 200


def test_a_batch_goes_out_of_sight_with_the_unit_it_was_about(cast: dict[str, User]) -> None:
    batch, by = check(cast["binh"], row("M-1", HOME)), cast["binh"]
    Assignment.objects.filter(user=by).update(unit=places.unit_by_code(NEXT_DOOR, TODAY))
    by.forget_rights()
    assert batch not in visible(by.rights(TODAY), by)
    assert signed_in(by).get(reverse("exchange:batch", args=[batch.number])).status_code == 404


def test_rows_of_other_units_are_errors_that_tell_nothing(cast: dict[str, User], spots: dict[str, Hotspot]) -> None:
    batch = check(
        cast["binh"], row("M-1", HOME), row("M-2", NEXT_DOOR), row(f"TD-{NEXT_DOOR}", HOME), row("M-3", "99999")
    )
    found = {one.row: (one.code, one.why) for one in shown(batch, list(problems(batch)))}
    assert (batch.new, batch.error_rows) == (1, 3)
    assert set(found) == {4, 5, 6}
    told = " ".join(why for _code, why in found.values()) + str(list(problems(batch).values_list("accepted", "value")))
    assert spots[NEXT_DOOR].name not in told
    assert "Tam Thắng" not in told
    assert found[5][0] == "code"
    assert not batch.rows.exclude(key="M-1").exists()


def test_the_write_runs_with_the_rights_of_its_moment(cast: dict[str, User]) -> None:
    by = cast["binh"]
    batch = check(by, row("M-1", HOME))
    batch.mode = "all"
    batch.save()
    Assignment.objects.filter(user=by).update(unit=places.unit_by_code(NEXT_DOOR, TODAY))
    by.forget_rights()
    with pytest.raises(BatchRefused, match="nay không còn gồm"):
        apply_batch(batch, by=by, at=AT, step=nothing)
    taken(by)
    with pytest.raises(AccessRefused):
        apply_batch(batch, by=by, at=AT, step=nothing)
    with pytest.raises(AccessRefused):
        request_work(batch, work="apply", by=by, at=AT, mode="all")
    assert not Hotspot.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_queued_write_fails_in_words_when_the_role_was_taken_meanwhile(
    cast: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    by, client = cast["binh"], signed_in(cast["binh"])
    data = write_template(sheet_by_code("hotspots").spec, [row("M-1", HOME)])
    client.post(reverse("exchange:upload", args=["hotspots"]), {"file": SimpleUploadedFile("so.xlsx", data)})
    batch = Batch.objects.get()
    assert batch.state == Batch.State.CHECKED
    monkeypatch.setattr("diaban.apps.jobs.actions.execute", type("Later", (), {"enqueue": staticmethod(lambda **_: 0)}))
    client.post(reverse("exchange:write", args=[batch.number]), {"mode": "all"})
    monkeypatch.undo()
    taken(by)
    from diaban.apps.jobs.tasks import execute

    batch.refresh_from_db()
    execute.func(batch.run_id)
    batch.run.refresh_from_db()
    assert batch.run.state == "failed"
    assert "Nhập bảng tính vào sổ" in batch.run.message
    assert not Hotspot.objects.exists()


def test_undoing_asks_for_its_own_right_at_every_row(cast: dict[str, User]) -> None:
    batch = written(cast["binh"], row("M-1", HOME))
    with pytest.raises((BatchRefused, AccessRefused)):
        undo_batch(batch, by=cast["ha"], at=AT, step=nothing)
    assert Hotspot.objects.count() == 1
    undo_batch(batch, by=cast["an"], at=AT, step=nothing)
    assert not Hotspot.objects.exists()


EVERY = {"hotspots", "incidents", "routes", "declarations", "tasks"}


@pytest.mark.parametrize(("who", "imports", "exports"), [
    ("an", {"hotspots", "incidents", "routes", "declarations", "tasks"}, EVERY),
    ("binh", {"hotspots", "incidents", "declarations"}, EVERY),
    ("lan", set(), EVERY),
])  # fmt: skip
def test_a_register_is_offered_and_opens_only_to_who_may_write_it(
    cast: dict[str, User], who: str, imports: set[str], exports: set[str]
) -> None:
    client = signed_in(cast[who])
    offers = {offer.sheet.spec.code: offer for offer in client.get(reverse("exchange:home")).context["offers"]}
    assert {code for code, offer in offers.items() if offer.imports} == imports
    assert {code for code, offer in offers.items() if offer.exports} == exports
    for sheet in sheets():
        expected = 200 if sheet.spec.code in imports else 403
        for name in ("upload", "template"):
            assert client.get(reverse(f"exchange:{name}", args=[sheet.spec.code])).status_code == expected


def export(client: Client, sheet: str, extension: str, **query: str) -> bytes:
    reply = client.get(reverse("exchange:export", args=[sheet, extension]), WHY | query)
    assert reply.status_code == 200
    return b"".join(reply.streaming_content)  # type: ignore[attr-defined, no-any-return]


def test_an_export_holds_only_rows_in_sight_whatever_the_address_says(
    cast: dict[str, User], spots: dict[str, Hotspot]
) -> None:
    far = places.unit_by_code(NEXT_DOOR, TODAY).uid
    for query in ({}, {"don_vi": far}, {"q": NEXT_DOOR}):
        text = export(signed_in(cast["binh"]), "hotspots", "csv", **query).decode("utf-8-sig")
        assert f"TD-{NEXT_DOOR}" not in text.rsplit("# ", 1)[0]
    assert f"TD-{HOME}" in export(signed_in(cast["binh"]), "hotspots", "csv").decode("utf-8-sig")
    both = export(signed_in(cast["an"]), "hotspots", "csv").decode("utf-8-sig")
    assert all(f"TD-{code}" in both for code in CODES)
    for who in ("giang", "chi", "oanh", "quan", "dung"):
        reply = signed_in(cast[who]).get(reverse("exchange:export", args=["hotspots", "csv"]), WHY)
        assert reply.status_code == 403


def test_an_export_asks_why_once_and_leaves_an_event(cast: dict[str, User], spots: dict[str, Hotspot]) -> None:
    client, address = signed_in(cast["an"]), reverse("exchange:export", args=["declarations", "csv"])
    asking = client.get(address, {"q": "vung"})
    page = asking.content.decode()
    assert 'name="ly_do"' in page
    assert '<input type="hidden" name="q" value="vung">' in page
    assert not Event.objects.filter(kind=Kind.EXPORT).exists()
    assert client.get(address, {"ly_do": "x"}).status_code == 422
    strange = client.get(address, WHY | {"muc_dich": "care"})
    assert strange.status_code == 422  # a purpose that is not one's own is not believed
    text = export(client, "hotspots", "csv", q="diem").decode("utf-8-sig")
    event = Event.objects.get(kind=Kind.EXPORT)
    assert (event.verb, event.actor, event.purpose) == ("hotspots.export", "an", "places")
    assert event.detail["rows"] == 2
    assert event.detail["query"] == ""
    assert event.detail["prints"] == {"q": fingerprint("diem")}  # what was typed may be a person's name
    assert event.detail["reason"] == WHY["ly_do"]
    assert len(event.detail["sha256"]) == 64
    mark = text.rsplit("# ", 1)[1]
    for word in ("Trần Văn An (an)", WHY["ly_do"], "Số dòng: 2", "Địa chỉ"):
        assert word in mark


def test_a_csv_with_its_mark_comes_back_as_it_went_out(cast: dict[str, User], spots: dict[str, Hotspot]) -> None:
    data = export(signed_in(cast["an"]), "hotspots", "csv")
    rows, found = read_rows(data, sheet_by_code("hotspots").spec, file_name="ra.csv")
    assert (len(rows), found) == (2, [])
    assert "address" not in rows[0].values  # a column with data of persons does not leave unlocked
    batch = receive(sheet="hotspots", file_name="ra.csv", data=data, options={}, by=cast["an"], at=AT)
    check_batch(batch, context=Context(cast["an"], AT, {}, batch.number), step=nothing)
    assert (batch.new, batch.changed, batch.same, batch.error_rows) == (0, 0, 2, 0)


def locked_export(client: Client, password: str) -> Any:
    return client.post(
        reverse("exchange:export", args=["hotspots", "xlsx"]), WHY | {"muc_dich": "places", "password": password}
    )


def test_a_workbook_with_data_of_persons_leaves_only_locked(
    cast: dict[str, User], spots: dict[str, Hotspot], tmp_path: Path
) -> None:
    client = signed_in(cast["binh"])
    assert "mật khẩu" in client.get(reverse("exchange:export", args=["hotspots", "xlsx"]), WHY).content.decode()
    assert locked_export(client, "ngan").status_code == 422
    assert not Event.objects.filter(kind=Kind.EXPORT).exists()
    password = new_password()
    reply = locked_export(client, password)
    data = b"".join(reply.streaming_content)
    assert reply["Content-Disposition"].startswith('attachment; filename="diem-tu-diem-20')
    with pytest.raises(Exception, match="not a zip file"):
        openpyxl.load_workbook(io.BytesIO(data))
    locked = msoffcrypto.OfficeFile(io.BytesIO(data))
    assert locked.is_encrypted()
    locked.load_key(password=password)
    opened = io.BytesIO()
    locked.decrypt(opened)
    book = openpyxl.load_workbook(opened)
    assert book.sheetnames[-1] == "Về tệp này"
    told = dict(book["Về tệp này"].iter_rows(values_only=True))
    assert told["Người xuất"] == "Lê Thị Bình (binh), Công an phường Vũng Tàu"
    assert told["Lý do"] == WHY["ly_do"]
    assert told["Số dòng"] == "1"
    assert book.properties.creator == told["Người xuất"]
    assert WHY["ly_do"] in str(book.properties.description)
    rows, found = read_rows(opened.getvalue(), sheet_by_code("hotspots").spec)
    assert [one.values["name"] for one in rows] == [spots[HOME].name]
    assert found == []
    event = Event.objects.get(kind=Kind.EXPORT)
    assert event.detail["locked"] is True
    assert password not in str(event.detail)


def test_a_password_is_long_and_never_the_same() -> None:
    made = {new_password() for _ in range(50)}
    assert len(made) == 50
    assert {len(one) for one in made} == {23}
    with pytest.raises(ValueError, match="12"):
        protect(io.BytesIO(b"x"), "short")


SYSTEM_PYTHON = Path("/usr/bin/python3")
HAS_OFFICE = (
    shutil.which("soffice") is not None
    and SYSTEM_PYTHON.exists()
    and subprocess.run([SYSTEM_PYTHON, "-c", "import uno"], capture_output=True, check=False).returncode == 0
)


@pytest.mark.skipif(not HAS_OFFICE, reason="LibreOffice and its Python are not installed")
def test_libreoffice_opens_a_locked_workbook_with_its_password_only(tmp_path: Path) -> None:
    source, password = tmp_path / "khoa.xlsx", new_password()
    with protect(io.BytesIO(write_template(sheet_by_code("hotspots").spec, [])), password) as locked:
        source.write_bytes(locked.read())

    def first_code(typed: str) -> str:
        script = Path(__file__).parents[1] / "open_locked.py"
        command = [SYSTEM_PYTHON, script, tmp_path / "profile", source, typed]
        return subprocess.run(command, capture_output=True, timeout=120, check=True, text=True).stdout.strip()

    assert first_code(password) == "code"
    assert first_code("mot-mat-khau-khac") == ""


def test_every_column_with_data_of_persons_is_named_by_its_sheet() -> None:
    models = {"hotspots": Hotspot, "incidents": Incident, "routes": Route}
    for code, model in models.items():
        sheet = sheet_by_code(code)
        fields = {field.name for field in model._meta.get_fields()}
        known = {one.code for one in sheet.spec.columns if one.code in fields}
        assert {name for name in known if class_of(model, name) in PERSONAL_DATA} == sheet.personal.keys() & known
    assert Permission.FIGURES_DECLARE in sheet_by_code("declarations").asks
