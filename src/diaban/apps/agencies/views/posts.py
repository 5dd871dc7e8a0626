"""The page of whoever answers: one post; making, renaming, ending it; who holds it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from diaban.adapters.clock import now, today
from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.accounts.models import User
from diaban.apps.agencies import actions
from diaban.apps.agencies.forms import EndForm, HolderForm, PostForm
from diaban.apps.agencies.models import Agency, Holding, Post
from diaban.apps.agencies.queries.candidates import candidates
from diaban.apps.agencies.queries.pages import portrait, users_named
from diaban.apps.agencies.views.base import actor, agency_of, ask, form_page, may_set, post_of
from diaban.apps.places import queries as places


@guard(Permission.TASK_VIEW)
@require_GET
def post(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who holds a post, since when, and everything that it answers for."""
    row, rights = post_of(request, pk), rights_of(request)
    shown = portrait(row, rights)
    ended = row.ended_on is not None and row.ended_on <= rights.on
    context = {
        "shown": shown,
        "post": row,
        "agency": row.agency,
        "ended": ended,
        "may_set": may_set(request, row.unit_id) and not ended,
        "carries": bool(shown.units or shown.spots or shown.count.open),
    }
    return render(request, "agencies/post.html", context)


@guard(Permission.OWNER_SET)
@require_http_methods(["GET", "POST"])
def post_new(request: HttpRequest, code: str) -> HttpResponse:
    """Make a post in an agency."""
    row, rights = agency_of(code), rights_of(request)
    communes = None
    if row.level == Agency.Level.COMMUNE:
        units = rights.units(Permission.OWNER_SET)
        communes = [one for one in places.area_places(rights.on) if units is None or one.id in units]
    else:
        ask(request, None)
    own = actor(request).unit
    initial = {"unit": request.GET.get("xa", own.uid if own else "")}
    form = PostForm(request.POST or None, communes=communes, initial=initial)
    return form_page(
        request,
        form,
        act=lambda: actions.make_post(
            by=actor(request),
            at=now(),
            agency=row,
            unit=places.unit_by_uid(form.cleaned_data["unit"]) if communes is not None else None,
            title=form.cleaned_data["title"],
            heads=form.cleaned_data["heads"],
        ),
        done=_("Đã lập chức danh. Giao người giữ ở trang của chức danh."),
        to=reverse("agencies:agency", args=[row.code]),
        heading=_("Lập chức danh"),
        lede=row.name,
        button=_("Lập chức danh"),
    )


@guard(Permission.OWNER_SET)
@require_http_methods(["GET", "POST"])
def post_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a post."""
    row = _to_keep(request, pk)
    form = PostForm(request.POST or None, communes=None, initial={"title": row.title, "heads": row.heads})
    return form_page(
        request,
        form,
        act=lambda: actions.edit_post(by=actor(request), at=now(), post=row, **form.cleaned_data),
        done=_("Đã lưu."),
        to=reverse("agencies:post", args=[row.pk]),
        heading=_("Sửa chức danh"),
        lede=f"{row.title} · {row.agency}",
        button=_("Lưu"),
    )


@guard(Permission.OWNER_SET)
@require_http_methods(["GET", "POST"])
def post_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a post that carries nothing."""
    row = _to_keep(request, pk)
    form = EndForm(request.POST or None, initial={"on": today()})
    return form_page(
        request,
        form,
        act=lambda: actions.end_post(by=actor(request), at=now(), post=row, **form.cleaned_data),
        done=_("Đã kết thúc chức danh."),
        to=reverse("agencies:post", args=[row.pk]),
        heading=_("Kết thúc chức danh"),
        lede=f"{row.title} · {row.agency}",
        note=_("Người giữ thôi giữ từ ngày đó. Việc đang phụ trách phải bàn giao trước."),
        button=_("Kết thúc chức danh"),
        danger=True,
    )


@guard(Permission.OWNER_SET)
@require_http_methods(["GET", "POST"])
def holder(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an empty post to somebody, or to the next after its present holder."""
    row, rights = _to_keep(request, pk), rights_of(request)
    held = Holding.objects.filter(post=row, end__isnull=True).exists()
    people = users_named(candidates(row, rights.on), rights)
    form = HolderForm(request.POST or None, people=people, initial={"on": today()})

    def act() -> None:
        given = form.cleaned_data
        user = User.objects.get(username=given["user"])
        who = {"by": actor(request), "at": now(), "post": row, "user": user, "document": given["document"]}
        if held:
            actions.hand_over_post(on=given["on"], **who)
        else:
            actions.give_post(start=given["on"], **who)

    shown = portrait(row, rights)
    note = _("Mọi việc đang mở là của chức danh nên theo chức danh sang người mới; không cần chuyển từng việc.")
    if not people:
        note = _(
            "Chưa có tài khoản nào làm việc ở phạm vi của chức danh này; nhờ người quản lý tài khoản giao vai trò."
        )
    return form_page(
        request,
        form,
        act=act,
        done=_("Đã bàn giao chức danh.") if held else _("Đã giao chức danh."),
        to=reverse("agencies:post", args=[row.pk]),
        heading=_("Bàn giao chức danh cho người mới") if held else _("Giao người giữ chức danh"),
        lede=f"{row.title} · {row.agency}" + (f" · {_('đang giữ')}: {shown.holder}" if shown.holder else ""),
        note=note,
        button=_("Bàn giao") if held else _("Giao chức danh"),
    )


@guard(Permission.OWNER_SET)
@require_http_methods(["GET", "POST"])
def vacate(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the holder leave a post with nobody after."""
    row = _to_keep(request, pk)
    held = Holding.objects.filter(post=row, end__isnull=True).first()
    if held is None:
        messages.info(request, _("Chức danh này chưa có người giữ."))
        return redirect("agencies:post", pk=row.pk)
    form = EndForm(request.POST or None, initial={"on": today()})
    return form_page(
        request,
        form,
        act=lambda: actions.vacate_post(by=actor(request), at=now(), holding=held, **form.cleaned_data),
        done=_("Chức danh nay không có người giữ."),
        to=reverse("agencies:post", args=[row.pk]),
        heading=_("Thôi giữ chức danh"),
        lede=f"{row.title} · {row.agency}",
        note=_("Chức danh vẫn phụ trách các việc của nó, và hiện trong danh sách chức danh trống."),
        button=_("Thôi giữ"),
        danger=True,
    )


def _to_keep(request: HttpRequest, pk: int) -> Post:
    row = post_of(request, pk)
    ask(request, row.unit_id)
    return row
