"""The way of a transformation plan, how faithfully it was carried out, and what may be said of its effect."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from diaban.catalogue.transformation_loader import table_on, versions
from diaban.core.lifecycle import StepRefused
from diaban.core.transformation import (
    Given,
    Idea,
    Judgement,
    Kept,
    Need,
    PlanError,
    Reviewed,
    Standing,
    Turn,
    fidelity,
    kept,
    verdict_of,
)
from diaban.core.transformation.effect import ORDER

TODAY = date(2026, 11, 23)
TABLE = table_on(TODAY)
EVERYTHING = Given(document="1/KH", reason="vì thế", tasks=1, maintenance_tasks=1, class_lowered=True, maintained=True)


def test_the_catalogue_is_sound() -> None:
    for version in versions():
        assert version.opening == "draft"
        assert {"prepare", "peak", "consolidate", "maintain"} == {one.code for one in version.phases}
        assert [one.code for one in version.phases if one.maintains] == ["maintain"]
        assert {one.part for one in version.prompts} == {"scan", "analyse", "respond", "assess"}
        assert "do đơn vị đặt" in version.reference
    assert table_on(date(1990, 1, 1)) is versions()[0]


def test_no_plan_ends_as_done_without_a_lower_class() -> None:
    for move in TABLE.moves:
        if TABLE.state(move.target).final:
            assert Need.CLASS_LOWERED in move.needs or Need.REASON in move.needs
    end = TABLE.move("end")
    with pytest.raises(PlanError, match="without a lower class"):
        replace(TABLE, moves=(replace(end, needs=frozenset({Need.DOCUMENT})),))
    with pytest.raises(PlanError, match="trạng thái lạ"):
        replace(TABLE, moves=(replace(end, target="x"),))
    with pytest.raises(PlanError, match="leaves a final"):
        replace(TABLE, moves=(replace(end, sources=("ended",)),))
    with pytest.raises(PlanError, match="named twice"):
        replace(TABLE, phases=TABLE.phases * 2)
    with pytest.raises(PlanError, match="unknown phases"):
        replace(TABLE, ideas=(Idea("x", "a", "b", "c"),))


def test_every_reason_is_told_at_once() -> None:
    with pytest.raises(StepRefused) as caught:
        TABLE.take("draft", "approve", Given(unanswered=("Vì sao",), undated=("Cao điểm",)))
    assert [one.field for one in caught.value.problems] == ["document", "", ""]
    assert "Vì sao" in str(caught.value)
    with pytest.raises(StepRefused, match="lúc này: Duyệt kế hoạch"):
        TABLE.take("draft", "begin", EVERYTHING)
    with pytest.raises(StepRefused, match="không có"):
        TABLE.take("ended", "begin", EVERYTHING)


@pytest.mark.parametrize("need", list(Need))
def test_each_need_is_asked_for_by_itself(need: Need) -> None:
    lacking = {
        Need.DOCUMENT: {"document": " "},
        Need.REASON: {"reason": ""},
        Need.ANALYSIS: {"unanswered": ("a",)},
        Need.PHASES: {"undated": ("a",)},
        Need.TASKS: {"tasks": 0},
        Need.MAINTENANCE_TASKS: {"maintenance_tasks": 0},
        Need.CLASS_LOWERED: {"class_lowered": False},
        Need.MAINTAINED: {"maintained": False},
    }[need]
    asking = [move for move in TABLE.moves if need in move.needs]
    assert asking
    for move in asking:
        assert TABLE.take(move.sources[0], move.verb, EVERYTHING).code == move.target
        with pytest.raises(StepRefused):
            TABLE.take(move.sources[0], move.verb, replace(EVERYTHING, **lacking))  # type: ignore[arg-type]


class Plan(RuleBasedStateMachine):
    """Any steps in any order: what has ended as done had a lower class then, and nothing leaves an end."""

    def __init__(self) -> None:
        super().__init__()
        self.state, self.told = TABLE.opening, [TABLE.opening]
        self.lowered_at_end = False
        self.approved = False

    @rule(
        verb=st.sampled_from([move.verb for move in TABLE.moves]),
        lowered=st.booleans(),
        full=st.booleans(),
    )
    def step(self, verb: str, lowered: bool, full: bool) -> None:
        given_now = replace(EVERYTHING if full else Given(document="1"), class_lowered=lowered)
        try:
            after = TABLE.take(self.state, verb, given_now).code
        except StepRefused:
            return
        assert not TABLE.state(self.state).final
        if verb == "begin":
            assert self.approved
        self.approved = verb == "approve" or (self.approved and verb != "rework")
        self.lowered_at_end = after == "ended" and lowered
        self.state = after
        self.told.append(after)

    @invariant()
    def ended_means_lowered(self) -> None:
        if self.state == "ended":
            assert self.lowered_at_end
            assert "maintaining" in self.told


TestPlan = Plan.TestCase

# Fidelity


@pytest.mark.parametrize(
    ("turn", "told"),
    [
        (Turn(TODAY, "done", TODAY), Kept.ON_TIME),
        (Turn(TODAY, "done", TODAY + timedelta(1)), Kept.LATE),
        (Turn(None, "done", TODAY), Kept.ON_TIME),
        (Turn(TODAY, "reported", TODAY), Kept.UNCONFIRMED),
        (Turn(TODAY - timedelta(1), "doing", None), Kept.NOT_DONE),
        (Turn(TODAY - timedelta(1), "sent_back", TODAY - timedelta(2)), Kept.NOT_DONE),
        (Turn(TODAY, "doing", None), Kept.AHEAD),
        (Turn(None, "given", None), Kept.AHEAD),
        (Turn(TODAY - timedelta(9), "dropped", None), Kept.DROPPED),
    ],
)
def test_what_became_of_a_turn(turn: Turn, told: Kept) -> None:
    assert kept(turn, TODAY) is told


def test_a_word_said_is_not_work_done() -> None:
    said = [Turn(TODAY, "reported", TODAY)] * 5
    found = fidelity(said, TODAY, least_due=3, good=800)
    assert (found.share, found.judgement) == (0.0, Judgement.LOW)


def test_nothing_is_judged_before_something_is_due() -> None:
    assert fidelity([], TODAY, least_due=0, good=0).judgement is Judgement.TOO_FEW
    assert fidelity([], TODAY, least_due=3, good=800).share is None
    done = [Turn(TODAY, "done", TODAY)]
    assert fidelity(done * 2, TODAY, least_due=3, good=800).judgement is Judgement.TOO_FEW
    assert fidelity(done * 3, TODAY, least_due=3, good=800).judgement is Judgement.ENOUGH
    late = Turn(TODAY - timedelta(1), "doing", None)
    assert fidelity([*done * 4, late], TODAY, least_due=3, good=800).judgement is Judgement.ENOUGH  # exactly 80 %
    assert fidelity([*done * 4, late, late], TODAY, least_due=3, good=800).judgement is Judgement.LOW


TURNS = st.lists(
    st.builds(
        Turn,
        st.none() | st.dates(date(2026, 1, 1), date(2027, 1, 1)),
        st.sampled_from(["given", "doing", "reported", "sent_back", "done", "dropped"]),
        st.none() | st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    )
)


@given(TURNS, st.dates(date(2026, 1, 1), date(2027, 1, 1)), st.integers(0, 5), st.integers(0, 1000))
def test_every_turn_is_counted_once(turns: list[Turn], on: date, least: int, good: int) -> None:
    found = fidelity(turns, on, least_due=least, good=good)
    assert found.owed + found.ahead + found.dropped == len(turns)
    assert found.share is None or 0 <= found.share <= 1
    more = fidelity([*turns, Turn(on, "done", on)], on, least_due=least, good=good)
    assert (more.share or 0) >= (found.share or 0)
    if found.judgement is Judgement.ENOUGH:
        assert more.judgement is Judgement.ENOUGH


# Effect


def test_only_a_lighter_class_of_a_later_review_counts() -> None:
    assert verdict_of(2025, "I", []) is Standing.WAITING
    assert verdict_of(2025, "I", [Reviewed(2025, "III"), Reviewed(2024, "III")]) is Standing.WAITING
    assert verdict_of(2025, "I", [Reviewed(2026, "")]) is Standing.WAITING
    assert verdict_of(2025, "I", [Reviewed(2026, "II")]) is Standing.LOWERED
    assert verdict_of(2025, "II", [Reviewed(2026, "II")]) is Standing.SAME
    assert verdict_of(2025, "II", [Reviewed(2026, "I")]) is Standing.RAISED
    assert verdict_of(2025, "II", [Reviewed(2027, "II"), Reviewed(2026, "none")]) is Standing.RETURNED
    assert verdict_of(2025, "unknown", [Reviewed(2026, "free")]) is Standing.UNKNOWN


@given(
    st.sampled_from(ORDER),
    st.lists(st.builds(Reviewed, st.integers(2020, 2030), st.sampled_from([*ORDER, "", "unknown"]))),
)
def test_success_is_the_newest_decided_class(baseline: str, reviews: list[Reviewed]) -> None:
    reviews = list({one.year: one for one in reviews}.values())
    found = verdict_of(2025, baseline, reviews)
    later = [one for one in reviews if one.year > 2025 and one.decided in ORDER]
    newest = max(later, key=lambda one: one.year, default=None)
    assert (found is Standing.LOWERED) == (newest is not None and ORDER.index(newest.decided) > ORDER.index(baseline))
    assert (found is Standing.WAITING) == (newest is None)
