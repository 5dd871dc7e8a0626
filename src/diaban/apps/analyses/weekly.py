"""The weekly look over the whole area: a prospective scan, every commune, every hot-spot in its watch.

The false alarms that the area puts up with in a year are shared out: a quarter to the scan, a quarter to the communes
together, half to the hot-spots together. So all of it stays within what was set. Alerts are raised; people decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.urls import reverse
from django.utils.timezone import localdate

from diaban.analysis.settings import Circle, ScanSettings, Settings, WatchSettings
from diaban.apps.access import Permission, Person
from diaban.apps.analyses import actions
from diaban.apps.analyses.actions import Order, Seen
from diaban.apps.analyses.models import Alert, AlertKind, Analysis, Counted, Question
from diaban.apps.analyses.queries import alarm_rate, findings_of
from diaban.apps.hotspots.models import Hotspot, Incident
from diaban.apps.hotspots.queries import carried
from diaban.apps.inbox.actions import tell
from diaban.apps.inbox.models import Notice
from diaban.apps.inbox.people import People
from diaban.apps.jobs.actions import enqueue
from diaban.apps.jobs.models import Run
from diaban.apps.jobs.progress import Progress, WorkFailed
from diaban.apps.places import queries as places
from diaban.apps.places.models import Unit
from diaban.core.messages import N_, Message, say

KIND: Final = "analyses.weekly"
WEEKS_A_YEAR: Final = 52
SCAN_SHARE, COMMUNE_SHARE, SPOT_SHARE = 0.25, 0.25, 0.5
SCAN_WEEKS: Final = 52
HISTORY: Final = timedelta(days=3 * 365)
BEFORE_RESOLVED: Final = timedelta(days=2 * 365)
RADIUS: Final = 500.0
SCAN_RADIUS: Final = 5_000.0
LEAST_RATE: Final = 0.01  # a year: what the settings of a watch allow

Answer = Callable[[Analysis, Person, Progress], Analysis]


def plan(*, at: datetime) -> Run | None:
    """Put this week's look into the queue unless it is there; nothing to look at, nothing to do."""
    today = localdate(at)
    week = today - timedelta(days=today.weekday())
    if Run.objects.filter(kind=KIND, params__week=week.isoformat()).exists():
        return None
    if not Incident.objects.filter(on__gte=week - timedelta(weeks=SCAN_WEEKS), on__lt=week).exists():
        return None
    return enqueue(KIND, by=None, at=at, params={"week": week.isoformat()}, address=reverse("analyses:alerts"))


def look(*, by: Person, at: datetime, week: date, answer: Answer, progress: Progress) -> int:
    """Look at everything up to the day before `week`, raise what is found, tell who decides; return how many alerts."""
    last = week - timedelta(days=1)
    if Analysis.objects.filter(weekly=True, last=last).exists():
        return 0
    raised: list[Alert] = []
    for order, found in _orders(last):
        analysis = actions.ask(by=by, at=at, order=order, queue=False, weekly=True)
        try:
            answered = answer(analysis, by, progress)
        except WorkFailed:
            analysis.delete()  # nothing to look at (no incidents, too short a history): no answer, no alert
            continue
        for seen in found(answered):
            alert = actions.raise_alert(by=by, at=at, analysis=answered, seen=seen)
            raised += [alert] if alert is not None else []
    _tell(raised, at)
    return len(raised)


Found = Callable[[Analysis], Iterator[Seen]]


def _orders(last: date) -> Iterator[tuple[Order, Found]]:
    rate = alarm_rate()
    alpha = min(0.5, max(0.0001, rate.false_alarms_per_year * SCAN_SHARE / WEEKS_A_YEAR))
    scan = ScanSettings(
        prospective=True,
        max_radius=SCAN_RADIUS,
        max_duration=8,
        replicates=999 if alpha >= 0.005 else 9_999,
        early_stop=True,
        alpha=alpha,
    )
    since = last - timedelta(weeks=SCAN_WEEKS) + timedelta(days=1)
    yield _order(Question.SCAN, None, since, last, rate.sources, scan), lambda row: _clusters(row, alpha)
    communes = WatchSettings(false_alarms_per_year=max(LEAST_RATE, rate.false_alarms_per_year * COMMUNE_SHARE))
    order = _order(Question.WATCH, None, last - HISTORY, last, rate.sources, communes, counted=Counted.COMMUNES)
    yield order, _communes
    yield from _watched(last, rate.false_alarms_per_year * SPOT_SHARE, rate.sources)


