"""The clocks of issues in the daily round: who is told at each rung, and that no issue reaches nobody."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from agencies_cast import HOUSE, Offices, build

from cast import HOME
from diaban.apps.agencies import actions as agencies
from diaban.apps.agencies.models import Holding
from diaban.apps.concerns import actions
from diaban.apps.concerns.actions import Issue
from diaban.apps.concerns.models import Concern
from diaban.apps.concerns.reminders import ANSWERS, RECEIPTS, rules_of
from diaban.apps.inbox import queries
from diaban.apps.inbox.models import Notice, Sent, Unreached
from diaban.apps.inbox.rounds import SOURCES, make_round
from diaban.apps.inbox.words import rendered
from diaban.catalogue.concerns_loader import clocks

AT = datetime(2026, 11, 23, 3, tzinfo=UTC)
TODAY = date(2026, 11, 23)
pytestmark = pytest.mark.django_db


@pytest.fixture
def offices() -> Offices:
    made = build("giang", "ha", "minh")
    post = agencies.make_post(
        by=HOUSE, at=AT, agency=made.agency("so_y_te"), unit=None, title="Chánh Văn phòng Sở", heads=True
    )
    agencies.give_post(by=HOUSE, at=AT, post=post, user=made.cast["giang"], start=TODAY, document="")
    return made


def raised(offices: Offices, addressed: str = "so_y_te") -> Concern:
    issue = Issue(
        unit=offices.units[HOME], topic="means", subject="Thiếu que thử", words="Đề nghị cấp.",
        addressed=offices.agency(addressed),
    )  # fmt: skip
    return actions.raise_concern(by=offices.cast["binh"], at=AT, issue=issue)


def a_round(on: date) -> int:
    at = datetime(on.year, on.month, on.day, 3, tzinfo=UTC)
    return make_round(by=HOUSE, at=at, sources=[SOURCES[ANSWERS], SOURCES[RECEIPTS]])


def told(end: str) -> set[str]:
    return set(Sent.objects.filter(key__endswith=end).values_list("user__username", flat=True))


def words(offices: Offices, name: str) -> list[str]:
    return [rendered(row.msgid, row.params) for row in queries.notices(offices.cast[name])]


def test_both_clocks_run_through_the_asked_agency_and_up_to_the_province(offices: Offices) -> None:
    row = raised(offices)
    assert row.receive_by is not None
    assert row.due is not None
    assert a_round(TODAY) == 0
    assert a_round(row.receive_by) == 1
    assert f"{row.code} “Thiếu que thử”: hôm nay đến hạn Sở Y tế tiếp nhận." in words(offices, "giang")
    assert a_round(row.receive_by) == 0, "the same day tells nothing twice"
    a_round(row.receive_by + timedelta(days=1))
    assert told(":late-1") == {"giang"}
    actions.take_step(by=offices.cast["giang"], at=AT, concern=row, verb="receive")
    assert a_round(row.due - timedelta(days=3)) == 1
    a_round(row.due + timedelta(days=15))
    assert {end: told(f"{row.due}:{end}") for end in ("late-1", "late-7", "late-15")} == {
        "late-1": {"giang"},
        "late-7": {"an"},
        "late-15": {"minh"},
    }
    kind = Notice.objects.filter(user=offices.cast["minh"]).latest("pk").kind
    assert kind == Notice.Kind.ESCALATION
    assert not Unreached.objects.exists()


def test_what_is_answered_is_quiet(offices: Offices) -> None:
    row = raised(offices)
    assert row.due is not None
    actions.take_step(by=offices.cast["giang"], at=AT, concern=row, verb="answer", words="Đã cấp.")
    assert a_round(row.due + timedelta(days=40)) == 0


@pytest.mark.parametrize(
    ("asked", "readers"),
    [("so_tai_chinh", {"an", "minh"}), ("so_y_te", {"giang"}), ("uy_ban_nhan_dan_cap_xa", {"lan"})],
)
def test_an_issue_for_an_empty_chair_goes_to_whoever_may_answer(
    offices: Offices, asked: str, readers: set[str]
) -> None:
    raised(offices, asked)
    assert set(Notice.objects.values_list("user__username", flat=True)) == readers


def test_a_chair_left_empty_later_is_answered_by_those_near_and_by_the_province(offices: Offices) -> None:
    Holding.objects.filter(user=offices.cast["lan"]).delete()
    row = raised(offices, "uy_ban_nhan_dan_cap_xa")
    assert set(Notice.objects.values_list("user__username", flat=True)) == {"lan", "an", "minh"}
    assert row.due is not None
    Sent.objects.all().delete()
    a_round(row.due)
    assert told(f"{row.due}:due") == {"lan", "an", "minh"}


def test_what_reaches_nobody_is_listed(offices: Offices) -> None:
    row = raised(offices, "so_tai_chinh")
    assert row.due is not None
    for name in ("an", "minh"):
        offices.cast[name].assignments.all().delete()
    a_round(row.due + timedelta(days=7))
    lost = Unreached.objects.filter(source=ANSWERS)
    assert {one.key.rpartition(":")[2] for one in lost} == {"late-1", "late-7"}
    assert {one.unit_id for one in lost} == {offices.units[HOME].pk}
    assert "Sở Tài chính chưa trả lời" in rendered(lost[0].msgid, lost[0].params)


def test_a_holder_without_a_role_is_told_without_the_subject(offices: Offices) -> None:
    row = raised(offices)
    assert row.due is not None
    offices.cast["giang"].assignments.all().delete()
    a_round(row.due)
    assert "Một vướng mắc đến hạn trả lời hôm nay." in words(offices, "giang")
    assert not any("Thiếu que thử" in one for one in words(offices, "giang"))
    assert told(f"{row.due}:due") == {"giang", "an", "minh"}


def test_many_late_ones_are_one_notice_for_the_police(offices: Offices) -> None:
    rows = [raised(offices) for _number in range(3)]
    assert rows[0].due is not None
    a_round(rows[0].due + timedelta(days=7))
    assert "3 vướng mắc quá hạn trả lời từ 7 ngày trở lên." in words(offices, "an")


def test_the_calendar_holds_each_issue_once_for_the_head_who_answers(offices: Offices) -> None:
    row = raised(offices)
    own = raised(offices, "uy_ban_nhan_dan_cap_xa")
    days = {
        name: [day for source in (ANSWERS, RECEIPTS) for day in SOURCES[source].due_days(offices.cast[name], TODAY)]
        for name in ("giang", "lan", "ha", "an")
    }
    assert days == {"giang": [row.due], "lan": [own.due], "ha": [], "an": []}


def test_the_rungs_of_the_clocks_are_the_rules(offices: Offices) -> None:
    late = [(rule.days, rule.to[0].value) for rule in rules_of(ANSWERS, TODAY) if rule.days > 0]
    assert late == [(rung.late_days, rung.tells.value) for rung in clocks(TODAY).rungs]
