"""Moving what a post carries to another post: chosen, checked, then written."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from diaban.adapters.clock import now, today
from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.agencies import actions
from diaban.apps.agencies.actions import NotDone
from diaban.apps.agencies.forms import TargetForm, named, refuse
from diaban.apps.agencies.queries.pages import Portrait, portrait
from diaban.apps.agencies.views.base import actor, ask, offered_posts, post_of


@guard(Permission.OWNER_SET)
@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose what moves and to whom; look at it once more; move it all or nothing."""
    source = post_of(request, pk)
    ask(request, source.unit_id)
    shown = portrait(source, rights_of(request))
    posts, names = offered_posts(request)
    form = TargetForm(request.POST or None, posts=posts.exclude(pk=source.pk), names=names, initial={"on": today()})
    charges, carried = _chosen(request, shown)
    check = request.method == "POST" and form.is_valid() and "back" not in request.POST
    if check and not charges and not any(carried.values()):
        form.add_error(None, _("Chọn ít nhất một việc để bàn giao."))
        check = False
    if check and "confirm" in request.POST:
        given = form.cleaned_data
        try:
            moved = actions.move_charges(
                by=actor(request),
                at=now(),
                source=source,
                target=given["target"],
                charges=charges,
                carried=carried,
                on=given["on"],
                document=given["document"],
            )
        except NotDone as refused:
            refuse(form, refused)
            check = False
        else:
            messages.success(request, _("Đã bàn giao {n} việc.").format(n=moved))
            return redirect("agencies:post", pk=given["target"].pk)
    context: dict[str, Any] = {
        "form": form,
        "shown": shown,
        "post": source,
        "check": check,
        "target": named(form.cleaned_data["target"], names) if check else "",
        "all": request.method == "GET",
        "charges": charges,
        "keys": {f"{code}:{key}" for code, keys in carried.items() for key in keys},
        "n": len(charges) + sum(len(keys) for keys in carried.values()),
    }
    return render(request, "agencies/hand_over.html", context, status=422 if form.errors else 200)


def _chosen(request: HttpRequest, shown: Portrait) -> tuple[list[int], dict[str, list[str]]]:
    """Return what was ticked, of what the post carries."""
    ticked = set(request.POST.getlist("viec"))
    held = [*(one.charge for one in shown.units), *(one.charge for one in shown.spots)]
    charges = [one.pk for one in held if str(one.pk) in ticked]
    carried = {
        kind.code: [item.key for item in items if item.open and f"{kind.code}:{item.key}" in ticked]
        for kind, items, _count in shown.carried
    }
    return charges, carried
