"""What the registers recorded, by unit and by period: one grouped query for a measure, however many periods."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Case, Count, F, IntegerField, Min, Q, QuerySet, Sum, Value, When
from django.db.models.expressions import Combinable
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from diaban.apps.hotspots.models import HotspotStep, Incident, Seizure
from diaban.apps.hotspots.queries.flows import existing_on
from diaban.apps.hotspots.queries.lives import workflow_on
from diaban.apps.hotspots.queries.sight import UnitIds, of_units
from diaban.catalogue.substances_loader import plants as plant_codes
from diaban.core.lifecycle import Standing, Workflow, moves
from diaban.core.periods import Period

POOLED: Final = ""  # the part of a measure that is not told apart by source


@dataclass(frozen=True, slots=True)
class Measure:
    """What is counted. `column`: of the flow of hot-spots, "" for incidents. `stock`: at the end of a period."""

    code: str
    title: Promise | str
    noun: Promise | str  # behind a number: "41 vụ việc"
    column: str = ""
    stock: bool = False
    by_source: bool = False

    @property
    def of_spots(self) -> bool:
        """Say whether it counts hot-spots, not incidents."""
        return self.stock or bool(self.column)


MEASURES: Final = {
    measure.code: measure
    for measure in (
        Measure("vu_viec", _("Vụ việc"), _("vụ việc"), by_source=True),
        Measure("bi_bat", _("Người bị bắt giữ"), _("người bị bắt giữ"), by_source=True),
        Measure("diem_moi", _("Điểm, tụ điểm mới"), _("điểm mới"), column="new"),
        Measure("tai_phuc_tap", _("Tái phức tạp"), _("lượt tái phức tạp"), column="reformed"),
        Measure("triet_xoa", _("Triệt xóa"), _("điểm triệt xóa"), column="eliminated"),
        Measure("cuoi_ky", _("Điểm, tụ điểm tồn tại cuối kỳ"), _("điểm tồn tại"), stock=True),
        Measure("cay", _("Cây có chứa chất ma túy (cây)"), _("cây")),
        Measure("dien_tich_cay", _("Cây có chứa chất ma túy (m²)"), _("m²")),
    )
}
_PLANT_MEASURES: Final = {"cay": "cay", "dien_tich_cay": "m2"}


@dataclass(slots=True)
class Recorded:
    """`counts[unit, period, part]`: part is a source or POOLED; `silent`: incidents that did not report the figure.

    Periods are numbers from 0 in the order asked for. A pair that is absent has no record: nothing happened that the
    register knows of, which is zero where the register was kept.
    """

    counts: dict[tuple[int, int, str], int] = field(default_factory=dict)
    silent: dict[tuple[int, int], int] = field(default_factory=dict)

    def add(self, unit: int, period: int, part: str, n: int) -> None:
        """Add to a count."""
        key = (unit, period, part)
        self.counts[key] = self.counts.get(key, 0) + n


def first_record(measure: Measure) -> date | None:
    """Return the day of the register's first record; nothing for an empty register. Before it nothing is known."""
    rows: QuerySet[Any] = HotspotStep.objects.filter(stands=True) if measure.of_spots else Incident.objects.all()
    found: date | None = rows.aggregate(first=Min("on"))["first"]
    return found


def recorded(
    measure: Measure, periods: Sequence[Period], unit_ids: Collection[int] | None, source: str, on: date
) -> Recorded:
    """Return what was recorded in each of `periods` (which do not overlap), by unit as recorded.

    `unit_ids`: units of any date, None = all. `source`: only incidents known in that way, "" = each apart. `on`: the
    day whose workflow says which states exist.
    """
    within = Q() if unit_ids is None else Q(unit__in=unit_ids)
    moved = within if unit_ids is None else within | Q(from_unit__in=unit_ids)
    if measure.stock:
        return _stock(periods, moved, unit_ids, workflow_on(on))
    if measure.column:
        return _movements(measure.column, periods, moved, unit_ids, workflow_on(on))
    if measure.code in _PLANT_MEASURES:
        return _plants(_PLANT_MEASURES[measure.code], periods, unit_ids)
    rows = Incident.objects.filter(within, _span("on", periods))
    if source:
        rows = rows.filter(source=source)
    return _incidents(rows, periods, people=measure.code == "bi_bat")


def incidents_by_source(rows: QuerySet[Incident], periods: Sequence[Period]) -> dict[str, list[int]]:
    """Return how many of these incidents fell in each period, by the way they came to be known."""
    found: dict[str, list[int]] = {}
    for (_unit, period, source), n in _incidents(rows, periods, people=False).counts.items():
        found.setdefault(source, [0] * len(periods))[period] += n
    return found


def moved_spots(
    measure: Measure, period: Period, unit_ids: Collection[int] | None, on: date, seen: UnitIds
) -> list[tuple[int, str, str, date, int]]:
    """Return the hot-spots behind a figure as (id, code, name, day, unit), by day; each movement by itself.

    `unit_ids`: the units in which they were recorded, None = all. `seen`: only spots that lie there now, None = all:
    one that has left counts where it was, and is named no more.
    """
    visible = of_units(seen, "hotspot__unit")
    workflow = workflow_on(on)
    fields = ("hotspot", "hotspot__code", "hotspot__name", "on")
    if measure.stock:
        standing = existing_on(period.last_day, workflow).filter(visible)
        standing = standing if unit_ids is None else standing.filter(unit__in=unit_ids)
        return [*standing.order_by("on", "hotspot__code").values_list(*fields, "unit")]
    within = Q() if unit_ids is None else Q(unit__in=unit_ids) | Q(from_unit__in=unit_ids)
    rows = HotspotStep.objects.filter(within, visible, stands=True, on__gte=period.start, on__lt=period.end)
    rows = rows.order_by("on", "hotspot__code", "seq")
    found: list[tuple[int, str, str, date, int]] = []
    for pk, code, name, day, verb, from_state, from_unit, to_state, unit in rows.values_list(*fields, *_STEP):
        counted = _counted(workflow, measure.column, verb, from_state, from_unit, to_state, unit)
        found.extend((pk, code, name, day, where) for where in counted if unit_ids is None or where in unit_ids)
    return found


