"""The transformations within sight, with progress and fidelity; and the decided localities that have no plan yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from diaban.adapters.clock import today
from diaban.apps.access import Permission, Rights, guard, rights_of
from diaban.apps.agencies import queries as agencies
from diaban.apps.choosing.models import Choice, Dossier
from diaban.apps.places import queries as places
from diaban.apps.transformation import queries
from diaban.apps.transformation.models import LIVE, Transformation
from diaban.apps.transformation.queries import Carried, class_history
from diaban.apps.transformation.shown import (
    JUDGED_TONES,
    TONES,
    VERDICT_TONES,
    VERDICTS_SHORT,
    PhaseShown,
    brief,
    phases_of,
    state_title,
)
from diaban.catalogue.transformation_loader import table_on
from diaban.core.text import fold, sort_key
from diaban.core.transformation import Judgement, Standing, verdict_of

PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One transformation in the list."""

    row: Transformation
    name: str
    state: str
    tone: str
    phase: str
    carried: Carried
    kept: str
    kept_tone: str
    newest: str
    verdict: str
    verdict_tone: str
    owner: str


@guard(Permission.TRANSFORM_VIEW)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """List the transformations; say what waits for a plan."""
    on, rights = today(), rights_of(request)
    rows = queries.visible(rights).select_related("unit", "baseline_cycle").prefetch_related("phases")
    asked = {
        "q": request.GET.get("q", "").strip(),
        "state": request.GET.get("buoc", ""),
        "unit": request.GET.get("xa", ""),
    }
    every = lines_of(list(rows), on)
    shown = _sorted(_narrowed(every, asked), request.GET.get("sort", "name"))
    named = places.unit_by_uid(asked["unit"]) if asked["unit"] else None
    waiting = [one for one in _waiting(rights, on) if not named or one["uid"] == named.uid]
    context: dict[str, Any] = {
        "heading": _heading([one for one in every if one.row.live], waiting),
        "lines": shown,
        "page": Paginator(shown, PAGE).get_page(request.GET.get("page")),
        "all": len(every),
        "asked": asked,
        "filtered": any(asked.values()),
        "states": [(one.code, _(one.title)) for one in table_on(on).states],
        "sort": request.GET.get("sort", "name"),
        "waiting": waiting,
        "may_choose": rights.holds(Permission.CHOICE_VIEW),
        "startable": _startable(rights, on, asked["unit"]),
    }
    return render(request, "transformation/list.html", context)


def lines_of(rows: list[Transformation], on: date) -> list[Line]:
    """Return what the list says of each transformation. A fixed number of queries, however many."""
    carried = queries.carried_out(rows, on)
    names = places.names({row.unit_id for row in rows}, on)
    history = class_history({row.unit_id for row in rows})
    owners = agencies.owners_of_units([row.unit_id for row in rows], on)
    found = []
    for row in rows:
        own = carried[row.pk]
        phases = phases_of(row, own, on)
        newest = next((one.decided for one in reversed(history[row.unit_id]) if one.decided), "")
        verdict = verdict_of(row.baseline_cycle.year, row.baseline_class, history[row.unit_id])
        owner = owners.get(row.unit_id)
        found.append(
            Line(
                row=row,
                name=names[row.unit_id],
                state=state_title(row),
                tone=TONES[row.state],
                phase=_phase(phases) if row.live else "",
                carried=own,
                kept=brief(own.whole),
                kept_tone=JUDGED_TONES[own.whole.judgement],
                newest=newest,
                verdict=str(VERDICTS_SHORT[verdict]),
                verdict_tone=VERDICT_TONES[verdict],
                owner=owner.title if owner else "",
            )
        )
    return found


def _phase(phases: list[PhaseShown]) -> str:
    """Return the phase of today in words."""
    if any(one.state == "held" for one in phases):
        return _("hết thời gian đã định, chờ chuyển loại")
    return next((one.title for one in phases if one.state == "now"), "")


def _narrowed(lines: list[Line], asked: dict[str, str]) -> list[Line]:
    text = fold(asked["q"])
    return [
        one
        for one in lines
        if (not text or text in fold(f"{one.name} {one.row.code}"))
        and (not asked["state"] or one.row.state == asked["state"])
        and (not asked["unit"] or one.row.unit.uid == asked["unit"])
    ]


def _sorted(lines: list[Line], sort: str) -> list[Line]:
    keys = {
        "name": lambda one: sort_key(one.name),
        "state": lambda one: (one.row.state not in LIVE, one.row.state),
        "kept": lambda one: one.carried.whole.share if one.carried.whole.share is not None else 2.0,
        "starts": lambda one: one.row.starts,
    }
    key = keys.get(sort.lstrip("-"), keys["name"])
    return sorted(lines, key=key, reverse=sort.startswith("-"))


def _waiting(rights: Rights, on: date) -> list[dict[str, Any]]:
    """Return the communes that a decision in force chose and that have no plan made from it, within sight."""
    rows = (
        Choice.objects.filter(dossier__state=Dossier.State.DECIDED, role=Choice.Role.CHOSEN, transformations=None)
        .select_related("dossier", "unit")
        .order_by("dossier", "place", "pk")
    )
    found = list(rights.visible(rows, Permission.TRANSFORM_VIEW))
    running = set(Transformation.objects.filter(state__in=LIVE).values_list("unit", flat=True))
    names = places.names({one.unit_id for one in found}, on)
    return [
        {
            "choice": one,
            "uid": one.unit.uid,
            "name": names[one.unit_id],
            "may": rights.can(Permission.TRANSFORM_KEEP, unit=one.unit_id).allowed,
        }
        for one in found
        if one.unit_id not in running
    ]


def _startable(rights: Rights, on: date, uid: str) -> list[tuple[str, str]]:
    """Return the communes (uid, name) for which this person may begin a plan: all, or the one that is asked for."""
    units = rights.units(Permission.TRANSFORM_KEEP)
    running = set(Transformation.objects.filter(state__in=LIVE).values_list("unit", flat=True))
    found = [
        place
        for place in places.area_places(on)
        if (units is None or place.id in units) and place.id not in running and (not uid or place.uid == uid)
    ]
    return [(place.uid, place.name) for place in sorted(found, key=lambda one: one.order)]


def _heading(live: list[Line], waiting: list[dict[str, Any]]) -> str:
    if not live and waiting:
        return ngettext(
            "{n} địa bàn đã được chọn, chưa có kế hoạch chuyển hóa",
            "{n} địa bàn đã được chọn, chưa có kế hoạch chuyển hóa",
            len(waiting),
        ).format(n=len(waiting))
    if not live:
        return _("Chưa có địa bàn nào đang chuyển hóa")
    low = sum(one.carried.whole.judgement is Judgement.LOW for one in live)
    moved = sum(one.verdict == str(VERDICTS_SHORT[Standing.LOWERED]) for one in live)
    parts = [_("{n} địa bàn đang chuyển hóa").format(n=len(live))]
    if low:
        parts.append(_("{n} nơi làm chưa đủ việc").format(n=low))
    if moved:
        parts.append(_("{n} nơi đã chuyển loại").format(n=moved))
    return ", ".join(parts)
