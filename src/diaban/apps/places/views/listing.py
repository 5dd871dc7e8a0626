"""The list of units and the search by any name."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.places.listing import LEVELS, UnitRow, former_units, in_order, unit_rows
from diaban.apps.places.models import Kind, Level
from diaban.apps.places.scope import scope_of
from diaban.apps.places.views.maps import MOST_DRAWN, people_map

PAGE_ROWS = 50


@guard(Permission.UNIT_VIEW)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The units of the scope on its day, as table or map."""
    scope = scope_of(request)
    text = request.GET.get("q", "")
    level = LEVELS.get(request.GET.get("cap", ""), Level.COMMUNE)
    kind = request.GET.get("loai", "")
    everywhere = request.GET.get("pham_vi") == "tat-ca"
    rows = unit_rows(scope.on, roots=() if everywhere else scope.roots, level=level, kind=kind, text=text)
    rows = in_order(rows, request.GET.get("sort", "ten"))
    view = "ban-do" if request.GET.get("xem") == "ban-do" else "bang"
    districts = sum(row.place.level == Level.DISTRICT for row in rows) if level == Level.COMMUNE else 0
    drawable = view == "ban-do" and 0 < len(rows) <= MOST_DRAWN
    drawn = people_map(rows, scope.on, scope.carry) if drawable else None
    return render(
        request,
        "places/list.html",
        {
            "page": Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page")),
            "count": len(rows),
            "lowest_districts": districts,
            "communes": len(rows) - districts,
            "people": sum(row.figure.value for row in rows if row.figure is not None),
            "without_figure": sum(row.figure is None for row in rows),
            "sort": "ten",
            "q": text,
            "level": level,
            "levels": [(code, name.label, name == level) for code, name in LEVELS.items()],
            "kinds": [(one.value, one.label, one.value == kind) for one in Kind],
            "everywhere": everywhere,
            "may_manage": rights_of(request).holds(Permission.UNIT_MANAGE),
            "former": former_units(text, scope.on) if text.strip() else [],
            "view": view,
            "views": ["ban-do", "bang"],
            "map": drawn[1] if drawn else None,
            "map_title": drawn[0] if drawn else "",
            "too_many": view == "ban-do" and len(rows) > MOST_DRAWN,
        },
    )


@guard(Permission.UNIT_VIEW)
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Units by any name they ever had, or by code, of the whole register."""
    scope = scope_of(request)
    text = request.GET.get("q", "")
    rows: list[UnitRow] = []
    former = former_units(text, scope.on, limit=100) if text.strip() else []
    if text.strip():
        for level in (Level.COMMUNE, Level.DISTRICT, Level.PROVINCE):
            rows += [row for row in unit_rows(scope.on, level=level, text=text) if row not in rows]
    return render(
        request,
        "places/search.html",
        {
            "q": text,
            "page": Paginator(in_order(rows, "ten"), PAGE_ROWS).get_page(request.GET.get("page")),
            "count": len(rows),
            "met": len(rows) + len(former),
            "former": former,
        },
    )
