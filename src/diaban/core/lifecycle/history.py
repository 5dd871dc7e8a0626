"""The history of one hot-spot: an append-only log of steps and of corrections, and what it says about any day."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date

from diaban.core.lifecycle.guards import Problem, Settings, StepRefused, add_months, vietnamese_day
from diaban.core.lifecycle.workflow import NOWHERE, Movement, Requirement, Transition, Workflow
from diaban.core.messages import N_, Message, say

UNDO, VOID, RESTORE = "undo", "void", "restore"


@dataclass(frozen=True, slots=True)
class Step:
    """What someone decided about a spot.

    `on`: the day it took effect; `recorded_on`: the day it was entered here (never before `on`).
    `grade`: the evidence grade from now on ("" keeps the one known). `unit`, `kind`: set by the first step and by
    the verbs that change them. `target`: the code of the spot that takes this one in.
    """

    verb: str
    on: date
    recorded_on: date
    document: str = ""
    decider: str = ""
    reason: str = ""
    evidence: str = ""
    grade: str = ""
    unit: str = ""
    kind: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log: the step and where it led. `undoes`: the `seq` of the line that this one takes back."""

    seq: int
    step: Step
    from_state: str
    to_state: str
    unit: str
    kind: str
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class History:
    """The log of one spot under a workflow. Nothing is ever taken out of `entries`; `effective` is what stands."""

    workflow: Workflow
    entries: tuple[Entry, ...] = ()

    @property
    def effective(self) -> tuple[Entry, ...]:
        """The entries that stand: neither corrections nor corrected, in order; none when the file is void."""
        return () if self.voided else self.steps

    @property
    def steps(self) -> tuple[Entry, ...]:
        """The steps that were not taken back, in order, whether or not the file is void."""
        undone = {entry.undoes for entry in self.entries}
        adjusts = (UNDO, VOID, RESTORE)
        return tuple(e for e in self.entries if e.step.verb not in adjusts and e.seq not in undone)

    @property
    def voided(self) -> Entry | None:
        """The line that declared the whole file recorded by mistake, when it stands."""
        undone = {entry.undoes for entry in self.entries}
        return next((e for e in self.entries if e.step.verb == VOID and e.seq not in undone), None)

    @property
    def last(self) -> Entry | None:
        """The latest entry that stands."""
        return self.effective[-1] if self.effective else None

    @property
    def state(self) -> str:
        """The present state, "" before the first step."""
        if self.voided:
            return self.workflow.voided_state
        return self.last.to_state if self.last else NOWHERE

    @property
    def unit(self) -> str:
        """The unit it belongs to now; of a void file the one it had."""
        return self.steps[-1].unit if self.steps else ""

    @property
    def kind(self) -> str:
        """The kind it has now; of a void file the one it had."""
        return self.steps[-1].kind if self.steps else ""

    @property
    def grade(self) -> str:
        """The evidence grade known now; of a void file the one it had."""
        return next((entry.step.grade for entry in reversed(self.steps) if entry.step.grade), "")

    @property
    def reformations(self) -> int:
        """How many times the spot re-formed: the number of re-formation steps that stand."""
        return sum(self.movement(entry) is Movement.REFORMED for entry in self.effective)

    @property
    def watched_since(self) -> date | None:
        """The day the present watch began, or None when it is not watched."""
        if self.state != self.workflow.watched_state:
            return None
        for entry in reversed(self.effective):
            if entry.to_state == self.workflow.watched_state and entry.from_state != entry.to_state:
                return entry.step.on
        return None

    def movement(self, entry: Entry) -> Movement:
        """Return the flow column of `entry`'s verb."""
        transition = self.workflow.transition(entry.step.verb)
        return transition.movement if transition else Movement.NONE

    def entry_on(self, day: date) -> Entry | None:
        """Return the entry that describes the end of `day`, or None when the spot was not yet known."""
        return next((entry for entry in reversed(self.effective) if entry.step.on <= day), None)


def state_on(history: History, day: date) -> str:
    """Return the state at the end of `day`, as the log stands today; "" when the spot was not yet known."""
    entry = history.entry_on(day)
    return entry.to_state if entry else NOWHERE


def as_known(history: History, day: date) -> History:
    """Return the history as it was recorded by the end of `day`: later steps and corrections are not yet in it."""
    return replace(history, entries=tuple(e for e in history.entries if e.step.recorded_on <= day))


def permitted(history: History) -> tuple[Transition, ...]:
    """Return the verbs that may be taken next, in the table's order; none when the file is void."""
    return () if history.voided else history.workflow.from_state(history.state)


def permitted_from(history: History, transition: Transition, settings: Settings) -> date | None:
    """Return the first day on which `transition` can be taken as far as the watch goes; None when nothing holds it."""
    since = history.watched_since
    if Requirement.WATCH_OVER not in transition.requires or since is None or settings.watch_months is None:
        return None
    return add_months(since, settings.watch_months)


