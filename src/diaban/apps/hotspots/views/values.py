"""The page of values "do đơn vị đặt"."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from diaban.adapters.clock import now
from diaban.apps.access import Permission, guard
from diaban.apps.hotspots import actions, queries
from diaban.apps.hotspots.forms import ValueForm, refuse
from diaban.apps.hotspots.models import ProvinceValue
from diaban.apps.hotspots.queries.lives import workflow_on
from diaban.apps.hotspots.views import allowed
from diaban.apps.hotspots.views.base import actor
from diaban.apps.places.scope import scope_of
from diaban.core.lifecycle import StepRefused


@guard(Permission.HOTSPOT_VIEW)
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Show what the province has set, since when and by which document; set a value anew."""
    scope = scope_of(request)
    may = allowed.may(request)
    if request.method == "POST":
        allowed.ask(request, Permission.VALUES_SET)
    key = request.GET.get("muc", ProvinceValue.Key.WATCH_MONTHS)
    form = ValueForm(request.POST or None, initial={"effective_from": scope.today, "key": key})
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_value(by=actor(request), at=now(), **form.cleaned_data)
        except StepRefused as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, gettext("Đã đặt giá trị; lịch sử giá trị được giữ lại."))
            return redirect("hotspots:values")
    current = queries.values_on(scope.today)
    workflow = workflow_on(scope.today)
    context = {
        "form": form,
        "may": may,
        "values": [(choice.label, current.get(choice.value)) for choice in ProvinceValue.Key],
        "history": ProvinceValue.objects.select_related("recorded_by").order_by("-effective_from", "key"),
        "states": [(gettext(s.title), s.existing, gettext(s.why)) for s in workflow.states],
        "workflow": workflow,
    }
    return render(request, "hotspots/values.html", context, status=422 if form.errors else 200)
