"""The programme through time: a Gantt chart of a plan, an agency or a unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from diaban.apps.access import Permission, guard
from diaban.apps.programme.models import TaskClause
from diaban.apps.programme.queries.overview.bars import Bars, bars, tops
from diaban.apps.programme.queries.overview.facts import Fact, counted
from diaban.apps.programme.queries.overview.facts import Span as Days
from diaban.apps.programme.queries.overview.states import WORKS, Work
from diaban.apps.programme.views.overview import asking, shown
from diaban.apps.programme.views.overview.lists import choices, found, says
from diaban.core.text import sort_key
from diaban.ui.charts.gantt import Span, gantt_chart
from diaban.ui.charts.gantt import Task as Row
from diaban.ui.formats import day, grouped

PAGE: Final = 30
GROUPS: Final = ("co_quan", "dieu")
BEFORE, AFTER = timedelta(days=120), timedelta(days=245)
MOST_DAYS: Final = 366 * 8


@guard(Permission.TASK_VIEW)
@require_GET
def gantt(request: HttpRequest) -> HttpResponse:
    """Draw the tasks that the address asks for from start to due day, those of communes added up in the one above."""
    asked = asking.read_filter(request)
    first, last = _window(request, asked.on)
    # The days of the address are the window of the picture, no condition of its rows.
    everything = [one for one in found(request, replace(asked, span=Days())) if asked.fits(one)]
    heads, under = tops(everything)
    group = request.GET.get("nhom", "")
    group = group if group in GROUPS else GROUPS[0]
    named = _groups(heads, group)
    heads.sort(key=lambda one: (named[one.task][0], one.task))
    page = Paginator(heads, PAGE).get_page(request.GET.get("page"))
    drawn = bars(list(page.object_list), under, first, last, asked.on)
    rows = {row.fact.task: row for row in shown.rows_of(request, list(page.object_list))}
    counts = counted(everything)
    context: dict[str, Any] = {
        "page": page,
        "total": len(heads),
        "chart": _chart(drawn, rows, {key: words for key, (_o, words) in named.items()}, (first, last, asked.on)),
        "rows": [(rows[one.fact.task], one) for one in drawn if one.fact.task in rows],
        "first": first,
        "last": last,
        "earlier": _moved(first, last, back=True),
        "later": _moved(first, last, back=False),
        "group": group,
        "heading": _heading(counts[Work.LATE], len(everything), counts[Work.DONE]),
        "says": says(request, asked),
        "list_url": asking.listed(asking.carried(request, "tu", "den")),
        "filtered": bool(asking.carried(request)),
        **choices(request),
    }
    return render(request, "programme/overview/gantt.html", context)


def _window(request: HttpRequest, on: date) -> tuple[date, date]:
    """Return the days to draw: those of the address, else from four months ago to eight months ahead."""
    first = asking.day_of(request.GET.get("tu")) or on - BEFORE
    last = asking.day_of(request.GET.get("den")) or max(first, on) + AFTER
    if last <= first or (last - first).days > MOST_DAYS:
        last = first + AFTER
    return first, last


def _moved(first: date, last: date, *, back: bool) -> tuple[str, str]:
    """Return the window half its width earlier or later."""
    step = (last - first) / 2
    shift = -step if back else step
    return (first + shift).isoformat(), (last + shift).isoformat()


def _groups(heads: Sequence[Fact], group: str) -> dict[int, tuple[Any, str]]:
    """Return for each task the order and the words of the group that it stands in."""
    if group == "co_quan":
        names = shown.agency_names({one.lead for one in heads})
        return {one.task: (sort_key(names.get(one.lead, "")), names.get(one.lead, "")) for one in heads}
    links = TaskClause.objects.filter(task__in=[one.task for one in heads]).order_by("-clause__position")
    found = {
        task: ((0, plan, position), f"{path} {text[:90]}")
        for task, plan, position, path, text in links.values_list(
            "task", "clause__version__plan", "clause__position", "clause__path", "clause__text"
        )
    }
    return {one.task: found.get(one.task, ((1, 0, 0), _("Không gắn câu nào của kế hoạch"))) for one in heads}


def _chart(
    drawn: Sequence[Bars], rows: dict[int, shown.TaskRow], groups: dict[int, str], days: tuple[date, date, date]
) -> Any:
    first, last, on = days
    picture = []
    for one in drawn:
        row = rows.get(one.fact.task)
        if row is None:
            continue
        label = _label(row.title, *one.below)
        spans = [
            Span(
                part.first,
                part.last,
                part.done,
                WORKS[part.work].tone,
                f"{WORKS[part.work].words}: {day(part.first)} – {day(part.last)}",
            )
            for part in one.stretches
        ]
        picture.append(Row(label, spans, row.url, groups[one.fact.task], _state(row)))
    return gantt_chart(
        _("Nhiệm vụ từ %(first)s đến %(last)s") % {"first": day(first), "last": day(last)},
        picture,
        first,
        last,
        on,
        today_name=_("hôm nay %s") % day(on),
        headers=(_("Việc"), _("Bắt đầu"), _("Hạn"), _("Tình trạng")),
    )


def _label(title: str, below: int, late: int) -> str:
    """Return the name of a row; where communes carry the task out, with how many and how many of them are late."""
    if not below:
        return title
    if not late:
        return _("%(title)s · %(n)s xã") % {"title": title, "n": grouped(below)}
    return _("%(title)s · %(late)s/%(n)s xã quá hạn") % {"title": title, "late": grouped(late), "n": grouped(below)}


def _state(row: shown.TaskRow) -> str:
    return f"{row.look.words}, {row.when}" if row.when else str(row.look.words)


def _heading(late: int, total: int, done: int) -> str:
    if not total:
        return _("Chưa có nhiệm vụ nào để vẽ")
    return _("%(done)s trong %(n)s nhiệm vụ đã xong, %(late)s quá hạn") % {
        "done": grouped(done), "n": grouped(total), "late": grouped(late),
    }  # fmt: skip
