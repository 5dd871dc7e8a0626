"""Pages of the workbooks: templates, the upload, one address per batch from the check to the undo, exports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from diaban.adapters.clock import now, today
from diaban.adapters.workbooks import MAX_DATA_ROWS, MAX_FILE_BYTES, write_template
from diaban.adapters.workbooks.legacy import ENCODINGS
from diaban.apps.access import AccessRefused, Permission, guard, rights_of
from diaban.apps.accounts.models import User
from diaban.apps.audit.actions import record
from diaban.apps.audit.models import Kind
from diaban.apps.audit.requests import address_of
from diaban.apps.exchange import queries
from diaban.apps.exchange.actions import BatchRefused, discard, receive, start_check
from diaban.apps.exchange.actions import request as request_work
from diaban.apps.exchange.actions.receiving import DRAFTS_KEPT
from diaban.apps.exchange.forms import ModeForm, upload_form
from diaban.apps.exchange.marks import XLSX, hand_out, sheet_out
from diaban.apps.exchange.models import Batch
from diaban.apps.exchange.registry import Sheet, sheet_by_code, sheets
from diaban.apps.exchange.sentences import told
from diaban.apps.jobs.views import progress_context
from diaban.apps.places.scope import scope_of

_PAGE = 100
_BATCHES = 25


def _actor(request: HttpRequest) -> User:
    return cast(User, request.user)


def _ask(request: HttpRequest, *permissions: Permission) -> None:
    """Refuse whoever does not hold all of these for any record: what a sheet asks, beside what the route does."""
    rights = rights_of(request)
    for permission in permissions:
        if not rights.holds(permission):
            raise AccessRefused(rights.can(permission))


def _sheet(code: str) -> Sheet:
    try:
        return sheet_by_code(code)
    except LookupError as error:
        raise Http404(str(error)) from None


def _about(request: HttpRequest, batch: Batch) -> dict[str, Any]:
    """Return what every page of a batch shows beside its content, and which buttons it has."""
    rights, sheet = rights_of(request), _sheet(batch.sheet)
    acts = all(rights.holds(one) for one in sheet.asks)
    return {
        "batch": batch,
        "sheet": sheet,
        "options": queries.options_of(batch),
        "may_write": acts,
        "may_undo": acts and rights.holds(Permission.IMPORT_UNDO),
    }


def _seen(request: HttpRequest) -> QuerySet[Batch]:
    return queries.visible(rights_of(request), _actor(request))


def _batch(request: HttpRequest, number: str) -> Batch:
    """Return a batch in sight; one out of sight is answered like one that is not there."""
    return get_object_or_404(_seen(request), number=number)


def _back_with_reason(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Turn a refused act into its sentence on the batch's page."""

    @wraps(view)
    def wrapped(request: HttpRequest, number: str) -> HttpResponse:
        try:
            return view(request, number)
        except BatchRefused as refused:
            messages.error(request, str(refused))
            return redirect("exchange:batch", number)

    return wrapped


@dataclass(frozen=True, slots=True)
class Offer:
    """A register on the page of workbooks, and what the person may do with it."""

    sheet: Sheet
    imports: bool
    exports: bool


