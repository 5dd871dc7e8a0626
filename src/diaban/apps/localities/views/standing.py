"""One unit in a review: its result, the working, the figures, what would be if they were others, its history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.localities import figures, queries
from diaban.apps.localities.models import Cycle, Stage, Standing
from diaban.apps.localities.queries.shown import Working, working
from diaban.apps.localities.queries.standings import Row
from diaban.apps.localities.queries.working import Assessed, assess, required_figures, snapshot
from diaban.apps.localities.stages import AWAITED, offers
from diaban.apps.localities.views.found import cycle_of, full, may, row_of, units_in_sight
from diaban.apps.vault.privacy import Veiled
from diaban.core.rules import what_if

SENT = "thu"  # says that the what-if's form was sent
TRIED = "thu_"  # prefix of the what-if's fields in the address


@dataclass(frozen=True, slots=True)
class Trial:
    """The what-if: the values tried, what was wrong with them, and what the class would be."""

    fields: tuple[tuple[figures.Figure, str, str], ...]
    problems: tuple[str, ...]
    changed: bool
    before: str
    after: str
    differences: tuple[str, ...]
    working: Working | None


def trial(request: HttpRequest, cycle: Cycle, declared: Mapping[str, figures.Value]) -> Trial:
    """Return what the figures in the address would make of the unit; nothing is stored."""
    law = queries.law_of(cycle)
    codes = [code for code in required_figures(law) if code in figures.BY_CODE]
    values, problems, fields = dict(declared), [], []
    asked = any(name == SENT or name.startswith(TRIED) for name in request.GET)
    for code in codes:
        figure = figures.BY_CODE[code]
        # A form that was sent names only the fields that are not empty: what it leaves out is tried as not reported.
        text = request.GET.get(TRIED + code, "" if SENT in request.GET else None)
        if text is None:
            kept = declared.get(code)
            text = "" if kept is None else str(kept)
        try:
            values[code] = figures.clean(code, text)
        except figures.BadFigure as wrong:
            problems.append(str(wrong))
        fields.append((figure, TRIED + code, text))
    before = assess(law, declared, cycle.settings)
    if not asked or problems or all(values[code] == declared.get(code) for code in codes):
        return Trial(tuple(fields), tuple(problems), False, before.proposed, before.proposed, (), None)
    after = assess(law, values, cycle.settings)
    return Trial(
        tuple(fields),
        (),
        True,
        before.proposed,
        after.proposed,
        differences(before, after),
        working(snapshot(after, values)),
    )


def differences(before: Assessed, after: Assessed) -> tuple[str, ...]:
    """Return in words what changes between two assessments."""
    new = after.assessment.figures
    changes: dict[str, Any] = {
        name: getattr(new, name)
        for name in type(new).__dataclass_fields__
        if name != "sources" and getattr(new, name) != getattr(before.assessment.figures, name)
    }
    return tuple(one.render(gettext) for one in what_if(before.assessment, **changes).differences)


@guard(Permission.REVIEW_VIEW)
def standing(request: HttpRequest, year: int, uid: str) -> HttpResponse:
    """Show one unit in a review."""
    cycle = cycle_of(year)
    row = row_of(request, cycle, uid)
    standing = full(row)
    sums = rights_of(request).can(Permission.SERIES_VIEW, unit=standing.unit_id).allowed
    declared = (
        {code: getattr(row.declaration, code) for code in figures.CODES} if row.declaration else dict(figures.EMPTY)
    )
    cleared = rights_of(request).cleared
    decisions = standing.decisions.order_by("-pk").select_related("supersedes")
    context = page_of(request, cycle, row, standing) | {
        "trial": trial(request, cycle, declared),
        "inputs": queries.inputs_of(cycle, row.standing.unit_id, row.declaration, cleared=cleared, registers=sums),
        "ancestors": queries.in_sight(row.previous.ancestors, units_in_sight(request)),
        "timeline": queries.timeline(standing, cleared=cleared),
        "decisions": [Veiled(one, cleared) for one in decisions],
    }
    return render(request, "localities/standing.html", context)


def page_of(request: HttpRequest, cycle: Cycle, row: Row, standing: Standing) -> dict[str, Any]:
    """Return what every page on one unit shows: where it is, how far it has come, what may be done."""
    law, rights = queries.law_of(cycle), rights_of(request)
    found = offers(rights, standing)
    may_act = any(not one.reason for one in found)
    return {
        "cycle": cycle,
        "may": may(request, cycle),
        "may_declare": rights.can(Permission.FIGURES_DECLARE, unit=standing.unit_id).allowed,
        "row": row,
        "standing": Veiled(standing, rights.cleared),
        "working": working(standing.proposal),
        "decided_working": working(standing.decision.proposal) if standing.decision else None,
        "offers": found,
        "may_act": may_act,
        "awaited": "" if may_act else AWAITED.get(Stage(standing.stage), ""),
        "decided_words": queries.class_label(row.decided_class, law) if row.decided_class else "",
        "law": law,
        "locked": cycle.state == Cycle.State.CLOSED,
    }
