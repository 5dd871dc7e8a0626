"""Acts on one turn: its steps, its evidence, more time for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from diaban.adapters.clock import now, today
from diaban.apps.access import AccessRefused, Permission, guard
from diaban.apps.exchange.marks import purposes_of
from diaban.apps.hotspots.queries.sight import units_seen
from diaban.apps.programme import actions
from diaban.apps.programme.forms import DecideForm, EvidenceForm, ExtensionForm, ReasonForm, StepForm
from diaban.apps.programme.models import Evidence, Extension
from diaban.apps.programme.queries.sight import sees_evidence
from diaban.apps.programme.views.base import Asked, actor, asked_task, check_page, done, filled, form_page, turn_of
from diaban.catalogue.steps_loader import steps
from diaban.core.lifecycle.steps import Part

CHECKED = ("report", "drop")
"""Steps whose answers are read back before they are written; a confirmation shows what it confirms instead."""


@guard(Permission.TASK_REPORT)
@require_http_methods(["GET", "POST"])
def work(request: HttpRequest, code: str, seq: int, verb: str) -> HttpResponse:
    """Take a step of those who do the work."""
    return _step(request, code, seq, verb, Part.CARRIES_OUT)


@guard(Permission.TASK_CONFIRM)
@require_http_methods(["GET", "POST"])
def judge(request: HttpRequest, code: str, seq: int, verb: str) -> HttpResponse:
    """Take a step of those who look at what was reported."""
    return _step(request, code, seq, verb, Part.CONFIRMS)


@guard(Permission.TASK_ASSIGN)
@require_http_methods(["GET", "POST"])
def settle(request: HttpRequest, code: str, seq: int, verb: str) -> HttpResponse:
    """Take a step of those who gave the work."""
    return _step(request, code, seq, verb, Part.ASSIGNS)


def _step(request: HttpRequest, code: str, seq: int, verb: str, part: Part) -> HttpResponse:
    """Show the form of one step, read the answers back where it is final, then take it."""
    asked = asked_task(request, code)
    turn = turn_of(asked, seq)
    asked.ask(part)
    table = steps(today())
    move = next((one for one in table.moves if one.verb == verb and one.sources and one.part is part), None)
    if move is None:
        raise Http404(verb)
    title = _(move.title)
    if turn.state not in move.sources:
        state = _(table.state(turn.state).title)
        messages.warning(request, _("Đang ở «%(state)s» nên không còn làm được bước này.") % {"state": state})
        return redirect("programme:task", code)
    form = StepForm(request.POST if request.method == "POST" else None, verb=verb)
    more: dict[str, Any] = {"turn": turn, "verb": verb}
    if verb == "confirm":
        shown = sees_evidence(asked.rights, asked.seats, asked.task)
        more["report"] = turn.steps.filter(verb="report").order_by("-seq").first()
        more["evidence"] = turn.evidence.filter(withdrawn_at__isnull=True).defer("file_data") if shown else []
    if verb in CHECKED and request.method == "POST" and "confirm" not in request.POST and form.is_valid():
        if "back" not in request.POST:
            return check_page(request, asked, form, title=title, button=title, **more)
        return form_page(request, asked, form, title=title, button=_("Xem lại"), **more)

    def act(given: Mapping[str, Any]) -> None:
        told = actions.Told(**dict(given))
        actions.take_step(turn=turn, verb=verb, told=told, by=actor(request), at=now())

    if filled(request, form, act):
        return done(request, asked, _("%(step)s: đã ghi.") % {"step": title}, turn)
    button = _("Xem lại") if verb in CHECKED else title
    return form_page(request, asked, form, title=title, button=button, **more)


@guard(Permission.TASK_REPORT)
@require_http_methods(["GET", "POST"])
def add_evidence(request: HttpRequest, code: str, seq: int) -> HttpResponse:
    """Add a document, a file, a hot-spot of the register or a figure."""
    asked = asked_task(request, code)
    turn = turn_of(asked, seq)
    asked.ask(Part.CARRIES_OUT)
    form = EvidenceForm(
        request.POST or None, request.FILES or None,
        spots=units_seen(asked.rights, Permission.HOTSPOT_VIEW),
        shows_spots=asked.rights.holds(Permission.HOTSPOT_VIEW),
    )  # fmt: skip

    def act(given: Mapping[str, Any]) -> None:
        values = dict(given)
        sent = values.pop("file", None)
        file = {"file_name": sent.name or "", "data": sent.read()} if sent else {}
        piece = actions.add_evidence(turn=turn, given=actions.Shown(**values, **file), by=actor(request), at=now())
        if piece.kind == Evidence.Kind.FILE:
            for told in actions.left_in_file(file["data"]):
                messages.warning(request, told.render(_))

    if filled(request, form, act):
        return done(request, asked, _("Đã thêm minh chứng."), turn)
    title = _("Thêm minh chứng")
    return form_page(request, asked, form, title=title, button=title, turn=turn, sends_file=True)


def _piece(request: HttpRequest, pk: int) -> tuple[Asked, Evidence]:
    """Return a piece of evidence of a task within sight, or 404."""
    rows = Evidence.objects.select_related("turn__task").defer("file_data")
    piece = get_object_or_404(rows, pk=pk)
    return asked_task(request, piece.turn.task.code), piece


@guard(Permission.TASK_EVIDENCE, Permission.TASK_REPORT)
@require_GET
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an attached file out, for whoever sees the task's evidence."""
    asked, piece = _piece(request, pk)
    if piece.kind != Evidence.Kind.FILE:
        raise Http404
    if not sees_evidence(asked.rights, asked.seats, asked.task):
        raise AccessRefused(asked.rights.can(Permission.TASK_EVIDENCE, unit=asked.task.unit_id))
    permission = Permission.TASK_EVIDENCE if asked.rights.holds(Permission.TASK_EVIDENCE) else Permission.TASK_REPORT
    purpose = purposes_of(asked.rights, permission)[0]
    data = actions.hand_out_file(evidence=piece, by=actor(request), at=now(), purpose=purpose)
    answer = HttpResponse(data, content_type=piece.file_type or "application/octet-stream")
    answer["Content-Disposition"] = str(content_disposition_header(True, piece.file_name))
    return answer


