"""The steps of a standing: self-assessment, appraisal, decision; one unit or a selection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaban.adapters.clock import now
from diaban.apps.access import Permission, guard
from diaban.apps.localities import actions, queries
from diaban.apps.localities.forms import AssessForm, DecideForm, NumberForm, SendBackForm
from diaban.apps.localities.models import Cycle, LocalityClass, Stage, Standing
from diaban.apps.localities.queries.standings import Row
from diaban.apps.localities.stages import Refused, advance
from diaban.apps.localities.views.found import cycle_of, full, row_of, user_of
from diaban.apps.localities.views.standing import page_of

CONFIRMED = "xac-nhan"  # the button that stores, on the page that shows the answers once more


def _step(
    request: HttpRequest,
    year: int,
    uid: str,
    form: forms.Form,
    template: str,
    act: Callable[[Standing], Any],
    said: str,
    *,
    step: str,
    check: bool = False,
) -> HttpResponse:
    """Show a form beside the working; do the act; with `check`, show the answers once more before it."""
    cycle = cycle_of(year)
    row = row_of(cycle, uid)
    standing = full(row)
    if standing.stage == Stage.DECIDED and step == "decide":
        step = "supersede"
    if request.method == "POST" and form.is_valid():
        store = not check or CONFIRMED in request.POST
        if store or "sua" not in request.POST:
            try:
                _perform(lambda: act(standing), keep=store)
            except Refused as refused:
                form.add_error(refused.field if refused.field in form.fields else None, str(refused))
            else:
                if not store:
                    return _answers(request, cycle, row, standing, form, template)
                messages.success(request, said)
                return redirect("localities:standing", year=year, uid=uid)
    context = page_of(cycle, row, standing) | {"form": form, "checking": False, "confirmed": CONFIRMED}
    context |= {"blocked": _blocked(cycle, standing, step), "with_working": check}
    return render(request, template, context)


def _answers(
    request: HttpRequest, cycle: Cycle, row: Row, standing: Standing, form: forms.Form, template: str
) -> HttpResponse:
    """Show the answers once more before they are stored."""
    context = page_of(cycle, row, standing) | {"form": form, "checking": True, "confirmed": CONFIRMED}
    return render(request, template, context | {"blocked": "", "with_working": True})


def _perform(act: Callable[[], Any], *, keep: bool) -> Any:
    """Do an act; without `keep` take it back, so that what it refuses is known before the answers are shown again."""
    with transaction.atomic():
        done = act()
        if not keep:
            transaction.set_rollback(True)
    return done


def _blocked(cycle: Cycle, standing: Standing, step: str) -> str:
    """Return why the step may not be taken now; empty where it may."""
    if cycle.state == Cycle.State.CLOSED and step != "supersede":
        return _("Kỳ phân loại đã khóa.")
    try:
        advance(standing.stage, step)
    except Refused as refused:
        return str(refused)
    return ""


@guard(Permission.CLASS_SELF_ASSESS)
def self_assess(request: HttpRequest, year: int, uid: str) -> HttpResponse:
    """Record the commune's own class."""
    row = row_of(cycle_of(year), uid)
    initial = {"chosen": row.standing.self_class or row.standing.proposed_class}
    form = AssessForm(request.POST or None, law=queries.law_of(row.standing.cycle), initial=initial)

    def act(standing: Standing) -> None:
        actions.self_assess(standing=standing, by=user_of(request), at=now(), **form.cleaned_data)

    return _step(
        request,
        year,
        uid,
        form,
        "localities/assess.html",
        act,
        _("Đã ghi tự đánh giá; chờ tỉnh thẩm định."),
        step="self_assess",
    )


@guard(Permission.CLASS_APPRAISE)
def appraise(request: HttpRequest, year: int, uid: str) -> HttpResponse:
    """Record the province's appraisal."""
    row = row_of(cycle_of(year), uid)
    form = AssessForm(
        request.POST or None,
        law=queries.law_of(row.standing.cycle),
        initial={
            "chosen": row.standing.appraised_class or row.standing.self_class or row.standing.proposed_class,
            "note": row.standing.appraisal_note,
        },
    )

    def act(standing: Standing) -> None:
        actions.appraise(standing=standing, by=user_of(request), at=now(), **form.cleaned_data)

    return _step(
        request, year, uid, form, "localities/appraise.html", act, _("Đã thẩm định; chờ quyết định."), step="appraise"
    )


