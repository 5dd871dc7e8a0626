"""Changing what was given: its words, its post, its sentences, its end; handing it down to the communes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from diaban.adapters.clock import now, today
from diaban.apps.access import AccessRefused, Permission, guard
from diaban.apps.agencies.models import Agency
from diaban.apps.places import queries as places
from diaban.apps.plans.models import Clause, Version
from diaban.apps.plans.queries import visible_versions
from diaban.apps.programme import actions
from diaban.apps.programme.forms import CascadeForm, PostForm, ReasonForm, TaskForm
from diaban.apps.programme.models import Task
from diaban.apps.programme.queries.page import offered_agencies, offered_posts, sentences
from diaban.apps.programme.views.base import actor, asked_task, check_page, done, filled, form_page
from diaban.core.lifecycle.steps import Part

CHANGED = ("title", "words", "product", "kind", "lead", "due", "grace_days", "ends", "budget")
MOST_CLAUSES = 400


@guard(Permission.TASK_ASSIGN)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change what was given; the log keeps what stood there before."""
    asked = asked_task(request, code)
    asked.ask(Part.ASSIGNS)
    task = asked.task
    offered = {one.pk: one for one in [*offered_agencies(today()), task.lead]}
    initial: dict[str, Any] = {name: getattr(task, name) for name in CHANGED}
    initial |= {"lead": task.lead.code, "others": [one.agency.code for one in task.co.all()]}
    form = TaskForm(request.POST or None, agencies=list(offered.values()), recurring=bool(task.regime), initial=initial)

    def act(given: Mapping[str, Any]) -> None:
        changes = {name: given[name] for name in CHANGED if name in given}
        actions.edit_task(task=task, changes=changes, others=given["others"], by=actor(request), at=now())

    if filled(request, form, act):
        return done(request, asked, _("Đã ghi thay đổi."))
    return form_page(request, asked, form, title=_("Sửa nhiệm vụ"), button=_("Ghi thay đổi"), wide=True)


@guard(Permission.OWNER_SET)
@require_http_methods(["GET", "POST"])
def post(request: HttpRequest, code: str) -> HttpResponse:
    """Name the post that answers for the task."""
    asked = asked_task(request, code)
    verdict = asked.rights.can(Permission.OWNER_SET, unit=asked.task.unit_id)
    if not verdict.allowed:
        raise AccessRefused(verdict)
    posts = offered_posts(asked.task, today())
    form = PostForm(request.POST or None, posts=posts, initial={"post": asked.task.post_id})
    if filled(request, form, lambda given: actions.set_post(task=asked.task, by=actor(request), at=now(), **given)):
        return done(request, asked, _("Đã ghi chức danh chịu trách nhiệm."))
    return form_page(request, asked, form, title=_("Chức danh chịu trách nhiệm"), button=_("Ghi"), no_posts=not posts)


@guard(Permission.TASK_ASSIGN)
@require_http_methods(["GET", "POST"])
def cascade(request: HttpRequest, code: str) -> HttpResponse:
    """Give the communes their part of a task of the province."""
    asked = asked_task(request, code)
    asked.ask(Part.ASSIGNS)
    if asked.task.unit_id is not None:
        raise Http404
    below = list(asked.task.children.exclude(state=Task.State.CANCELLED).values_list("unit", "lead"))
    communes, offered = places.area_places(today()), offered_agencies(today(), Agency.Level.COMMUNE)
    form = CascadeForm(
        request.POST or None,
        communes=communes,
        agencies=offered,
        initial={
            "words": asked.task.words,
            "due": asked.task.due,
            "units": [one.uid for one in communes],
            "lead": next((one.code for one in offered if one.line == asked.task.lead.line), ""),
        },
    )
    if asked.task.regime:
        del form.fields["due"]
    made: list[Task] = []
    more = {"below": len(below)}
    title, button = _("Giao xuống cấp xã"), _("Giao")
    if request.method == "POST" and "confirm" not in request.POST and "back" not in request.POST and form.is_valid():
        return check_page(request, asked, form, title=title, button=button, **more)
    if "back" not in request.POST and filled(
        request, form,
        lambda given: made.extend(actions.cascade(task=asked.task, by=actor(request), at=now(), **given)),
    ):  # fmt: skip
        words = ngettext("Đã giao %(n)s nhiệm vụ cho cấp xã.", "Đã giao %(n)s nhiệm vụ cho cấp xã.", len(made))
        return done(request, asked, words % {"n": len(made)})
    return form_page(request, asked, form, title=title, button=_("Xem lại"), wide=True, **more)


@guard(Permission.TASK_ASSIGN)
@require_http_methods(["GET", "POST"])
def clauses(request: HttpRequest, code: str) -> HttpResponse:
    """Say which sentences of which plans the task carries out."""
    asked = asked_task(request, code)
    asked.ask(Part.ASSIGNS)
    versions = visible_versions(asked.rights).filter(state=Version.State.IN_FORCE)
    rows = Clause.objects.filter(version__in=versions).select_related("version__plan")
    if request.method == "POST":
        clause = get_object_or_404(rows, pk=_number(request.POST.get("clause")))
        if "remove" in request.POST:
            actions.unlink_clause(task=asked.task, clause=clause, by=actor(request), at=now())
            messages.success(request, _("Đã bỏ liên kết với điều khoản %(path)s.") % {"path": clause.path})
        else:
            actions.link_clauses(task=asked.task, clauses=[clause], by=actor(request), at=now())
            messages.success(request, _("Đã liên kết với điều khoản %(path)s.") % {"path": clause.path})
        return redirect("programme:clauses", code)
    there = sentences(asked.task, asked.rights)
    linked = {one.clause.key for one in there}
    offered = [one for one in rows.order_by("version__plan__name", "position")[:MOST_CLAUSES] if one.key not in linked]
    context = {"sentences": there, "offered": offered}
    return form_page(
        request, asked, ReasonForm(), title=_("Điều khoản mà nhiệm vụ thực hiện"), button="", links=True, **context
    )


@guard(Permission.TASK_ASSIGN)
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, code: str, how: str) -> HttpResponse:
    """End a task that owes nothing more, or take it back with a reason."""
    asked = asked_task(request, code)
    asked.ask(Part.ASSIGNS)
    ways: dict[str, tuple[Callable[..., Task], str]] = {
        "ket-thuc": (actions.end_task, _("Kết thúc nhiệm vụ")),
        "thoi-giao": (actions.cancel_task, _("Thôi giao")),
    }
    if how not in ways:
        raise Http404(how)
    act, title = ways[how]
    form = ReasonForm(request.POST or None)
    form.fields["reason"].required = how == "thoi-giao"
    owed = asked.task.turns.filter(final=False).count()
    if filled(request, form, lambda given: act(task=asked.task, by=actor(request), at=now(), **given)):
        return done(request, asked, _("%(what)s: đã ghi.") % {"what": title})
    return form_page(request, asked, form, title=title, button=title, owed=owed, how=how, grave=True)


def _number(text: str | None) -> int:
    if not text or not text.isascii() or not text.isdecimal() or len(text) > 12:
        raise Http404
    return int(text)
