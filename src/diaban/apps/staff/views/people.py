"""The officers of a unit: the list, one officer, a new one, a description."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from diaban.adapters.clock import now, today
from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.accounts.over import over
from diaban.apps.audit import actions as audit
from diaban.apps.places import queries as places
from diaban.apps.staff import actions, queries
from diaban.apps.staff.actions import NotGiven
from diaban.apps.staff.actions.posts import subject
from diaban.apps.staff.forms import DescribeForm, OfficerForm, refuse
from diaban.apps.staff.views.base import actor, note_reading, offered, person_of
from diaban.core.policy import ROLES, Purpose

PAGE = 50
MOST_CODES = 200
STATES = (
    ("", gettext_lazy("Mọi tài khoản")),
    ("dang-dung", gettext_lazy("Đang dùng")),
    ("chua-kich-hoat", gettext_lazy("Chưa kích hoạt")),
    ("da-ngung", gettext_lazy("Đã ngừng")),
)


@guard(Permission.ACCOUNT_VIEW)
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """List the officers within sight. Who looks for a name is written down; the list itself is the unit's own."""
    rights = rights_of(request)
    text, role, state = (request.GET.get(name, "") for name in ("q", "vai_tro", "trang_thai"))
    rows = queries.found(rights, text=text, role=role, state=state if state in dict(STATES) else "")
    if text.strip():
        purpose = Purpose.AUDIT if rights.holds(Permission.AUDIT_VIEW) else Purpose.ADMINISTRATION
        audit.searched(
            by=actor(request), at=now(), register="account", purpose=purpose, found=len(rows), personal={"q": text}
        )
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "count": len(rows),
        "q": text,
        "roles": [(code, _(one.title), code == role) for code, one in ROLES.items()],
        "states": [(code, words, code == state) for code, words in STATES],
        "filtered": bool(text or role or state),
        "may_manage": rights.holds(Permission.ACCOUNT_MANAGE),
        "waiting": sum(row.state == "new" for row in rows),
    }
    return render(request, "staff/people.html", context)


@guard(Permission.ACCOUNT_VIEW)
@require_GET
def person(request: HttpRequest, username: str) -> HttpResponse:
    """Show one officer: unit, posts, what is lent, what may be done."""
    user = person_of(request, username)
    rights = rights_of(request)
    note_reading(request, subject(user), "full_name", "title")
    verdict = over(rights, user)
    own = user.pk == actor(request).pk
    context = {
        "person": user,
        "state": queries.state_of(user),
        "unit": places.names([user.unit_id], rights.on)[user.unit_id] if user.unit_id else "",
        "posts": queries.lines_of(user.assignments.select_related("unit"), rights.on),
        "lent": [(row, _(ROLES[row.assignment.role].title)) for row in queries.lent_by(user, rights.on)],
        "borrowed": [(row, _(ROLES[row.assignment.role].title)) for row in queries.lent_to(user, rights.on)],
        "may_manage": verdict.allowed and not own,
        "why_not": "" if verdict.allowed else verdict.reason.render(_),
        "own": own,
        "sees_journal": rights.holds(Permission.AUDIT_VIEW),
    }
    return render(request, "staff/person.html", context)


@guard(Permission.ACCOUNT_MANAGE)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make an officer with a first post; the one-time code is shown on the next page, once."""
    given = offered(request)
    own = actor(request).unit
    initial = {"start": today(), "unit": own.uid if own else ""}
    form = OfficerForm(request.POST or None, initial=initial, **given)
    if request.method == "POST" and form.is_valid():
        data, at = form.cleaned_data, now()
        post = form.post()
        try:
            user = actions.add_officer(
                by=actor(request),
                at=at,
                username=data["username"],
                full_name=data["full_name"],
                title=data["title"],
                unit=post.unit,
                post=post,
            )
            (code,) = actions.give_codes(by=actor(request), at=at, users=[user])
        except NotGiven as refused:
            refuse(form, refused)
        else:
            return _once(render(request, "staff/code.html", {"codes": [code], "person": user, "fresh": True}))
    return render(request, "staff/new.html", {"form": form}, status=422 if form.errors else 200)


@guard(Permission.ACCOUNT_MANAGE)
@require_POST
def codes(request: HttpRequest) -> HttpResponse:
    """Give every officer who never set a password a one-time code: slips to print, shown once."""
    rights = rights_of(request)
    waiting = [row.user for row in queries.found(rights, state="chua-kich-hoat") if over(rights, row.user).allowed]
    given = actions.give_codes(by=actor(request), at=now(), users=waiting[:MOST_CODES])
    if not given:
        messages.info(request, _("Không có tài khoản nào chờ kích hoạt."))
        return redirect("staff:people")
    return _once(render(request, "staff/codes.html", {"codes": given, "left": len(waiting) - len(given)}))


def _once(response: HttpResponse) -> HttpResponse:
    """Let no browser keep a page that shows a one-time code."""
    response["Cache-Control"] = "no-store"
    return response


@guard(Permission.ACCOUNT_MANAGE)
@require_http_methods(["GET", "POST"])
def describe(request: HttpRequest, username: str) -> HttpResponse:
    """Change name, title and unit of an officer."""
    user = person_of(request, username)
    given = offered(request)
    initial = {"full_name": user.full_name, "title": user.title, "unit": user.unit.uid if user.unit else ""}
    form = DescribeForm(request.POST or None, initial=initial, units=given["units"], whole=given["whole"])
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.describe(
                by=actor(request),
                at=now(),
                user=user,
                full_name=data["full_name"],
                title=data["title"],
                unit=form.place(),
            )
        except NotGiven as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("Đã lưu."))
            return redirect("staff:person", username=user.username)
    return render(request, "staff/form.html", _page(form, user, _("Sửa thông tin"), _("Lưu")), status=_status(form))


def _page(form: DescribeForm, user: object, heading: str, button: str) -> dict[str, object]:
    return {"form": form, "person": user, "heading": heading, "button": button}


def _status(form: DescribeForm) -> int:
    return 422 if form.errors else 200
