"""Pages of analyses: asking, waiting, the answer and its files, alerts; each says only what its reader may know."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from openpyxl import load_workbook

from apps.analyses_world import AT, CORNER, FIRST, LAST, Register, answered, build, order
from diaban.apps.accounts.models import User
from diaban.apps.analyses import actions
from diaban.apps.analyses.actions import Seen
from diaban.apps.analyses.beside import AreaAnswer, area_answer
from diaban.apps.analyses.forms import FORMS
from diaban.apps.analyses.models import Alert, Analysis, Proposal
from diaban.apps.audit.models import Event, Kind
from diaban.apps.hotspots import actions as hotspots
from diaban.apps.hotspots.models import Hotspot
from diaban.apps.jobs.models import Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def register() -> Register:
    return build()


def enter(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(client: Client, name: str, *args: Any, status: int = 200, **query: str) -> str:
    reply = client.get(reverse(name, args=args), query)
    assert reply.status_code == status, reply.content.decode()[:2000]
    return reply.content.decode()


def typed(register: Register, **changes: Any) -> dict[str, Any]:
    given = {
        "unit": register.home.uid, "first": FIRST.isoformat(), "last": LAST.isoformat(), "sources": ["reported"],
        "time": "now", "counted": "points", "max_radius": "2,5", "max_duration": "8", "step": "week",
        "replicates": "199", "secondary": "3", "seed": "",
    }  # fmt: skip
    return given | changes


def test_the_first_page_asks_five_questions(register: Register) -> None:
    page = text(enter(register.cast["binh"]), "analyses:home")
    for question in FORMS:
        assert reverse("analyses:ask", args=[question]) in page
    reader = text(enter(register.cast["minh"]), "analyses:home")
    assert "không đặt câu hỏi" in reader
    assert reverse("analyses:ask", args=["scan"]) not in reader


@pytest.mark.parametrize("question", sorted(FORMS))
def test_a_form_offers_only_where_one_may_ask(register: Register, question: str) -> None:
    page = text(enter(register.cast["binh"]), "analyses:ask", question)
    assert register.home.uid in page
    assert register.next_door.uid not in page
    assert 'value="*"' not in page
    assert 'value="*"' in text(enter(register.cast["an"]), "analyses:ask", question)


def test_the_source_has_to_be_chosen(register: Register) -> None:
    client = enter(register.cast["binh"])
    reply = client.post(reverse("analyses:ask", args=["scan"]), typed(register, sources=[]))
    assert reply.status_code == 422
    assert "Chọn ít nhất một nguồn." in reply.content.decode()


def test_a_question_waits_with_progress_and_can_be_stopped(register: Register, settings: Any) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
    client = enter(register.cast["binh"])
    reply = client.post(reverse("analyses:ask", args=["scan"]), typed(register))
    row = Analysis.objects.get()
    assert reply["Location"] == reverse("analyses:result", args=[row.code])
    assert row.settings["max_radius"] == 2_500
    page = text(client, "analyses:result", row.code)
    assert reverse("jobs:progress", args=[row.job_id]) in page
    assert reverse("jobs:cancel", args=[row.job_id]) in page
    client.post(reverse("jobs:cancel", args=[row.job_id]))
    assert Run.objects.get(pk=row.job_id).state == Run.State.CANCELLED
    assert "Hỏi lại như vậy" in text(client, "analyses:result", row.code)
    assert reverse("jobs:cancel", args=[row.job_id]) not in text(
        enter(register.cast["an"]), "analyses:result", row.code
    )


def test_the_answer_says_where_when_and_what_it_does_not_say(register: Register) -> None:
    row = answered(register.cast["an"], order(None))
    page = text(enter(register.cast["an"]), "analyses:result", row.code)
    for said in ("Vũng Tàu", "Điều này không nói lên", "Để làm lại", row.digest, "Đề nghị", "map__svg", "chart__svg"):
        assert said in page, said
    assert f"{CORNER[1]:.4f}".replace(".", ",") not in page, "places are told by their commune"
    inspector = text(enter(register.cast["oanh"]), "analyses:result", row.code)
    assert "chỉ tô theo đơn vị" in inspector
    assert "site-cluster" not in inspector
    assert "XLSX" not in inspector
    text(enter(register.cast["binh"]), "analyses:result", row.code, status=404)


def test_the_answer_leaves_the_house_with_a_trace(register: Register) -> None:
    row = answered(register.cast["an"], order(None))
    client = enter(register.cast["an"])
    told = json.loads(text(client, "analyses:export", row.code, "json"))
    assert told["reproduce"]["seed"] == 7
    assert told["clusters"][0]["observed"] >= 12
    assert isinstance(told["headline"], str)
    assert Event.objects.get(kind=Kind.EXPORT).subject == f"analysis:{row.code}"
    asked = client.get(
        reverse("analyses:export", args=[row.code, "xlsx"]), {"ly_do": "hop giao ban", "muc_dich": "places"}
    )
    sheet = load_workbook(io.BytesIO(b"".join(asked.streaming_content))).worksheets[0]  # type: ignore[attr-defined]
    assert any("Vũng Tàu" in str(cell.value) for line in sheet.iter_rows() for cell in line)
    assert enter(register.cast["minh"]).get(reverse("analyses:export", args=[row.code, "json"])).status_code == 403


def test_the_same_again_is_compared(register: Register) -> None:
    an = register.cast["an"]
    first = answered(an, order(None))
    client = enter(an)
    client.post(reverse("analyses:again", args=[first.code]), {"cach": "hat-cu"})
    second = Analysis.objects.exclude(pk=first.pk).get()
    assert (second.wished_seed, second.repeats_id, second.settings) == (7, first.pk, first.settings)
    third = answered(an, order(None))
    Analysis.objects.filter(pk=third.pk).update(repeats=first)
    assert "kết quả giống hệt" in text(client, "analyses:result", third.code)


def test_history_is_filtered_by_its_address(register: Register) -> None:
    an = register.cast["an"]
    row = answered(an, order(None))
    client = enter(an)
    assert row.code in text(client, "analyses:list")
    assert row.code in text(client, "analyses:list", ket_qua="found", cau_hoi="scan", cua_toi="1")
    assert row.code not in text(client, "analyses:list", cau_hoi="knox")
    assert row.code not in text(enter(register.cast["binh"]), "analyses:list")


def test_a_row_becomes_a_spot_with_links_both_ways(register: Register) -> None:
    an = register.cast["an"]
    row = answered(an, order(None))
    client = enter(an)
    page = text(client, "analyses:propose", row.code, 0)
    assert f"Phân tích {row.code}" in page
    given = {
        "name": "Góc đường", "kind": "diem_nguy_co", "unit": register.home.uid, "on": AT.date().isoformat(),
        "document": row.code, "decider": "PC04", "lon": "107,084", "lat": "10,345", "address": "", "note": "",
    }  # fmt: skip
    reply = client.post(reverse("analyses:propose", args=[row.code, 0]), given)
    spot = Hotspot.objects.get()
    assert reply["Location"] == reverse("hotspots:detail", args=[spot.pk])
    assert spot.state == "detected"
    assert reverse("analyses:result", args=[row.code]) in text(client, "hotspots:detail", spot.pk)
    assert spot.code in text(client, "analyses:result", row.code)
    assert Proposal.objects.get().made_by == "an"
    assert reverse("analyses:result", args=[row.code]) not in text(
        enter(register.cast["binh"]), "hotspots:detail", spot.pk
    )


def alarm(register: Register) -> Alert:
    row = answered(register.cast["an"], order(None))
    headline = {"msgid": "{n} vụ ở {where}.", "params": {"n": 12, "where": "Phường Vũng Tàu"}}
    seen = Seen("cluster", "cluster:x", headline, unit=register.home, row=0, observed=12, expected=1.25)
    made = actions.raise_alert(by=register.cast["an"], at=AT, analysis=row, seen=seen)
    assert made is not None
    return made


def test_an_alert_goes_through_its_steps_on_pages(register: Register) -> None:
    alert = alarm(register)
    binh = enter(register.cast["binh"])
    assert alert.code in text(binh, "analyses:alerts", cho_toi="1")
    page = text(binh, "analyses:alert", alert.code)
    assert "12 vụ ở Phường Vũng Tàu." in page
    assert "Nhận xem" in page
    assert alert.analysis.code not in page, "the answer of the whole area is not the commune's"
    step = reverse("analyses:alert_step", args=[alert.code, "look"])
    assert binh.post(step, {"words": ""})["Location"] == reverse("analyses:alert", args=[alert.code])
    confirm = reverse("analyses:alert_step", args=[alert.code, "confirm"])
    assert binh.post(confirm, {"words": ""}).status_code == 422
    binh.post(confirm, {"words": "Đã đến nơi, đúng."})
    assert "Đã đến nơi, đúng." in text(binh, "analyses:alert", alert.code)
    minh = text(enter(register.cast["oanh"]), "analyses:alert", alert.code)
    assert "Đã đến nơi, đúng." not in minh
    text(enter(register.cast["ha"]), "analyses:alert", alert.code, status=404)
    assert "Đề nghị đưa vào danh sách" in text(enter(register.cast["an"]), "analyses:alert", alert.code)


def test_the_rate_is_said_and_set(register: Register) -> None:
    an = enter(register.cast["an"])
    assert "nhiều nhất 1 báo động sai mỗi năm" in text(an, "analyses:alerts")
    reply = an.post(reverse("analyses:rate"), {"false_alarms_per_year": "2,5", "sources": ["reported"], "document": ""})
    assert reply["Location"] == reverse("analyses:alerts")
    assert "nhiều nhất 2,5 báo động sai mỗi năm" in text(an, "analyses:alerts")
    assert enter(register.cast["binh"]).get(reverse("analyses:rate")).status_code == 403


def evaluating(register: Register, **changes: Any) -> dict[str, Any]:
    given = {
        "hotspot": "", "treated": register.home.uid, "start": "2026-05-01", "unit": "*", "first": FIRST.isoformat(),
        "last": LAST.isoformat(), "sources": ["reported"], "radius": "500", "ring": "1000", "months": "3",
        "done": "", "seed": "",
    }  # fmt: skip
    return given | changes


def test_a_commune_or_a_spot_is_evaluated_and_not_both(register: Register, settings: Any) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
    client, address = enter(register.cast["an"]), reverse("analyses:ask", args=["evaluate"])
    assert client.post(address, evaluating(register)).status_code == 302
    row = Analysis.objects.get()
    assert (row.counted, row.hotspot, row.settings["units"]) == ("communes", None, [register.home.uid])
    neither = client.post(address, evaluating(register, treated=""))
    assert neither.status_code == 422
    assert "một trong hai" in neither.content.decode()
    assert client.post(address, evaluating(register, start="")).status_code == 422


def test_a_spot_without_a_place_is_told_so(register: Register) -> None:
    spot = hotspots.create_hotspot(
        by=register.cast["an"], at=AT, name="Nơi chưa rõ", unit=register.home, kind="diem_phuc_tap",
        grade="co_tai_lieu", on=LAST, document="1", decider="PC04", verb="detect",
    )  # fmt: skip
    address = reverse("analyses:ask", args=["watch"])
    typed_in = {"unit": "*", "first": FIRST.isoformat(), "last": LAST.isoformat(), "sources": ["reported"],
                "hotspot": spot.code, "radius": "500", "rate": "1", "seed": ""}  # fmt: skip
    reply = enter(register.cast["an"]).post(address, typed_in)
    assert reply.status_code == 422
    assert "chưa có tọa độ" in reply.content.decode()
    hidden = enter(register.cast["ha"]).post(address, typed_in | {"unit": register.next_door.uid})
    assert "Không có điểm mang mã" in hidden.content.decode()


def test_a_dossier_takes_the_newest_answer_about_the_whole_area(register: Register) -> None:
    def seen(name: str) -> AreaAnswer | None:
        request = RequestFactory().get("/")
        request.user = register.cast[name]
        return area_answer(request)

    assert seen("an") is None
    answered(register.cast["binh"], order(register.home))
    assert seen("an") is None  # an answer about one commune says nothing of the whole
    whole = answered(register.cast["an"], order(None))
    found = seen("an")
    assert found is not None
    assert found.analysis == whole
    assert found.headline
    assert "<svg" in str(found.map.svg)
    assert seen("binh") is None
