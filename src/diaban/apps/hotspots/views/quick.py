"""Quick entry on a phone: an incident or a hot-spot in under a minute."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from diaban.adapters.clock import now
from diaban.apps.access import Permission, guard
from diaban.apps.hotspots import actions
from diaban.apps.hotspots.forms import QuickIncidentForm, QuickSpotForm, refuse
from diaban.apps.hotspots.models import Grade
from diaban.apps.hotspots.views import allowed
from diaban.apps.hotspots.views.base import actor
from diaban.apps.places.scope import scope_of
from diaban.core.lifecycle import StepRefused


@guard(Permission.INCIDENT_RECORD, Permission.HOTSPOT_RECORD)
@require_http_methods(["GET", "POST"])
def record(request: HttpRequest) -> HttpResponse:
    """Record what was just seen; the rest can be filled in later."""
    what = "diem" if request.GET.get("loai") == "diem" else "vu-viec"
    may = allowed.may(request)
    if not may["record_incident" if what == "vu-viec" else "record"]:
        what = "diem" if what == "vu-viec" else "vu-viec"
    scope = scope_of(request)
    user = actor(request)
    needed = Permission.HOTSPOT_RECORD if what == "diem" else Permission.INCIDENT_RECORD
    communes = allowed.offered(request, scope, needed)
    initial = {"on": scope.today, "unit": allowed.preset(request, communes), "decider": user.title}
    form: QuickSpotForm | QuickIncidentForm
    made = QuickSpotForm if what == "diem" else QuickIncidentForm
    form = made(request.POST or None, communes=communes, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            if what == "diem":
                spot = actions.create_hotspot(by=user, at=now(), grade=Grade.SUSPECTED, **form.cleaned_data)
                messages.success(request, gettext("Đã ghi nhận %(code)s.") % {"code": spot.code})
                return redirect("hotspots:detail", pk=spot.pk)
            incident = actions.record_incident(by=user, at=now(), **form.cleaned_data)
            messages.success(request, gettext("Đã ghi vụ việc %(code)s.") % {"code": incident.code})
            return redirect("hotspots:incident", pk=incident.pk)
        except StepRefused as refusal:
            refuse(form, refusal)
    context = {"form": form, "what": what, "may": may}
    return render(request, "hotspots/quick.html", context, status=422 if form.errors else 200)