@guard(Permission.REGISTER_EXPORT, Permission.REGISTER_IMPORT)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show what can be imported and exported, and the batches: of one sheet, in one state, page by page."""
    rights = rights_of(request)
    offered = [
        Offer(
            sheet,
            imports=all(rights.holds(one) for one in (Permission.REGISTER_IMPORT, *sheet.asks)),
            exports=all(rights.holds(one) for one in (Permission.REGISTER_EXPORT, sheet.shows)),
        )
        for sheet in sheets()
    ]
    offered = [offer for offer in offered if offer.imports or offer.exports]
    titles = {offer.sheet.spec.code: offer.sheet.spec.title for offer in offered}
    chosen, state = request.GET.get("bang", ""), request.GET.get("trang_thai", "")
    chosen, state = chosen if chosen in titles else "", state if state in Batch.State.values else ""
    page = Paginator(queries.batches(_seen(request), chosen, state), _BATCHES).get_page(request.GET.get("page"))
    context = {
        "offers": offered,
        "may_import": rights.holds(Permission.REGISTER_IMPORT),
        "page": page,
        "batches": [(batch, titles.get(batch.sheet, batch.sheet)) for batch in page],
        "titles": titles.items(),
        "states": Batch.State.choices,
        "chosen": chosen,
        "state": state,
        "kept_days": DRAFTS_KEPT.days,
    }
    return render(request, "exchange/home.html", context | _limits())


def _limits() -> dict[str, int]:
    return {"max_rows": MAX_DATA_ROWS, "max_megabytes": MAX_FILE_BYTES // 2**20}


@guard(Permission.REGISTER_IMPORT)
@require_GET
def template(request: HttpRequest, sheet: str) -> HttpResponse:
    """Send the empty template, filled beforehand with what the sheet knows for the given options."""
    found = _sheet(sheet)
    _ask(request, *found.asks)
    options = request.GET.dict()
    data = write_template(found.spec, found.template_rows(options, today(), rights_of(request)))
    name = _joined("mau", found.spec.slug, found.period(options, today()))
    return HttpResponse(data, content_type=XLSX, headers=_named(f"{name}.xlsx"))


def _joined(*parts: str) -> str:
    return "-".join(filter(None, parts))


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": content_disposition_header(True, name) or "attachment"}


@guard(Permission.REGISTER_IMPORT)
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, sheet: str) -> HttpResponse:
    """Take a file in and queue its check."""
    found = _sheet(sheet)
    _ask(request, *found.asks)
    form = upload_form(found, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            batch = receive(
                sheet=sheet,
                file_name=form.cleaned_data["file"].name or "",
                data=form.cleaned_data["file"].read(),
                options=form.options(),
                by=_actor(request),
                at=now(),
            )
            start_check(batch, by=_actor(request), at=now())
            return redirect("exchange:batch", batch.number)
        except BatchRefused as refused:
            form.add_error("file", str(refused))
    context = {"sheet": found, "form": form} | _limits()
    return render(request, "exchange/upload.html", context, status=422 if form.is_bound and form.errors else 200)


@guard(Permission.REGISTER_IMPORT)
@require_GET
def show(request: HttpRequest, number: str) -> HttpResponse:
    """Show a batch where it stands: at work, refused, checked, written or undone."""
    batch = _batch(request, number)
    context = _about(request, batch) | {"refusal": told(batch.refusal)}
    if batch.run is not None and batch.is_busy:
        return render(request, "exchange/working.html", context | progress_context(batch.run))
    if batch.state != Batch.State.CHECKED:
        context |= {"encodings": ENCODINGS}
        return render(request, "exchange/batch.html", context | _changes(request, batch))
    column = request.GET.get("cot", "")
    page = Paginator(queries.problems(batch, column), _PAGE).get_page(request.GET.get("page"))
    context |= {
        "page": page,
        "troubles": queries.shown(batch, list(page)),
        "columns": queries.columns_with_problems(batch),
        "column": column,
        "earlier": queries.sent_before(batch, _seen(request)),
    }
    return render(request, "exchange/checked.html", context | _changes(request, batch))


def _changes(request: HttpRequest, batch: Batch) -> dict[str, Any]:
    action = request.GET.get("loai", "")
    page = Paginator(queries.changes(batch, action), _PAGE).get_page(request.GET.get("trang"))
    return {"changes_page": page, "previews": queries.previews(batch, list(page)), "action": action}


@guard(Permission.REGISTER_IMPORT)
@require_POST
@_back_with_reason
def recheck(request: HttpRequest, number: str) -> HttpResponse:
    """Check the file again, converting the old encoding that was chosen."""
    legacy = request.POST.get("legacy")
    start_check(
        _batch(request, number), by=_actor(request), at=now(), legacy=legacy if legacy in (*ENCODINGS, "") else None
    )
    return redirect("exchange:batch", number)


@guard(Permission.REGISTER_IMPORT)
@require_GET
def annotated_copy(request: HttpRequest, number: str) -> HttpResponse:
    """Send the sender's file with every problem written in."""
    batch = _batch(request, number)
    if batch.state in (Batch.State.RECEIVED, Batch.State.DISCARDED, Batch.State.REFUSED):
        raise Http404(_("Lô này không có tệp đã kiểm tra."))
    data, extension = queries.annotated(batch)
    # No reason is asked: it is the sender's own file. Whose eyes it came before is kept all the same.
    record(
        by=_actor(request),
        at=now(),
        verb="exchange.export",
        subject=f"batch:{batch.number}",
        detail={"sheet": batch.sheet, "form": extension, "address": address_of(request)},
        kind=Kind.EXPORT,
    )
    kind = XLSX if extension == "xlsx" else "text/csv; charset=utf-8"
    return HttpResponse(data, content_type=kind, headers=_named(f"{batch.number}-co-loi.{extension}"))


@guard(Permission.REGISTER_IMPORT)
@require_GET
@_back_with_reason
def confirm(request: HttpRequest, number: str) -> HttpResponse:
    """Check-your-answers: what exactly will be written."""
    batch = _batch(request, number)
    if batch.state != Batch.State.CHECKED or batch.is_busy or not batch.to_write:
        raise BatchRefused(_("Lô này không có gì chờ ghi."))
    context = _about(request, batch) | {"form": ModeForm(batch), "earlier": queries.sent_before(batch, _seen(request))}
    return render(request, "exchange/confirm.html", context)


@guard(Permission.REGISTER_IMPORT)
@require_POST
@_back_with_reason
def write(request: HttpRequest, number: str) -> HttpResponse:
    """Queue the writing."""
    request_work(_batch(request, number), work="apply", by=_actor(request), at=now(), mode=request.POST.get("mode", ""))
    return redirect("exchange:batch", number)


@guard(Permission.IMPORT_UNDO)
@require_http_methods(["GET", "POST"])
@_back_with_reason
def undo(request: HttpRequest, number: str) -> HttpResponse:
    """Ask, then queue the undoing."""
    batch = _batch(request, number)
    if request.method == "GET":
        return render(request, "exchange/undo.html", _about(request, batch))
    request_work(batch, work="undo", by=_actor(request), at=now())
    return redirect("exchange:batch", number)


@guard(Permission.REGISTER_IMPORT)
@require_POST
@_back_with_reason
def throw_away(request: HttpRequest, number: str) -> HttpResponse:
    """Drop a batch that was not written."""
    discard(_batch(request, number), by=_actor(request), at=now())
    messages.success(request, _("Đã bỏ lô {number}; không có gì được ghi.").format(number=number))
    return redirect("exchange:home")


@guard(Permission.REGISTER_EXPORT)
@require_http_methods(["GET", "POST"])
def export(request: HttpRequest, sheet: str, extension: str) -> HttpResponseBase:
    """Ask why, then send exactly the rows that the list page with this query shows to this person."""
    found = _sheet(sheet)
    _ask(request, found.shows)
    out = sheet_out(found, request.GET, scope=scope_of(request), rights=rights_of(request), on=today())
    return hand_out(request, out, extension)
