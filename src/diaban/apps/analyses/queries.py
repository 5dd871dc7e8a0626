"""What of the questions, answers and alerts somebody sees, what waits, what the alarm rate is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet

from diaban.apps.access import Permission, Rights
from diaban.apps.analyses.models import AlarmRate, Alert, Analysis, Question
from diaban.apps.hotspots.models import Source
from diaban.apps.hotspots.queries import UnitIds, both
from diaban.apps.jobs.models import Run
from diaban.catalogue.alerts_loader import table

USUAL_RATE: Final = 1.0
USUAL_SOURCES: Final = (Source.REPORTED, Source.TIP)
"""What people report and tell: it does not rise because more patrols are sent."""


def visible_analyses(rights: Rights) -> QuerySet[Analysis]:
    """Return the questions whose whole area is within sight; those of the whole area only for who sees all of it."""
    rows = Analysis.objects.select_related("unit", "hotspot", "job", "repeats")
    return rights.visible(rows, Permission.ANALYSIS_VIEW)


def visible_alerts(rights: Rights) -> QuerySet[Alert]:
    """Return the alerts within sight: of one's communes; of several communes, for who sees the whole area."""
    rows = Alert.objects.select_related("unit", "hotspot", "analysis__unit")
    return rights.visible(rows, Permission.ANALYSIS_VIEW)


def sees_points(rights: Rights, analysis: Analysis) -> bool:
    """Tell whether somebody may see exact places: only who may see the incidents of the whole area of the answer."""
    return rights.can(Permission.INCIDENT_VIEW, unit=analysis.unit_id).allowed


def askable_units(rights: Rights) -> UnitIds:
    """Return the units about which somebody may ask: where they may run an analysis and see the incidents."""
    return both(rights.units(Permission.ANALYSIS_RUN), rights.units(Permission.INCIDENT_VIEW))


def decidable(rights: Rights) -> QuerySet[Alert]:
    """Return the open alerts that wait for this person."""
    return rights.visible(visible_alerts(rights).filter(final=False), Permission.ALERT_DECIDE)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list of questions asks for."""

    text: str = ""
    question: str = ""
    state: str = ""
    level: str = ""
    mine: str = ""  # a user name
    weekly: bool = False
    units: frozenset[int] | None = None


ORDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "ngay": ("created_at", "pk"),
    "-ngay": ("-created_at", "-pk"),
    "ma": ("code",),
    "-ma": ("-code",),
}


def found(asked: Asked, rights: Rights) -> QuerySet[Analysis]:
    """Return the questions within sight that fit."""
    rows = visible_analyses(rights)
    if asked.text.strip():
        rows = rows.filter(Q(code__icontains=asked.text.strip()) | Q(hotspot__code__iexact=asked.text.strip()))
    if asked.question in Question.values:
        rows = rows.filter(question=asked.question)
    if asked.state in Run.State.values:
        rows = rows.filter(job__state=asked.state)
    if asked.level:
        rows = rows.filter(level=asked.level)
    if asked.mine:
        rows = rows.filter(asked_by=asked.mine)
    if asked.weekly:
        rows = rows.filter(weekly=True)
    if asked.units is not None:
        rows = rows.filter(unit__in=asked.units)
    return rows


@dataclass(frozen=True, slots=True)
class AlertsAsked:
    """What a list of alerts asks for."""

    states: tuple[str, ...] = ()
    kind: str = ""
    open: bool = False
    waiting: bool = False
    units: frozenset[int] | None = None


def alerts_found(asked: AlertsAsked, rights: Rights) -> QuerySet[Alert]:
    """Return the alerts within sight that fit."""
    rows = decidable(rights) if asked.waiting else visible_alerts(rights)
    known = {one.code for one in table().states}
    if wanted := [one for one in asked.states if one in known]:
        rows = rows.filter(state__in=wanted)
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.open:
        rows = rows.filter(final=False)
    if asked.units is not None:
        rows = rows.filter(unit__in=asked.units)
    return rows


@dataclass(frozen=True, slots=True)
class Rate:
    """The alarm rate in force, and whether somebody set it."""

    false_alarms_per_year: float
    sources: tuple[str, ...]
    row: AlarmRate | None = None


def alarm_rate() -> Rate:
    """Return the alarm rate in force; the usual one where nobody set any."""
    row = AlarmRate.objects.select_related("set_by").order_by("-pk").first()
    if row is None:
        return Rate(USUAL_RATE, tuple(USUAL_SOURCES))
    return Rate(row.false_alarms_per_year, tuple(row.sources.split(",")), row)


def findings_of(document: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return the rows of an answer, under whatever name its document has them."""
    if not document:
        return []
    rows = document.get(str(document.get("rows", "")), [])
    return rows if isinstance(rows, list) else []
