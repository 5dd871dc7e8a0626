"""The reviews, one review as map, table or chart, its settings, the province."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from diaban.adapters.clock import now, today
from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.hotspots import queries as hotspots
from diaban.apps.localities import actions, figures, queries
from diaban.apps.localities.forms import OpenCycleForm, SettingsForm
from diaban.apps.localities.models import Cycle, LocalityClass, Stage
from diaban.apps.localities.queries.shown import province_lines, setting_words
from diaban.apps.localities.queries.standings import Completeness, Near, Row
from diaban.apps.localities.stages import Refused, verdict
from diaban.apps.localities.views.found import allow, cycle_of, may, rows_of, units_in_sight, user_of
from diaban.apps.localities.views.pictures import class_chart, cycle_map
from diaban.ui.templatetags.ui import CLASS_WORDS

PAGE = 50
VIEWS = ("ban-do", "bang", "bieu-do")
CLASS_FILTERS = [
    ("key", gettext_lazy("Loại I, II, III")),
    *((klass, gettext_lazy(words)) for klass, words in CLASS_WORDS.items()),
]
GAP_FILTERS = [
    ("complete", gettext_lazy("Đủ số liệu")),
    ("partial", gettext_lazy("Còn thiếu")),
    ("silent", gettext_lazy("Chưa khai gì")),
]
CONFLICT_FILTERS = [
    ("any", gettext_lazy("Có điều cần xem xét")),
    ("readings", gettext_lazy("Hai cách đọc khác nhau")),
    ("near", gettext_lazy("Gần ngưỡng loại nặng hơn")),
    ("stale", gettext_lazy("Số liệu đổi sau thẩm định")),
]


@guard(Permission.REVIEW_VIEW)
def cycles(request: HttpRequest) -> HttpResponse:
    """List the reviews with what of them is within sight, newest first; open one."""
    if request.method == "POST":
        allow(request, Permission.REVIEW_RUN)
    year = queries.year_to_open(today())
    form = OpenCycleForm(request.POST or None, initial={"year": year})
    if request.method == "POST" and form.is_valid():
        try:
            cycle = actions.open_cycle(year=form.cleaned_data["year"], by=user_of(request), at=now())
        except Refused as refused:
            form.add_error("year", str(refused))
        else:
            messages.success(request, _("Đã mở kỳ phân loại năm {year}.").format(year=cycle.year))
            return redirect("localities:cycle", year=cycle.year)
    found = []
    for cycle in Cycle.objects.order_by("-year"):
        rows = rows_of(request, cycle)
        found.append((cycle, queries.class_counts(cycle, rows), queries.stage_counts(cycle, rows), len(rows)))
    context = {
        "cycles": found,
        "form": form,
        "classes": LocalityClass.choices,
        "year": year,
        "may_run": rights_of(request).can(Permission.REVIEW_RUN).allowed,
        "whole": units_in_sight(request) is None,
    }
    return render(request, "localities/cycles.html", context)


def answer(cycle: Cycle, rows: Sequence[Row], complete: Completeness, near: Sequence[Near], on: date) -> str:
    """Return what the page of a review says first, of the rows that its reader may see."""
    if not rows:
        return _("Kỳ năm {year}: không có đơn vị nào trong phạm vi được giao").format(year=cycle.year)
    if len(rows) == 1:
        return _one(cycle, rows[0])
    counts = queries.class_counts(cycle, rows)
    decided = sum(bool(row.decided_class) for row in rows)
    if decided == len(rows):
        heading = _("Cả {n} đơn vị đã có quyết định phân loại năm {year}").format(n=len(rows), year=cycle.year)
    elif complete.silent:
        heading = ngettext(
            "{n} trên {all} đơn vị chưa khai số liệu", "{n} trên {all} đơn vị chưa khai số liệu", len(complete.silent)
        ).format(n=len(complete.silent), all=len(rows))
    elif near and on <= cycle.last_day:
        heaviest = near[0].target
        n = sum(one.target == heaviest for one in near)
        heading = _("{n} đơn vị có thể lên loại {klass} trước {day}").format(
            n=n, klass=heaviest, day=f"{cycle.last_day:%d/%m}"
        )
    elif counts["unknown"]:
        heading = _("{n} trên {all} đơn vị chưa xác định được loại").format(n=counts["unknown"], all=len(rows))
    else:
        heading = _("{n} trên {all} đơn vị đã có quyết định").format(n=decided, all=len(rows))
    return heading


def _one(cycle: Cycle, row: Row) -> str:
    """Return what is to be said first to whoever sees a single unit: how far it has come."""
    words = queries.class_label(row.shown_class, queries.law_of(cycle))
    if row.decided_class:
        return _("{name}: {words} theo quyết định năm {year}").format(name=row.place.name, words=words, year=cycle.year)
    if not row.has_declared:
        return _("{name} chưa khai số liệu năm {year}").format(name=row.place.name, year=cycle.year)
    if row.missing:
        return _("{name} còn {n} số liệu chưa báo cáo năm {year}").format(
            name=row.place.name, n=len(row.missing), year=cycle.year
        )
    stage = row.standing.get_stage_display().lower()
    return _("{name}: {words}, {stage} năm {year}").format(
        name=row.place.name, words=words, stage=stage, year=cycle.year
    )


def _filter(request: HttpRequest) -> dict[str, str]:
    get = request.GET
    return {
        "text": get.get("q", "").strip(),
        "klass": get.get("loai", ""),
        "stage": get.get("buoc", ""),
        "gaps": get.get("so_lieu", ""),
        "conflict": get.get("xem_xet", ""),
    }


@guard(Permission.REVIEW_VIEW)
def cycle(request: HttpRequest, year: int) -> HttpResponse:
    """Show a review: one query as map, table or chart."""
    found, on = cycle_of(year), today()
    rows = rows_of(request, found)
    complete = queries.completeness(found, rows)
    near = queries.near_thresholds(found, rows)
    changed = queries.changes(found, rows)
    moved = [one for one in changed if one.direction != "other"]
    wanted = _filter(request)
    shown = queries.sorted_rows(queries.narrowed(rows, **wanted), request.GET.get("sort", "name"))
    view = request.GET.get("xem", "bang")
    view = view if view in VIEWS else "bang"
    rights = rights_of(request)
    context: dict[str, Any] = {
        "cycle": found,
        "may": may(request, found),
        "whole": units_in_sight(request) is None,
        "to_appraise": [row for row in shown if _agrees(row) and verdict(rights, row.standing, "appraise").allowed],
        "to_decide": [
            row
            for row in rows
            if row.standing.stage == Stage.APPRAISED and verdict(rights, row.standing, "decide").allowed
        ],
        "answer": answer(found, rows, complete, near, on),
        "rows": shown,
        "all": len(rows),
        "page": Paginator(shown, PAGE).get_page(request.GET.get("page")),
        "view": view,
        "views": VIEWS,
        "sort": request.GET.get("sort", "name"),
        "filter": wanted,
        "filtered": any(wanted.values()),
        "counts": queries.class_counts(found, rows),
        "stages": queries.stage_counts(found, rows),
        "complete": complete,
        "near": near,
        "changes": moved,
        "undetermined": len(changed) - len(moved),
        "deadlines": queries.deadlines(found, on),
        "law": queries.law_of(found),
        "class_filters": CLASS_FILTERS,
        "stage_filters": Stage.choices,
        "gap_filters": GAP_FILTERS,
        "conflict_filters": CONFLICT_FILTERS,
    }
    if view == "ban-do":
        context["map"] = cycle_map(found, shown, rows)
    if view == "bieu-do":
        context["charts"] = class_chart(found, shown)
    return render(request, "localities/cycle.html", context)


def _agrees(row: Row) -> bool:
    """Tell whether the unit assessed itself as proposed, so that it may be appraised together with others."""
    standing = row.standing
    return standing.stage == Stage.SELF_ASSESSED and standing.self_class == standing.proposed_class


@guard(Permission.REVIEW_VIEW)
def settings(request: HttpRequest, year: int) -> HttpResponse:
    """Show the choices that the text of the law leaves open; let whoever runs the reviews change them."""
    found = cycle_of(year)
    if request.method == "POST":
        allow(request, Permission.REVIEW_RUN)
    law = queries.law_of(found)
    asked = [setting for setting in law.settings if not setting.elsewhere]
    initial = {setting.key: found.settings.get(setting.key, setting.default) for setting in asked}
    form = SettingsForm(request.POST or None, initial=initial, settings=asked)
    if request.method == "POST" and form.is_valid():
        chosen = {key: value for key, value in form.cleaned_data.items() if value is not None}
        defaults = {setting.key: setting.default for setting in law.settings}
        kept = {key: value for key, value in chosen.items() if value != defaults[key] or key in found.settings}
        try:
            changed = actions.set_settings(cycle=found, settings=kept, by=user_of(request), at=now())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Đã lưu; {n} đề xuất được tính lại.").format(n=changed))
            return redirect("localities:cycle", year=year)
    context = {
        "cycle": found,
        "may": may(request, found),
        "law": law,
        "form": form,
        "settings": setting_words(asked, found.settings),
        "watch_months": hotspots.settings_on(today()).watch_months,
    }
    return render(request, "localities/settings.html", context)


@guard(Permission.REVIEW_RUN)
@require_POST
def move(request: HttpRequest, year: int) -> HttpResponse:
    """Move a review on: recompute, begin the appraisal, lock, open again."""
    allow(request, Permission.REVIEW_RUN)
    found, by, at = cycle_of(year), user_of(request), now()
    try:
        match request.POST.get("viec"):
            case "tinh-lai":
                n = actions.recompute(cycle=found, by=by, at=at)
                messages.success(request, _("Đã tính lại; {n} đề xuất thay đổi.").format(n=n))
            case "tham-dinh":
                actions.begin_appraisal(cycle=found, by=by, at=at)
                messages.success(request, _("Kỳ phân loại chuyển sang thẩm định."))
            case "khoa":
                actions.close_cycle(cycle=found, by=by, at=at)
                messages.success(request, _("Đã khóa kỳ phân loại năm {year}.").format(year=year))
            case "mo-lai":
                actions.reopen_cycle(cycle=found, reason=request.POST.get("reason", ""), by=by, at=at)
                messages.success(request, _("Đã mở lại kỳ phân loại."))
            case _:
                messages.error(request, _("Không có việc này."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("localities:cycle", year=year)


@guard(Permission.REVIEW_VIEW)
def province(request: HttpRequest, year: int) -> HttpResponse:
    """Show the province under Điều 5, from its communes' figures: to whom all of them are within sight."""
    found = cycle_of(year)
    if not queries.sees_all(found, units_in_sight(request)):
        allow(request, Permission.REVIEW_VIEW)
    rows = rows_of(request, found)
    judged = queries.province_assessment(found, rows)
    context: dict[str, Any] = {"cycle": found, "province": judged, "law": queries.law_of(found)}
    if judged:
        context["lines"] = province_lines(judged)
        context["sums"] = [
            (figures.BY_CODE[code].title, judged.reported[code], judged.partial_sums[code]) for code in judged.reported
        ]
    return render(request, "localities/province.html", context)
