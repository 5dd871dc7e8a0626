"""The journal: every act in words, newest first, narrowed by verb, subject, actor, day and text."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils.html import escape

from apps.localities_province import CLASS_ONE, IN_CYCLE, commune, declare, officer
from diaban.apps.access import House
from diaban.apps.accounts.models import User
from diaban.apps.audit.actions import record
from diaban.apps.audit.models import Event
from diaban.apps.localities import actions
from diaban.apps.localities.models import Cycle
from diaban.apps.overview.journal import ACTS, act
from diaban.apps.places.actions import load_catalogue

VUNG_TAU = "26506"


@pytest.fixture
def by(db: None) -> User:
    return officer()


@pytest.fixture
def page(client: Client, by: User) -> Client:
    client.force_login(by)
    load_catalogue(by=House("test"), at=IN_CYCLE)
    return client


def said(client: Client, **asked: str) -> str:
    reply = client.get(f"/nhat-ky/?{urlencode(asked)}")
    assert reply.status_code == 200
    return str(reply.content.decode())


def test_acts_are_told_with_who_what_and_where(page: Client, by: User) -> None:
    cycle = actions.open_cycle(year=2026, by=by, at=IN_CYCLE)
    row = declare(cycle, VUNG_TAU, CLASS_ONE, by)
    actions.self_assess(standing=row, chosen="I", by=by, at=IN_CYCLE + timedelta(hours=1))
    text = said(page)
    assert "Cán bộ tổng hợp (canbo)" in text and "Phân loại xã: xã tự đánh giá" in text
    assert f'href="/phan-loai/2026/{row.unit.uid}/"' in text and 'href="/phan-loai/2026/"' in text
    assert text.index("xã tự đánh giá") < text.index("Đơn vị hành chính: nạp danh mục", text.index("<tbody>"))
    uid = commune(VUNG_TAU).uid
    record_page = page.get(f"/phan-loai/2026/{uid}/").content.decode()
    assert f"/nhat-ky/?doi_tuong=standing:2026:{escape(uid.replace('@', '%40'))}" in record_page
    only = said(page, doi_tuong=f"standing:2026:{uid}")
    assert "3 việc khớp" in only and "xã tự đánh giá" in only and "đề xuất đổi theo số liệu" in only


def test_it_is_narrowed_by_verb_actor_day_and_text(page: Client, by: User) -> None:
    record(by=by, at=IN_CYCLE, verb="cycle.open", subject="cycle:2030", detail={"ruleset": "Quyết định bổ sung"})
    other = User.objects.create_user("khac", full_name="Người khác")
    record(by=other, at=IN_CYCLE + timedelta(days=3), verb="route.edit", subject="route:T-1")
    assert "1 việc khớp" in said(page, viec="cycle.open")
    assert "1 việc khớp" in said(page, ai="khac")
    assert "1 việc khớp" in said(page, tu="21/11/2026")
    assert f"{Event.objects.count() - 1} việc khớp" in said(page, den="20/11/2026")
    assert "1 việc khớp" in said(page, q="bổ sung") and "1 việc khớp" in said(page, q="T-1")
    assert "Không có việc nào khớp" in said(page, q="không có ở đâu")
    assert "Nhập ngày dạng dd/mm/yyyy." in said(page, tu="hôm qua")


def test_it_goes_page_by_page(page: Client, by: User) -> None:
    for number in range(60):
        record(by=by, at=IN_CYCLE + timedelta(minutes=number), verb="cycle.settings", subject=f"cycle:{2100 + number}")
    assert "2159" in said(page) and "2100" not in said(page)
    assert "2100" in said(page, page="2")


def test_every_act_of_a_hotspot_has_words(db: None) -> None:
    assert act("hotspot.eliminate") == "Điểm, tụ điểm: triệt xóa"
    assert act("standing.decide") == f"Phân loại xã: {ACTS['decide']}"
    assert act("unheard.of") == "unheard: of"


def test_what_was_written_is_escaped(page: Client, by: User) -> None:
    record(by=by, at=IN_CYCLE, verb="cycle.open", subject="cycle:x", detail={"note": "<b>đậm</b>"})
    assert "&lt;b&gt;đậm" in said(page) and "<b>đậm</b>" not in said(page)
    assert Cycle.objects.count() == 0
