"""The dossiers of chosen localities, newest first; and the weights."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from diaban.adapters.clock import now, today
from diaban.apps.access import AccessRefused, Permission, guard, rights_of
from diaban.apps.choosing import actions, queries
from diaban.apps.choosing.forms import WeightsForm, tell
from diaban.apps.choosing.models import Choice, Dossier, WeightSet
from diaban.apps.choosing.views.found import user_of
from diaban.apps.localities.queries import current_cycle
from diaban.apps.places import queries as places
from diaban.apps.vault.privacy import Veiled

TONES = {
    Dossier.State.PROPOSED: "wait",
    Dossier.State.RETURNED: "warn",
    Dossier.State.APPRAISED: "wait",
    Dossier.State.DECIDED: "ok",
    Dossier.State.SUPERSEDED: "closed",
    Dossier.State.WITHDRAWN: "closed",
}


@guard(Permission.CHOICE_VIEW)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show the dossiers within sight with the communes they chose, and where the ranking is."""
    rights = rights_of(request)
    units = rights.units(Permission.CHOICE_VIEW)
    rows = queries.visible_dossiers(rights).select_related("cycle").order_by("-cycle__year", "-pk")
    chosen: dict[int, list[str]] = {}
    picks = Choice.objects.filter(dossier__in=rows, role=Choice.Role.CHOSEN).order_by("place", "pk")
    if units is not None:
        picks = picks.filter(unit__in=units)
    names = places.names({pick.unit_id for pick in picks}, today())
    for pick in picks:
        chosen.setdefault(pick.dossier_id, []).append(names[pick.unit_id])
    found = [(one, chosen.get(one.pk, []), TONES[Dossier.State(one.state)]) for one in rows]
    decided = [one for one, _names, _tone in found if one.state == Dossier.State.DECIDED]
    context = {
        "dossiers": found,
        "heading": _heading(decided, found),
        "cycle": current_cycle(today()),
    }
    return render(request, "choosing/list.html", context)


def _heading(decided: list[Dossier], found: list[Any]) -> str:
    if not found:
        return _("Chưa có đợt lựa chọn địa bàn nào")
    if not decided:
        return _("Chưa có quyết định nào về địa bàn cần chuyển hóa")
    newest = decided[0]
    n = next(len(names) for one, names, _tone in found if one.pk == newest.pk)
    return ngettext(
        "{n} địa bàn cần chuyển hóa theo Quyết định {number}",
        "{n} địa bàn cần chuyển hóa theo Quyết định {number}",
        n,
    ).format(n=n, number=newest.number)


@guard(Permission.CHOICE_VIEW)
@require_http_methods(["GET", "POST"])
def weights(request: HttpRequest) -> HttpResponse:
    """Show the criteria and the weights in force, since when and by which document; set others."""
    rights = rights_of(request)
    may = rights.can(Permission.VALUES_SET)
    if request.method == "POST" and not may.allowed:
        raise AccessRefused(may)
    held = queries.weights_on(today())
    initial: dict[str, Any] = {f"w_{code}": weight for code, weight in held.weights.items()}
    form = WeightsForm(request.POST or None, criteria=held.criteria, initial=initial | {"effective_from": today()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_weights(
                weights=form.weights(),
                effective_from=form.cleaned_data["effective_from"],
                document=form.cleaned_data["document"],
                by=user_of(request),
                at=now(),
            )
        except actions.Refused as refused:
            tell(form, refused)
        else:
            messages.success(request, _("Đã đặt trọng số; các lần đặt trước được giữ lại."))
            return redirect("choosing:weights")
    total = sum(held.weights.values())
    context = {
        "form": form,
        "may": may.allowed,
        "held": held,
        "total": total,
        "criteria": [
            (
                _(one.title),
                held.weights[one.code],
                held.weights[one.code] / total,
                _(one.why),
                _(one.caution) if one.caution else "",
            )
            for one in held.criteria.criteria
        ],
        "fields": [form[f"w_{one.code}"] for one in held.criteria.criteria],
        "history": [
            (Veiled(row, rights.cleared), [(_(one.short), row.weights.get(one.code)) for one in held.criteria.criteria])
            for row in WeightSet.objects.order_by("-effective_from")
        ],
    }
    return render(request, "choosing/weights.html", context, status=422 if form.errors else 200)
