"""Work side by side: as a board by step, and as a month of due days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.places.scope import scope_of
from diaban.apps.programme.queries import visible_tasks
from diaban.apps.programme.queries.overview.facts import Fact, Span, counted
from diaban.apps.programme.queries.overview.filters import narrowed
from diaban.apps.programme.queries.overview.months import DueGroup, due_groups
from diaban.apps.programme.queries.overview.states import WORKS, Work
from diaban.apps.programme.queries.overview.waiting import to_confirm
from diaban.apps.programme.views.overview import asking, shown
from diaban.apps.programme.views.overview.lists import choices, found, ordered, says
from diaban.catalogue.periods_loader import DEFAULT_REGIME, regimes
from diaban.catalogue.steps_loader import steps
from diaban.core.periods import Grain, Period, PeriodError
from diaban.ui.formats import grouped

CARDS: Final = 15
SHOWN: Final = 3  # groups of one day that have room in its cell
WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class Column:
    """One step of the workflow with the most urgent tasks in it, and the list of all of them."""

    title: str
    why: str
    n: int
    cards: tuple[shown.Card, ...]
    url: str

    @property
    def more(self) -> int:
        """Return how many there was no room for."""
        return self.n - sum(card.n for card in self.cards)


@guard(Permission.TASK_VIEW)
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Show tasks in columns by their step, for an agency, a unit or oneself."""
    asked = asking.read_filter(request)
    rows = [one for one in found(request, asked) if asked.fits(one) and one.work is not Work.OFF]
    columns = _columns(request, ordered(rows, "tinh_trang", asked.on), asked.on)
    context: dict[str, Any] = {
        "columns": columns,
        "total": len(rows),
        "heading": _board_heading(rows),
        "says": says(request, asked),
        "list_url": asking.listed(asking.carried(request)),
        "filtered": bool(asking.carried(request)),
        "has_own": asked.own is not None,
        "confirms": len(to_confirm(rights_of(request))),
        **choices(request),
    }
    return render(request, "programme/overview/board.html", context)


def _columns(request: HttpRequest, rows: Sequence[Fact], on: date) -> list[Column]:
    table = steps(on)
    by_step: dict[str, list[Fact]] = defaultdict(list)
    for one in rows:
        by_step[one.step if one.work not in (Work.DONE, Work.COMING) else one.work.value].append(one)
    groups = {key: shown.bundled(held, CARDS) for key, held in by_step.items()}
    every = [group for held in groups.values() for group in held]
    drawn = {row.fact.task: row for row in shown.rows_of(request, [group[0] for group in every])}
    codes = shown.codes_above(every)
    carry = asking.carried(request, "buoc", "tinh_trang")

    def column(title: str, why: str, key: str, **link: str) -> Column:
        cards = shown.cards_of(
            groups.get(key, []), drawn, lambda code: asking.listed(carry, **(link | {"cha": code})), codes
        )
        return Column(title, why, len(by_step.get(key, ())), cards, asking.listed(carry, **link))

    columns = [
        column(_(stage.title), _(stage.why), stage.code, buoc=stage.code) for stage in table.states if not stage.final
    ]
    coming = column(
        str(WORKS[Work.COMING].words), _("Kỳ đầu tiên chưa bắt đầu."), Work.COMING, tinh_trang=Work.COMING.value
    )
    done = column(str(WORKS[Work.DONE].words), _("Không còn lần nào phải làm."), Work.DONE, tinh_trang=Work.DONE.value)
    return [*([coming] if coming.n else []), *columns, done]


def _board_heading(rows: Sequence[Fact]) -> str:
    counts = counted(rows)
    if not rows:
        return _("Chưa có việc nào để xếp lên bảng")
    return _("%(late)s việc quá hạn, %(waiting)s chờ xác nhận, %(done)s đã xong") % {
        "late": grouped(counts[Work.LATE]),
        "waiting": grouped(counts[Work.REPORTED]),
        "done": grouped(counts[Work.DONE]),
    }


