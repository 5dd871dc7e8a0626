"""A plan as it is followed: its head, its targets with their figures, its clauses; its versions side by side."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from diaban.adapters.clock import now, today
from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.places import queries as places
from diaban.apps.plans import actions, queries
from diaban.apps.plans.drafts import draft_of
from diaban.apps.plans.forms import AmendForm, EndForm
from diaban.apps.plans.models import Clause, Mark, Plan, Target, Version
from diaban.apps.plans.queries.comparing import Line, comparison
from diaban.apps.plans.queries.figures import Figures, Judged, judged
from diaban.apps.plans.refusals import Refused
from diaban.apps.plans.views.found import actor, allow_keep, plan_of, tree_address, unit_name, version_of
from diaban.apps.plans.views.lists import tell_of_twins, text_given
from diaban.catalogue.periods_loader import DEFAULT_REGIME, regimes
from diaban.core.drafting import settled
from diaban.core.drafting.reaching import Reached
from diaban.core.periods import Grain, Period, PeriodError

TONES = {Reached.YES: "ok", Reached.NO: "warn", Reached.UNKNOWN: "neutral", Reached.FOLLOWED: "info"}


def answer_words(answer: Reached) -> str:
    """Return the answer in words; the chip that holds it adds a sign, so colour is never alone."""
    return {
        Reached.YES: _("đạt"),
        Reached.NO: _("chưa đạt"),
        Reached.UNKNOWN: _("chưa biết"),
        Reached.FOLLOWED: _("theo dõi"),
    }[answer]


def years_offered(plan: Plan, on: date) -> list[Period]:
    """Return the yearly periods of the plan that have begun, newest first."""
    regime = regimes()[DEFAULT_REGIME]
    last = min(plan.ends or on, on)
    first = min(plan.starts or last, last)
    low, high = first.year, max(last.year, first.year)
    return [regime.containing(date(year, 1, 10), Grain.YEAR) for year in range(high, max(low, high - 12) - 1, -1)]


def period_asked(request: HttpRequest, offered: list[Period]) -> Period:
    """Return the period that the address names when it can be one, else the newest of the plan."""
    try:
        return regimes()[DEFAULT_REGIME].period(request.GET.get("ky", ""))
    except PeriodError:
        return offered[0]


@guard(Permission.PLAN_VIEW)
@require_GET
def detail(request: HttpRequest, code: str, seq: int | None = None) -> HttpResponse:
    """Show a plan: the version in force, or the one asked for."""
    version = version_of(request, code, seq)
    plan, rights, on = version.plan, rights_of(request), today()
    offered = years_offered(plan, on)
    period = period_asked(request, offered)
    draft = draft_of(version)
    paths, depths, served = draft.paths(), draft.depths(), draft.served()
    targets = list(
        Target.objects.filter(clause__version=version)
        .exclude(status=Mark.REJECTED)
        .select_related("indicator", "clause")
        .order_by("clause__position", "pk")
    )
    before = regimes()[period.regime].year_before(period)
    rows = judged(
        targets,
        Figures(rights, period, plan.unit, today=on),
        Figures(rights, before, plan.unit, today=on),
    )
    may = queries.may_keep(rights, plan)
    versions = list(queries.visible_versions(rights).filter(plan=plan).order_by("-seq").defer("text", "bases"))
    children = queries.visible_plans(rights).filter(parent=plan).select_related("unit").order_by("name")
    names = places.names([child.unit_id for child in children if child.unit_id], on)
    context = {
        "plan": plan,
        "version": version,
        "unit": unit_name(plan.unit),
        "clauses": [_clause(piece, paths, depths, served) for piece in draft.pieces],
        "targets": [_target(row) for row in rows],
        "counts": {answer: sum(row.answer is answer for row in rows) for answer in Reached},
        "heading": heading_of(version, rows),
        "period": period,
        "period_label": period.label.render(_),
        "running": period.start <= on <= period.last_day,
        "periods": [(one.code, one.label.render(_), one.code == period.code) for one in offered],
        "versions": versions,
        "draft_version": next((one for one in versions if one.state == Version.State.DRAFT), None),
        "children": [(child, names.get(child.unit_id or 0, child.name)) for child in children],
        "tree": tree_address(plan) if version.state != Version.State.DRAFT else "",
        "may_keep": may,
        "may_make_own": bool(plan.unit_id is None and version.state == "in_force" and own_units(request, plan)),
        "duties": sum(duty.status.stands for piece in draft.pieces for duty in piece.duties),
    }
    return render(request, "plans/detail.html", context)


def heading_of(version: Version, rows: list[Judged]) -> str:
    """Return what the page of a plan says first."""
    name = version.plan.name
    if version.state == Version.State.DRAFT:
        return _("{name}: đang rà soát, chưa thực hiện").format(name=name)
    counted = [row for row in rows if row.answer is not Reached.FOLLOWED]
    if not counted:
        return name
    n = sum(row.answer is Reached.YES for row in counted)
    unknown = sum(row.answer is Reached.UNKNOWN for row in counted)
    words = _("{name}: {n} trên {all} chỉ tiêu đạt, {unknown} chưa biết")
    if any(row.figure is not None and row.figure.limited for row in counted):
        # What one commune sees says nothing of the whole plan: its own figures beside the same targets.
        words = _("{name}: tính riêng trong phạm vi được giao, {n} trên {all} chỉ tiêu đạt, {unknown} chưa biết")
    return words.format(name=name, n=n, all=len(counted), unknown=unknown)


def _clause(piece: Any, paths: Any, depths: Any, served: Any) -> dict[str, Any]:
    goals = [one for one in piece.goals if one.status.value != "rejected"]
    duties = [one for one in piece.duties if one.status.value != "rejected"]
    titles = {one.code: one.title for one in piece.readings}
    return {
        "piece": piece,
        "path": paths[piece.id],
        "depth": min(depths[piece.id], 6),
        "goals": goals,
        "duties": duties,
        "titles": titles,
        "settled": settled(piece, served),
        "served": piece.id in served,
    }


def _target(row: Judged) -> dict[str, Any]:
    return {
        "row": row,
        "target": row.target,
        "path": row.target.clause.path,
        "asks": asks_words(row.target),
        "reading": reading_title(row.target),
        "figure": row.figure,
        "before": row.before,
        "said": answer_words(row.answer),
        "tone": TONES[row.answer],
    }


def reading_title(target: Target) -> str:
    """Return the title of the reading that a target takes, empty for a clause that is read in one way."""
    for one in target.clause.readings:
        if one["code"] == target.reading:
            return f"{one['title']}: {one['text']}"
    return target.reading


def asks_words(target: Any) -> str:
    """Return what a target asks for: "trên mức 80 %"."""
    kind = str(Target.Kind(target.kind).label)
    if target.value is None or target.kind in (Target.Kind.COVERAGE, Target.Kind.ZERO):
        return kind
    value = f"{target.value.normalize():f}".replace(".", ",")
    if target.upper is not None:
        value += "–" + f"{target.upper.normalize():f}".replace(".", ",")
    return " ".join(filter(None, (kind, value, target.measure)))


def own_units(request: HttpRequest, plan: Plan) -> list[tuple[str, str]]:
    """Return the units for which this person may make a plan of their own out of this one, and none was made yet."""
    units = rights_of(request).units(Permission.PLAN_KEEP)
    made = set(Plan.objects.filter(parent=plan).values_list("unit_id", flat=True))
    return [
        (one.uid, one.name)
        for one in places.area_places(today())
        if (units is None or one.id in units) and one.id not in made
    ]


@guard(Permission.PLAN_KEEP)
@require_http_methods(["GET", "POST"])
def own(request: HttpRequest, code: str) -> HttpResponse:
    """Make a unit's own plan out of a plan of the whole area."""
    plan = plan_of(request, code)
    offered = own_units(request, plan)
    if request.method == "POST":
        unit = places.unit_by_uid(request.POST.get("unit", ""))
        if unit is None or unit.uid not in dict(offered):
            raise Http404(_("Đơn vị không thuộc phạm vi được giao, hoặc đã có kế hoạch."))
        try:
            version = actions.make_commune_plan(parent=plan, unit=unit, by=actor(request), at=now())
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("plans:detail", code=plan.code)
        messages.success(request, _("Đã lập bản rà soát kế hoạch của {unit}.").format(unit=dict(offered)[unit.uid]))
        return redirect("plans:edit", code=version.plan.code, seq=version.seq)
    return render(request, "plans/own.html", {"plan": plan, "offered": offered})


