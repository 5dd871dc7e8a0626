"""Many tasks from a workbook: one row a task, known by a code of the sender's own; taken back, they are called off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from django.db.models import Q
from django.http import QueryDict

from diaban.adapters.workbooks import ColumnSpec, Kind, SheetSpec
from diaban.apps.access import AccessRefused, Permission, Rights
from diaban.apps.agencies.models import Agency
from diaban.apps.exchange.registry import (
    Change,
    Context,
    Draft,
    Fault,
    Json,
    Sheet,
    SheetRefused,
    Stored,
    register_sheet,
    to_json,
)
from diaban.apps.hotspots.sheets.units import Units
from diaban.apps.places import queries as places
from diaban.apps.places.scope import Scope
from diaban.apps.programme import actions
from diaban.apps.programme.actions.giving import PREFIX
from diaban.apps.programme.models import Step, Task
from diaban.apps.programme.orders import problems_of
from diaban.apps.programme.queries.page import offered_agencies
from diaban.apps.programme.queries.sight import visible_tasks
from diaban.catalogue.periods_loader import DEFAULT_REGIME
from diaban.core.lifecycle import StepRefused
from diaban.core.messages import N_, Message, say
from diaban.core.text import fold

GRAINS: Final = {"month": "Hằng tháng", "quarter": "Hằng quý", "half": "6 tháng một lần", "year": "Hằng năm"}
KINDS: Final = {member.value: str(member.label) for member in Task.Kind}
SPEC: Final = SheetSpec(
    code="tasks",
    title="Nhiệm vụ",
    key=("code",),
    guide=(
        "Mỗi dòng là một nhiệm vụ. Mã là số hiệu do nơi giao tự đặt cho dòng, mỗi việc một mã, không dùng lại.",
        "Ghi xong, hệ thống cấp mã NV-…; tải lại cùng tệp thì nhận ra việc đã giao, không giao lần hai.",
        "Nhiệm vụ của cấp tỉnh: để trống mã đơn vị. Nhiệm vụ của xã: ghi mã xã và cơ quan cấp xã chủ trì.",
        "Việc một lần: ghi hạn, để trống “Lặp lại”. Việc lặp lại: chọn kỳ, để trống hạn.",
        "Việc đã giao: chỉ sửa được hướng dẫn, sản phẩm, hạn, kinh phí. Ô để trống: giữ nguyên.",
        "Hoàn tác là thôi giao các việc của lô; việc đã có báo cáo thì không hoàn tác được ở đây.",
        "Không ghi tên người; ghi chức danh hoặc cơ quan.",
    ),
    columns=(
        ColumnSpec("code", "Mã", required=True, max_length=40, width=14, example="KH208-01"),
        ColumnSpec("title", "Việc phải làm", required=True, max_length=400, width=60,
                   example="Rà soát, lập danh sách điểm, tụ điểm"),
        ColumnSpec("unit_code", "Mã đơn vị", Kind.CODE, digits=5, width=12, example="26506"),
        ColumnSpec("unit_name", "Đơn vị", max_length=120, width=24, help="Để đối chiếu với mã"),
        ColumnSpec("lead", "Chủ trì", required=True, max_length=160, width=28, example="Công an cấp xã",
                   help="Tên, tên viết tắt hoặc mã ở trang Cơ quan, phân công"),
        ColumnSpec("others", "Phối hợp", max_length=1000, width=28, help="Cách nhau bằng dấu chấm phẩy"),
        ColumnSpec("kind", "Loại", Kind.CHOICE, choices=KINDS, width=24),
        ColumnSpec("starts", "Giao từ ngày", Kind.DATE, width=12, help="Để trống: ngày ghi vào hệ thống"),
        ColumnSpec("due", "Hạn", Kind.DATE, width=12, example="15/12/2026"),
        ColumnSpec("grain", "Lặp lại", Kind.CHOICE, choices=GRAINS, width=16),
        ColumnSpec("words", "Hướng dẫn thực hiện", max_length=4000, width=40),
        ColumnSpec("product", "Sản phẩm phải có", max_length=300, width=28, example="Danh sách"),
        ColumnSpec("budget", "Kinh phí giao (đồng)", Kind.INTEGER, minimum=0, maximum=10**15, width=18),
    ),
)  # fmt: skip
EDITED: Final = ("words", "product", "due", "budget")
_COLUMN: Final = {"units": "unit_code", "regime": "grain", "grace_days": "grain", "ends": "grain"}


class TaskSheet(Sheet):
    """See `SPEC`. Stored rows hold `unit` (uid or nothing) and `above`: only the province changes what it gave."""

    spec = SPEC
    asks = (Permission.TASK_ASSIGN,)
    shows = Permission.TASK_VIEW
    fixed = frozenset({"title", "unit_code", "lead", "others", "kind", "starts", "grain"})
    personal = {}

    def units_of(self, rows: Sequence[Stored], context: Context) -> Sequence[Collection[int]]:  # noqa: ARG002
        """Return the unit on whose level each task is given; none for the province's and what it gave to a unit."""
        ids = places.known().ids
        return [(ids[row["unit"]],) if row.get("unit") in ids and not row.get("above") else () for row in rows]

    def prepare(self, drafts: Sequence[Draft], context: Context) -> Iterable[Fault]:
        """Find units and agencies, and ask whether each piece of work can be given so."""
        on = context.rights.on
        standing = self.current([draft.key for draft in drafts], context)
        known, units = _agencies(on), Units()
        for draft in drafts:
            faults = [*_agencies_found(draft, known), *_unit_found(draft, units, standing.get(draft.key), on)]
            yield from faults or self._refused(draft, draft.key in standing, on)

    def _refused(self, draft: Draft, there: bool, on: dt.date) -> Iterator[Fault]:
        """Yield what the order itself is refused for: of a new task whole, of one that is there nothing here."""
        if there:
            return
        if draft.key.upper().startswith(PREFIX):
            why = say(N_("Không có nhiệm vụ đang giao mang mã này trong phạm vi được giao"))
            yield Fault(draft.number, "code", why, say(N_("Việc mới: số hiệu tự đặt, không bắt đầu bằng NV-")))
            return
        order, unit = _order(draft.key, {code: to_json(value) for code, value in draft.values.items()})
        for problem in problems_of(order, [unit], on):
            yield Fault(draft.number, _COLUMN.get(problem.field, problem.field), problem.message)

    def current(self, keys: Collection[str], context: Context) -> dict[str, Stored]:
        """Return the tasks within sight that stand under their codes, or under those that their senders gave."""
        wanted = list(keys)
        rows = visible_tasks(context.rights).filter(Q(code__in=wanted) | Q(ref__in=wanted))
        rows = rows.exclude(state=Task.State.CANCELLED).select_related("lead", "unit").prefetch_related("co__agency")
        found: dict[str, Stored] = {}
        for task in rows.order_by("pk"):
            for key in {task.code, task.ref} & set(wanted):
                found[key] = {name: to_json(value) for name, value in _row(task, key, context.rights.on).items()}
        return found

    def write(self, changes: Sequence[Change], context: Context) -> Json:
        """Give the new tasks; change words, product, deadline and money of those that are there."""
        for change in changes:
            try:
                if change.before is None:
                    order, unit = _order(change.key, change.after)
                    actions.give_task(order=order, unit=unit, by=context.by, at=context.at)
                else:
                    self._edit(change.key, change.after, context)
            except (StepRefused, AccessRefused) as refused:
                raise SheetRefused(f"{change.key}: {refused}") from None

    def revert(self, changes: Sequence[Change], image: Json, context: Context) -> None:  # noqa: ARG002
        """Call off the tasks that were given and on which nothing was reported; change the others back."""
        reason = say(N_("Hoàn tác lô nhập {batch}"), batch=context.batch)
        for change in changes:
            try:
                if change.before is not None:
                    self._edit(change.key, change.before, context)
                    continue
                task = _task(change.key, context.rights)
                if Step.objects.filter(turn__task=task).exclude(verb="give").exists() or task.children.exists():
                    why = say(
                        N_("đã có báo cáo hoặc đã giao tiếp; thôi giao ở trang của nhiệm vụ {code}"), code=task.code
                    )
                    raise SheetRefused(f"{change.key}: {why}")
                actions.cancel_task(task=task, reason=str(reason), by=context.by, at=context.at)
            except (StepRefused, AccessRefused) as refused:
                raise SheetRefused(f"{change.key}: {refused}") from None

    def _edit(self, key: str, values: Stored, context: Context) -> None:
        given: dict[str, Any] = {name: values.get(name) for name in EDITED}
        given |= {name: given[name] or "" for name in ("words", "product")}
        given["due"] = _day(values.get("due"))
        actions.edit_task(task=_task(key, context.rights), changes=given, by=context.by, at=context.at)

    def for_eyes(self, rows: Sequence[Stored]) -> Sequence[Stored]:
        """Return rows with their unit's code and name."""
        return Units().named(rows)

    def export_rows(self, query: QueryDict, scope: Scope, rights: Rights) -> Iterator[Mapping[str, Any]]:
        """Yield the open tasks within sight by code, as the template asks for them; `q` narrows by words."""
        rows = visible_tasks(rights).filter(state=Task.State.OPEN)
        if text := fold(query.get("q", "")):
            rows = rows.filter(search__contains=text)
        names = places.names(
            set(rows.filter(unit__isnull=False).order_by().values_list("unit", flat=True)), scope.today
        )
        for task in rows.select_related("lead", "unit").prefetch_related("co__agency").order_by("code"):
            row = _row(task, task.code, scope.today)
            del row["above"], row["unit"]
            yield row | {"unit_name": names.get(task.unit_id or 0)}


