"""What waits for the person who is signed in: their work, what they confirm and decide, what nobody has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET

from diaban.apps.access import Permission, Rights, guard, rights_of
from diaban.apps.places.scope import scope_of
from diaban.apps.programme.models import Task
from diaban.apps.programme.queries import visible_tasks
from diaban.apps.programme.queries.overview.facts import Fact, counted, facts
from diaban.apps.programme.queries.overview.states import Work
from diaban.apps.programme.queries.overview.waiting import Judged, own_plans, ownerless
from diaban.apps.programme.views.overview import asking, shown
from diaban.apps.programme.views.overview.lists import ordered
from diaban.ui.formats import day, grouped
from diaban.ui.navigation import doors

ROWS: Final = 12
WAITS: Final = gettext_noop("việc quá hạn, sắp đến hạn, chờ đồng chí xác nhận hoặc quyết định")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the page: its title with the number, the most urgent rows, the list that holds them all."""

    key: str
    title: str
    n: int
    rows: tuple[shown.TaskRow, ...]
    url: str = ""
    notes: tuple[str, ...] = ()

    @property
    def more(self) -> int:
        """Return how many there was no room for."""
        return self.n - len(self.rows)


@guard(Permission.TASK_VIEW)
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """Show what waits for the person today, most urgent first."""
    rights, on = rights_of(request), scope_of(request).today
    own = facts(visible_tasks(rights).filter(asking.own_part(request)), on)
    own = [one for one in own if one.work is not Work.OFF]
    judged, decided = asking.judged_of(request)
    known = _by_task(rights, [*judged, *decided], on)
    parts = [part for part in _parts(request, own, (judged, decided), known) if part.n]
    gaps = _gaps(rights)
    counts = counted(own)
    context: dict[str, Any] = {
        "parts": parts,
        "own": len(own),
        "heading": sentence(counts[Work.LATE], counts[Work.SOON], len(judged), len(decided)),
        "gaps": gaps,
        "elsewhere": [door for door in doors(request) if door.waiting and door.name != "programme-mine"],
        "on": on,
    }
    return render(request, "programme/overview/mine.html", context)


def sentence(late: int, soon: int, confirm: int, decide: int) -> str:
    """Return what waits, in a sentence."""
    parts = [
        words % grouped(n)
        for n, words in (
            (late, _("%s việc quá hạn")),
            (soon, _("%s việc đến hạn trong 7 ngày")),
            (confirm, _("%s việc chờ xác nhận")),
            (decide, _("%s đề nghị gia hạn chờ quyết định")),
        )
        if n
    ]
    if not parts:
        return _("Hôm nay không có việc nào chờ")
    said = ", ".join(parts)
    return said[0].upper() + said[1:]


def _by_task(rights: Rights, judged: Sequence[Judged], on: Any) -> dict[int, Fact]:
    keys = {one.task for one in judged}
    return {one.task: one for one in facts(visible_tasks(rights).filter(pk__in=keys), on)} if keys else {}


def _parts(
    request: HttpRequest, own: Sequence[Fact], waiting: tuple[list[Judged], list[Judged]], known: dict[int, Fact]
) -> list[Part]:
    judged, decided = waiting
    on = scope_of(request).today
    chosen: dict[str, list[Fact]] = {
        "late": [one for one in own if one.work is Work.LATE],
        "soon": [one for one in own if one.work is Work.SOON],
        "confirm": [known[one.task] for one in judged if one.task in known],
        "decide": [known[one.task] for one in decided if one.task in known],
        "running": [one for one in own if one.work in (Work.RUNNING, Work.UNDATED)],
        "reported": [one for one in own if one.work is Work.REPORTED],
    }
    first = {
        key: (rows if key in ("confirm", "decide") else ordered(rows, "tinh_trang", on))[:ROWS]
        for key, rows in chosen.items()
    }
    drawn = {row.fact.task: row for row in shown.rows_of(request, [one for rows in first.values() for one in rows])}

    def part(key: str, title: str, url: str, notes: Sequence[str] = ()) -> Part:
        return Part(key, title, len(chosen[key]), tuple(drawn[one.task] for one in first[key]), url, tuple(notes))

    until = [_("xin đến %s") % day(one.until) for one in decided if one.until]
    return [
        part("late", _("Quá hạn"), asking.listed(cua_toi="1", tinh_trang=Work.LATE.value)),
        part("soon", _("Đến hạn trong 7 ngày"), asking.listed(cua_toi="1", tinh_trang=Work.SOON.value)),
        part("confirm", _("Chờ đồng chí xác nhận"), asking.listed(cho_toi=asking.CONFIRM)),
        part(
            "decide", _("Đề nghị gia hạn chờ đồng chí quyết định"), asking.listed(cho_toi=asking.DECIDE), until[:ROWS]
        ),
        part(
            "running",
            _("Đang làm, còn trong hạn"),
            asking.listed(cua_toi="1", tinh_trang=[Work.RUNNING.value, Work.UNDATED.value]),
        ),
        part(
            "reported",
            _("Đã báo cáo, chờ người khác xác nhận"),
            asking.listed(cua_toi="1", tinh_trang=Work.REPORTED.value),
        ),
    ]


def _gaps(rights: Rights) -> list[shown.Gap]:
    """Return what nobody has, for whoever may give it to somebody: sentences without work, work without a post."""
    if not rights.holds(Permission.TASK_ASSIGN):
        return []
    seen = visible_tasks(rights)
    units = rights.units(Permission.TASK_ASSIGN)
    inside = seen if units is None else seen.filter(unit__in=units)
    without = inside.filter(post__isnull=True, state=Task.State.OPEN).count()
    clauses = ownerless(own_plans(rights), seen).count()
    found = [
        shown.Gap(clauses, _("câu trong kế hoạch chưa giao ai"), f"{reverse('programme:unowned')}#cau"),
        shown.Gap(without, _("nhiệm vụ chưa có chức danh chịu trách nhiệm"), asking.listed(trong="1")),
    ]
    return [gap for gap in found if gap.n]


def waiting(request: HttpRequest) -> int:
    """Return how much waits behind the door: at most four queries, and fewer for whoever confirms nothing."""
    if not rights_of(request).holds(Permission.TASK_VIEW):
        return 0
    judged, decided = asking.judged_of(request)
    return sum(asking.own_pressing(request)) + len(judged) + len(decided)
