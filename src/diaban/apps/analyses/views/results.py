"""The answer: a sentence, a map, curves, a table, what it does not say, how to get it again; its files; a proposal."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from diaban.adapters.clock import now
from diaban.adapters.workbooks import ColumnSpec, SheetSpec
from diaban.adapters.workbooks import Kind as CellKind
from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.analyses import actions, pictures, queries, shown
from diaban.apps.analyses.actions import Spot
from diaban.apps.analyses.forms import ProposeForm, refuse
from diaban.apps.analyses.models import Analysis, Proposal, Question
from diaban.apps.analyses.views import base
from diaban.apps.audit import actions as audit
from diaban.apps.audit.models import Kind
from diaban.apps.exchange.marks import HandOut, hand_out
from diaban.apps.jobs.queries import visible_to
from diaban.apps.jobs.views import progress_context
from diaban.apps.places import queries as places
from diaban.core.lifecycle import StepRefused
from diaban.core.privacy import MASK, PrivacyClass, visible

MOST_ROWS = 40


@guard(Permission.ANALYSIS_VIEW)
@require_GET
def result(request: HttpRequest, code: str) -> HttpResponse:
    """Show a question and its answer, or how far the work is."""
    row, rights = base.seen(request, code), rights_of(request)
    context = _about(request, row)
    if row.document is None:
        if row.job is not None:
            context |= progress_context(row.job)
            context["own"] = visible_to(base.actor(request)).filter(pk=row.job.pk).exists()
        return render(request, "analyses/waiting.html", context)
    exact = queries.sees_points(rights, row)
    rows = shown.rows_of(row, exact=exact)
    may_propose = row.question in (Question.SCAN, Question.HEAT) and rights.holds(Permission.HOTSPOT_RECORD)
    made = {one.row: one.hotspot for one in row.proposals.select_related("hotspot")}
    spots = shown.spots_of(row)
    document = shown.text_of(row.document, _, spots)
    context |= {
        "headline": document["headline"],
        "sentences": document["sentences"],
        "level": shown.LEVELS.get(row.level, ""),
        "tone": shown.LEVEL_TONES.get(row.level, "neutral"),
        "columns": shown.columns_of(row.document, exact=exact),
        "rows": [(one, made.get(one.index)) for one in rows[:MOST_ROWS]],
        "more": max(0, len(rows) - MOST_ROWS),
        "may_propose": may_propose,
        "map": pictures.answer_map(row, exact=exact),
        "charts": pictures.answer_charts(row),
        "cautions": shown.cautions_of(row),
        "methods": shown.method_pages(row),
        "reproduce": document["reproduce"],
        "settings": shown.settings_told(row),
        "exact": exact,
        "may_export": all(
            rights.can(one, unit=row.unit_id).allowed for one in (Permission.INCIDENT_VIEW, Permission.REGISTER_EXPORT)
        ),
        "compared": _compared(row),
    }
    return render(request, "analyses/result.html", context)


def _about(request: HttpRequest, row: Analysis) -> dict[str, Any]:
    rights = rights_of(request)
    clear = visible(PrivacyClass.OFFICER, rights.cleared)
    return {
        "one": row,
        "title": Question(row.question).label,
        "unit": shown.about_unit(row),
        "sources": shown.sources_of(row.source_codes),
        "kinds": shown.kinds_of(row.kind_codes),
        "who": row.asked_by if clear else MASK,
        "spot": row.hotspot if row.hotspot and rights.can(Permission.HOTSPOT_VIEW, unit=row.hotspot.unit_id).allowed
        else None,
        "may_again": base.may_ask(rights, row.unit_id),
        "repeats": row.repeats if row.repeats and queries.visible_analyses(rights).filter(pk=row.repeats.pk).exists()
        else None,
    }  # fmt: skip


def _compared(row: Analysis) -> str:
    """Say how the answer compares with the one that it repeats, where both are there."""
    before = row.repeats
    if before is None or before.document is None or row.document is None:
        return ""
    if before.digest != row.digest:
        return _("Số liệu đã khác lần trước (mã băm khác), nên kết quả có thể khác.")
    if before.seed == row.seed:
        same = before.document == row.document
        return (
            _("Cùng số liệu, cùng hạt giống: kết quả giống hệt.")
            if same
            else _("Cùng số liệu, cùng hạt giống mà kết quả khác: báo cho người quản trị hệ thống.")
        )
    if before.level == row.level:
        return _("Cùng số liệu, hạt giống khác: kết luận không đổi.")
    return _("Cùng số liệu, hạt giống khác mà kết luận đổi: kết quả nằm sát ngưỡng, không nên dựa vào.")


@guard(Permission.ANALYSIS_VIEW, also=[Permission.INCIDENT_VIEW, Permission.REGISTER_EXPORT])
@require_http_methods(["GET"])
def export(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """Send the answer: as JSON with all that is needed to get it again, or its table as a workbook."""
    row = base.seen(request, code)
    for permission in (Permission.INCIDENT_VIEW, Permission.REGISTER_EXPORT):
        base.must(request, permission, row.unit_id)
    if row.document is None:
        raise Http404(_("Chưa có trả lời."))
    if form == "json":
        return _json(request, row)
    columns = shown.columns_of(row.document, exact=True, every=True)
    spec = SheetSpec(
        code="analysis",
        title=_("Phân tích {code}").format(code=row.code),
        key=("row",),
        columns=(
            ColumnSpec(code="row", title=_("Dòng"), kind=CellKind.INTEGER, width=8),
            *(ColumnSpec(code=one["key"], title=one["label"], kind=CellKind.TEXT, width=22) for one in columns),
            ColumnSpec(code="communes", title=_("Thuộc đơn vị"), kind=CellKind.TEXT, width=40),
        ),
    )
    rows = [
        {"row": one.index + 1, "communes": one.where}
        | {column["key"]: cell.text for column, cell in zip(columns, one.cells, strict=True)}
        for one in shown.rows_of(row, exact=True, every=True)
    ]
    back = reverse("analyses:result", args=[row.code])
    out = HandOut(
        register="analysis", spec=spec, rows=rows, stem=row.code, permission=Permission.ANALYSIS_VIEW, back=back
    )
    return hand_out(request, out, form)


def _json(request: HttpRequest, row: Analysis) -> HttpResponse:
    told = shown.text_of(row.document, str)
    at = now()
    detail = {"form": "json", "sha256": row.digest, "rows": len(queries.findings_of(row.document))}
    audit.record(
        by=base.actor(request), at=at, verb="analysis.export", subject=f"analysis:{row.code}", detail=detail,
        kind=Kind.EXPORT,
    )  # fmt: skip
    text = json.dumps({"code": row.code} | told, ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{row.code}.json"'
    return response


def _row_of(row: Analysis, index: int) -> dict[str, Any]:
    rows = queries.findings_of(row.document)
    if index >= len(rows):
        raise Http404(_("Trả lời không có dòng này."))
    return rows[index]


@guard(Permission.HOTSPOT_RECORD)
@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, code: str, row: int) -> HttpResponse:
    """Put a row of the answer into the register of hot-spots, in its first state."""
    analysis = base.seen(request, code)
    base.must(request, Permission.HOTSPOT_RECORD, analysis.unit_id)
    _row_of(analysis, row)
    made = Proposal.objects.filter(analysis=analysis, row=row).select_related("hotspot").first()
    if made is not None:
        messages.info(request, _("Dòng này đã được đề nghị thành {code}.").format(code=made.hotspot.code))
        return redirect("hotspots:detail", pk=made.hotspot.pk)
    rights = rights_of(request)
    within = rights.units(Permission.HOTSPOT_RECORD)
    communes = [one for one in places.area_places(rights.on) if within is None or one.id in within]
    form = ProposeForm(request.POST or None, communes=communes, initial=_suggested(request, analysis, row))
    if request.method == "POST" and form.is_valid():
        try:
            proposal = actions.propose(
                by=base.actor(request), at=now(), analysis=analysis, row=row, spot=Spot(**form.cleaned_data)
            )
        except StepRefused as refused:
            refuse(form, refused)
        else:
            text = _("Đã ghi {code} vào sổ ở bước phát hiện; kiểm tra, xác minh rồi mới đưa vào danh sách.")
            messages.success(request, text.format(code=proposal.hotspot.code))
            return redirect("hotspots:detail", pk=proposal.hotspot.pk)
    context = {"one": analysis, "row": row + 1, "form": form, "where": shown.where_of(analysis, row)}
    return render(request, "analyses/propose.html", context, status=422 if form.errors else 200)


def _suggested(request: HttpRequest, analysis: Analysis, row: int) -> dict[str, Any]:
    """Return what the answer itself says of the row: the commune with most events, the middle of the outline."""
    shapes = analysis.document["shapes"] if analysis.document else []
    middle: dict[str, Any] = next((one for one in shapes if one.get("row") == row and "x" in one), {})
    where = analysis.where[row] if row < len(analysis.where) else []
    words = _("Theo phân tích {code}, dòng {row}: {headline}")
    headline = str(shown.text_of(analysis.headline, _, shown.spots_of(analysis))) if analysis.headline else ""
    return {
        "on": rights_of(request).on,
        "decider": base.actor(request).title,
        "document": _("Phân tích {code}").format(code=analysis.code),
        "unit": where[0][0] if where else "",
        "lon": round(middle["x"], 6) if middle else None,
        "lat": round(middle["y"], 6) if middle else None,
        "note": words.format(code=analysis.code, row=row + 1, headline=headline),
    }
