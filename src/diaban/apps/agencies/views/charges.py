"""What nobody answers for, giving it to posts many at a time, and taking one thing from a charge."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from diaban.adapters.clock import now, today
from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.agencies import actions
from diaban.apps.agencies.actions import NotDone
from diaban.apps.agencies.forms import AssignForm, EndForm, TargetForm, named, refuse
from diaban.apps.agencies.models import Agency, Charge
from diaban.apps.agencies.queries.pages import (
    empty_posts,
    post_rows,
    posts_seen,
    uncharged_spots,
    uncharged_units,
)
from diaban.apps.agencies.views.base import actor, ask, form_page, offered_posts
from diaban.apps.hotspots.listing import Names
from diaban.apps.places import queries as places
from diaban.apps.places.models import Unit
from diaban.apps.vault.privacy import Veiled

PAGE = 50
MOST = 400
PARTS = ("xa", "diem", "chuc-danh")


@guard(Permission.TASK_VIEW)
@require_GET
def unowned(request: HttpRequest) -> HttpResponse:
    """List communes and hot-spots that nobody answers for, and posts that nobody holds."""
    rights = rights_of(request)
    sees_spots = rights.holds(Permission.HOTSPOT_VIEW)
    units, spots, posts = uncharged_units(rights), uncharged_spots(rights), empty_posts(rights)
    n_spots = spots.count() if sees_spots else 0
    part = request.GET.get("phan", "")
    if part not in PARTS or (part == "diem" and not sees_spots):
        part = "xa" if units else "diem" if n_spots else "chuc-danh" if posts else "xa"  # the first that has a row
    context: dict[str, Any] = {
        "part": part,
        "sees_spots": sees_spots,
        "counts": {"xa": len(units), "diem": n_spots, "posts": len(posts)},
        "may_set": rights.holds(Permission.OWNER_SET),
    }
    rows: Any = {"xa": units, "diem": spots.select_related("unit"), "chuc-danh": posts}[part]
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context["page"] = page
    if part == "diem":
        names = Names.of({one.unit_id for one in page}, rights.on)
        context["spots"] = [
            (Veiled(one, rights.cleared), names.units[one.unit_id], names.states.get(one.state, one.state))
            for one in page
        ]
    elif part == "chuc-danh":
        context["posts"] = post_rows(list(page), rights)
    return render(request, "agencies/unowned.html", context)


@guard(Permission.OWNER_SET)
@require_http_methods(["GET", "POST"])
def assign_units(request: HttpRequest) -> HttpResponse:
    """Give chosen communes (or all that nobody answers for) to posts; shown whole before it is written."""
    rights = rights_of(request)
    mine = rights.units(Permission.OWNER_SET)
    known = {one.uid: one for one in places.area_places(rights.on) if mine is None or one.id in mine}
    if request.GET.get("tat_ca") == "1":
        chosen = [one for one, _klass in uncharged_units(rights) if one.uid in known]
    else:
        chosen = [known[uid] for uid in dict.fromkeys(request.GET.getlist("xa")) if uid in known]
    if not chosen:
        messages.warning(request, _("Chọn ít nhất một xã để giao."))
        return redirect("agencies:unowned")
    posts, names = offered_posts(request)
    agencies = Agency.objects.filter(level=Agency.Level.COMMUNE, valid_to__isnull=True).order_by("name_sort", "pk")
    form = AssignForm(request.POST or None, posts=posts, names=names, agencies=agencies, initial={"on": today()})
    check = False
    if (
        request.method == "POST"
        and form.is_valid()
        and not (check := "confirm" not in request.POST)
        and (given := _give_units(request, form, [one.id for one in chosen])) is not None
    ):
        messages.success(request, _("Đã giao {n} xã.").format(n=given))
        return redirect("agencies:unowned")
    if "back" in request.POST:
        check = False
    target = form.cleaned_data.get("target") if check else None
    context = {
        "form": form,
        "check": check,
        "places": chosen,
        "target": named(target, names) if target else "",
        "agency": form.cleaned_data.get("agency") if check else None,
        "query": request.GET.urlencode(),
    }
    return render(request, "agencies/assign_units.html", context, status=422 if form.errors else 200)


def _give_units(request: HttpRequest, form: AssignForm, ids: list[int]) -> int | None:
    """Give the communes; None when it is refused, with the reasons in the form."""
    given = form.cleaned_data
    units = list(Unit.objects.filter(pk__in=ids).order_by("pk"))
    who: dict[str, Any] = {"by": actor(request), "at": now(), "start": given["on"], "document": given["document"]}
    try:
        if given["agency"]:
            rows = actions.charge_units_to_heads(agency=given["agency"], units=units, title=given["title"], **who)
        else:
            rows = actions.charge_units(post=given["target"], units=units, **who)
    except NotDone as refused:
        refuse(form, refused)
        return None
    return len(rows)


@guard(Permission.OWNER_SET, also=[Permission.HOTSPOT_VIEW])
@require_http_methods(["GET", "POST"])
def assign_spots(request: HttpRequest) -> HttpResponse:
    """Give chosen hot-spots to a post."""
    rights = rights_of(request)
    mine = rights.units(Permission.OWNER_SET)
    keys = [int(one) for one in request.GET.getlist("diem") if one.isdecimal() and len(one) < 12][:MOST]
    rows = uncharged_spots(rights).model.objects.filter(pk__in=keys)
    rows = rights.visible(rows, Permission.HOTSPOT_VIEW).select_related("unit").order_by("code", "pk")
    chosen = [one for one in rows if mine is None or one.unit_id in mine]
    if not chosen:
        messages.warning(request, _("Chọn ít nhất một điểm, tụ điểm để giao."))
        return redirect(f"{reverse('agencies:unowned')}?phan=diem")
    posts, names = offered_posts(request)
    form = TargetForm(request.POST or None, posts=posts, names=names, initial={"on": today()})
    return form_page(
        request,
        form,
        act=lambda: actions.charge_hotspots(
            by=actor(request),
            at=now(),
            post=form.cleaned_data["target"],
            hotspots=chosen,
            start=form.cleaned_data["on"],
            document=form.cleaned_data["document"],
        ),
        done=_("Đã giao {n} điểm, tụ điểm.").format(n=len(chosen)),
        to=f"{reverse('agencies:unowned')}?phan=diem",
        heading=_("Giao {n} điểm, tụ điểm").format(n=len(chosen)),
        lede=", ".join(one.code for one in chosen),
        button=_("Giao"),
    )


@guard(Permission.OWNER_SET)
@require_http_methods(["GET", "POST"])
def charge_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one thing from a post's charge, with nobody after."""
    row = Charge.objects.select_related("post__agency", "unit", "hotspot").filter(pk=pk).first()
    if row is None or not posts_seen(rights_of(request)).filter(pk=row.post_id).exists():
        raise Http404(_("Không có phân công này trong phạm vi của tài khoản."))
    ask(request, row.post.unit_id)
    form = EndForm(request.POST or None, initial={"on": today()})
    return form_page(
        request,
        form,
        act=lambda: actions.end_charge(by=actor(request), at=now(), charge=row, **form.cleaned_data),
        done=_("Đã thôi giao; việc này nay chưa có người chịu trách nhiệm."),
        to=reverse("agencies:post", args=[row.post_id]),
        heading=_("Thôi giao việc này"),
        lede=f"{row.post.title} · {row.post.agency}",
        note=_("Để chuyển sang chức danh khác mà không bỏ trống, dùng “Bàn giao việc”."),
        button=_("Thôi giao"),
        danger=True,
    )
