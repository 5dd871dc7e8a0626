"""Declaring a record a mistake and taking that back: one page for hot-spots, incidents and routes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from diaban.adapters.clock import now
from diaban.apps.access import Permission, guard
from diaban.apps.hotspots import actions
from diaban.apps.hotspots.forms import VoidForm, refuse
from diaban.apps.hotspots.models import Route
from diaban.apps.hotspots.views import allowed
from diaban.apps.hotspots.views.base import actor
from diaban.apps.places.scope import scope_of
from diaban.core.lifecycle import StepRefused

Act = Callable[..., Any]
# What of the address -> how a record is found, its page, and the two actions with the name of their argument.
KINDS: Final[dict[str, tuple[Act, str, str, Act, Act]]] = {
    "diem": (allowed.spot_seen, "hotspots:detail", "hotspot", actions.void_hotspot, actions.restore_hotspot),
    "vu-viec": (
        allowed.incident_seen,
        "hotspots:incident",
        "incident",
        actions.void_incident,
        actions.restore_incident,
    ),
    "tuyen": (allowed.route_seen, "hotspots:route", "route", actions.void_route, actions.restore_route),
}


@guard(Permission.RECORD_VOID)
@require_http_methods(["GET", "POST"])
def void(request: HttpRequest, what: str, pk: int) -> HttpResponse:
    """Declare a record a mistake."""
    return _adjust(request, what, pk, restoring=False)


@guard(Permission.RECORD_VOID)
@require_http_methods(["GET", "POST"])
def restore(request: HttpRequest, what: str, pk: int) -> HttpResponse:
    """Let a voided record stand again."""
    return _adjust(request, what, pk, restoring=True)


def _adjust(request: HttpRequest, what: str, pk: int, *, restoring: bool) -> HttpResponse:
    if what not in KINDS:
        raise Http404(what)
    find, page, name, voids, restores = KINDS[what]
    record = find(request, pk)
    if isinstance(record, Route):
        units = actions.crossed_by(record)
        allowed.ask(request, Permission.ROUTE_SET, *units)
        allowed.ask(request, Permission.RECORD_VOID, *units)
    else:
        allowed.ask(request, Permission.RECORD_VOID, record.unit_id)
    back = reverse(page, args=[pk])
    form = VoidForm(request.POST or None, initial={"on": scope_of(request).today, "decider": actor(request).title})
    if request.method == "POST" and form.is_valid():
        act = restores if restoring else voids
        try:
            act(**{name: record}, by=actor(request), at=now(), **form.cleaned_data)
        except StepRefused as refusal:
            refuse(form, refusal)
        else:
            said = gettext("Đã khôi phục %(code)s.") if restoring else gettext("Đã hủy ghi nhận %(code)s.")
            messages.success(request, said % {"code": record.code})
            return redirect(back)
    context = {"form": form, "record": record, "restoring": restoring, "back": back}
    return render(request, "hotspots/void.html", context, status=422 if form.errors else 200)
