"""The plan of a locality: made from a decided choice, answered, approved by another, carried out, judged by class."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.choosing_province import DAY, HEAVY, MIDDLE, NOW
from apps.localities_province import CLASS_THREE, colleague, commune, declare, standing, to_stage
from apps.transformation_world import OWED, TABLE, World, approved, build, doing, made, order
from cast import play
from diaban.apps.access import AccessRefused
from diaban.apps.agencies.actions.agencies import code_of
from diaban.apps.agencies.models import Agency
from diaban.apps.audit.models import Event
from diaban.apps.localities import actions as localities
from diaban.apps.localities.models import Cycle
from diaban.apps.programme.actions import give_task
from diaban.apps.programme.models import Task
from diaban.apps.programme.models import Turn as TaskTurn
from diaban.apps.transformation import actions, queries
from diaban.apps.transformation.models import Transformation
from diaban.core.lifecycle import StepRefused
from diaban.core.transformation import Judgement, Standing

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
LATER = datetime(2027, 12, 20, 9, 0, tzinfo=HERE)
AFTER_ALL = datetime(2029, 1, 20, 9, 0, tzinfo=HERE)


@pytest.fixture
def world(db: None) -> World:
    return build()


def next_year(world: World, figures: dict[str, object]) -> None:
    """Open and decide the review of 2027 for the commune."""
    at = datetime(2027, 1, 10, 9, 0, tzinfo=HERE)
    cycle = Cycle.objects.filter(year=2027).first() or localities.open_cycle(year=2027, by=world.by, at=at)
    declare(cycle, HEAVY, figures, world.by, at)
    to_stage(standing(cycle, HEAVY), "decided", world.by, at=LATER, number="2/QĐ")


def test_the_ideas_name_agencies_that_are_there(world: World) -> None:
    known = set(Agency.objects.values_list("code", flat=True))
    assert {code_of(one.agency) for one in TABLE.ideas} <= known


def test_a_plan_is_made_of_a_decided_choice_and_freezes_what_is_known(world: World) -> None:
    row = made(world)
    assert (row.code, row.state, row.baseline_class, row.baseline_cycle) == ("CH-0001", "draft", "I", world.cycle)
    assert (row.baseline["persons"], row.baseline["decided"]) == (110, "I")
    declare(world.cycle, HEAVY, {"persons": 90}, world.by, NOW, reason="Rà soát lại")
    row.refresh_from_db()
    assert row.baseline["persons"] == 110
    phases = list(row.phases.order_by("starts").values_list("code", "starts", "last_day"))
    assert [code for code, _first, _last in phases] == ["prepare", "peak", "consolidate", "maintain"]
    assert phases[0][1:] == (DAY, date(2026, 12, 20))
    assert all(one[2] < two[1] for one, two in pairwise(phases))
    assert [one.unit for one in row.comparisons.all()] == [world.choice.comparison]
    assert Event.objects.filter(verb="transformation.make", subject="transformation:CH-0001").count() == 1


def test_one_plan_at_a_time(world: World) -> None:
    made(world)
    with pytest.raises(StepRefused, match="đang có kế hoạch CH-0001"):
        made(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        twin = Transformation.objects.get()
        twin.pk, twin.code = None, "CH-0002"
        twin.save()


def test_a_choice_must_be_decided_and_of_this_commune(world: World) -> None:
    with pytest.raises(StepRefused, match="không nằm trong quyết định"):
        actions.make(unit=commune(MIDDLE), choice=world.choice, starts=DAY, by=world.by, at=NOW)


def test_a_commune_may_make_its_own_without_a_choice(world: World) -> None:
    row = actions.make(unit=commune(MIDDLE), starts=DAY, by=world.by, at=NOW)
    assert (row.baseline_class, row.choice) == ("unknown", None)
    assert queries.lowered(row) is Standing.UNKNOWN
    binh, ha, giang = play("binh"), play("ha"), play("giang")
    for person in (binh, giang):
        with pytest.raises(AccessRefused):
            actions.answer(transformation=row, answers=OWED, by=person, at=NOW)
    assert actions.answer(transformation=row, answers=OWED, by=ha, at=NOW) == len(OWED)
    assert actions.answer(transformation=row, answers=OWED, by=ha, at=NOW) == 0
    assert actions.answer(transformation=row, answers={"where": ""}, by=ha, at=NOW) == 1


def test_approval_asks_for_the_analysis_and_for_another_hand(world: World) -> None:
    row = made(world)
    with pytest.raises(StepRefused) as caught:
        actions.move(transformation=row, verb="approve", on=DAY, by=world.other, at=NOW)
    assert len(caught.value.problems) == 2  # document, analysis
    actions.answer(transformation=row, answers=OWED, by=world.by, at=NOW)
    with pytest.raises(AccessRefused):
        actions.move(transformation=row, verb="approve", on=DAY, document="5/KH", by=world.by, at=NOW)
    actions.answer(transformation=row, answers={"tried": "Đã thử."}, by=world.other, at=NOW)
    with pytest.raises(AccessRefused):  # whoever wrote a part does not approve it either
        actions.move(transformation=row, verb="approve", on=DAY, document="5/KH", by=world.other, at=NOW)
    row = actions.move(transformation=row, verb="approve", on=DAY, document="5/KH", by=colleague("tham-dinh"), at=NOW)
    assert (row.state, row.approved_number) == ("approved", "5/KH")


def test_answers_and_phases_are_checked(world: World) -> None:
    row = made(world)
    with pytest.raises(StepRefused) as caught:
        actions.answer(transformation=row, answers={"x": "a", "where": "a" * 4001}, by=world.by, at=NOW)
    assert {one.field for one in caught.value.problems} == {"", "where"}
    with pytest.raises(StepRefused) as caught:
        days = {"prepare": (DAY, date(2026, 1, 1)), "peak": (date(2025, 1, 1), DAY), "zz": (DAY, DAY)}
        actions.set_phases(transformation=row, days=days, by=world.by, at=NOW)
    assert {one.field for one in caught.value.problems} == {"prepare_last", "peak_first", ""}
    days = {"prepare": (DAY, date(2026, 12, 1)), "peak": (date(2026, 12, 2), date(2027, 1, 1))}
    with pytest.raises(StepRefused, match="bắt đầu khi giai đoạn trước chưa hết"):
        actions.set_phases(
            transformation=row, days=days | {"peak": (date(2026, 12, 1), DAY.replace(year=2027))}, by=world.by, at=NOW
        )
    actions.set_phases(transformation=row, days=days, by=world.by, at=NOW)
    assert row.phases.get(code="peak").last_day == date(2027, 1, 1)


def test_work_is_a_task_of_the_programme(world: World) -> None:
    row = approved(world)
    with pytest.raises(StepRefused, match="Chưa giao việc nào"):
        actions.move(transformation=row, verb="begin", on=DAY, by=world.by, at=NOW)
    task = actions.give_work(transformation=row, phase="peak", order=order(), by=world.by, at=NOW)
    assert (task.kind, task.phase, task.unit) == (Task.Kind.TRANSFORMATION, "peak", row.unit)
    province_task = actions.give_work(
        transformation=row, phase="consolidate", order=order("Sở Y tế"), by=world.by, at=NOW
    )
    assert province_task.lead.name == "Sở Y tế"
    with pytest.raises(StepRefused, match="Không có giai đoạn"):
        actions.give_work(transformation=row, phase="zz", order=order(), by=world.by, at=NOW)
    with pytest.raises(AccessRefused):
        actions.give_work(transformation=row, phase="peak", order=order(), by=play("binh"), at=NOW)
    found = queries.carried_out([row], DAY)[row.pk]
    assert found.tasks == 2
    assert set(found.by_agency) == {"Công an cấp xã", "Sở Y tế"}


def test_a_task_given_otherwise_can_be_counted_once(world: World) -> None:
    row = approved(world)
    task = give_task(order=order(), unit=commune(HEAVY), by=world.by, at=NOW)
    elsewhere = give_task(order=order(), unit=commune(MIDDLE), by=world.by, at=NOW)
    actions.attach(transformation=row, phase="peak", task=task, by=world.by, at=NOW)
    with pytest.raises(StepRefused, match="đã nằm trong"):
        actions.attach(transformation=row, phase="peak", task=task, by=world.by, at=NOW)
    with pytest.raises(StepRefused, match="đơn vị khác"):
        actions.attach(transformation=row, phase="peak", task=elsewhere, by=world.by, at=NOW)


def test_fidelity_comes_from_the_turns(world: World) -> None:
    row = doing(world, tasks=4)
    after = date(2026, 11, 30)
    assert queries.carried_out([row], after)[row.pk].whole.not_done == 4
    turns = list(TaskTurn.objects.filter(task__transformation_work__transformation=row))
    for turn, (state, day) in zip(turns, [("done", DAY), ("done", after), ("reported", DAY)], strict=False):
        TaskTurn.objects.filter(pk=turn.pk).update(state=state, reported_on=day)
    found = queries.carried_out([row], after)[row.pk]
    assert (found.whole.on_time, found.whole.late, found.whole.unconfirmed, found.whole.not_done) == (1, 1, 1, 1)
    assert found.whole.judgement is Judgement.LOW
    assert found.by_phase["peak"] == found.whole


def test_only_a_lighter_class_opens_maintenance(world: World) -> None:
    row = doing(world)
    actions.give_work(transformation=row, phase="maintain", order=order(), by=world.by, at=NOW)
    with pytest.raises(StepRefused, match="chưa phải là chuyển hóa được"):
        actions.move(transformation=row, verb="maintain", on=DAY, document="9/BC", by=world.by, at=NOW)
    next_year(world, {**CLASS_THREE, "persons": 60})
    assert queries.lowered(row) is Standing.LOWERED
    row = actions.move(transformation=row, verb="maintain", on=LATER.date(), document="9/BC", by=world.by, at=LATER)
    assert (row.state, row.maintained_since) == ("maintaining", LATER.date())
    with pytest.raises(StepRefused, match="Giai đoạn duy trì chưa hết ngày"):
        actions.move(transformation=row, verb="end", on=LATER.date(), document="1/QĐ", by=world.other, at=LATER)
    row = actions.move(
        transformation=row, verb="end", on=AFTER_ALL.date(), document="1/QĐ", by=world.other, at=AFTER_ALL
    )
    assert (row.state, row.closed_on) == ("ended", AFTER_ALL.date())
    with pytest.raises(StepRefused, match="đã kết thúc"):
        actions.answer(transformation=row, answers=OWED, by=world.by, at=AFTER_ALL)
    verbs = list(row.passages.order_by("seq").values_list("verb", flat=True))
    assert verbs == ["make", "approve", "begin", "maintain", "end"]


def test_the_same_class_is_no_success(world: World) -> None:
    row = doing(world)
    next_year(world, {"population": 20_000, "persons": 120, "points": 3, "arrested": 25, "route": "inter"})
    assert queries.lowered(row) is Standing.SAME
    row = actions.move(
        transformation=row, verb="stop", on=DAY, document="3/QĐ", reason="Không chuyển loại", by=world.other, at=LATER
    )
    assert row.state == "stopped"
    assert made(world).code == "CH-0002"


def test_days_go_forward(world: World) -> None:
    row = approved(world)
    actions.give_work(transformation=row, phase="peak", order=order(), by=world.by, at=NOW)
    for day, said in ((date(2026, 11, 22), "tương lai"), (date(2026, 11, 1), "bước gần nhất")):
        with pytest.raises(StepRefused, match=said):
            actions.move(transformation=row, verb="begin", on=day, by=world.by, at=NOW)


def test_sight_is_that_of_the_units(world: World) -> None:
    made(world)
    binh, ha, giang, minh, phuc = (play(name) for name in ("binh", "ha", "giang", "minh", "phuc"))
    assert [queries.visible(one.rights(DAY)).count() for one in (binh, ha, giang, minh, phuc)] == [1, 0, 1, 1, 0]


def test_departments_see_counts_and_not_the_spots(world: World) -> None:
    row = made(world)
    giang, binh = play("giang"), play("binh")
    assert queries.scan_of(row, giang.rights(DAY), DAY).spots is None
    assert queries.scan_of(row, binh.rights(DAY), DAY).spots == ()
    assert set(queries.scan_of(row, giang.rights(DAY), DAY).by_source) == {""}
    assert set(queries.scan_of(row, binh.rights(DAY), DAY).by_source) == {"reported", "patrol", "tip", "other"}
    sources = {line.measured.source for line in queries.effects_of(row, giang.rights(DAY), DAY).lines}
    assert sources == {""}


def test_comparisons_out_of_sight_stay_out(world: World) -> None:
    row = made(world)
    own = queries.effects_of(row, play("binh").rights(DAY), DAY)
    assert own.compared[0][2] is None
    assert all(line.others == (None,) for line in own.lines)
    whole = queries.effects_of(row, world.by.rights(DAY), DAY)
    assert whole.compared[0][2] is not None
    assert {line.measured.code for line in whole.lines} >= {"reported", "patrol", "arrested"}


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from([one.verb for one in TABLE.moves]), st.integers(0, 1)), max_size=8))
def test_any_walk_keeps_the_account(world: World, walk: list[tuple[str, int]]) -> None:
    with transaction.atomic():
        row = made(world)
        actions.answer(transformation=row, answers=OWED, by=world.by, at=NOW)
        actions.give_work(transformation=row, phase="peak", order=order(), by=world.by, at=NOW)
        told = ["make"]
        for verb, who in walk:
            before = Transformation.objects.get(pk=row.pk).state
            try:
                actions.move(
                    transformation=row, verb=verb, on=DAY, document="1", reason="vì", by=(world.by, world.other)[who],
                    at=NOW,
                )  # fmt: skip
            except (StepRefused, AccessRefused):
                assert Transformation.objects.get(pk=row.pk).state == before
            else:
                told.append(verb)
        row.refresh_from_db()
        assert list(row.passages.order_by("seq").values_list("verb", flat=True)) == told
        assert row.passages.latest("seq").to_state == row.state
        assert row.state not in ("maintaining", "ended")  # no review has decided a lower class
        transaction.set_rollback(True)


def test_a_unit_of_the_cast_can_keep_its_plan(world: World) -> None:
    lan, binh = play("lan"), play("binh")
    row = actions.make(unit=commune(HEAVY), choice=world.choice, starts=DAY, by=binh, at=NOW)
    actions.answer(transformation=row, answers=OWED, by=binh, at=NOW)
    row = actions.move(transformation=row, verb="approve", on=DAY, document="5/KH", by=lan, at=NOW)
    actions.give_work(transformation=row, phase="peak", order=order(), by=lan, at=NOW)
    assert actions.move(transformation=row, verb="begin", on=DAY, by=binh, at=NOW).state == "doing"
