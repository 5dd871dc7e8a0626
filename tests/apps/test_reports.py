"""Issuing the dossier: frozen, numbered, the same bytes for ever, and honest about what changed."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import quote

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import translation
from docx import Document

from apps.localities_province import (
    AFTER,
    ALL_TREATED,
    CLASS_ONE,
    HOLE,
    IN_CYCLE,
    NOTHING,
    colleague,
    commune,
    declare,
    officer,
    standing,
    to_stage,
)
from diaban.apps.access import House
from diaban.apps.accounts.models import User
from diaban.apps.audit.models import Event
from diaban.apps.hotspots.actions import create_hotspot
from diaban.apps.localities import actions as localities
from diaban.apps.localities.models import Cycle
from diaban.apps.places.actions import load_catalogue
from diaban.apps.reports import actions, queries
from diaban.apps.reports.models import Issue, Letterhead
from diaban.core.dossier import Standing, canonical_json, digest
from dossiers import SHARP

HEAD = {
    "parent": "Bộ Công an",
    "issuer": "Công an tỉnh\nThử nghiệm",
    "issuer_short": "Công an tỉnh Thử nghiệm",
    "symbol": "CAT",
    "place": "Vũng Tàu",
    "addressee": "Bộ Công an",
    "recipients": "Như trên\nLưu trữ tỉnh & huyện",
    "archive": "VT",
    "authority": "KT. Giám đốc",
    "position": "Phó Giám đốc",
    "signer": "",
    "approver": "Ủy ban nhân dân tỉnh",
}


@pytest.fixture
def by(db: None) -> User:
    return officer()


@pytest.fixture
def cycle(by: User) -> Cycle:
    load_catalogue(by=House("test"), at=IN_CYCLE)
    found = localities.open_cycle(year=2026, by=by, at=IN_CYCLE)
    declare(found, "26506", {**CLASS_ONE, "route": "inter"}, by)
    declare(found, "26526", HOLE, by)
    declare(found, "26536", ALL_TREATED, by)
    declare(found, "26545", {**NOTHING, "persons": None}, by)
    declare(found, "26732", NOTHING, by)
    return found


@pytest.fixture
def page(client: Client, by: User) -> Iterator[Client]:
    client.force_login(by)
    yield client


def spot(by: User) -> None:
    """Put a hot-spot with an awkward name on the list within the cycle."""
    create_hotspot(
        by=by,
        at=IN_CYCLE,
        code="DD-001",
        name=SHARP,
        unit=commune("26506"),
        kind="tu_diem_phuc_tap",
        grade="co_tai_lieu",
        on=date(2026, 3, 2),
        document="12/BC-CAP",
        decider="Trưởng Công an phường",
        verb="enlist",
    )


def issue(cycle: Cycle, by: User, *, reason: str = "", **given: Any) -> Issue:
    """Submit the dossier as `by` and have a colleague issue it."""
    submitted = actions.submit(by=by, at=AFTER, cycle=cycle, reason=reason)
    return actions.issue(by=colleague("duyet"), at=AFTER, submission=submitted, **given)


def test_the_draft_holds_what_the_registers_hold(cycle: Cycle) -> None:
    made = queries.draft(cycle)
    rows = {row.unit_code: row for row in made.classes}
    assert len(rows) == len(made.workings) == 30
    assert [row.unit_code for row in made.classes] == sorted(rows)
    assert [item.unit_code for item in made.workings] == sorted(rows)
    assert rows["26506"].literal is Standing.I
    assert (rows["26526"].literal, rows["26526"].at_least) == (Standing.NEITHER, Standing.II)
    assert rows["26536"].conflicts
    assert not rows["26526"].conflicts  # the two readings have a section of their own
    assert rows["26545"].persons is None
    assert rows["26732"].literal is Standing.DRUG_FREE
    assert rows["26542"].literal is Standing.UNDETERMINED  # declared nothing
    assert made.rule.title.startswith("Quyết định số 28/2025/QĐ-TTg ngày 24/8/2025")
    assert made.province is None  # thirty communes are not a province
    assert made.notes
    assert {item.reported for item in made.completeness} == {4, 5}


def test_the_document_is_the_same_whatever_language_its_reader_has_chosen(cycle: Cycle) -> None:
    with translation.override("vi"):
        vietnamese = queries.draft(cycle)
    with translation.override("en"):
        english = queries.draft(cycle)
    assert canonical_json(english) == canonical_json(vietnamese)


def test_an_issue_is_frozen(cycle: Cycle, by: User) -> None:
    made = issue(cycle, by, number=7, issued_on=date(2026, 12, 16))
    before = canonical_json(queries.dossier_of(made))
    declare(cycle, "26506", {**NOTHING, "points": 5}, by)
    again = Issue.objects.get(pk=made.pk)
    assert canonical_json(queries.dossier_of(again)) == before
    assert digest(queries.dossier_of(again)) == made.digest
    event = Event.objects.get(verb="reports.issue")
    assert event.subject == "dossier:2026/1"
    assert event.detail["digest"] == made.digest


def test_a_snapshot_that_was_touched_is_not_printed(cycle: Cycle, by: User) -> None:
    made = issue(cycle, by)
    snapshot = made.snapshot | {"cycle": 2027}
    Issue.objects.filter(pk=made.pk).update(snapshot=snapshot)
    with pytest.raises(queries.Tampered):
        queries.dossier_of(Issue.objects.get(pk=made.pk))


def test_issues_are_numbered_and_need_a_change_and_a_reason(cycle: Cycle, by: User) -> None:
    first = issue(cycle, by)
    with pytest.raises(actions.Refused, match="Không có gì khác"):
        issue(cycle, by, reason="thử")
    declare(cycle, "26545", NOTHING, by)
    with pytest.raises(actions.Refused, match="lý do"):
        issue(cycle, by)
    second = issue(cycle, by, reason="Xã Long Sơn bổ sung số liệu")
    assert (first.issue, second.issue) == (1, 2)
    assert queries.before(second) == first
    assert first.content != second.content
    with pytest.raises(IntegrityError), transaction.atomic():
        Issue.objects.create(cycle=cycle, issue=2, snapshot={}, digest="", content="", by="x", at=AFTER)


def test_a_number_given_later_is_a_new_issue_of_the_same_content(cycle: Cycle, by: User) -> None:
    first = issue(cycle, by)
    second = issue(cycle, by, number=12, issued_on=date(2026, 12, 17), reason="Đã lấy số")
    assert first.content == second.content
    assert first.digest != second.digest


def test_a_cycle_without_units_is_not_issued(by: User) -> None:
    load_catalogue(by=House("test"), at=IN_CYCLE)
    empty = localities.open_cycle(year=2026, by=by, at=IN_CYCLE)
    empty.standings.all().delete()
    with pytest.raises(actions.Refused, match="chưa có xã nào"):
        issue(empty, by)


def test_changes_name_figures_classes_decisions_and_spots(cycle: Cycle, by: User) -> None:
    first = issue(cycle, by)
    declare(cycle, "26545", {**NOTHING, "persons": 60, "arrested": 6}, by)
    to_stage(standing(cycle, "26506"), "decided", by)
    spot(by)
    found = {
        (change.subject, change.what): (change.before, change.after)
        for change in queries.changed_since(first, queries.draft(cycle)) or ()
    }
    assert found["Xã Long Sơn", "Người nghiện, người sử dụng có hồ sơ"] == ("chưa báo cáo", "60")
    assert found["Xã Long Sơn", "Loại đề xuất, đọc đúng từng chữ"] == ("Chưa xác định", "Loại III")
    assert found["Phường Vũng Tàu", "Loại duyệt"] == ("–", "Loại I")
    assert found["Phường Vũng Tàu", "Số quyết định"][1] == "10/QĐ-UBND"
    assert not any(subject == "Đặc khu Côn Đảo" for subject, _ in found)


def test_nothing_changed_nothing_said(cycle: Cycle, by: User) -> None:
    first = issue(cycle, by)
    assert queries.changed_since(first, queries.draft(cycle)) == ()
    assert queries.changed_since(None, queries.draft(cycle)) is None


def test_letterhead_is_the_units_own_from_its_day_on_else_the_provinces(cycle: Cycle, by: User) -> None:
    assert queries.letterhead_on(cycle.last_day).issuer_short == "Công an Thành phố Hồ Chí Minh"
    actions.set_letterhead(by=by, at=AFTER, effective_from=date(2026, 12, 1), values=HEAD)
    head = queries.letterhead_on(cycle.last_day)
    assert head.recipients == ("Như trên", "Lưu trữ tỉnh & huyện")
    assert queries.letterhead_on(date(2026, 11, 30)).issuer_short == "Công an Thành phố Hồ Chí Minh"
    newer = {**HEAD, "position": "Giám đốc"}
    actions.set_letterhead(by=by, at=AFTER, effective_from=date(2026, 12, 1), values=newer)
    assert queries.letterhead_on(cycle.last_day).position == "Giám đốc"
    assert Event.objects.filter(verb="reports.set_letterhead").count() == 2


def test_the_letterhead_of_an_issue_does_not_change(cycle: Cycle, by: User) -> None:
    made = issue(cycle, by)
    actions.set_letterhead(by=by, at=AFTER, effective_from=date(2026, 1, 1), values=HEAD)
    assert queries.dossier_of(Issue.objects.get(pk=made.pk)).letterhead.symbol == "CATP"


def test_a_number_of_queries_that_does_not_grow_with_the_communes(
    cycle: Cycle, django_assert_max_num_queries: Any
) -> None:
    queries.draft(cycle)
    with django_assert_max_num_queries(45):
        queries.draft(cycle)


def test_pages_from_empty_list_to_issue_and_again(page: Client, cycle: Cycle, by: User) -> None:
    said = page.get("/bao-cao/").content.decode()
    assert "Chưa phát hành hồ sơ phân loại nào" in said
    said = page.get("/bao-cao/2026/").content.decode()
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in said
    assert "Đặc khu Côn Đảo" in said and "đơn vị chưa có quyết định" in said
    sent = page.post("/bao-cao/2026/trinh/", {"note": "Trình lần đầu"})
    assert sent.headers["Location"] == "/bao-cao/2026/trinh/1/"
    said = page.get("/bao-cao/2026/trinh/1/").content.decode()
    assert "Không ai được duyệt việc do chính mình trình" in said and 'name="number"' not in said

    page.force_login(colleague("duyet"))
    address = "/bao-cao/2026/trinh/1/phat-hanh/"
    given = {"number": "7", "issued_on": "16/12/2026"}
    assert "Trình lần đầu" in page.get("/bao-cao/2026/trinh/1/").content.decode()
    check = page.post(address, given).content.decode()
    assert "Phát hành hồ sơ năm 2026, lần 1?" in check and "đơn vị chưa có quyết định" in check
    assert "16/12/2026" in check and not Issue.objects.exists()
    assert 'value="16/12/2026"' in page.post(address, {**given, "sua": "1"}).content.decode()
    done = page.post(address, {**given, "xac-nhan": "1"})
    assert done.headers["Location"] == "/bao-cao/2026/1/"
    said = page.get("/bao-cao/2026/1/").content.decode()
    assert "Số: 07/BC-CATP" in said
    assert "Lần 1" in page.get("/bao-cao/").content.decode()
    assert "không khác lần phát hành 1" in page.get("/bao-cao/2026/").content.decode()

    page.force_login(by)
    declare(cycle, "26545", NOTHING, by)
    said = page.get("/bao-cao/2026/").content.decode()
    assert "khác lần phát hành 1" in said
    assert page.post("/bao-cao/2026/trinh/", {"note": "không nói lý do"}).status_code == 422
    page.post("/bao-cao/2026/trinh/", {"reason": "Xã Long Sơn bổ sung"})
    page.force_login(colleague("duyet"))
    page.post("/bao-cao/2026/trinh/2/phat-hanh/", {"number": "8", "xac-nhan": "1"})
    assert "Đã có lần phát hành sau" in page.get("/bao-cao/2026/1/").content.decode()
    said = page.get("/bao-cao/2026/2/").content.decode()
    assert "chưa báo cáo" in said and "Xã Long Sơn bổ sung" in said and "Lần trình 2" in said


def test_names_are_escaped_on_the_page(page: Client, cycle: Cycle, by: User) -> None:
    actions.set_letterhead(
        by=by, at=AFTER, effective_from=date(2026, 1, 1), values={**HEAD, "issuer": SHARP[:100], "signer": "<i>A</i>"}
    )
    said = page.get("/bao-cao/2026/").content.decode()
    assert "&lt;i&gt;A&lt;/i&gt;" in said
    assert "<i>A</i>" not in said


@pytest.mark.parametrize(("fmt", "word"), [("docx", "Báo cáo"), ("xlsx", "Phụ lục"), ("pdf", "Báo cáo")])
def test_files_have_vietnamese_names_and_the_same_bytes(
    page: Client, cycle: Cycle, by: User, fmt: str, word: str
) -> None:
    if fmt == "pdf":
        pytest.importorskip("typst")
    issue(cycle, by)
    first = page.get(f"/bao-cao/2026/1/tep/{fmt}/")
    declare(cycle, "26506", {**NOTHING, "points": 5}, by)
    assert page.get(f"/bao-cao/2026/1/tep/{fmt}/").content == first.content
    name = quote(f"{word} phân loại địa bàn 2026, lần 1.{fmt}", safe="")
    assert first.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert name.replace("%2C", "")[:20] in first.headers["Content-Disposition"].replace("%2C", "")
    assert {"docx": b"PK", "xlsx": b"PK", "pdf": b"%P"}[fmt] == first.content[:2]


def test_the_workbook_and_the_report_hold_the_registers(page: Client, cycle: Cycle, by: User) -> None:
    spot(by)
    issue(cycle, by)
    book = openpyxl.load_workbook(io.BytesIO(page.get("/bao-cao/2026/1/tep/xlsx/").content))
    assert {"Đặc khu Côn Đảo", "Phường Vũng Tàu"} <= {cell.value for cell in book["Phụ lục II"]["B"]}
    report = Document(io.BytesIO(page.get("/bao-cao/2026/1/tep/docx/").content))
    said = "\n".join(item.text for item in report.paragraphs)
    assert "Phường Tam Thắng: đọc đúng từng chữ:" in said
    assert "Đối chiếu:" in said
    assert "khớp với sổ theo dõi" in said


def test_strangers_and_wrong_addresses(client: Client, page: Client, cycle: Cycle) -> None:
    assert page.get("/bao-cao/2030/").status_code == 404
    assert page.get("/bao-cao/2026/9/").status_code == 404
    assert page.get("/bao-cao/2026/1/tep/exe/").status_code == 404
    assert page.get("/bao-cao/2026/trinh/").status_code == 405
    assert page.get("/bao-cao/2026/trinh/4/").status_code == 404
    assert page.post("/bao-cao/2026/trinh/4/phat-hanh/").status_code == 404
    client.logout()
    assert client.get("/bao-cao/").status_code == 302


def test_letterhead_page(page: Client, cycle: Cycle) -> None:
    said = page.get("/bao-cao/co-quan/").content.decode()
    assert "Công an Thành phố" in said
    assert "Do đơn vị đặt" in said
    assert page.post("/bao-cao/co-quan/", {**HEAD, "effective_from": "31/02/2026"}).status_code == 200
    assert not Letterhead.objects.exists()
    assert page.post("/bao-cao/co-quan/", {**HEAD, "effective_from": "01/12/2025"}).status_code == 302
    assert "Thử nghiệm" in page.get("/bao-cao/co-quan/").content.decode()


def test_synthetic_figures_are_marked(cycle: Cycle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diaban.apps.reports.queries.is_demo", lambda: True)
    made = queries.draft(cycle)
    assert made.synthetic
    assert made.made_from != queries.content_digest(replace(made, synthetic=False))
    assert json.loads(canonical_json(made))["synthetic"] is True
