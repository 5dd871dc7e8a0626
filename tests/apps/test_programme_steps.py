"""The life of a turn: what each may do to it, that nobody confirms their own report, how more time is given."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from programme_cast import AT, Office, office, order, second

from cast import NEXT_DOOR, TODAY
from diaban.apps.access import AccessRefused, House
from diaban.apps.audit.models import Event
from diaban.apps.hotspots import actions as hotspots
from diaban.apps.places import actions as place_actions
from diaban.apps.places import queries as places
from diaban.apps.programme import actions
from diaban.apps.programme.actions import Shown, Told
from diaban.apps.programme.models import Evidence, Task, Turn
from diaban.core.lifecycle import StepRefused
from diaban.core.policy import Purpose

HOUSE = House("thử")
LATER = AT + timedelta(days=40)
PAPER = Shown(kind="document", words="Báo cáo kết quả", document="12/BC-CAT", document_on=date(2026, 11, 19))


@pytest.fixture
def there(db: None) -> Office:
    place_actions.load_catalogue(by=HOUSE, at=AT)
    return office()


def given(there: Office, **order_given: Any) -> Turn:
    task = actions.give_task(order=order(there, **{"due": date(2026, 12, 1)} | order_given), by=there.cast["an"], at=AT)
    return task.turns.get()


def in_ward(there: Office, **order_given: Any) -> Turn:
    values = {"lead": there.wards, "due": date(2026, 12, 1)} | order_given
    return actions.give_task(order=order(there, **values), unit=there.home, by=there.cast["an"], at=AT).turns.get()


def test_from_given_to_done_by_two_people(there: Office) -> None:
    turn = in_ward(there, product="Báo cáo")
    binh, an = there.cast["binh"], there.cast["an"]
    actions.begin(turn=turn, by=binh, at=AT)
    actions.progress(turn=turn, by=binh, at=AT, percent=40, words="Đã rà 4 khu phố", spent=2_000_000)
    actions.progress(turn=turn, by=binh, at=AT, spent=500_000)
    with pytest.raises(StepRefused, match="sản phẩm"):
        actions.report_done(turn=turn, by=binh, at=AT, words="Xong")
    actions.add_evidence(turn=turn, given=PAPER, by=binh, at=AT)
    row = actions.report_done(turn=turn, by=binh, at=AT, words="Xong")
    assert (row.state, row.percent, row.reported_on, row.reported_by) == ("reported", 100, date(2026, 11, 20), "binh")
    row = actions.confirm(turn=turn, by=an, at=LATER)
    assert (row.state, row.final, row.done_on) == ("done", True, date(2026, 12, 30))
    assert row.reported_on == date(2026, 11, 20)  # lateness goes by the report, not by when somebody looked at it
    assert Task.objects.get().spent == 2_500_000
    assert list(row.steps.order_by("seq").values_list("verb", flat=True)) == [
        "give", "begin", "progress", "progress", "report", "confirm",
    ]  # fmt: skip
    event = Event.objects.filter(verb="task.confirm").get()
    assert event.detail["to"] == "done"


def test_nobody_confirms_what_they_reported(there: Office) -> None:
    turn = given(there)
    actions.report_done(turn=turn, by=there.cast["an"], at=AT, words="Xong")
    with pytest.raises(AccessRefused, match="chính mình"):
        actions.confirm(turn=turn, by=there.cast["an"], at=AT)
    assert actions.confirm(turn=turn, by=second(there), at=AT).final


def test_nor_does_the_house(there: Office) -> None:
    turn = given(there)
    actions.report_done(turn=turn, by=HOUSE, at=AT, words="Xong")
    with pytest.raises(StepRefused, match="một người khác"):
        actions.confirm(turn=turn, by=HOUSE, at=AT)


def test_sent_back_work_is_owed_again_and_the_next_report_counts(there: Office) -> None:
    turn = in_ward(there)
    actions.report_done(turn=turn, by=there.cast["binh"], at=AT, words="Xong")
    with pytest.raises(StepRefused):
        actions.send_back(turn=turn, reason=" ", by=there.cast["an"], at=AT)
    row = actions.send_back(turn=turn, reason="Thiếu danh sách", by=there.cast["an"], at=AT)
    assert (row.state, row.reported_on, row.reported_by, row.final) == ("sent_back", None, "", False)
    row = actions.report_done(turn=turn, by=there.cast["binh"], at=LATER, words="Đã bổ sung")
    assert row.reported_on == date(2026, 12, 30)


@pytest.mark.parametrize("name", ["ha", "lan2", "giang", "minh", "phuc", "oanh", "chi", "dung"])
def test_others_do_not_report_on_a_wards_task(there: Office, name: str) -> None:
    turn = in_ward(there)
    if name not in there.cast:
        return
    with pytest.raises(AccessRefused):
        actions.progress(turn=turn, by=there.cast[name], at=AT, percent=10)


def test_a_department_reports_where_its_agency_takes_part_and_nowhere_else(there: Office) -> None:
    giang = there.cast["giang"]
    with pytest.raises(AccessRefused, match="cơ quan khác"):
        actions.progress(turn=given(there), by=giang, at=AT, percent=10)
    helped = given(there, others=(there.health,))
    assert actions.progress(turn=helped, by=giang, at=AT, percent=10).percent == 10
    own = given(there, lead=there.health)
    assert actions.report_done(turn=own, by=giang, at=AT, words="Xong").reported_by == "giang"
    with pytest.raises(AccessRefused):
        actions.confirm(turn=own, by=giang, at=AT)


def test_what_the_province_gave_is_judged_at_the_province(there: Office) -> None:
    turn = in_ward(there)
    actions.report_done(turn=turn, by=there.cast["binh"], at=AT, words="Xong")
    lan = there.cast["lan"]
    for act in (
        lambda: actions.confirm(turn=turn, by=lan, at=AT),
        lambda: actions.cancel_task(task=turn.task, reason="x", by=lan, at=AT),
        lambda: actions.edit_task(task=turn.task, changes={"title": "x"}, by=lan, at=AT),
    ):
        with pytest.raises(AccessRefused):
            act()
    own = actions.give_task(order=order(there, lead=there.wards), unit=there.home, by=lan, at=AT).turns.get()
    actions.report_done(turn=own, by=there.cast["binh"], at=AT, words="Xong")
    assert actions.confirm(turn=own, by=lan, at=AT).final


def test_amounts_are_checked_all_at_once_and_nothing_is_written(there: Office) -> None:
    turn = given(there)
    with pytest.raises(StepRefused) as refused:
        actions.progress(turn=turn, by=there.cast["an"], at=AT, percent=101, spent=-1)
    assert {one.field for one in refused.value.problems} == {"percent", "spent"}
    with pytest.raises(StepRefused, match="ít nhất một trong ba"):
        actions.progress(turn=turn, by=there.cast["an"], at=AT)
    assert turn.steps.count() == 1


def test_many_are_confirmed_together_or_not_at_all(there: Office) -> None:
    first, other = in_ward(there), in_ward(there)
    actions.report_done(turn=first, by=there.cast["binh"], at=AT, words="Xong")
    with pytest.raises(StepRefused, match="NV-000002"):
        actions.take_many(turns=[first, other], verb="confirm", by=there.cast["an"], at=AT)
    assert not Turn.objects.filter(final=True).exists()
    actions.report_done(turn=other, by=there.cast["binh"], at=AT, words="Xong")
    done = actions.take_many(turns=[first, other], verb="confirm", by=there.cast["an"], at=AT)
    assert all(turn.final for turn in done)
    assert Event.objects.filter(verb="task.confirm").count() == 2


def test_dropped_and_opened_again(there: Office) -> None:
    turn = given(there)
    an = there.cast["an"]
    actions.drop(turn=turn, reason="Không còn phù hợp", by=an, at=AT)
    assert Turn.objects.get().final
    row = actions.reopen(turn=turn, reason="Vẫn phải làm", by=an, at=AT)
    assert (row.state, row.final) == ("doing", False)


def test_the_current_turn_is_the_earliest_that_is_owed(there: Office) -> None:
    monthly = order(there, regime="nd09", grain="month", starts=date(2026, 9, 1))
    an, other = there.cast["an"], second(there)
    task = actions.give_task(order=monthly, by=an, at=AT)
    first, *_rest = task.turns.order_by("seq")
    actions.report_done(turn=first, by=an, at=AT, words="Xong")
    actions.confirm(turn=first, by=other, at=AT)
    task.refresh_from_db()
    assert task.current is not None
    assert task.current.seq == 2
    for turn in task.turns.filter(final=False):
        actions.drop(turn=turn, reason="Thôi", by=an, at=AT)
    task.refresh_from_db()
    assert task.current is not None
    assert task.current.seq == task.turns.count()
    actions.end_task(task=task, by=an, at=AT)
    assert Task.objects.get().state == Task.State.ENDED
    with pytest.raises(StepRefused, match="mở lại"):
        actions.begin(turn=first, by=an, at=AT)
    actions.reopen(turn=first, reason="Sai sót", by=an, at=AT)
    task.refresh_from_db()
    assert (task.state, task.current_id) == (Task.State.OPEN, first.pk)


def test_a_task_that_owes_is_not_ended_but_can_be_taken_back(there: Office) -> None:
    turn = given(there)
    an = there.cast["an"]
    with pytest.raises(StepRefused, match="Còn 1 lần"):
        actions.end_task(task=turn.task, by=an, at=AT)
    with pytest.raises(StepRefused):
        actions.cancel_task(task=turn.task, reason="", by=an, at=AT)
    actions.cancel_task(task=turn.task, reason="Gộp vào nhiệm vụ khác", by=an, at=AT)
    turn.refresh_from_db()
    assert (turn.state, turn.final) == ("dropped", True)
    assert Task.objects.get().closed_reason == "Gộp vào nhiệm vụ khác"


def test_more_time_is_asked_and_decided_by_two(there: Office) -> None:
    turn = in_ward(there)
    binh, an = there.cast["binh"], there.cast["an"]
    with pytest.raises(StepRefused) as refused:
        actions.ask_extension(turn=turn, until=date(2026, 11, 10), reason="", by=binh, at=AT)
    assert [one.field for one in refused.value.problems] == ["until", "until", "reason"]
    asked = actions.ask_extension(turn=turn, until=date(2026, 12, 20), reason="Mưa bão", by=binh, at=AT)
    with pytest.raises(StepRefused, match="Đang có một đề nghị"):
        actions.ask_extension(turn=turn, until=date(2026, 12, 25), reason="Nữa", by=binh, at=AT)
    with pytest.raises(AccessRefused):
        actions.decide_extension(extension=asked, grant=True, by=binh, at=AT)
    with pytest.raises(StepRefused, match="lý do"):
        actions.decide_extension(extension=asked, grant=True, until=date(2026, 12, 10), by=an, at=AT)
    with pytest.raises(StepRefused, match="không quá"):
        actions.decide_extension(extension=asked, grant=True, until=date(2027, 1, 10), reason="x", by=an, at=AT)
    actions.decide_extension(extension=asked, grant=True, until=date(2026, 12, 10), reason="Đủ", by=an, at=AT)
    turn.refresh_from_db()
    assert (turn.due, turn.first_due) == (date(2026, 12, 10), date(2026, 12, 1))
    with pytest.raises(StepRefused, match="đã được quyết định"):
        actions.decide_extension(extension=asked, grant=False, reason="x", by=an, at=AT)


def test_who_asks_at_the_province_does_not_decide(there: Office) -> None:
    asked = actions.ask_extension(
        turn=given(there), until=date(2026, 12, 20), reason="Chờ số liệu", by=there.cast["an"], at=AT
    )
    with pytest.raises(AccessRefused):
        actions.decide_extension(extension=asked, grant=True, by=there.cast["an"], at=AT)
    done = actions.decide_extension(
        extension=asked, grant=False, reason="Đã gia hạn nhiều lần", by=there.cast["minh"], at=AT
    )
    assert done.decision == "refused"


def test_a_request_is_taken_back_and_ends_with_the_turn(there: Office) -> None:
    turn, an = given(there), there.cast["an"]
    asked = actions.ask_extension(turn=turn, until=date(2026, 12, 20), reason="x", by=an, at=AT)
    actions.withdraw_extension(extension=asked, by=an, at=AT)
    again = actions.ask_extension(turn=turn, until=date(2026, 12, 20), reason="x", by=an, at=AT)
    actions.drop(turn=turn, reason="Thôi", by=second(there), at=AT)
    again.refresh_from_db()
    assert again.decision == "withdrawn"


def test_evidence_is_checked_by_its_kind(there: Office) -> None:
    turn, an = given(there), there.cast["an"]
    for shown, fields in (
        (Shown(kind="lạ", words=""), {"kind", "words"}),
        (Shown(kind="document", words="x", document_on=date(2027, 1, 1)), {"document", "document_on"}),
        (Shown(kind="figure", words="x"), {"amount", "measure"}),
        (Shown(kind="hotspot", words="x"), {"hotspot"}),
        (Shown(kind="file", words="x", file_name="a.exe", data=b"MZ\x90\x00"), {"file"}),
        (Shown(kind="file", words="x", file_name="a.xlsx", data=b""), {"file"}),
    ):
        with pytest.raises(StepRefused) as refused:
            actions.add_evidence(turn=turn, given=shown, by=an, at=AT)
        assert {one.field for one in refused.value.problems} == fields
    assert not Evidence.objects.exists()
    figure = Shown(kind="figure", words="Số buổi", amount=Decimal("12.5"), measure="buổi")
    assert actions.add_evidence(turn=turn, given=figure, by=an, at=AT).amount == Decimal("12.5")


def test_a_photo_is_kept_without_its_traces_and_handed_out_with_a_line_in_the_log(there: Office) -> None:
    turn, an = given(there, others=(there.health,)), there.cast["an"]
    out = BytesIO()
    picture = Image.new("RGB", (40, 30), "red")
    exif = picture.getexif()
    exif[0x010F] = "Máy của ai đó"
    picture.save(out, "JPEG", exif=exif)
    shown = Shown(kind="file", words="Ảnh buổi họp", file_name="../../anh.JPEG", data=out.getvalue())
    piece = actions.add_evidence(turn=turn, given=shown, by=an, at=AT)
    assert (piece.file_name, piece.file_type) == ("anh.jpg", "image/jpeg")
    assert b"ai \xc4\x91\xc3\xb3" not in bytes(piece.file_data or b"")
    data = actions.hand_out_file(evidence=piece, by=there.cast["giang"], at=AT, purpose=Purpose.REPORTING)
    assert len(data) == piece.file_size
    event = Event.objects.filter(kind="export").get()
    assert (event.actor, event.subject) == ("giang", f"task:{turn.task.code}")


def test_a_department_sees_no_evidence_of_others_tasks(there: Office) -> None:
    turn = given(there)
    piece = actions.add_evidence(
        turn=turn,
        given=Shown(kind="file", words="x", file_name="a.csv", data=b"a;b\n1;2\n"),
        by=there.cast["an"],
        at=AT,
    )
    with pytest.raises(AccessRefused):
        actions.hand_out_file(evidence=piece, by=there.cast["giang"], at=AT, purpose=Purpose.REPORTING)


def test_evidence_is_taken_back_with_a_reason_until_it_carries_a_report(there: Office) -> None:
    turn, an = given(there, product="Báo cáo"), there.cast["an"]
    piece = actions.add_evidence(turn=turn, given=PAPER, by=an, at=AT)
    with pytest.raises(StepRefused):
        actions.withdraw_evidence(evidence=piece, reason="", by=an, at=AT)
    actions.withdraw_evidence(evidence=piece, reason="Nhầm văn bản", by=an, at=AT)
    with pytest.raises(StepRefused, match="đã rút"):
        actions.withdraw_evidence(evidence=piece, reason="nữa", by=an, at=AT)
    with pytest.raises(StepRefused, match="sản phẩm"):
        actions.report_done(turn=turn, by=an, at=AT, words="Xong")
    other = actions.add_evidence(turn=turn, given=PAPER, by=an, at=AT)
    actions.report_done(turn=turn, by=an, at=AT)
    with pytest.raises(StepRefused, match="chờ trả lại"):
        actions.withdraw_evidence(evidence=other, reason="x", by=an, at=AT)


def test_a_hotspot_is_named_only_by_whoever_sees_it(there: Office) -> None:
    spot = hotspots.create_hotspot(
        by=there.cast["an"], at=AT, name="Điểm", unit=places.unit_by_code(NEXT_DOOR, TODAY), kind="diem_phuc_tap",
        grade="co_tai_lieu", on=date(2026, 10, 1), verb="enlist", document="1/QĐ", decider="Giám đốc",
    )  # fmt: skip
    shown = Shown(kind="hotspot", words="Đã triệt xóa", hotspot=spot)
    with pytest.raises(StepRefused, match="trong phạm vi xem"):
        actions.add_evidence(turn=in_ward(there), given=shown, by=there.cast["binh"], at=AT)
    assert actions.add_evidence(turn=given(there), given=shown, by=there.cast["an"], at=AT).hotspot == spot


def test_what_was_given_is_changed_with_a_trace(there: Office) -> None:
    turn, an = given(there), there.cast["an"]
    task = actions.edit_task(
        task=turn.task, changes={"title": "Tên mới", "due": date(2026, 12, 5)}, others=[there.health], by=an, at=AT
    )
    turn.refresh_from_db()
    assert (task.title, turn.due, turn.first_due) == ("Tên mới", date(2026, 12, 5), date(2026, 12, 1))
    event = Event.objects.get(verb="task.edit")
    assert event.detail["name"] == ["Rà soát danh sách điểm", "Tên mới"]
    assert event.detail["others"] == [[], ["Sở Y tế"]]
    actions.edit_task(task=task, changes={"title": "Tên mới"}, by=an, at=AT)
    assert Event.objects.filter(verb="task.edit").count() == 1
    with pytest.raises(ValueError, match="state"):
        actions.edit_task(task=task, changes={"state": "ended"}, by=an, at=AT)


def test_the_post_that_answers_is_one_of_the_lead_agency(there: Office) -> None:
    turn = in_ward(there)
    with pytest.raises(StepRefused, match="cơ quan chủ trì"):
        actions.set_post(task=turn.task, post=there.heads["police"], by=there.cast["an"], at=AT)
    actions.set_post(task=turn.task, post=None, by=there.cast["lan"], at=AT)
    task = actions.set_post(task=turn.task, post=there.heads["home"], by=there.cast["lan"], at=AT)
    assert task.post == there.heads["home"]
    with pytest.raises(AccessRefused):
        actions.set_post(task=turn.task, post=None, by=there.cast["ha"], at=AT)


def test_a_lent_role_does_not_confirm_its_owners_report(there: Office) -> None:
    told = Told(words="Xong")
    turn = given(there)
    actions.take_step(turn=turn, verb="report", told=told, by=there.cast["an"], at=AT)
    moment: datetime = AT
    line = turn.steps.get(verb="report")
    line.in_name_of = "an2"  # as if An had acted under a role that the second officer lent
    line.save()
    with pytest.raises(AccessRefused):
        actions.confirm(turn=turn, by=second(there), at=moment)
