"""The ranking of a review with its working, and what hangs on the weights."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from diaban.adapters.clock import today
from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.choosing import queries
from diaban.apps.choosing.pictures import holds_picture, stability_picture
from diaban.apps.choosing.queries.working import Working
from diaban.apps.choosing.shown import RowShown, columns_of, holds_of, pairs_of, rows_of, sorted_rows
from diaban.apps.choosing.views.found import uids_seen
from diaban.apps.localities.models import Cycle
from diaban.catalogue.choosing_loader import criteria
from diaban.core.text import fold

MOST_K = 40


def asked_k(request: HttpRequest) -> int:
    """Return how many communes the address asks to choose; the usual number for anything else."""
    text = request.GET.get("k", "")
    return min(max(int(text), 1), MOST_K) if text.isascii() and text.isdecimal() and text else queries.USUAL_K


@guard(Permission.CHOICE_VIEW)
@require_GET
def ranking(request: HttpRequest, year: int) -> HttpResponse:
    """Show who would be chosen, why, and how sure that is."""
    cycle = get_object_or_404(Cycle, year=year)
    rights = rights_of(request)
    seen = uids_seen(rights, cycle)
    working = queries.working_of(cycle, today(), asked_k(request))
    rows = rows_of(working, seen)
    text = fold(request.GET.get("q", "").strip())
    context = working_page(working, seen) | {
        "cycle": cycle,
        "rows": sorted_rows([row for row in rows if text in fold(row.name)], request.GET.get("sort", "place")),
        "sort": request.GET.get("sort", "place"),
        "all_rows": rows,
        "heading": heading(working, rows, seen is None),
        "may_propose": seen is None and rights.holds(Permission.CHOICE_PROPOSE),
        "may_set": rights.can(Permission.VALUES_SET).allowed,
        "most_k": MOST_K,
        "q": request.GET.get("q", ""),
        "cycles": Cycle.objects.order_by("-year").values_list("year", flat=True),
    }
    return render(request, "choosing/ranking.html", context)


def working_page(working: Working, seen: frozenset[str] | None) -> dict[str, Any]:
    """Return what a page shows of a working besides the rows; the whole only to whoever sees every commune."""
    held = criteria(working["criteria"])
    context: dict[str, Any] = {
        "working": working,
        "k": working["k"],
        "columns": columns_of(working),
        "criteria": held,
        "total": sum(working["weights"].values()),
        "whole": seen is None,
        "communes": len(working["lines"]),
    }
    if seen is None:
        holds = holds_of(working)
        names = {line["uid"]: line["name"] for line in working["lines"]}
        told = working["sensitivity"]
        context |= {
            "holds": holds,
            "pairs": pairs_of(working),
            "last_in": names.get(told["last_in"], ""),
            "first_out": names.get(told["first_out"], ""),
            "swaps": [one for one in holds if one.swap is not None],
            "chart": stability_picture(working, _stable(working)),
            "holds_chart": holds_picture(
                holds, _("Đổi từng trọng số mà {k} nơi đầu vẫn như cũ").format(k=working["k"])
            ),
        }
    return context


def _stable(working: Working) -> str:
    """Return what the picture of the places says: how many of the first k hold under other weights."""
    firm = sum(one["share"] >= 0.8 and one["place"] <= working["k"] for one in working["sensitivity"]["stability"])
    return _("{n} trong {k} nơi đầu vẫn ở trong nhóm ở ít nhất 80 % số lần thử trọng số khác").format(
        n=firm, k=working["k"]
    )


def heading(working: Working, rows: list[RowShown], whole: bool) -> str:
    """Return what the page says first: who would be chosen, or where one's own commune stands."""
    year, all_of = working["year"], len(working["lines"])
    if not rows:
        return _("Kỳ {year}: không có đơn vị nào trong phạm vi được giao").format(year=year)
    if not whole:
        row = rows[0]
        if row.place is None:
            return _("{name} chưa đủ số liệu để xếp thứ tự năm {year}").format(name=row.name, year=year)
        return _("{name} đứng thứ {place} trong {n} đơn vị năm {year}").format(
            name=row.name, place=row.place, n=all_of, year=year
        )
    first = [row.name for row in rows if row.inside]
    if not first:
        return _("Kỳ {year}: chưa đơn vị nào đủ số liệu để xếp thứ tự").format(year=year)
    listed = ", ".join(first[:5]) + (_(" và {n} nơi khác").format(n=len(first) - 5) if len(first) > 5 else "")
    return _("Đứng đầu năm {year}: {names}").format(year=year, names=listed)
