"""Reminders of tasks: who is told at each step up the chain, in which words, and that none of them gets lost."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps import agencies_cast
from apps.agencies_cast import HOUSE, Offices
from cast import FAR_AWAY, HOME, NEXT_DOOR, TODAY, play
from diaban.adapters.clock import VIETNAM
from diaban.apps.access import AccessRefused
from diaban.apps.accounts.models import Assignment, Delegation, User
from diaban.apps.agencies.models import Holding, Post
from diaban.apps.audit.models import Event
from diaban.apps.inbox import queries
from diaban.apps.inbox.models import Notice, Sent, Unreached
from diaban.apps.inbox.rounds import SOURCES, RemindedToday, make_round
from diaban.apps.inbox.words import rendered
from diaban.apps.programme import reminders
from diaban.apps.programme.models import Extension, Step, Task, Turn
from diaban.apps.programme.reminders.words import task_url

AT = dt.datetime(2026, 11, 23, 8, tzinfo=VIETNAM)
DAY = dt.timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def offices() -> Offices:
    return agencies_cast.build("ha", "khoa", "minh", "giang", "dung")


def task(
    offices: Offices, code: str = HOME, *, lead: str = "cong_an_cap_xa", post: str = "", past: int = 1, **more: Any
) -> Turn:
    """Give a task that is `past` days over its deadline on the day of the tests."""
    number = Task.objects.count() + 1
    made = Task.objects.create(
        code=f"NV-{number:06d}", title=f"Việc số {number}", lead=offices.agency(lead),
        unit=offices.units[code] if code else None, post=offices.posts[post] if post else None,
        starts=TODAY - 90 * DAY, due=TODAY - past * DAY, created_by="an", created_at=AT,
        **{"from_above": bool(code)} | more,
    )  # fmt: skip
    turn = Turn.objects.create(task=made, seq=1, first_day=made.starts, due=made.due, first_due=made.due, state="doing")
    Task.objects.filter(pk=made.pk).update(current=turn)
    made.current = turn
    return turn


def told(rule: str = "") -> set[str]:
    """Who was told anything, or by the rule."""
    rows = Sent.objects.filter(key__endswith=f":{rule}") if rule else Sent.objects.all()
    return set(rows.values_list("user__username", flat=True))


def words(user: User) -> list[str]:
    return [rendered(row.msgid, row.params) for row in queries.notices(user)]


def a_round(days: int = 0) -> int:
    return make_round(by=HOUSE, at=AT + days * DAY)


def test_the_chain_from_the_post_to_the_province(offices: Offices) -> None:
    task(offices, post="chief", past=40)
    a_round()
    assert {rule: told(rule) for rule in ("late-1", "late-7", "late-15", "late-30")} == {
        "late-1": {"binh"},
        "late-7": {"lan"},
        "late-15": {"an"},
        "late-30": {"minh"},
    }
    assert not Unreached.objects.exists()


def test_the_head_hears_beside_the_holder(offices: Offices) -> None:
    deputy = Post.objects.create(
        agency=offices.agency("cong_an_cap_xa"), unit=offices.units[HOME], title="Phó Trưởng Công an", created_at=AT
    )
    Holding.objects.create(post=deputy, user=offices.cast["dung"], start=TODAY, given_by="x", given_at=AT)
    turn = task(offices)
    Task.objects.update(post=deputy)
    a_round()
    assert told("late-1") == {"dung", "binh"}
    assert turn.task.code in words(offices.cast["binh"])[0]
    assert words(offices.cast["dung"]) == ["Một nhiệm vụ quá hạn 1 ngày."], "who sees no tasks is told of none by name"


def test_a_post_without_a_holder_goes_to_the_head_then_to_who_reports_there_then_up(offices: Offices) -> None:
    task(offices, NEXT_DOOR, post="next")
    a_round()
    assert told() == {"ha"}, "nobody holds the post; Hà keeps the programme there"
    Assignment.objects.filter(user__username="ha").update(end=TODAY + DAY)
    Sent.objects.all().delete()
    a_round(1)
    assert told() == {"an"}, "nobody is left in the unit: who gives work there"


def test_the_province_s_task_goes_to_its_agency_and_to_the_standing_body(offices: Offices) -> None:
    task(offices, "", lead="so_y_te")
    a_round()
    assert told() == {"an"}
    health = Post.objects.create(agency=offices.agency("so_y_te"), title="Chuyên viên", created_at=AT)
    Holding.objects.create(post=health, user=offices.cast["giang"], start=TODAY, given_by="x", given_at=AT)
    Sent.objects.all().delete()
    a_round()
    assert told() == {"giang"}
    assert "Việc số 1" in words(offices.cast["giang"])[0]


def test_what_finds_nobody_is_listed(offices: Offices) -> None:
    task(offices, FAR_AWAY)
    User.objects.filter(username__in=("khoa", "an")).update(is_active=False)
    a_round()
    assert told() == set()
    row = Unreached.objects.get()
    assert (row.unit, row.level) == (offices.units[FAR_AWAY], 2)
    assert "Việc số 1" in rendered(row.msgid, row.params)
    User.objects.filter(username="khoa").update(is_active=True)
    a_round(1)
    assert told() == {"khoa"} and not Unreached.objects.exists()


def test_who_stands_in_during_leave_hears_too(offices: Offices) -> None:
    lent = offices.cast["binh"].assignments.get()
    Delegation.objects.create(
        assignment=lent, receiver=offices.cast["dung"], start=TODAY, end=TODAY + 9 * DAY, reason="x", given_by="x",
        given_at=AT,
    )  # fmt: skip
    task(offices, post="chief")
    a_round()
    assert told() == {"binh", "dung"}
    assert "Việc số 1" in words(offices.cast["dung"])[0]


def test_a_hand_over_tells_the_next_holder(offices: Offices) -> None:
    task(offices, post="chief")
    a_round()
    Holding.objects.filter(user__username="binh").update(end=TODAY)
    Holding.objects.create(post=offices.posts["chief"], user=offices.cast["ha"], start=TODAY, given_by="x", given_at=AT)
    a_round(1)
    assert told() == {"binh", "ha"}


def test_many_late_tasks_are_one_notice_to_the_leader(offices: Offices) -> None:
    for _number in range(7):
        task(offices, post="chief", past=7)
    a_round()
    assert words(offices.cast["lan"]) == ["7 nhiệm vụ quá hạn từ 7 ngày trở lên."]
    assert queries.notices(offices.cast["lan"]).get().url == reverse("programme:overdue")
    assert words(offices.cast["binh"]) == ["7 nhiệm vụ quá hạn từ 1 ngày trở lên."]


def test_an_extension_begins_the_count_anew_and_a_report_ends_it(offices: Offices) -> None:
    turn = task(offices, post="chief")
    a_round()
    Turn.objects.update(due=TODAY + 3 * DAY)
    a_round(1)
    a_round(4)
    assert words(offices.cast["binh"]) == [
        "NV-000001 “Việc số 1”: quá hạn 1 ngày, hạn 26/11/2026.",
        "NV-000001 “Việc số 1”: còn 2 ngày, hạn 26/11/2026.",
        "NV-000001 “Việc số 1”: quá hạn 1 ngày, hạn 22/11/2026.",
    ]
    Turn.objects.update(reported_on=TODAY + 4 * DAY, reported_by="binh", state="reported")
    assert a_round(8) == 0
    a_round(9)
    assert told("unconfirmed-5") == {"an"}, "the province gave it, so the province confirms it"
    Turn.objects.filter(pk=turn.pk).update(final=True)
    assert a_round(60) == 0


def test_nobody_is_reminded_to_confirm_their_own_report(offices: Offices) -> None:
    task(offices, from_above=False, past=-9)
    Turn.objects.update(reported_on=TODAY - 5 * DAY, reported_by="lan", state="reported")
    a_round()
    assert told() == {"an", "minh"}


@pytest.mark.parametrize("state", [Task.State.ENDED, Task.State.CANCELLED])
def test_of_a_task_that_is_closed_nothing_is_said(offices: Offices, state: str) -> None:
    task(offices, state=state)
    assert a_round() == 0


def test_a_round_over_many_tasks_asks_few_questions(offices: Offices, django_assert_max_num_queries: Any) -> None:
    for number in range(60):
        task(offices, HOME if number % 2 else NEXT_DOOR, past=number)
    with django_assert_max_num_queries(120):
        a_round()
    with django_assert_max_num_queries(50):  # every source of the house asks five, with nothing to tell
        assert a_round() == 0


def test_my_calendar_has_the_days_of_my_posts(offices: Offices) -> None:
    task(offices, post="chief", past=-3)
    task(offices, past=-3)  # no post: the head's
    task(offices, NEXT_DOOR, past=-3)
    task(offices, post="chief", past=2)
    done = task(offices, post="chief", past=-5)
    Turn.objects.filter(pk=done.pk).update(reported_on=TODAY)
    days = queries.due_days(offices.cast["binh"], TODAY)
    assert [(one.day, one.n) for one in days] == [(TODAY + 3 * DAY, 2)]
    assert queries.due_days(offices.cast["khoa"], TODAY) == []


def test_reminding_by_hand_once_a_day(offices: Offices) -> None:
    turn, source = task(offices, post="chief"), SOURCES["turn"]
    name = f"turn:{turn.pk}"
    assert source.remind(name, by=offices.cast["lan"], at=AT) == 1
    assert words(offices.cast["binh"]) == ["Cấp trên nhắc thực hiện NV-000001 “Việc số 1”, hạn 22/11/2026."]
    assert Event.objects.get(verb="task.remind").subject == "task:NV-000001"
    with pytest.raises(RemindedToday):
        source.remind(name, by=offices.cast["an"], at=AT + dt.timedelta(hours=5))
    assert source.remind(name, by=offices.cast["an"], at=AT + DAY) == 1


def test_nobody_reminds_of_what_they_do_not_see_or_may_not_assign(offices: Offices) -> None:
    here, next_door = task(offices, post="chief"), task(offices, NEXT_DOOR)
    source = SOURCES["turn"]
    with pytest.raises(AccessRefused):
        source.remind(f"turn:{here.pk}", by=offices.cast["binh"], at=AT)
    for name in (f"turn:{next_door.pk}", "turn:", "turn:x", "turn:²", "turn:" + "9" * 30, "turn:0"):
        assert source.remind(name, by=offices.cast["lan"], at=AT) is None
    assert not Sent.objects.exists() and not Event.objects.filter(verb="task.remind").exists()


def test_acts_are_told_at_once_to_others_than_who_did_them(offices: Offices) -> None:
    turn = task(offices, post="chief", past=-9)
    assert reminders.tasks_given(tasks=[turn.task], by=offices.cast["an"], at=AT) == 1
    asked = Extension.objects.create(turn=turn, until=TODAY + 30 * DAY, reason="x", asked_by="binh", asked_at=AT)
    assert reminders.extension_asked(extension=asked, by=offices.cast["binh"], at=AT) == 1
    asked.decision, asked.granted_until = Extension.Decision.GRANTED, TODAY + 20 * DAY
    asked.decided_by, asked.decided_at = "an", AT
    asked.save()
    assert reminders.extension_decided(extension=asked, by=offices.cast["an"], at=AT) == 1
    for number, verb in enumerate(("send_back", "confirm"), start=1):
        step = Step.objects.create(
            turn=turn, seq=number, verb=verb, to_state="x", on=TODAY, recorded_by="an", recorded_at=AT
        )
        tell = reminders.turn_sent_back if verb == "send_back" else reminders.turn_confirmed
        assert tell(step=step, reporter="binh", by=offices.cast["an"], at=AT) == 1
        assert tell(step=step, reporter="binh", by=offices.cast["an"], at=AT) == 0
    assert reminders.tasks_given(tasks=[task(offices, post="chief").task], by=offices.cast["binh"], at=AT) == 0
    assert sorted(words(offices.cast["binh"])) == [
        "Báo cáo NV-000001 “Việc số 1” bị trả lại; xem ý kiến, làm tiếp và báo cáo lại.",
        "NV-000001 “Việc số 1” đã được xác nhận hoàn thành.",
        "Được gia hạn NV-000001 “Việc số 1” đến 13/12/2026.",
        "Được giao NV-000001 “Việc số 1”, hạn 02/12/2026.",
    ]
    assert words(offices.cast["an"]) == ["Xin gia hạn NV-000001 “Việc số 1” đến 23/12/2026."]
    assert set(Notice.objects.values_list("url", flat=True)) == {task_url(turn.task)}


def test_dozens_given_at_once_are_one_notice(offices: Offices) -> None:
    turns = [task(offices, post="chief", past=-9) for _number in range(7)]
    given = [turn.task for turn in turns]
    assert reminders.tasks_given(tasks=given, by=offices.cast["an"], at=AT) == 7
    assert reminders.tasks_given(tasks=given, by=offices.cast["an"], at=AT) == 0
    assert words(offices.cast["binh"]) == ["Được giao 7 nhiệm vụ."]


def test_what_is_confirmed_on_one_day_is_one_notice(offices: Offices) -> None:
    an, binh = offices.cast["an"], offices.cast["binh"]
    for number, day in enumerate((0, 0, 0, 1)):
        step = Step.objects.create(
            turn=task(offices, post="chief"), seq=1, verb="confirm", to_state="done", on=TODAY, recorded_by="an",
            recorded_at=AT,
        )  # fmt: skip
        assert reminders.turn_confirmed(step=step, reporter="binh", by=an, at=AT + day * DAY) == 1
        assert queries.notices(binh).count() == day + 1, number
    assert words(binh) == [
        "NV-000004 “Việc số 4” đã được xác nhận hoàn thành.",
        "3 nhiệm vụ đã được xác nhận hoàn thành.",
    ]
    assert sum(queries.notices(binh).values_list("count", flat=True)) == Sent.objects.count() == 4


def test_what_a_notice_leads_to_decides_anew(offices: Offices, client: Client) -> None:
    task(offices, post="chief")
    a_round()
    binh = offices.cast["binh"]
    client.force_login(binh)
    notice = queries.notices(binh).get()
    response = client.post(reverse("inbox:open", args=[notice.pk]))
    assert client.get(response["Location"]).status_code == 200
    Assignment.objects.filter(user=binh).update(end=TODAY)
    response = client.post(reverse("inbox:open", args=[notice.pk]))
    assert client.get(response["Location"]).status_code == 403


def test_a_person_with_no_part_in_it_hears_nothing(offices: Offices) -> None:
    play("oanh")
    play("quan")
    for code in (HOME, NEXT_DOOR, FAR_AWAY, ""):
        task(offices, code, lead="cong_an_cap_xa" if code else "cong_an_tinh", past=60)
    a_round()
    assert not told() & {"oanh", "quan", "dung"}
