"""Propose communes: the selection once more, reasons where it departs from the ranking, comparisons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from diaban.adapters.clock import now, today
from diaban.apps.access import AccessRefused, Permission, guard, rights_of
from diaban.apps.choosing import actions, queries
from diaban.apps.choosing.forms import ProposeForm, tell
from diaban.apps.choosing.models import Choice, Dossier
from diaban.apps.choosing.queries.working import Working
from diaban.apps.choosing.shown import PairShown, RowShown, pairs_of, rows_of
from diaban.apps.choosing.views.found import dossier_of, uids_seen, user_of
from diaban.apps.localities.models import Cycle


@dataclass(frozen=True, slots=True)
class Selection:
    """The chosen communes as the page shows them, and those passed over."""

    working: Working
    chosen: list[RowShown]
    passed: list[RowShown]
    pairs: Mapping[str, PairShown]

    @property
    def k(self) -> int:
        return len(self.chosen)

    def deviates(self, row: RowShown) -> bool:
        """Tell whether choosing `row` departs from the ranking."""
        return row.place is None or row.place > self.k


def _selection(cycle: Cycle, uids: list[str]) -> Selection:
    known = list(dict.fromkeys(uids))
    working = queries.working_of(cycle, today(), max(len(known), 1), known)
    rows = rows_of(working)
    chosen = [row for row in rows if row.uid in set(known)]
    edge = max((row.place for row in chosen if row.place), default=0)
    passed = [
        row
        for row in rows
        if row not in chosen
        and row.place is not None
        and row.place <= len(chosen)
        and not (row.place == edge and row.place + row.tied > len(chosen))
    ]
    return Selection(working, chosen, passed, {pair.chosen: pair for pair in pairs_of(working)})


@guard(Permission.CHOICE_PROPOSE)
@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, year: int) -> HttpResponse:
    """Show what would be proposed and take the proposal."""
    return _page(request, get_object_or_404(Cycle, year=year), None)


@guard(Permission.CHOICE_PROPOSE)
@require_http_methods(["GET", "POST"])
def revise(request: HttpRequest, code: str) -> HttpResponse:
    """Make a returned dossier anew."""
    dossier = dossier_of(request, code)
    if dossier.state != Dossier.State.RETURNED:
        messages.error(request, _("Chỉ lập lại được hồ sơ đã trả lại."))
        return redirect("choosing:dossier", code=code)
    return _page(request, dossier.cycle, dossier)


def _page(request: HttpRequest, cycle: Cycle, dossier: Dossier | None) -> HttpResponse:
    rights = rights_of(request)
    if uids_seen(rights, cycle) is not None:
        raise AccessRefused(rights.can(Permission.CHOICE_PROPOSE))
    query = request.POST if request.method == "POST" else request.GET
    uids = query.getlist("u") or _before(dossier)
    selection = _selection(cycle, uids)
    initial = _initial(dossier, cycle)
    form = _form(request, selection, initial, dossier)
    if request.method == "POST" and form.is_valid():
        try:
            made = _store(request, cycle, dossier, selection, form.cleaned_data)
        except actions.Refused as refused:
            tell(form, refused)
        else:
            messages.success(request, _("Đã trình đề xuất {code}; chờ người khác thẩm định.").format(code=made.code))
            return redirect("choosing:dossier", code=made.code)
    context = {
        "cycle": cycle,
        "dossier": dossier,
        "selection": selection,
        "form": form,
        "rows": [
            (
                row,
                selection.deviates(row),
                selection.pairs.get(row.uid),
                form[f"reason_{row.uid}"],
                form[f"other_{row.uid}"],
            )
            for row in selection.chosen
        ],
        "passed": [(row, form[f"passed_{row.uid}"]) for row in selection.passed],
    }
    return render(request, "choosing/propose.html", context, status=422 if form.errors else 200)


def _before(dossier: Dossier | None) -> list[str]:
    if dossier is None:
        return []
    rows = dossier.choices.filter(role=Choice.Role.CHOSEN).order_by("place", "pk")
    return list(rows.values_list("unit__uid", flat=True))


def _initial(dossier: Dossier | None, cycle: Cycle) -> dict[str, Any]:
    if dossier is None:
        return {"title": _("Lựa chọn địa bàn cần chuyển hóa năm {year}").format(year=cycle.year + 1)}
    found: dict[str, Any] = {"title": dossier.title, "note": dossier.note}
    for one in dossier.choices.select_related("unit"):
        found[("reason_" if one.role == Choice.Role.CHOSEN else "passed_") + one.unit.uid] = one.reason
    return found


def _form(request: HttpRequest, selection: Selection, initial: dict[str, Any], dossier: Dossier | None) -> ProposeForm:
    decided = Dossier.objects.filter(state=Dossier.State.DECIDED).order_by("-pk") if dossier is None else []
    near = {uid: [(other, f"{name} ({distance})") for other, name, distance in pair.nearest]
            for uid, pair in selection.pairs.items()}  # fmt: skip
    return ProposeForm(
        request.POST or None,
        initial=initial,
        chosen=[(row.uid, row.name, selection.deviates(row), near.get(row.uid, [])) for row in selection.chosen],
        passed=[(row.uid, row.name) for row in selection.passed],
        supersedes=[(one.code, f"{one.code}: {one.number}") for one in decided],
    )


def _store(
    request: HttpRequest, cycle: Cycle, dossier: Dossier | None, selection: Selection, given: dict[str, Any]
) -> Dossier:
    picks = [actions.Pick(row.uid, given[f"reason_{row.uid}"], given[f"other_{row.uid}"]) for row in selection.chosen]
    passed = {row.uid: given[f"passed_{row.uid}"] for row in selection.passed}
    by, at = user_of(request), now()
    if dossier is not None:
        return actions.revise(
            dossier=dossier, title=given["title"], picks=picks, passed=passed, note=given["note"], by=by, at=at
        )
    replaced = given.get("supersedes", "")
    return actions.propose(
        cycle=cycle,
        title=given["title"],
        picks=picks,
        passed=passed,
        note=given["note"],
        supersedes=Dossier.objects.filter(code=replaced).first() if replaced else None,
        by=by,
        at=at,
    )
