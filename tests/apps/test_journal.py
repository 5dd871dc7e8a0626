"""The auditor's page: every event in words, narrowed by what an inspector asks, and who saw a record."""

from __future__ import annotations

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils.html import escape
from pytest_django import Settings

import diaban
from apps.localities_province import CLASS_ONE, IN_CYCLE, commune, declare, officer
from cast import play
from diaban.apps.access import House
from diaban.apps.accounts.models import User
from diaban.apps.audit import guards, queries, watch
from diaban.apps.audit.actions import read, record, record_many, refused
from diaban.apps.audit.models import Event, Kind
from diaban.apps.localities import actions
from diaban.apps.overview.journal.keys import KEYS
from diaban.apps.overview.journal.words import ACTS, NOUNS, act, said
from diaban.apps.places.actions import load_catalogue
from diaban.catalogue.workflows_loader import versions
from diaban.core.privacy import MASK

VUNG_TAU = "26506"
SOURCE = Path(diaban.__file__).parent
NEW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


@pytest.fixture
def by(db: None) -> User:
    return officer()


@pytest.fixture
def page(client: Client, by: User) -> Client:
    load_catalogue(by=House("test"), at=IN_CYCLE)
    client.force_login(play("oanh"))
    return client


def shown(client: Client, **asked: str) -> str:
    reply = client.get(f"/nhat-ky/?{urlencode(asked)}")
    assert reply.status_code == 200
    return str(reply.content.decode())


def test_acts_are_told_with_who_what_and_where(page: Client, by: User) -> None:
    cycle = actions.open_cycle(year=2026, by=by, at=IN_CYCLE)
    row = declare(cycle, VUNG_TAU, CLASS_ONE, by)
    actions.self_assess(standing=row, chosen="I", by=by, at=IN_CYCLE + timedelta(hours=1))
    text = shown(page)
    assert "Cán bộ tổng hợp (canbo)" in text and "Phân loại xã: xã tự đánh giá" in text
    assert "Phường Vũng Tàu 2026" in text and 'href="/phan-loai/' not in text, "the inspector opens no register"
    assert text.index("xã tự đánh giá", text.index("<tbody>")) < text.index(
        "Đơn vị hành chính: nạp danh mục", text.index("<tbody>")
    )
    only = shown(page, doi_tuong=f"standing:2026:{commune(VUNG_TAU).uid}")
    assert "3 việc khớp" in only and "xã tự đánh giá" in only and "đề xuất đổi theo số liệu" in only


def test_a_record_is_linked_only_where_its_door_is_open(page: Client, by: User) -> None:
    record(by=by, at=IN_CYCLE, verb="account.describe", subject=f"account:{by.username}")
    record(by=by, at=IN_CYCLE, verb="unit.population", subject=f"unit:{commune(VUNG_TAU).uid}")
    text = shown(page)
    assert f'href="/nguoi/tai-khoan/{by.username}/"' in text and f'href="/don-vi/{commune(VUNG_TAU).uid}/"' in text


def test_a_refusal_says_what_was_asked_in_words(page: Client, by: User) -> None:
    refused(by=by, at=IN_CYCLE, what="hotspot.view", subject="route:hotspots:list", reason="role")
    text = shown(page, loai="refusal")
    assert "Xem điểm, tụ điểm" in text and "hotspots:list</span>" not in text


def test_it_is_narrowed_by_every_question(page: Client, by: User) -> None:
    record(by=by, at=IN_CYCLE, verb="cycle.open", subject="cycle:2030", detail={"ruleset": "Quyết định bổ sung"})
    other = User.objects.create_user("khac", full_name="Người khác")
    record(by=other, at=IN_CYCLE + timedelta(days=1), verb="route.edit", subject="route:T-1", purpose="places")
    record(by=by, at=IN_CYCLE, verb="hotspot.edit", subject=f"hotspot:DTD-{VUNG_TAU}-0001")
    read(by=other, at=IN_CYCLE, subject=f"unit:{commune(VUNG_TAU).uid}", purpose="places")
    assert "1 việc khớp" in shown(page, viec="cycle.open")
    assert "2 việc khớp" in shown(page, nguoi="khac")
    assert "1 việc khớp" in shown(page, nguoi="khac", loai="read")
    assert "2 việc khớp" in shown(page, muc_dich="places")
    assert "1 việc khớp" in shown(page, tu="21/11/2026", den="21/11/2026")
    assert "1 việc khớp" in shown(page, q="bổ sung", den="20/11/2026") and "1 việc khớp" in shown(page, q="T-1")
    assert "3 việc khớp" in shown(page, don_vi="vũng tàu", tu="20/11/2026", den="20/11/2026")
    assert "Không có việc nào khớp" in shown(page, don_vi="không có xã này", viec="route.edit")
    assert "Không có việc nào khớp" in shown(page, q="không có ở đâu", viec="route.edit")
    assert "Nhập ngày dạng dd/mm/yyyy." in shown(page, tu="hôm qua")


