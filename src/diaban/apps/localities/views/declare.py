"""Declare the figures of one unit; take figures from the registers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from diaban.adapters.clock import now
from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.localities import actions, figures, queries
from diaban.apps.localities.forms import DeclareForm
from diaban.apps.localities.models import Cycle
from diaban.apps.localities.queries.standings import Row
from diaban.apps.localities.stages import Refused
from diaban.apps.localities.views.found import allow, cycle_of, row_of, user_of


def _form(request: HttpRequest, cycle: Cycle, row: Row) -> DeclareForm:
    codes = queries.form_codes(cycle)
    initial = {code: getattr(row.declaration, code, None) for code in codes}
    user = user_of(request)
    initial["declared_by"] = getattr(row.declaration, "declared_by", "") or user.title
    return DeclareForm(request.POST or None, initial=initial, codes=codes)


@guard(Permission.FIGURES_DECLARE)
def declare(request: HttpRequest, year: int, uid: str) -> HttpResponse:
    """Show the form of the declared figures and store what was typed."""
    cycle = cycle_of(year)
    row = row_of(request, cycle, uid)
    allow(request, Permission.FIGURES_DECLARE, row.standing.unit_id)
    form = _form(request, cycle, row)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            changes = actions.declare(
                cycle=cycle,
                unit=row.standing.unit,
                values=form.values(),
                by=user_of(request),
                at=now(),
                declared_by=given["declared_by"],
                document=given["document"],
                reason=given["reason"],
            )
        except (Refused, figures.BadFigure) as refused:
            field = getattr(refused, "field", "") or getattr(refused, "figure", "")
            form.add_error(field if field in form.fields else None, str(refused))
        else:
            said = ngettext("Đã ghi {n} số liệu.", "Đã ghi {n} số liệu.", len(changes)).format(n=len(changes))
            messages.success(request, said if changes else _("Không có số liệu nào thay đổi."))
            return redirect("localities:standing", year=year, uid=uid)
    context = {
        "cycle": cycle,
        "row": row,
        "form": form,
        "inputs": queries.inputs_of(cycle, row.standing.unit_id, row.declaration, cleared=rights_of(request).cleared),
        "locked": cycle.state == Cycle.State.CLOSED,
    }
    return render(request, "localities/declare.html", context)


@guard(Permission.FIGURES_DECLARE)
@require_POST
def take(request: HttpRequest, year: int, uid: str) -> HttpResponse:
    """Declare what the registers hold for one figure or for all that they know."""
    cycle = cycle_of(year)
    row = row_of(request, cycle, uid)
    allow(request, Permission.FIGURES_DECLARE, row.standing.unit_id)
    codes = request.POST.getlist("figure") or None
    user = user_of(request)
    try:
        changes = actions.take_from_register(
            cycle=cycle,
            units=[row.standing.unit],
            codes=codes,
            by=user,
            at=now(),
            declared_by=user.title or user.get_username(),
            reason=request.POST.get("reason", ""),
        )
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Đã lấy theo sổ {n} số liệu.").format(n=len(changes)))
    return redirect("localities:standing", year=year, uid=uid)
