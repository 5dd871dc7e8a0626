"""What is late, and what nobody has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.places.scope import scope_of
from diaban.apps.plans.models import Clause
from diaban.apps.plans.queries import visible_plans
from diaban.apps.programme.queries import visible_tasks
from diaban.apps.programme.queries.overview.facts import Fact
from diaban.apps.programme.queries.overview.states import Work
from diaban.apps.programme.queries.overview.waiting import own_plans, ownerless
from diaban.apps.programme.views.overview import asking, shown
from diaban.apps.programme.views.overview.lists import PAGE, choices, found, ordered, says
from diaban.ui.formats import grouped

STAGES: Final = (0, 7, 15, 30)  # days of lateness above which a row of buttons narrows the list
MOST_CLAUSES: Final = 200


@guard(Permission.TASK_VIEW)
@require_GET
def overdue(request: HttpRequest) -> HttpResponse:
    """Show what is late, the longest first: for how long, who answers for it, whom to remind."""
    asked = replace(asking.read_filter(request), works=frozenset({Work.LATE}))
    late = [one for one in found(request, replace(asked, late_over=0)) if one.work is Work.LATE]
    rows = sorted((one for one in late if asked.fits(one)), key=lambda one: (-one.late, one.task))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    longest = rows[0].late if rows else 0
    rights = rights_of(request)
    remindable = {one.turn for one in page.object_list if rights.can(Permission.TASK_ASSIGN, unit=one.unit).allowed}
    context: dict[str, Any] = {
        "page": page,
        "rows": shown.rows_of(request, list(page.object_list), people=True),
        "total": len(rows),
        "stages": [(over, sum(one.late > over for one in late)) for over in STAGES],
        "over": asked.late_over,
        "heading": _late_heading(len(rows), longest),
        "says": says(request, replace(asked, late_over=0)),
        "by_agency": _by_agency(request, rows),
        "remind_url": shown.address("inbox:remind") if remindable else "",
        "remindable": remindable,
        "back": request.get_full_path(),
        "filtered": bool(asking.carried(request)),
        **choices(request),
    }
    return render(request, "programme/overview/overdue.html", context)


def _late_heading(n: int, longest: int) -> str:
    if not n:
        return _("Không có nhiệm vụ nào quá hạn")
    return _("%(n)s nhiệm vụ quá hạn, lâu nhất %(days)s ngày") % {"n": grouped(n), "days": grouped(longest)}


def _by_agency(request: HttpRequest, rows: Sequence[Fact]) -> list[shown.Gap]:
    """Return the agencies that lead the most late tasks, each with its list."""
    counts = Counter(one.lead for one in rows)
    agencies = shown.agencies_by_id(counts)
    carry = asking.carried(request, "co_quan", "vai", "tinh_trang")
    return [
        shown.Gap(
            n,
            agencies[lead].name,
            asking.listed(carry, co_quan=agencies[lead].code, vai="chu_tri", tinh_trang=Work.LATE.value),
        )
        for lead, n in counts.most_common(8)
        if lead in agencies
    ]


@guard(Permission.TASK_VIEW, also=[Permission.PLAN_VIEW])
@require_GET
def unowned(request: HttpRequest) -> HttpResponse:
    """Show the sentences that are nobody's, and the tasks without a named post."""
    rights, scope = rights_of(request), scope_of(request)
    seen = visible_tasks(rights)
    plan = asking.plan_of(request.GET, rights)
    plans = own_plans(rights) if plan is None else visible_plans(rights).filter(pk=plan.pk)
    clauses = ownerless(plans, seen).select_related("version__plan")
    total = clauses.count()
    asked = replace(asking.read_filter(request), no_post=True)
    tasks = ordered(found(request, asked), "tinh_trang", scope.today)
    page = Paginator(tasks, PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "clauses": [_clause(one) for one in clauses.order_by("version__plan", "position")[:MOST_CLAUSES]],
        "n_clauses": total,
        "page": page,
        "rows": shown.rows_of(request, list(page.object_list)),
        "n_tasks": len(tasks),
        "heading": _heading(total, len(tasks)),
        "says": says(request, replace(asked, no_post=False)),
        "may_assign": rights.holds(Permission.TASK_ASSIGN),
        "may_own": rights.holds(Permission.OWNER_SET),
        "new_url": shown.address("programme:new"),
        "filtered": bool(asking.carried(request)),
        **choices(request),
    }
    return render(request, "programme/overview/unowned.html", context)


def _clause(clause: Clause) -> dict[str, Any]:
    plan = clause.version.plan
    url = reverse("programme:tree", args=[plan.code])
    return {"clause": clause, "plan": plan.name, "url": f"{url}#{clause.path}", "key": clause.key}


def _heading(clauses: int, tasks: int) -> str:
    if not clauses and not tasks:
        return _("Câu nào của kế hoạch cũng có người làm, nhiệm vụ nào cũng có chức danh chịu trách nhiệm")
    return _("%(clauses)s câu chưa giao ai, %(tasks)s nhiệm vụ chưa có chức danh chịu trách nhiệm") % {
        "clauses": grouped(clauses),
        "tasks": grouped(tasks),
    }
