"""Proposing, appraising, deciding: three hands, reasons where they are owed, everything frozen and written down."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from apps.choosing_province import CALM, DAY, HEAVY, LIGHT, MIDDLE, NOW, province
from apps.localities_province import colleague, commune, declare
from cast import give, play
from diaban.apps.access import AccessRefused
from diaban.apps.accounts.models import User
from diaban.apps.audit.models import Event
from diaban.apps.choosing import actions, queries
from diaban.apps.choosing.actions import Pick, Refused
from diaban.apps.choosing.models import Choice, Dossier, WeightSet
from diaban.apps.choosing.queries.working import drift, working_of
from diaban.apps.localities.models import Cycle
from diaban.catalogue.choosing_loader import criteria_on
from diaban.core.choosing.dossier import ACTS, ActRefused, Hand, State, advance, permitted

World = tuple[Cycle, User]
WEIGHTS = criteria_on(DAY).weights


@pytest.fixture
def world(db: None) -> World:
    return province()


def uid(code: str) -> str:
    return str(commune(code).uid)


def proposed(world: World, *codes: str, **more: object) -> Dossier:
    cycle, by = world
    given_more: dict[str, object] = {"title": "Năm 2027", "picks": [Pick(uid(code)) for code in codes or (HEAVY,)]}
    return actions.propose(cycle=cycle, by=by, at=NOW, **(given_more | more))  # type: ignore[arg-type]


def decided(world: World, number: str = "7/QĐ-UBND", **more: object) -> Dossier:
    made = proposed(world, **more)
    made = actions.appraise(dossier=made, by=colleague("tham-dinh"), at=NOW)
    return actions.decide(dossier=made, number=number, date=DAY, by=colleague("quyet-dinh"), at=NOW)


def test_the_working_ranks_what_is_known_and_names_what_is_not(world: World) -> None:
    working = working_of(world[0], DAY, 2)
    lines = {line["uid"]: line for line in working["lines"]}
    assert len(lines) == 30
    heavy, middle = lines[uid(HEAVY)], lines[uid(MIDDLE)]
    assert (heavy["place"], heavy["raw"]["class"], heavy["raw"]["route"]) == (1, "I", "inter")
    assert heavy["raw"]["persons"] == "55"  # 110 of 20,000 residents, per 10,000
    assert middle["place"] == 2
    # No review of last year, nothing in the registers: missing, not zero.
    assert {"years", "points", "reformed", "reported"} <= set(heavy["missing"])
    silent = next(line for line in working["lines"] if line["raw"]["class"] is None)
    assert silent["place"] is None
    assert working["weights"] == WEIGHTS
    json.dumps(working)  # nothing in it that a database could not keep


def test_the_same_figures_give_the_same_digest(world: World) -> None:
    one, two = working_of(world[0], DAY, 2), working_of(world[0], DAY, 2)
    assert queries.digest_of(one) == queries.digest_of(two)
    declare(world[0], LIGHT, {"persons": 31}, world[1], NOW)
    assert queries.digest_of(working_of(world[0], DAY, 2)) != queries.digest_of(one)


def test_a_dossier_goes_through_three_hands(world: World) -> None:
    made = decided(world)
    assert (made.state, made.number, made.code) == ("decided", "7/QĐ-UBND", "LC-2026-01")
    assert len({made.proposed_by, made.appraised_by, made.decided_by}) == 3
    assert [step.to_state for step in made.steps.order_by("seq")] == ["proposed", "appraised", "decided"]
    assert made.digest == queries.digest_of(made.working)
    verbs = list(Event.objects.filter(subject=f"choice:{made.code}").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["choice.submit", "choice.appraise", "choice.decide"]


def test_a_chosen_commune_stands_beside_one_to_compare_with(world: World) -> None:
    choice = proposed(world).choices.get()
    assert choice.comparison is not None
    assert choice.comparison.uid in {uid(MIDDLE), uid(LIGHT), uid(CALM)}
    assert not choice.deviates
    other = proposed(world, picks=[Pick(uid(HEAVY), other=uid(CALM))]).choices.get()
    assert other.comparison == commune(CALM)


def test_a_chosen_commune_is_not_compared_with_a_chosen_one(world: World) -> None:
    with pytest.raises(Refused, match="so sánh phải là một xã khác"):
        proposed(world, picks=[Pick(uid(HEAVY), other=uid(MIDDLE)), Pick(uid(MIDDLE))])


def test_departing_from_the_ranking_owes_reasons_all_told_at_once(world: World) -> None:
    with pytest.raises(Refused) as caught:
        proposed(world, picks=[Pick(uid(CALM))])
    assert {field for field, _sentence in caught.value.problems} == {f"reason_{uid(CALM)}", f"passed_{uid(HEAVY)}"}
    assert not Dossier.objects.exists()
    made = proposed(world, picks=[Pick(uid(CALM), "Theo chỉ đạo")], passed={uid(HEAVY): "Đang sáp nhập"})
    roles = {(one.unit.uid, one.role, one.deviates, one.reason) for one in made.choices.select_related("unit")}
    assert roles == {
        (uid(CALM), "chosen", True, "Theo chỉ đạo"),
        (uid(HEAVY), "passed", True, "Đang sáp nhập"),
    }


@pytest.mark.parametrize(
    ("given_more", "said"),
    [
        ({"title": " "}, "Cần đặt tên"),
        ({"picks": []}, "Chưa chọn địa bàn nào"),
        ({"picks": [Pick("0@2025-07-01")]}, "Không có đơn vị"),
    ],
)
def test_a_proposal_is_checked(world: World, given_more: dict[str, object], said: str) -> None:
    with pytest.raises(Refused, match=said):
        proposed(world, **given_more)
    with pytest.raises(Refused, match="hai lần"):
        proposed(world, picks=[Pick(uid(HEAVY)), Pick(uid(HEAVY))])


def test_nobody_judges_their_own(world: World) -> None:
    made = proposed(world)
    with pytest.raises(AccessRefused):
        actions.appraise(dossier=made, by=world[1], at=NOW)
    appraiser = colleague("tham-dinh")
    made = actions.appraise(dossier=made, by=appraiser, at=NOW)
    for hand in (world[1], appraiser):
        with pytest.raises(AccessRefused):
            actions.decide(dossier=made, number="1/QĐ", date=DAY, by=hand, at=NOW)


def test_roles_have_their_part_and_no_other(world: World) -> None:
    binh, lan, an, minh, giang = (play(name) for name in ("binh", "lan", "an", "minh", "giang"))
    for person in (binh, lan, minh, giang):
        with pytest.raises(AccessRefused):
            proposed((world[0], person))
    made = proposed((world[0], an))
    for person in (binh, lan, minh, giang, an):
        with pytest.raises(AccessRefused):
            actions.appraise(dossier=made, by=person, at=NOW)
    second = give(User.objects.create(username="ân", date_joined=NOW), "provincial_police")
    made = actions.appraise(dossier=made, by=second, at=NOW)
    assert actions.decide(dossier=made, number="1/QĐ", date=DAY, by=minh, at=NOW).state == "decided"


def test_a_returned_dossier_is_made_anew_on_todays_figures(world: World) -> None:
    made = proposed(world)
    before = made.digest
    with pytest.raises(Refused, match="ý kiến"):
        actions.send_back(dossier=made, note=" ", by=colleague("tham-dinh"), at=NOW)
    made = actions.send_back(dossier=made, note="Thiếu số liệu", by=colleague("tham-dinh"), at=NOW)
    declare(world[0], HEAVY, {"persons": 120}, world[1], NOW)
    made = actions.revise(dossier=made, title="Lại", picks=[Pick(uid(HEAVY))], by=world[1], at=NOW)
    assert (made.state, made.title, made.appraised_by) == ("proposed", "Lại", "")
    assert made.digest != before
    assert made.choices.count() == 1


def test_what_moved_since_is_said(world: World) -> None:
    made = proposed(world)
    assert not drift(made.working, working_of(world[0], DAY, 1))
    declare(world[0], HEAVY, {"persons": 0, "points": 0, "arrested": 0, "route": "none"}, world[1], NOW)
    moved = drift(made.working, working_of(world[0], DAY, 1))
    assert (moved.gone, moved.come) == (("Phường Vũng Tàu",), ("Phường Tam Thắng",))
    actions.set_weights(weights=WEIGHTS | {"class": 1}, effective_from=DAY, document="1/BB", by=world[1], at=NOW)
    assert drift(made.working, working_of(world[0], DAY, 1)).weights_changed
    assert made.working["weights"] == WEIGHTS  # what is kept is kept


@pytest.mark.parametrize(
    ("number", "day", "said"),
    [
        (" ", DAY, "Thiếu số quyết định"),
        ("1/QĐ", date(2026, 11, 22), "tương lai"),
        ("1/QĐ", date(2025, 12, 14), "trước ngày đầu"),
    ],
)
def test_a_decision_has_a_number_and_a_day(world: World, number: str, day: date, said: str) -> None:
    made = actions.appraise(dossier=proposed(world), by=colleague("tham-dinh"), at=NOW)
    with pytest.raises(Refused, match=said):
        actions.decide(dossier=made, number=number, date=day, by=colleague("quyet-dinh"), at=NOW)


def test_only_a_decided_dossier_is_superseded_and_once(world: World) -> None:
    old = decided(world)
    one, two = proposed(world, supersedes=old), proposed(world, supersedes=old)
    for made in (one, two):
        actions.appraise(dossier=made, by=colleague("tham-dinh"), at=NOW)
    actions.decide(dossier=one, number="8/QĐ", date=DAY, by=colleague("quyet-dinh"), at=NOW)
    old.refresh_from_db()
    assert old.state == "superseded"
    with pytest.raises(Refused, match="đã bị một hồ sơ khác thay thế"):
        actions.decide(dossier=two, number="9/QĐ", date=DAY, by=colleague("quyet-dinh"), at=NOW)
    with pytest.raises(Refused, match="Chỉ thay thế được"):
        proposed(world, supersedes=old)


def test_weights_are_set_from_a_day_by_a_document(world: World) -> None:
    cycle, by = world
    with pytest.raises(Refused) as caught:
        actions.set_weights(weights=WEIGHTS | {"class": 101}, effective_from=DAY, document="", by=by, at=NOW)
    assert [field for field, _sentence in caught.value.problems] == ["", "document"]
    other = WEIGHTS | {"class": 0, "persons": 60}
    actions.set_weights(weights=other, effective_from=date(2026, 12, 1), document="45/BB-BCĐ", by=by, at=NOW)
    assert queries.weights_on(DAY).document == ""
    held = queries.weights_on(date(2026, 12, 1))
    assert (held.weights, held.document) == (other, "45/BB-BCĐ")
    assert working_of(cycle, DAY, 1)["weights"] == WEIGHTS
    assert WeightSet.objects.get().recorded_by == by.get_username()
    with pytest.raises(AccessRefused):
        actions.set_weights(weights=other, effective_from=DAY, document="1", by=play("binh"), at=NOW)


def test_the_database_keeps_the_sentences_too(world: World) -> None:
    made = proposed(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        Dossier.objects.filter(pk=made.pk).update(state="decided")
    with pytest.raises(IntegrityError), transaction.atomic():
        Choice.objects.filter(dossier=made).update(deviates=True)


# The table of acts, and walks through it


class Walk(RuleBasedStateMachine):
    """`told` is a plain account of the hands on the present proposal, kept beside the table."""

    def __init__(self) -> None:
        super().__init__()
        self.state = State.PROPOSED
        self.hands: dict[Hand, str] = {Hand.PROPOSER: "p0"}
        self.decided = 0

    @rule(name=st.sampled_from(sorted(ACTS)), who=st.sampled_from(["p0", "a", "b", "c"]))
    def act(self, name: str, who: str) -> None:
        act = ACTS[name]
        if self.state not in act.sources:
            with pytest.raises(ActRefused):
                advance(self.state, name)
            return
        if any(self.hands.get(hand) == who for hand in act.apart_from):
            return  # the policy stops it: `submitted_by`
        self.state = advance(self.state, name)
        if name in ("revise", "send_back"):
            self.hands.pop(Hand.APPRAISER, None)
        if name in ("revise", "appraise", "decide"):
            self.hands[act.hand] = who
        self.decided += name == "decide"

    @precondition(lambda self: self.state is State.DECIDED)
    @invariant()
    def three_people_decided(self) -> None:
        assert len({self.hands[hand] for hand in Hand}) == 3

    @invariant()
    def a_decision_is_the_end(self) -> None:
        assert self.decided <= 1
        if self.state in (State.DECIDED, State.WITHDRAWN, State.SUPERSEDED):
            assert permitted(self.state) == ()


TestWalk = Walk.TestCase


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(sorted(ACTS)), st.integers(0, 2)), max_size=7))
def test_any_walk_of_the_acts_keeps_the_account(world: World, walk: list[tuple[str, int]]) -> None:
    people = [world[1], colleague("tham-dinh"), colleague("quyet-dinh")]
    with transaction.atomic():
        made = proposed(world)
        accepted = ["propose"]
        for name, who in walk:
            more: dict[str, object] = {"note": "vì thế"}
            if name == "decide":
                more |= {"number": "1/QĐ", "date": DAY}
            if name == "revise":
                more |= {"title": "Lại", "picks": [Pick(uid(HEAVY))]}
            before = Dossier.objects.get(pk=made.pk)
            try:
                getattr(actions, name)(dossier=made, by=people[who], at=NOW, **more)
            except (Refused, AccessRefused):
                after = Dossier.objects.get(pk=made.pk)
                assert (after.state, after.digest) == (before.state, before.digest)
            else:
                accepted.append(name)
        made.refresh_from_db()
        assert [step.verb for step in made.steps.order_by("seq")] == accepted
        assert made.steps.latest("seq").to_state == made.state
        if made.state == State.DECIDED:
            assert len({made.proposed_by, made.appraised_by, made.decided_by}) == 3
        transaction.set_rollback(True)