def apply(history: History, step: Step, settings: Settings) -> History:
    """Return `history` with `step` appended; raise `StepRefused` with every reason at once."""
    if problems := problems_of(history, step, settings):
        raise StepRefused(problems)
    transition = history.workflow.transition(step.verb)
    assert transition is not None  # problems_of refuses unknown verbs
    entry = Entry(
        seq=len(history.entries) + 1,
        step=step,
        from_state=history.state,
        to_state=transition.target_from(history.state),
        unit=step.unit if Requirement.UNIT in transition.requires else history.unit,
        kind=step.kind if Requirement.KIND in transition.requires else history.kind,
    )
    return replace(history, entries=(*history.entries, entry))


ADJUSTMENT = frozenset({Requirement.REASON, Requirement.DOCUMENT, Requirement.DECIDER})


def undo(history: History, correction: Step) -> History:
    """Return `history` with its last standing step taken back by a dated adjustment that says why.

    The wrong line stays in the log. `correction` needs reason, document and decider; its `verb` is ignored.
    """
    last = history.last
    problems = [*missing(correction, ADJUSTMENT)]
    if last is None or len(history.effective) == 1:
        problems.append(Problem("", say(N_("Bước đầu tiên không hoàn tác được; nếu ghi nhầm thì hủy ghi nhận hồ sơ."))))
    elif correction.on < last.step.on:
        problems.append(
            Problem(
                "on",
                say(
                    N_("Ngày điều chỉnh trước bước bị hoàn tác ({day}); nhập ngày đó hoặc sau đó."),
                    day=vietnamese_day(last.step.on),
                ),
            )
        )
    problems.extend(_future(correction))
    if problems:
        raise StepRefused(problems)
    assert last is not None
    before = history.effective[-2]
    entry = Entry(
        seq=len(history.entries) + 1,
        step=replace(correction, verb=UNDO),
        from_state=last.to_state,
        to_state=before.to_state,
        unit=before.unit,
        kind=before.kind,
        undoes=last.seq,
    )
    return replace(history, entries=(*history.entries, entry))


def void(history: History, correction: Step) -> History:
    """Return `history` declared, as a whole, recorded by mistake: nothing of it counts on any day any more.

    Only a file that stands on its first step alone, or that never came to a list: what was listed is first taken back
    step by step, so that every change of a list has a dated line of its own. The lines stay in the log.
    """
    problems = [*missing(correction, ADJUSTMENT), *_future(correction)]
    if history.voided or not history.steps:
        problems.append(Problem("", say(N_("Hồ sơ này đã hủy ghi nhận từ trước."))))
    elif len(history.steps) > 1 and any(history.workflow.exists(entry.to_state) for entry in history.steps):
        problems.append(
            Problem("", say(N_("Hồ sơ đã vào danh sách nên không hủy ghi nhận được; hoàn tác từng bước trước.")))
        )
    problems.extend(_before(correction, history.steps[-1] if history.steps else None))
    return _adjusted(history, correction, VOID, history.workflow.voided_state, None, problems)


def restore(history: History, correction: Step) -> History:
    """Return `history` with its declaration as a mistake taken back: its steps stand again as they stood."""
    problems = [*missing(correction, ADJUSTMENT), *_future(correction)]
    if history.voided is None:
        problems.append(Problem("", say(N_("Hồ sơ này không bị hủy ghi nhận."))))
    problems.extend(_before(correction, history.voided))
    back = history.steps[-1].to_state if history.steps else NOWHERE
    return _adjusted(history, correction, RESTORE, back, history.voided, problems)


def _adjusted(
    history: History, correction: Step, verb: str, to_state: str, undone: Entry | None, problems: list[Problem]
) -> History:
    if problems:
        raise StepRefused(problems)
    last = history.steps[-1]
    entry = Entry(
        seq=len(history.entries) + 1,
        step=replace(correction, verb=verb),
        from_state=history.state,
        to_state=to_state,
        unit=last.unit,
        kind=last.kind,
        undoes=undone.seq if undone else None,
    )
    return replace(history, entries=(*history.entries, entry))


def _before(correction: Step, line: Entry | None) -> Iterator[Problem]:
    if line is not None and correction.on < line.step.on:
        text = N_("Ngày điều chỉnh trước dòng gần nhất của sổ ({day}); nhập ngày đó hoặc sau đó.")
        yield Problem("on", say(text, day=vietnamese_day(line.step.on)))