def _watched(last: date, together: float, sources: tuple[str, ...]) -> Iterator[tuple[Order, Found]]:
    rows = Hotspot.objects.filter(state="watched", lon__isnull=False, eliminated_on__lt=last).order_by("pk")
    spots = list(rows.select_related("unit"))
    heirs = carried({spot.unit_id for spot in spots}, last)
    units = Unit.objects.in_bulk({heir for heir in heirs.values() if heir is not None})
    each = max(LEAST_RATE, together / max(1, len(spots)))
    for spot in spots:
        heir = heirs[spot.unit_id]
        if heir is None or spot.lon is None or spot.lat is None or spot.eliminated_on is None:
            continue
        place = Circle(spot.lon, spot.lat, RADIUS)
        watch = WatchSettings(place=place, resolved=spot.eliminated_on, false_alarms_per_year=each)
        first = spot.eliminated_on - BEFORE_RESOLVED
        order = _order(Question.WATCH, units[heir], first, last, sources, watch, hotspot=spot)
        yield order, _returns


def _order(
    question: str, unit: Unit | None, first: date, last: date, sources: tuple[str, ...], chosen: Settings, **more: Any
) -> Order:
    return Order(question, unit, first, last, sources, chosen.to_dict(), **more)


def _clusters(row: Analysis, alpha: float) -> Iterator[Seen]:
    for index, one in enumerate(findings_of(row.document)):
        if (one.get("p_value") or 1.0) > alpha:
            continue
        where = row.where[index] if index < len(row.where) else []
        uids = [uid for uid, _n in where]
        names = [places.place(places.known().ids[uid], row.last).name for uid in uids[:3]]
        headline = say(
            N_("{n} vụ từ {first} đến {last} ở {where}, thường chỉ khoảng {expected} vụ."),
            n=one.get("observed"),
            first=_day(one.get("start")),
            last=_day(one.get("end")),
            where=", ".join(names) or say(N_("một khu vực")),
            expected=_figure(one.get("expected")),
        )
        unit = places.unit_by_uid(uids[0]) if len(uids) == 1 else None
        key = f"cluster:{uids[0] if uids else index}"
        yield _seen(AlertKind.CLUSTER, key, headline, one, unit=unit, row=index)


def _communes(row: Analysis) -> Iterator[Seen]:
    for index, one in enumerate(findings_of(row.document)):
        uid = str(one.get("unit_code") or "")
        unit = places.unit_by_uid(uid) if uid else None
        if unit is None:
            continue
        headline = say(
            N_("{unit}: {n} vụ trong tuần, thường chỉ khoảng {expected} vụ."),
            unit=places.place(unit.pk, row.last).name,
            n=one.get("observed"),
            expected=_figure(one.get("expected")),
        )
        yield _seen(AlertKind.COMMUNE, f"commune:{uid}", headline, one, unit=unit, row=index)


def _returns(row: Analysis) -> Iterator[Seen]:
    """Yield the return of a watched hot-spot, once for each time it begins: closing the alert does not ring it anew."""
    if row.level != "found" or row.hotspot is None or row.document is None:
        return
    spot, began = row.hotspot, row.document.get("numbers", {}).get("first_alarm")
    key = f"return:{spot.pk}:{began}"
    if Alert.objects.filter(key=key).exists():
        return
    headline = say(
        N_("{code}: vụ việc quanh điểm đã triệt xóa tăng trở lại từ {day}, trong thời gian theo dõi."),
        code=spot.code,
        day=_day(began),
    )
    yield _seen(AlertKind.RETURN, key, headline, {}, unit=row.unit, hotspot=spot)


def _seen(kind: str, key: str, headline: Message, one: dict[str, Any], **more: Any) -> Seen:
    return Seen(kind, key, kept(headline), observed=one.get("observed"), expected=one.get("expected"), **more)


def kept(message: Message) -> dict[str, Any]:
    """Return a sentence as its template and what fills it (the form of `diaban.analysis`, without its libraries)."""
    params = {name: kept(value) if isinstance(value, Message) else value for name, value in message.params.items()}
    return {"msgid": message.msgid, "params": params}


def _day(value: Any) -> str:
    return f"{date.fromisoformat(value):%d/%m/%Y}" if isinstance(value, str) else ""


def _figure(value: Any) -> str:
    return f"{value:.1f}".replace(".", ",") if isinstance(value, int | float) else "?"


def _tell(alerts: list[Alert], at: datetime) -> None:
    """Tell who decides about each alert, those nearest to the place."""
    people = People(localdate(at))
    for alert in alerts:
        tell(
            to=people.who_may(Permission.ALERT_DECIDE, alert.unit_id),
            kind=Notice.Kind.ASKED,
            topic=f"alert:{alert.pk}",
            words=say(N_("Báo động {code} chờ xem, kiểm tra tại chỗ."), code=alert.code),
            url=reverse("analyses:alert", args=[alert.code]),
            key=f"alert:{alert.pk}",
            at=at,
            level=Notice.Level.DUE,
        )
