"""Pages of key routes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from diaban.adapters.clock import now
from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.hotspots import actions, listing, queries, traces
from diaban.apps.hotspots.forms import RouteForm, refuse
from diaban.apps.hotspots.models import Route, RouteUnit
from diaban.apps.hotspots.views import allowed, pictures
from diaban.apps.hotspots.views.base import actor
from diaban.apps.places import queries as places
from diaban.apps.places.scope import Scope, scope_of
from diaban.apps.vault.privacy import Veiled
from diaban.core.lifecycle import StepRefused


def _crossed(routes: list[Route], scope: Scope) -> dict[Route, set[int]]:
    """Return the units of the page's day that each route crosses."""
    pairs = list(RouteUnit.objects.filter(route__in=routes).order_by("position").values_list("route", "unit"))
    heirs = queries.carried({unit for _route, unit in pairs}, scope.on)
    found: dict[int, set[int]] = {}
    for route, unit in pairs:
        if (heir := heirs[unit]) is not None:
            found.setdefault(route, set()).add(heir)
    return {route: found.get(route.pk, set()) for route in routes}


@guard(Permission.ROUTE_VIEW)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show the key routes in force, or all of them, as a table and a map."""
    scope = scope_of(request)
    everything = request.GET.get("tat_ca") == "1"
    reach = request.GET.get("pham_vi", "")
    voided = request.GET.get("huy") == "1"
    routes = list(listing.read_routes(request.GET, scope, rights_of(request)))
    crossed = _crossed(routes, scope)
    view = "ban-do" if request.GET.get("xem") == "ban-do" else "bang"
    context: dict[str, Any] = {
        "routes": [(route, len(units)) for route, units in crossed.items()],
        "inter": sum(route.reach == Route.Reach.INTER for route in routes),
        "units": len(set().union(*crossed.values())) if crossed else 0,
        "everything": everything,
        "reach": reach,
        "reaches": Route.Reach.choices,
        "view": view,
        "views": ("bang", "ban-do"),
        "filtered": bool(reach) or everything or voided or "ky" in scope.given,
        "voided": voided,
        "period_optional": True,
        "period": listing.asked_period(scope),
        "period_says": gettext("Tuyến có hiệu lực trong kỳ."),
        "may": allowed.may(request),
        "limited": allowed.seen(request, Permission.ROUTE_VIEW) is not None,
    }
    if view == "ban-do":
        context["map"] = pictures.route_map(crossed, scope)
    return render(request, "hotspots/routes.html", context)


@guard(Permission.ROUTE_VIEW)
@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one route with the units it crosses, as they were called when it was approved."""
    route = allowed.route_seen(request, pk)
    traces.shown(request, route)
    scope = scope_of(request)
    crossings = list(route.crossings.select_related("unit").order_by("position", "pk"))
    names = places.names({crossing.unit_id for crossing in crossings}, route.valid_from)
    rights = rights_of(request)
    spots = rights.sight(Permission.HOTSPOT_VIEW)
    context = {
        "route": Veiled(route, rights.cleared),
        "may": allowed.may(request, *(crossing.unit_id for crossing in crossings)),
        "units": [(crossing.unit, names[crossing.unit_id], spots.sees(crossing.unit_id)) for crossing in crossings],
        "in_force": route.valid_from <= scope.today and (route.valid_to is None or scope.today < route.valid_to),
        "map": pictures.route_map(_crossed([route], scope), scope),
    }
    return render(request, "hotspots/route.html", context)


@guard(Permission.ROUTE_SET)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Record a key route."""
    scope = scope_of(request)
    communes = allowed.offered(request, scope, Permission.ROUTE_SET)
    form = RouteForm(request.POST or None, communes=communes, initial={"valid_from": scope.today})
    return _save(request, form, None)


@guard(Permission.ROUTE_SET)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a key route."""
    route = allowed.route_seen(request, pk)
    crossings = list(route.crossings.select_related("unit").order_by("position", "pk"))
    allowed.ask(request, Permission.ROUTE_SET, *(crossing.unit_id for crossing in crossings))
    if route.voided_at is not None:
        messages.warning(request, gettext("Tuyến đã hủy ghi nhận; khôi phục trước khi sửa."))
        return redirect("hotspots:route", pk=route.pk)
    scope = scope_of(request)
    communes = list(allowed.offered(request, scope, Permission.ROUTE_SET))
    here = {place.uid for place in communes}
    communes += [places.place(c.unit_id, route.valid_from) for c in crossings if c.unit.uid not in here]
    initial = {name: getattr(route, name) for name in RouteForm.base_fields if name != "line"}
    initial["line"] = "\n".join(f"{lon}, {lat}" for lon, lat in route.line)
    initial["units"] = [crossing.unit.uid for crossing in crossings]
    return _save(request, RouteForm(request.POST or None, communes=communes, initial=initial), route)


def _save(request: HttpRequest, form: RouteForm, route: Route | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name != "units"}
        units = form.cleaned_data["units"]
        try:
            if route is None:
                saved = actions.record_route(by=actor(request), at=now(), values=values, units=units)
            else:
                saved = actions.edit_route(route=route, by=actor(request), at=now(), values=values, units=units)
        except StepRefused as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, gettext("Đã lưu tuyến %(name)s.") % {"name": saved.name})
            return redirect("hotspots:route", pk=saved.pk)
    return render(
        request, "hotspots/route_form.html", {"form": form, "route": route}, status=422 if form.errors else 200
    )
