"""Taking a step of a hot-spot and taking it back: fill in, check what was filled in, confirm."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from diaban.adapters.clock import now
from diaban.apps.access import Permission, guard
from diaban.apps.hotspots import actions, listing, queries
from diaban.apps.hotspots.forms import StepForm, UndoForm, refuse
from diaban.apps.hotspots.models import ProvinceValue
from diaban.apps.hotspots.queries.lives import workflow_on
from diaban.apps.hotspots.views import allowed
from diaban.apps.hotspots.views.base import actor
from diaban.apps.places import queries as places
from diaban.apps.places.models import Unit
from diaban.apps.places.scope import scope_of
from diaban.core.lifecycle import StepRefused, Workflow, permitted, permitted_from


@guard(Permission.HOTSPOT_STEP)
@require_http_methods(["GET", "POST"])
def take(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Show the form of one step, then the answers to check, then take it."""
    spot = allowed.spot_seen(request, pk)
    allowed.ask(request, Permission.HOTSPOT_STEP, spot.unit_id)
    scope = scope_of(request)
    history = queries.history_of(spot, scope.today)
    transition = history.workflow.transition(verb)
    if transition is None or transition.opens:
        raise Http404(verb)
    if transition not in permitted(history):
        state = gettext(history.workflow.state(spot.state).title)
        text = gettext("%(code)s đang ở «%(state)s» nên không còn thực hiện được bước này.")
        messages.warning(request, text % {"code": spot.code, "state": state})
        return redirect("hotspots:detail", pk=spot.pk)
    day = permitted_from(history, transition, queries.settings_on(scope.today))
    if day is not None and scope.today < day:
        text = gettext("«%(step)s» được phép từ %(day)s: thời hạn theo dõi chưa hết.")
        messages.warning(request, text % {"step": gettext(transition.title), "day": f"{day:%d/%m/%Y}"})
        return redirect("hotspots:detail", pk=spot.pk)
    initial = {"on": scope.today, "decider": actor(request).title}
    form = StepForm(
        request.POST or None,
        transition=transition,
        communes=allowed.offered(request, scope, Permission.HOTSPOT_STEP),
        seen=allowed.seen(request, Permission.HOTSPOT_VIEW, Permission.HOTSPOT_STEP),
        initial=initial,
    )
    context: dict[str, Any] = {
        "spot": spot,
        "transition": transition,
        "title": gettext(transition.title),
        "before": gettext(history.workflow.state(spot.state).title),
        "form": form,
        "may": allowed.may(request),
        "definition": _definition(verb, history.workflow, scope.today),
        "watch_months": queries.settings_on(scope.today).watch_months if verb in ("watch", "remove") else None,
        "asks_watch": verb in ("watch", "remove"),
    }
    if request.method == "POST" and form.is_valid() and "back" not in request.POST:
        decision = actions.Decision(verb=verb, **form.cleaned_data)
        try:
            if "confirm" in request.POST:
                spot = actions.take_step(hotspot=spot, decision=decision, by=actor(request), at=now())
                state = gettext(history.workflow.state(spot.state).title)
                messages.success(request, f"{gettext(transition.title)}: {spot.code} → {state}")
                return redirect("hotspots:detail", pk=spot.pk)
            after = actions.check_step(hotspot=spot, decision=decision, by=actor(request), at=now())
        except StepRefused as refusal:
            refuse(form, refusal)
        else:
            context["after"] = gettext(after.workflow.state(after.state).title)
            context["answers"] = [(field.label, _shown(field.field, form.cleaned_data[field.name])) for field in form]
            return render(request, "hotspots/check.html", context)
    return render(request, "hotspots/step.html", context, status=422 if form.errors else 200)


@guard(Permission.HOTSPOT_STEP)
@require_http_methods(["GET", "POST"])
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the last step back by a dated adjustment."""
    spot = allowed.spot_seen(request, pk)
    allowed.ask(request, Permission.HOTSPOT_STEP, spot.unit_id)
    scope = scope_of(request)
    history = queries.history_of(spot, scope.today)
    if history.last is None or len(history.effective) < 2:
        messages.warning(request, gettext("Bước đầu tiên không hoàn tác được."))
        return redirect("hotspots:detail", pk=spot.pk)
    allowed.ask(request, Permission.HOTSPOT_STEP, int(history.effective[-2].unit))
    form = UndoForm(request.POST or None, initial={"on": scope.today, "decider": actor(request).title})
    if request.method == "POST" and form.is_valid():
        try:
            actions.undo_step(hotspot=spot, by=actor(request), at=now(), **form.cleaned_data)
        except StepRefused as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, gettext("Đã hoàn tác. Dòng cũ vẫn nằm trong lịch sử."))
            return redirect("hotspots:detail", pk=spot.pk)
    undone = history.workflow.transition(history.last.step.verb)
    context = {
        "spot": spot,
        "form": form,
        "undone": gettext(undone.title) if undone else history.last.step.verb,
        "undone_on": history.last.step.on,
        "before": listing.Names.of([], scope.today).states[history.effective[-2].to_state],
    }
    return render(request, "hotspots/undo.html", context, status=422 if form.errors else 200)


def _definition(verb: str, workflow: Workflow, on: Any) -> str:
    """Return what the province has written about this step, if anything."""
    if verb != "eliminate" or workflow_on(on) != workflow:
        return ""
    return queries.value_on(ProvinceValue.Key.ELIMINATION, on)


def _shown(field: forms.Field, value: Any) -> Any:
    """Return an answer as it is read back."""
    if isinstance(value, Unit):
        return places.names([value.pk], now().date())[value.pk]
    if isinstance(field, forms.ChoiceField) and isinstance(value, str):
        return dict(field.choices).get(value, value) if value else ""  # type: ignore[arg-type]
    return value
