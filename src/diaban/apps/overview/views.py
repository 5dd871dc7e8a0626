"""The first page."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.accounts.models import User
from diaban.apps.localities.queries import sorted_rows
from diaban.apps.overview import pictures, queries, sentences
from diaban.apps.overview.guide import guide
from diaban.apps.overview.programme import glance
from diaban.apps.places.queries import current_area
from diaban.apps.places.scope import scope_of

VIEWS = ("ban-do", "bang", "bieu-do")
MOST_CHANGES = 8


@guard(Permission.HOME_VIEW)
def home(request: HttpRequest) -> HttpResponse:
    """Show what is in sight: the answer, its figures, what is late, what changed; as map, table or chart.

    Who sees neither a register nor the review is told what the account is for.
    """
    rights, scope = rights_of(request), scope_of(request)
    if not queries.sees_register(rights) and not rights.holds(Permission.REVIEW_VIEW):
        told_of = {
            "guide": guide(request, cast(User, request.user), scope.today),
            "keeps": rights.holds(Permission.ACCOUNT_MANAGE),
            "scope": None,  # there is nothing that a place or a period could narrow
        }
        return render(request, "overview/guide.html", told_of)
    found = queries.summary(scope, rights)
    asked = request.GET.get("xem", VIEWS[0])
    view = asked if asked in VIEWS else VIEWS[0]
    sort = request.GET.get("sort", "class")
    moved = [change for change in found.changes if change.direction != "other"]
    context: dict[str, Any] = {
        "found": found,
        "area": current_area() if found.is_empty else None,
        "headline": sentences.headline(found),
        "movement": sentences.movement(found),
        "late": sentences.late(found, scope.given, rights),
        "may_set_area": rights.holds(Permission.UNIT_MANAGE),
        "may_open_cycle": rights.holds(Permission.REVIEW_RUN),
        "may_import": rights.holds(Permission.REGISTER_IMPORT),
        "countdown": sentences.countdown(found),
        "changes": moved[:MOST_CHANGES],
        "changes_left": max(len(moved) - MOST_CHANGES, 0),
        "undetermined": len(found.changes) - len(moved),
        "near": found.near[:MOST_CHANGES],
        "classes": [(klass, n) for klass, n in found.classes.items() if n],
        "view": view,
        "sort": sort,
        "programme": glance(request),
    }
    if view == "ban-do":
        context["map"] = pictures.area_map(found, queries.spots_on_map(found, scope, rights))
    elif view == "bieu-do":
        context["charts"] = pictures.area_charts(found, queries.months(found, scope, rights))
    else:
        rows = sorted_rows(found.rows, sort)
        context["table"] = [(row, found.points.get(row.place.id, 0)) for row in rows]
    return render(request, "overview/home.html", context)
