"""Pages of the inbox: one's own notices, e-mail and calendar; reminders that reach nobody; reminding by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from diaban.adapters import calendar_file
from diaban.adapters.clock import now, today
from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.accounts.models import User
from diaban.apps.inbox import actions, queries
from diaban.apps.inbox.forms import MailForm
from diaban.apps.inbox.models import Notice
from diaban.apps.inbox.rounds import SOURCES, RemindedToday
from diaban.apps.inbox.words import rendered
from diaban.apps.places import queries as places
from diaban.ui.formats import grouped

PAGE = 50
TONES = {0: "neutral", 1: "wait", 2: "warn", 3: "conflict"}


def actor(request: HttpRequest) -> User:
    """Return who is signed in; the middleware lets nobody else in."""
    return cast(User, request.user)


def own_notice(request: HttpRequest, pk: int) -> Notice:
    """Return the signed-in person's notice; 404 for anybody else's."""
    found = queries.notices(actor(request)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@guard(Permission.OWN_INBOX)
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Show one's own notices, the unread first."""
    me = actor(request)
    kind = request.GET.get("loai", "")
    kind = kind if kind in Notice.Kind.values else ""
    only_unread = request.GET.get("xem") == "chua-doc"
    page = Paginator(queries.notices(me, kind=kind, unread=only_unread), PAGE).get_page(request.GET.get("page"))
    waiting = queries.kinds(me)
    marked_at = _moment(request.GET.get("vua", ""))
    context = {
        "page": page,
        "rows": [
            (row, rendered(row.msgid, row.params), TONES[row.level], row.get_level_display())
            for row in cast("list[Notice]", page)
        ],
        "kinds": [(code, words, waiting.get(code, 0), code == kind) for code, words in Notice.Kind.choices],
        "kind": kind,
        "only_unread": only_unread,
        "unread": sum(waiting.values()),
        "filtered": bool(kind or only_unread),
        "marked": queries.marked_together(me, marked_at) if marked_at else 0,
        "marked_at": request.GET.get("vua", ""),
        "may_assign": rights_of(request).holds(Permission.TASK_ASSIGN),
        "mail_on": queries.mail_server() is not None,
    }
    return render(request, "inbox/list.html", context)


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


@guard(Permission.OWN_INBOX)
@require_POST
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a notice as read and go to what it tells of; that page decides what may be seen."""
    row = own_notice(request, pk)
    actions.mark(by=actor(request), at=now(), ids=[row.pk])
    return redirect(_within(request, row.url))


@guard(Permission.OWN_INBOX)
@require_POST
def mark_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one notice as read."""
    actions.mark(by=actor(request), at=now(), ids=[own_notice(request, pk).pk])
    return _back(request)


@guard(Permission.OWN_INBOX)
@require_POST
def mark_unread(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one notice as unread again."""
    actions.mark(by=actor(request), at=now(), ids=[own_notice(request, pk).pk], read=False)
    return _back(request)


@guard(Permission.OWN_INBOX)
@require_POST
def mark_all(request: HttpRequest) -> HttpResponse:
    """Mark every unread notice (of a kind, when one is given) as read; the page then offers to take it back."""
    me, at = actor(request), now()
    kind = request.POST.get("loai", "")
    rows = queries.notices(me, kind=kind if kind in Notice.Kind.values else "", unread=True)
    if not actions.mark(by=me, at=at, ids=rows.values_list("pk", flat=True)):
        return redirect("inbox:list")
    return redirect(f"{reverse('inbox:list')}?{urlencode({'vua': at.isoformat()})}")


@guard(Permission.OWN_INBOX)
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take back the marking of all at the moment that the page names."""
    moment = _moment(request.POST.get("luc", ""))
    n = actions.unmark(by=actor(request), at=now(), marked_at=moment) if moment else 0
    if n:
        messages.success(request, _("{n} thông báo lại là chưa đọc.").format(n=grouped(n)))
    return redirect("inbox:list")


@guard(Permission.OWN_INBOX)
@require_http_methods(["GET", "POST"])
def mail(request: HttpRequest) -> HttpResponse:
    """Ask for the daily e-mail, change the address, or stop it."""
    me, wish = actor(request), queries.mail_wish(actor(request))
    if request.method == "POST" and "thoi" in request.POST:
        actions.unwish_mail(by=me, at=now())
        messages.success(request, _("Đã thôi gửi thư. Địa chỉ đã được xóa."))
        return redirect("inbox:mail")
    is_on = queries.mail_server() is not None
    form = MailForm(
        request.POST if request.method == "POST" else None, initial={"address": wish.address if wish else ""}
    )
    if request.method == "POST" and is_on and form.is_valid():
        actions.wish_mail(by=me, at=now(), address=form.cleaned_data["address"])
        messages.success(request, _("Từ nay mỗi ngày nhiều nhất một thư, khi có nhắc việc mới."))
        return redirect("inbox:mail")
    context = {"form": form, "wish": wish, "is_on": is_on}
    return render(request, "inbox/mail.html", context, status=422 if form.errors else 200)


@guard(Permission.OWN_INBOX)
@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """Return the days on which one's own work falls due, as a calendar file that says no more than how many."""
    events = [
        calendar_file.DayEvent(
            f"{one.uid}@diaban",
            one.day,
            ngettext("Diaban: {n} việc đến hạn", "Diaban: {n} việc đến hạn", one.n).format(n=grouped(one.n)),
        )
        for one in queries.due_days(actor(request), today())
    ]
    data = calendar_file.write(events, name="Diaban", at=now())
    response = HttpResponse(data, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="diaban.ics"'
    response["Cache-Control"] = "private, no-store"
    return response


@guard(Permission.TASK_ASSIGN)
@require_GET
def unreached(request: HttpRequest) -> HttpResponse:
    """Show the reminders that are due and find nobody to tell."""
    rows = queries.unreached(rights_of(request))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    names = places.names([row.unit_id for row in shown if row.unit_id is not None], today())
    context = {
        "page": page,
        "rows": [
            (row, rendered(row.msgid, row.params), TONES[row.level], names.get(row.unit_id or 0, "")) for row in shown
        ],
        "may_set": rights_of(request).holds(Permission.OWNER_SET),
    }
    return render(request, "inbox/unreached.html", context)


@guard(Permission.TASK_ASSIGN, Permission.CONCERN_ANSWER)
@require_POST
def remind(request: HttpRequest) -> HttpResponse:
    """Remind now of what the form names in `viec` ("turn:12"), once a day; go back to the page in `ve`."""
    name = request.POST.get("viec", "")
    source = SOURCES.get(name.partition(":")[0])
    try:
        n = None if source is None else source.remind(name, by=actor(request), at=now())
    except RemindedToday:
        messages.warning(request, _("Hôm nay việc này đã được nhắc. Ngày mai nhắc lại được."))
        return _back(request)
    if n is None:
        raise Http404
    if n:
        messages.success(request, _("Đã nhắc {n} người chịu trách nhiệm.").format(n=grouped(n)))
    else:
        messages.warning(
            request,
            _("Không có ai khác để nhắc. Việc chưa có người chịu trách nhiệm, hoặc người đó là chính tài khoản này."),
        )
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    return redirect(_within(request, request.POST.get("ve", "")))


def _within(request: HttpRequest, url: Any) -> str:
    """Return the address when it is one of this site's, else the inbox."""
    if url and url_has_allowed_host_and_scheme(url, {request.get_host()}) and str(url).startswith("/"):
        return str(url)
    return reverse("inbox:list")
