"""A figure as a path: what it counts, its values by period with their sources, and the form that declares one."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from diaban.adapters.clock import now, today
from diaban.apps.access import AccessRefused, Permission, guard, rights_of
from diaban.apps.places.models import Unit
from diaban.apps.plans import actions, queries
from diaban.apps.plans.forms import DeclareForm
from diaban.apps.plans.models import Indicator, Mark, Reported, Target
from diaban.apps.plans.queries.figures import Figures
from diaban.apps.plans.refusals import Refused
from diaban.apps.plans.views.found import actor, unit_name
from diaban.apps.plans.views.pages import asks_words
from diaban.catalogue.periods_loader import DEFAULT_REGIME, regimes
from diaban.core.periods import Grain, Period, PeriodError

YEARS = 6
OFFERED = 3  # years for which halves, quarters and months are offered in the form


@guard(Permission.PLAN_VIEW)
@require_http_methods(["GET", "POST"])
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """Show an indicator of the whole area, or of a unit within sight (`don_vi`)."""
    found = get_object_or_404(Indicator, code=code)
    rights, unit, on = rights_of(request), _unit(request), today()
    verdict = rights.can(Permission.PLAN_KEEP, unit=unit.pk if unit else None)
    if request.method == "POST" and not verdict.allowed:
        raise AccessRefused(verdict)
    regime = regimes()[DEFAULT_REGIME]
    years = [regime.containing(date(on.year - back, 1, 10), Grain.YEAR) for back in range(YEARS)]
    offered = _offered(on)
    form = DeclareForm(
        request.POST or None,
        indicator=found,
        periods=[(one.code, one.label.render(_)) for one in offered],
        initial={"period": request.GET.get("ky", "")},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.declare(
                indicator=found,
                unit=unit,
                period=regime.period(data["period"]),
                numerator=data["numerator"],
                denominator=data.get("denominator"),
                document=data["document"],
                by=actor(request),
                at=now(),
            )
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, _("Đã ghi số liệu."))
            response = redirect("plans:indicator", code=code)
            if unit:
                response["Location"] += f"?don_vi={unit.uid}"
            return response
    targets = Target.objects.filter(indicator=found, clause__version__in=queries.visible_versions(rights))
    targets = targets.exclude(status=Mark.REJECTED).select_related("clause__version__plan").order_by("pk")
    context = {
        "indicator": found,
        "unit": unit_name(unit),
        "figures": [(one, one.label.render(_), Figures(rights, one, unit, today=on).of(found)) for one in years],
        "declared": _history(found, unit),
        "targets": [(target, asks_words(target)) for target in targets[:50]],
        "form": form,
        "may_declare": verdict.allowed and not found.register,
    }
    return render(request, "plans/indicator.html", context, status=422 if form.is_bound and form.errors else 200)


def _unit(request: HttpRequest) -> Unit | None:
    """Return the unit of the address; one out of sight is answered like one that is not there."""
    uid = request.GET.get("don_vi", "")
    if not uid:
        return None
    seen = rights_of(request).visible(Unit.objects.filter(uid=uid), Permission.PLAN_VIEW, unit="pk")
    found: Unit = get_object_or_404(seen)
    return found


def _offered(on: date) -> list[Period]:
    """Return the periods for which a figure may be declared: years first, then the shorter ones, newest first."""
    regime = regimes()[DEFAULT_REGIME]
    found: list[Period] = []
    this = regime.year_of(on)
    found += [one for back in range(YEARS) for one in regime.periods(this - back, Grain.YEAR)]
    for grain in (Grain.HALF, Grain.QUARTER, Grain.MONTH):
        for back in range(OFFERED):
            try:
                found += reversed(regime.periods(this - back, grain))
            except PeriodError:
                break
    return [one for one in found if one.start <= on]


def _history(indicator: Indicator, unit: Unit | None) -> list[tuple[Reported, str]]:
    rows = Reported.objects.filter(indicator=indicator, unit=unit).order_by("-last_day", "-pk")[:60]
    return [(row, f"{row.first_day:%d/%m/%Y}–{row.last_day:%d/%m/%Y}") for row in rows]
