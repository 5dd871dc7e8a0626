"""A small table of states and guarded steps, as data: for work that is given, done, reported and confirmed.

A step leads from a state to a state, is taken by somebody in a certain `Part`, and asks for what `Need` says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from diaban.core.lifecycle.guards import Problem, StepRefused
from diaban.core.lifecycle.table import Table
from diaban.core.messages import N_, say


class Part(StrEnum):
    """In which part somebody takes a step."""

    CARRIES_OUT = "carries_out"  # the agency that does the work
    CONFIRMS = "confirms"  # who looks at what was reported
    ASSIGNS = "assigns"  # who gave the work


class Need(StrEnum):
    """What a step asks for before it is taken."""

    REASON = "reason"
    RESULT = "result"  # words on what came of it, or evidence that stands
    PRODUCT = "product"  # evidence that stands, when the work names a product
    ANOTHER = "another"  # somebody else than whoever reported


class StepsError(ValueError):
    """The table contradicts itself or leaves a way that must not exist."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One state. `final`: nothing more is owed."""

    code: str
    title: str
    why: str
    final: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """One step. No `sources`: it begins the life. An empty `target` leaves the state as it is."""

    verb: str
    title: str
    sources: tuple[str, ...]
    target: str
    part: Part
    needs: frozenset[Need] = frozenset()


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody who wants to take a step brings along."""

    reason: str = ""
    words: str = ""
    evidence: int = 0  # pieces that stand
    names_product: bool = False
    own_report: bool = False  # whoever acts reported the work themselves


@dataclass(frozen=True, slots=True)
class Steps(Table[Stage, Move]):
    """A version of the table, in force from `effective_from`. Construction checks that it is sound."""

    code: str
    version: str
    effective_from: date
    reference: str
    checked_by: str
    states: tuple[Stage, ...]
    moves: tuple[Move, ...]

    def __post_init__(self) -> None:
        problems = list(self.unsound())
        if len([move for move in self.moves if not move.sources]) != 1:
            problems.append("phải có đúng một bước mở đầu")
        if not problems:
            problems += [*self._lost(), *self._ended_alone()]
        if problems:
            raise StepsError(f"{self.code} {self.version}: {'; '.join(problems)}")

    @property
    def opening(self) -> Move:
        """Return the step that begins the life."""
        return next(move for move in self.moves if not move.sources)

    def take(self, state: str, verb: str, given: Given) -> Stage:
        """Return the state reached by `verb`; raise `StepRefused` with every reason why it cannot be taken."""
        move = self.move(verb)
        if state not in move.sources:
            raise StepRefused([Problem("", self.out_of_turn(state, move))])
        if problems := tuple(_missing(move, given)):
            raise StepRefused(problems)
        return self.state(move.target or state)

    def _lost(self) -> Iterable[str]:
        """Every state can be reached, and out of every state that owes something there is a way to a final one."""
        known = {one.code for one in self.states}
        if lost := known - self.reached_from(self.opening.target):
            yield f"không tới được {sorted(lost)}"
        if stuck := known - self.leading_to(*(one.code for one in self.states if one.final)):
            yield f"không ra khỏi được {sorted(stuck)}"

    def _ended_alone(self) -> Iterable[str]:
        """Whoever carries work out never ends it alone: that takes somebody else, or a reason of whoever gave it."""
        for move in self.moves:
            if not (move.target and self.state(move.target).final):
                continue
            if not move.needs & {Need.ANOTHER, Need.REASON}:
                yield f"bước {move.verb} kết thúc mà không đòi gì"
            if move.part is Part.CARRIES_OUT:
                yield f"bước {move.verb} để người thực hiện tự kết thúc"


def _missing(move: Move, given: Given) -> Iterable[Problem]:
    if Need.REASON in move.needs and not given.reason.strip():
        yield Problem("reason", say(N_("Ghi lý do.")))
    if Need.RESULT in move.needs and not given.words.strip() and not given.evidence:
        yield Problem("words", say(N_("Ghi kết quả bằng lời, hoặc thêm ít nhất một minh chứng.")))
    if Need.PRODUCT in move.needs and given.names_product and not given.evidence:
        yield Problem(
            "", say(N_("Nhiệm vụ này phải có sản phẩm: thêm ít nhất một minh chứng trước khi báo cáo hoàn thành."))
        )
    if Need.ANOTHER in move.needs and given.own_report:
        yield Problem("", say(N_("Người đã báo cáo hoàn thành không tự xác nhận; cần một người khác.")))
