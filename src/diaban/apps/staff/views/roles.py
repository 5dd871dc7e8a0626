"""What may this role do? And: may this person do this, there, and why?"""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from diaban.adapters.clock import today
from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.places import queries as places
from diaban.apps.staff import queries
from diaban.apps.staff.forms import Units
from diaban.apps.staff.views.base import actor
from diaban.core.policy import PERMISSIONS, ROLES


@guard(Permission.ROLES_VIEW)
@require_GET
def roles(request: HttpRequest) -> HttpResponse:
    """Show every role beside every permission."""
    listed = list(ROLES.values())
    context = {
        "roles": [(role.code, _(role.title), _(role.sentence)) for role in listed],
        "groups": queries.matrix(listed),
        "common": queries.common(),
        "own": rights_of(request).actor.roles(today()),
    }
    return render(request, "staff/roles.html", context)


@guard(Permission.ROLES_VIEW)
@require_GET
def role(request: HttpRequest, code: str) -> HttpResponse:
    """Say in words what one role may do, and what it may not."""
    found = ROLES.get(code)
    if found is None:
        raise Http404(_("Không có vai trò này."))
    groups = queries.role_groups(found)
    context = {
        "role": found,
        "title": _(found.title),
        "sentence": _(found.sentence),
        "lines": [_(line.words) for line in found.lines],
        "purposes": [_(one.words) for one in sorted(found.purposes)],
        "may": [(group, [line for line in group.lines if line.reach]) for group in groups],
        "may_not": [(group, [line for line in group.lines if not line.reach]) for group in groups],
        "classes": queries.class_lines(found),
        "mine": code in rights_of(request).actor.roles(today()),
    }
    return render(request, "staff/role.html", context)


class WhyForm(forms.Form):
    """Whose right to do what, where, is asked about."""

    tai_khoan = forms.CharField(label=gettext_lazy("Tài khoản"), required=False, max_length=150)
    viec = forms.ChoiceField(
        label=gettext_lazy("Việc"),
        choices=[(str(one), gettext_lazy(words)) for one, (words, _purposes) in PERMISSIONS.items()],
    )
    don_vi = Units(gettext_lazy("Đơn vị"))


@guard(Permission.ROLES_VIEW)
@require_GET
def why(request: HttpRequest) -> HttpResponse:
    """Answer for me, or for an officer whom I may see: may they do this there, and what allows or refuses it."""
    asked = "viec" in request.GET
    form = WhyForm(request.GET if asked else None)
    field = form.fields["don_vi"]
    assert isinstance(field, Units)
    field.offer(places.area_places(today()), whole=True)
    context: dict[str, object] = {"form": form, "others": rights_of(request).holds(Permission.ACCOUNT_VIEW)}
    if asked and form.is_valid():
        name = form.cleaned_data["tai_khoan"].strip()
        me = actor(request)
        whose = me if name in ("", me.username) else queries.person(rights_of(request), name)
        if whose is None:
            form.add_error("tai_khoan", _("Không có tài khoản này trong phạm vi của bạn."))
        else:
            uid = form.cleaned_data["don_vi"]
            unit = places.unit_by_uid(uid) if uid else None
            permission = Permission(form.cleaned_data["viec"])
            verdict = whose.rights(today()).can(permission, unit=unit.pk if unit else None)
            context |= {
                "verdict": verdict,
                "reason": verdict.reason.render(_),
                "whose": whose,
                "what": _(permission.words),
                "where": places.names([unit.pk], today())[unit.pk] if unit else _("Toàn địa bàn"),
            }
    return render(request, "staff/why.html", context, status=422 if form.errors else 200)
