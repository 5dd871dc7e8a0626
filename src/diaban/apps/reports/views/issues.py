"""The issues of the dossiers, one issue with its files."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from diaban.adapters.clock import now
from diaban.adapters.documents import PdfUnavailable, annexes_xlsx, pdf_available, report_docx, report_pdf
from diaban.apps.access import AccessRefused, Permission, Purpose, guard, rights_of
from diaban.apps.accounts.queries import people
from diaban.apps.audit.actions import record
from diaban.apps.audit.models import Kind
from diaban.apps.audit.requests import address_of
from diaban.apps.localities.models import Cycle
from diaban.apps.reports import queries
from diaban.apps.reports.preview import paper
from diaban.apps.reports.views.found import allow, issue_of, user_of
from diaban.apps.vault.privacy import Veiled
from diaban.core.dossier import Dossier

OFFICE = "application/vnd.openxmlformats-officedocument"
FORMATS: dict[str, tuple[Callable[[Dossier], bytes], str, str]] = {
    "xlsx": (annexes_xlsx, f"{OFFICE}.spreadsheetml.sheet", "Phụ lục"),
    "docx": (report_docx, f"{OFFICE}.wordprocessingml.document", "Báo cáo"),
    "pdf": (report_pdf, "application/pdf", "Báo cáo"),
}


@guard(Permission.REPORT_VIEW)
@require_GET
def issue_list(request: HttpRequest) -> HttpResponse:
    """List the cycles with what their dossier waits for and its issues, newest first."""
    allow(request)
    cleared = rights_of(request).cleared
    found: dict[int, list[tuple[Veiled, str]]] = {}
    rows = list(queries.issues())
    names = people((issue.by for issue in rows), cleared=cleared)
    for issue in rows:
        found.setdefault(issue.cycle_id, []).append((Veiled(issue, cleared), names[issue.by]))
    last = {cycle: Veiled(given, cleared) for cycle, given in queries.last_submissions().items()}
    cycles = [(cycle, found.get(cycle.pk, []), last.get(cycle.pk)) for cycle in Cycle.objects.order_by("-year")]
    context = {
        "cycles": cycles,
        "issued": sum(map(len, found.values())),
        "may_set": rights_of(request).can(Permission.LETTERHEAD_SET).allowed,
    }
    return render(request, "reports/list.html", context)


@guard(Permission.REPORT_VIEW)
@require_GET
def detail(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """Show one issue: its files, what changed, the report itself."""
    allow(request)
    issue = issue_of(year, number)
    dossier = queries.dossier_of(issue)
    rights = rights_of(request)
    spots = queries.sees_spots(rights)
    names = people((name for name in (issue.by, issue.submitted_by) if name), cleared=rights.cleared)
    context = {
        "issue": Veiled(issue, rights.cleared),
        "issued_by": names[issue.by],
        "submitted_by": names.get(issue.submitted_by, ""),
        "spots": spots,
        "paper": paper(dossier, spots=spots),
        "changes": queries.changed_since(queries.before(issue), dossier, spots=spots),
        "newest": queries.latest(issue.cycle),
        "pdf": pdf_available(),
    }
    return render(request, "reports/detail.html", context)


@guard(*queries.SPOT_READERS, also=[Permission.REPORT_VIEW])  # the files hold the list of single hot-spots
@require_GET
def download(request: HttpRequest, year: int, number: int, fmt: str) -> HttpResponse:
    """Send one file of an issue, made anew from its snapshot: the same bytes every time. Written down as an export."""
    allow(request)
    if fmt not in FORMATS:
        raise Http404(fmt)
    issue = issue_of(year, number)
    if not queries.sees_spots(rights_of(request)):
        raise AccessRefused(rights_of(request).can(Permission.HOTSPOT_VIEW))
    write, kind, word = FORMATS[fmt]
    dossier = queries.dossier_of(issue)
    try:
        data = write(dossier)
    except PdfUnavailable as missing:
        messages.error(request, missing.message.render(_))
        return redirect("reports:detail", year, number)
    record(
        by=user_of(request),
        at=now(),
        verb="reports.export",
        subject=f"dossier:{year}/{number}",
        detail={
            "form": fmt,
            "rows": len(dossier.classes) + len(dossier.hotspots or ()),
            "digest": issue.digest,
            "address": address_of(request),
        },
        kind=Kind.EXPORT,
        purpose=Purpose.REPORTING,
    )
    response = HttpResponse(data, content_type=kind)
    name = f"{word} phân loại địa bàn {year}, lần {number}.{fmt}"
    response["Content-Disposition"] = str(content_disposition_header(True, name))
    response["Cache-Control"] = "private, no-store"
    return response
