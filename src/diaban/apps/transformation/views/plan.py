"""The plan of one locality: fidelity first, then what was found, why here, what is done, what came of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET

from diaban.adapters.clock import today
from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.agencies import queries as agencies
from diaban.apps.analyses.beside import evaluation_of
from diaban.apps.choosing.queries import visible_dossiers
from diaban.apps.places import queries as places
from diaban.apps.transformation import queries
from diaban.apps.transformation.models import Transformation, Work
from diaban.apps.transformation.pictures import months_chart, shown_value
from diaban.apps.transformation.queries import Carried, Effects
from diaban.apps.transformation.shown import (
    JUDGED_TONES,
    TONES,
    VERDICT_TONES,
    VERDICTS,
    VERDICTS_SHORT,
    answers_of,
    phases_of,
    state_title,
    told,
)
from diaban.apps.transformation.views.found import offers, plan_of
from diaban.apps.vault.privacy import Veiled
from diaban.catalogue.steps_loader import steps
from diaban.core.transformation import Judgement
from diaban.core.transformation.fidelity import Turn, kept

KEPT_WORDS = {
    "on_time": (gettext_noop("đúng hạn"), "ok"),
    "late": (gettext_noop("muộn"), "warn"),
    "unconfirmed": (gettext_noop("chờ xác nhận"), "wait"),
    "not_done": (gettext_noop("quá hạn"), "warn"),
    "ahead": (gettext_noop("chưa đến hạn"), "neutral"),
    "dropped": (gettext_noop("thôi thực hiện"), "closed"),
}


@guard(Permission.TRANSFORM_VIEW)
@require_GET
def plan(request: HttpRequest, code: str) -> HttpResponse:
    """Show the plan."""
    return render(request, "transformation/plan.html", page_of(request, plan_of(request, code)))


def page_of(request: HttpRequest, row: Transformation) -> dict[str, Any]:
    """Return what the page of a plan shows, within the reader's sight and clearance."""
    on, rights = today(), rights_of(request)
    carried = queries.carried_out([row], on)[row.pk]
    scan, effects = queries.scan_of(row, rights, on), queries.effects_of(row, rights, on)
    owner = agencies.owner_of_unit(row.unit, on)
    table = queries.table_of(row)
    return head_of(row, on, carried) | {
        "plan": Veiled(row, rights.cleared),
        "offers": offers(rights, row, on),
        "state_why": _(table.state(row.state).why),
        "owner": owner,
        "answers": answers_of(row),
        "scan": scan,
        "chart": months_chart(scan),
        "works": _works(row, on, rights.holds(Permission.TASK_VIEW)),
        "effects": effects,
        "verdict": VERDICTS[effects.standing],
        "verdict_short": VERDICTS_SHORT[effects.standing],
        "verdict_tone": VERDICT_TONES[effects.standing],
        "basket": _basket(effects),
        "may_keep": row.live and rights.can(Permission.TRANSFORM_KEEP, unit=row.unit_id).allowed,
        "may_give": row.live and rights.can(Permission.TASK_ASSIGN, unit=row.unit_id).allowed,
        "may_journal": rights.can(Permission.AUDIT_VIEW).allowed,
        "passages": [
            (Veiled(one, rights.cleared), _passage_title(row, one.verb)) for one in row.passages.order_by("-seq")
        ],
        "phase_rows": [(one.title, one.fidelity) for one in phases_of(row, carried, on) if one.fidelity],
        "agency_rows": list(carried.by_agency.items()),
        "evaluation": evaluation_of(request, row.unit.uid, row.starts),
        "may_see_choice": row.choice is not None and visible_dossiers(rights).filter(pk=row.choice.dossier_id).exists(),
    }


def head_of(row: Transformation, on: date, carried: Carried | None = None) -> dict[str, Any]:
    """Return what every page on one plan says first."""
    found = carried or queries.carried_out([row], on)[row.pk]
    return {
        "plan": row,
        "name": places.names([row.unit_id], on)[row.unit_id],
        "uid": row.unit.uid,
        "state": state_title(row),
        "tone": TONES[row.state],
        "carried": found,
        "told": told(found.whole),
        "told_tone": JUDGED_TONES[found.whole.judgement],
        "judged": found.whole.judgement is Judgement.ENOUGH,
        "phases": phases_of(row, found, on),
    }


def _passage_title(row: Transformation, verb: str) -> str:
    return _("Lập kế hoạch") if verb == "make" else _(queries.table_of(row).move(verb).title)


def _works(row: Transformation, on: date, seen: bool) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the tasks by phase, in the order of the phases; nothing to whoever sees no tasks."""
    if not seen:
        return []
    works = queries.works_of(row)
    stages = steps(on)
    found = []
    for kind in queries.table_of(row).phases:
        own = [_work(one, on, stages) for one in works if one.phase == kind.code]
        if own:
            found.append((_(kind.title), own))
    return found


def _work(work: Work, on: date, stages: Any) -> dict[str, Any]:
    turn = work.task.current
    what = kept(Turn(turn.due, turn.state, turn.reported_on), on) if turn else None
    words, tone = KEPT_WORDS[str(what)] if what else ("", "neutral")
    return {
        "task": work.task,
        "turn": turn,
        "stage": _(stages.state(turn.state).title) if turn else "",
        "kept": _(words) if words else "",
        "tone": tone,
    }


def _basket(effects: Effects) -> list[dict[str, Any]]:
    """Return the lines of the basket with their figures as numbers; None is not known, "" out of sight."""
    return [
        {
            "title": line.measured.title,
            "caution": line.measured.caution,
            "own": [shown_value(figure) for figure in line.own],
            "others": [
                [shown_value(figure) for figure in other] if other is not None else None for other in line.others
            ],
        }
        for line in effects.lines
    ]