_STEP: Final = ("verb", "from_state", "from_unit", "to_state", "unit")


def _counted(
    workflow: Workflow, column: str, verb: str, from_state: str, from_unit: int | None, to_state: str, unit: int
) -> Iterator[int]:
    """Yield the unit in which a step counts as this movement: the arithmetic is that of the period's flow."""
    before, after = Standing(from_state, str(from_unit or unit), ""), Standing(to_state, str(unit), "")
    for key, name in moves(workflow, verb, before, after, lambda where, _kind: where):
        if name == column:
            yield int(str(key))


def _incidents(rows: QuerySet[Incident], periods: Sequence[Period], *, people: bool) -> Recorded:
    found = Recorded()
    cuts, numbers = _cuts(periods)
    grouped = rows.order_by().annotate(slot=_slot("on", cuts)).values_list("unit", "slot", "source")
    for unit, slot, source, n, arrested, told in grouped.annotate(
        n=Count("pk"), people=Sum("arrested"), told=Count("arrested")
    ):
        period = numbers.get(slot)
        if period is None:
            continue
        if not people:
            found.add(unit, period, source, n)
            continue
        if told:
            found.add(unit, period, source, int(arrested))
        if told < n:
            found.silent[unit, period] = found.silent.get((unit, period), 0) + n - told
    return found


def _plants(measure: str, periods: Sequence[Period], unit_ids: Collection[int] | None) -> Recorded:
    found = Recorded()
    cuts, numbers = _cuts(periods)
    rows = Seizure.objects.filter(
        _span("incident__on", periods), incident__voided_at__isnull=True, substance__in=plant_codes(), measure=measure
    )
    if unit_ids is not None:
        rows = rows.filter(incident__unit__in=unit_ids)
    grouped = rows.order_by().annotate(slot=_slot("incident__on", cuts)).values_list("incident__unit", "slot")
    for unit, slot, n in grouped.annotate(n=Sum("amount")):
        if slot in numbers:
            found.add(unit, numbers[slot], POOLED, int(n))
    return found


def _movements(
    column: str, periods: Sequence[Period], within: Q, unit_ids: Collection[int] | None, workflow: Workflow
) -> Recorded:
    found = Recorded()
    cuts, numbers = _cuts(periods)
    rows = HotspotStep.objects.filter(within, _span("on", periods), stands=True)
    grouped = rows.order_by().annotate(slot=_slot("on", cuts)).values_list(*_STEP, "slot")
    for *step, slot, n in grouped.annotate(n=Count("pk")):
        if slot not in numbers:
            continue
        for unit in _counted(workflow, column, *step):
            if unit_ids is None or unit in unit_ids:
                found.add(unit, numbers[slot], POOLED, n)
    return found


def _stock(periods: Sequence[Period], within: Q, unit_ids: Collection[int] | None, workflow: Workflow) -> Recorded:
    """Count what stood at the end of each period: all that came into being by then in a unit, less all that left it."""
    found = Recorded()
    ends = sorted(period.end for period in periods)
    order = {period.end: number for number, period in enumerate(periods)}
    existing = workflow.existing_states
    stayed = Q(from_state__in=existing, to_state__in=existing, from_unit=F("unit"))
    steps = HotspotStep.objects.filter(within, stands=True, on__lt=ends[-1]).exclude(stayed).order_by()
    changes: dict[int, list[int]] = {}
    # Two narrow groupings: one by both states sorts twice as many rows by five columns.
    for column, state, sign in (("unit", "to_state", 1), ("from_unit", "from_state", -1)):
        rows = steps.filter(**{f"{state}__in": existing}).annotate(slot=_slot("on", ends))
        for unit, slot, n in rows.values_list(column, "slot").annotate(n=Count("pk")):
            if unit_ids is None or unit in unit_ids:
                changes.setdefault(unit, [0] * len(ends))[slot] += sign * n
    for where, steps_of in changes.items():
        standing = 0
        for slot, change in enumerate(steps_of):
            standing += change
            if standing:
                found.add(where, order[ends[slot]], POOLED, standing)
    return found


def _span(day: str, periods: Sequence[Period]) -> Q:
    first, last = min(period.start for period in periods), max(period.end for period in periods)
    return Q(**{f"{day}__gte": first, f"{day}__lte": last - timedelta(days=1)})


def _cuts(periods: Sequence[Period]) -> tuple[list[date], dict[int, int]]:
    """Return the days on which a period begins or ends, and the period that lies behind each: slot → number."""
    cuts = sorted({day for period in periods for day in (period.start, period.end)})
    return cuts, {bisect_right(cuts, period.start): number for number, period in enumerate(periods)}


def _slot(day: str, cuts: Sequence[date], low: int = 0) -> Combinable:
    """Return an expression: how many of `cuts` have come by `day`. Halved like a search, so that forty cost six."""
    if not cuts:
        return Value(low, output_field=IntegerField())
    middle = len(cuts) // 2
    return Case(
        When(**{f"{day}__lt": cuts[middle]}, then=_slot(day, cuts[:middle], low)),
        default=_slot(day, cuts[middle + 1 :], low + middle + 1),
        output_field=IntegerField(),
    )
