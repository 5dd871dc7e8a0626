"""Acts on many tasks at once, and the list as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from diaban.adapters.clock import now, today
from diaban.adapters.workbooks import ColumnSpec, Kind, SheetSpec
from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.exchange.marks import HandOut, hand_out
from diaban.apps.places import queries as places
from diaban.apps.programme import actions
from diaban.apps.programme.models import Task, Turn
from diaban.apps.programme.queries.overview.facts import Fact
from diaban.apps.programme.queries.overview.waiting import to_confirm
from diaban.apps.programme.queries.page import found_tasks
from diaban.apps.programme.views.base import actor
from diaban.apps.programme.views.overview import asking, lists
from diaban.apps.programme.views.tasks import row_of
from diaban.core.lifecycle import StepRefused
from diaban.core.messages import N_

MOST = 200
# Titles are those of the workbook by which tasks are given (`sheets.SPEC`): a list that went out can be read in again.
COLUMNS = (
    ("code", N_("Mã"), Kind.TEXT, 12),
    ("title", N_("Việc phải làm"), Kind.TEXT, 60),
    ("unit_code", N_("Mã đơn vị"), Kind.TEXT, 12),
    ("unit_name", N_("Đơn vị"), Kind.TEXT, 24),
    ("lead", N_("Chủ trì"), Kind.TEXT, 28),
    ("others", N_("Phối hợp"), Kind.TEXT, 28),
    ("post", N_("Chức danh chịu trách nhiệm"), Kind.TEXT, 28),
    ("period", N_("Lần, kỳ"), Kind.TEXT, 22),
    ("due", N_("Hạn"), Kind.DATE, 12),
    ("state", N_("Tình trạng"), Kind.TEXT, 18),
    ("percent", N_("Tiến độ (%)"), Kind.INTEGER, 12),
    ("reported_on", N_("Ngày báo cáo hoàn thành"), Kind.DATE, 14),
    ("done_on", N_("Ngày xác nhận"), Kind.DATE, 14),
    ("budget", N_("Kinh phí giao (đồng)"), Kind.INTEGER, 18),
    ("spent", N_("Đã chi (đồng)"), Kind.INTEGER, 18),
)


@guard(Permission.TASK_CONFIRM)
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Show what waits to be confirmed by the reader, and confirm what they choose: all of it or nothing."""
    waiting = {one.turn for one in to_confirm(rights_of(request))}
    problems: list[str] = []
    if request.method == "POST":
        chosen = [
            int(one) for one in request.POST.getlist("turn") if one.isascii() and one.isdecimal() and len(one) < 12
        ]
        turns = list(Turn.objects.filter(pk__in=waiting & set(chosen)).select_related("task"))
        if not turns:
            problems.append(_("Chưa chọn việc nào."))
        else:
            try:
                actions.take_many(turns=turns, verb="confirm", by=actor(request), at=now())
            except StepRefused as refusal:
                problems += [one.message.render(_) for one in refusal.problems]
            else:
                messages.success(request, _("Đã xác nhận %(n)s việc hoàn thành.") % {"n": len(turns)})
                return redirect("programme:confirm")
    rows = Turn.objects.filter(pk__in=waiting).select_related("task__lead").order_by("due", "pk")[:MOST]
    names = places.names({row.task.unit_id for row in rows if row.task.unit_id}, today())
    shown = [
        {"turn": row, "look": row_of(row, today()), "unit": names.get(row.task.unit_id or 0, ""),
         "evidence": row.evidence.filter(withdrawn_at__isnull=True).count()}
        for row in rows
    ]  # fmt: skip
    context = {"rows": shown, "total": len(waiting), "problems": problems}
    return render(request, "programme/task_confirm_many.html", context, status=422 if problems else 200)


@guard(Permission.TASK_VIEW)
@require_GET
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """Hand out the list as it is seen (rows, order), once it was said what for."""
    asked = asking.read_filter(request)
    found = [one for one in lists.found(request, asked) if asked.fits(one)]
    ordered = lists.ordered(found, lists._order(request), asked.on)
    spec = SheetSpec(
        code="nhiem_vu", title=_("Nhiệm vụ"), key=("code",),
        columns=tuple(ColumnSpec(code=code, title=_(title), kind=kind, width=width)
                      for code, title, kind, width in COLUMNS),
    )  # fmt: skip
    out = HandOut(
        register="tasks", spec=spec, rows=_rows(request, ordered, asked.on), stem=spec.slug,
        permission=Permission.TASK_VIEW, back=reverse("programme:list"),
    )  # fmt: skip
    return hand_out(request, out, form)


def _rows(request: HttpRequest, found: Sequence[Fact], on: date) -> Iterator[dict[str, Any]]:
    for start in range(0, len(found), 500):
        part = found[start : start + 500]
        tasks = found_tasks(rights_of(request)).in_bulk([one.task for one in part])
        names = places.names({task.unit_id for task in tasks.values() if task.unit_id}, on)
        yield from (_row(tasks[one.task], names, on) for one in part if one.task in tasks)


def _row(task: Task, names: dict[int, str], on: date) -> dict[str, Any]:
    turn = task.current
    row = row_of(turn, on) if turn else None
    return {
        "code": task.code, "title": task.title, "lead": task.lead.name,
        "unit_code": places.place(task.unit_id, on).code if task.unit_id else None,
        "unit_name": names.get(task.unit_id or 0) or None,
        "others": "; ".join(one.agency.name for one in task.co.all()) or None,
        "post": task.post.title if task.post else None, "period": (turn.label or None) if turn else None,
        "due": turn.due if turn else None, "state": str(row.look.words) if row else None,
        "percent": turn.percent if turn else None, "reported_on": turn.reported_on if turn else None,
        "done_on": turn.done_on if turn else None, "budget": task.budget, "spent": task.spent,
    }  # fmt: skip