@guard(Permission.TASK_REPORT)
@require_http_methods(["GET", "POST"])
def withdraw_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a piece of evidence back with a reason."""
    asked, piece = _piece(request, pk)
    asked.ask(Part.CARRIES_OUT)
    form = ReasonForm(request.POST or None)
    if filled(
        request, form, lambda given: actions.withdraw_evidence(evidence=piece, by=actor(request), at=now(), **given)
    ):
        return done(request, asked, _("Đã rút minh chứng. Dòng cũ vẫn thấy được, không còn tính."), piece.turn)
    title = _("Rút minh chứng")
    return form_page(request, asked, form, title=title, button=title, turn=piece.turn, piece=piece)


@guard(Permission.TASK_REPORT)
@require_http_methods(["GET", "POST"])
def ask_extension(request: HttpRequest, code: str, seq: int) -> HttpResponse:
    """Ask for more time."""
    asked = asked_task(request, code)
    turn = turn_of(asked, seq)
    asked.ask(Part.CARRIES_OUT)
    form = ExtensionForm(request.POST or None)
    if filled(request, form, lambda given: actions.ask_extension(turn=turn, by=actor(request), at=now(), **given)):
        return done(request, asked, _("Đã gửi đề nghị gia hạn; hạn cũ còn giữ đến khi có quyết định."), turn)
    title = _("Xin gia hạn")
    return form_page(request, asked, form, title=title, button=_("Gửi đề nghị"), turn=turn)


def _extension(request: HttpRequest, pk: int) -> tuple[Asked, Extension]:
    made = get_object_or_404(Extension.objects.select_related("turn__task"), pk=pk)
    asked = asked_task(request, made.turn.task.code)
    made.turn.task = asked.task
    return asked, made


@guard(Permission.TASK_CONFIRM)
@require_http_methods(["GET", "POST"])
def decide_extension(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide about more time."""
    asked, made = _extension(request, pk)
    asked.ask(Part.CONFIRMS)
    if made.decision != Extension.Decision.WAITING:
        messages.warning(request, _("Đề nghị này đã được quyết định hoặc đã rút."))
        return redirect("programme:task", asked.task.code)
    form = DecideForm(request.POST or None, initial={"until": made.until})

    def act(given: Mapping[str, Any]) -> None:
        grant = given["grant"] == "yes"
        actions.decide_extension(
            extension=made, grant=grant, reason=given["reason"], until=given["until"] if grant else None,
            by=actor(request), at=now(),
        )  # fmt: skip

    if filled(request, form, act):
        return done(request, asked, _("Đã ghi quyết định về đề nghị gia hạn."), made.turn)
    title = _("Quyết định gia hạn")
    return form_page(request, asked, form, title=title, button=_("Ghi quyết định"), turn=made.turn, extension=made)


@guard(Permission.TASK_REPORT)
@require_POST
def withdraw_extension(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a request for more time back."""
    asked, made = _extension(request, pk)
    asked.ask(Part.CARRIES_OUT)
    actions.withdraw_extension(extension=made, by=actor(request), at=now())
    return done(request, asked, _("Đã rút đề nghị gia hạn."), made.turn)