def _row(task: Task, key: str, on: dt.date) -> dict[str, Any]:
    """Return a task as typed values by column; `unit` is the uid."""
    return {
        "code": key, "title": task.title, "unit_code": places.place(task.unit_id, on).code if task.unit_id else None,
        "unit": task.unit.uid if task.unit else None, "above": task.from_above, "lead": task.lead.name,
        "others": _joined(one.agency for one in task.co.all()), "kind": task.kind, "starts": task.starts,
        "due": task.due, "grain": task.grain or None, "words": task.words or None, "product": task.product or None,
        "budget": task.budget,
    }  # fmt: skip


def _task(key: str, rights: Rights) -> Task:
    rows = visible_tasks(rights).exclude(state=Task.State.CANCELLED).filter(Q(code=key) | Q(ref=key))
    return rows.order_by("-pk")[:1].get()


def _joined(agencies: Iterable[Agency]) -> str | None:
    return "; ".join(sorted(one.name for one in agencies)) or None


def _agencies(on: dt.date) -> dict[str, Agency]:
    """Return the agencies in force by every spelling that may stand in a cell, folded; a name goes before the rest."""
    offered = offered_agencies(on)
    by_code = {fold(word): one for one in offered for word in (one.code, one.short) if word}
    return by_code | {fold(one.name): one for one in offered}