@guard(Permission.PLAN_KEEP)
@require_http_methods(["GET", "POST"])
def amend(request: HttpRequest, code: str) -> HttpResponse:
    """Begin the next version: from an amended text, or as a copy to change by hand."""
    plan = plan_of(request, code)
    allow_keep(request, plan)
    form = AmendForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = {"plan": plan, "reason": form.cleaned_data["reason"], "by": actor(request), "at": now()}
        try:
            if "copy" in request.POST:
                version: Version | None = actions.amend(**given)
            else:
                text = text_given(form)
                version = actions.amend_with_text(**given, **text) if text is not None else None
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            if version is not None:
                if "copy" not in request.POST:
                    tell_of_twins(request, version)
                return redirect("plans:edit", code=plan.code, seq=version.seq)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "plans/amend.html", {"plan": plan, "form": form}, status=status)


@guard(Permission.PLAN_KEEP)
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, code: str) -> HttpResponse:
    """End a plan."""
    plan = plan_of(request, code)
    allow_keep(request, plan)
    form = EndForm(request.POST or None, initial={"on": today()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_plan(plan=plan, **form.cleaned_data, by=actor(request), at=now())
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, _("Đã kết thúc {name}. Kế hoạch vẫn xem và báo cáo được.").format(name=plan.name))
            return redirect("plans:detail", code=plan.code)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "plans/end.html", {"plan": plan, "form": form}, status=status)


