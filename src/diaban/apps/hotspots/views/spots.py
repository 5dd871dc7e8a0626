"""Pages of hot-spots: the list in three views, one record, opening and describing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from diaban.adapters.clock import now
from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.hotspots import actions, listing, queries, traces
from diaban.apps.hotspots.facts import facts_for
from diaban.apps.hotspots.forms import HotspotForm, PlaceForm, refuse
from diaban.apps.hotspots.models import Grade, Hotspot, Kind
from diaban.apps.hotspots.queries.lists import HOTSPOT_ORDERS
from diaban.apps.hotspots.queries.lives import workflow_on
from diaban.apps.hotspots.views import allowed, pictures
from diaban.apps.hotspots.views.base import Ordered, actor, export_file, page_of
from diaban.apps.hotspots.views.timeline import lines_of
from diaban.apps.places.scope import Scope, scope_of
from diaban.core.lifecycle import (
    History,
    Movement,
    Requirement,
    Settings,
    StepRefused,
    Transition,
    permitted,
    permitted_from,
)

VIEWS = ("bang", "ban-do", "bieu-do")
SHOWN_INCIDENTS = 10


def _ordered(request: HttpRequest, scope: Scope, *needed: Permission) -> tuple[Ordered[Hotspot], dict[str, int]]:
    """Return the rows that the address asks for and the person sees, and how many of them are in each state."""
    rows = queries.hotspots_list(listing.read_hotspots(request.GET, scope, rights_of(request), *needed))
    by_state = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    sort = listing.hotspot_order(request.GET)
    return Ordered(rows, sort, HOTSPOT_ORDERS, scope, sum(by_state.values())), by_state


@guard(Permission.HOTSPOT_VIEW)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show the register as a table, a map or a chart of one and the same query."""
    scope = scope_of(request)
    ordered, by_state = _ordered(request, scope)
    if text := request.GET.get("q", "").strip():
        traces.looked(request, "hotspot", text=text, found=ordered.total)
    columns = listing.chosen(request.GET, listing.HOTSPOT_COLUMNS)
    workflow = workflow_on(scope.today)
    view = request.GET.get("xem", "bang")
    context: dict[str, Any] = {
        "view": view if view in VIEWS else "bang",
        "views": VIEWS,
        "total": ordered.total,
        "existing": sum(by_state.get(state, 0) for state in workflow.existing_states),
        "states": [(s.code, gettext(s.title), by_state.get(s.code, 0)) for s in workflow.states],
        "chosen_states": request.GET.getlist("trang_thai"),
        "kinds": Kind.choices,
        "grades": Grade.choices,
        "columns": columns,
        "all_columns": listing.HOTSPOT_COLUMNS,
        "sort": ordered.sort,
        "filtered": any(
            request.GET.get(name)
            for name in ("q", "loai", "trang_thai", "muc", "tu", "den", "tai", "het_han", "don_vi", "ky")
        ),
        "period_optional": True,
        "period": listing.asked_period(scope),
        "period_says": gettext("Điểm có bước trong kỳ."),
        "query": request.GET.urlencode(),
        "may": allowed.may(request),
        "limited": allowed.seen(request, Permission.HOTSPOT_VIEW) is not None,
    }
    if context["view"] == "ban-do":
        marks = pictures.spot_marks(ordered.rows, scope)
        seen = allowed.seen(request, Permission.HOTSPOT_VIEW)
        context["map"] = pictures.count_map(request, ordered.rows, scope, noun=gettext("điểm"), marks=marks, seen=seen)
    elif context["view"] == "bieu-do":
        context["chart"] = pictures.flow_chart(ordered.rows, scope)
    else:
        page = page_of(request, ordered)
        records = list(page.object_list)
        names = listing.Names.of((spot.unit_id for spot in records), scope.today)
        context |= {"page": page, "rows": listing.rows_of(records, columns, names)}
    return render(request, "hotspots/list.html", context)


@guard(Permission.HOTSPOT_VIEW, also=[Permission.REGISTER_EXPORT])
@require_http_methods(["GET", "POST"])  # a locked workbook is sent in answer to a form
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """Send the rows, the order and the columns that the list shows, of the units whose register one may take out."""
    ordered, _by_state = _ordered(request, scope_of(request), Permission.REGISTER_EXPORT)
    columns = listing.chosen(request.GET, listing.HOTSPOT_COLUMNS)
    return export_file(
        request,
        form=form,
        register="hotspot",
        title=gettext("Điểm, tụ điểm"),
        ordered=ordered,
        columns=columns,
        permission=Permission.HOTSPOT_VIEW,
        back="hotspots:list",
    )


