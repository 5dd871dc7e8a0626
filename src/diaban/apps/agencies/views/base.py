"""What the pages of agencies share: who asks, what the address names, a form and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from diaban.apps.access import AccessRefused, Permission, rights_of
from diaban.apps.accounts.models import User
from diaban.apps.agencies.actions import NotDone
from diaban.apps.agencies.forms import refuse
from diaban.apps.agencies.models import Agency, Post
from diaban.apps.agencies.queries.holding import posts_on
from diaban.apps.agencies.queries.pages import posts_seen
from diaban.apps.places import queries as places


def actor(request: HttpRequest) -> User:
    """Return who is signed in; the middleware lets nobody else in."""
    return cast(User, request.user)


def agency_of(code: str) -> Agency:
    """Return the agency that the address names, or answer 404."""
    found = Agency.objects.select_related("successor").filter(code=code).first()
    if found is None:
        raise Http404(_("Không có cơ quan này."))
    return found


def post_of(request: HttpRequest, pk: int) -> Post:
    """Return the post within sight that the address names, or answer 404."""
    found = posts_seen(rights_of(request)).filter(pk=pk).first()
    if found is None:
        raise Http404(_("Không có chức danh này trong phạm vi của tài khoản."))
    return found


def ask(request: HttpRequest, unit_id: int | None) -> None:
    """Raise `AccessRefused` (403) unless the person sets owners in the unit (None: in the whole area)."""
    verdict = rights_of(request).can(Permission.OWNER_SET, unit=unit_id)
    if not verdict.allowed:
        raise AccessRefused(verdict)


def may_set(request: HttpRequest, unit_id: int | None) -> bool:
    """Tell whether the person sets owners in the unit (None: in the whole area)."""
    return rights_of(request).can(Permission.OWNER_SET, unit=unit_id).allowed


def offered_posts(request: HttpRequest) -> tuple[Any, dict[int, str]]:
    """Return the posts to which the person may give charges, and the names of their communes."""
    rights = rights_of(request)
    units = rights.units(Permission.OWNER_SET)
    rows = posts_on(rights.on)
    rows = rows if units is None else rows.filter(unit__in=units)
    rows = rows.select_related("agency", "unit").order_by("agency__name_sort", "unit", "title", "pk")
    ids = [unit for unit in rows.values_list("unit", flat=True) if unit is not None]
    return rows, places.names(ids, rights.on)


def form_page(
    request: HttpRequest,
    form: Form,
    *,
    act: Callable[[], Any],
    done: str,
    to: str,
    heading: str,
    button: str,
    lede: str = "",
    note: str = "",
    danger: bool = False,
) -> HttpResponse:
    """Show a form; on a good answer do `act`, say `done` and go to the address `to`."""
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except NotDone as refused:
            refuse(form, refused)
        else:
            messages.success(request, done)
            return redirect(to)
    context = {"form": form, "heading": heading, "button": button, "lede": lede, "note": note, "back": to}
    status = 422 if form.errors else 200
    return render(request, "agencies/form.html", context | {"danger": danger}, status=status)
