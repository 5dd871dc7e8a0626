"""Work is given to agencies and communes; its turns come by themselves; plans' sentences become tasks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from programme_cast import AT, DAY, Office, office, order

from cast import FAR_AWAY, NEXT_DOOR, TODAY
from diaban.apps.access import AccessRefused, House
from diaban.apps.audit.models import Event
from diaban.apps.places import actions as place_actions
from diaban.apps.places import queries as places
from diaban.apps.plans.models import Clause, Duty, Plan, Version
from diaban.apps.programme import actions
from diaban.apps.programme.models import Task, Turn
from diaban.apps.programme.queries import visible_tasks
from diaban.core.lifecycle import StepRefused

HOUSE = House("thử")


@pytest.fixture
def there(db: None) -> Office:
    place_actions.load_catalogue(by=HOUSE, at=AT)
    return office()


def test_a_task_of_the_province_is_given_with_its_first_turn_and_its_head(there: Office) -> None:
    task = actions.give_task(
        order=order(there, due=date(2026, 12, 15), others=(there.health, there.police)), by=there.cast["an"], at=AT
    )
    assert task.code == "NV-000001"
    assert task.post == there.heads["police"]
    assert not task.from_above
    turn = task.turns.get()
    assert task.current == turn
    assert (turn.state, turn.due, turn.first_due, turn.final) == (
        "given",
        date(2026, 12, 15),
        date(2026, 12, 15),
        False,
    )
    assert [one.agency for one in task.co.all()] == [there.health]  # the lead is not its own helper
    assert turn.steps.get().verb == "give"
    event = Event.objects.order_by("-seq").first()
    assert event is not None
    assert (event.verb, event.subject) == ("task.give", "task:NV-000001")


def test_many_communes_get_the_same_task_each_with_its_own_head(there: Office) -> None:
    units = [there.home, places.unit_by_code(NEXT_DOOR, TODAY), places.unit_by_code(FAR_AWAY, TODAY)]
    tasks = actions.give_tasks(order=order(there, lead=there.wards), units=units, by=there.cast["an"], at=AT)
    assert [task.unit for task in tasks] == units
    assert [task.code for task in tasks] == ["NV-000001", "NV-000002", "NV-000003"]
    assert [task.post for task in tasks] == [there.heads["home"], None, None]
    assert all(task.from_above and task.giver_id is None for task in tasks)


def test_what_cannot_be_given_is_refused_with_every_reason_and_nothing_is_written(there: Office) -> None:
    wrong = order(there, title=" ", lead=there.wards, due=date(2026, 1, 1), budget=-1)
    with pytest.raises(StepRefused) as refused:
        actions.give_task(order=wrong, by=there.cast["an"], at=AT)
    assert {problem.field for problem in refused.value.problems} == {"title", "due", "budget", "units"}
    assert not Task.objects.exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"regime": "nd09", "grain": "week"}, "grain"),
        ({"regime": "lạ", "grain": "month"}, "regime"),
        ({"grain": "month"}, "grain"),
        ({"regime": "nd09", "grain": "month", "due": date(2026, 12, 1)}, "due"),
        ({"regime": "nd09", "grain": "month", "grace_days": -1}, "grace_days"),
        ({"regime": "nd09", "grain": "month", "ends": date(2026, 11, 5)}, "ends"),
    ],
)
def test_a_recurrence_that_cannot_be_is_refused(there: Office, given: dict[str, object], field: str) -> None:
    with pytest.raises(StepRefused) as refused:
        actions.give_task(order=order(there, **given), by=there.cast["an"], at=AT)
    assert field in {problem.field for problem in refused.value.problems}


@pytest.mark.parametrize("name", ["binh", "giang", "minh", "phuc", "oanh", "quan", "dung"])
def test_who_may_not_give_at_the_province_gives_nothing(there: Office, name: str) -> None:
    with pytest.raises(AccessRefused):
        actions.give_task(order=order(there), by=there.cast[name], at=AT)
    assert not Task.objects.exists()


def test_a_communes_leader_gives_in_the_commune_and_nowhere_else(there: Office) -> None:
    mine = actions.give_task(order=order(there, lead=there.wards), unit=there.home, by=there.cast["lan"], at=AT)
    assert mine.giver_id == there.home.pk
    with pytest.raises(AccessRefused):
        actions.give_task(
            order=order(there, lead=there.wards),
            unit=places.unit_by_code(NEXT_DOOR, TODAY),
            by=there.cast["lan"],
            at=AT,
        )


def test_everybody_with_the_permission_sees_the_provinces_tasks_and_only_their_own_communes(there: Office) -> None:
    whole = actions.give_task(order=order(there), by=there.cast["an"], at=AT)
    own = actions.give_task(order=order(there, lead=there.wards), unit=there.home, by=there.cast["an"], at=AT)
    seen = {
        name: set(visible_tasks(user.rights(DAY)).values_list("code", flat=True)) for name, user in there.cast.items()
    }
    both = {whole.code, own.code}
    assert seen["an"] == seen["binh"] == seen["lan"] == seen["giang"] == seen["minh"] == both
    assert seen["ha"] == seen["khoa"] == {whole.code}
    assert seen["chi"] == seen["thu"] == seen["oanh"] == seen["quan"] == seen["van"] == seen["dung"] == set()


def test_turns_of_recurring_work_come_once_for_each_period(there: Office) -> None:
    monthly = order(there, regime="nd09", grain="month", grace_days=5, starts=date(2026, 9, 1))
    task = actions.give_task(order=monthly, by=there.cast["an"], at=AT)
    dues = list(task.turns.order_by("seq").values_list("due", flat=True))
    assert dues == [date(2026, 9, 19), date(2026, 10, 19), date(2026, 11, 19), date(2026, 12, 19)]
    assert task.current == task.turns.get(seq=1)  # the earliest that is owed
    assert actions.open_turns(on=DAY, by=HOUSE, at=AT) == 0
    assert actions.open_turns(on=date(2027, 2, 1), by=HOUSE, at=AT) == 2
    assert actions.open_turns(on=date(2027, 2, 1), by=HOUSE, at=AT) == 0
    assert list(task.turns.order_by("seq").values_list("label", flat=True))[-1] == "Tháng 2 năm 2027"
    assert set(Turn.objects.values_list("seq", flat=True)) == set(range(1, 7))


def test_turns_stop_at_the_end_and_with_the_task(there: Office) -> None:
    short = order(there, regime="calendar", grain="quarter", starts=date(2026, 1, 1), ends=date(2026, 6, 30))
    task = actions.give_task(order=short, by=there.cast["an"], at=AT)
    assert task.turns.count() == 2
    other = actions.give_task(order=order(there, regime="nd09", grain="month"), by=there.cast["an"], at=AT)
    Task.objects.filter(pk=other.pk).update(state=Task.State.ENDED)
    assert actions.open_turns(on=date(2027, 6, 1), by=HOUSE, at=AT) == 0


def test_work_that_begins_later_is_there_before_it_begins(there: Office) -> None:
    later = order(there, regime="calendar", grain="month", starts=date(2027, 3, 10))
    task = actions.give_task(order=later, by=there.cast["an"], at=AT)
    assert task.turns.get().due == date(2027, 3, 31)
    assert actions.open_turns(on=date(2027, 3, 31), by=HOUSE, at=AT) == 0
    assert actions.open_turns(on=date(2027, 4, 1), by=HOUSE, at=AT) == 1


def _duty(there: Office, **given: object) -> Duty:
    plan, _made = Plan.objects.get_or_create(code="kh", defaults={"name": "KH", "created_by": "an", "created_at": AT})
    version, _made = Version.objects.get_or_create(
        plan=plan,
        seq=1,
        defaults={"state": "in_force", "in_force_from": date(2026, 1, 1), "read_by": "an", "read_at": AT},
    )
    clause = Clause.objects.create(
        version=version, position=version.clauses.count(), path=f"I.{version.clauses.count()}", text="Một câu."
    )
    values: dict[str, object] = {"title": "Việc", "words": "Việc", "lead": there.police, "status": "accepted"}
    return Duty.objects.create(clause=clause, **values | given)


def test_duties_become_tasks_once(there: Office) -> None:
    duty = _duty(there, due=date(2026, 12, 15))
    duty.others.set([there.health])
    (task,) = actions.make_from_duties(duties=[duty], by=there.cast["an"], at=AT)
    assert (task.lead, task.due, task.duty, task.plan) == (there.police, duty.due, duty, duty.clause.version.plan)
    assert [one.clause_id for one in task.for_clauses.all()] == [duty.clause_id]
    assert [one.agency for one in task.co.all()] == [there.health]
    assert actions.make_from_duties(duties=[duty], by=there.cast["an"], at=AT) == []


def test_a_duty_of_the_communes_is_guided_from_the_province_and_carried_out_in_each(there: Office) -> None:
    duty = _duty(there, level="commune", lead=there.wards, regime="nd09", grain="quarter")
    above, *below = actions.make_from_duties(duties=[duty], by=there.cast["an"], at=AT)
    assert above.unit is None
    assert above.lead == there.police
    assert {task.unit_id for task in below} == {one.id for one in places.area_places(DAY)}
    assert {task.lead_id for task in below} == {there.wards.pk}
    assert {task.parent_id for task in below} == {above.pk}
    assert all(task.from_above for task in below)


def test_a_duty_nobody_looked_at_or_nobody_leads_makes_no_task(there: Office) -> None:
    assert actions.make_from_duties(duties=[_duty(there, status="found")], by=there.cast["an"], at=AT) == []
    good, bad = _duty(there), _duty(there, lead=None, lead_name="Sở Lạ")
    with pytest.raises(StepRefused, match="Sở Lạ"):
        actions.make_from_duties(duties=[good, bad], by=there.cast["an"], at=AT)
    assert not Task.objects.exists()


def test_the_successor_does_the_work_of_an_agency_that_is_gone(there: Office) -> None:
    there.health.valid_to, there.health.successor = date(2025, 3, 1), there.police
    there.health.save()
    (task,) = actions.make_from_duties(duties=[_duty(there, lead=there.health)], by=there.cast["an"], at=AT)
    assert task.lead == there.police
    with pytest.raises(StepRefused, match="Công an tỉnh"):
        actions.give_task(order=order(there, lead=there.health), by=there.cast["an"], at=AT)


def test_a_task_is_carried_down_to_communes_once(there: Office) -> None:
    above = actions.give_task(order=order(there, due=date(2026, 12, 15)), by=there.cast["an"], at=AT)
    units = [there.home, places.unit_by_code(NEXT_DOOR, TODAY)]
    below = actions.cascade(
        task=above, units=units, lead=there.wards, words="Làm theo hướng dẫn 5", by=there.cast["an"], at=AT
    )
    assert [(task.unit, task.parent, task.due, task.words) for task in below] == [
        (unit, above, above.due, "Làm theo hướng dẫn 5") for unit in units
    ]
    again = actions.cascade(task=above, units=units, lead=there.wards, by=there.cast["an"], at=AT + timedelta(days=1))
    assert again == []


def test_five_thousand_recurring_tasks_get_their_turns_in_few_queries(
    there: Office, django_assert_max_num_queries: object
) -> None:
    monthly = order(there, lead=there.wards, regime="nd09", grain="month")
    units = [places.unit_by_code(one.code, TODAY) for one in places.area_places(DAY)][:30]
    actions.give_tasks(order=monthly, units=units, by=there.cast["an"], at=AT)
    with django_assert_max_num_queries(25):  # type: ignore[operator]
        assert actions.open_turns(on=date(2027, 1, 1), by=HOUSE, at=datetime(2027, 1, 1, tzinfo=UTC)) == len(units)