def test_a_record_is_found_by_its_whole_name_its_code_or_a_part(page: Client, by: User) -> None:
    record(by=by, at=IN_CYCLE, verb="hotspot.edit", subject="hotspot:DTD-26506-0001")
    record(by=by, at=IN_CYCLE, verb="hotspot.edit", subject="hotspot:DTD-26506-00010")
    assert "1 việc khớp" in shown(page, doi_tuong="hotspot:DTD-26506-0001")
    assert "1 việc khớp" in shown(page, doi_tuong="DTD-26506-0001")
    assert "2 việc khớp" in shown(page, doi_tuong="DTD-26506-000")


def test_who_saw_this_record(page: Client, by: User) -> None:
    other = User.objects.create_user("khac", full_name="Người khác")
    for n in range(3):
        read(by=other, at=IN_CYCLE + timedelta(hours=n), subject="hotspot:H-1", purpose="places")
    record(by=by, at=IN_CYCLE, verb="hotspot.edit", subject="hotspot:H-1")
    text = shown(page, doi_tuong="hotspot:H-1")
    part = text[text.index("Ai đã xem, sửa, xuất") : text.index("Lúc, người làm")]
    assert "Người khác (khac)" in part and ">Xem<" in part and ">3<" in part and "11:00 20/11/2026" in part
    assert "Cán bộ tổng hợp (canbo)" in part and ">Thay đổi<" in part
    assert "Ai đã xem, sửa, xuất" not in shown(page)


def test_looking_and_exporting_are_written_down(page: Client) -> None:
    shown(page, doi_tuong="hotspot:H-1")
    event = Event.objects.get(kind=Kind.SEARCH)
    assert (event.actor, event.verb, event.purpose) == ("oanh", "audit.search", "audit")
    assert event.detail == {"terms": {"doi_tuong": "hotspot:H-1"}, "found": 0, "prints": {}}
    asked = page.get("/nhat-ky/xuat.csv?viec=units.load_catalogue")
    assert "Lý do" in asked.content.decode() and not Event.objects.filter(kind=Kind.EXPORT).exists()
    sent = page.get("/nhat-ky/xuat.csv?viec=units.load_catalogue&ly_do=Thanh+tra+th%C3%A1ng+11")
    text = b"".join(sent.streaming_content).decode()  # type: ignore[attr-defined]
    assert "Đơn vị hành chính: nạp danh mục" in text and "Thanh tra tháng 11" in text
    assert Event.objects.get(kind=Kind.EXPORT).verb == "audit.export"


def test_only_who_inspects_opens_it(client: Client, by: User) -> None:
    client.force_login(by)
    assert client.get("/nhat-ky/").status_code == 403
    assert client.get("/nhat-ky/xuat.csv").status_code == 403


def test_it_goes_on_by_place_and_back(page: Client, by: User) -> None:
    items = [(f"cycle:{2100 + number}", {}) for number in range(120)]
    record_many(by=by, at=NEW, verb="cycle.settings", items=items)  # one moment: the number decides
    found = Event.objects.filter(verb="cycle.settings")
    seen, place = [], None
    for _turn in range(3):
        part = queries.page(found, 50, before=place)
        seen += [event.subject for event in part.events]
        place = part.older
    assert place is None and seen == [subject for subject, _detail in reversed(items)]
    back = queries.page(found, 50, after=part.newer)
    assert [event.subject for event in back.events] == seen[50:100]
    first = queries.page(found, 50, after=back.newer)
    assert [event.subject for event in first.events] == seen[:50] and first.newer is None
    text = shown(page, viec="cycle.settings")
    assert "120 việc khớp" in text and '· <span class="muted">2219<' in text and "2169<" not in text
    older = text.split("cu_hon=")[1].split('"')[0].split("&")[0]
    assert ">2179<" in shown(page, viec="cycle.settings", cu_hon=older)
    assert queries.read_place(older) == (found.get(subject="cycle:2180").at, found.get(subject="cycle:2180").seq)


@pytest.mark.parametrize("text", ["", "x", "1", "-", "1-", "-1", "1-x", "٣-1", "9" * 30 + "-1", "9" * 60 + "-1"])
def test_a_place_that_is_none_is_passed_over(text: str) -> None:
    assert queries.read_place(text) is None


