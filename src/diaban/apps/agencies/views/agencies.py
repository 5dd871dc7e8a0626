"""The list of agencies, one agency, keeping them."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from diaban.adapters.clock import now, today
from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.agencies import actions
from diaban.apps.agencies.forms import AgencyForm, EndAgencyForm
from diaban.apps.agencies.models import Agency
from diaban.apps.agencies.queries.holding import posts_on
from diaban.apps.agencies.queries.pages import (
    agency_rows,
    empty_posts,
    post_rows,
    posts_seen,
    uncharged_spots,
    uncharged_units,
)
from diaban.apps.agencies.views.base import actor, agency_of, ask, form_page, may_set
from diaban.core.text import fold

PAGE = 50


@guard(Permission.TASK_VIEW)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """List the agencies with their posts, who is missing, and what they carry."""
    rights = rights_of(request)
    text, level, line = (request.GET.get(name, "")[:200] for name in ("q", "cap", "he"))
    lacking, ended = request.GET.get("trong") == "1", request.GET.get("da_het") == "1"
    rows = agency_rows(rights, text=text, level=level, line=line, lacking=lacking, ended=ended)
    return render(
        request,
        "agencies/list.html",
        {
            "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
            "count": len(rows),
            "any": Agency.objects.exists(),
            "q": text,
            "levels": [(code, words, code == level) for code, words in Agency.Level.choices],
            "lines": [(code, words, code == line) for code, words in Agency.Line.choices],
            "lacking": lacking,
            "ended": ended,
            "filtered": bool(text or level or line or lacking or ended),
            "may_set": may_set(request, None),
            "free_units": len(uncharged_units(rights)),
            "free_spots": uncharged_spots(rights).count() if rights.holds(Permission.HOTSPOT_VIEW) else None,
            "free_posts": len(empty_posts(rights)),
        },
    )


@guard(Permission.TASK_VIEW)
@require_GET
def agency(request: HttpRequest, code: str) -> HttpResponse:
    """Show one agency: its posts within sight, who holds them, what they carry."""
    row, rights = agency_of(code), rights_of(request)
    alive = posts_on(rights.on).values("pk")
    lines = post_rows(posts_seen(rights).filter(agency=row, pk__in=alive), rights)
    wanted = fold(request.GET.get("q", "")[:200])
    if wanted:
        lines = [one for one in lines if wanted in fold(f"{one.place} {one.post.title}")]
    return render(
        request,
        "agencies/agency.html",
        {
            "agency": row,
            "page": Paginator(lines, PAGE).get_page(request.GET.get("page")),
            "count": len(lines),
            "q": request.GET.get("q", ""),
            "of_communes": row.level == Agency.Level.COMMUNE,
            "ended": bool(row.valid_to and row.valid_to <= rights.on),
            "empty": sum(not one.holder for one in lines),
            "may_keep": may_set(request, None),
            "may_post": _may_post(request, row),
            "others": [one for one in row.search.split("|") if one][1:],
        },
    )


def _may_post(request: HttpRequest, row: Agency) -> bool:
    if row.level == Agency.Level.COMMUNE:
        return rights_of(request).holds(Permission.OWNER_SET)
    return may_set(request, None)


@guard(Permission.OWNER_SET)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Add an agency."""
    ask(request, None)
    form = AgencyForm(
        request.POST or None, initial={"level": Agency.Level.PROVINCE, "line": Agency.Line.ADMINISTRATION}
    )
    return form_page(
        request,
        form,
        act=lambda: actions.add_agency(by=actor(request), at=now(), given=form.written()),
        done=_("Đã thêm cơ quan. Lập các chức danh của cơ quan ở trang của nó."),
        to=reverse("agencies:list"),
        heading=_("Thêm cơ quan"),
        button=_("Thêm cơ quan"),
    )


@guard(Permission.OWNER_SET)
@require_POST
def load(request: HttpRequest) -> HttpResponse:
    """Bring in the agencies that plans speak of."""
    ask(request, None)
    new_ones = actions.load_gazetteer(by=actor(request), at=now())
    messages.success(request, _("Đã nạp {n} cơ quan mới.").format(n=new_ones))
    return redirect("agencies:list")


@guard(Permission.OWNER_SET)
@require_http_methods(["GET", "POST"])
def agency_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Correct how an agency is written."""
    ask(request, None)
    row = agency_of(code)
    form = AgencyForm(request.POST or None, initial=AgencyForm.initial_of(row))
    return form_page(
        request,
        form,
        act=lambda: actions.edit_agency(by=actor(request), at=now(), agency=row, given=form.written()),
        done=_("Đã lưu."),
        to=reverse("agencies:agency", args=[row.code]),
        heading=_("Sửa cơ quan"),
        lede=row.name,
        button=_("Lưu"),
    )


@guard(Permission.OWNER_SET)
@require_http_methods(["GET", "POST"])
def agency_end(request: HttpRequest, code: str) -> HttpResponse:
    """End an agency."""
    ask(request, None)
    row = agency_of(code)
    others = Agency.objects.exclude(pk=row.pk).filter(valid_to__isnull=True).order_by("name_sort", "pk")
    form = EndAgencyForm(request.POST or None, agencies=others, initial={"on": today()})
    return form_page(
        request,
        form,
        act=lambda: actions.end_agency(by=actor(request), at=now(), agency=row, **form.cleaned_data),
        done=_("Đã kết thúc cơ quan. Kế hoạch cũ vẫn giữ tên này."),
        to=reverse("agencies:agency", args=[row.code]),
        heading=_("Kết thúc cơ quan"),
        lede=row.name,
        button=_("Kết thúc cơ quan"),
        danger=True,
    )