@guard(Permission.PLAN_VIEW)
@require_GET
def compare(request: HttpRequest, code: str) -> HttpResponse:
    """Show two versions side by side: what was kept, changed, new, dropped."""
    plan = plan_of(request, code)
    seen = queries.visible_versions(rights_of(request)).filter(plan=plan)
    versions = list(seen.order_by("seq").defer("text", "bases"))
    by_seq = {str(one.seq): one for one in versions}
    new = by_seq.get(request.GET.get("den", "")) or versions[-1]
    old = by_seq.get(request.GET.get("tu", "")) or (versions[-2] if len(versions) > 1 else versions[-1])
    lines = comparison(old, new)
    change = request.GET.get("loc", "")
    counts = {name: sum(line.change == name for line in lines) for name in ("kept", "changed", "new", "dropped")}
    rematching = new.state == Version.State.DRAFT and old.seq < new.seq
    context = {
        "plan": plan,
        "versions": versions,
        "old": old,
        "new": new,
        "lines": [line for line in lines if not change or line.change == change],
        "counts": counts,
        "change": change,
        "may_match": rematching and queries.may_keep(rights_of(request), plan),
        "earlier": _earlier(lines),
    }
    return render(request, "plans/compare.html", context)


def _earlier(lines: list[Line]) -> list[tuple[int, str]]:
    return [
        (line.before.id, f"{line.before_path} {line.before.text[:60]}") for line in lines if line.before is not None
    ]


@guard(Permission.PLAN_KEEP)
@require_POST
def rematch(request: HttpRequest, code: str, seq: int, clause: int) -> HttpResponse:
    """Say which earlier clause a clause continues."""
    version = version_of(request, code, seq)
    allow_keep(request, version.plan)
    chosen = request.POST.get("earlier", "")
    earlier = None
    if chosen.isdecimal():
        earlier = Clause.objects.filter(version__plan=version.plan, pk=int(chosen)).select_related("version").first()
    try:
        actions.rematch(version=version, clause=clause, earlier=earlier, by=actor(request), at=now())
    except Refused as refused:
        messages.error(request, str(refused))
    response = redirect("plans:compare", code=code)
    response["Location"] += f"?den={seq}#{clause}"
    return response
