"""The five questions, the form of one, the history, doing it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from diaban.adapters.clock import now
from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.analyses import actions, queries, shown
from diaban.apps.analyses.forms import FORMS, AskForm, refuse
from diaban.apps.analyses.models import Analysis, Question
from diaban.apps.analyses.queries import ORDERS, AlertsAsked, Asked
from diaban.apps.analyses.views import base
from diaban.apps.hotspots.queries import spots_seen
from diaban.apps.jobs.models import Run
from diaban.apps.places.scope import scope_of
from diaban.core.lifecycle import StepRefused
from diaban.core.privacy import MASK, PrivacyClass, visible

PAGE = 30
RECENT = 5
WHAT = {
    Question.SCAN: gettext_lazy(
        "Quét mọi vòng tròn và mọi khoảng ngày, tìm nơi và lúc số vụ nhiều hơn hẳn mức ngẫu nhiên."
    ),
    Question.HEAT: gettext_lazy(
        "So từng nơi cùng lân cận của nó với cả vùng; hoặc xem nó nóng lên, nguội đi từng tháng."
    ),
    Question.KNOX: gettext_lazy("Sau một vụ, nơi gần đó trong những ngày sau có dễ xảy ra vụ khác hơn không."),
    Question.WATCH: gettext_lazy("Theo dõi xung quanh một điểm đã triệt xóa, báo khi số vụ tăng trở lại."),
    Question.EVALUATE: gettext_lazy("So trước và sau, có nơi đối chứng và vành đai: giảm thật, hay chỉ chuyển chỗ."),
}


@guard(Permission.ANALYSIS_VIEW)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show the five questions, what waits, and the newest answers."""
    rights = rights_of(request)
    alerts = queries.alerts_found(AlertsAsked(open=True), rights).order_by("-raised_on", "-pk")
    recent = queries.found(Asked(), rights).filter(weekly=False).order_by("-created_at", "-pk")[:RECENT]
    communes, whole = base.places_to_ask(rights)
    context = {
        "questions": [(one.value, one.label, WHAT[one]) for one in Question],
        "may_ask": bool(communes or whole),
        "alerts": [alert_row(one) for one in alerts[:RECENT]],
        "open": alerts.count(),
        "rows": history_rows(request, list(recent)),
        "rate": queries.alarm_rate(),
    }
    return render(request, "analyses/home.html", context)


def alert_row(alert: Any) -> dict[str, Any]:
    """Return an alert as lists show it."""
    return {
        "one": alert,
        "headline": shown.text_of(alert.headline, _),
        "state": shown.alert_state(alert.state),
        "tone": shown.ALERT_TONES[alert.state],
        "unit": shown.unit_at(alert.unit, alert.raised_on),
    }


def history_rows(request: HttpRequest, rows: Sequence[Analysis]) -> list[dict[str, Any]]:
    """Return questions as lists show them."""
    clear = visible(PrivacyClass.OFFICER, rights_of(request).cleared)
    found = []
    for one in rows:
        state = one.job.state if one.job else Run.State.DONE
        found.append(
            {
                "one": one,
                "unit": shown.about_unit(one),
                "who": (_("hằng tuần") if one.weekly else one.asked_by if clear else MASK),
                "headline": shown.text_of(one.headline, _, shown.spots_of(one)) if one.headline else "",
                "state": Run.State(state).label,
                "state_tone": shown.JOB_TONES[state],
                "level": shown.LEVELS.get(one.level, ""),
                "tone": shown.LEVEL_TONES.get(one.level, "neutral"),
                "sources": shown.sources_of(one.source_codes),
            }
        )
    return found


@guard(Permission.ANALYSIS_VIEW)
@require_GET
def history(request: HttpRequest) -> HttpResponse:
    """List the questions within sight; the filters stand in the address."""
    get, rights, scope = request.GET, rights_of(request), scope_of(request)
    asked = Asked(
        text=get.get("q", "")[:60],
        question=get.get("cau_hoi", ""),
        state=get.get("trang_thai", ""),
        level=get.get("ket_qua", "")[:10],
        mine=base.actor(request).username if get.get("cua_toi") == "1" else "",
        weekly=get.get("hang_tuan") == "1",
        units=scope.unit_ids if get.get("don_vi") else None,
    )
    rows = queries.found(asked, rights)
    if not asked.weekly and not asked.text:
        rows = rows.filter(weekly=False)
    sort = get.get("sort", "-ngay")
    page = Paginator(rows.order_by(*ORDERS.get(sort, ORDERS["-ngay"])), PAGE).get_page(get.get("page"))
    context = {
        "page": page,
        "rows": history_rows(request, list(page)),
        "count": page.paginator.count,
        "asked": asked,
        "questions": [(value, label, value == asked.question) for value, label in Question.choices],
        "states": [(value, label, value == asked.state) for value, label in Run.State.choices],
        "levels": [(value, label, value == asked.level) for value, label in shown.LEVELS.items()],
        "filtered": bool(get),
    }
    return render(request, "analyses/list.html", context)


def _form(request: HttpRequest, question: str) -> AskForm:
    rights = rights_of(request)
    communes, whole = base.places_to_ask(rights)
    initial: dict[str, Any] = {}
    spot_id = request.GET.get("diem", "")
    if spot_id.isdecimal() and (spot := spots_seen(rights).filter(pk=int(spot_id)).first()) is not None:
        initial["hotspot"] = spot
    if (treated := request.GET.get("xa")) and treated in {one.uid for one in communes}:
        initial["treated"] = treated
    if starts := request.GET.get("tu"):
        initial["start"] = starts[:10]
    if (unit := request.GET.get("don_vi")) and unit in {one.uid for one in communes}:
        initial["unit"] = unit
    return FORMS[question](
        request.POST or None,
        communes=communes,
        whole=whole,
        seen=rights.units(Permission.HOTSPOT_VIEW),
        on=rights.on,
        rate=queries.alarm_rate().false_alarms_per_year,
        initial=initial,
    )


@guard(Permission.ANALYSIS_RUN, also=[Permission.INCIDENT_VIEW])
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, question: str) -> HttpResponse:
    """Put one of the questions."""
    if question not in FORMS:
        raise Http404(_("Không có câu hỏi này."))
    form = _form(request, question)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.ask(by=base.actor(request), at=now(), order=form.order())
        except StepRefused as refused:
            refuse(form, refused)
        else:
            return redirect("analyses:result", code=made.code)
    kind = Question(question)
    context = {"form": form, "question": question, "title": kind.label, "what": WHAT[kind]}
    return render(request, "analyses/ask.html", context, status=422 if form.errors else 200)


@guard(Permission.ANALYSIS_RUN, also=[Permission.INCIDENT_VIEW])
@require_POST
def again(request: HttpRequest, code: str) -> HttpResponse:
    """Put the same question once more: with the same seed, a new one, or up to today."""
    row = base.seen(request, code)
    for permission in (Permission.ANALYSIS_RUN, Permission.INCIDENT_VIEW):
        base.must(request, permission, row.unit_id)
    how = request.POST.get("cach", "hat-moi")
    try:
        made = actions.ask_again(
            by=base.actor(request), at=now(), analysis=row, same_seed=how == "hat-cu", to_today=how == "den-nay"
        )
    except StepRefused as refused:
        for problem in refused.problems:
            messages.error(request, problem.message.render(_))
        return redirect("analyses:result", code=code)
    return redirect("analyses:result", code=made.code)
