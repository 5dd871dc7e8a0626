"""My posts, and lending one of them during leave."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from diaban.adapters.clock import now, today
from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.accounts.models import Delegation
from diaban.apps.staff import actions, queries
from diaban.apps.staff.actions import NotGiven
from diaban.apps.staff.forms import LendForm, refuse
from diaban.apps.staff.views.base import actor
from diaban.core.policy import LASTING, ROLES


@guard(Permission.DELEGATE)
@require_http_methods(["GET", "POST"])
def lending(request: HttpRequest) -> HttpResponse:
    """Show what I lent and what is lent to me; lend a post."""
    me, on = actor(request), today()
    posts = queries.lines_of(me.assignments.select_related("unit"), on)
    lendable = [line for line in posts if (line.now or line.future) and not set(ROLES[line.row.role].grants) <= LASTING]
    own = [(line.row, f"{line.role} – {line.unit}") for line in lendable]
    # Who has nothing to lend asks for nobody: the form would tell which accounts there are.
    form = LendForm(request.POST or None if own else None, own=own, initial={"start": on})
    if request.method == "POST" and form.is_valid():
        start, end = form.span()
        data = form.cleaned_data
        try:
            lent = actions.lend(
                by=me,
                at=now(),
                assignment=form.own[data["assignment"]],
                receiver=data["receiver"],
                start=start,
                end=end,
                reason=data["reason"],
            )
        except NotGiven as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("Đã ủy quyền cho {name}.").format(name=lent.receiver))
            return redirect("staff:lending")
    context = {
        "form": form,
        "lendable": own,
        "lent": [(row, _(ROLES[row.assignment.role].title)) for row in queries.lent_by(me, on)],
        "borrowed": [(row, _(ROLES[row.assignment.role].title)) for row in queries.lent_to(me, on)],
    }
    return render(request, "staff/lending.html", context, status=422 if form.errors else 200)


@guard(Permission.DELEGATE)
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """End a delegation today: the lender takes it back, or the receiver gives it back."""
    me = actor(request)
    mine = Q(assignment__user=me) | Q(receiver=me)
    row = Delegation.objects.filter(mine, pk=pk).first()
    ids = rights_of(request).units(Permission.ACCOUNT_MANAGE)
    if row is None:
        within = Q() if ids is None else Q(assignment__unit__in=ids)
        row = Delegation.objects.filter(within, pk=pk).first()
    if row is None:
        raise Http404(_("Không có ủy quyền này trong phạm vi của bạn."))
    try:
        actions.end_delegation(by=me, at=now(), delegation=row)
    except NotGiven as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Ủy quyền đã kết thúc."))
    return redirect("staff:lending")
