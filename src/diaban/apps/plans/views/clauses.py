"""Pages of one clause of a draft: written anew, split, what is added after it; its targets and tasks."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from diaban.adapters.clock import now
from diaban.apps.access import Permission, guard
from diaban.apps.agencies.models import Agency
from diaban.apps.plans import actions
from diaban.apps.plans.drafts import draft_of
from diaban.apps.plans.forms import AddForm, ClauseForm, DutyForm, GoalForm
from diaban.apps.plans.models import Version
from diaban.apps.plans.reading import REGIME
from diaban.apps.plans.refusals import Refused
from diaban.apps.plans.views.editor import back
from diaban.apps.plans.views.found import actor, draft_version, piece_of
from diaban.core import drafting
from diaban.core.drafting import Draft, Duty, Goal, Named, Piece

PAUSE: Final = re.compile(r"[.;:,]\s+")
MOST_PLACES: Final = 40


def _open(request: HttpRequest, code: str, seq: int, clause: int) -> tuple[Version, Draft, Piece]:
    version = draft_version(request, code, seq)
    if version.state != Version.State.DRAFT:
        raise Http404(_("Bản này không còn ở bước rà soát."))
    draft = draft_of(version)
    return version, draft, piece_of(draft, clause)


def _context(version: Version, draft: Draft, piece: Piece, **more: Any) -> dict[str, Any]:
    path = draft.paths()[piece.id]
    return {"plan": version.plan, "version": version, "piece": piece, "path": path} | more


def places_to_split(text: str) -> list[dict[str, Any]]:
    """Return where a sentence may be split with one press: behind its pauses, each with the words around it."""
    found: list[dict[str, Any]] = []
    for pause in PAUSE.finditer(text):
        at = pause.end()
        before, after = text[:at].split(), text[at:].split()
        if before and after:
            found.append({"at": at, "before": " ".join(before[-4:]), "after": " ".join(after[:4])})
    strong = [one for one in found if text[one["at"] - 2 : one["at"]].strip() in (".", ";", ":")]
    return (found if len(found) <= MOST_PLACES else strong)[:MOST_PLACES]


@guard(Permission.PLAN_KEEP)
@require_http_methods(["GET", "POST"])
def clause(request: HttpRequest, code: str, seq: int, clause: int) -> HttpResponse:
    """Write a clause anew, or split it."""
    version, draft, piece = _open(request, code, seq, clause)
    initial = {
        "text": piece.text,
        "mark": piece.mark,
        "heading": piece.heading,
        "agencies": [str(one.agency) for one in piece.named if one.agency],
    }
    splitting = "at" in request.POST or "lines" in request.POST
    form = ClauseForm(None if splitting else request.POST or None, initial=initial)
    problem = ""
    if request.method == "POST" and splitting:
        problem = _split(request, version, piece)
        if not problem:
            return back(request, code, seq, clause)
    elif request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        change = partial(
            drafting.correct,
            number=clause,
            text=data["text"],
            mark=data["mark"],
            heading=data["heading"],
            named=_named(piece, [int(one) for one in data["agencies"]]),
        )
        try:
            actions.edit(version=version, act="correct", change=change, by=actor(request), at=now(), clause=clause)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            return back(request, code, seq, clause)
    unknown = [one.name for one in piece.named if one.agency is None]
    context = _context(version, draft, piece, form=form, places=places_to_split(piece.text), unknown=unknown)
    context["problem"] = problem
    status = 422 if problem or (form.is_bound and form.errors) else 200
    return render(request, "plans/clause.html", context, status=status)


def _split(request: HttpRequest, version: Version, piece: Piece) -> str:
    """Split where a button says, or where a line was broken in the box; return what stands in the way."""
    raw = request.POST.get("at", "")
    at = int(raw) if raw.isdecimal() else 0
    if "lines" in request.POST and not raw:
        head = re.split(r"[\r\n]+", request.POST.get("lines", "").strip(), maxsplit=1)[0]
        at = _offset(piece.text, head)
    change = partial(drafting.split, number=piece.id, at=at, source=version.text)
    try:
        actions.edit(version=version, act="split", change=change, by=actor(request), at=now(), clause=piece.id)
    except Refused as refused:
        return str(refused)
    return ""


def _offset(text: str, head: str) -> int:
    """Return where `head` ends in the text, white space set aside; 0 when the text does not begin with it."""
    wanted = "".join(head.split())
    seen = 0
    for at, char in enumerate(text):
        if seen == len(wanted):
            return at
        if char.isspace():
            continue
        if char != wanted[seen]:
            return 0
        seen += 1
    return 0


def _named(piece: Piece, chosen: list[int]) -> list[Named]:
    """Return what a piece names: what stands already keeps its words, what is new comes from the register."""
    kept = [one for one in piece.named if one.agency is None or one.agency in chosen]
    known = {one.agency for one in kept}
    names = dict(Agency.objects.filter(pk__in=chosen).values_list("pk", "name"))
    fresh = [pk for pk in chosen if pk not in known and pk in names]
    low = min([0, *(one.id for one in piece.named)])
    return [*kept, *(Named(pk, names[pk], "", low - turn) for turn, pk in enumerate(fresh, start=1))]


@guard(Permission.PLAN_KEEP)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, code: str, seq: int, clause: int) -> HttpResponse:
    """Add a clause behind another (0: at the beginning)."""
    version = draft_version(request, code, seq)
    draft = draft_of(version)
    piece = piece_of(draft, clause) if clause else None
    form = AddForm(request.POST or None, initial={"mark": piece.mark if piece and piece.mark in "-+*" else ""})
    if request.method == "POST" and form.is_valid():
        change = partial(drafting.add_after, number=clause or None, **form.cleaned_data)
        try:
            actions.edit(version=version, act="add", change=change, by=actor(request), at=now(), clause=clause or None)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            return back(request, code, seq, clause or None)
    path = draft.paths()[clause] if piece else ""
    context = {"plan": version.plan, "version": version, "piece": piece, "path": path, "form": form}
    return render(request, "plans/add.html", context, status=422 if form.is_bound and form.errors else 200)


@guard(Permission.PLAN_KEEP)
@require_http_methods(["GET", "POST"])
def goal(request: HttpRequest, code: str, seq: int, clause: int, pk: int) -> HttpResponse:
    """Correct a target, or add one (pk 0)."""
    version, draft, piece = _open(request, code, seq, clause)
    held = next((one for one in piece.goals if one.id == pk), None)
    if pk and held is None:
        raise Http404(_("Chỉ tiêu không còn trong điều khoản."))
    start = held or Goal(0, "follow", piece.text)
    initial = {name: getattr(start, name) for name in GoalForm.base_fields}
    form = GoalForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        indicator = int(data["indicator"]) if data["indicator"] else None
        made = replace(start, **(data | {"indicator": indicator}))
        if _put(request, version, form, "goal", partial(drafting.put_goal, number=clause, goal=made), clause):
            return back(request, code, seq, clause)
    context = _context(version, draft, piece, form=form, held=held)
    return render(request, "plans/goal.html", context, status=422 if form.is_bound and form.errors else 200)


@guard(Permission.PLAN_KEEP)
@require_http_methods(["GET", "POST"])
def duty(request: HttpRequest, code: str, seq: int, clause: int, pk: int) -> HttpResponse:
    """Correct a task, or add one (pk 0)."""
    version, draft, piece = _open(request, code, seq, clause)
    held = next((one for one in piece.duties if one.id == pk), None)
    if pk and held is None:
        raise Http404(_("Nhiệm vụ không còn trong điều khoản."))
    start = held or Duty(0, piece.text[:400], piece.text)
    initial = {name: getattr(start, name) for name in DutyForm.base_fields}
    initial |= {"others": [str(one) for one in start.others], "also": [str(one) for one in start.also]}
    paths = draft.paths()
    clauses = [
        (str(one.id), f"{paths[one.id]} {one.text[:60]}")
        for one in draft.pieces
        if one.id != clause and not one.heading
    ]
    form = DutyForm(request.POST or None, initial=initial, clauses=clauses)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        lead = int(data.pop("lead") or 0) or None
        values = data | {
            "lead": lead,
            "lead_name": "" if lead else start.lead_name,
            "others": tuple(int(one) for one in data["others"]),
            "also": tuple(int(one) for one in data["also"]),
            "regime": REGIME if data["grain"] else "",
        }
        made = replace(start, **values)
        if _put(request, version, form, "duty", partial(drafting.put_duty, number=clause, duty=made), clause):
            return back(request, code, seq, clause)
    context = _context(version, draft, piece, form=form, held=held)
    return render(request, "plans/duty.html", context, status=422 if form.is_bound and form.errors else 200)


def _put(request: HttpRequest, version: Version, form: Any, act: str, change: Any, clause: int) -> bool:
    try:
        actions.edit(version=version, act=act, change=change, by=actor(request), at=now(), clause=clause)
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        return False
    return True
