"""Pages of issues: the list, one issue, raising and answering, the numbers of a span of days."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from diaban.adapters.clock import now
from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.accounts.models import User
from diaban.apps.agencies.models import Agency
from diaban.apps.concerns import actions, queries
from diaban.apps.concerns.forms import RaiseForm, SpanForm, StepForm, refuse
from diaban.apps.concerns.models import Concern, Topic
from diaban.apps.concerns.queries import ORDERS, USUAL_ORDER, Asking, Voice, clock_of
from diaban.apps.concerns.shown import TONES
from diaban.apps.places import queries as places
from diaban.apps.places.scope import scope_of
from diaban.apps.plans.models import Clause
from diaban.apps.plans.queries import visible_versions
from diaban.apps.programme.models import Task
from diaban.apps.programme.queries.sight import visible_tasks
from diaban.catalogue.concerns_loader import clocks, table
from diaban.core.lifecycle import StepRefused
from diaban.core.privacy import MASK, PrivacyClass, visible

PAGE = 50
DANGER = ("withdraw",)


def _voice(request: HttpRequest) -> Voice:
    return queries.voice_of(cast(User, request.user), rights_of(request).on)


def _rows(request: HttpRequest, rows: list[Concern]) -> list[dict[str, Any]]:
    """Return issues as tables show them."""
    on = rights_of(request).on
    names = places.names([one.unit_id for one in rows if one.unit_id is not None], on)
    titles = {one.code: _(one.title) for one in table().states}
    return [
        {
            "one": one,
            "from": names.get(one.unit_id or 0) or (one.raiser.name if one.raiser else _("Cơ quan cấp tỉnh")),
            "state": titles[one.state],
            "tone": TONES[one.state],
            "clock": clock_of(one, on),
        }
        for one in rows
    ]


@guard(Permission.CONCERN_VIEW)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """List the issues within sight; the filters stand in the address."""
    scope, voice, get = scope_of(request), _voice(request), request.GET
    flags = {name: get.get(key) == "1" for name, key in (("late", "tre"), ("open", "mo"), ("mine", "cua_toi"))}
    clause = _clause(request)
    asking = Asking(
        text=get.get("q", "")[:200],
        states=tuple(one for one in get.getlist("buoc") if one in TONES),
        topic=get.get("nhom", ""),
        agency=get.get("co_quan", "")[:60],
        units=scope.unit_ids if get.get("don_vi") else None,
        waiting=get.get("cho_toi") == "1",
        clause=clause.key if clause else 0 if get.get("dieu") else None,
        task=get.get("nhiem_vu", "")[:20],
        **flags,
    )
    sort = get.get("sort", "")
    rows = queries.found(asking, voice).order_by(*ORDERS.get(sort, USUAL_ORDER))
    page = Paginator(rows, PAGE).get_page(get.get("page"))
    asked = queries.visible_concerns(voice.rights).values("addressed")
    context = {
        "page": page,
        "rows": _rows(request, list(page)),
        "count": page.paginator.count,
        "late": queries.visible_concerns(voice.rights).filter(queries.is_late(voice.rights.on)).count(),
        "waiting": queries.waiting_for(voice).count(),
        "asking": asking,
        "clause": clause,
        "states": [(one.code, _(one.title), one.code in asking.states) for one in table().states],
        "topics": [(code, words, code == asking.topic) for code, words in Topic.choices],
        "agencies": Agency.objects.filter(pk__in=asked).order_by("name_sort", "pk"),
        "filtered": bool(get),
        "may_raise": voice.rights.holds(Permission.CONCERN_RAISE),
    }
    return render(request, "concerns/list.html", context)


def _seen(request: HttpRequest, code: str) -> Concern:
    found = queries.visible_concerns(rights_of(request)).filter(code=code).first()
    if found is None:
        raise Http404(_("Không có vướng mắc này trong phạm vi của tài khoản."))
    return found


@guard(Permission.CONCERN_VIEW)
@require_GET
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show one issue: whose word is next, its words, what was said so far."""
    row, voice, rights = _seen(request, code), _voice(request), rights_of(request)
    clear = visible(PrivacyClass.OFFICER, rights.cleared)
    titles = {one.verb: _(one.title) for one in table().moves}
    state = table().state(row.state)
    steps = [
        {"row": one, "title": titles.get(one.verb, one.verb), "who": one.recorded_by if clear else MASK}
        for one in row.steps.select_related("agency").order_by("-seq")
    ]
    clause = row.clause if row.clause and visible_versions(rights).filter(pk=row.clause.version_id).exists() else None
    task = row.task if row.task and visible_tasks(rights).filter(pk=row.task.pk).exists() else None
    context = {
        "concern": row,
        "line": _rows(request, [row])[0],
        "why": _(state.why),
        "moves": [(one, _(one.title), one.verb in DANGER) for one in voice.moves(row)],
        "waits": state.waits,
        "steps": steps,
        "clause": clause,
        "task": task,
        "watch": clocks(row.raised_on),
    }
    return render(request, "concerns/detail.html", context)


