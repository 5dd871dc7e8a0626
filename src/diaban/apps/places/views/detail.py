"""The page of a unit and the declaration of its population."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from diaban.adapters.clock import now
from diaban.apps.access import AccessRefused, Permission, guard, rights_of
from diaban.apps.places import queries
from diaban.apps.places.actions import declare_population
from diaban.apps.places.forms import PopulationForm
from diaban.apps.places.models import Unit
from diaban.apps.places.panels import panels_for
from diaban.apps.places.scope import scope_of
from diaban.apps.places.views.actor import actor
from diaban.apps.places.views.maps import unit_map


def _unit(uid: str) -> Unit:
    unit = queries.unit_by_uid(uid)
    if unit is None or uid not in queries.register():
        raise Http404(uid)
    return unit


@guard(Permission.UNIT_VIEW)
@require_GET
def detail(request: HttpRequest, uid: str) -> HttpResponse:
    """What the unit is, was and became."""
    unit = _unit(uid)
    scope = scope_of(request)
    portrait = queries.portrait(unit, scope.on)
    return render(
        request,
        "places/detail.html",
        {
            "portrait": portrait,
            "map": unit_map(unit, portrait.here.name, scope.on, scope.carry),
            "may_declare": rights_of(request).can(Permission.POPULATION_DECLARE, unit=unit.pk).allowed,
            "panels": panels_for(request, unit, scope.on),
        },
    )


@guard(Permission.POPULATION_DECLARE)
@require_http_methods(["GET", "POST"])
def declare(request: HttpRequest, uid: str) -> HttpResponse:
    """Declare the residents of the unit on a day."""
    unit = _unit(uid)
    verdict = rights_of(request).can(Permission.POPULATION_DECLARE, unit=unit.pk)
    if not verdict.allowed:
        raise AccessRefused(verdict)  # the unit itself is public: nothing is told by saying no
    scope = scope_of(request)
    portrait = queries.portrait(unit, scope.on)
    form = PopulationForm(request.POST or None, initial={"as_of": scope.on})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        declare_population(
            by=actor(request),
            at=now(),
            unit=unit,
            as_of=told["as_of"],
            value=told["value"],
            source=told["source"],
            kind=told["source_kind"],
        )
        messages.success(request, _("Đã ghi số dân của %(name)s.") % {"name": portrait.here.name})
        return redirect(reverse("places:detail", args=[uid]) + scope.carry)
    return render(request, "places/declare.html", {"portrait": portrait, "form": form})
