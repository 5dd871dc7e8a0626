"""The page of one task: how it stands, what may be done next, what was done, what it carries out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from diaban.adapters.clock import today
from diaban.apps.access import Permission, guard
from diaban.apps.agencies import queries as agencies
from diaban.apps.places import queries as places
from diaban.apps.programme.models import Evidence, Extension, Step, Task, Turn
from diaban.apps.programme.neighbours import neighbours_of
from diaban.apps.programme.queries.overview.states import WORKS, Look, Work, work_of
from diaban.apps.programme.queries.page import acts, permitted, seen_elsewhere, sentences
from diaban.apps.programme.queries.sight import sees_evidence, visible_tasks
from diaban.apps.programme.views.base import Asked, actor, asked_task
from diaban.apps.vault.privacy import Veiled
from diaban.catalogue.steps_loader import steps
from diaban.core.lifecycle.steps import Move, Part
from diaban.core.privacy import PrivacyClass, mask

MAIN = ("begin", "report", "confirm")
"""Steps that are the way onward; those of `SIDE` stand beside them, the rest is folded away."""
SIDE = ("progress", "send_back")
ROUTES = {Part.CARRIES_OUT: "programme:work", Part.CONFIRMS: "programme:judge", Part.ASSIGNS: "programme:settle"}
CHILDREN = 60


@dataclass(frozen=True, slots=True)
class Way:
    """A step that the reader may take, and the name of its page's address."""

    move: Move
    route: str


@dataclass(frozen=True, slots=True)
class TurnRow:
    """One turn as the page shows it."""

    turn: Turn
    look: Look
    state: str
    late: int
    moved: bool


def row_of(turn: Turn, on: date) -> TurnRow:
    """Return how a turn stands on `on`; late by the day of the report, or by today while nothing was reported."""
    if turn.final:
        look = WORKS[Work.OFF if turn.state == "dropped" else Work.DONE]
    elif turn.first_day > on and turn.state == "given":
        look = WORKS[Work.COMING]
    else:
        look = WORKS[work_of(turn.due, turn.reported_on is not None, on)]
    until = turn.reported_on or (None if turn.final else on)
    late = max(0, (until - turn.due).days) if until and turn.due else 0
    return TurnRow(turn, look, _(steps(on).state(turn.state).title), late, turn.due != turn.first_due)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a turn's history; `by` is masked for whoever is not cleared."""

    step: Step
    title: str
    by: str
    in_name_of: str


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence; `spot` is empty for whoever does not see the hot-spot."""

    row: Evidence
    by: str
    spot: Any
    same: tuple[str, ...]


@guard(Permission.TASK_VIEW)
@require_GET
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Show a task and one of its turns (`lan`; the current one without it)."""
    asked, on = asked_task(request, code), today()
    task = asked.task
    turns = [row_of(turn, on) for turn in task.turns.order_by("-seq")]
    chosen = _chosen(request, task, turns)
    moves = (
        permitted(task, chosen.turn, rights=asked.rights, seats=asked.seats, name=actor(request).username, on=on)
        if chosen
        else ()
    )
    holder = agencies.holder_of(task.post, on) if task.post else None
    cleared = asked.rights.cleared
    context: dict[str, Any] = {
        "task": task,
        "co": [one.agency for one in task.co.all()],
        "unit_name": places.names([task.unit_id], on)[task.unit_id] if task.unit_id else "",
        "holder": mask(str(holder), PrivacyClass.OFFICER, cleared) if holder else "",
        "closed": task.state != Task.State.OPEN,
        "turns": turns,
        "chosen": chosen,
        "why": _(steps(on).state(chosen.turn.state).why) if chosen else "",
        "main_moves": [Way(move, ROUTES[move.part]) for move in moves if move.verb in MAIN],
        "side_moves": [Way(move, ROUTES[move.part]) for move in moves if move.verb in SIDE],
        "other_moves": [Way(move, ROUTES[move.part]) for move in moves if move.verb not in (*MAIN, *SIDE)],
        "may": acts(task, rights=asked.rights, seats=asked.seats),
        "sentences": sentences(task, asked.rights),
        "neighbours": neighbours_of(request, task),
        "parent": _parent(asked),
        **_children(asked, chosen, on),
        **(_of_turn(asked, chosen.turn, on) if chosen else {}),
        **_money(task),
    }
    return render(request, "programme/task.html", context)


