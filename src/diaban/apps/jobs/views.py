"""Pages of a run: its progress, and the button that stops it."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from diaban.adapters.clock import now
from diaban.apps.access import Permission, guard
from diaban.apps.accounts.models import User
from diaban.apps.jobs.actions import request_cancel
from diaban.apps.jobs.models import Run
from diaban.apps.jobs.queries import share, visible_to, waits_in_vain


def progress_context(run: Run) -> dict[str, Any]:
    """Return what `jobs/progress.html` needs."""
    return {"run": run, "share": share(run), "in_vain": waits_in_vain(run, at=now())}


@guard(Permission.OWN_RUNS)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one run; a finished run with a page of its own leads there."""
    run = get_object_or_404(visible_to(cast(User, request.user)), pk=pk)
    if run.is_over and run.address and run.state == Run.State.DONE:
        return redirect(run.address)
    return render(request, "jobs/run.html", progress_context(run))


@guard(Permission.OWN_RUNS)
@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the fragment that asks again each second; at the end, tell the page to load anew."""
    run = get_object_or_404(visible_to(cast(User, request.user)), pk=pk)
    response = render(request, "jobs/progress.html", progress_context(run))
    if run.is_over:
        response["HX-Refresh"] = "true"
    response["Cache-Control"] = "no-store"
    return response


@guard(Permission.OWN_RUNS)
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a run."""
    run = get_object_or_404(visible_to(cast(User, request.user)), pk=pk)
    try:
        request_cancel(run, by=cast(User, request.user), at=now())
    except OperationalError:
        # SQLite has one writer: while the work writes in its transaction, the wish to stop cannot be written down.
        messages.error(request, _("Việc đang ghi vào cơ sở dữ liệu, lúc này không dừng được; chờ xong rồi hoàn tác."))
    return redirect(run.address or "jobs:run", *([] if run.address else [run.pk]))
