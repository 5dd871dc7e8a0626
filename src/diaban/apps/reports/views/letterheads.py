"""Who issues the reports and who signs them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from diaban.adapters.clock import now, today
from diaban.apps.access import Permission, guard
from diaban.apps.reports import actions, queries
from diaban.apps.reports.forms import FIELDS, LetterheadForm
from diaban.apps.reports.views.found import allow, user_of


@guard(Permission.LETTERHEAD_SET)
@require_http_methods(["GET", "POST"])
def letterhead(request: HttpRequest) -> HttpResponse:
    """Show and set who issues the reports and who signs them."""
    allow(request, Permission.LETTERHEAD_SET)
    held = queries.letterhead_on(today())
    initial: dict[str, Any] = {**asdict(held), "recipients": "\n".join(held.recipients), "effective_from": today()}
    form = LetterheadForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in FIELDS}
        actions.set_letterhead(
            by=user_of(request), at=now(), effective_from=form.cleaned_data["effective_from"], values=values
        )
        messages.success(request, _("Đã lưu thông tin cơ quan ban hành. Hồ sơ đã phát hành không đổi."))
        return redirect("reports:letterhead")
    own = queries.letterhead_row(today())
    return render(request, "reports/letterhead.html", {"form": form, "own": own})
