"""Records made by mistake: declared void with a reason and a document, kept and shown, counted nowhere, restorable."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import TypeVar

from django.db import transaction

from diaban.apps.access import Permission, Rights, rights_at
from diaban.apps.accounts.models import User
from diaban.apps.audit import actions as audit
from diaban.apps.hotspots.actions.ends import require_at
from diaban.apps.hotspots.actions.incidents import RecordRefused
from diaban.apps.hotspots.actions.projection import day_of, row_of, told
from diaban.apps.hotspots.actions.routes import crossed_by
from diaban.apps.hotspots.actions.spots import save_projection
from diaban.apps.hotspots.models import Hotspot, Incident, Route
from diaban.apps.hotspots.queries import history_of, incidents_seen, sees_spot, spots_seen
from diaban.apps.hotspots.queries.lives import workflow_on
from diaban.core.lifecycle import History, Problem, Step, StepRefused, restore, void
from diaban.core.lifecycle.history import ADJUSTMENT, missing
from diaban.core.messages import N_, say

Record = TypeVar("Record", Incident, Route)
NAMED = 5


def void_hotspot(
    *, hotspot: Hotspot, on: date, document: str, decider: str, reason: str, by: User, at: datetime
) -> Hotspot:
    """Declare a hot-spot file recorded by mistake. Raises `StepRefused`: a listed one is first taken back by steps."""
    correction = _correction(on, at, document, decider, reason)
    return _adjust_hotspot(hotspot, void, correction, "hotspot.void", by=by, at=at)


def restore_hotspot(
    *, hotspot: Hotspot, on: date, document: str, decider: str, reason: str, by: User, at: datetime
) -> Hotspot:
    """Let a voided hot-spot file stand again as it stood. Raises `StepRefused`."""
    correction = _correction(on, at, document, decider, reason)
    return _adjust_hotspot(hotspot, restore, correction, "hotspot.restore", by=by, at=at)


def void_incident(
    *, incident: Incident, on: date, document: str, decider: str, reason: str, by: User, at: datetime
) -> Incident:
    """Declare an incident recorded by mistake. Raises `RecordRefused`."""
    return _void(Incident, incident, _correction(on, at, document, decider, reason), by=by, at=at)


def restore_incident(
    *, incident: Incident, on: date, document: str, decider: str, reason: str, by: User, at: datetime
) -> Incident:
    """Let a voided incident count again. Raises `RecordRefused`, also while its hot-spot is void."""
    return _restore(Incident, incident, _correction(on, at, document, decider, reason), by=by, at=at)


def void_route(*, route: Route, on: date, document: str, decider: str, reason: str, by: User, at: datetime) -> Route:
    """Declare a key route recorded by mistake. Raises `RecordRefused`."""
    return _void(Route, route, _correction(on, at, document, decider, reason), by=by, at=at)


def restore_route(*, route: Route, on: date, document: str, decider: str, reason: str, by: User, at: datetime) -> Route:
    """Let a voided key route count again. Raises `RecordRefused`."""
    return _restore(Route, route, _correction(on, at, document, decider, reason), by=by, at=at)


def _correction(on: date, at: datetime, document: str, decider: str, reason: str) -> Step:
    return Step("", on, day_of(at), document.strip(), decider.strip(), reason.strip())


def _adjust_hotspot(
    hotspot: Hotspot,
    adjust: Callable[[History, Step], History],
    correction: Step,
    verb: str,
    *,
    by: User,
    at: datetime,
) -> Hotspot:
    with transaction.atomic():
        spot = Hotspot.objects.select_for_update().get(pk=hotspot.pk)
        require_at(by, Permission.RECORD_VOID, [spot.unit_id], at=at)
        problems = list(_leaning_on(spot, rights_at(by, at)))
        try:
            history = adjust(history_of(spot, day_of(at)), correction)
        except StepRefused as refusal:
            raise StepRefused([*refusal.problems, *problems]) from None
        if problems:
            raise StepRefused(problems)
        standing = history.effective
        spot.steps.filter(stands=True).update(stands=False, until=None)
        for place, entry in enumerate(standing):
            until = standing[place + 1].step.on if place + 1 < len(standing) else None
            spot.steps.filter(seq=entry.seq).update(stands=True, until=until)
        row_of(spot, history, history.entries[-1], by=by, at=at).save(force_insert=True)
        save_projection(spot, history, at)
        detail = {"steps": told(history.entries[-1:]), "reason": correction.reason, "document": correction.document}
        audit.record(by=by, at=at, verb=verb, subject=f"hotspot:{spot.code}", detail=detail)
    return spot


def _leaning_on(spot: Hotspot, rights: Rights) -> Iterator[Problem]:
    """Yield what counts at this spot and would lose it; what the person does not see is neither named nor counted."""
    incidents = incidents_seen(rights).filter(hotspot=spot, voided_at__isnull=True).order_by("code")
    merged = spots_seen(rights).filter(merged_into=spot).order_by("code")
    codes = [code for rows in (incidents, merged) for code in rows.values_list("code", flat=True)[:NAMED]]
    if codes:
        text = N_("Hồ sơ đang có {codes} gắn với; gỡ ra hoặc hủy ghi nhận những mã đó trước.")
        yield Problem("", say(text, codes=", ".join(codes)))
    elif Incident.objects.filter(hotspot=spot).exists() or spot.merged_from.exists():
        yield Problem("", say(N_("Hồ sơ đang gắn với hồ sơ ngoài phạm vi được giao; đề nghị cấp tỉnh gỡ ra trước.")))


def _void(model: type[Record], record: Record, correction: Step, *, by: User, at: datetime) -> Record:
    with transaction.atomic():
        row: Record = model.everything.select_for_update().get(pk=record.pk)
        _require(row, by=by, at=at)
        problems = list(_problems(correction))
        if row.voided_at is not None:
            problems.append(Problem("", say(N_("{code} đã hủy ghi nhận từ trước."), code=row.code)))
        if problems:
            raise RecordRefused(problems)
        row.voided_at, row.voided_by, row.voided_on = at, by, correction.on
        row.void_reason, row.void_document, row.void_decider = (
            correction.reason,
            correction.document,
            correction.decider,
        )
        return _kept(row, correction, "void", by=by, at=at)


def _restore(model: type[Record], record: Record, correction: Step, *, by: User, at: datetime) -> Record:
    with transaction.atomic():
        row: Record = model.everything.select_for_update().get(pk=record.pk)
        _require(row, by=by, at=at)
        problems = list(_problems(correction))
        if row.voided_at is None:
            problems.append(Problem("", say(N_("{code} không bị hủy ghi nhận."), code=row.code)))
        spot = row.hotspot if isinstance(row, Incident) else None
        if spot is not None and spot.state == workflow_on(day_of(at)).voided_state:
            if sees_spot(rights_at(by, at), spot.pk):
                text = N_("Điểm {code} mà vụ việc gắn với đã hủy ghi nhận; khôi phục điểm đó trước.")
                problems.append(Problem("", say(text, code=spot.code)))
            else:
                text = N_("Vụ việc gắn với hồ sơ ngoài phạm vi được giao đã hủy ghi nhận; đề nghị cấp tỉnh xử lý.")
                problems.append(Problem("", say(text)))
        if problems:
            raise RecordRefused(problems)
        row.voided_at = row.voided_by = row.voided_on = None
        row.void_reason = row.void_document = row.void_decider = ""
        return _kept(row, correction, "restore", by=by, at=at)


def _require(row: Incident | Route, *, by: User, at: datetime) -> None:
    """A route is voided only by somebody who could have set it: it is the record of every unit that it crosses."""
    if isinstance(row, Incident):
        require_at(by, Permission.RECORD_VOID, [row.unit_id], at=at)
        return
    for permission in (Permission.RECORD_VOID, Permission.ROUTE_SET):
        require_at(by, permission, crossed_by(row), at=at)


def _problems(correction: Step) -> Iterator[Problem]:
    yield from missing(correction, ADJUSTMENT)
    if correction.on > correction.recorded_on:
        yield Problem("on", say(N_("Ngày điều chỉnh chưa đến; nhập hôm nay hoặc ngày trước đó.")))


def _kept(row: Record, correction: Step, verb: str, *, by: User, at: datetime) -> Record:
    row.updated_at = at
    row.save()
    kind = "incident" if isinstance(row, Incident) else "route"
    detail = {"on": correction.on.isoformat(), "reason": correction.reason}
    detail |= {"document": correction.document, "decider": correction.decider}
    audit.record(by=by, at=at, verb=f"{kind}.{verb}", subject=f"{kind}:{row.code}", detail=detail)
    return row
