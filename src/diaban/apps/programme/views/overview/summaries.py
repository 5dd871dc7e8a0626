"""A plan on one page, for whoever answers for all of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.places.scope import scope_of
from diaban.apps.plans.models import Plan
from diaban.apps.programme.models import Task
from diaban.apps.programme.queries import visible_tasks
from diaban.apps.programme.queries.overview.facts import Fact, counted, facts
from diaban.apps.programme.queries.overview.filters import TaskFilter, narrowed
from diaban.apps.programme.queries.overview.states import OPEN, SENTENCES, Sentence, Work
from diaban.apps.programme.queries.overview.tree import Node, rolled, tree
from diaban.apps.programme.views.overview import asking, shown
from diaban.apps.programme.views.overview.trees import heading, roll, tree_url, version_of
from diaban.ui.formats import grouped

WORST: Final = 10
AGENCIES: Final = 8


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """One agency in the plan: what it leads, what of that is late or done, each with its list."""

    name: str
    url: str
    n: int
    done: int
    late: int
    late_url: str


@dataclass(frozen=True, slots=True)
class Followed:
    """Items followed apart (shortcomings of the earlier phase, training): how many, done, late, with their list."""

    title: str
    n: int
    done: int
    late: int
    url: str


@guard(Permission.TASK_VIEW, also=[Permission.PLAN_VIEW])
@require_GET
def summary(request: HttpRequest, code: str) -> HttpResponse:
    """Show a plan's sentences, agencies, worst delays, money and followed items on one page."""
    plan, version = version_of(request, code, None)
    on = scope_of(request).today
    tasks = narrowed(visible_tasks(rights_of(request)), TaskFilter(on=on, plan=plan.pk))
    everything = [one for one in facts(tasks, on) if one.work is not Work.OFF]
    tops = tree(version, everything)
    counts = rolled(tops)
    late = sorted((one for one in everything if one.work is Work.LATE), key=lambda one: (-one.late, one.task))
    here = tree_url(plan)
    context: dict[str, Any] = {
        "plan": plan,
        "version": version,
        "heading": heading(plan, counts),
        "sentences": [
            (SENTENCES[one], counts[one], f"{here}?tinh_trang={one.value}") for one in Sentence if counts[one]
        ],
        "sections": [(node.clause, roll(node.rolled), f"{here}#{node.clause.path}") for node in _sections(tops)],
        "tasks": len(everything),
        "tasks_done": sum(one.work is Work.DONE for one in everything),
        "tasks_open": sum(one.work in OPEN for one in everything),
        "tasks_url": asking.listed(ke_hoach=plan.code),
        "late_url": asking.listed(ke_hoach=plan.code, tinh_trang=Work.LATE.value),
        "n_late": len(late),
        "worst": _worst(request, plan, late),
        "agencies": _agencies(plan, everything),
        "communes": _communes(everything),
        "money": _money(tasks),
        "followed": _followed(plan, everything),
        "no_post": sum(one.post is None for one in everything),
        "no_post_url": asking.listed(ke_hoach=plan.code, trong="1"),
        "plan_url": shown.address("plans:detail", plan.code),
        "on": on,
    }
    return render(request, "programme/overview/summary.html", context)


def _worst(request: HttpRequest, plan: Plan, late: Sequence[Fact]) -> tuple[shown.Card, ...]:
    """Return the longest delays; where communes are late with the same task, they stand together."""
    groups = shown.bundled(late, WORST)
    rows = {row.fact.task: row for row in shown.rows_of(request, [group[0] for group in groups], people=True)}

    def link(code: str) -> str:
        return asking.listed(ke_hoach=plan.code, cha=code, tinh_trang=Work.LATE.value)

    return shown.cards_of(groups, rows, link, shown.codes_above(groups))


def _sections(tops: Sequence[Node]) -> list[Node]:
    """Return the headings of the text's two upper levels that something is followed under."""
    found = [node for top in tops for node in (top, *top.children)]
    return [node for node in found if node.children and sum(node.rolled.values())]


def _agencies(plan: Plan, everything: Sequence[Fact]) -> list[AgencyRow]:
    """Return the agencies that lead most of the plan's tasks, those that are late first."""
    held: dict[int, list[Fact]] = defaultdict(list)
    for one in everything:
        held[one.lead].append(one)
    named = shown.agencies_by_id(held)
    rows = []
    for key, agency in named.items():
        counts: Counter[Work] = counted(held[key])
        link: Mapping[str, str] = {"ke_hoach": plan.code, "co_quan": agency.code, "vai": "chu_tri"}
        late_url = asking.listed(link, tinh_trang=Work.LATE.value)
        rows.append(
            AgencyRow(agency.name, asking.listed(link), len(held[key]), counts[Work.DONE], counts[Work.LATE], late_url)
        )
    return sorted(rows, key=lambda row: (-row.late, -row.n, row.name))[:AGENCIES]


def _communes(everything: Sequence[Fact]) -> str:
    """Return how the communes stand as a sentence; nothing where no commune has a task."""
    units = {one.unit for one in everything if one.unit is not None}
    late = {one.unit for one in everything if one.unit is not None and one.work is Work.LATE}
    if not units:
        return ""
    return _("%(n)s xã có việc, %(late)s xã có việc quá hạn") % {"n": grouped(len(units)), "late": grouped(len(late))}


def _money(tasks: Any) -> dict[str, Any]:
    """Return the money given and spent over the plan's tasks, in đồng; `share` is the part spent, 0 to 100."""
    found = tasks.exclude(state=Task.State.CANCELLED).aggregate(given=Sum("budget"), spent=Sum("spent"))
    given, spent = found["given"] or 0, found["spent"] or 0
    return {"given": given, "spent": spent, "share": round(100 * spent / given) if given else None}


def _followed(plan: Plan, everything: Sequence[Fact]) -> list[Followed]:
    found = []
    for kind in (Task.Kind.SHORTCOMING, Task.Kind.TRAINING):
        held = [one for one in everything if one.kind == kind]
        counts = counted(held)
        url = asking.listed(ke_hoach=plan.code, loai=kind.value)
        found.append(Followed(str(kind.label), len(held), counts[Work.DONE], counts[Work.LATE], url))
    return found
