"""Figures of indicators: computed from the registers where `source` says so, else as declared. A number is a path:
what it counts, of which days and units, from where, and a link to the rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import QuerySet, Sum
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from diaban.apps.access import Permission, Rights
from diaban.apps.hotspots import queries as hotspots
from diaban.apps.hotspots.asking import CODES
from diaban.apps.hotspots.models import HotspotStep, Incident, IncidentKind, PlaceType
from diaban.apps.localities import queries as localities
from diaban.apps.localities.models import Cycle
from diaban.apps.places import queries as places
from diaban.apps.places.models import Unit
from diaban.apps.plans.models import Indicator, Reported, Target
from diaban.core.drafting.reaching import Amount, Reached, reached
from diaban.core.periods import Period

UnitIds = frozenset[int] | None
OPEN_PLACES: Final = (PlaceType.PUBLIC, PlaceType.RESIDENTIAL, PlaceType.SCHOOL)
OPEN_KINDS: Final = (IncidentKind.DEALING, IncidentKind.USING)
KEY: Final = ("I", "II", "III")
SERIES: Final[Mapping[str, str]] = {
    "new": "diem_moi",
    "reformed": "tai_phuc_tap",
    "eliminated": "triet_xoa",
    "existing": "cuoi_ky",
    "count": "vu_viec",
    "arrested": "bi_bat",
}
"""Key of a register -> the measure of the series that counts the same."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of one indicator in one period. `amount` None: not known, `why` says why."""

    indicator: Indicator
    period: Period
    amount: Amount | None
    why: str = ""
    source: str = ""  # in words: the register, or the document it was declared by
    href: str = ""  # the rows behind it
    reported: Reported | None = None
    limited: bool = False  # counts only the units within sight

    @property
    def percent(self) -> bool:
        """Whether it is read as a share."""
        return self.indicator.measure == "%" or bool(self.indicator.denominator)


@dataclass(frozen=True, slots=True)
class Judged:
    """A target with the figure of the period and of the year before, and whether it is reached."""

    target: Target
    figure: Figure | None
    before: Figure | None
    answer: Reached


class Figures:
    """Works figures out for one person, period and unit; every register is asked once."""

    def __init__(self, rights: Rights, period: Period, unit: Unit | None, *, today: date) -> None:
        self.rights, self.period, self.unit, self.today = rights, period, unit, today
        self._kept: dict[str, Any] = {}

    def of(self, indicator: Indicator) -> Figure:
        """Return the figure of an indicator."""
        if not indicator.register:
            return self._declared(indicator)
        family, _dot, key = indicator.register.partition(".")
        read = {"hotspots": self._hotspots, "incidents": self._incidents, "localities": self._localities}.get(family)
        if read is None:
            return self._unknown(indicator, _("Sổ của hệ thống chưa tính được chỉ số này."))
        if self.period.start > self.today:
            return self._unknown(indicator, _("Kỳ chưa bắt đầu."))
        return read(indicator, key)

    def _unknown(self, indicator: Indicator, why: str) -> Figure:
        return Figure(indicator, self.period, None, why)

    def _within(self, permission: Permission) -> tuple[UnitIds, bool]:
        """Return the units counted (None: all) and whether sight makes them fewer than asked for."""
        seen = self.rights.units(permission)
        if self.unit is None:
            return seen, seen is not None
        wanted = frozenset(places.scope_unit_ids(self.unit, self.period.last_day))
        return (wanted, False) if seen is None else (wanted & seen, not wanted <= seen)

    def _declared(self, indicator: Indicator) -> Figure:
        rows = Reported.objects.filter(
            unit=self.unit,
            first_day=self.period.start,
            last_day=self.period.last_day,
            replaced_at__isnull=True,
        ).order_by("pk")
        row = self._once("declared", lambda: {one.indicator_id: one for one in rows}).get(indicator.pk)
        if row is None:
            return self._unknown(indicator, _("Chưa có cơ quan nào khai số liệu của kỳ này."))
        source = _("Khai theo {document}").format(document=row.document)
        return Figure(indicator, self.period, Amount(row.numerator, row.denominator), source=source, reported=row)

    def _hotspots(self, indicator: Indicator, key: str) -> Figure:
        if not self.rights.holds(Permission.SERIES_VIEW):
            return self._unknown(indicator, _("Ngoài phạm vi xem."))
        first = self._once("hotspots", lambda: HotspotStep.objects.order_by("on").values_list("on", flat=True).first())
        if first is None or first > self.period.last_day:
            return self._unknown(indicator, _("Sổ điểm, tụ điểm chưa có dữ liệu của kỳ này."))
        units, limited = self._within(Permission.SERIES_VIEW)
        end = min(self.period.end, self.today + timedelta(days=1))
        flow = self._once("flow", lambda: hotspots.flow_total(self.period.start, end, unit_ids=units))
        identified = flow.opening + flow.new + flow.reformed
        amounts: Mapping[str, Amount] = {
            "opening": _plain(flow.opening),
            "new": _plain(flow.new),
            "reformed": _plain(flow.reformed),
            "eliminated": _plain(flow.eliminated),
            "existing": _plain(flow.closing),
            "identified": _plain(identified),
            "elimination_rate": Amount(Decimal(flow.eliminated), Decimal(flow.opening + flow.new)),
        }
        words = _("Sổ điểm, tụ điểm")
        href = self._series(SERIES[key]) if key in SERIES else ""
        return self._register(indicator, amounts.get(key), words, href, limited=limited)

    def _incidents(self, indicator: Indicator, key: str) -> Figure:
        if not self.rights.holds(Permission.SERIES_VIEW):
            return self._unknown(indicator, _("Ngoài phạm vi xem."))
        first = self._once("incidents", lambda: Incident.objects.order_by("on").values_list("on", flat=True).first())
        if first is None or first > self.period.last_day:
            return self._unknown(indicator, _("Sổ vụ việc chưa có dữ liệu của kỳ này."))
        units, limited = self._within(Permission.SERIES_VIEW)
        rows = Incident.objects.filter(on__gte=self.period.start, on__lt=self.period.end)
        if units is not None:
            rows = rows.filter(unit__in=hotspots.lying_in(units, self.period.last_day))
        href = self._series(SERIES[key]) if key in SERIES else ""
        if key == "open_places" and not href and self.rights.holds(Permission.INCIDENT_VIEW):
            days = {"tu": f"{self.period.start:%Y-%m-%d}", "den": f"{self.period.last_day:%Y-%m-%d}"}
            href = _address("hotspots:incidents", days | self._of_unit())
        return self._register(indicator, _counted(rows, key), _("Sổ vụ việc"), href, limited=limited)

    def _of_unit(self) -> dict[str, str]:
        return {"don_vi": self.unit.uid} if self.unit else {}

    def _series(self, measure: str) -> str:
        """Return the page of the series that holds the same figure, unit by unit, with the rows behind each."""
        code = self.period.code
        grain = CODES.get(self.period.grain, "nam")
        query = {"so_lieu": measure, "loai_ky": grain, "tu_ky": code, "den_ky": code, "xem": "bang"}
        return _address("hotspots:series", query | self._of_unit())

    def _localities(self, indicator: Indicator, key: str) -> Figure:
        if not self.rights.holds(Permission.REVIEW_VIEW):
            return self._unknown(indicator, _("Ngoài phạm vi xem."))
        cycle = self._once("cycle", lambda: Cycle.objects.filter(year=self.period.year).first())
        if cycle is None:
            return self._unknown(indicator, _("Chưa mở kỳ phân loại năm {year}.").format(year=self.period.year))
        units, limited = self._within(Permission.REVIEW_VIEW)
        rows = self._once("standings", lambda: localities.standings(cycle, units))
        words = _("Kết quả phân loại năm {year}").format(year=cycle.year)
        undecided = sum(not row.decided_class for row in rows)
        if undecided:
            words += " · " + _("{n} xã chưa có quyết định, tính theo đề xuất").format(n=undecided)
        href = _address("localities:cycle", {"xem": "bang"}, cycle.year)
        return self._register(indicator, _classes(rows, key), words, href, limited=limited)

    def _register(self, indicator: Indicator, amount: Amount | None, words: str, href: str, *, limited: bool) -> Figure:
        if amount is None:
            return self._unknown(indicator, _("Sổ chưa đủ số liệu để tính chỉ số này."))
        return Figure(indicator, self.period, amount, source=words, href=href, limited=limited)

    def _once(self, name: str, work: Callable[[], Any]) -> Any:
        if name not in self._kept:
            self._kept[name] = work()
        return self._kept[name]


