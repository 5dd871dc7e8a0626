"""Editing a draft in the database: every act is kept, and taken back exactly, several steps in a row."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from plans_cast import AT, SMALL, small

from cast import play
from diaban.apps.access import AccessRefused, House
from diaban.apps.agencies.models import Agency
from diaban.apps.audit.models import Event
from diaban.apps.places import actions as place_actions
from diaban.apps.plans import actions
from diaban.apps.plans.actions.editing import edit, undo
from diaban.apps.plans.drafts import draft_of
from diaban.apps.plans.models import Clause, Duty, Indicator, Plan, Target, Version
from diaban.apps.plans.refusals import Refused
from diaban.apps.plans.saving import apply, tables_of, write_new
from diaban.core import drafting
from diaban.core.drafting import Draft, Goal, Named, Piece

__all__ = ["small"]
HOUSE = House("thử")


def fresh(draft: Draft | None = None) -> Version:
    """Return a draft version in the tables."""
    plan = Plan.objects.create(code="thu", name="KH thử", created_by="x", created_at=AT)
    version = Version.objects.create(plan=plan, seq=1, read_by="x", read_at=AT, text="một hai ba")
    write_new(version, draft or pieces())
    return version


def pieces() -> Draft:
    police, figure = Agency.objects.get(code="cat"), Indicator.objects.get(code="diem")
    return Draft(
        (
            Piece(-1, None, "I", "MỤC TIÊU", "I.", heading=True),
            Piece(-2, -1, "1", "Không để phát sinh điểm mới; trên 80% người được tư vấn", "1.",
                  goals=(Goal(-11, "zero", "điểm mới", figure.pk), Goal(-12, "floor", "trên 80%", value=Decimal(80)))),
            Piece(-3, -1, "2", "Rà soát điểm; báo cáo", "2.", named=(Named(police.pk, "Công an tỉnh", "Rà soát", -21),),
                  duties=(drafting.Duty(-31, "Rà soát", "Rà soát", police.pk, others=(police.pk,), also=(-2,)),)),
            Piece(-4, -3, "-1", "Hằng tháng", "-"),
            Piece(-5, None, "II", "TỔ CHỨC", "II.", heading=True),
        )
    )  # fmt: skip


def registers() -> None:
    Agency.objects.create(code="cat", name="Công an tỉnh", level="province", line="police")
    Indicator.objects.create(code="diem", title="Điểm", measure="điểm", kind="flow", source="declared")


def state(version: Version) -> Any:
    return tables_of(draft_of(version))


ACTS = ("split", "merge", "move_in", "move_out", "remove", "add", "accept", "certain", "measure", "goal", "duty")


def change(name: str, number: int, draft: Draft, share: float) -> Any:
    """Return the act `name` on piece `number`."""
    piece = draft.piece(number)
    goal, duty = next(iter(piece.goals), None), next(iter(piece.duties), None)
    return {
        "split": partial(drafting.split, number=number, at=round(share * len(piece.text)), source="một hai ba"),
        "merge": partial(drafting.merge, number=number),
        "move_in": partial(drafting.move_in, number=number),
        "move_out": partial(drafting.move_out, number=number),
        "remove": partial(drafting.remove, number=number, whole=share > 0.5),
        "add": partial(drafting.add_after, number=number, text="mới", mark="-"),
        "accept": partial(drafting.accept, number=number),
        "certain": drafting.accept_certain,
        "measure": partial(drafting.not_measured, number=number, reason="định hướng chung"),
        "goal": partial(drafting.put_goal, number=number, goal=goal or Goal(0, "zero", "mới", value=Decimal("1.5"))),
        "duty": partial(drafting.put_duty, number=number, duty=duty or drafting.Duty(0, "Mới", "mới", also=(number,))),
    }[name]


class TestEditing(TestCase):
    """Whatever is done in whatever order, undoing brings back every row, with its id."""

    def setUp(self) -> None:
        registers()

    @given(st.lists(st.tuples(st.sampled_from(ACTS), st.floats(0, 0.99), st.floats(0, 1)), min_size=1, max_size=6))
    @settings(max_examples=25, deadline=None)
    def test_undo_restores_exactly(self, acts: list[tuple[str, float, float]]) -> None:
        version = fresh()
        states = [state(version)]
        for name, place, share in acts:
            draft = draft_of(version)
            number = draft.pieces[int(place * len(draft.pieces))].id
            try:
                with_act = change(name, number, draft, share)
                if len(draft.pieces) < 3 and name == "remove":
                    continue
                made = edit(version=version, act=name, change=with_act, by=HOUSE, at=AT, clause=number)
            except Refused:
                continue
            if made is None:
                continue
            paths = [one.path for one in version.clauses.order_by("position")]
            assert len(set(paths)) == len(paths)
            states.append(state(version))
        for before in reversed(states[:-1]):
            undo(version=version, by=HOUSE, at=AT)
            assert state(version) == before
        with pytest.raises(Refused, match="Không còn thao tác"):
            undo(version=version, by=HOUSE, at=AT)


@pytest.fixture
def version(db: None) -> Version:
    registers()
    return fresh()


def number_of(version: Version, path: str) -> int:
    return version.clauses.get(path=path).pk


def test_an_act_is_kept_with_its_name_and_place(version: Version) -> None:
    number = number_of(version, "I.2")
    made = edit(version=version, act="move_out", change=partial(drafting.move_out, number=number), by=HOUSE, at=AT,
                clause=number)  # fmt: skip
    assert made is not None
    assert (made.seq, made.act, made.path) == (1, "move_out", "I.2")
    assert version.clauses.get(pk=number).path == "2"
    event = Event.objects.order_by("-seq").first()
    assert event is not None
    assert event.verb == "plan.edit"
    assert event.detail == {"version": 1, "act": "move_out", "path": "I.2"}


def test_an_act_that_changes_nothing_is_not_kept(version: Version) -> None:
    accept = partial(drafting.accept, number=number_of(version, "I"))
    assert edit(version=version, act="accept", change=accept, by=HOUSE, at=AT) is not None
    assert edit(version=version, act="accept", change=accept, by=HOUSE, at=AT) is None
    assert version.edits.count() == 1


def test_what_was_removed_comes_back_with_its_targets_and_tasks(version: Version) -> None:
    number = number_of(version, "I.2")
    remove = partial(drafting.remove, number=number, whole=True)
    edit(version=version, act="remove", change=remove, by=HOUSE, at=AT, clause=number)
    assert not Duty.objects.exists()
    undo(version=version, by=HOUSE, at=AT)
    duty = Duty.objects.get()
    assert duty.clause_id == number
    assert [one.path for one in duty.also.all()] == ["I.1"]
    assert duty.others.count() == 1


def test_a_clause_in_force_is_never_edited(version: Version) -> None:
    Version.objects.filter(pk=version.pk).update(state="in_force")
    with pytest.raises(Refused, match="bản sửa đổi"):
        edit(version=version, act="certain", change=drafting.accept_certain, by=HOUSE, at=AT)
    with pytest.raises(Refused, match="bản sửa đổi"):
        undo(version=version, by=HOUSE, at=AT)


def test_a_clause_that_somebody_removed_is_told(version: Version) -> None:
    number = number_of(version, "I.2")
    Clause.objects.filter(pk=number).delete()
    with pytest.raises(Refused, match="không còn"):
        edit(version=version, act="accept", change=partial(drafting.accept, number=number), by=HOUSE, at=AT,
             clause=number)  # fmt: skip


def test_a_refusal_names_its_field(version: Version) -> None:
    number = number_of(version, "I.1")
    split = partial(drafting.split, number=number, at=0)
    with pytest.raises(Refused) as refused:
        edit(version=version, act="split", change=split, by=HOUSE, at=AT, clause=number)
    assert refused.value.field == "at"


def test_only_who_keeps_the_plan_edits_it(version: Version) -> None:
    place_actions.load_catalogue(by=HOUSE, at=AT)
    lan, ha, an = play("lan"), play("ha"), play("an")
    for nobody in (lan, ha):
        with pytest.raises(AccessRefused):
            edit(version=version, act="certain", change=drafting.accept_certain, by=nobody, at=AT)
    assert edit(version=version, act="certain", change=drafting.accept_certain, by=an, at=AT) is not None
    Plan.objects.update(unit=lan.unit)
    version.refresh_from_db()
    assert undo(version=version, by=lan, at=AT).act == "certain"
    with pytest.raises(AccessRefused):
        edit(version=version, act="certain", change=drafting.accept_certain, by=ha, at=AT)


def test_targets_keep_their_values_through_an_edit(small: object, version: Version) -> None:
    plan = actions.load_from_catalogue(code=SMALL.key, by=HOUSE, at=AT)
    loaded = plan.versions.get()
    Version.objects.filter(pk=loaded.pk).update(state="draft")
    before = Target.objects.get(clause__version=loaded, kind="floor_strict").value
    number = number_of(loaded, "II.-1")
    edit(version=loaded, act="remove", change=partial(drafting.remove, number=number), by=HOUSE, at=AT)
    assert Target.objects.get(clause__version=loaded, kind="floor_strict").value == before == Decimal(80)
    assert version.clauses.count() == 5


def test_a_loose_clause_may_be_called_like_another_ones_number(version: Version) -> None:
    first, other = version.clauses.filter(parent=None).order_by("position")
    Clause.objects.filter(pk=first.pk).update(path=f"~{other.pk}")
    before = tables_of(draft_of(version))["clauses"][other.pk]
    apply(version, {"clauses": {str(other.pk): [before, {**before, "position": 90}]}})
    assert Clause.objects.get(pk=other.pk).position == 90
    assert Clause.objects.get(pk=first.pk).path == f"~{other.pk}"
