"""A small table of states and guarded steps, as data: for work that is given, done, reported and confirmed.

The life of a hot-spot has its own, richer workflow (`core.lifecycle.workflow`): columns of a flow, corrections. Here a
step leads from a state to a state, is taken by somebody in a certain `Part`, and asks for what `Need` says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from diaban.core.lifecycle.guards import Problem, StepRefused
from diaban.core.messages import N_, Message, say


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
class Steps:
    """A version of the table, in force from `effective_from`. Construction checks that it is sound."""

    code: str
    version: str
    effective_from: date
    reference: str
    checked_by: str
    stages: tuple[Stage, ...]
    moves: tuple[Move, ...]

    def __post_init__(self) -> None:
        for names in ([one.code for one in self.stages], [one.verb for one in self.moves]):
            if len(set(names)) != len(names):
                raise StepsError(f"{self.code} {self.version}: lặp tên trong {names}")
        known = {one.code for one in self.stages}
        for move in self.moves:
            strange = {*move.sources, *([move.target] if move.target else [])} - known
            if strange:
                raise StepsError(f"{self.code} {self.version}: bước {move.verb} dùng trạng thái lạ {sorted(strange)}")
        if len([move for move in self.moves if not move.sources]) != 1:
            raise StepsError(f"{self.code} {self.version}: phải có đúng một bước mở đầu")
        self._check_reach()
        self._check_confirming()

    @property
    def opening(self) -> Move:
        """Return the step that begins the life."""
        return next(move for move in self.moves if not move.sources)

    def stage(self, code: str) -> Stage:
        """Return the state named `code`; KeyError with the known names otherwise."""
        for stage in self.stages:
            if stage.code == code:
                return stage
        raise KeyError(f"{code!r} không phải trạng thái của {self.code}: {[one.code for one in self.stages]}")

    def move(self, verb: str) -> Move:
        """Return the step named `verb`; KeyError with the known names otherwise."""
        for move in self.moves:
            if move.verb == verb:
                return move
        raise KeyError(f"{verb!r} không phải bước của {self.code}: {[one.verb for one in self.moves]}")

    def from_stage(self, code: str) -> tuple[Move, ...]:
        """Return the steps that may be taken in the state `code`, in the table's order."""
        return tuple(move for move in self.moves if code in move.sources)

    def take(self, state: str, verb: str, given: Given) -> Stage:
        """Return the state reached by `verb`; raise `StepRefused` with every reason why it cannot be taken."""
        move = self.move(verb)
        if state not in move.sources:
            raise StepRefused([Problem("", self._out_of_turn(state, move))])
        if problems := tuple(_missing(move, given)):
            raise StepRefused(problems)
        return self.stage(move.target or state)

    def _out_of_turn(self, state: str, move: Move) -> Message:
        ways = ", ".join(one.title for one in self.from_stage(state))
        return say(
            N_("Đang ở trạng thái “{state}” nên không làm được bước “{step}”. Bước làm được lúc này: {ways}."),
            state=say(self.stage(state).title),
            step=say(move.title),
            ways=ways or say(N_("không có")),
        )

    def _check_reach(self) -> None:
        """Every state can be reached, and out of every state that owes something there is a way to a final one."""
        reached = {self.opening.target}
        for _ in self.stages:
            reached |= {move.target for move in self.moves if move.target and reached & set(move.sources)}
        if lost := {one.code for one in self.stages} - reached:
            raise StepsError(f"{self.code} {self.version}: không tới được {sorted(lost)}")
        ends = {one.code for one in self.stages if one.final}
        for _ in self.stages:
            ends |= {code for move in self.moves if move.target in ends for code in move.sources}
        if stuck := {one.code for one in self.stages} - ends:
            raise StepsError(f"{self.code} {self.version}: không ra khỏi được {sorted(stuck)}")

    def _check_confirming(self) -> None:
        """Whoever carries work out never ends it alone: that takes somebody else, or a reason of whoever gave it."""
        for move in self.moves:
            if move.target and self.stage(move.target).final and not move.needs & {Need.ANOTHER, Need.REASON}:
                raise StepsError(f"{self.code} {self.version}: bước {move.verb} kết thúc mà không đòi gì")
            if move.target and self.stage(move.target).final and move.part is Part.CARRIES_OUT:
                raise StepsError(f"{self.code} {self.version}: bước {move.verb} để người thực hiện tự kết thúc")


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
