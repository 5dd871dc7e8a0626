"""The programme added up: by agency, by unit, and the communes beside each other for work that all of them do."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.places import queries as places
from diaban.apps.places.scope import scope_of
from diaban.apps.programme.models import Task, TaskParty
from diaban.apps.programme.queries import visible_tasks
from diaban.apps.programme.queries.overview.facts import Fact, Span, counted
from diaban.apps.programme.queries.overview.filters import narrowed
from diaban.apps.programme.queries.overview.states import WORKS, Look, Work
from diaban.apps.programme.views.overview import asking, shown
from diaban.apps.programme.views.overview.lists import choices, found, says
from diaban.catalogue.periods_loader import regimes
from diaban.core.periods import Grain, Period
from diaban.core.text import sort_key
from diaban.ui.formats import grouped

STATES: Final = (Work.LATE, Work.SOON, Work.RUNNING, Work.REPORTED, Work.DONE)
ORDERS: Final = ("ten", "tong", "tre", "xong", "khong_chuc_danh")
COLUMNS: Final = 8
PAGE: Final = 60
MONTHS: Final = 4


@dataclass(frozen=True, slots=True)
class RollRow:
    """One agency or unit: how many tasks, how many in each of `STATES`, how many without a post; each with its list."""

    name: str
    url: str
    n: int
    counts: tuple[tuple[int, str, Look], ...]
    late: int
    done: int
    no_post: int
    no_post_url: str
    joins: int = 0
    joins_url: str = ""


@guard(Permission.TASK_VIEW)
@require_GET
def agencies(request: HttpRequest) -> HttpResponse:
    """Show how many tasks each agency leads, or each unit carries out, and how they stand."""
    asked = asking.read_filter(request)
    by_unit = request.GET.get("nhom") == "don_vi"
    everything = [one for one in found(request, asked) if asked.fits(one) and one.work is not Work.OFF]
    rows = _by_unit(request, everything) if by_unit else _by_agency(request, everything)
    sort = request.GET.get("sort", "")
    sort = sort if sort.lstrip("-") in ORDERS else "-tre"
    counts = counted(everything)
    context: dict[str, Any] = {
        "rows": _sorted(rows, sort),
        "by_unit": by_unit,
        "states": [(WORKS[work], work) for work in STATES],
        "total": len(everything),
        "totals": [counts[work] for work in STATES],
        "sort": sort,
        "heading": _heading(rows, counts, by_unit=by_unit),
        "says": says(request, asked),
        "filtered": bool(asking.carried(request)),
        **choices(request),
    }
    return render(request, "programme/overview/agencies.html", context)


def _heading(rows: Sequence[RollRow], counts: Mapping[Work, int], *, by_unit: bool) -> str:
    late = sum(bool(row.late) for row in rows)
    words = _("%(n)s đơn vị có việc, %(late)s đơn vị có việc quá hạn (%(tasks)s việc)")
    if not by_unit:
        words = _("%(n)s cơ quan chủ trì, %(late)s cơ quan có việc quá hạn (%(tasks)s việc)")
    return words % {"n": grouped(len(rows)), "late": grouped(late), "tasks": grouped(counts.get(Work.LATE, 0))}


def _sorted(rows: Iterable[RollRow], sort: str) -> list[RollRow]:
    keys: dict[str, Callable[[RollRow], Any]] = {
        "ten": lambda row: sort_key(row.name),
        "tong": lambda row: row.n,
        "tre": lambda row: row.late,
        "xong": lambda row: row.done,
        "khong_chuc_danh": lambda row: row.no_post,
    }
    named = sorted(rows, key=keys["ten"])
    return sorted(named, key=keys[sort.lstrip("-")], reverse=sort.startswith("-"))


def _by_agency(request: HttpRequest, everything: Sequence[Fact]) -> list[RollRow]:
    held: dict[int, list[Fact]] = defaultdict(list)
    for one in everything:
        held[one.lead].append(one)
    asked = asking.read_filter(request)
    seen = narrowed(visible_tasks(rights_of(request)), asked).exclude(state=Task.State.CANCELLED)
    parties = TaskParty.objects.filter(task__in=seen.order_by().values("pk")).order_by()
    joins: dict[int, int] = dict(parties.values_list("agency").annotate(n=Count("task", distinct=True)))
    named = shown.agencies_by_id({*held, *joins})
    carry = asking.carried(request, "co_quan", "vai", "tinh_trang", "nhom")
    rows = []
    for key, agency in named.items():
        link = carry | {"co_quan": agency.code, "vai": "chu_tri"}
        row = _row(agency.name, held.get(key, []), link)
        joined = asking.listed(carry | {"co_quan": agency.code, "vai": "phoi_hop"})
        rows.append(replace(row, joins=joins.get(key, 0), joins_url=joined))
    return rows


def _by_unit(request: HttpRequest, everything: Sequence[Fact]) -> list[RollRow]:
    held: dict[int, list[Fact]] = defaultdict(list)
    for one in everything:
        if one.unit is not None:
            held[one.unit].append(one)
    names = places.names(held, scope_of(request).today)
    uids = places.known().uids
    carry = asking.carried(request, "don_vi", "tinh_trang", "nhom")
    return [_row(names.get(key, ""), facts, carry | {"don_vi": uids[key]}) for key, facts in held.items()]


def _row(name: str, facts: Sequence[Fact], link: Mapping[str, str]) -> RollRow:
    """Return a row of the tasks that `link` (never empty) leads to."""
    counts, here = counted(facts), asking.listed(link)
    return RollRow(
        name=name,
        url=here,
        n=len(facts),
        counts=tuple((counts[work], f"{here}&tinh_trang={work.value}", WORKS[work]) for work in STATES),
        late=counts[Work.LATE],
        done=counts[Work.DONE],
        no_post=sum(one.post is None for one in facts),
        no_post_url=f"{here}&trong=1",
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """How one commune stands with one task; no `look`: it was not given to it."""

    look: Look | None
    url: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class GridRow:
    """One commune: its cells in the order of the columns, how many of its tasks here there are, and are late."""

    name: str
    url: str
    cells: tuple[Cell, ...]
    late: int
    n: int


@guard(Permission.TASK_VIEW)
@require_GET
def grid(request: HttpRequest) -> HttpResponse:
    """Show the communes beside each other: a row each, a column for each task that the province gave to all of them."""
    months = _months(scope_of(request).today)
    month = next((one for one in months if one.code == request.GET.get("thang")), None)
    asked = asking.read_filter(request)
    if month is not None:
        asked = replace(asked, span=Span(month.start, month.last_day))
    everything = [one for one in found(request, asked) if one.parent is not None and one.unit is not None]
    everything = [one for one in everything if one.work is not Work.OFF]
    heads = Counter(one.parent for one in everything if one.parent is not None)
    columns = Paginator(sorted(heads), COLUMNS).get_page(request.GET.get("cot"))
    kept = [one for one in everything if one.parent in set(columns.object_list)]
    rows = _grid_rows(request, kept, list(columns.object_list))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    late = sum(bool(row.late) for row in rows)
    context: dict[str, Any] = {
        "columns": _columns(kept, list(columns.object_list), asked.span),
        "months": [(one.code, one.name.render(_)) for one in months],
        "month": month.code if month else "",
        "column_page": columns,
        "page": page,
        "rows": page.object_list,
        "heading": _grid_heading(len(rows), late, month.name.render(_) if month else ""),
        "says": says(request, asked),
        "signs": [WORKS[work] for work in Work if work is not Work.OFF],
        "filtered": bool(asking.carried(request)),
        **choices(request),
    }
    return render(request, "programme/overview/grid.html", context)


def _months(on: date) -> list[Period]:
    """Return the calendar months whose due days the grid can be narrowed to: the current one and those before it."""
    rule = regimes()["calendar"]
    here = rule.containing(on, Grain.MONTH)
    return [rule.shift(here, -back) for back in range(MONTHS)]


def _grid_heading(rows: int, late: int, month: str) -> str:
    if not rows:
        return _("Chưa có việc nào giao xuống các xã") if not month else _("%s: không có việc nào đến hạn") % month
    words = _("%(late)s trong %(n)s xã có việc quá hạn") if late else _("Cả %(n)s xã không có việc nào quá hạn")
    said = words % {"n": grouped(rows), "late": grouped(late)}
    return f"{month}: {said[0].lower()}{said[1:]}" if month else said


def _grid_rows(request: HttpRequest, kept: Sequence[Fact], columns: Sequence[int]) -> list[GridRow]:
    by_unit: dict[int, dict[int, Fact]] = defaultdict(dict)
    for one in kept:
        if one.unit is not None and one.parent is not None:
            by_unit[one.unit][one.parent] = one
    names = places.names(by_unit, scope_of(request).today)
    uids = places.known().uids
    codes = dict(Task.objects.filter(pk__in=[one.task for one in kept]).values_list("pk", "code"))
    base = shown.task_url("CODE")
    rows = []
    for unit, held in by_unit.items():
        cells = tuple(_cell(held.get(column), codes, base) for column in columns)
        works = [one.work for one in held.values()]
        row = GridRow(
            names.get(unit, ""), asking.listed(don_vi=uids[unit]), cells, works.count(Work.LATE), len(works)
        )  # fmt: skip
        rows.append(row)
    return sorted(rows, key=lambda row: (-row.late, sort_key(row.name)))


def _cell(fact: Fact | None, codes: Mapping[int, str], base: str) -> Cell:
    if fact is None:
        return Cell(None)
    look = WORKS[fact.work]
    said = shown.when(fact)
    return Cell(look, base.replace("CODE", codes[fact.task]), f"{look.words}, {said}" if said else str(look.words))


def _columns(kept: Sequence[Fact], columns: Sequence[int], span: Span) -> list[dict[str, Any]]:
    days = {name: one.isoformat() for name, one in (("tu", span.first), ("den", span.last)) if one}
    tasks = Task.objects.only("code", "title").in_bulk(columns)
    counts: dict[int, Counter[Work]] = defaultdict(Counter)
    first: dict[int, int] = {}
    for one in kept:
        if one.parent is not None:
            counts[one.parent][one.work] += 1
            first.setdefault(one.parent, one.task)
    # What the communes do, in their words: the task above says how the province guides them.
    below = dict(Task.objects.filter(pk__in=first.values()).values_list("parent", "title"))
    return [
        {
            "code": tasks[key].code,
            "title": below.get(key, tasks[key].title),
            "url": shown.task_url(tasks[key].code),
            "n": sum(counts[key].values()),
            "good": sum(counts[key].values()) - counts[key][Work.LATE],
            "late": counts[key][Work.LATE],
            "list_url": asking.listed(days, cha=tasks[key].code),
            "late_url": asking.listed(days, cha=tasks[key].code, tinh_trang=Work.LATE.value),
        }
        for key in columns
    ]
