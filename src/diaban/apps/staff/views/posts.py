"""Giving and ending posts, one-time codes, closing an account, handing everything over."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from diaban.adapters.clock import now, today
from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.accounts import actions as accounts
from diaban.apps.accounts.models import Assignment
from diaban.apps.staff import actions, queries
from diaban.apps.staff.actions import NotGiven
from diaban.apps.staff.forms import EndForm, HandOverForm, PostForm, refuse
from diaban.apps.staff.views.base import actor, offered, person_of


@guard(Permission.ACCOUNT_MANAGE)
@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest, username: str) -> HttpResponse:
    """Give an officer a post."""
    user = person_of(request, username)
    initial = {"start": today(), "unit": user.unit.uid if user.unit else ""}
    form = PostForm(request.POST or None, initial=initial, **offered(request))
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.assign(by=actor(request), at=now(), user=user, post=form.post())
        except NotGiven as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("Đã giao vai trò “{role}”.").format(role=row.get_role_display()))
            return redirect("staff:person", username=user.username)
    context = {"form": form, "person": user, "heading": _("Giao vai trò"), "button": _("Giao vai trò")}
    return render(request, "staff/form.html", context, status=422 if form.errors else 200)


@guard(Permission.ACCOUNT_MANAGE)
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a post back from a day on."""
    row = _post_of(request, pk)
    form = EndForm(request.POST or None, initial={"on": today()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.end_assignment(by=actor(request), at=now(), assignment=row, on=data["on"], reason=data["reason"])
        except NotGiven as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("Đã thu vai trò “{role}”.").format(role=row.get_role_display()))
            return redirect("staff:person", username=row.user.username)
    (line,) = queries.lines_of([row], today())
    context = {
        "form": form,
        "person": row.user,
        "heading": _("Thu vai trò “{role}”").format(role=line.role),
        "lede": line.unit,
        "button": _("Thu vai trò"),
    }
    return render(request, "staff/form.html", context, status=422 if form.errors else 200)


def _post_of(request: HttpRequest, pk: int) -> Assignment:
    row = Assignment.objects.select_related("user", "unit").filter(pk=pk).first()
    if row is None or queries.person(rights_of(request), row.user.username) is None:
        raise Http404(_("Không có vai trò này trong phạm vi của bạn."))
    return row


@guard(Permission.ACCOUNT_MANAGE)
@require_POST
def code(request: HttpRequest, username: str) -> HttpResponse:
    """Give an officer a one-time code; an older one stops working. The answer is the only place where it is read."""
    user = person_of(request, username)
    codes = actions.give_codes(by=actor(request), at=now(), users=[user])
    response = render(request, "staff/code.html", {"codes": codes, "person": user, "fresh": False})
    response["Cache-Control"] = "no-store"
    return response


@guard(Permission.ACCOUNT_MANAGE)
@require_POST
def close(request: HttpRequest, username: str) -> HttpResponse:
    """Close an account: whoever uses it is signed out at once."""
    user = person_of(request, username)
    accounts.close_account(user=user, by=actor(request), at=now())
    messages.success(request, _("Đã ngừng tài khoản {name}; mọi phiên đăng nhập đã kết thúc.").format(name=user))
    return redirect("staff:person", username=user.username)


@guard(Permission.ACCOUNT_MANAGE)
@require_POST
def reopen(request: HttpRequest, username: str) -> HttpResponse:
    """Open a closed account again."""
    user = person_of(request, username)
    accounts.reopen_account(user=user, by=actor(request), at=now())
    messages.success(request, _("Tài khoản {name} dùng lại được.").format(name=user))
    return redirect("staff:person", username=user.username)


@guard(Permission.ACCOUNT_MANAGE)
@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, username: str) -> HttpResponse:
    """Move every post of an officer who leaves to the one who comes."""
    user = person_of(request, username)
    form = HandOverForm(request.POST or None, initial={"on": today()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        successor = queries.person(rights_of(request), data["successor"].strip())
        if successor is None:
            form.add_error("successor", _("Không có tài khoản này trong phạm vi của bạn."))
        else:
            given = {name: data[name] for name in ("on", "document", "reason")}
            try:
                made = actions.hand_over(by=actor(request), at=now(), leaver=user, successor=successor, **given)
            except NotGiven as refused:
                refuse(form, refused)
            else:
                said = _("Đã bàn giao {n} vai trò cho {name}.").format(n=len(made), name=successor)
                messages.success(request, said)
                return redirect("staff:person", username=successor.username)
    context = {
        "form": form,
        "person": user,
        "heading": _("Bàn giao toàn bộ vai trò"),
        "lede": _("Từ ngày bàn giao, người nhận giữ mọi vai trò mà người này đang giữ; việc đã làm vẫn mang tên cũ."),
        "button": _("Bàn giao"),
    }
    return render(request, "staff/form.html", context, status=422 if form.errors else 200)