@guard(Permission.HOTSPOT_VIEW)
@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show where a hot-spot stands, what may come next, its facts, its history and its incidents."""
    spot = allowed.spot_seen(request, pk)
    traces.shown(request, spot)
    scope = scope_of(request)
    rights = rights_of(request)
    history = queries.history_of(spot, scope.today)
    incidents = queries.incidents_seen(rights).filter(hotspot=spot, voided_at__isnull=True)
    merged_into = spot.merged_into if queries.sees_spot(rights, spot.merged_into_id) else None
    heirs = queries.carried([spot.unit_id], scope.today)
    heir = heirs[spot.unit_id]
    names = listing.Names.of({spot.unit_id, heir or spot.unit_id}, scope.today)
    may = allowed.may(request, spot.unit_id)
    may["undo"] = may["step"] and _may_undo(request, history)
    offered = [step for step in permitted(history) if may["step"] and _may_take(request, step, spot, scope)]
    main, waiting, other = _next_steps(history, offered, queries.settings_on(scope.today), scope.today)
    return render(
        request,
        "hotspots/detail.html",
        {
            "spot": spot,
            "unit": spot.unit,
            "unit_name": names.units[spot.unit_id],
            "unit_today": names.units[heir] if heir and heir != spot.unit_id else "",
            "state": history.workflow.state(spot.state),
            "state_title": names.states[spot.state],
            "state_tone": listing.STATE_TONES.get(spot.state, "closed"),
            "since": history.last.step.on if history.last else None,
            "main_steps": main,
            "waiting_steps": waiting,
            "other_steps": other,
            "may": may,
            "may_anywhere": allowed.may(request),
            "merged_into": merged_into,
            "facts": facts_for(request, spot),
            "voided": history.voided,
            "watch_months": queries.settings_on(scope.today).watch_months,
            "behaviours": listing.HOTSPOT_COLUMNS[10].cell(spot, names).value,
            "timeline": lines_of(spot, scope.today, target_seen=merged_into is not None),
            "merged_from": queries.spots_seen(rights).filter(merged_into=spot).order_by("code"),
            "incident_count": incidents.count(),
            "incidents": incidents.order_by("-on", "-pk")[:SHOWN_INCIDENTS],
            "map": pictures.spot_map(spot, scope),
        },
    )


def _may_take(request: HttpRequest, step: Transition, spot: Hotspot, scope: Scope) -> bool:
    """A step that takes a spot to another unit is offered to somebody who has another unit to take it to."""
    if Requirement.UNIT not in step.requires:
        return True
    return any(place.id != spot.unit_id for place in allowed.offered(request, scope, Permission.HOTSPOT_STEP))


def _may_undo(request: HttpRequest, history: History) -> bool:
    """The last step is taken back by somebody who may act where the spot then lies again."""
    if len(history.effective) < 2:
        return False
    before = int(history.effective[-2].unit)
    return rights_of(request).can(Permission.HOTSPOT_STEP, unit=before).allowed


@dataclass(frozen=True, slots=True)
class NextStep:
    """A step along the chain. `primary`: the usual one; `on`: the day from which it is permitted, when not yet."""

    verb: str
    title: str
    primary: bool = False
    on: date | None = None


def _next_steps(
    history: History, offered: list[Transition], settings: Settings, today: date
) -> tuple[list[NextStep], list[NextStep], list[Transition]]:
    """Part the steps offered: along the chain, along it but not yet (the watch runs), and out of it or beside it.

    A removal that needs its own reason, because no watch period is set, is possible but not the usual step; nor is a
    re-formation, which nobody hopes for.
    """
    aside = {"move", "reclassify", "regrade", "merge", "hand_over", "strike", "dismiss"}
    ready: list[NextStep] = []
    later: list[NextStep] = []
    other: list[Transition] = []
    for step in offered:
        day = permitted_from(history, step, settings)
        unusual = step.movement is Movement.REFORMED or (Requirement.WATCH_OVER in step.requires and day is None)
        if step.verb in aside:
            other.append(step)
        elif day is not None and today < day:
            later.append(NextStep(step.verb, step.title, on=day))
        else:
            ready.append(NextStep(step.verb, step.title, primary=not unusual and not any(one.primary for one in ready)))
    return ready, later, other


@guard(Permission.HOTSPOT_RECORD)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Open a hot-spot."""
    scope = scope_of(request)
    openings = workflow_on(scope.today).from_state("")
    communes = allowed.offered(request, scope, Permission.HOTSPOT_RECORD)
    initial = {"on": scope.today, "decider": actor(request).title, "verb": "detect"}
    initial["unit"] = allowed.preset(request, communes)
    form = HotspotForm(request.POST or None, communes=communes, openings=openings, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            spot = actions.create_hotspot(
                by=actor(request),
                at=now(),
                unit=data["unit"],
                kind=data["kind"],
                grade=data["grade"],
                verb=data["verb"],
                on=data["on"],
                document=data["document"],
                decider=data["decider"],
                **_without_name(form.described()),
                name=data["name"],
            )
        except StepRefused as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, gettext("Đã mở %(code)s. Bước tiếp theo ở ngay dưới.") % {"code": spot.code})
            return redirect("hotspots:detail", pk=spot.pk)
    return render(request, "hotspots/form.html", {"form": form}, status=422 if form.errors else 200)


def _without_name(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "name"}


@guard(Permission.HOTSPOT_RECORD)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Describe a hot-spot anew; what its steps decide is not here."""
    spot = allowed.spot_seen(request, pk)
    allowed.ask(request, Permission.HOTSPOT_RECORD, spot.unit_id)
    if spot.state == workflow_on(scope_of(request).today).voided_state:
        messages.warning(request, gettext("Hồ sơ đã hủy ghi nhận; khôi phục trước khi sửa."))
        return redirect("hotspots:detail", pk=spot.pk)
    initial = {name: getattr(spot, name) for name in PlaceForm.base_fields} | {"behaviours": spot.behaviour_codes}
    form = PlaceForm(request.POST or None, initial=initial)
    if request.method == "GET":
        traces.shown(request, spot)
    if request.method == "POST" and form.is_valid():
        actions.edit_hotspot(hotspot=spot, by=actor(request), at=now(), changes=form.described())
        messages.success(request, gettext("Đã lưu."))
        return redirect("hotspots:detail", pk=spot.pk)
    return render(request, "hotspots/form.html", {"form": form, "spot": spot}, status=422 if form.errors else 200)
