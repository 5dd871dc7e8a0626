"""Where this installation works."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from diaban.adapters.clock import now, today
from diaban.apps.access import Permission, guard
from diaban.apps.places import queries
from diaban.apps.places.actions import set_area
from diaban.apps.places.forms import WorkAreaForm
from diaban.apps.places.views.actor import actor


@guard(Permission.UNIT_MANAGE)
@require_http_methods(["GET", "POST"])
def work_area(request: HttpRequest) -> HttpResponse:
    """Set the working area."""
    form = WorkAreaForm(request.POST or None, initial={"on": today()})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        area = set_area(by=actor(request), at=now(), name=told["name"], roots=told["roots"])
        messages.success(request, _("Địa bàn làm việc từ nay là %(name)s.") % {"name": area.name})
        return redirect("places:list")
    area_now = queries.current_area()
    held = queries.known()
    roots = [held.ids[uid] for uid in queries.area_roots(area_now)]
    context = {
        "form": form,
        "area": area_now,
        "roots": [queries.place(unit_id, today()) for unit_id in roots],
        "count": len(queries.area_places(today())),
    }
    return render(request, "places/area.html", context)