def test_the_page_tells_how_the_chain_stands(page: Client, by: User, settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    assert "Chưa có điểm chốt nào được ký." in shown(page)
    watch.sign(at=NEW)
    watch.verify(by=by, at=NEW)
    watch.verify(by=by, at=NEW + timedelta(hours=1))  # done lately
    assert Event.objects.filter(verb="audit.verify").count() == 1
    text = shown(page)
    assert "Chuỗi còn nguyên." in text and "Điểm chốt 1 đã ký" in text and ": 0 lỗi." in text
    with guards.lifted():
        Event.objects.filter(seq=1).update(actor="ai khác")
    watch.verify(by=by, at=NEW + timedelta(hours=21))
    assert "Chuỗi không còn nguyên" in shown(page) and Event.objects.filter(verb="audit.verify").count() == 2


def test_what_was_written_is_escaped(page: Client, by: User) -> None:
    record(by=by, at=IN_CYCLE, verb="cycle.open", subject="cycle:x", detail={"note": "<b>đậm</b>"})
    assert escape("<b>đậm") in shown(page) and "<b>đậm</b>" not in shown(page)


def test_acts_and_values_in_words() -> None:
    assert act("hotspot.eliminate") == "Điểm, tụ điểm: triệt xóa"
    assert act("standing.decide") == f"Phân loại xã: {ACTS['decide']}"
    assert act("unheard.of") == "unheard: of"
    assert said(["Bãi sau chợ", "Quán ven sông"], "name") == "Bãi sau chợ → Quán ven sông"
    assert said({"kind": "x", "on": "2026-11-20"}) == "loại: x; ngày: 20/11/2026"
    assert said("audit.view", "what") == "Xem nhật ký truy cập và thay đổi" and said("auditor", "role") != "auditor"
    assert said([{"from": "watched", "verb": "remove"}], "steps") == "từ: Đang theo dõi; việc: Đưa ra khỏi danh sách"
    assert said(True) == "có" and said(None) == "–" and len(said("x" * 500)) < 170


def _calls() -> list[ast.Call]:
    found = []
    for path in SOURCE.rglob("*.py"):
        if "migrations" not in path.parts:
            found += [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    return found


def _written(name: str) -> list[ast.expr]:
    """Return what the code gives as `name` wherever it writes an event."""
    calls = [call for call in _calls() if {"by", "at"} <= {word.arg for word in call.keywords}]
    return [word.value for call in calls for word in call.keywords if word.arg == name]


def test_every_verb_of_the_code_has_words() -> None:
    steps = {one.verb for version in versions("hotspot") for one in version.transitions}
    verbs = [one for one in _written("verb") if isinstance(one, ast.Constant | ast.JoinedStr)]
    assert len(verbs) > 50
    for verb in verbs:
        pieces = verb.values if isinstance(verb, ast.JoinedStr) else [verb]
        first, last = pieces[0], pieces[-1]
        if isinstance(first, ast.Constant) and "." in str(first.value):
            assert str(first.value).partition(".")[0] in NOUNS, ast.unparse(verb)
        if isinstance(last, ast.Constant) and "." in str(last.value):
            what = str(last.value).partition(".")[2]
            assert what in ACTS or what in steps, ast.unparse(verb)


def test_every_key_of_a_detail_in_the_code_has_a_word() -> None:
    details = [one for one in _written("detail") if isinstance(one, ast.Dict)]
    keys = {str(key.value) for one in details for key in one.keys if isinstance(key, ast.Constant)}
    assert len(keys) > 20 and keys - KEYS.keys() == set()


def test_an_inspector_reads_who_changed_what_and_not_what_the_register_says(page: Client, by: User) -> None:
    """Names and notes are masked on the page, in the file and over the API; a search does not tell of them either."""
    detail = {"name": ["Quán Chim", "Quán Sáo"], "note": ["", "nhà của ông Mòng"], "kind": ["a", "b"], "unheard": "Vạc"}
    record(by=by, at=IN_CYCLE, verb="hotspot.edit", subject="hotspot:H-9", detail=detail)
    record(by=by, at=IN_CYCLE, verb="cycle.open", subject="cycle:2031", detail={"note": "quán Chim cũ"})
    told = shown(page, doi_tuong="hotspot:H-9")
    assert "Cán bộ tổng hợp" in told and MASK in told and "a → b" in told
    sent = page.get("/nhat-ky/xuat.csv?doi_tuong=hotspot:H-9&ly_do=Thanh+tra+th%C3%A1ng+11")
    file = b"".join(sent.streaming_content).decode()  # type: ignore[attr-defined]
    answer = page.get("/api/v1/events", {"subject": "hotspot:H-9"}).json()
    assert answer[0]["detail"] == {"kind": ["a", "b"], "name": MASK, "note": MASK, "unheard": MASK}
    for hidden in ("Chim", "Sáo", "Mòng", "Vạc"):
        assert hidden not in told and hidden not in file
    assert "1 việc khớp" in shown(page, q="chim")  # the review's own words; the hot-spot's are not searched
    assert "Không có việc nào khớp" in shown(page, q="Mòng")
