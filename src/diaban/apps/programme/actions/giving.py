"""Giving work: one task, the same one to many communes, from sentences of a plan, or down from the province's task."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction

from diaban.apps.access import Permission, Person, require, rights_at
from diaban.apps.agencies import queries as agencies
from diaban.apps.agencies.models import Agency, Post
from diaban.apps.audit import actions as audit
from diaban.apps.places import queries as places
from diaban.apps.places.models import Unit
from diaban.apps.plans.models import Clause, Duty, Plan
from diaban.apps.programme import reminders
from diaban.apps.programme.actions.base import day_of, giver_of, locked, must_be_open, step_row, subject
from diaban.apps.programme.actions.turns import first_turns
from diaban.apps.programme.models import Step, Task, TaskClause, TaskParty, Turn
from diaban.apps.programme.orders import problems_of
from diaban.core.lifecycle import StepRefused
from diaban.core.text import fold

PREFIX = "NV-"
BATCH = 500


@dataclass(frozen=True, slots=True)
class Order:
    """What is given: to which agency, what, from when, due when or how often. `ends` and `grace_days` go with a regime.

    `post` empty: the head post of the lead agency (in the unit). `budget` in đồng.
    """

    title: str
    lead: Agency
    starts: date
    due: date | None = None
    regime: str = ""
    grain: str = ""
    grace_days: int = 0
    ends: date | None = None
    words: str = ""
    product: str = ""
    budget: int | None = None
    kind: str = Task.Kind.PLAN
    phase: str = ""
    plan: Plan | None = None
    duty: Duty | None = None
    parent: Task | None = None
    post: Post | None = None
    others: tuple[Agency, ...] = ()
    clauses: tuple[Clause, ...] = ()
    ref: str = ""  # the sender's own code, where the order came in a workbook


def give_task(
    *, order: Order, unit: Unit | None = None, by: Person, at: datetime, from_above: bool | None = None
) -> Task:
    """Give one task to the order's lead agency (in `unit`; without one: at the province) and return it.

    Its first turn is made at once. `from_above`: the province gave it to the unit; None: it did when `by` may give at
    the province and the plan is not the unit's own. Raises `StepRefused` with every reason, `AccessRefused`.
    """
    (task,) = give_tasks(order=order, units=[unit], by=by, at=at, from_above=from_above)
    return task


def give_tasks(
    *, order: Order, units: Sequence[Unit | None], by: Person, at: datetime, from_above: bool | None = None
) -> list[Task]:
    """Give the same task in each of `units`, in their order; all of them or none."""
    with transaction.atomic():
        tasks, events = make(order, units, by=by, at=at, from_above=from_above)
        reminders.tasks_given(tasks=tasks, by=by, at=at)
        audit.record_many(by=by, at=at, verb="task.give", items=events)
    return tasks


def cascade(
    *,
    task: Task,
    units: Sequence[Unit],
    lead: Agency,
    words: str = "",
    title: str = "",
    due: date | None = None,
    by: Person,
    at: datetime,
) -> list[Task]:
    """Give each commune its part of a task of the level above, with guidance in `words`; return the new ones.

    Deadline, recurrence, product and clauses are those of the task above, but for a `due` that is given. A commune
    that already has its part is left out.
    """
    with transaction.atomic():
        above = locked(task)
        must_be_open(above)
        there = set(above.children.exclude(state=Task.State.CANCELLED).values_list("unit", "lead"))
        wanted = [unit for unit in units if (unit.pk, lead.pk) not in there]
        if units and not wanted:
            return []
        order = Order(
            title=title or above.title,
            lead=lead,
            starts=max(above.starts, day_of(at)) if not above.regime else above.starts,
            due=None if above.regime else due or above.due,
            regime=above.regime,
            grain=above.grain,
            grace_days=above.grace_days,
            ends=above.ends,
            words=words or above.words,
            product=above.product,
            kind=above.kind,
            plan=above.plan,
            parent=above,
            clauses=tuple(above.clauses.all()),
        )
        if order.due and order.due < order.starts:
            order = replace(order, starts=above.starts)
        tasks, events = make(order, wanted, by=by, at=at, from_above=True if above.unit_id is None else None)
        reminders.tasks_given(tasks=tasks, by=by, at=at)
        audit.record_many(by=by, at=at, verb="task.give", items=events)
    return tasks


def make(
    order: Order, units: Sequence[Unit | None], *, by: Person, at: datetime, from_above: bool | None = None
) -> tuple[list[Task], list[tuple[str, dict[str, Any]]]]:
    """Write the tasks and their first turns, and return them with what the log will say. For a caller's transaction."""
    on = day_of(at)
    rights = rights_at(by, at)
    at_province = rights.can(Permission.TASK_ASSIGN, unit=None).allowed
    verdicts = [require(by, Permission.TASK_ASSIGN, at=at, unit=unit.pk if unit else None) for unit in units]
    if problems := problems_of(order, units, on):
        raise StepRefused(problems)
    heads = agencies.heads_of([(order.lead.pk, unit.pk if unit else None) for unit in units], on)
    names = places.names([unit.pk for unit in units if unit], on)
    clauses = tuple({one.key: one for one in order.clauses}.values())
    others = [one for one in {one.pk: one for one in order.others}.values() if one.pk != order.lead.pk]
    tasks = []
    for unit, code in zip(units, _codes(len(units)), strict=True):
        own = order.plan is not None and unit is not None and order.plan.unit_id == unit.pk
        given_above = (at_province and not own) if from_above is None else from_above
        tasks.append(
            Task(
                code=code, ref=order.ref, kind=order.kind, plan=order.plan, duty=order.duty, parent=order.parent,
                title=order.title.strip(), words=order.words.strip(), product=order.product.strip(), lead=order.lead,
                unit=unit, from_above=unit is not None and given_above,
                post=order.post or heads.get((order.lead.pk, unit.pk if unit else None)), phase=order.phase,
                starts=order.starts, due=order.due, regime=order.regime, grain=order.grain,
                grace_days=order.grace_days if order.regime else 0, ends=order.ends, budget=order.budget,
                search=search_words(code, order.title, order.lead, order.product, names.get(unit.pk) if unit else ""),
                created_by=by.get_username(), created_at=at,
            )
        )  # fmt: skip
    Task.objects.bulk_create(tasks, batch_size=BATCH)
    TaskClause.objects.bulk_create(
        [TaskClause(task=task, clause_id=clause.key) for task in tasks for clause in clauses], batch_size=BATCH
    )
    TaskParty.objects.bulk_create(
        [TaskParty(task=task, agency=agency) for task in tasks for agency in others], batch_size=BATCH
    )
    _begin(tasks, [giver_of(verdict) for verdict in verdicts], by=by, at=at)
    return tasks, [(subject(task), _told(task, names)) for task in tasks]


