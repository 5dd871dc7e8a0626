"""Pages of incidents: the list, one record, recording and correcting."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from diaban.adapters.clock import now
from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.hotspots import actions, listing, queries, traces
from diaban.apps.hotspots.forms import IncidentForm, refuse, seizure_lines
from diaban.apps.hotspots.models import Hotspot, Incident, IncidentKind, PlaceType, Source
from diaban.apps.hotspots.queries.lists import INCIDENT_ORDERS
from diaban.apps.hotspots.views import allowed, pictures, series_pictures
from diaban.apps.hotspots.views.base import Ordered, actor, export_file, page_of
from diaban.apps.places import queries as places
from diaban.apps.places.scope import Scope, scope_of
from diaban.catalogue.substances_loader import measures, substances
from diaban.core.lifecycle import StepRefused
from diaban.core.periods import Grain
from diaban.ui.svgmap import Mark

VIEWS = ("bang", "ban-do", "bieu-do")
FILTERS = ("q", "loai", "nguon", "tu", "den", "diem", "vo_chu", "don_vi", "ky", "huy")
PLAIN = (
    "on", "kind", "source", "place", "place_type", "lon", "lat", "no_suspect", "cases", "arrested", "prosecuted",
    "fined", "note",
)  # fmt: skip


def _ordered(request: HttpRequest, scope: Scope, *needed: Permission) -> tuple[Ordered[Incident], dict[str, Any]]:
    rows = queries.incidents_list(listing.read_incidents(request.GET, scope, rights_of(request), *needed))
    sums = rows.aggregate(
        total=Count("pk"), people=Sum("arrested"), silent=Count("pk", filter=Q(arrested__isnull=True))
    )
    ordered = Ordered(rows, listing.incident_order(request.GET), INCIDENT_ORDERS, scope, sums["total"])
    return ordered, sums


@guard(Permission.INCIDENT_VIEW)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show the incidents as a table, a map or a chart of one and the same query."""
    scope = scope_of(request)
    ordered, sums = _ordered(request, scope)
    if text := request.GET.get("q", "").strip():
        traces.looked(request, "incident", text=text, found=ordered.total)
    columns = listing.chosen(request.GET, listing.INCIDENT_COLUMNS)
    view = request.GET.get("xem", "bang")
    context: dict[str, Any] = {
        "view": view if view in VIEWS else "bang",
        "views": VIEWS,
        "sums": sums,
        "kinds": IncidentKind.choices,
        "sources": Source.choices,
        "columns": columns,
        "all_columns": listing.INCIDENT_COLUMNS,
        "sort": ordered.sort,
        "filtered": any(request.GET.get(name) for name in FILTERS),
        "period_optional": True,
        "period": listing.asked_period(scope),
        "period_says": gettext("Vụ việc xảy ra trong kỳ."),
        "query": request.GET.urlencode(),
        "hotspot": _asked_hotspot(request),
        "may": allowed.may(request),
    }
    if context["view"] == "ban-do":
        marks = _marks(ordered.rows)
        seen, noun = allowed.seen(request, Permission.INCIDENT_VIEW), gettext("vụ việc")
        context["map"] = pictures.count_map(request, ordered.rows, scope, noun=noun, marks=marks, seen=seen)
    elif context["view"] == "bieu-do":
        context["chart"] = series_pictures.incident_chart(ordered.rows, scope)
    else:
        page = page_of(request, ordered)
        records = list(page.object_list)
        names = listing.Names.of((incident.unit_id for incident in records), scope.today)
        context |= {"page": page, "rows": listing.rows_of(records, columns, names)}
    return render(request, "hotspots/incidents.html", context)


def _asked_hotspot(request: HttpRequest) -> Hotspot | None:
    """Return the hot-spot that the address names, if the person sees it."""
    asked = listing.asked_number(request.GET, "diem")
    return queries.spots_seen(rights_of(request)).filter(pk=asked).first() if asked is not None else None


def _marks(rows: QuerySet[Incident]) -> list[tuple[int, Mark]]:
    found = rows.filter(lon__isnull=False).order_by("-on", "-pk")[: pictures.MOST_MARKS]
    return [
        (
            incident.unit_id,
            Mark(
                lon=incident.lon,
                lat=incident.lat,
                kind="incident",
                state="open",
                href=reverse("hotspots:incident", args=[incident.pk]),
                title=f"{incident.code} · {incident.on:%d/%m/%Y} · {IncidentKind(incident.kind).label}",
            ),
        )
        for incident in found
        if incident.lon is not None and incident.lat is not None
    ]


@guard(Permission.INCIDENT_VIEW, also=[Permission.REGISTER_EXPORT])
@require_http_methods(["GET", "POST"])  # a locked workbook is sent in answer to a form
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """Send the rows, the order and the columns that the list shows, of the units whose register one may take out."""
    ordered, _sums = _ordered(request, scope_of(request), Permission.REGISTER_EXPORT)
    columns = listing.chosen(request.GET, listing.INCIDENT_COLUMNS)
    return export_file(
        request,
        form=form,
        register="incident",
        title=gettext("Vụ việc"),
        ordered=ordered,
        columns=columns,
        permission=Permission.INCIDENT_VIEW,
        back="hotspots:incidents",
    )