def _plain(n: int) -> Amount:
    return Amount(Decimal(n))


def _counted(rows: QuerySet[Incident], key: str) -> Amount | None:
    if key == "count":
        return _plain(rows.count())
    if key == "arrested":
        total = rows.aggregate(n=Sum("arrested"))["n"]
        return None if total is None else _plain(total)
    if key == "open_places":
        such = rows.filter(kind__in=OPEN_KINDS)
        n = such.filter(place_type__in=OPEN_PLACES).count()
        # An incident whose place was not told may be one of them: none is known only when all places are.
        return _plain(n) if n or not such.filter(place_type="").exists() else None
    return None


def _classes(rows: Iterable[Any], key: str) -> Amount | None:
    """Return what a review says: decided classes, else proposed ones; None where nothing is determined."""
    held = list(rows)
    shown = [row.shown_class for row in held]
    wanted = {"class_i": ("I",), "class_ii": ("II",), "class_iii": ("III",), "key": KEY, "drug_free": ("free",)}
    if key in wanted:
        return _plain(sum(one in wanted[key] for one in shown)) if any(one != "unknown" for one in shown) else None
    if key == "drug_free_share":
        return Amount(Decimal(sum(one == "free" for one in shown)), Decimal(len(held))) if held else None
    pairs = [(row.previous.decided_class, row.shown_class) for row in held if row.previous.decided_class]
    if not pairs:
        return None
    if key == "new_key":
        return _plain(sum(before not in KEY and after in KEY for before, after in pairs))
    if key == "lighter":
        order = ["I", "II", "III"]
        return _plain(
            sum(
                before in order
                and after != "unknown"
                and (after not in order or order.index(after) > order.index(before))
                for before, after in pairs
            )
        )
    return None


def _address(name: str, query: Mapping[str, str], *args: Any) -> str:
    try:
        return f"{reverse(name, args=args)}?{urlencode(query)}"
    except NoReverseMatch:
        return ""


def judged(targets: Iterable[Target], now: Figures, before: Figures) -> list[Judged]:
    """Return every target with its figures and whether it is reached."""
    found = []
    for target in targets:
        if target.indicator is None:
            found.append(Judged(target, None, None, Reached.UNKNOWN))
            continue
        figure = now.of(target.indicator)
        needs = target.kind in (Target.Kind.MUST_RISE, Target.Kind.MUST_FALL, Target.Kind.GROWTH_CAP)
        earlier = before.of(target.indicator) if needs else None
        answer = reached(
            target.kind,
            target.value,
            figure.amount,
            earlier.amount if earlier else None,
            percent=target.measure == "%" or target.indicator.measure == "%",
            is_growth=target.indicator.is_growth,
        )
        found.append(Judged(target, figure, earlier, answer))
    return found
