"""The editor: the original at the left, the structure at the right; acts that need one press."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from diaban.adapters.clock import now, today
from diaban.apps.access import Permission, guard
from diaban.apps.agencies.models import Agency
from diaban.apps.jobs.views import progress_context
from diaban.apps.plans import actions
from diaban.apps.plans.drafts import draft_of
from diaban.apps.plans.forms import ForceForm, HeadForm
from diaban.apps.plans.models import Indicator, Version
from diaban.apps.plans.refusals import NotReady, Refused
from diaban.apps.plans.views.found import actor, draft_version, unit_name
from diaban.apps.plans.views.pages import asks_words
from diaban.core import drafting
from diaban.core.drafting import Draft, Piece, Status, settled

FILTERS: Final = (
    ("", gettext_lazy("Tất cả")),
    ("chua-xem", gettext_lazy("Chưa xem")),
    ("chua-chac", gettext_lazy("Chưa chắc")),
    ("con-thieu", gettext_lazy("Còn thiếu")),
)
TONES: Final = {"found": "wait", "accepted": "ok", "corrected": "info", "added": "info", "rejected": "closed"}
WORDS: Final = {
    "found": gettext_lazy("chưa xem"),
    "accepted": gettext_lazy("đã chấp nhận"),
    "corrected": gettext_lazy("đã sửa"),
    "added": gettext_lazy("thêm tay"),
    "rejected": gettext_lazy("đã bỏ"),
}
ACT_WORDS: Final = {
    "accept": gettext_lazy("chấp nhận"),
    "certain": gettext_lazy("chấp nhận mọi điều chắc chắn"),
    "correct": gettext_lazy("sửa"),
    "split": gettext_lazy("tách"),
    "merge": gettext_lazy("ghép"),
    "add": gettext_lazy("thêm"),
    "move_in": gettext_lazy("đưa vào trong"),
    "move_out": gettext_lazy("đưa ra ngoài"),
    "remove": gettext_lazy("bỏ"),
    "not_measured": gettext_lazy("ghi không đo lường"),
    "goal": gettext_lazy("chỉ tiêu"),
    "duty": gettext_lazy("nhiệm vụ"),
    "rematch": gettext_lazy("ghép với bản trước"),
}


def status_chip(status: Status) -> tuple[str, str]:
    """Return the words and the tone of how something came to be; the tone brings its own sign."""
    return str(WORDS[status.value]), TONES[status.value]


def segments(version: Version, draft: Draft) -> list[dict[str, Any]]:
    """Return the original in runs: words of a clause (with its id), and what lies between."""
    text, cursor = version.text, 0
    runs: list[dict[str, Any]] = []
    paths = draft.paths()
    placed = sorted((one for one in draft.pieces if one.first is not None and one.last is not None), key=_place)
    for piece in placed:
        first, last = max(piece.first or 0, cursor), piece.last or 0
        if first >= last:
            continue
        if first > cursor:
            runs.append({"text": text[cursor:first], "piece": None})
        runs.append({"text": text[first:last], "piece": piece, "path": paths[piece.id]})
        cursor = last
    if cursor < len(text):
        runs.append({"text": text[cursor:], "piece": None})
    return runs


def _place(piece: Piece) -> tuple[int, int]:
    return piece.first or 0, -(piece.last or 0)


def shown(draft: Draft, which: str) -> list[dict[str, Any]]:
    """Return the clauses of the right side that the filter leaves, each with what its box shows."""
    paths, depths, served = draft.paths(), draft.depths(), draft.served()
    agencies = dict(Agency.objects.values_list("pk", "name"))
    indicators = {one.pk: one for one in Indicator.objects.all()}
    last = draft.pieces[-1].id if draft.pieces else 0
    rows = []
    for piece in draft.pieces:
        is_settled = settled(piece, served)
        keep = {
            "chua-xem": not piece.seen,
            "chua-chac": piece.doubtful,
            "con-thieu": not piece.seen or not is_settled,
        }.get(which, True)
        if not keep:
            continue
        titles = {one.code: one.title for one in piece.readings}
        rows.append(
            {
                "piece": piece,
                "path": paths[piece.id],
                "depth": min(depths[piece.id], 6),
                "chip": status_chip(piece.status),
                "settled": is_settled,
                "served": piece.id in served,
                "last": piece.id == last,
                "goals": [
                    {
                        "goal": goal,
                        "asks": asks_words(goal),
                        "indicator": indicators.get(goal.indicator or 0),
                        "reading": titles.get(goal.reading, goal.reading),
                        "chip": status_chip(goal.status),
                    }
                    for goal in piece.goals
                ],
                "duties": [
                    {
                        "duty": duty,
                        "lead": agencies.get(duty.lead or 0, ""),
                        "others": [agencies[one] for one in duty.others if one in agencies] + list(duty.other_names),
                        "also": [paths[other] for other in duty.also if other in paths],
                        "chip": status_chip(duty.status),
                    }
                    for duty in piece.duties
                ],
            }
        )
    return rows


@guard(Permission.PLAN_KEEP)
@require_GET
def edit(request: HttpRequest, code: str, seq: int) -> HttpResponse:
    """Show original and structure side by side."""
    version = draft_version(request, code, seq)
    if version.state != Version.State.DRAFT:
        return redirect("plans:version", code=code, seq=seq)
    if version.run is not None and not version.run.is_over:
        context = {"version": version, "plan": version.plan} | progress_context(version.run)
        return render(request, "plans/working.html", context)
    draft = draft_of(version)
    which = request.GET.get("loc", "")
    progress = draft.progress()
    gaps = actions.lacking(version)
    last = version.edits.filter(undone_at__isnull=True).order_by("-seq").first()
    context = {
        "plan": version.plan,
        "version": version,
        "unit": unit_name(version.plan.unit),
        "segments": segments(version, draft),
        "rows": shown(draft, which),
        "which": which,
        "filters": FILTERS,
        "progress": progress,
        "blocking": sum(gap.blocks for gap in gaps),
        "last": last,
        "last_words": ACT_WORDS.get(last.act, last.act) if last else "",
        "certain": sum(not one.seen and not one.doubtful for one in draft.pieces),
        "run": version.run,
        "edits": version.edits.filter(undone_at__isnull=True).count(),
    }
    return render(request, "plans/edit.html", context)


def back(request: HttpRequest, code: str, seq: int, clause: int | None = None) -> HttpResponseRedirect:
    """Lead back to the editor, to the clause that was worked on, under the filter that was chosen."""
    address = reverse("plans:edit", args=[code, seq])
    which = request.POST.get("loc") or request.GET.get("loc") or ""
    query = f"?loc={which}" if which in dict(FILTERS) and which else ""
    return HttpResponseRedirect(f"{address}{query}#d-{clause}" if clause else f"{address}{query}")


def do(request: HttpRequest, version: Version, name: str, change: Callable[[Draft], Draft], clause: int | None) -> bool:
    """Make one act on the draft; tell what stands in its way. Returns whether it was made."""
    try:
        actions.edit(version=version, act=name, change=change, by=actor(request), at=now(), clause=clause)
    except Refused as refused:
        messages.error(request, str(refused))
        return False
    return True


SIMPLE: Final[Mapping[str, Callable[..., Draft]]] = {
    "accept": drafting.accept,
    "merge": drafting.merge,
    "move_in": drafting.move_in,
    "move_out": drafting.move_out,
    "remove": drafting.remove,
}


@guard(Permission.PLAN_KEEP)
@require_POST
def act(request: HttpRequest, code: str, seq: int) -> HttpResponse:
    """Make the act whose button was pressed: "accept:12", "goal-keep:12:5", "measure:12"."""
    version = draft_version(request, code, seq)
    name, _colon, rest = request.POST.get("act", "").partition(":")
    numbers = [int(part) if part.isdecimal() else 0 for part in rest.split(":")]
    clause = numbers[0] or None
    if name == "certain":
        do(request, version, "certain", drafting.accept_certain, None)
    elif name == "undo":
        try:
            done = actions.undo(version=version, by=actor(request), at=now())
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            what = f"{ACT_WORDS.get(done.act, done.act)} {done.path}".strip()
            messages.success(request, _("Đã hoàn tác: {what}.").format(what=what))
    elif clause is None:
        messages.error(request, _("Không rõ thao tác nào; thử lại."))
    elif name in SIMPLE:
        do(request, version, name, partial(SIMPLE[name], number=clause), clause)
    elif name == "measure":
        reason = request.POST.get(f"reason-{clause}", "")
        do(request, version, "not_measured", partial(drafting.not_measured, number=clause, reason=reason[:300]), clause)
    elif name in ("goal-keep", "goal-drop", "duty-keep", "duty-drop") and len(numbers) == 2:
        judge: Any = drafting.judge_goal if name.startswith("goal") else drafting.judge_duty
        argument = {"goal" if name.startswith("goal") else "duty": numbers[1]}
        do(request, version, name[:4], partial(judge, number=clause, keep=name.endswith("keep"), **argument), clause)
    else:
        messages.error(request, _("Không rõ thao tác nào; thử lại."))
    return back(request, code, seq, _near(version, clause))


def _near(version: Version, clause: int | None) -> int | None:
    """Return the clause, or what stands nearest when it is gone."""
    if clause is None or version.clauses.filter(pk=clause).exists():
        return clause
    return version.clauses.order_by("position").values_list("pk", flat=True).first()


@guard(Permission.PLAN_KEEP)
@require_http_methods(["GET", "POST"])
def head(request: HttpRequest, code: str, seq: int) -> HttpResponse:
    """Correct the head of the document and what lists call the plan."""
    version = draft_version(request, code, seq)
    rows = {"name": version.plan, "kind": version.plan, "starts": version.plan, "ends": version.plan}
    initial = {name: getattr(rows.get(name, version), name) for name in HeadForm.base_fields}
    form = HeadForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_head(version=version, values=form.cleaned_data, by=actor(request), at=now())
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, _("Đã lưu đầu văn bản."))
            return redirect("plans:edit", code=code, seq=seq)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "plans/head.html", {"plan": version.plan, "version": version, "form": form}, status=status)


@guard(Permission.PLAN_KEEP)
@require_http_methods(["GET", "POST"])
def force(request: HttpRequest, code: str, seq: int) -> HttpResponse:
    """Say what is missing; when nothing is, put the plan in force."""
    version = draft_version(request, code, seq)
    initial = {"day": version.effective or version.date or today(), "reason": version.reason}
    form = ForceForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.put_in_force(version=version, **form.cleaned_data, by=actor(request), at=now())
        except NotReady:
            form.add_error(None, _("Chưa đưa vào thực hiện được: làm xong những điều dưới đây."))
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, _("Kế hoạch đã được đưa vào thực hiện. Bước tiếp theo: giao nhiệm vụ."))
            return redirect("plans:detail", code=code)
    gaps = actions.lacking(version, request.POST.get("reason", ""))
    context = {
        "plan": version.plan,
        "version": version,
        "form": form,
        "gaps": [(gap, gap.message.render(_)) for gap in gaps if gap.blocks],
        "poorer": [(gap, gap.message.render(_)) for gap in gaps if not gap.blocks],
        "stuck": not form.is_bound and any(gap.blocks and gap.piece for gap in gaps),  # no reason given here mends it
        "before": version.plan.versions.filter(state=Version.State.IN_FORCE).first(),
    }
    return render(request, "plans/force.html", context, status=422 if form.is_bound and form.errors else 200)


@guard(Permission.PLAN_KEEP)
@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, code: str, seq: int) -> HttpResponse:
    """Ask, then drop a draft."""
    version = draft_version(request, code, seq)
    if request.method == "POST":
        try:
            gone = actions.discard(version=version, by=actor(request), at=now())
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("plans:version", code=code, seq=seq)
        messages.success(request, _("Đã bỏ bản rà soát."))
        return redirect("plans:list") if gone else redirect("plans:detail", code=code)
    context = {"plan": version.plan, "version": version, "edits": version.edits.count()}
    return render(request, "plans/discard.html", context)
