"""A plan that was read, as plain lines in Vietnamese for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from diaban.core.messages import Message
from diaban.core.plans import Clause, PlanText, Target, Task

_SIGNS = {
    "=": "bằng",
    ">": "trên",
    ">=": "ít nhất",
    "<": "dưới",
    "<=": "không quá",
    "increase": "tăng",
    "decrease": "giảm",
}


def shown(plan: PlanText, notes: Sequence[Message], *, explain: bool) -> str:
    """Return the page: head, bases, tree with what was found in each clause, agencies, what to look at."""
    lines = [*_head(plan), "", *_bases(plan), *_tree(plan, explain), *_agencies(plan), *_notes(plan, notes)]
    return "\n".join(lines) + "\n"


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else "không có trong văn bản"


def _head(plan: PlanText) -> Iterator[str]:
    missing = "không có trong văn bản"
    yield f"{plan.kind or 'Văn bản'} số: {plan.number or missing}"
    yield f"  Tên       {plan.title or missing}"
    yield f"  Ngày      {_day(plan.date)}" + (f" · hiệu lực {_day(plan.effective)}" if plan.effective else "")
    yield f"  Cơ quan   {plan.issuer or missing}"
    yield f"  Người ký  {plan.signer or missing}"
    if plan.field:
        yield f"  Lĩnh vực  {plan.field}"


def _bases(plan: PlanText) -> Iterator[str]:
    if plan.bases:
        yield f"CĂN CỨ ({len(plan.bases)})"
    for base in plan.bases:
        inside = f" (nêu trong {base.within})" if base.within else ""
        issuer = f" · {base.issuer}" if base.issuer else ""
        yield f"  {base.kind} {base.number or base.title or ''} · {_day(base.date)}{issuer}{inside}"
    if plan.bases:
        yield ""


def _tree(plan: PlanText, explain: bool) -> Iterator[str]:
    yield f"CÁC MỤC ({len(plan.clauses)}) · CHỈ TIÊU ({len(plan.targets)}) · NHIỆM VỤ ({len(plan.tasks)})"
    depth: dict[str, int] = {}
    tasks = {task.clause: task for task in plan.tasks}
    targets: dict[str, list[Target]] = {}
    for target in plan.targets:
        targets.setdefault(target.clause, []).append(target)
    for clause in plan.clauses:
        depth[clause.path] = depth.get(clause.parent or "", 0) + 1
        pad = "  " * depth[clause.path]
        yield f"{pad}[{clause.path}] {clause.text}" + _doubt(clause)
        if explain:
            yield f"{pad}    · quy tắc: {clause.rule}"
        for target in targets.get(clause.path, ()):
            yield f"{pad}    ◆ {_target(target)}" + (f" · quy tắc: {target.rule}" if explain else "")
            for reading in target.readings:
                amount = f"{_SIGNS[reading.op]} {_value(reading.value)}{reading.unit or ''}"
                yield f"{pad}        cách đọc: {reading.text} {amount}"
        if task := tasks.get(clause.path):
            yield f"{pad}    ▸ {_task(task)}" + (f" · quy tắc: {task.rule}" if explain else "")


def _doubt(item: Clause | Target | Task) -> str:
    return f"  (?) {item.why}" if item.uncertain and item.why else "  (?)" if item.uncertain else ""


def _number(value: float) -> str:
    return f"{int(value):,}".replace(",", ".") if float(value).is_integer() else f"{value}".replace(".", ",")


def _value(value: float | tuple[float, float] | None) -> str:
    if value is None:
        return ""
    return f"{_number(value[0])}–{_number(value[1])}" if isinstance(value, tuple) else _number(value)


def _target(target: Target) -> str:
    value = f"{_value(target.value)}{'' if target.unit == '%' else ' '}{target.unit or ''}".strip()
    if target.value is None:
        parts = [f"Chỉ tiêu: {'tăng' if target.op == '>' else 'giảm'}"]
    else:
        parts = [f"Chỉ tiêu: {_SIGNS[target.op]} {value}".rstrip()]
    if target.against:
        parts.append(f"so với {target.against}")
    if target.by:
        parts.append(f"đến/kỳ {target.by}")
    return ", ".join(parts) + f" — “{target.words}”" + _doubt(target)


def _task(task: Task) -> str:
    parts = [f"Nhiệm vụ: {task.lead or 'chưa rõ cơ quan'}"]
    if task.coordinating:
        parts.append(f"phối hợp {', '.join(task.coordinating)}")
    if task.deadline:
        parts.append(f"hạn {task.deadline}")
    if task.recurrence and task.recurrence != task.deadline:
        parts.append(f"định kỳ {task.recurrence}")
    return "; ".join(parts) + (_doubt(task) if task.lead else "")


def _agencies(plan: PlanText) -> Iterator[str]:
    if plan.agencies:
        yield ""
        yield f"CƠ QUAN ({len(plan.agencies)})"
    for agency in plan.agencies:
        same = "" if agency.name == agency.canonical else f" = {agency.canonical}"
        yield f"  {agency.name}{same} · {len(agency.clauses)} mục"


def _notes(plan: PlanText, notes: Sequence[Message]) -> Iterator[str]:
    told = [*notes, *plan.notes]
    if told:
        yield ""
        yield "CẦN XEM LẠI"
    for note in told:
        yield f"  {note}"
