"""The steps of a standing: self-assessment, appraisal, decision; one unit or a selection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diaban.adapters.clock import now
from diaban.apps.access import AccessRefused, Permission, guard, rights_of
from diaban.apps.localities import actions, queries
from diaban.apps.localities.forms import AssessForm, DecideForm, NumberForm, SendBackForm
from diaban.apps.localities.models import Cycle, LocalityClass, Stage, Standing
from diaban.apps.localities.queries.standings import Row
from diaban.apps.localities.stages import NEXT, STEPS, Refused, advance, verdict
from diaban.apps.localities.views.found import allow_step, cycle_of, full, row_of, rows_of, user_of
from diaban.apps.localities.views.standing import page_of

CONFIRMED = "xac-nhan"  # the button that stores, on the page that shows the answers once more
ALL = "tat-ca"  # in the address of a page, in place of uids: every unit that one may act on


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
    row = row_of(request, cycle, uid)
    standing = full(row)
    if standing.stage == Stage.DECIDED and step == "decide":
        step = "supersede"
    allow_step(request, standing, step)
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
    context = page_of(request, cycle, row, standing) | {"form": form, "checking": False, "confirmed": CONFIRMED}
    context |= {"blocked": _blocked(cycle, standing, step), "with_working": check}
    return render(request, template, context)


def _answers(
    request: HttpRequest, cycle: Cycle, row: Row, standing: Standing, form: forms.Form, template: str
) -> HttpResponse:
    """Show the answers once more before they are stored."""
    context = page_of(request, cycle, row, standing) | {"form": form, "checking": True, "confirmed": CONFIRMED}
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
    row = row_of(request, cycle_of(year), uid)
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
    row = row_of(request, cycle_of(year), uid)
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
    row = row_of(request, cycle_of(year), uid)
    initial = row.decided_class or row.standing.appraised_class
    form = DecideForm(request.POST or None, law=queries.law_of(row.standing.cycle), initial={"chosen": initial})

    def act(standing: Standing) -> None:
        act_of = actions.supersede if standing.stage == Stage.DECIDED else actions.decide
        act_of(standing=standing, by=user_of(request), at=now(), **form.cleaned_data)

    return _step(
        request, year, uid, form, "localities/decide.html", act, _("Đã ghi quyết định."), step="decide", check=True
    )


@dataclass(frozen=True, slots=True)
class Selection:
    """The units named for one act on many: those to act on, one's own submissions, those no longer at that stage."""

    rows: list[Row]
    own: list[Row]
    moved: list[Row]


def _selected(request: HttpRequest, cycle: Cycle, uids: Collection[str] | None, step: str) -> Selection:
    """Return the units named (None: all that one may act on).

    A unit out of sight is not found, one out of reach refused: the whole selection then fails, nothing of it is done.
    """
    rights = rights_of(request)
    rows = [row for row in rows_of(request, cycle) if uids is None or row.place.uid in uids]
    if uids is not None and len(rows) < len(set(uids)):
        raise Http404(_("Đơn vị không thuộc kỳ phân loại này."))
    found = Selection([], [], [])
    for row in rows:
        answer = verdict(rights, row.standing, step)
        if row.standing.stage != STEPS[step].sources[0]:
            if uids is not None:
                found.moved.append(row)
        elif answer.allowed:
            found.rows.append(row)
        elif answer.why == "own_submission":
            found.own.append(row)
        elif uids is not None:
            raise AccessRefused(answer)
    return found


def _unfit(request: HttpRequest, chosen: Selection) -> str:
    """Return why a selection that was sent cannot be acted on as it is; refuse one that holds one's own submission."""
    if chosen.own:
        allow_step(request, chosen.own[0].standing, NEXT[Stage(chosen.own[0].standing.stage)])
    if chosen.moved:
        names = ", ".join(row.place.name for row in chosen.moved)
        return _("Không còn ở bước này: {names}. Xem lại rồi chọn lại; chưa ghi gì.").format(names=names)
    return "" if chosen.rows else _("Chưa chọn đơn vị nào.")


@guard(Permission.CLASS_DECIDE)
def decide_many(request: HttpRequest, year: int) -> HttpResponse:
    """Record one decision on a selection of appraised units; answers are shown once more."""
    cycle = cycle_of(year)
    sent = bool(request.POST.get("buoc"))
    named = request.POST.getlist("u") if sent else request.GET.getlist("u")
    everything = (sent and not named) or (not sent and ALL in named)  # shown again, never acted on
    chosen = _selected(request, cycle, None if everything else named, "decide")
    form = NumberForm(request.POST if sent else None)
    checking = False
    if sent and form.is_valid():
        unfit = _unfit(request, chosen) if named else _("Chưa chọn đơn vị nào.")
        store = CONFIRMED in request.POST
        if unfit:
            form.add_error(None, unfit)
        elif store or "sua" not in request.POST:
            try:
                done = _perform(
                    lambda: actions.decide_many(
                        standings=[row.standing for row in chosen.rows],
                        by=user_of(request),
                        at=now(),
                        **form.cleaned_data,
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
    return render(request, "localities/decide_many.html", _many_page(cycle, chosen, form, checking=checking))


def _many_page(cycle: Cycle, chosen: Selection, form: NumberForm, *, checking: bool) -> dict[str, Any]:
    counted = Counter(row.standing.appraised_class for row in chosen.rows)
    return {
        "cycle": cycle,
        "rows": chosen.rows,
        "own": chosen.own,
        "form": form,
        "checking": checking,
        "confirmed": CONFIRMED,
        "counts": [(klass, counted[klass]) for klass in LocalityClass.values if counted[klass]],
        "differing": [row for row in chosen.rows if row.standing.appraised_class != row.standing.proposed_class],
        "stale": [row for row in chosen.rows if row.stale],
    }


@guard(Permission.CLASS_APPRAISE)
@require_POST
def appraise_many(request: HttpRequest, year: int) -> HttpResponse:
    """Agree with the self-assessment of a selection, where it equals the proposal."""
    cycle = cycle_of(year)
    chosen = _selected(request, cycle, request.POST.getlist("u"), "appraise")
    unfit = _unfit(request, chosen)
    try:
        if unfit:
            raise Refused(unfit)
        n = actions.appraise_many(standings=[row.standing for row in chosen.rows], by=user_of(request), at=now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Đã thẩm định {n} đơn vị.").format(n=n))
    return redirect("localities:cycle", year=year)
