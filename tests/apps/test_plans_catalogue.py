"""Plans of the catalogue taken over; what keeps a plan from being carried out; who sees which plan."""

from __future__ import annotations

from datetime import date

import pytest
from plans_cast import AT, TEXT, small

from cast import play, play_all
from diaban.adapters.clock import now
from diaban.apps.access import AccessRefused, House, rights_at
from diaban.apps.agencies.models import Agency
from diaban.apps.audit.models import Event
from diaban.apps.places import actions as place_actions
from diaban.apps.plans import actions, queries
from diaban.apps.plans.models import Clause, Duty, Mark, Plan, Target, Version
from diaban.apps.plans.refusals import NotReady, Refused
from diaban.apps.plans.spans import spans

pytestmark = pytest.mark.django_db
HOUSE = House("thử")
__all__ = ["small"]


@pytest.fixture
def loaded(small: object) -> Plan:
    Agency.objects.create(code="cat", name="Công an tỉnh", level="province", line="police")
    return actions.load_from_catalogue(code="kh-nho", by=HOUSE, at=AT)


def test_a_plan_of_the_catalogue_is_in_force_with_everything_in_it(loaded: Plan) -> None:
    version = loaded.versions.get()
    assert (version.state, version.in_force_from, version.number) == ("in_force", date(2022, 11, 4), "12/KH-UBND")
    assert loaded.ends == date(2025, 12, 31)
    assert loaded.name == "12/KH-UBND (2022–2025)"
    assert list(version.clauses.order_by("position").values_list("path", flat=True)) == [
        "I", "I.1", "I.2", "II", "II.-1",
    ]  # fmt: skip
    clause = version.clauses.get(path="I.1")
    assert version.text[clause.first_char : clause.last_char].split() == clause.text.split()
    assert [one.kind for one in clause.targets.order_by("pk")] == ["zero", "floor_strict"]
    duty = Duty.objects.get()
    assert (duty.regime, duty.grain, duty.level) == ("nd09", "month", "commune")
    assert duty.lead is not None
    assert duty.other_names == ["Sở Không Có"]  # not in the register: kept as the text has it
    assert [one.path for one in duty.also.all()] == ["I.2"]
    assert "bị cắt sau II" in version.notes[0]
    assert [event.verb for event in Event.objects.order_by("seq")][-2:] == ["plan.load", "plan.force"]


def test_a_plan_is_taken_over_once(loaded: Plan) -> None:
    with pytest.raises(Refused, match="đã có"):
        actions.load_from_catalogue(code="kh-nho", by=HOUSE, at=AT)
    with pytest.raises(Refused, match="không có kế hoạch"):
        actions.load_from_catalogue(code="khong-co", by=HOUSE, at=AT)


def test_a_draft_with_gaps_is_not_put_in_force_and_says_them_all(loaded: Plan) -> None:
    version = loaded.versions.get()
    Version.objects.filter(pk=version.pk).update(state="draft", number="", in_force_from=None)
    Target.objects.update(status=Mark.REJECTED)
    Clause.objects.filter(path="II").update(status=Mark.FOUND)
    with pytest.raises(NotReady) as refused:
        actions.put_in_force(version=version, by=HOUSE, at=AT)
    paths = {one.pk: one.path for one in version.clauses.all()}
    assert [(paths.get(gap.piece or 0, ""), gap.code) for gap in refused.value.gaps] == [
        ("", "head"), ("I.1", "unsettled"), ("II", "unseen"),
    ]  # fmt: skip
    version.refresh_from_db()
    assert version.state == "draft"


def test_who_sees_which_plan(loaded: Plan) -> None:
    place_actions.load_catalogue(by=HOUSE, at=AT)
    cast = play_all()
    home = Plan.objects.create(code="xa", name="KH xã", unit=cast["binh"].unit, created_by="x", created_at=AT)
    seen = {
        name: set(queries.visible_plans(rights_at(user, now())).values_list("code", flat=True))
        for name, user in cast.items()
    }
    both = {loaded.code, home.code}
    assert seen["an"] == seen["giang"] == seen["minh"] == seen["binh"] == seen["lan"] == both
    assert seen["ha"] == seen["khoa"] == {loaded.code}
    assert seen["chi"] == seen["thu"] == seen["dung"] == seen["quan"] == set()


def test_only_who_keeps_plans_takes_one_over(small: object) -> None:
    place_actions.load_catalogue(by=HOUSE, at=AT)
    for name in ("lan", "giang", "minh", "binh"):
        with pytest.raises(AccessRefused):
            actions.load_from_catalogue(code="kh-nho", by=play(name), at=AT)
    assert actions.load_from_catalogue(code="kh-nho", by=play("an"), at=AT).code == "kh-nho"


def test_spans_find_sentences_across_line_breaks_and_say_when_there_are_none() -> None:
    found = spans(TEXT, ["MỤC TIÊU", "không có trong văn bản", "Nâng cao nhận thức."])
    assert found[1] is None
    assert [TEXT[one[0] : one[1]] for one in found if one] == ["MỤC TIÊU", "Nâng cao nhận thức."]
    assert spans("", ["gì đó"]) == [None]