def problems_of(history: History, step: Step, settings: Settings) -> tuple[Problem, ...]:
    """Return every reason why `step` is not acceptable now; empty when it is."""
    workflow = history.workflow
    transition = workflow.transition(step.verb)
    if transition is None or transition not in permitted(history):
        return (Problem("verb", _not_permitted(history, step, transition)),)
    problems = [*_future(step)]
    if history.last and step.on < history.last.step.on:
        problems.append(
            Problem(
                "on",
                say(
                    N_("Ngày {day} trước bước gần nhất ({last}); các bước phải theo thứ tự thời gian. Xem lại ngày."),
                    day=vietnamese_day(step.on),
                    last=vietnamese_day(history.last.step.on),
                ),
            )
        )
    problems.extend(missing(step, transition.requires))
    if Requirement.CONFIRMED in transition.requires and (step.grade or history.grade) != workflow.confirmed_grade:
        problems.append(
            Problem(
                "grade",
                say(
                    N_("Còn ở mức «nghi vấn»: chỉ triệt xóa khi «có tài liệu xác định». Nâng mức căn cứ kèm tài liệu.")
                ),
            )
        )
    if Requirement.WATCH_OVER in transition.requires:
        problems.extend(_watch(history, step, settings))
    problems.extend(_no_change(history, step, transition))
    return tuple(problems)


def _not_permitted(history: History, step: Step, transition: Transition | None) -> Message:
    workflow = history.workflow
    verbs = ", ".join(f"«{t.title}»" for t in permitted(history))
    state = workflow.state(history.state).title if history.state else str(say(N_("chưa có")))
    return say(
        N_("Đang ở «{state}» nên không thực hiện được «{verb}». Các bước được phép: {verbs}."),
        state=state,
        verb=transition.title if transition else step.verb,
        verbs=verbs or str(say(N_("không có"))),
    )


def _future(step: Step) -> Iterator[Problem]:
    if step.on > step.recorded_on:
        yield Problem(
            "on",
            say(
                N_("Ngày {day} sau ngày ghi sổ ({today}); chỉ ghi việc đã có. Nhập ngày thực tế."),
                day=vietnamese_day(step.on),
                today=vietnamese_day(step.recorded_on),
            ),
        )


_ASKED = {
    Requirement.DOCUMENT: N_("Thiếu số văn bản: mỗi bước phải có căn cứ. Ghi số, ký hiệu của văn bản hoặc sổ."),
    Requirement.DECIDER: N_("Thiếu người quyết định: ghi chức vụ hoặc cơ quan quyết định."),
    Requirement.REASON: N_("Thiếu lý do: bước này thay đổi danh sách nên phải nói rõ vì sao."),
    Requirement.EVIDENCE: N_(
        "Thiếu căn cứ triệt xóa: ghi tài liệu xác định (bản án, biên bản, kết luận), không ghi tên người."
    ),
    Requirement.TARGET: N_("Thiếu điểm nhận: chọn điểm, tụ điểm mà điểm này hợp vào."),
    Requirement.UNIT: N_("Thiếu đơn vị: chọn xã, phường, đặc khu."),
    Requirement.KIND: N_("Thiếu loại: chọn loại điểm, tụ điểm."),
    Requirement.GRADE: N_("Thiếu mức căn cứ: chọn nghi vấn hoặc có tài liệu xác định."),
}


def missing(step: Step, required: Collection[Requirement]) -> Iterator[Problem]:
    """Yield, for each of `required` that is a text of the step, the sentence that it is missing."""
    for requirement, msgid in _ASKED.items():
        if requirement in required and not str(getattr(step, requirement.value)).strip():
            yield Problem(requirement.value, say(msgid))


def _watch(history: History, step: Step, settings: Settings) -> Iterator[Problem]:
    since = history.watched_since
    if settings.watch_months is None:
        if not step.reason.strip():
            yield Problem(
                "reason",
                say(N_("Chưa đặt thời hạn theo dõi: ghi rõ lý do đưa ra khỏi danh sách, hoặc đặt thời hạn trước.")),
            )
    elif since is not None and step.on < (until := add_months(since, settings.watch_months)):
        yield Problem(
            "on",
            say(
                N_("Theo dõi {months} tháng (do đơn vị đặt) đến {until} mới hết; chờ đến đó hoặc ghi tái phức tạp."),
                months=settings.watch_months,
                until=vietnamese_day(until),
            ),
        )


def _no_change(history: History, step: Step, transition: Transition) -> Iterator[Problem]:
    if transition.opens:
        return
    if Requirement.UNIT in transition.requires and step.unit and step.unit == history.unit:
        yield Problem("unit", say(N_("Điểm đang thuộc chính đơn vị này; chọn đơn vị khác.")))
    if Requirement.GRADE in transition.requires and step.grade and step.grade == history.grade:
        yield Problem("grade", say(N_("Điểm đang ở chính mức căn cứ này; chọn mức khác.")))
    if Requirement.KIND in transition.requires and step.kind and step.kind == history.kind:
        yield Problem("kind", say(N_("Điểm đang thuộc chính loại này; chọn loại khác.")))
