"""The table of steps of a task: sound by construction, and never ended by whoever does the work alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from diaban.catalogue.steps_loader import steps, versions
from diaban.core.lifecycle import StepRefused
from diaban.core.lifecycle.steps import Given, Move, Need, Part, Stage, StepsError

TABLE = steps(date(2026, 11, 20))
VERBS = [move.verb for move in TABLE.moves if move.sources]


def test_every_version_of_the_catalogue_is_sound_and_says_where_it_is_from() -> None:
    assert [one.version for one in versions("task")] == sorted({one.version for one in versions("task")})
    assert all(one.reference for one in versions("task"))
    assert steps(date(1999, 1, 1)) is versions("task")[0]


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"states": (*TABLE.states, TABLE.states[0])}, "lặp"),
        ({"states": (*TABLE.states, Stage("lost", "Lạc", ""))}, "không tới được"),
        ({"moves": (*TABLE.moves, Move("strange", "Lạ", ("nowhere",), "done", Part.CONFIRMS))}, "lạ"),
        ({"moves": (*TABLE.moves, Move("again", "Giao nữa", (), "given", Part.ASSIGNS))}, "mở đầu"),
        ({"moves": (*TABLE.moves, Move("end", "Tự xong", ("doing",), "done", Part.CARRIES_OUT,
                                       frozenset({Need.REASON})))}, "tự kết thúc"),
        ({"moves": (*TABLE.moves, Move("end", "Xong", ("doing",), "done", Part.CONFIRMS))}, "không đòi gì"),
    ],
)  # fmt: skip
def test_an_unsound_table_is_not_made(change: dict[str, object], match: str) -> None:
    with pytest.raises(StepsError, match=match):
        replace(TABLE, **change)  # type: ignore[arg-type]


def test_a_stage_without_a_way_out_is_not_made() -> None:
    stuck = Stage("stuck", "Kẹt", "")
    way = Move("jam", "Kẹt", ("doing",), "stuck", Part.CARRIES_OUT)
    with pytest.raises(StepsError, match="không ra khỏi"):
        replace(TABLE, states=(*TABLE.states, stuck), moves=(*TABLE.moves, way))


def test_unknown_names_are_told() -> None:
    with pytest.raises(KeyError, match="lạ"):
        TABLE.state("lạ")
    with pytest.raises(KeyError, match="lạ"):
        TABLE.move("lạ")


def test_a_step_out_of_turn_says_what_can_be_done_instead() -> None:
    with pytest.raises(StepRefused, match="Trả lại"):
        TABLE.take("reported", "progress", Given(words="x"))


@given(
    st.sampled_from([one.code for one in TABLE.states]),
    st.sampled_from(VERBS),
    st.builds(
        Given, reason=st.sampled_from(["", " ", "vì"]), words=st.sampled_from(["", "xong"]),
        evidence=st.integers(0, 2), names_product=st.booleans(), own_report=st.booleans(),
    ),
)  # fmt: skip
def test_a_step_is_taken_exactly_when_its_needs_are_met(state: str, verb: str, told: Given) -> None:
    move = TABLE.move(verb)
    met = {
        Need.REASON: bool(told.reason.strip()),
        Need.RESULT: bool(told.words.strip() or told.evidence),
        Need.PRODUCT: bool(told.evidence or not told.names_product),
        Need.ANOTHER: not told.own_report,
    }
    if state in move.sources and all(met[need] for need in move.needs):
        assert TABLE.take(state, verb, told).code == move.target
    else:
        with pytest.raises(StepRefused) as refused:
            TABLE.take(state, verb, told)
        if state in move.sources:
            assert len(refused.value.problems) == sum(not met[need] for need in move.needs)


class Life(RuleBasedStateMachine):
    """Two people and one piece of work with a product."""

    @initialize()
    def given_out(self) -> None:
        self.state, self.reporter, self.evidence, self.ended_by = "given", "", 0, ""

    @rule()
    def add(self) -> None:
        self.evidence += 1

    @rule(verb=st.sampled_from(VERBS), who=st.sampled_from(["một", "hai"]), reason=st.sampled_from(["", "vì"]))
    def take(self, verb: str, who: str, reason: str) -> None:
        told = Given(reason, "xong", self.evidence, True, who == self.reporter)
        try:
            stage = TABLE.take(self.state, verb, told)
        except StepRefused:
            return
        self.state = stage.code
        if verb == "report":
            self.reporter = who
        if verb in ("send_back", "reopen"):
            self.reporter = ""
        self.ended_by = who if verb == "confirm" else ""

    @invariant()
    def done_only_by_another_and_with_evidence(self) -> None:
        if getattr(self, "state", "") == "done":
            assert self.reporter
            assert self.ended_by != self.reporter
            assert self.evidence


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=30)
