"""The list of tasks: whatever the other pages count is shown here, by the same conditions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.agencies.models import Agency
from diaban.apps.places import queries as places
from diaban.apps.plans.queries import visible_plans
from diaban.apps.programme.models import Task
from diaban.apps.programme.queries import visible_tasks
from diaban.apps.programme.queries.overview.facts import Fact, counted, facts
from diaban.apps.programme.queries.overview.filters import TaskFilter, narrowed
from diaban.apps.programme.queries.overview.states import OPEN, WORKS, Work
from diaban.apps.programme.views.overview import asking, shown
from diaban.core.text import sort_key
from diaban.ui.formats import day, grouped

PAGE: Final = 50
ORDERS: Final = ("tinh_trang", "han", "ma", "ten", "don_vi", "co_quan")
URGENCY: Final = {work: place for place, work in enumerate(Work)}


@guard(Permission.TASK_VIEW)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show the tasks that the address asks for, with how many of them stand in each state."""
    asked = asking.read_filter(request)
    everything = found(request, asked)
    rows = [one for one in everything if asked.fits(one)]
    sort = _order(request)
    page = Paginator(ordered(rows, sort, asked.on), PAGE).get_page(request.GET.get("page"))
    carry = asking.carried(request, "tinh_trang")
    counts = counted(everything)
    links = {work: asking.listed(carry, tinh_trang=work.value) for work in Work}
    context: dict[str, Any] = {
        "page": page,
        "rows": shown.rows_of(request, list(page.object_list)),
        "total": len(rows),
        "all": len(everything),
        "heading": _heading(rows, asked),
        "says": says(request, asked),
        "counts": shown.counts_of(counts, links),
        "everything_url": asking.listed(carry),
        "sort": sort,
        "filtered": bool(asking.carried(request)),
        "works": [(work.value, WORKS[work].words) for work in Work],
        "chosen": {one.value for one in asked.works},
        "reports": rights_of(request).holds(Permission.TASK_ASSIGN),
        "new_url": shown.address("programme:new"),
        "export_url": shown.address("programme:export", "xlsx"),
        "query": request.GET.urlencode(),
        **choices(request),
    }
    return render(request, "programme/overview/list.html", context)


def found(request: HttpRequest, asked: TaskFilter) -> list[Fact]:
    """Return how the tasks within sight stand that the filter asks for, whatever state it wants of them."""
    return facts(narrowed(visible_tasks(rights_of(request)), asked), asked.on, asked.span)


def choices(request: HttpRequest) -> dict[str, Any]:
    """Return what the filters of tasks offer: plans within sight, agencies that have tasks, kinds."""
    leads = Task.objects.order_by().values("lead").distinct()
    agencies = Agency.objects.filter(pk__in=leads).values_list("code", "name", "name_sort")
    return {
        "plans": list(visible_plans(rights_of(request)).order_by("-starts", "name").values_list("code", "name")),
        "agencies": [(code, name) for code, name, _order in sorted(agencies, key=lambda one: (one[2], one[0]))],
        "kinds": Task.Kind.choices,
    }


def _order(request: HttpRequest) -> str:
    asked = request.GET.get("sort", "")
    return asked if asked.lstrip("-") in ORDERS else "tinh_trang"


def ordered(rows: Sequence[Fact], sort: str, on: date) -> list[Fact]:
    """Return the tasks in the order asked for; what has no due day comes last, either way."""
    name, backwards = sort.lstrip("-"), sort.startswith("-")
    if name == "han":
        dated = sorted((one for one in rows if one.due), key=lambda one: (one.due, one.task), reverse=backwards)
        return [*dated, *(one for one in rows if not one.due)]
    return sorted(rows, key=_key(rows, name, on), reverse=backwards)


def _key(rows: Sequence[Fact], name: str, on: date) -> Callable[[Fact], Any]:
    if name == "ma":
        return lambda one: one.task
    if name == "don_vi":
        units = places.names({one.unit for one in rows if one.unit is not None}, on)
        keys = {unit: sort_key(title) for unit, title in units.items()}
        return lambda one: (one.unit is not None, keys.get(one.unit, ()) if one.unit else (), one.task)
    if name == "co_quan":
        leads = {key: sort_key(title) for key, title in shown.agency_names({one.lead for one in rows}).items()}
        return lambda one: (leads.get(one.lead, ()), one.task)
    if name == "ten":
        titles = dict(Task.objects.filter(pk__in=[one.task for one in rows]).values_list("pk", "title"))
        order = {title: sort_key(title) for title in set(titles.values())}  # communes share the words of their task
        return lambda one: (order[titles[one.task]], one.task)
    return lambda one: (URGENCY[one.work], one.due or date.max, one.task)


def _heading(rows: Sequence[Fact], asked: TaskFilter) -> str:
    """Return the page's answer: how many, and what of them is pressing."""
    if not rows:
        return _("Không có nhiệm vụ nào") if asked != TaskFilter(asked.on) else _("Chưa giao nhiệm vụ nào")
    counts = counted(rows)
    if len(counts) == 1:
        (work,) = counts
        return _("%(n)s nhiệm vụ: %(state)s") % {"n": grouped(len(rows)), "state": str(WORKS[work].words).lower()}
    open_ = sum(counts[work] for work in OPEN)
    parts = [_("%s nhiệm vụ") % grouped(len(rows))]
    if open_ < len(rows):
        parts.append(_("%s còn phải làm") % grouped(open_))
    if counts[Work.LATE]:
        parts.append(_("%s quá hạn") % grouped(counts[Work.LATE]))
    return ", ".join(parts)


def says(request: HttpRequest, asked: TaskFilter) -> list[str]:
    """Return the conditions of the address that no field of the filter form shows, in words."""
    found = []
    if asked.clauses:
        found.append(_("thực hiện điều khoản %s") % request.GET.get("dieu", ""))
    if asked.parent is not None:
        found.append(_("làm theo nhiệm vụ %s của cấp trên") % request.GET.get("cha", ""))
    if asked.post is not None:
        post = asking.post_of(request.GET)
        found.append(_("chức danh chịu trách nhiệm: %s") % (post.title if post else "–"))
    if asked.no_post:
        found.append(_("chưa có chức danh chịu trách nhiệm"))
    if asked.own is not None:
        found.append(_("việc của tôi"))
    if asked.only is not None:
        waits = request.GET.get("cho_toi") == asking.CONFIRM
        found.append(_("chờ đồng chí xác nhận") if waits else _("có đề nghị gia hạn chờ đồng chí quyết định"))
    if asked.late_over:
        found.append(_("trễ quá %s ngày") % grouped(asked.late_over))
    if asked.steps:
        found.append(_("bước: %s") % ", ".join(sorted(asked.steps)))
    if asked.span and asked.span.first == asked.span.last and asked.span.first:
        found.append(_("đến hạn ngày %s") % day(asked.span.first))
    return found
