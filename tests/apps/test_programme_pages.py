"""The pages of tasks: from giving through evidence to the confirmation, by the people who do it in the browser."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape
from PIL import Image
from programme_cast import AT, Office, office, order, second

from cast import NEXT_DOOR, TODAY
from diaban.apps.access import House
from diaban.apps.accounts.models import User
from diaban.apps.agencies.carried import MoveOrder, kinds
from diaban.apps.audit.models import Event
from diaban.apps.hotspots import actions as hotspots
from diaban.apps.places import actions as place_actions
from diaban.apps.places import queries as places
from diaban.apps.plans.models import Clause, Plan, Version
from diaban.apps.programme import actions
from diaban.apps.programme.actions import Shown
from diaban.apps.programme.models import Evidence, Extension, Task, Turn
from diaban.core.privacy import MASK

HOUSE = House("thử")


@pytest.fixture
def there(db: None) -> Office:
    place_actions.load_catalogue(by=HOUSE, at=AT)
    return office()


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def in_ward(there: Office, **given: object) -> Turn:
    values = {"lead": there.wards, "due": date(2026, 12, 1)} | given
    return actions.give_task(order=order(there, **values), unit=there.home, by=there.cast["an"], at=AT).turns.get()


def a_clause() -> Clause:
    plan = Plan.objects.create(code="kh", name="KH 208", created_by="an", created_at=AT)
    version = Version.objects.create(plan=plan, seq=1, state="in_force", read_by="an", read_at=AT)
    return Clause.objects.create(version=version, position=1, path="I.2.-1", text="Rà soát, lập danh sách các điểm.")


def test_a_task_goes_from_the_sentence_to_the_wards_evidence_and_is_confirmed(there: Office) -> None:
    clause = a_clause()
    an = as_(there.cast["an"])
    page = text(an, f"/nhiem-vu/giao/?dieu={clause.pk}")
    assert "Rà soát, lập danh sách các điểm." in page
    answers = {
        "title": "Rà soát điểm", "product": "Danh sách", "kind": "plan", "lead": "ca-xa", "units": [there.home.uid],
        "starts": "2026-11-20", "due": "31/12/2026", "budget": "2.000.000", "regime": "nd09", "grain": "",
    }  # fmt: skip
    read_back = an.post(f"/nhiem-vu/giao/?dieu={clause.pk}", answers).content.decode()
    assert "Xem lại trước khi ghi" in read_back and "Phường Vũng Tàu" in read_back and "2.000.000" in read_back
    assert not Task.objects.exists()
    an.post(f"/nhiem-vu/giao/?dieu={clause.pk}", answers | {"confirm": "1"})
    task = Task.objects.get()
    assert (task.unit, task.budget, task.due, task.plan) == (
        there.home,
        2_000_000,
        date(2026, 12, 31),
        clause.version.plan,
    )
    home = f"/nhiem-vu/viec/{task.code}/"

    binh = as_(there.cast["binh"])
    page = text(binh, home)
    assert "Báo cáo hoàn thành" in page and "Rà soát, lập danh sách các điểm." in page
    assert f"/nhiem-vu/ke-hoach/kh/#c{clause.pk}" in page
    refused = binh.post(f"{home}lan/1/lam/report/", {"words": "Xong", "confirm": "1"})
    assert refused.status_code == 422 and "sản phẩm" in refused.content.decode()
    out = BytesIO()
    Image.new("RGB", (8, 8)).save(out, "PNG")
    sent = SimpleUploadedFile("ảnh.png", out.getvalue(), "image/png")
    binh.post(f"{home}lan/1/minh-chung/", {"kind": "file", "words": "Biên bản", "file": sent})
    binh.post(f"{home}lan/1/lam/progress/", {"percent": "60", "spent": "500.000", "words": "Đã rà"})
    assert "Xem lại trước khi ghi" in binh.post(f"{home}lan/1/lam/report/", {"words": "Xong"}).content.decode()
    back = binh.post(f"{home}lan/1/lam/report/", {"words": "Xong", "back": "1"})
    assert back.status_code == 200 and 'name="words"' in back.content.decode()
    binh.post(f"{home}lan/1/lam/report/", {"words": "Xong", "confirm": "1"})
    assert Turn.objects.get().state == "reported"

    page = text(an, f"{home}lan/1/duyet/confirm/")
    assert "Biên bản" in page and "ảnh.png" in page
    file = an.get(f"/nhiem-vu/minh-chung/{Evidence.objects.get().pk}/tep/")
    assert file.headers["Content-Type"] == "image/png" and "attachment" in file.headers["Content-Disposition"]
    an.post(f"{home}lan/1/duyet/confirm/", {"words": ""})
    page = text(binh, home)
    assert "Hoàn thành" in page and "đã chi 500.000 trong 2.000.000" in page
    assert Turn.objects.get().final


def test_a_form_keeps_its_answers_and_says_all_that_is_wrong(there: Office) -> None:
    an = as_(there.cast["an"])
    answer = an.post(
        "/nhiem-vu/giao/",
        {"title": "Việc", "kind": "plan", "lead": "ca-xa", "starts": "2026-11-20", "due": "2026-11-01",
         "regime": "nd09", "confirm": "1"},
    )  # fmt: skip
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Hạn 01/11/2026 trước ngày giao 20/11/2026." in page and "chọn xã, phường, đặc khu thực hiện" in page
    assert not Task.objects.exists()


def test_the_page_of_a_post_opens_when_its_work_is_late(there: Office) -> None:
    late = order(there, post=there.heads["police"], due=date(2026, 11, 10))
    task = actions.give_task(order=late, by=there.cast["an"], at=AT)
    page = text(as_(there.cast["an"]), f"/co-quan/chuc-danh/{there.heads['police'].pk}/")
    assert "1 việc quá hạn" in page and task.code in page


def test_a_task_is_handed_down_to_the_communes(there: Office) -> None:
    above = actions.give_task(order=order(there, due=date(2026, 12, 15)), by=there.cast["an"], at=AT)
    an = as_(there.cast["an"])
    units = [there.home.uid, places.unit_by_code(NEXT_DOOR, TODAY).uid]
    path = f"/nhiem-vu/viec/{above.code}/giao-xuong/"
    assert "Phường Tam Thắng" in text(an, path)
    answers = {"lead": "ca-xa", "words": "Làm theo hướng dẫn", "units": units, "due": "2026-12-10"}
    assert "Xem lại" in an.post(path, answers).content.decode()
    an.post(path, answers | {"confirm": "1"})
    assert above.children.count() == 2
    page = text(an, f"/nhiem-vu/viec/{above.code}/")
    assert "0/2 xã đã xong" in page
    child = above.children.get(unit=there.home)
    assert above.title in text(as_(there.cast["lan"]), f"/nhiem-vu/viec/{child.code}/")


def test_more_time_is_asked_and_decided_on_the_pages(there: Office) -> None:
    turn = in_ward(there)
    home = f"/nhiem-vu/viec/{turn.task.code}/"
    binh, an = as_(there.cast["binh"]), as_(there.cast["an"])
    wrong = binh.post(f"{home}lan/1/gia-han/", {"until": "2026-11-25", "reason": "Mưa"})
    assert wrong.status_code == 422 and "phải sau hạn" in wrong.content.decode()
    binh.post(f"{home}lan/1/gia-han/", {"until": "20/12/2026", "reason": "Mưa"})
    asked = Extension.objects.get()
    assert "Đang xin gia hạn đến 20/12/2026" in text(an, home)
    assert as_(there.cast["binh"]).get(f"/nhiem-vu/gia-han/{asked.pk}/").status_code == 403
    an.post(f"/nhiem-vu/gia-han/{asked.pk}/", {"grant": "yes", "until": "2026-12-10", "reason": "Đủ"})
    turn.refresh_from_db()
    assert turn.due == date(2026, 12, 10)
    assert "Hạn giao ban đầu là 01/12/2026" in text(binh, home)
    assert an.get(f"/nhiem-vu/gia-han/{asked.pk}/").status_code == 302  # decided already


def test_a_department_sees_no_evidence_of_others_and_a_hotspot_out_of_sight_is_not_named(there: Office) -> None:
    spot = hotspots.create_hotspot(
        by=there.cast["an"], at=AT, name="Quán Chim", unit=places.unit_by_code(NEXT_DOOR, TODAY), kind="diem_phuc_tap",
        grade="co_tai_lieu", on=date(2026, 10, 1), verb="enlist", document="1/QĐ", decider="Giám đốc",
    )  # fmt: skip
    an = there.cast["an"]
    alone = actions.give_task(order=order(there), by=an, at=AT)
    helped = actions.give_task(order=order(there, others=(there.health,)), by=an, at=AT)
    for task in (alone, helped):
        actions.add_evidence(
            turn=task.turns.get(), given=Shown(kind="hotspot", words="Đã xóa điểm", hotspot=spot), by=an, at=AT
        )
    giang = as_(there.cast["giang"])
    page = text(giang, f"/nhiem-vu/viec/{alone.code}/")
    assert "Đã xóa điểm" not in page and "Quán Chim" not in page
    page = text(giang, f"/nhiem-vu/viec/{helped.code}/")
    assert "Đã xóa điểm" in page and "ngoài phạm vi xem" in page and "Quán Chim" not in page
    assert MASK in page  # the officer who wrote it
    assert "Quán Chim" in text(as_(an), f"/nhiem-vu/viec/{alone.code}/")


def test_the_same_file_elsewhere_is_pointed_out(there: Office) -> None:
    an = there.cast["an"]
    one, other = (actions.give_task(order=order(there), by=an, at=AT) for _ in range(2))
    for task in (one, other):
        shown = Shown(kind="file", words="Số liệu", file_name="a.csv", data=b"a;b\n1;2\n")
        actions.add_evidence(turn=task.turns.get(), given=shown, by=an, at=AT)
    page = text(as_(an), f"/nhiem-vu/viec/{one.code}/")
    assert "Tệp này cũng là minh chứng của" in page and other.code in page


def test_what_is_out_of_sight_is_not_there(there: Office) -> None:
    turn = in_ward(there)
    piece = actions.add_evidence(
        turn=turn, given=Shown(kind="figure", words="Số buổi", amount=Decimal(3), measure="buổi"),
        by=there.cast["binh"], at=AT,
    )  # fmt: skip
    ha = as_(there.cast["ha"])
    for path in (
        f"viec/{turn.task.code}/", f"viec/{turn.task.code}/lan/1/lam/progress/", f"minh-chung/{piece.pk}/rut/",
        "viec/NV-999999/",
    ):  # fmt: skip
        assert ha.get(f"/nhiem-vu/{path}").status_code == 404
    an = as_(there.cast["an"])
    home = f"viec/{turn.task.code}"
    for path in (
        f"{home}/lan/9/lam/progress/", f"{home}/lan/1/lam/confirm/", f"{home}/khep/la/", f"{home}/giao-xuong/",
        f"minh-chung/{piece.pk}/tep/",
    ):  # fmt: skip
        assert an.get(f"/nhiem-vu/{path}").status_code == 404, path


def test_sentences_are_linked_and_unlinked(there: Office) -> None:
    clause, turn = a_clause(), in_ward(there)
    an = as_(there.cast["an"])
    path = f"/nhiem-vu/viec/{turn.task.code}/dieu-khoan/"
    assert "I.2.-1" in text(an, path)
    an.post(path, {"clause": clause.pk})
    assert turn.task.for_clauses.get().clause == clause
    an.post(path, {"clause": clause.pk, "remove": "1"})
    assert not turn.task.for_clauses.exists()
    assert an.post(path, {"clause": "x"}).status_code == 404


def test_many_are_confirmed_from_one_list_and_never_ones_own(there: Office) -> None:
    first, other, mine = in_ward(there), in_ward(there), in_ward(there)
    for turn in (first, other):
        actions.report_done(turn=turn, by=there.cast["binh"], at=AT, words="Xong")
    actions.report_done(turn=mine, by=there.cast["an"], at=AT, words="Xong")
    an = as_(there.cast["an"])
    page = text(an, "/nhiem-vu/xac-nhan/")
    assert "2 việc chờ xác nhận" in page and mine.task.code not in page
    assert an.post("/nhiem-vu/xac-nhan/", {"turn": [str(mine.pk)]}).status_code == 422
    an.post("/nhiem-vu/xac-nhan/", {"turn": [str(first.pk), str(other.pk), str(mine.pk), "x"]})
    assert set(Turn.objects.filter(final=True)) == {first, other}
    assert "Không còn việc nào chờ xác nhận" in text(an, "/nhiem-vu/xac-nhan/")


def test_a_task_is_edited_given_a_post_and_taken_back(there: Office) -> None:
    turn = in_ward(there)
    home = f"/nhiem-vu/viec/{turn.task.code}/"
    an = as_(there.cast["an"])
    assert "Rà soát danh sách điểm" in text(an, f"{home}sua/")
    an.post(f"{home}sua/", {"title": "Tên mới", "kind": "training", "lead": "ca-xa", "due": "2026-12-05"})
    task = Task.objects.get()
    assert (task.title, task.kind, task.due) == ("Tên mới", "training", date(2026, 12, 5))
    assert there.heads["home"].title in text(as_(there.cast["lan"]), f"{home}chuc-danh/")
    as_(there.cast["lan"]).post(f"{home}chuc-danh/", {"post": ""})
    assert Task.objects.get().post is None
    assert an.post(f"{home}khep/ket-thuc/", {"reason": ""}).status_code == 422
    an.post(f"{home}khep/thoi-giao/", {"reason": "Trùng việc"})
    page = text(an, home)
    assert "Đã thôi giao" in page and "Trùng việc" in page
    an.post(f"{home}lan/1/giao/reopen/", {"reason": "Vẫn phải làm"})
    assert Task.objects.get().state == "open"


def test_who_gave_the_work_reminds_once_a_day(there: Office) -> None:
    turn = in_ward(there)
    home = f"/nhiem-vu/viec/{turn.task.code}/"
    an = as_(there.cast["an"])
    assert "Nhắc người chịu trách nhiệm" in text(an, home)
    assert "Nhắc người chịu trách nhiệm" not in text(as_(there.cast["binh"]), home)
    answer = an.post("/hop-thu/nhac/", {"viec": f"turn:{turn.pk}", "ve": home}, follow=True)
    assert "Đã nhắc 1 người" in answer.content.decode()


def test_reported_work_asks_for_no_more_time(there: Office) -> None:
    turn = in_ward(there)
    binh = there.cast["binh"]
    actions.ask_extension(turn=turn, until=date(2026, 12, 20), reason="Mưa", by=binh, at=AT)
    actions.report_done(turn=turn, by=binh, at=AT, words="Xong")
    assert Extension.objects.get().decision == "withdrawn"


def test_the_list_leaves_as_a_file_with_a_reason(there: Office) -> None:
    in_ward(there)
    answer = as_(there.cast["an"]).get("/nhiem-vu/xuat.csv?ly_do=Báo cáo tuần")
    body = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert "NV-000001" in body and "Công an cấp xã" in body
    assert Event.objects.filter(kind="export").exists()


def test_what_was_written_is_escaped(there: Office) -> None:
    turn = in_ward(there, title="<b>Việc</b>")
    page = text(as_(there.cast["an"]), f"/nhiem-vu/viec/{turn.task.code}/")
    assert "<b>Việc</b>" not in page and escape("<b>Việc</b>") in page


def test_a_units_page_shows_its_tasks_to_whoever_may_see_them(there: Office) -> None:
    turn = in_ward(there)
    path = f"/don-vi/{there.home.uid}/"
    assert turn.task.code in text(as_(there.cast["lan"]), path)
    assert turn.task.code not in text(as_(there.cast["ha"]), path)


def test_the_api_lists_tells_and_takes_progress(there: Office) -> None:
    turn = in_ward(there)
    binh, ha = as_(there.cast["binh"]), as_(there.cast["ha"])
    assert binh.get("/api/v1/tasks").json()["count"] == 1
    assert ha.get("/api/v1/tasks").json() == {"count": 0, "items": []}
    told = binh.get(f"/api/v1/tasks/{turn.task.code}").json()
    assert told["unit"] == there.home.uid and told["turns"][0]["due"] == "2026-12-01"
    base = f"/api/v1/tasks/{turn.task.code}/turns/1"
    sent = binh.post(f"{base}/progress", '{"percent": 30}', content_type="application/json")
    assert sent.json()["percent"] == 30
    wrong = binh.post(f"{base}/report", "{}", content_type="application/json")
    assert wrong.status_code == 422 and wrong.json()["problems"][0]["field"] == "words"
    assert ha.post(f"{base}/progress", '{"percent": 30}', content_type="application/json").status_code == 404
    proof = '{"kind": "figure", "words": "Số buổi", "amount": 3, "measure": "buổi"}'
    assert binh.post(f"{base}/evidence", proof, content_type="application/json").status_code == 200
    assert binh.post(f"{base}/report", "{}", content_type="application/json").json()["state"] == "reported"
    assert binh.get("/api/v1/tasks?late=true").json()["count"] == 0


def test_a_post_carries_its_tasks_and_hands_them_over(there: Office) -> None:
    turn = in_ward(there)
    (kind,) = [one for one in kinds() if one.code == "tasks"]
    source = there.heads["home"]
    an = there.cast["an"]
    (item,) = kind.items(source, an.rights(TODAY), TODAY)
    assert (item.key, item.open, item.late_days) == (turn.task.code, True, 0)
    assert kind.counts([source.pk], date(2026, 12, 3))[source.pk].late == 1
    source.pk, source.title = None, "Phó Trưởng Công an"
    source.save(force_insert=True)
    old = Task.objects.get().post
    assert old is not None
    moved = kind.move(
        MoveOrder(by=an, at=AT, source=old, target=source, keys=(turn.task.code,), on=TODAY, document="1/QĐ")
    )
    assert moved == 1
    assert Task.objects.get().post == source
    assert kind.items(old, second(there).rights(TODAY), TODAY) == []