def search_words(code: str, title: str, lead: Agency, product: str, unit_name: str | None) -> str:
    """Return the folded text by which a task is found."""
    return fold(" ".join(filter(None, (code, title, lead.name, lead.short, product, unit_name))))


def _codes(count: int) -> list[str]:
    """Return the next free codes. Two who give at once wait for each other at the last task."""
    Task.objects.select_for_update().order_by("-code").first()
    last = Task.objects.order_by("-code").values_list("code", flat=True).first()
    number = int(last.removeprefix(PREFIX)) if last else 0
    return [f"{PREFIX}{number + step:06d}" for step in range(1, count + 1)]


def _begin(tasks: Sequence[Task], givers: Iterable[str], *, by: Person, at: datetime) -> None:
    turns = [turn for task in tasks for turn in first_turns(task, day_of(at))]
    Turn.objects.bulk_create(turns, batch_size=BATCH)
    lent = {task.pk: giver for task, giver in zip(tasks, givers, strict=True)}
    Step.objects.bulk_create(
        [step_row(turn, "give", turn.state, by=by, at=at, giver=lent[turn.task_id], seq=1) for turn in turns],
        batch_size=BATCH,
    )
    first: dict[int, Turn] = {}
    for turn in turns:
        first.setdefault(turn.task_id, turn)
    for task in tasks:
        task.current = first.get(task.pk)
    Task.objects.bulk_update(tasks, ["current"], batch_size=BATCH)


def _told(task: Task, names: dict[int, str]) -> dict[str, Any]:
    found: dict[str, Any] = {"name": task.title, "lead": task.lead.name}
    if task.unit_id:
        found["unit"] = names[task.unit_id]
    if task.due:
        found["due"] = task.due.isoformat()
    if task.regime:
        found["grain"] = task.grain
    if task.parent_id and task.parent:
        found["parent"] = task.parent.code
    return found
