"""Alerts: the list, one with what was done about it, a step, how many false ones are put up with."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from diaban.adapters.clock import now
from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.analyses import actions, queries, shown
from diaban.apps.analyses.forms import AlertStepForm, RateForm, refuse
from diaban.apps.analyses.models import AlertKind
from diaban.apps.analyses.queries import AlertsAsked
from diaban.apps.analyses.views import base
from diaban.apps.analyses.views.asking import alert_row
from diaban.apps.places.scope import scope_of
from diaban.catalogue.alerts_loader import table
from diaban.core.lifecycle import StepRefused
from diaban.core.privacy import MASK, PrivacyClass, visible

PAGE = 30


@guard(Permission.ANALYSIS_VIEW)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """List the alerts within sight; the filters stand in the address."""
    get, rights = request.GET, rights_of(request)
    asked = AlertsAsked(
        states=tuple(get.getlist("buoc")),
        kind=get.get("loai", ""),
        open=get.get("mo") == "1",
        waiting=get.get("cho_toi") == "1",
        units=scope_of(request).unit_ids if get.get("don_vi") else None,
    )
    rows = queries.alerts_found(asked, rights).order_by("final", "-raised_on", "-pk")
    page = Paginator(rows, PAGE).get_page(get.get("page"))
    context = {
        "page": page,
        "rows": [alert_row(one) for one in page],
        "count": page.paginator.count,
        "open": queries.visible_alerts(rights).filter(final=False).count(),
        "asked": asked,
        "states": [(one.code, _(one.title), one.code in asked.states) for one in table().states],
        "kinds": [(value, label, value == asked.kind) for value, label in AlertKind.choices],
        "filtered": bool(get),
        "rate": queries.alarm_rate(),
        "rate_sources": shown.sources_of(queries.alarm_rate().sources),
        "may_set": rights.can(Permission.VALUES_SET).allowed,
    }
    return render(request, "analyses/alerts.html", context)


@guard(Permission.ANALYSIS_VIEW)
@require_GET
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show one alert: what was seen, what was done about it, what can be done now."""
    row, rights = base.alert_seen(request, code), rights_of(request)
    words, who = (visible(one, rights.cleared) for one in (PrivacyClass.SENSITIVE, PrivacyClass.OFFICER))
    titles = {one.verb: _(one.title) for one in table().moves}
    steps = [
        {
            "row": one,
            "title": titles.get(one.verb, one.verb),
            "words": one.words if words or not one.words else MASK,
            "who": one.recorded_by if who else MASK,
        }
        for one in row.steps.order_by("-seq")
    ]
    may = rights.can(Permission.ALERT_DECIDE, unit=row.unit_id).allowed
    analysis = row.analysis if queries.visible_analyses(rights).filter(pk=row.analysis_id).exists() else None
    may_propose = analysis is not None and row.row is not None and row.hotspot_id is None
    context = {
        "line": alert_row(row),
        "one": row,
        "why": _(table().state(row.state).why),
        "moves": [(one, _(one.title)) for one in table().from_state(row.state)] if may else [],
        "steps": steps,
        "analysis": analysis,
        "spot": row.hotspot if row.hotspot and rights.can(Permission.HOTSPOT_VIEW, unit=row.hotspot.unit_id).allowed
        else None,
        "may_propose": may_propose and rights.holds(Permission.HOTSPOT_RECORD) and row.state == "real",
    }  # fmt: skip
    return render(request, "analyses/alert.html", context)


@guard(Permission.ALERT_DECIDE)
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """Take one step of an alert."""
    row = base.alert_seen(request, code)
    base.must(request, Permission.ALERT_DECIDE, row.unit_id)
    move = table().find(verb)
    if move is None or not move.sources:
        raise Http404(_("Không có bước này."))
    form = AlertStepForm(request.POST or None)
    form.fields["words"].required = move.words
    if request.method == "POST" and form.is_valid():
        try:
            actions.take_step(by=base.actor(request), at=now(), alert=row, verb=verb, words=form.cleaned_data["words"])
        except StepRefused as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("Đã ghi: {step}.").format(step=_(move.title)))
            return redirect("analyses:alert", code=code)
    context: dict[str, Any] = {"one": row, "line": alert_row(row), "title": _(move.title), "form": form}
    return render(request, "analyses/alert_step.html", context, status=422 if form.errors else 200)


@guard(Permission.VALUES_SET)
@require_http_methods(["GET", "POST"])
def rate(request: HttpRequest) -> HttpResponse:
    """Set how many false alarms a year the area puts up with."""
    held = queries.alarm_rate()
    initial = {"false_alarms_per_year": held.false_alarms_per_year, "sources": list(held.sources)}
    form = RateForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_alarm_rate(by=base.actor(request), at=now(), **form.cleaned_data)
        except StepRefused as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("Đã đặt. Lần xem hằng tuần tới sẽ theo mức này."))
            return redirect("analyses:alerts")
    return render(request, "analyses/rate.html", {"form": form, "held": held}, status=422 if form.errors else 200)
