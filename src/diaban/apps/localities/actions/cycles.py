"""Open, set up, move on and lock the yearly review."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _

from diaban.apps.access import Permission, Person, require
from diaban.apps.audit.actions import record
from diaban.apps.localities.actions.computing import work_out
from diaban.apps.localities.models import Cycle, Standing
from diaban.apps.localities.queries.rules import law_of, law_of_year, period_of_year
from diaban.apps.localities.stages import Refused
from diaban.core.periods import PeriodError
from diaban.core.rules import RuleError, RuleSet


def _checked(ruleset: RuleSet, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings if the rule set accepts them."""
    try:
        ruleset.resolve(settings)
    except RuleError as error:
        raise Refused(error.message.render(_)) from error
    return dict(settings)


@transaction.atomic
def open_cycle(*, year: int, by: Person, at: datetime, settings: Mapping[str, Any] | None = None) -> Cycle:
    """Open the review of `year` for every commune of the work area that exists on its last day.

    The rule set is the one in force for that cycle; `settings` are the province's choices where the text is open.
    Raises `Refused` if the review exists or no law in the catalogue covers the year.
    """
    require(by, Permission.REVIEW_RUN, at=at)
    if Cycle.objects.filter(year=year).exists():
        raise Refused(format_lazy(_("Kỳ phân loại năm {year} đã được mở."), year=year), "year")
    try:
        period, ruleset = period_of_year(year), law_of_year(year)
    except (PeriodError, RuleError) as error:
        raise Refused(error.message.render(_), "year") from error
    if timezone.localdate(at) < period.start:
        begins = f"{period.start:%d/%m/%Y}"
        raise Refused(
            format_lazy(_("Kỳ năm {year} bắt đầu ngày {begins}; chưa mở được."), year=year, begins=begins), "year"
        )
    cycle = Cycle.objects.create(
        year=year,
        first_day=period.start,
        last_day=period.last_day,
        ruleset=ruleset.id,
        settings=_checked(ruleset, settings or {}),
        opened_at=at,
    )
    record(
        by=by,
        at=at,
        verb="cycle.open",
        subject=f"cycle:{year}",
        detail={"ruleset": cycle.ruleset, "settings": cycle.settings},
    )
    work_out(cycle=cycle, by=by, at=at)
    cycle.refresh_from_db()
    return cycle


@transaction.atomic
def set_settings(*, cycle: Cycle, settings: Mapping[str, Any], by: Person, at: datetime) -> int:
    """Set the province's choices and work every proposal out anew; return how many proposals changed."""
    require(by, Permission.REVIEW_RUN, at=at)
    cycle = _held(cycle, Cycle.State.OPEN, Cycle.State.APPRAISING)
    before, cycle.settings = cycle.settings, _checked(law_of(cycle), settings)
    cycle.save(update_fields=["settings"])
    record(
        by=by,
        at=at,
        verb="cycle.settings",
        subject=f"cycle:{cycle.year}",
        detail={"before": before, "after": cycle.settings},
    )
    return work_out(cycle=cycle, by=by, at=at)


@transaction.atomic
def begin_appraisal(*, cycle: Cycle, by: Person, at: datetime) -> Cycle:
    """Say that the province appraises now; figures may still be corrected, as dated adjustments."""
    require(by, Permission.REVIEW_RUN, at=at)
    return _move(_held(cycle, Cycle.State.OPEN), Cycle.State.APPRAISING, by, at, {})


@transaction.atomic
def close_cycle(*, cycle: Cycle, by: Person, at: datetime) -> Cycle:
    """Lock figures and assessments. Refused while a commune has no decision; the sentence says how many."""
    require(by, Permission.REVIEW_RUN, at=at)
    cycle = _held(cycle, Cycle.State.OPEN, Cycle.State.APPRAISING)
    undecided = Standing.objects.filter(cycle=cycle, decision__isnull=True).count()
    if undecided:
        raise Refused(format_lazy(_("Còn {n} đơn vị chưa có quyết định; chưa khóa được kỳ phân loại."), n=undecided))
    cycle.closed_at = at
    return _move(cycle, Cycle.State.CLOSED, by, at, {})


@transaction.atomic
def reopen_cycle(*, cycle: Cycle, reason: str, by: Person, at: datetime) -> Cycle:
    """Open a locked review again, with the reason in the log."""
    require(by, Permission.REVIEW_RUN, at=at)
    cycle = _held(cycle, Cycle.State.CLOSED)
    if not reason.strip():
        raise Refused(_("Mở lại kỳ đã khóa thì cần ghi lý do."), "reason")
    cycle.closed_at = None
    return _move(cycle, Cycle.State.APPRAISING, by, at, {"reason": reason.strip()})


def _held(cycle: Cycle, *states: str) -> Cycle:
    row = Cycle.objects.select_for_update().get(pk=cycle.pk)
    if row.state not in states:
        raise Refused(
            format_lazy(
                _("Kỳ phân loại đang ở trạng thái “{state}”; không làm được việc này."), state=row.get_state_display()
            )
        )
    return row


def _move(cycle: Cycle, state: str, by: Person, at: datetime, detail: dict[str, Any]) -> Cycle:
    before, cycle.state = cycle.state, state
    cycle.save(update_fields=["state", "closed_at"])
    record(by=by, at=at, verb=f"cycle.{state}", subject=f"cycle:{cycle.year}", detail=detail | {"before": before})
    return cycle
