"""Raise an alert, say what was done about it, set how many false alarms are put up with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from django.db import transaction
from django.utils.timezone import localdate

from diaban.apps.access import AccessRefused, Permission, Person, require
from diaban.apps.accounts.models import User
from diaban.apps.analyses.models import AlarmRate, Alert, AlertStep, Analysis
from diaban.apps.audit import actions as audit
from diaban.apps.audit.models import Kind
from diaban.apps.hotspots.models import Hotspot, Source
from diaban.apps.places.models import Unit
from diaban.catalogue.alerts_loader import table
from diaban.core.lifecycle import Problem, StepRefused
from diaban.core.messages import N_, say

LONGEST_WORDS: Final = 2000
MOST_A_YEAR: Final = 52
LOGGED: Final = {"confirm": "is_real", "close": "finish"}
"""Verbs of the log where the step's own word means something else there."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What an alert is about. `key` names the place: while an alert with it is open, no other is raised."""

    kind: str
    key: str
    headline: Mapping[str, Any]
    unit: Unit | None = None
    hotspot: Hotspot | None = None
    row: int | None = None
    observed: float | None = None
    expected: float | None = None


@transaction.atomic
def raise_alert(*, by: Person, at: datetime, analysis: Analysis, seen: Seen) -> Alert | None:
    """Raise an alert and return it; None where one about the same place is still open."""
    require(by, Permission.ANALYSIS_RUN, at=at, unit=analysis.unit_id)
    if Alert.objects.filter(key=seen.key, final=False).exists():
        return None
    begin = next(move for move in table().moves if not move.sources)
    row = Alert.objects.create(
        code=uuid4().hex[:16],
        kind=seen.kind,
        key=seen.key,
        unit=seen.unit,
        hotspot=seen.hotspot,
        analysis=analysis,
        row=seen.row,
        headline=dict(seen.headline),
        observed=seen.observed,
        expected=seen.expected,
        state=begin.target,
        raised_on=localdate(at),
        created_at=at,
    )
    row.code = f"BD-{row.pk:06d}"
    row.save(update_fields=["code"])
    _write(row, begin.verb, "", "", by, at)
    detail = {"kind": str(row.kind), "analysis": analysis.code}
    audit.record(by=by, at=at, verb="alert.raise_alarm", subject=f"alert:{row.code}", detail=detail, kind=Kind.SYSTEM)
    return row


@transaction.atomic
def take_step(*, by: Person, at: datetime, alert: Alert, verb: str, words: str = "") -> Alert:
    """Take one step of the table. Raises `AccessRefused`, or `StepRefused` with every reason."""
    row = Alert.objects.select_for_update(of=("self",)).get(pk=alert.pk)
    verdict = require(by, Permission.ALERT_DECIDE, at=at, unit=row.unit_id)
    if not verdict.allowed:  # pragma: no cover - `require` raises
        raise AccessRefused(verdict)
    move = table().find(verb)
    if move is None or not move.sources:
        raise StepRefused([Problem("", say(N_("Không có bước này.")))])
    if row.state not in move.sources:
        raise StepRefused([Problem("", table().out_of_turn(row.state, move))])
    if move.words and not words.strip():
        raise StepRefused([Problem("words", say(N_("Ghi đã kiểm tra gì, thấy gì, hoặc lý do.")))])
    if len(words.strip()) > LONGEST_WORDS:
        raise StepRefused([Problem("words", say(N_("Nội dung dài nhất {n} ký tự."), n=LONGEST_WORDS))])
    before, today = row.state, localdate(at)
    row.state = move.target
    state = table().state(row.state)
    if state.finding:
        row.checked_on = today
    if not state.open:
        row.final, row.closed_on = True, today
    row.save()
    _write(row, verb, before, words.strip(), by, at)
    detail = {"from": table().state(before).title, "to": state.title}
    audit.record(by=by, at=at, verb=f"alert.{LOGGED.get(verb, verb)}", subject=f"alert:{row.code}", detail=detail)
    return row


def _write(row: Alert, verb: str, before: str, words: str, by: Person, at: datetime) -> None:
    AlertStep.objects.create(
        alert=row,
        seq=row.steps.count() + 1,
        verb=verb,
        from_state=before,
        to_state=row.state,
        on=localdate(at),
        words=words,
        recorded_by=by.get_username(),
        recorded_at=at,
    )


@transaction.atomic
def set_alarm_rate(
    *, by: User, at: datetime, false_alarms_per_year: float, sources: Sequence[str], document: str = ""
) -> AlarmRate:
    """Set how many false alarms a year the whole area puts up with. Raises `StepRefused`."""
    require(by, Permission.VALUES_SET, at=at)
    problems = []
    if not 0 < false_alarms_per_year <= MOST_A_YEAR:
        words = say(N_("Số báo động sai mỗi năm: lớn hơn 0, nhiều nhất {n}."), n=MOST_A_YEAR)
        problems.append(Problem("false_alarms_per_year", words))
    if not sources or set(sources) - set(Source.values):
        problems.append(Problem("sources", say(N_("Chọn ít nhất một nguồn tin."))))
    if problems:
        raise StepRefused(problems)
    kept = ",".join(one for one in Source.values if one in sources)
    row = AlarmRate.objects.create(
        false_alarms_per_year=false_alarms_per_year, sources=kept, document=document.strip(), set_by=by, set_at=at
    )
    detail = {"value": str(false_alarms_per_year), "sources": kept.split(","), "document": row.document}
    audit.record(by=by, at=at, verb="alert.set_rate", subject="alert:rate", detail=detail)
    return row