@guard(Permission.CLASS_APPRAISE)
def send_back(request: HttpRequest, year: int, uid: str) -> HttpResponse:
    """Return the standing to the commune with an opinion."""
    form = SendBackForm(request.POST or None)

    def act(standing: Standing) -> None:
        actions.send_back(standing=standing, note=form.cleaned_data["note"], by=user_of(request), at=now())

    return _step(
        request, year, uid, form, "localities/send_back.html", act, _("Đã trả lại cho xã kèm ý kiến."), step="send_back"
    )


@guard(Permission.CLASS_DECIDE)
def decide(request: HttpRequest, year: int, uid: str) -> HttpResponse:
    """Record a decision, or the one that takes its place; answers are shown once more before they are stored."""
    row = row_of(cycle_of(year), uid)
    initial = row.decided_class or row.standing.appraised_class
    form = DecideForm(request.POST or None, law=queries.law_of(row.standing.cycle), initial={"chosen": initial})

    def act(standing: Standing) -> None:
        act_of = actions.supersede if standing.stage == Stage.DECIDED else actions.decide
        act_of(standing=standing, by=user_of(request), at=now(), **form.cleaned_data)

    return _step(
        request, year, uid, form, "localities/decide.html", act, _("Đã ghi quyết định."), step="decide", check=True
    )


def _selected(request: HttpRequest, cycle: Cycle, stage: str) -> list[Row]:
    """Return the rows named in the address or the form (`u` = uid), those at `stage`; `u=tat-ca` names all."""
    uids = set(request.POST.getlist("u") or request.GET.getlist("u"))
    everything = "tat-ca" in uids
    return [
        row for row in queries.standings(cycle) if row.standing.stage == stage and (everything or row.place.uid in uids)
    ]


@guard(Permission.CLASS_DECIDE)
def decide_many(request: HttpRequest, year: int) -> HttpResponse:
    """Record one decision on a selection of appraised units; answers are shown once more."""
    cycle = cycle_of(year)
    rows = _selected(request, cycle, Stage.APPRAISED)
    form = NumberForm(request.POST if request.POST.get("buoc") else None)
    checking = False
    if request.method == "POST" and rows and form.is_valid():
        store = CONFIRMED in request.POST
        if store or "sua" not in request.POST:
            try:
                done = _perform(
                    lambda: actions.decide_many(
                        standings=[row.standing for row in rows], by=user_of(request), at=now(), **form.cleaned_data
                    ),
                    keep=store,
                )
            except Refused as refused:
                form.add_error(refused.field if refused.field in form.fields else None, str(refused))
            else:
                if store:
                    said = _("Đã ghi quyết định số {number} cho {n} đơn vị.")
                    messages.success(request, said.format(number=form.cleaned_data["number"], n=len(done)))
                    return redirect("localities:cycle", year=year)
                checking = True
    counted = Counter(row.standing.appraised_class for row in rows)
    context = {
        "cycle": cycle,
        "rows": rows,
        "form": form,
        "checking": checking,
        "confirmed": CONFIRMED,
        "counts": [(klass, counted[klass]) for klass in LocalityClass.values if counted[klass]],
        "differing": [row for row in rows if row.standing.appraised_class != row.standing.proposed_class],
        "stale": [row for row in rows if row.stale],
    }
    return render(request, "localities/decide_many.html", context)


@guard(Permission.CLASS_APPRAISE)
@require_POST
def appraise_many(request: HttpRequest, year: int) -> HttpResponse:
    """Agree with the self-assessment of a selection, where it equals the proposal."""
    cycle = cycle_of(year)
    rows = _selected(request, cycle, Stage.SELF_ASSESSED)
    try:
        n = actions.appraise_many(standings=[row.standing for row in rows], by=user_of(request), at=now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Đã thẩm định {n} đơn vị.").format(n=n))
    return redirect("localities:cycle", year=year)
