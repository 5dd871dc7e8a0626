"""Giving work: one form for the province's tasks and those of one or many communes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from diaban.adapters.clock import now, today
from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.places import queries as places
from diaban.apps.plans.models import Clause, Duty
from diaban.apps.plans.queries import visible_versions
from diaban.apps.programme import actions
from diaban.apps.programme.forms import TaskForm
from diaban.apps.programme.models import Task
from diaban.apps.programme.queries.page import offered_agencies
from diaban.apps.programme.views.base import actor, check_page, filled, form_page
from diaban.catalogue.periods_loader import DEFAULT_REGIME


@guard(Permission.TASK_ASSIGN)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Give work, from a sentence of a plan (`dieu`) or without one; read the answers back first."""
    rights, on = rights_of(request), today()
    clause = _clause(request)
    units = rights.units(Permission.TASK_ASSIGN)
    communes = [one for one in places.area_places(on) if units is None or one.id in units]
    form = TaskForm(
        request.POST or None,
        agencies=offered_agencies(on),
        communes=communes,
        initial=_initial(clause, communes, units),
    )
    only_units = units is not None
    form.fields["units"].required = only_units
    more = {"clause": clause, "wide": True}
    title, button = _("Giao nhiệm vụ"), _("Giao")
    if request.method == "POST" and "confirm" not in request.POST and "back" not in request.POST and form.is_valid():
        return check_page(request, None, form, title=title, button=button, **more)
    made: list[Task] = []

    def act(given: Mapping[str, Any]) -> None:
        values = dict(given)
        chosen = values.pop("units") or [None]
        order = actions.Order(
            **values | {"others": tuple(values["others"])},
            plan=clause.version.plan if clause else None,
            clauses=(clause,) if clause else (),
        )
        made.extend(actions.give_tasks(order=order, units=chosen, by=actor(request), at=now()))

    if "back" not in request.POST and filled(request, form, act):
        if len(made) == 1:
            messages.success(request, _("Đã giao %(code)s.") % {"code": made[0].code})
            return redirect("programme:task", made[0].code)
        words = _("Đã giao %(n)s nhiệm vụ, từ %(first)s đến %(last)s.")
        messages.success(request, words % {"n": len(made), "first": made[0].code, "last": made[-1].code})
        return redirect("programme:list")
    return form_page(request, None, form, title=title, button=_("Xem lại"), **more)


def _clause(request: HttpRequest) -> Clause | None:
    """Return the sentence that the address names, of a plan within sight."""
    wanted = request.GET.get("dieu", "")
    if not wanted.isascii() or not wanted.isdecimal() or len(wanted) > 12:
        return None
    rows = Clause.objects.filter(version__in=visible_versions(rights_of(request)))
    return rows.select_related("version__plan__unit").filter(pk=int(wanted)).first()


def _initial(clause: Clause | None, communes: list[places.Place], units: frozenset[int] | None) -> dict[str, Any]:
    found: dict[str, Any] = {"starts": today(), "regime": DEFAULT_REGIME, "kind": Task.Kind.PLAN}
    if units is not None and len(communes) == 1:
        found["units"] = [communes[0].uid]
    if clause is None:
        return found
    duty = Duty.objects.filter(clause__in=[clause.pk, clause.key]).select_related("lead").order_by("pk").first()
    found["title"] = (duty.title if duty else clause.text)[:400]
    rows = clause.named.exclude(agency=None).order_by("pk")
    named = list(rows.values_list("agency__code", flat=True))
    if duty is not None:
        found |= {"due": duty.due, "grain": duty.grain, "product": duty.product}
        found |= {"regime": duty.regime or DEFAULT_REGIME}
    lead = duty.lead.code if duty and duty.lead else next(iter(named), "")
    return found | {"lead": lead, "others": [code for code in named if code != lead]}
