"""A workflow as data: its states, its transitions, and the properties every version of it must have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

NOWHERE = ""  # the "state" before the first step


class Requirement(StrEnum):
    """What a step must bring before it is accepted."""

    DOCUMENT = "document"  # number of the document that carries the decision
    DECIDER = "decider"  # who decided: a post or a body, never a private person
    REASON = "reason"
    EVIDENCE = "evidence"  # what the elimination rests on, in words or document numbers
    CONFIRMED = "confirmed"  # evidence grade "có tài liệu xác định"
    WATCH_OVER = "watch_over"  # the watch period has run; if none is set, a reason
    TARGET = "target"  # the hot-spot that takes this one in
    UNIT = "unit"  # the unit the hot-spot belongs to from now on
    KIND = "kind"  # the kind it has from now on
    GRADE = "grade"  # the evidence grade from now on


class Movement(StrEnum):
    """The column of the period's flow in which a step is counted when it changes whether the spot exists."""

    NONE = ""
    NEW = "new"
    REFORMED = "reformed"
    ELIMINATED = "eliminated"
    REMOVED = "removed"
    MERGED = "merged"
    MOVED = "moved"


ENTERING = frozenset({Movement.NEW, Movement.REFORMED, Movement.MOVED})
LEAVING = frozenset({Movement.ELIMINATED, Movement.REMOVED, Movement.MERGED, Movement.MOVED})


class WorkflowError(ValueError):
    """The workflow file contradicts itself or leaves a way that must not exist."""


@dataclass(frozen=True, slots=True)
class State:
    """One state. `existing`: a spot in it is counted as "đang tồn tại" on a list; `why` says why or why not."""

    code: str
    title: str
    existing: bool
    why: str
    final: bool = False


@dataclass(frozen=True, slots=True)
class Transition:
    """One verb. `sources` empty means it opens a history; `target` empty means the state stays as it is."""

    verb: str
    title: str
    sources: tuple[str, ...]
    target: str
    requires: frozenset[Requirement]
    movement: Movement = Movement.NONE

    @property
    def opens(self) -> bool:
        """Whether this verb is a first step."""
        return not self.sources

    def target_from(self, state: str) -> str:
        """Return the state reached when the verb is taken in `state`."""
        return self.target or state


@dataclass(frozen=True, slots=True)
class Workflow:
    """A version of the transition table, in force from `effective_from`. Construction checks its soundness."""

    code: str
    version: str
    effective_from: date
    reference: str
    checked_by: str
    confirmed_grade: str
    watched_state: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    voided_state: str = NOWHERE  # where a file stands that was recorded by mistake; no step leads there or out of it

    def __post_init__(self) -> None:
        codes = [state.code for state in self.states]
        verbs = [transition.verb for transition in self.transitions]
        for what, names in (("trạng thái", codes), ("bước", verbs)):
            if len(set(names)) != len(names):
                raise WorkflowError(f"{self.code} {self.version}: {what} bị lặp trong {names}")
        known = set(codes)
        for transition in self.transitions:
            named = {*transition.sources, *([transition.target] if transition.target else [])}
            if unknown := named - known:
                raise WorkflowError(f"{self.code} {self.version}: bước {transition.verb} dùng trạng thái lạ {unknown}")
            if transition.opens and not transition.target:
                raise WorkflowError(f"{self.code} {self.version}: bước mở đầu {transition.verb} thiếu trạng thái đến")
            self._check_movement(transition)
            self._check_elimination(transition)
        if self.watched_state not in known:
            raise WorkflowError(f"{self.code} {self.version}: watched_state {self.watched_state!r} là trạng thái lạ")
        self._check_voided()
        self._check_reformation()

    def state(self, code: str) -> State:
        """Return the state named `code`; KeyError with the known names otherwise."""
        for state in self.states:
            if state.code == code:
                return state
        raise KeyError(f"{code!r} không phải trạng thái của {self.code}: {[state.code for state in self.states]}")

    def transition(self, verb: str) -> Transition | None:
        """Return the transition named `verb`, or None."""
        return next((transition for transition in self.transitions if transition.verb == verb), None)

    def exists(self, code: str) -> bool:
        """Return whether a spot in state `code` counts as existing; nowhere is not existing."""
        return code != NOWHERE and self.state(code).existing

    @property
    def existing_states(self) -> tuple[str, ...]:
        """Codes of the states counted as "đang tồn tại"."""
        return tuple(state.code for state in self.states if state.existing)

    def from_state(self, code: str) -> tuple[Transition, ...]:
        """Return the transitions that may be taken in state `code`, in the table's order; nowhere gives the openers."""
        if code == NOWHERE:
            return tuple(transition for transition in self.transitions if transition.opens)
        return tuple(transition for transition in self.transitions if code in transition.sources)

    def _check_movement(self, transition: Transition) -> None:
        """Every step that makes a spot start or cease to exist must have its column, or the identity cannot hold."""
        for source in transition.sources or (NOWHERE,):
            before, after = self.exists(source), self.exists(transition.target_from(source))
            if before != after and transition.movement not in (LEAVING if before else ENTERING):
                raise WorkflowError(
                    f"{self.code} {self.version}: bước {transition.verb} từ {source or '(chưa có)'} đổi số đang tồn tại"
                    f" nhưng cột biến động {transition.movement.value!r} không hợp"
                )

    def _check_elimination(self, transition: Transition) -> None:
        needed = {Requirement.DOCUMENT, Requirement.DECIDER, Requirement.EVIDENCE, Requirement.CONFIRMED}
        if transition.movement is Movement.ELIMINATED and (missing := needed - transition.requires):
            raise WorkflowError(
                f"{self.code} {self.version}: bước {transition.verb} triệt xóa mà không đòi {sorted(missing)}"
            )

    def _check_voided(self) -> None:
        """A void file counts nowhere, and no step leads into that state or out of it."""
        if self.voided_state == NOWHERE:
            return
        named = {code for t in self.transitions for code in (*t.sources, t.target)}
        if self.voided_state in named or self.exists(self.voided_state):
            raise WorkflowError(
                f"{self.code} {self.version}: {self.voided_state} không được là đích, nguồn hay tồn tại"
            )

    def _check_reformation(self) -> None:
        """From every open state reachable after an elimination a re-formation can be recorded."""
        frontier = {t.target for t in self.transitions if t.movement is Movement.ELIMINATED}
        seen: set[str] = set()
        while frontier:
            code = frontier.pop()
            if code in seen or self.state(code).existing or self.state(code).final:
                continue
            seen.add(code)
            steps = self.from_state(code)
            if not any(step.movement is Movement.REFORMED for step in steps):
                raise WorkflowError(f"{self.code} {self.version}: tái phức tạp từ {code} không ghi được")
            frontier |= {step.target_from(code) for step in steps}