def _agencies_found(draft: Draft, known: Mapping[str, Agency]) -> Iterator[Fault]:
    """Put the agencies' names into the values; yield those that cannot be found."""
    values = draft.values
    accepted = say(N_("Tên như ở trang Cơ quan, phân công"))
    lead = known.get(fold(values.get("lead") or ""))
    if lead is None:
        yield Fault(draft.number, "lead", _no_agency(values.get("lead")), accepted)
    else:
        values["lead"] = lead.name
    named = [word.strip() for word in (values.get("others") or "").split(";") if word.strip()]
    for word in named:
        if fold(word) not in known:
            yield Fault(draft.number, "others", _no_agency(word), accepted)
    if named:
        others = {known[fold(word)] for word in named if fold(word) in known}
        values["others"] = _joined(one for one in others if one != lead)


def _unit_found(draft: Draft, units: Units, there: Stored | None, on: dt.date) -> Iterator[Fault]:
    """Put the unit, and what a new row leaves open, into the values; yield what cannot be found."""
    values = draft.values
    code, name = values.get("unit_code"), values.pop("unit_name", None) or ""
    if there is not None:
        values["unit"], values["above"] = there["unit"], there["above"]
        return
    values["unit"] = None
    values["starts"] = values.get("starts") or on
    values["kind"] = values.get("kind") or Task.Kind.PLAN.value
    if not code:
        return
    unit = units.by_code(code, on)
    if not isinstance(unit, int):
        yield Fault(draft.number, "unit_code", unit, say(N_("Mã của xã, phường, đặc khu hiện có")))
    elif wrong := units.other_name(unit, name, on):
        yield Fault(draft.number, "unit_name", wrong, say(N_("Tên đúng của mã, hoặc để trống")))
    else:
        values["unit"] = units.held.uids[unit]


def _no_agency(name: str | None) -> Message:
    return say(N_("Không có cơ quan “{name}”"), name=name or "")


def _day(value: Json) -> dt.date | None:
    return dt.date.fromisoformat(value) if value else None


def _order(key: str, values: Stored) -> tuple[actions.Order, Any]:
    """Return the order of a prepared row, and its unit."""
    names = [values["lead"], *(values.get("others") or "").split("; ")]
    held = {one.name: one for one in Agency.objects.filter(name__in=names, valid_to__isnull=True)}
    held |= {one.name: one for one in Agency.objects.filter(name__in=set(names) - set(held))}
    grain = values.get("grain") or ""
    order = actions.Order(
        title=values["title"], lead=held[values["lead"]], starts=dt.date.fromisoformat(values["starts"]),
        due=_day(values.get("due")), regime=DEFAULT_REGIME if grain else "", grain=grain,
        words=values.get("words") or "", product=values.get("product") or "", budget=values.get("budget"),
        kind=values["kind"], others=tuple(held[name] for name in names[1:] if name in held), ref=key,
    )  # fmt: skip
    return order, places.unit_by_uid(values["unit"]) if values.get("unit") else None


register_sheet(TaskSheet())
