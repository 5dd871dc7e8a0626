"""Issues: who raises, who answers, what every step leaves behind; and a life at random."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from agencies_cast import HOUSE, Offices, build
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cast import HOME
from diaban.apps.access import AccessRefused
from diaban.apps.accounts.models import User
from diaban.apps.agencies import actions as agencies
from diaban.apps.audit.models import Event
from diaban.apps.concerns import actions, queries
from diaban.apps.concerns.actions import Issue
from diaban.apps.concerns.models import Concern
from diaban.apps.inbox.models import Notice
from diaban.catalogue.concerns_loader import table
from diaban.core.concerns import Side, add_working_days
from diaban.core.lifecycle import StepRefused

AT = datetime(2026, 11, 23, 3, tzinfo=UTC)
TODAY = date(2026, 11, 23)
pytestmark = pytest.mark.django_db


@pytest.fixture
def offices() -> Offices:
    return with_health(build("giang", "ha", "minh"))


def with_health(offices: Offices) -> Offices:
    post = agencies.make_post(
        by=HOUSE, at=AT, agency=offices.agency("so_y_te"), unit=None, title="Chánh Văn phòng Sở", heads=True
    )
    agencies.give_post(by=HOUSE, at=AT, post=post, user=offices.cast["giang"], start=TODAY, document="")
    return offices


def issue(offices: Offices, asked: str = "so_y_te", **changes: object) -> Issue:
    typed = {
        "unit": offices.units[HOME],
        "topic": "means",
        "subject": "Thiếu kinh phí xét nghiệm",
        "words": "Đề nghị hướng dẫn nguồn kinh phí.",
        "addressed": offices.agency(asked),
    }
    return Issue(**(typed | changes))  # type: ignore[arg-type]


def raised(offices: Offices, by: str = "binh", addressed: str = "so_y_te") -> Concern:
    return actions.raise_concern(by=offices.cast[by], at=AT, issue=issue(offices, addressed))


def act(offices: Offices, row: Concern, by: str, verb: str, at: datetime = AT, **more: object) -> Concern:
    return actions.take_step(by=offices.cast[by], at=at, concern=row, verb=verb, **more)  # type: ignore[arg-type]


def test_a_commune_asks_a_department_and_accepts_its_answer(offices: Offices) -> None:
    row = raised(offices)
    assert (row.code, row.due) == (f"VM-{row.pk:06d}", add_working_days(TODAY, 10))
    assert Notice.objects.get(user=offices.cast["giang"]).kind == Notice.Kind.CONCERN
    act(offices, row, "giang", "receive")
    row = act(offices, row, "giang", "answer", words="Theo Công văn 12/SYT.")
    assert (row.state, row.due, row.first_answered_on) == ("answered", None, TODAY)
    assert Notice.objects.filter(user=offices.cast["binh"]).count() == 1
    row = act(offices, row, "binh", "close")
    assert (row.final, row.closed_on) == (True, TODAY)
    verbs = list(Event.objects.filter(subject=f"concern:{row.code}").order_by("seq").values_list("verb", flat=True))
    assert verbs == ["concern.raise", "concern.take_in", "concern.reply", "concern.settle"]


def test_everything_lacking_is_told_at_once(offices: Offices) -> None:
    empty = issue(offices, subject=" ", words="", topic="x", addressed=None)
    with pytest.raises(StepRefused) as caught:
        actions.raise_concern(by=offices.cast["binh"], at=AT, issue=empty)
    assert {one.field for one in caught.value.problems} == {"subject", "words", "topic", "addressed"}
    assert Concern.objects.count() == 0


def test_only_the_asked_answer_and_only_the_raiser_closes(offices: Offices) -> None:
    row = raised(offices)
    for name in ("binh", "lan", "ha"):
        with pytest.raises(AccessRefused):
            act(offices, row, name, "answer", words="x")
    act(offices, row, "an", "answer", words="PC04 trả lời thay.")
    for name in ("giang", "an", "minh", "ha"):
        with pytest.raises(AccessRefused):
            act(offices, row, name, "close")
    act(offices, row, "lan", "close")


def test_a_department_does_not_answer_for_another(offices: Offices) -> None:
    row = raised(offices, addressed="so_tai_chinh")
    with pytest.raises(AccessRefused, match="cơ quan được hỏi"):
        act(offices, row, "giang", "answer", words="x")


def test_a_commune_does_not_answer_what_the_province_is_asked(offices: Offices) -> None:
    row = raised(offices, addressed="cong_an_tinh")
    with pytest.raises(AccessRefused):
        act(offices, row, "lan", "answer", words="x")
    own = raised(offices, addressed="uy_ban_nhan_dan_cap_xa")
    act(offices, own, "lan", "answer", words="Phường trả lời.")


def test_forwarding_gives_the_next_a_clock_and_leaves_the_first(offices: Offices) -> None:
    row = raised(offices)
    later = AT + timedelta(days=7)
    with pytest.raises(StepRefused) as caught:
        act(offices, row, "giang", "forward", later, agency=offices.agency("so_y_te"))
    assert {one.field for one in caught.value.problems} == {"words", "addressed"}
    target = offices.agency("cong_an_tinh")
    row = act(offices, row, "giang", "forward", later, words="Thuộc Công an tỉnh.", agency=target)
    assert (row.addressed, row.forwards, row.state) == (target, 1, "forwarded")
    assert row.first_due == add_working_days(TODAY, 10)
    assert row.due == add_working_days(later.date(), 10)
    with pytest.raises(AccessRefused):
        act(offices, row, "giang", "answer", words="x")


def test_what_is_not_answered_in_time_is_late_and_told_upwards(offices: Offices) -> None:
    row = raised(offices)
    assert queries.clock_of(row, TODAY).late == 0
    long_after = row.first_due + timedelta(days=8)
    clock = queries.clock_of(row, long_after)
    assert (clock.rung, clock.told_to) == (2, "Công an cấp tỉnh")
    voice = queries.voice_of(offices.cast["an"], long_after)
    told = queries.synthesis(voice, TODAY, TODAY)
    assert (told.total.raised, told.total.late, told.total.in_time) == (1, 1, 0)
    act(offices, row, "giang", "answer", datetime(2026, 12, 31, 3, tzinfo=UTC), words="Muộn.")
    told = queries.synthesis(voice, TODAY, TODAY)
    assert (told.total.answered, told.total.in_time, told.total.late) == (1, 0, 0)


def test_what_waits_for_whom(offices: Offices) -> None:
    row = raised(offices)

    def waits(name: str) -> bool:
        user = User.objects.get(pk=offices.cast[name].pk)
        return queries.waiting_for(queries.voice_of(user, TODAY)).filter(pk=row.pk).exists()

    assert [waits(name) for name in ("giang", "binh", "lan", "ha", "an")] == [True, False, False, False, False]
    act(offices, row, "giang", "answer", words="Đã rõ.")
    assert [waits(name) for name in ("giang", "binh", "lan", "ha", "an")] == [False, True, True, False, False]


def client_of(offices: Offices, name: str) -> Client:
    client = Client()
    client.force_login(offices.cast[name])
    return client


def test_in_the_browser_from_raising_to_the_synthesis(offices: Offices) -> None:
    binh, giang, ha = (client_of(offices, name) for name in ("binh", "giang", "ha"))
    answers = {
        "unit": offices.units[HOME].uid,
        "addressed": offices.agency("so_y_te").pk,
        "topic": "means",
        "subject": "Thiếu kinh phí",
        "words": "Đề nghị hướng dẫn.",
    }
    assert binh.post(reverse("concerns:new"), answers | {"task": "NV-999999"}).status_code == 422
    assert binh.post(reverse("concerns:new"), answers).status_code == 302
    row = Concern.objects.get()
    detail = reverse("concerns:detail", args=[row.code])
    assert ha.get(detail).status_code == 404
    assert "Trả lời" in giang.get(detail).content.decode()
    assert "Rút lại" in binh.get(detail).content.decode()
    assert giang.get(reverse("concerns:step", args=[row.code, "close"])).status_code == 302
    step = reverse("concerns:step", args=[row.code, "answer"])
    assert giang.post(step, {"words": ""}).status_code == 422
    assert giang.post(step, {"words": "Theo hướng dẫn mới."}).status_code == 302
    listed = binh.get(reverse("concerns:list") + "?cho_toi=1&q=thieu+kinh+phi").content.decode()
    assert row.code in listed
    assert row.code not in ha.get(reverse("concerns:list")).content.decode()
    page = giang.get(reverse("concerns:synthesis") + "?tu=2020-01-01&den=2099-01-01").content.decode()
    assert "1 vướng mắc trong kỳ, 1 được trả lời đúng hạn" in page
    assert giang.get(reverse("concerns:synthesis") + "?tu=2026-02-01&den=2026-01-01").status_code == 422
    told = giang.get("/api/v1/concerns").json()
    assert (told["count"], told["items"][0]["state"]) == (1, "answered")
    assert ha.get("/api/v1/concerns").json()["count"] == 0


def test_names_of_officers_are_not_shown_to_a_department(offices: Offices) -> None:
    row = raised(offices)
    detail = reverse("concerns:detail", args=[row.code])
    assert "binh" in client_of(offices, "lan").get(detail).content.decode()
    page = client_of(offices, "giang").get(detail).content.decode()
    assert "ghi 10:00 23/11/2026, •••" in page


ACT = st.tuples(
    st.sampled_from(["an", "binh", "lan", "giang", "ha", "minh"]),
    st.sampled_from([move.verb for move in table().moves if move.sources]),
    st.sampled_from(["", "Nội dung."]),
    st.sampled_from(["so_y_te", "cong_an_tinh", "so_tai_chinh"]),
    st.integers(0, 5),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ACT, min_size=3, max_size=14))
def test_any_life_keeps_its_account(offices: Offices, life: list[tuple[str, str, str, str, int]]) -> None:
    """One issue, steps at random by people at random, on days that go on."""
    with transaction.atomic():
        first, at, taken = raised(offices), AT, 1
        for name, verb, words, to, days in life:
            at += timedelta(days=days)
            before = Concern.objects.get(pk=first.pk)
            move = table().find(verb)
            assert move is not None
            voice = queries.voice_of(User.objects.get(username=name), at.date())
            offered = {one.verb for one in voice.moves(before)}
            try:
                act(offices, before, name, verb, at, words=words, agency=offices.agency(to))
            except AccessRefused:
                assert verb not in offered
            except StepRefused as refused:
                assert refused.problems
            else:
                assert verb in offered
                assert before.state in move.sources
                taken += 1
            holds(first, taken)
        transaction.set_rollback(True)


def holds(first: Concern, taken: int) -> None:
    row = Concern.objects.get(pk=first.pk)
    state = table().state(row.state)
    assert row.final == (state.waits is None) == (row.closed_on is not None)
    assert (row.due is not None) == (state.waits is Side.ADDRESSED)
    assert row.first_due == first.first_due
    steps = list(row.steps.order_by("seq"))
    assert [one.seq for one in steps] == list(range(1, taken + 1))
    assert steps[-1].to_state == row.state
    for one, following in pairwise(steps):
        assert one.to_state == following.from_state
    assert row.forwards == sum(one.verb == "forward" for one in steps)
    assert (row.first_answered_on is not None) == any(one.verb == "answer" for one in steps)