@dataclass(frozen=True, slots=True)
class Entry:
    """Tasks of one kind of work that fall due on a day: what, how many, how the worst of them stands."""

    title: str
    n: int
    done: int
    look: Any
    url: str


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the month. `inside`: it belongs to the month shown; `closes`: a reporting month ends on it."""

    on: date
    inside: bool
    today: bool
    closes: bool
    n: int
    late: int
    entries: tuple[Entry, ...]
    more: int
    url: str


@guard(Permission.TASK_VIEW)
@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """Show what falls due in a month: a calendar month, or a reporting month from the 15th to the 14th."""
    asked, scope = asking.read_filter(request), scope_of(request)
    reporting = request.GET.get("kieu") == "ky"
    period = _month(request.GET.get("thang", ""), scope.today, reporting=reporting)
    span = Span(period.start, period.last_day)
    groups = due_groups(narrowed(visible_tasks(rights_of(request)), asked), span, scope.today)
    carry = asking.carried(request, "tu", "den", "tinh_trang")
    days = _days(period, scope.today, groups, carry)
    rule = regimes()[period.regime]
    total = sum(one.n for one in groups)
    late = sum(one.counts[Work.LATE] for one in groups)
    context: dict[str, Any] = {
        "weeks": [days[start : start + WEEK] for start in range(0, len(days), WEEK)],
        "listed": [one for one in days if one.n],
        "period": period,
        "period_name": period.label.render(_) if reporting else period.name.render(_),
        "before": rule.shift(period, -1).code,
        "after": rule.shift(period, 1).code,
        "reporting": reporting,
        "total": total,
        "heading": _calendar_heading(period, total, late),
        "says": says(request, asked),
        "list_url": asking.listed(carry, tu=period.start.isoformat(), den=period.last_day.isoformat()),
        "filtered": bool(asking.carried(request)),
        "weekdays": [_("Thứ hai"), _("Thứ ba"), _("Thứ tư"), _("Thứ năm"), _("Thứ sáu"), _("Thứ bảy"), _("Chủ nhật")],
        **choices(request),
    }
    return render(request, "programme/overview/calendar.html", context)


def _month(code: str, on: date, *, reporting: bool) -> Period:
    """Return the month that the address names, else the one of today."""
    rule = regimes()[DEFAULT_REGIME if reporting else "calendar"]
    try:
        period = rule.period(code)
    except PeriodError:
        return rule.containing(on, Grain.MONTH)
    return period if period.grain is Grain.MONTH else rule.containing(on, Grain.MONTH)


def _days(period: Period, today: date, groups: Sequence[DueGroup], carry: Mapping[str, str]) -> list[Day]:
    """Return the days of whole weeks that cover the month."""
    by_day: dict[date, list[DueGroup]] = defaultdict(list)
    for one in groups:
        by_day[one.due].append(one)
    rule = regimes()[DEFAULT_REGIME]
    first = period.start - timedelta(days=period.start.weekday())
    last = period.last_day + timedelta(days=WEEK - 1 - period.last_day.weekday())
    found = []
    for offset in range((last - first).days + 1):
        on = first + timedelta(days=offset)
        held = sorted(by_day.get(on, []), key=lambda one: (-one.counts[Work.LATE], -one.n, one.title))
        text = on.isoformat()
        found.append(
            Day(
                on,
                on in period,
                on == today,
                rule.containing(on, Grain.MONTH).last_day == on,
                sum(one.n for one in held),
                sum(one.counts[Work.LATE] for one in held),
                tuple(_entry(one, text, carry) for one in held[:SHOWN]),
                max(len(held) - SHOWN, 0),
                asking.listed(carry, tu=text, den=text),
            )
        )
    return found


def _entry(group: DueGroup, on: str, carry: Mapping[str, str]) -> Entry:
    worst = next((work for work in Work if group.counts[work]), Work.COMING)
    url = asking.listed(carry, cha=group.code, tu=on, den=on) if group.below else shown.task_url(group.code)
    return Entry(group.title, group.n, group.counts[Work.DONE], WORKS[worst], url)


def _calendar_heading(period: Period, total: int, late: int) -> str:
    name = period.name.render(_)
    if not total:
        return _("%s: không có việc nào đến hạn") % name
    if late:
        return _("%(month)s: %(n)s lượt việc đến hạn, %(late)s đang quá hạn") % {
            "month": name, "n": grouped(total), "late": grouped(late),
        }  # fmt: skip
    return _("%(month)s: %(n)s lượt việc đến hạn, không việc nào quá hạn") % {"month": name, "n": grouped(total)}
