"""The list of plans, reading a new one, taking one over from the catalogue."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from diaban.adapters.clock import now, today
from diaban.adapters.plan_files import PlanFileError, text_of
from diaban.adapters.uploads import shown_name
from diaban.apps.access import AccessRefused, Permission, guard, rights_of
from diaban.apps.places import queries as places
from diaban.apps.places.models import Unit
from diaban.apps.plans import actions, queries
from diaban.apps.plans.forms import NewPlanForm, ReadForm
from diaban.apps.plans.models import Plan, Version
from diaban.apps.plans.naming import short_name
from diaban.apps.plans.queries import lists
from diaban.apps.plans.refusals import Refused
from diaban.apps.plans.views.found import actor, unit_name
from diaban.catalogue import plan_catalogue

PAGE = 50
STATES = Version.State.choices
LEVELS = (("tinh", gettext_lazy("Cả địa bàn")), ("xa", gettext_lazy("Của xã, phường, đặc khu")))


def asked(request: HttpRequest) -> lists.Filter:
    """Return what the address asks for."""
    get = request.GET
    unit = Unit.objects.filter(uid=get.get("don_vi", "")).first() if get.get("don_vi") else None
    kind, state, level = get.get("loai", ""), get.get("trang_thai", ""), get.get("cap", "")
    return lists.Filter(
        text=get.get("q", "").strip()[:200],
        kind=kind if kind in Plan.Kind.values else "",
        state=state if state in Version.State.values else "",
        unit=unit.pk if unit else None,
        level=level if level in ("tinh", "xa") else "",
    )


@guard(Permission.PLAN_VIEW)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """List the plans within sight."""
    rights, filter_ = rights_of(request), asked(request)
    visible, seen = queries.visible_plans(rights), queries.visible_versions(rights)
    found = lists.filtered(visible, filter_)
    sort = request.GET.get("sort", "-starts")
    sort = sort if sort.removeprefix("-") in lists.ORDERS else "-starts"
    page = Paginator(lists.ordered(found, sort), PAGE).get_page(request.GET.get("page"))
    rows = lists.lines(page.object_list, seen)
    names = places.names([row.plan.unit_id for row in rows if row.plan.unit_id], today())
    context = {
        "page": page,
        "rows": [(row, names.get(row.plan.unit_id or 0, ""), queries.may_keep(rights, row.plan)) for row in rows],
        "filter": filter_,
        "all": visible.count(),
        "kinds": Plan.Kind.choices,
        "states": STATES,
        "levels": LEVELS,
        "sort": sort,
        "may_keep": rights.holds(Permission.PLAN_KEEP),
        "may_keep_all": rights.can(Permission.PLAN_KEEP).allowed,
        "in_force": visible.filter(versions__state=Version.State.IN_FORCE).distinct().count(),
        "drafts": seen.filter(state=Version.State.DRAFT).count(),
    }
    return render(request, "plans/list.html", context)


def unit_choices(request: HttpRequest) -> list[tuple[str, str]]:
    """Return whose plans the person may keep: the whole area's, and those of the units within reach."""
    rights = rights_of(request)
    units = rights.units(Permission.PLAN_KEEP)
    choices = [("", unit_name(None))] if rights.can(Permission.PLAN_KEEP).allowed else []
    choices += [(one.uid, one.name) for one in places.area_places(today()) if units is None or one.id in units]
    return choices


@guard(Permission.PLAN_KEEP)
@require_http_methods(["GET", "POST"])
def read(request: HttpRequest) -> HttpResponse:
    """Take the text of a plan in."""
    form = NewPlanForm(request.POST or None, request.FILES or None, units=unit_choices(request))
    form.fields["unit"].required = "" not in dict(form.fields["unit"].choices)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        unit = Unit.objects.filter(uid=form.cleaned_data["unit"]).first()
        given = text_given(form)
        if given is not None:
            try:
                version = actions.take_text(**given, unit=unit, by=actor(request), at=now())
            except Refused as refused:
                form.add_error("file" if refused.field else None, str(refused))
            else:
                tell_of_twins(request, version)
                return redirect("plans:edit", code=version.plan.code, seq=version.seq)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "plans/read.html", {"form": form}, status=status)


def text_given(form: ReadForm) -> dict[str, Any] | None:
    """Return the text of the file or of the box, as the actions take it; None when the file could not be read."""
    file = form.cleaned_data.get("file")
    if file is None:
        text = form.cleaned_data["text"]
        return {"text": text, "source": _("dán vào"), "digest": hashlib.sha256(text.encode()).hexdigest()}
    data = file.read()
    try:
        found = text_of(file.name or "", data)
    except PlanFileError as error:
        form.add_error("file", error.message.render(_))
        return None
    return {
        "text": found.text,
        "source": shown_name(file.name or ""),
        "digest": hashlib.sha256(data).hexdigest(),
        "notes": tuple(note.render(_) for note in found.notes),
    }


def tell_of_twins(request: HttpRequest, version: Version) -> None:
    """Say when the same file was read before."""
    seen = queries.visible_versions(rights_of(request)).filter(digest=version.digest).exclude(pk=version.pk).first()
    if seen is not None:
        words = _("Tệp này đã được đọc trước đó: {name}. Nếu là đọc nhầm hai lần, bỏ bản rà soát này.")
        messages.warning(request, words.format(name=seen.plan.name))
    messages.success(request, _("Đã đọc văn bản. Xem lại từng điều khoản rồi đưa vào thực hiện."))


@guard(Permission.PLAN_KEEP)
@require_http_methods(["GET", "POST"])
def catalogue(request: HttpRequest) -> HttpResponse:
    """Offer the plans of the catalogue, and take one over."""
    verdict = rights_of(request).can(Permission.PLAN_KEEP)
    if request.method == "POST":
        if not verdict.allowed:
            raise AccessRefused(verdict)
        try:
            plan = actions.load_from_catalogue(code=request.POST.get("code", ""), by=actor(request), at=now())
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("plans:catalogue")
        messages.success(request, _("Đã lấy {name} từ danh mục.").format(name=plan.name))
        return redirect("plans:detail", code=plan.code)
    taken = set(Plan.objects.values_list("code", flat=True))
    offers = [
        {
            "plan": one,
            "name": short_name(one.number or one.title, one.starts, one.ends),
            "taken": one.key in taken,
            "clauses": len(one.clauses),
            "targets": len(one.targets),
            "tasks": len(one.tasks),
        }
        for one in plan_catalogue.plans()
    ]
    return render(request, "plans/catalogue.html", {"offers": offers, "may_take": verdict.allowed})


@guard(Permission.PLAN_VIEW)
@require_GET
def version_number(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to a version by its number: the address that a job knows before the plan has its code."""
    version = get_object_or_404(queries.visible_versions(rights_of(request)), pk=pk)
    if version.state == Version.State.DRAFT and queries.may_keep(rights_of(request), version.plan):
        return redirect("plans:edit", code=version.plan.code, seq=version.seq)
    return redirect("plans:version", code=version.plan.code, seq=version.seq)
