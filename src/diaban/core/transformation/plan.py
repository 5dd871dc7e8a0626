"""The states and guarded steps of a transformation plan, its phases and the questions it answers: a table of data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from diaban.core.lifecycle import Problem, StepRefused
from diaban.core.lifecycle.table import Table
from diaban.core.messages import N_, Message, say


class Part(StrEnum):
    """Whose step it is."""

    KEEPS = "keeps"  # whoever keeps the plan
    APPROVES = "approves"  # somebody else than those who wrote it


class Need(StrEnum):
    """What a step asks for."""

    DOCUMENT = "document"
    REASON = "reason"
    ANALYSIS = "analysis"
    PHASES = "phases"
    TASKS = "tasks"
    MAINTENANCE_TASKS = "maintenance_tasks"
    CLASS_LOWERED = "class_lowered"
    MAINTAINED = "maintained"


class PlanError(ValueError):
    """A table that contradicts itself."""


@dataclass(frozen=True, slots=True)
class State:
    """One state; `final`: nothing more is done."""

    code: str
    title: str
    why: str
    final: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """One step from some states to another."""

    verb: str
    title: str
    sources: tuple[str, ...]
    target: str
    part: Part
    needs: frozenset[Need]


@dataclass(frozen=True, slots=True)
class PhaseKind:
    """A phase; `months` is how long it usually lasts; `maintains`: it comes after the class has fallen."""

    code: str
    title: str
    why: str
    months: int
    maintains: bool = False


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question of one part of the plan (scan, analyse, respond, assess). `owed`: no approval without an answer."""

    code: str
    part: str
    title: str
    ask: str
    owed: bool = False


@dataclass(frozen=True, slots=True)
class Idea:
    """A task that such plans often hold: a proposal to edit, not a rule. `agency` is its name."""

    phase: str
    agency: str
    title: str
    product: str


@dataclass(frozen=True, slots=True)
class Given:
    """What is there when somebody takes a step."""

    document: str = ""
    reason: str = ""
    unanswered: tuple[str, ...] = ()  # titles of owed questions without an answer
    undated: tuple[str, ...] = ()  # titles of phases without days
    tasks: int = 0
    maintenance_tasks: int = 0
    class_lowered: bool = False
    maintained: bool = False


@dataclass(frozen=True, slots=True)
class PlanTable(Table[State, Move]):
    """A version of the table, in force from a day on. `good` is in thousandths; see `core.transformation.fidelity`."""

    code: str
    effective_from: date
    reference: str
    checked_by: str
    least_due: int
    good: int
    states: tuple[State, ...]
    moves: tuple[Move, ...]
    phases: tuple[PhaseKind, ...]
    prompts: tuple[Prompt, ...]
    ideas: tuple[Idea, ...]

    def __post_init__(self) -> None:
        if problems := list(self.unsound()):
            raise PlanError(f"{self.code}: {'; '.join(problems)}")
        for move in self.moves:
            if any(self.state(source).final for source in move.sources):
                raise PlanError(f"{self.code}: {move.verb} leaves a final state")
        for kind in ("phases", "prompts"):
            codes = [one.code for one in getattr(self, kind)]
            if len(set(codes)) < len(codes) or not codes:
                raise PlanError(f"{self.code}: {kind} are empty or named twice")
        if strange := {one.phase for one in self.ideas} - {one.code for one in self.phases}:
            raise PlanError(f"{self.code}: ideas for unknown phases {sorted(strange)}")
        for move in self.moves:
            success = self.state(move.target).final and Need.REASON not in move.needs
            if success and Need.CLASS_LOWERED not in move.needs:
                raise PlanError(f"{self.code}: {move.verb} ends a plan as done without a lower class")

    @property
    def opening(self) -> str:
        """Return the state in which a plan begins."""
        return self.states[0].code

    def take(self, state: str, verb: str, given: Given) -> State:
        """Return the state that `verb` leads to; raise `StepRefused` with every reason why not."""
        move = self.move(verb)
        if state not in move.sources:
            raise StepRefused([Problem("", self.out_of_turn(state, move))])
        if problems := list(missing(move, given)):
            raise StepRefused(problems)
        return self.state(move.target)


def missing(move: Move, given: Given) -> Iterator[Problem]:
    """Yield everything that a step asks for and is not there."""
    checks: dict[Need, tuple[bool, str, Message]] = {
        Need.DOCUMENT: (bool(given.document.strip()), "document", say(N_("Ghi số văn bản của bước này."))),
        Need.REASON: (bool(given.reason.strip()), "reason", say(N_("Ghi lý do."))),
        Need.ANALYSIS: (
            not given.unanswered,
            "",
            say(N_("Chưa trả lời các câu hỏi bắt buộc: {names}."), names=", ".join(given.unanswered)),
        ),
        Need.PHASES: (
            not given.undated,
            "",
            say(N_("Chưa đặt ngày cho các giai đoạn: {names}."), names=", ".join(given.undated)),
        ),
        Need.TASKS: (given.tasks > 0, "", say(N_("Chưa giao việc nào; giao ít nhất một việc trước khi bắt đầu."))),
        Need.MAINTENANCE_TASKS: (
            given.maintenance_tasks > 0,
            "",
            say(N_("Chưa giao việc nào cho giai đoạn duy trì; giao việc theo dõi trước.")),
        ),
        Need.CLASS_LOWERED: (
            given.class_lowered,
            "",
            say(N_("Chưa có quyết định loại nhẹ hơn ở một kỳ phân loại sau: chưa phải là chuyển hóa được.")),
        ),
        Need.MAINTAINED: (given.maintained, "", say(N_("Giai đoạn duy trì chưa hết ngày hoặc chưa đặt ngày."))),
    }
    for need in Need:
        held, field, message = checks[need]
        if need in move.needs and not held:
            yield Problem(field, message)
