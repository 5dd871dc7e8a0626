"""Make a plan, answer its questions, set its phases, give its work, take its steps."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from diaban.adapters.clock import now, today
from diaban.apps.access import AccessRefused, Permission, guard, rights_of
from diaban.apps.agencies.actions.agencies import code_of
from diaban.apps.agencies.models import Agency
from diaban.apps.choosing.models import Choice, Dossier
from diaban.apps.places import queries as places
from diaban.apps.programme.actions import Order
from diaban.apps.transformation import actions, queries
from diaban.apps.transformation.actions.steps import verdict_for
from diaban.apps.transformation.forms import AnswersForm, MakeForm, PhasesForm, StepForm, WorkForm, tell
from diaban.apps.transformation.models import Transformation
from diaban.apps.transformation.views.found import allow, plan_of, user_of
from diaban.apps.transformation.views.plan import head_of
from diaban.catalogue.periods_loader import DEFAULT_REGIME
from diaban.core.lifecycle import StepRefused
from diaban.core.transformation import Part, PlanTable
from diaban.core.transformation.plan import missing


@guard(Permission.TRANSFORM_KEEP)
@require_http_methods(["GET", "POST"])
def make(request: HttpRequest) -> HttpResponse:
    """Make the plan of a commune (`?xa=`), from the decision that chose it where there is one."""
    rights = rights_of(request)
    unit = places.unit_by_uid(request.GET.get("xa", ""))
    if unit is None or not rights.can(Permission.TRANSFORM_VIEW, unit=unit.pk).allowed:
        messages.error(request, _("Chọn một địa bàn trong phạm vi được giao để lập kế hoạch."))
        return redirect("transformation:list")
    allow(request, Permission.TRANSFORM_KEEP, unit.pk)
    choice = (
        Choice.objects.filter(unit=unit, role=Choice.Role.CHOSEN, dossier__state=Dossier.State.DECIDED)
        .select_related("dossier")
        .order_by("-dossier__date", "-pk")
        .first()
    )
    form = MakeForm(request.POST or None, initial={"starts": today()})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.make(
                unit=unit, choice=choice, starts=form.cleaned_data["starts"], by=user_of(request), at=now()
            )
        except StepRefused as refusal:
            tell(form, refusal)
        else:
            messages.success(
                request, _("Đã lập {code}; trả lời các câu hỏi phân tích tiếp theo.").format(code=made.code)
            )
            return redirect("transformation:plan", code=made.code)
    context = {"form": form, "choice": choice, "name": places.names([unit.pk], today())[unit.pk]}
    return render(request, "transformation/make.html", context, status=422 if form.errors else 200)


def _kept(request: HttpRequest, code: str, permission: Permission) -> Transformation:
    row = plan_of(request, code)
    allow(request, permission, row.unit_id)
    return row


@guard(Permission.TRANSFORM_KEEP)
@require_http_methods(["GET", "POST"])
def answers(request: HttpRequest, code: str) -> HttpResponse:
    """Answer the questions of the plan."""
    row = _kept(request, code, Permission.TRANSFORM_KEEP)
    initial = dict(row.answers.values_list("prompt", "text"))
    form = AnswersForm(request.POST or None, table=queries.table_of(row), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            n = actions.answer(transformation=row, answers=form.cleaned_data, by=user_of(request), at=now())
        except StepRefused as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("Đã lưu {n} câu trả lời.").format(n=n))
            return redirect("transformation:plan", code=code)
    parts = [(part, [form[one] for one in codes]) for part, codes in form.parts.items()]
    return _form_page(request, row, form, "transformation/answers.html", {"parts": parts})


@guard(Permission.TRANSFORM_KEEP)
@require_http_methods(["GET", "POST"])
def phases(request: HttpRequest, code: str) -> HttpResponse:
    """Set the days of the phases."""
    row = _kept(request, code, Permission.TRANSFORM_KEEP)
    initial: dict[str, Any] = {}
    for one in row.phases.all():
        initial |= {f"{one.code}_first": one.starts, f"{one.code}_last": one.last_day}
    form = PhasesForm(request.POST or None, table=queries.table_of(row), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_phases(transformation=row, days=form.days(), by=user_of(request), at=now())
        except StepRefused as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("Đã đặt ngày các giai đoạn."))
            return redirect("transformation:plan", code=code)
    pairs = [(form[f"{one}_first"], form[f"{one}_last"]) for one in form.codes]
    return _form_page(request, row, form, "transformation/phases.html", {"pairs": pairs})


@guard(Permission.TASK_ASSIGN)
@require_http_methods(["GET", "POST"])
def give(request: HttpRequest, code: str) -> HttpResponse:
    """Give a task for a phase; `?y=` begins with one of the usual ones."""
    row = _kept(request, code, Permission.TASK_ASSIGN)
    table = queries.table_of(row)
    form = WorkForm(
        request.POST or None,
        phases=[(one.code, _(one.title)) for one in table.phases],
        on=today(),
        initial=_initial(request, row, table),
    )
    if request.method == "POST" and form.is_valid():
        try:
            task = actions.give_work(
                transformation=row,
                phase=form.cleaned_data["phase"],
                order=_order(form.cleaned_data),
                by=user_of(request),
                at=now(),
            )
        except StepRefused as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("Đã giao {code}.").format(code=task.code))
            return redirect("transformation:plan", code=code)
    ideas = [
        (number, _(one.title), one.agency, table_title(table, one.phase)) for number, one in enumerate(table.ideas)
    ]
    return _form_page(request, row, form, "transformation/give.html", {"ideas": ideas})


def table_title(table: PlanTable, phase: str) -> str:
    """Return the name of a phase."""
    return next(_(one.title) for one in table.phases if one.code == phase)


def _initial(request: HttpRequest, row: Transformation, table: PlanTable) -> dict[str, Any]:
    number = request.GET.get("y", "")
    days = {one.code: one for one in row.phases.all()}
    found: dict[str, Any] = {"starts": today()}
    if number.isascii() and number.isdecimal() and int(number) < len(table.ideas):
        idea = table.ideas[int(number)]
        lead = Agency.objects.filter(code=code_of(idea.agency)).first()
        found |= {"phase": idea.phase, "title": _(idea.title), "product": _(idea.product), "lead": lead}
        phase = days.get(idea.phase)
        if phase is not None:
            found |= {"starts": max(phase.starts, row.starts), "due": phase.last_day}
    return found


def _order(given: dict[str, Any]) -> Order:
    again = given["grain"]
    return Order(
        title=given["title"],
        lead=given["lead"],
        starts=given["starts"],
        due=None if again else given["due"],
        regime=DEFAULT_REGIME if again else "",
        grain=again,
        ends=given["ends"] if again else None,
        words=given["words"],
        product=given["product"],
        others=tuple(given["others"]),
    )


@guard(Permission.TRANSFORM_KEEP)
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """Take a step that is its keeper's."""
    return _step(request, code, verb, Part.KEEPS)


