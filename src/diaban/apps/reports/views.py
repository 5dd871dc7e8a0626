"""Pages of the dossiers: the issues, the draft before it is issued, one issue with its files, the letterhead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any, cast

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from diaban.adapters.clock import now, today
from diaban.adapters.documents import PdfUnavailable, annexes_xlsx, pdf_available, report_docx, report_pdf
from diaban.apps.access import Permission, guard
from diaban.apps.accounts.models import User
from diaban.apps.accounts.queries import people
from diaban.apps.localities.models import Cycle
from diaban.apps.reports import actions, queries
from diaban.apps.reports.forms import FIELDS, IssueForm, LetterheadForm
from diaban.apps.reports.models import Issue
from diaban.apps.reports.preview import paper
from diaban.core.dossier import Dossier, read_dossier

CONFIRMED, BACK = "xac-nhan", "sua"  # the buttons of the page that shows what will be frozen
OFFICE = "application/vnd.openxmlformats-officedocument"
FORMATS: dict[str, tuple[Callable[[Dossier], bytes], str, str]] = {
    "xlsx": (annexes_xlsx, f"{OFFICE}.spreadsheetml.sheet", "Phụ lục"),
    "docx": (report_docx, f"{OFFICE}.wordprocessingml.document", "Báo cáo"),
    "pdf": (report_pdf, "application/pdf", "Báo cáo"),
}


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


@guard(Permission.REPORT_VIEW)
@require_GET
def issue_list(request: HttpRequest) -> HttpResponse:
    """List the cycles with the issues of their dossiers, newest first."""
    found: dict[int, list[Issue]] = {}
    rows = list(queries.issues())
    names = people(issue.by for issue in rows)
    for issue in rows:
        issue.by = names[issue.by]
        found.setdefault(issue.cycle_id, []).append(issue)
    cycles = [(cycle, found.get(cycle.pk, [])) for cycle in Cycle.objects.order_by("-year")]
    return render(request, "reports/list.html", {"cycles": cycles, "issued": sum(map(len, found.values()))})


def _draft_page(request: HttpRequest, cycle: Cycle, form: IssueForm, last: Issue | None) -> HttpResponse:
    made = queries.draft(cycle, issue=last.issue + 1 if last else 1)
    numbered = replace(made, number=last.document_number, issued_on=last.document_date) if last else made
    context = {
        "cycle": cycle,
        "form": form,
        "last": last,
        "paper": paper(made),
        "changes": queries.changed_since(last, numbered),
        "unchanged": last is not None and last.content == made.made_from,
    }
    return render(request, "reports/draft.html", context)


@guard(Permission.REPORT_VIEW)
@require_GET
def draft(request: HttpRequest, year: int) -> HttpResponse:
    """Show the dossier as it would be issued now, what changed since the last issue, and the form to issue it."""
    cycle = get_object_or_404(Cycle, year=year)
    last = queries.latest(cycle)
    return _draft_page(request, cycle, IssueForm(again=last is not None), last)


@guard(Permission.REPORT_ISSUE)
@require_POST
def make(request: HttpRequest, year: int) -> HttpResponse:
    """Show what will be frozen; issue the dossier once that is confirmed."""
    cycle = get_object_or_404(Cycle, year=year)
    last = queries.latest(cycle)
    form = IssueForm(request.POST, again=last is not None)
    if BACK in request.POST:
        return _draft_page(request, cycle, form, last)
    if form.is_valid():
        keep = CONFIRMED in request.POST
        try:
            with transaction.atomic():
                made = actions.issue(by=_user(request), at=now(), cycle=cycle, **form.cleaned_data)
                if not keep:  # what is refused is known before the answers are shown
                    transaction.set_rollback(True)
        except actions.Refused as refused:
            form.add_error(None, str(refused))
        else:
            if not keep:
                return _check_page(request, cycle, form, made)
            messages.success(
                request, _("Đã phát hành hồ sơ năm {year}, lần {issue}.").format(year=year, issue=made.issue)
            )
            return redirect("reports:detail", year, made.issue)
    response = _draft_page(request, cycle, form, last)
    response.status_code = 422
    return response


def _check_page(request: HttpRequest, cycle: Cycle, form: IssueForm, made: Issue) -> HttpResponse:
    """Show what the issue would freeze; `made` was taken back and is only read."""
    context = {
        "cycle": cycle,
        "form": form,
        "made": made,
        "check": queries.to_confirm(read_dossier(made.snapshot)),
        "confirmed": CONFIRMED,
        "back": BACK,
    }
    return render(request, "reports/check.html", context)


def _issue(year: int, number: int) -> Issue:
    return get_object_or_404(Issue.objects.select_related("cycle"), cycle__year=year, issue=number)


@guard(Permission.REPORT_VIEW)
@require_GET
def detail(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """Show one issue: its files, what changed, the report itself."""
    issue = _issue(year, number)
    dossier = queries.dossier_of(issue)
    context = {
        "issue": issue,
        "issued_by": people([issue.by])[issue.by],
        "paper": paper(dossier),
        "changes": queries.changed_since(queries.before(issue), dossier),
        "newest": queries.latest(issue.cycle),
        "pdf": pdf_available(),
    }
    return render(request, "reports/detail.html", context)


@guard(Permission.REPORT_VIEW)
@require_GET
def download(request: HttpRequest, year: int, number: int, fmt: str) -> HttpResponse:
    """Send one file of an issue, made anew from its snapshot: the same bytes every time."""
    if fmt not in FORMATS:
        raise Http404(fmt)
    issue = _issue(year, number)
    write, kind, word = FORMATS[fmt]
    try:
        data = write(queries.dossier_of(issue))
    except PdfUnavailable as missing:
        messages.error(request, missing.message.render(_))
        return redirect("reports:detail", year, number)
    response = HttpResponse(data, content_type=kind)
    name = f"{word} phân loại địa bàn {year}, lần {number}.{fmt}"
    response["Content-Disposition"] = str(content_disposition_header(True, name))
    response["Cache-Control"] = "private, no-store"
    return response


@guard(Permission.LETTERHEAD_SET)
@require_http_methods(["GET", "POST"])
def letterhead(request: HttpRequest) -> HttpResponse:
    """Show and set who issues the reports and who signs them."""
    held = queries.letterhead_on(today())
    initial: dict[str, Any] = {**asdict(held), "recipients": "\n".join(held.recipients), "effective_from": today()}
    form = LetterheadForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in FIELDS}
        actions.set_letterhead(
            by=_user(request), at=now(), effective_from=form.cleaned_data["effective_from"], values=values
        )
        messages.success(request, _("Đã lưu thông tin cơ quan ban hành. Hồ sơ đã phát hành không đổi."))
        return redirect("reports:letterhead")
    own = queries.letterhead_row(today())
    return render(request, "reports/letterhead.html", {"form": form, "own": own})
