"""One dossier: what was chosen and why, on which frozen working, and the acts on it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods

from diaban.adapters.clock import now, today
from diaban.apps.access import AccessRefused, Permission, guard, rights_of
from diaban.apps.analyses.beside import area_answer
from diaban.apps.choosing import actions, queries
from diaban.apps.choosing.actions.steps import chosen_units, verdicts
from diaban.apps.choosing.forms import DecideForm, OpinionForm, tell
from diaban.apps.choosing.models import Choice, Dossier
from diaban.apps.choosing.queries.working import drift
from diaban.apps.choosing.shown import rows_of, sorted_rows
from diaban.apps.choosing.views.found import dossier_of, offers, uids_seen, user_of
from diaban.apps.choosing.views.listing import TONES
from diaban.apps.choosing.views.ranking import working_page
from diaban.apps.places import queries as places
from diaban.apps.vault.privacy import Veiled
from diaban.core.choosing.dossier import ACTS, State

OPEN = (State.PROPOSED, State.RETURNED, State.APPRAISED)
WORDS = {"propose": gettext_noop("Đề xuất"), "supersede": gettext_noop("Bị thay thế")}


@guard(Permission.CHOICE_VIEW)
@require_GET
def dossier(request: HttpRequest, code: str) -> HttpResponse:
    """Show a dossier."""
    found = dossier_of(request, code)
    return render(request, "choosing/dossier.html", page_of(request, found) | {"area_answer": area_answer(request)})


def page_of(request: HttpRequest, found: Dossier) -> dict[str, Any]:
    """Return what every page on one dossier shows, within the reader's sight and clearance."""
    rights = rights_of(request)
    seen = uids_seen(rights, found.cycle)
    lines = {row.uid: row for row in rows_of(found.working, seen)}
    choices = [
        one
        for one in found.choices.select_related("unit", "comparison").order_by("role", "place", "pk")
        if seen is None or one.unit.uid in seen
    ]
    ids = {one.unit_id for one in choices} | {one.comparison_id for one in choices if one.comparison_id}
    names = places.names(ids, found.cycle.last_day)
    whole = seen is None
    moved = None
    if whole and found.state in OPEN:
        moved = drift(found.working, queries.working_of(found.cycle, today(), found.working["k"]))
    return working_page(found.working, seen) | {
        "dossier": Veiled(found, rights.cleared),
        "cycle": found.cycle,
        "tone": TONES[Dossier.State(found.state)],
        "rows": sorted_rows(list(lines.values()), request.GET.get("sort", "place")),
        "sort": request.GET.get("sort", "place"),
        "chosen": [
            {
                "choice": Veiled(one, rights.cleared),
                "uid": one.unit.uid,
                "name": names[one.unit_id],
                "row": lines.get(one.unit.uid),
                "other": names[one.comparison_id] if one.comparison_id and whole else "",
            }
            for one in choices
            if one.role == Choice.Role.CHOSEN
        ],
        "passed": [
            (Veiled(one, rights.cleared), names[one.unit_id]) for one in choices if one.role == Choice.Role.PASSED
        ],
        "offers": offers(rights, found),
        "drift": moved,
        "steps": [
            (Veiled(one, rights.cleared), _(ACTS[one.verb].title if one.verb in ACTS else WORDS[one.verb]))
            for one in found.steps.order_by("-seq")
        ],
        "successor": found.successors.filter(state=State.DECIDED).first() if whole else None,
        "frozen": True,
    }


@guard(Permission.CHOICE_APPRAISE)
@require_http_methods(["GET", "POST"])
def appraise(request: HttpRequest, code: str) -> HttpResponse:
    """Find the proposal sound."""
    return _act(request, code, "appraise")


@guard(Permission.CHOICE_APPRAISE)
@require_http_methods(["GET", "POST"])
def send_back(request: HttpRequest, code: str) -> HttpResponse:
    """Return the proposal with an opinion."""
    return _act(request, code, "send_back")


@guard(Permission.CHOICE_DECIDE)
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, code: str) -> HttpResponse:
    """Record the decision."""
    return _act(request, code, "decide")


@guard(Permission.CHOICE_PROPOSE)
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take the proposal back."""
    return _act(request, code, "withdraw")


def _act(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """Show the form of an act beside what it is about; do it."""
    found = dossier_of(request, code)
    for verdict in verdicts(rights_of(request), found, ACTS[name], chosen_units(found)):
        if not verdict.allowed:
            raise AccessRefused(verdict)
    form = _form(request, name)
    if request.method == "POST" and form.is_valid():
        try:
            said = _do(request, found, name, form.cleaned_data)
        except actions.Refused as refused:
            tell(form, refused)
        else:
            messages.success(request, said)
            return redirect("choosing:dossier", code=code)
    context = page_of(request, found) | {
        "form": form,
        "act": ACTS[name],
        "act_title": _(ACTS[name].title),
        "blocked": State(found.state) not in ACTS[name].sources,
    }
    return render(request, "choosing/act.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest, name: str) -> forms.Form:
    if name == "decide":
        return DecideForm(request.POST or None, initial={"date": today()})
    return OpinionForm(request.POST or None, owed=ACTS[name].owes == "opinion")


def _do(request: HttpRequest, found: Dossier, name: str, given: dict[str, Any]) -> str:
    by, at = user_of(request), now()
    match name:
        case "appraise":
            actions.appraise(dossier=found, note=given["note"], by=by, at=at)
            return _("Đã thẩm định; chờ lãnh đạo quyết định.")
        case "send_back":
            actions.send_back(dossier=found, note=given["note"], by=by, at=at)
            return _("Đã trả lại kèm ý kiến.")
        case "withdraw":
            actions.withdraw(dossier=found, note=given["note"], by=by, at=at)
            return _("Đã rút đề xuất.")
        case _:
            actions.decide(dossier=found, number=given["number"], date=given["date"], note=given["note"], by=by, at=at)
            return _("Đã ghi quyết định; các xã được chọn nay thấy hồ sơ này.")
