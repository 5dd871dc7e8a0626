"""Boundary files and files of changes: tried first, stored when right."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from diaban.adapters.clock import now
from diaban.adapters.geometry import MapsMissing, maps_available
from diaban.apps.access import Permission, guard
from diaban.apps.places import queries
from diaban.apps.places.actions import BoundariesRefused, CsvReport, import_boundaries, import_units_csv
from diaban.apps.places.changes import COLUMNS
from diaban.apps.places.forms import BoundariesForm, UnitsCsvForm
from diaban.apps.places.queries.boundaries import BoundaryReport
from diaban.apps.places.scope import scope_of
from diaban.apps.places.views.actor import actor
from diaban.ui import formats


@guard(Permission.UNIT_MANAGE)
@require_http_methods(["GET", "POST"])
def boundaries(request: HttpRequest) -> HttpResponse:
    """Try a boundary file ("thu") or store it ("luu")."""
    scope = scope_of(request)
    form = BoundariesForm(
        request.POST or None, request.FILES or None, initial={"valid_from": queries.territory_since(scope.on)}
    )
    report: BoundaryReport | None = None
    if request.method == "POST" and form.is_valid():
        store = "luu" in request.POST
        try:
            report = _try(form) if not store else _store(request, form)
        except BoundariesRefused as refused:
            report, store = refused.report, False
        except MapsMissing as missing:
            form.add_error(None, str(missing.message))
            store = False
        if store and report is not None:
            words = _("Đã lưu ranh giới của %(n)s đơn vị, có hiệu lực từ %(day)s.")
            messages.success(
                request,
                words % {"n": formats.grouped(len(report.matched)), "day": formats.day(report.valid_from)},
            )
            return redirect("places:boundaries")
    context = {
        "form": form,
        "report": report,
        "tried": form.cleaned_data.get("tried", "") if report is not None else "",
        "maps_available": maps_available(),
        "layers": queries.layers(),
    }
    return render(request, "places/boundaries.html", context)


def _try(form: BoundariesForm) -> BoundaryReport:
    told = form.cleaned_data
    return queries.check_boundaries(
        told["data"],
        valid_from=told["valid_from"],
        code_property=told["code_property"],
        name_property=told["name_property"],
    )


def _store(request: HttpRequest, form: BoundariesForm) -> BoundaryReport:
    told = form.cleaned_data
    return import_boundaries(
        by=actor(request),
        at=now(),
        data=told["data"],
        valid_from=told["valid_from"],
        source=told["source"],
        quality=told["quality"],
        code_property=told["code_property"],
        name_property=told["name_property"],
        accept_warnings=told["accept_warnings"],
    )


@guard(Permission.UNIT_MANAGE)
@require_http_methods(["GET", "POST"])
def units_csv(request: HttpRequest) -> HttpResponse:
    """Try a file of changes ("thu") or store it ("luu")."""
    form = UnitsCsvForm(request.POST or None, request.FILES or None)
    report: CsvReport | None = None
    if request.method == "POST" and form.is_valid():
        store = "luu" in request.POST
        data = form.cleaned_data["data"]
        report = import_units_csv(by=actor(request), at=now(), data=data, dry_run=not store)
        if store and not report.problems:
            words = _("Đã ghi %(units)s đơn vị mới, %(spells)s giai đoạn tên gọi, %(figures)s số dân.")
            written = report.written
            messages.success(
                request,
                words % {"units": written.units, "spells": written.spells, "figures": written.populations},
            )
            return redirect("places:list")
    tried = form.cleaned_data.get("tried", "") if report is not None else ""
    context = {"form": form, "report": report, "tried": tried, "columns": COLUMNS}
    return render(request, "places/units_csv.html", context)