def _chosen(request: HttpRequest, task: Task, turns: list[TurnRow]) -> TurnRow | None:
    wanted = request.GET.get("lan", "")
    by_seq = {str(row.turn.seq): row for row in turns}
    current = next((row for row in turns if row.turn.pk == task.current_id), None)
    return by_seq.get(wanted) or current or (turns[0] if turns else None)


def _parent(asked: Asked) -> Task | None:
    if asked.task.parent_id is None:
        return None
    return visible_tasks(asked.rights).filter(pk=asked.task.parent_id).first()


def _children(asked: Asked, chosen: TurnRow | None, on: date) -> dict[str, Any]:
    """Return the tasks below within sight, and how many of them are done: "27/30 xã đã xong".

    Work that comes again is counted in the period that the page shows; what falls due once, as it stands.
    """
    below = visible_tasks(asked.rights).filter(parent=asked.task).exclude(state=Task.State.CANCELLED)
    turns = Turn.objects.filter(task__in=below)
    if asked.task.regime and chosen is not None:
        turns = turns.filter(first_day=chosen.turn.first_day)
    else:
        turns = turns.filter(pk__in=below.values("current"))
    counted = turns.aggregate(
        n=Count("pk"), done=Count("pk", filter=Q(final=True)), said=Count("pk", filter=Q(state="reported"))
    )
    if not counted["n"]:
        return {"children": []}
    shown = list(turns.select_related("task__lead").order_by("final", "due", "task__code")[:CHILDREN])
    names = places.names([one.task.unit_id for one in shown if one.task.unit_id], on)
    children = [{"unit": names.get(one.task.unit_id or 0, ""), "row": row_of(one, on)} for one in shown]
    return {"children": children, "children_n": counted["n"], "children_done": counted["done"],
            "children_said": counted["said"], "children_more": counted["n"] - len(shown)}  # fmt: skip


def _of_turn(asked: Asked, turn: Turn, on: date) -> dict[str, Any]:
    """Return the history, the evidence and the wishes for more time of one turn."""
    cleared = asked.rights.cleared
    titles = {move.verb: _(move.title) for move in steps(on).moves}
    lines = [
        Line(one, titles.get(one.verb, one.verb), str(Veiled(one, cleared).recorded_by),
             str(Veiled(one, cleared).in_name_of) if one.in_name_of else "")
        for one in turn.steps.order_by("-seq")
    ]  # fmt: skip
    sees = sees_evidence(asked.rights, asked.seats, asked.task)
    pieces: list[Piece] = []
    if sees:
        turn.task = asked.task
        rows = list(turn.evidence.select_related("hotspot").defer("file_data").order_by("pk"))
        for row in rows:
            row.turn = turn
        same = seen_elsewhere(rows, asked.rights, asked.seats)
        for row in rows:
            spot = row.hotspot
            if spot is not None and not asked.rights.can(Permission.HOTSPOT_VIEW, unit=spot.unit_id).allowed:
                spot = None
            shown = Veiled(spot, cleared) if spot is not None else None
            by = str(Veiled(row, cleared).recorded_by)
            pieces.append(Piece(row, by, shown, tuple(same.get(row.file_digest, ()))))
    asks = list(turn.extensions.order_by("-pk"))
    may_decide = {
        one.pk
        for one in asks
        if asked.rights.can(Permission.TASK_CONFIRM, unit=asked.task.giver_id, submitted_by=one.askers).allowed
    }
    return {
        "lines": lines,
        "sees_evidence": sees,
        "pieces": pieces,
        "extensions": [(one, Veiled(one, cleared)) for one in asks],
        "waiting": next((one for one in asks if one.decision == Extension.Decision.WAITING), None),
        "may_decide": may_decide,
    }


def _money(task: Task) -> dict[str, Any]:
    """Return the bar of money spent of money given, in hundredths of its length."""
    if not task.budget:
        return {}
    return {"spent_part": min(100, round(100 * task.spent / task.budget)), "overspent": task.spent > task.budget}
