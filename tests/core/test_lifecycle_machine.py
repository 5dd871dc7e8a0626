"""Random lives of many hot-spots: no elimination without evidence, no re-formation lost, the flow always balances.

Files recorded by mistake are voided and restored on the way: void, they count nowhere; restored, they stand as before.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from diaban.catalogue.workflows_loader import workflow
from diaban.core.lifecycle import (
    History,
    Settings,
    Step,
    StepRefused,
    apply,
    as_known,
    flow,
    flow_by,
    permitted,
    restore,
    state_on,
    undo,
    void,
)

WORKFLOW = workflow("hotspot", date(2026, 1, 1))
FIRST = date(2026, 1, 1)
TEXT = st.sampled_from(["", " ", "12/QĐ"])
CHAIN = ["verify", "list", "plan", "eliminate", "watch", "remove"]
VERBS = [transition.verb for transition in WORKFLOW.transitions]


class Lives(RuleBasedStateMachine):
    """`told` is a plain account of what was accepted, kept beside the histories and compared with them."""

    spots = Bundle("spots")

    def __init__(self) -> None:
        super().__init__()
        self.histories: list[History] = []
        self.told: list[list[str]] = []
        self.void: set[int] = set()
        self.today = FIRST
        self.rules = Settings(watch_months=2)
        self.snapshots: list[tuple[date, list[History]]] = []

    @rule(days=st.integers(0, 40))
    def time_passes(self, days: int) -> None:
        self.snapshots.append((self.today, list(self.histories)))
        self.today += timedelta(days=days + 1)

    @rule(months=st.none() | st.integers(0, 3))
    def province_sets_the_watch(self, months: int | None) -> None:
        self.rules = Settings(watch_months=months)

    @rule(target=spots, verb=st.sampled_from(["detect", "enlist", "receive"]), unit=st.sampled_from("ABC"))
    def open(self, verb: str, unit: str) -> object:
        step = self._step(verb, "12/QĐ", "x", "12/QĐ", "12/QĐ", "nghi_van", unit, "diem_phuc_tap")
        self.histories.append(apply(History(WORKFLOW), step, self.rules))
        self.told.append([verb])
        return len(self.histories) - 1

    @rule(
        spot=spots,
        pick=st.integers(0, 20),
        document=TEXT,
        evidence=TEXT,
        reason=TEXT,
        grade=st.sampled_from(["", "nghi_van", "co_tai_lieu"]),
        unit=st.sampled_from("ABC"),
        kind=st.sampled_from(["diem_phuc_tap", "diem_to_chuc_chua_chap"]),
        back=st.integers(-5, 60),
    )
    def try_any_step(
        self,
        spot: int,
        pick: int,
        document: str,
        evidence: str,
        reason: str,
        grade: str,
        unit: str,
        kind: str,
        back: int,
    ) -> None:
        verb = VERBS[pick % len(VERBS)]
        step = self._step(verb, document, "x", reason, evidence, grade, unit, kind)
        self._attempt(spot, replace(step, on=self.today - timedelta(days=back)))

    @rule(spot=spots, pick=st.integers(0, 20), unit=st.sampled_from("ABC"), back=st.integers(0, 3))
    def take_a_permitted_step(self, spot: int, pick: int, unit: str, back: int) -> None:
        history = self.histories[spot]
        verbs = permitted(history)
        if not verbs:
            return
        kind = "diem_nguy_co" if history.kind == "diem_phuc_tap" else "diem_phuc_tap"
        step = self._step(verbs[pick % len(verbs)].verb, "1", "x", "1", "1", "co_tai_lieu", unit, kind)
        self._attempt(spot, replace(step, on=max(history.last.step.on, self.today - timedelta(days=back))))  # type: ignore[union-attr]

    @rule(spot=spots, steps=st.integers(1, 6))
    def follow_the_usual_chain(self, spot: int, steps: int) -> None:
        for _ in range(steps):
            verbs = [transition.verb for transition in permitted(self.histories[spot])]
            usual = next((verb for verb in CHAIN if verb in verbs), None)
            if usual is None:
                return
            self._attempt(spot, self._step(usual, "1", "x", "1", "1", "co_tai_lieu", "A", "diem_phuc_tap"))

    @rule(spot=spots)
    def form_again(self, spot: int) -> None:
        history = self.histories[spot]
        resolved = history.state in ("eliminated", "watched", "removed")
        step = self._step("reform", "1", "x", "1", "", "", "", "")
        self._attempt(spot, step)
        assert self.histories[spot].reformations == history.reformations + resolved

    @rule(spot=spots, reason=TEXT)
    def correct(self, spot: int, reason: str) -> None:
        before = self.histories[spot]
        step = self._step("", "12/QĐ", "x", reason, "", "", "", "")
        try:
            after = undo(before, step)
        except StepRefused:
            assert not reason.strip() or len(self.told[spot]) == 1 or spot in self.void
            return
        assert reason.strip()
        assert spot not in self.void
        assert after.entries[:-1] == before.entries
        self.histories[spot] = after
        self.told[spot].pop()

    @rule(spot=spots, reason=TEXT)
    def declare_a_mistake(self, spot: int, reason: str) -> None:
        before = self.histories[spot]
        listed = any(WORKFLOW.exists(entry.to_state) for entry in before.effective)
        allowed = reason.strip() and spot not in self.void and (len(self.told[spot]) == 1 or not listed)
        try:
            after = void(before, self._step("", "12/QĐ", "x", reason, "", "", "", ""))
        except StepRefused:
            assert not allowed
            return
        assert allowed
        assert after.entries[:-1] == before.entries
        assert not permitted(after)
        assert (after.unit, after.kind, after.grade) == (before.unit, before.kind, before.grade)
        self.histories[spot] = after
        self.void.add(spot)

    @rule(spot=spots, reason=TEXT)
    def take_the_mistake_back(self, spot: int, reason: str) -> None:
        before = self.histories[spot]
        try:
            after = restore(before, self._step("", "12/QĐ", "x", reason, "", "", "", ""))
        except StepRefused:
            assert not reason.strip() or spot not in self.void
            return
        assert spot in self.void
        assert after.entries[:-1] == before.entries
        assert after.state == before.steps[-1].to_state
        self.histories[spot] = after
        self.void.discard(spot)

    def _step(
        self, verb: str, document: str, decider: str, reason: str, evidence: str, grade: str, unit: str, kind: str
    ) -> Step:
        return Step(verb, self.today, self.today, document, decider, reason, evidence, grade, unit, kind, "DTD-2")

    def _attempt(self, spot: int, step: Step) -> None:
        before = self.histories[spot]
        try:
            after = apply(before, step, self.rules)
        except StepRefused as refusal:
            assert refusal.problems
            return
        assert step.document.strip()
        assert step.on <= self.today
        if step.verb == "eliminate":
            assert step.evidence.strip()
            assert (step.grade or before.grade) == "co_tai_lieu"
        assert after.entries[:-1] == before.entries
        self.histories[spot] = after
        self.told[spot].append(step.verb)

    @invariant()
    def what_was_told_is_what_stands(self) -> None:
        for spot, (history, told) in enumerate(zip(self.histories, self.told, strict=True)):
            assert [entry.step.verb for entry in history.steps] == told
            assert history.effective == (() if spot in self.void else history.steps)
            assert history.reformations == (0 if spot in self.void else told.count("reform"))

    @invariant()
    def every_elimination_stands_on_evidence(self) -> None:
        for history in self.histories:
            for entry in history.effective:
                if entry.to_state == "eliminated" and entry.from_state != "eliminated":
                    assert entry.step.evidence.strip()
                    assert entry.step.document.strip()

    @invariant()
    def days_are_in_order(self) -> None:
        for history in self.histories:
            days = [entry.step.on for entry in history.effective]
            assert days == sorted(days)
            assert state_on(history, self.today) == ("" if history.voided else history.state)

    @invariant()
    def the_flow_balances_for_every_unit_and_kind_and_the_units_add_up(self) -> None:
        for start, end in ((FIRST, self.today), (self.today - timedelta(days=30), self.today + timedelta(days=1))):
            by_unit = flow_by(self.histories, start, end, lambda unit, _kind: unit)
            by_kind = flow_by(self.histories, start, end, lambda _unit, kind: kind)
            whole = flow(self.histories, start, end)
            assert whole.holds
            assert all(one.holds for one in (*by_unit.values(), *by_kind.values()))
            for column in ("opening", "new", "reformed", "eliminated", "removed", "merged", "closing"):
                assert sum(getattr(one, column) for one in by_unit.values()) == getattr(whole, column)

    @invariant()
    def an_earlier_day_can_be_read_as_it_was_known_then(self) -> None:
        for day, then in self.snapshots[-3:]:
            assert [as_known(history, day) for history in self.histories[: len(then)]] == then

    def teardown(self) -> None:
        for history in self.histories:
            closing = flow([history], FIRST - timedelta(days=400), self.today + timedelta(days=1)).closing
            assert closing == int(WORKFLOW.exists(history.state))


TestLives = Lives.TestCase
TestLives.settings = hypothesis_settings(max_examples=60, stateful_step_count=40, deadline=None)