@guard(Permission.TASK_CONFIRM)
@require_http_methods(["GET", "POST"])
def approve(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """Take a step that somebody else than the authors takes."""
    return _step(request, code, verb, Part.APPROVES)


def _step(request: HttpRequest, code: str, verb: str, part: Part) -> HttpResponse:
    """Show the form of a step; what it asks and does not have is told before."""
    row = plan_of(request, code)
    table = queries.table_of(row)
    if verb not in {one.verb for one in table.moves if one.part is part}:
        raise Http404(_("Không có bước này."))
    move = table.move(verb)
    verdict = verdict_for(rights_of(request), row, move)
    if not verdict.allowed:
        raise AccessRefused(verdict)
    form = StepForm(request.POST or None, step=move, initial={"on": today()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.move(transformation=row, verb=verb, by=user_of(request), at=now(), **form.cleaned_data)
        except StepRefused as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("Đã ghi: {step}.").format(step=_(move.title)))
            return redirect("transformation:plan", code=code)
    given = queries.given_for(row, today(), document="-", reason="-")
    more = {
        "step": move,
        "step_title": _(move.title),
        "target": _(table.state(move.target).title),
        "out_of_turn": row.state not in move.sources,
        "lacking": [one.message.render(_) for one in missing(move, given)],
    }
    return _form_page(request, row, form, "transformation/step.html", more)


def _form_page(
    request: HttpRequest, row: Transformation, form: Any, template: str, more: dict[str, Any]
) -> HttpResponse:
    context = head_of(row, today()) | {"form": form} | more
    return render(request, template, context, status=422 if form.errors else 200)