@guard(Permission.INCIDENT_VIEW)
@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one incident with its counts and what was seized."""
    incident = allowed.incident_seen(request, pk)
    traces.shown(request, incident)
    scope = scope_of(request)
    seized = [
        (
            gettext(substances()[row.substance].title),
            Decimal(row.amount) / measures()[row.measure].scale,
            measures()[row.measure].label,
        )
        for row in incident.seizures.order_by("substance", "measure")
    ]
    counts = [
        (IncidentForm.base_fields[name].label, getattr(incident, name))
        for name in ("cases", "arrested", "prosecuted", "fined")
    ]
    context = {
        "incident": incident,
        "hotspot": _hotspot_seen(request, incident),
        "limited": allowed.seen(request, Permission.HOTSPOT_VIEW) is not None,
        "may": allowed.may(request, incident.unit_id),
        "unit_name": places.names([incident.unit_id], incident.on)[incident.unit_id],
        "place_type": PlaceType(incident.place_type).label if incident.place_type else "",
        "counts": counts,
        "seized": seized,
        "period": scope.regime.containing(incident.on, Grain.MONTH).label.render(gettext),
    }
    return render(request, "hotspots/incident.html", context)


def _hotspot_seen(request: HttpRequest, incident: Incident) -> Hotspot | None:
    return incident.hotspot if queries.sees_spot(rights_of(request), incident.hotspot_id) else None


@guard(Permission.INCIDENT_RECORD)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Record an incident."""
    scope = scope_of(request)
    communes = allowed.offered(request, scope, Permission.INCIDENT_RECORD)
    initial = {
        "on": scope.today,
        "unit": allowed.preset(request, communes),
        "hotspot": _asked_hotspot(request),
    }
    seen = allowed.seen(request, Permission.HOTSPOT_VIEW)
    form = IncidentForm(request.POST or None, communes=communes, seen=seen, initial=initial)
    lines = seizure_lines(request.POST)
    if request.method == "POST" and form.is_valid() and lines.is_valid():
        data = form.cleaned_data
        try:
            incident = actions.record_incident(by=actor(request), at=now(), seizures=lines.seizures(), **data)
        except StepRefused as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, gettext("Đã ghi vụ việc %(code)s.") % {"code": incident.code})
            return redirect("hotspots:incident", pk=incident.pk)
    return _form(request, form, lines)


@guard(Permission.INCIDENT_RECORD)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct an incident."""
    incident = allowed.incident_seen(request, pk)
    allowed.ask(request, Permission.INCIDENT_RECORD, incident.unit_id)
    if incident.voided_at is not None:
        messages.warning(request, gettext("Vụ việc đã hủy ghi nhận; khôi phục trước khi sửa."))
        return redirect("hotspots:incident", pk=incident.pk)
    if request.method == "GET":
        traces.shown(request, incident)
    scope = scope_of(request)
    communes = allowed.offered(request, scope, Permission.INCIDENT_RECORD)
    if incident.unit.uid not in {place.uid for place in communes}:
        communes = [places.place(incident.unit_id, incident.on), *communes]
    initial = {name: getattr(incident, name) for name in PLAIN}
    spot = _hotspot_seen(request, incident)
    initial |= {"unit": incident.unit.uid, "hotspot": spot}
    seen = allowed.seen(request, Permission.HOTSPOT_VIEW)
    form = IncidentForm(request.POST or None, communes=communes, seen=seen, initial=initial)
    seized = [
        {"what": f"{row.substance}.{row.measure}", "amount": _typed(row.amount, row.measure)}
        for row in incident.seizures.order_by("substance", "measure")
    ]
    lines = seizure_lines(request.POST, seized)
    if request.method == "POST" and form.is_valid() and lines.is_valid():
        changes = dict(form.cleaned_data)
        if spot is None and changes["hotspot"] is None:
            del changes["hotspot"]  # a tie that the person does not see is not theirs to cut
        try:
            actions.edit_incident(
                incident=incident, by=actor(request), at=now(), changes=changes, seizures=lines.seizures()
            )
        except StepRefused as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, gettext("Đã lưu."))
            return redirect("hotspots:incident", pk=incident.pk)
    return _form(request, form, lines, incident)


def _typed(amount: int, measure: str) -> str:
    shown = Decimal(amount) / measures()[measure].scale
    return f"{shown.normalize():f}".replace(".", ",")


def _form(request: HttpRequest, form: IncidentForm, lines: Any, incident: Incident | None = None) -> HttpResponse:
    wrong = form.errors or (lines.is_bound and not lines.is_valid())
    context = {"form": form, "lines": lines, "incident": incident}
    return render(request, "hotspots/incident_form.html", context, status=422 if wrong else 200)