def _agencies(request: HttpRequest) -> Any:
    """Return the agencies that can be asked: those of the province and the district, and the communes' committees.

    Police of a commune answer to nobody there by this way: they raise.
    """
    lasting = Q(valid_to__isnull=True) | Q(valid_to__gt=rights_of(request).on)
    rows = Agency.objects.filter(lasting).exclude(level=Agency.Level.CENTRAL)
    rows = rows.exclude(level=Agency.Level.COMMUNE, line=Agency.Line.POLICE)
    return rows.order_by("level", "name_sort", "pk")


@guard(Permission.CONCERN_RAISE)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Raise an issue, of a unit or of an agency of the province; a clause or a task may be named in the address."""
    rights, me = rights_of(request), cast(User, request.user)
    mine = rights.units(Permission.CONCERN_RAISE)
    units = [one for one in places.area_places(rights.on) if mine is None or one.id in mine]
    clause, task = _clause(request), visible_tasks(rights).filter(code=request.GET.get("nhiem_vu", "")).first()
    initial = {"unit": me.unit.uid if me.unit and mine is not None else "", "task": task.code if task else ""}
    form = RaiseForm(
        request.POST or None,
        units=units if mine is not None else [],
        whole=mine is None,
        agencies=_agencies(request),
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        named = _task(request, form)
        if not form.errors:
            issue = actions.Issue(
                unit=places.unit_by_uid(given["unit"]) if given["unit"] else None,
                clause=clause,
                task=named,
                **{name: given[name] for name in ("topic", "subject", "words", "addressed", "document")},
            )
            try:
                row = actions.raise_concern(by=me, at=now(), issue=issue)
            except StepRefused as refused:
                refuse(form, refused)
            else:
                said = _("Đã gửi {code} tới {agency}. Hạn trả lời: {day}.")
                day = f"{row.due:%d/%m/%Y}" if row.due else ""
                messages.success(request, said.format(code=row.code, agency=row.addressed, day=day))
                return redirect("concerns:detail", code=row.code)
    context = {"form": form, "clause": clause, "watch": clocks(rights.on)}
    return render(request, "concerns/new.html", context, status=422 if form.errors else 200)


def _clause(request: HttpRequest) -> Clause | None:
    """Return the clause within sight that the address names, if any."""
    key = request.GET.get("dieu", "")
    if not key.isdecimal() or len(key) > 12:
        return None
    versions = visible_versions(rights_of(request))
    return Clause.objects.select_related("version__plan", "stem").filter(pk=int(key), version__in=versions).first()


def _task(request: HttpRequest, form: RaiseForm) -> Task | None:
    """Return the task that was typed; one out of sight is one that is not there."""
    code = form.cleaned_data["task"].strip().upper()
    if not code:
        return None
    found = visible_tasks(rights_of(request)).filter(code=code).first()
    if found is None:
        form.add_error("task", _("Không có nhiệm vụ mang mã này; kiểm tra lại mã hoặc để trống."))
    return found


@guard(Permission.CONCERN_RAISE, Permission.CONCERN_ANSWER)
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """Take one step: receive, answer, forward, ask again, close, withdraw."""
    row, voice = _seen(request, code), _voice(request)
    move = table().move(verb)
    if move is None or not move.sources:
        raise Http404(_("Không có bước này."))
    if request.method == "GET" and move not in voice.moves(row):
        messages.warning(request, _("Bước này không làm được lúc này, hoặc của nơi khác."))
        return redirect("concerns:detail", code=row.code)
    form = StepForm(request.POST or None, move=move, agencies=_agencies(request).exclude(pk=row.addressed_id))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.take_step(
                by=cast(User, request.user),
                at=now(),
                concern=row,
                verb=verb,
                words=given["words"],
                document=given["document"],
                agency=given.get("addressed"),
            )
        except StepRefused as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("Đã ghi bước “{step}”.").format(step=_(move.title)))
            return redirect("concerns:detail", code=row.code)
    context = {"form": form, "concern": row, "title": _(move.title), "danger": verb in DANGER}
    return render(request, "concerns/step.html", context, status=422 if form.errors else 200)


@guard(Permission.CONCERN_VIEW)
@require_GET
def synthesis(request: HttpRequest) -> HttpResponse:
    """Show the issues of a span of days in numbers and as a list, for the report."""
    period = scope_of(request).period
    initial = {"tu": period.start, "den": period.last_day}
    form = SpanForm(request.GET if "tu" in request.GET else None, initial=initial)
    span = form.cleaned_data if form.is_bound and form.is_valid() else initial
    told = queries.synthesis(_voice(request), span["tu"], span["den"])
    context = {"form": form, "told": told, "rows": _rows(request, list(told.rows)), "watch": clocks(span["den"])}
    return render(request, "concerns/synthesis.html", context, status=422 if form.errors else 200)
