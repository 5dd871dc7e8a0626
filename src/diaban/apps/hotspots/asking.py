"""What the address of a series says: measure, source, length and span of the periods, weights. Wrong parts are named.

Address: `so_lieu` = measure, `nguon` = source, `loai_ky` = length of a period, `tu_ky` and `den_ky` = first and last
period, `uoc_tinh` = `dan-so` for estimates by population; place, regime and boundaries are those of the scope.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from diaban.apps.access import Permission, Rights
from diaban.apps.hotspots import listing
from diaban.apps.hotspots.models import Source
from diaban.apps.hotspots.queries import UnitIds, both
from diaban.apps.hotspots.queries.series import Ask
from diaban.apps.hotspots.queries.series_counts import MEASURES
from diaban.apps.places import queries as places
from diaban.apps.places.scope import Scope
from diaban.core.messages import N_, Message, say
from diaban.core.periods import Grain, Period, PeriodError

MOST_PERIODS: Final = 72
GRAINS: Final = {
    "thang": (Grain.MONTH, _("Tháng"), 12),
    "quy": (Grain.QUARTER, _("Quý"), 8),
    "6-thang": (Grain.HALF, _("6 tháng"), 6),
    "9-thang": (Grain.NINE_MONTHS, _("9 tháng"), 4),
    "nam": (Grain.YEAR, _("Năm"), 4),
}
CODES: Final = {grain: code for code, (grain, _title, _usual) in GRAINS.items()}
YEARS_OFFERED: Final = 6
BY_POPULATION: Final = "dan-so"


@dataclass(frozen=True, slots=True)
class Asked:
    """The question, what of the address could not be used, and the periods that can be chosen, newest first."""

    ask: Ask
    grain: str
    problems: tuple[Message, ...]
    offered: tuple[Period, ...]


def read_series(query: QueryDict, scope: Scope, rights: Rights) -> Asked:
    """Return the series that the address asks for; a part that cannot be used is left at its usual value and named.

    Narrowed to the units whose series somebody with these rights sees. How incidents came to be known is told only to
    somebody who sees the incidents themselves: it says how the police work, not how a place fares.
    """
    seen = rights.units(Permission.SERIES_VIEW)
    within = both(listing.within(scope), seen)
    told = covers(rights.units(Permission.INCIDENT_VIEW), within)
    problems: list[Message] = []
    code = query.get("so_lieu", "vu_viec")
    if code not in MEASURES:
        problems.append(say(N_("Không có số liệu “{code}”."), code=code))
        code = "vu_viec"
    measure = MEASURES[code]
    grain = query.get("loai_ky", "thang")
    if grain not in GRAINS or GRAINS[grain][0] not in scope.regime.grains:
        problems.append(say(N_("Không có loại kỳ “{grain}”."), grain=grain))
        grain = "thang"
    source = query.get("nguon", "")
    if source and (source not in Source.values or not measure.by_source):
        if source not in Source.values:
            problems.append(say(N_("Không có nguồn “{source}”."), source=source))
        source = ""
    if source and not told:
        problems.append(say(N_("Số liệu tách theo nguồn chỉ dành cho người xem được vụ việc.")))
        source = ""
    periods = _periods(query, scope, grain, problems)
    ask = Ask(
        measure=measure,
        periods=periods,
        rows=tuple(place for place in _rows(scope) if seen is None or place.id in seen),
        within=within,
        on=scope.on,
        today=scope.today,
        source=source,
        by_population=query.get("uoc_tinh") == BY_POPULATION,
        seen=seen,
        sources_told=told,
        spots_told=covers(rights.units(Permission.HOTSPOT_VIEW), within),
    )
    return Asked(ask, grain, tuple(problems), _offered(scope, GRAINS[grain][0], periods))


def covers(units: UnitIds, asked: UnitIds) -> bool:
    """Say whether all units asked for are among `units`."""
    return units is None or (asked is not None and asked <= units)


def latest(scope: Scope, grain: Grain) -> Period:
    """Return the last period of `grain` that has begun, or the one in which the chosen period ends."""
    day = min(scope.period.last_day, scope.today)
    if grain is not Grain.NINE_MONTHS:
        return scope.regime.containing(day, grain)
    found = scope.regime.periods(scope.regime.year_of(day), grain)[0]
    return found if found.start <= scope.today else scope.regime.shift(found, -1)


def _periods(query: QueryDict, scope: Scope, grain: str, problems: list[Message]) -> tuple[Period, ...]:
    kind, _title, usual = GRAINS[grain]
    last = _period(query.get("den_ky", ""), scope, kind, problems) or latest(scope, kind)
    first = _period(query.get("tu_ky", ""), scope, kind, problems) or scope.regime.shift(last, 1 - usual)
    if last.start < first.start:
        first, last = last, first
    found = [last]
    while found[-1].start > first.start and len(found) < MOST_PERIODS:
        found.append(scope.regime.shift(found[-1], -1))
    if found[-1].start > first.start:
        problems.append(say(N_("Chỉ hiện {n} kỳ cuối, từ kỳ {code}."), n=MOST_PERIODS, code=found[-1].code))
    return tuple(reversed(found))


def _period(code: str, scope: Scope, grain: Grain, problems: list[Message]) -> Period | None:
    """Return the period that a code names; a code of another length stands for the period that holds its last day."""
    if not code:
        return None
    try:
        found = scope.regime.period(code)
        if found.grain is not grain:
            found = scope.regime.containing(min(found.last_day, scope.today), grain)
    except PeriodError as wrong:
        problems.append(wrong.message)
        return None
    if found.start > scope.today:
        problems.append(say(N_("Kỳ {code} chưa bắt đầu."), code=code))
        return None
    return found


def _offered(scope: Scope, grain: Grain, periods: tuple[Period, ...]) -> tuple[Period, ...]:
    latest_year = scope.regime.year_of(scope.today)
    years = range(min(latest_year - YEARS_OFFERED + 1, periods[0].year), max(latest_year, periods[-1].year) + 1)
    every = [one for year in years for one in scope.regime.periods(year, grain) if one.start <= scope.today]
    return tuple(reversed(every))


def _rows(scope: Scope) -> list[places.Place]:
    """Return the communes of the scope; with "only this unit" the unit itself, for what is recorded above communes."""
    register = places.register()
    if scope.include_below or not scope.roots or not all(register.exists(uid, scope.on) for uid in scope.roots):
        return scope.communes
    held = places.known()
    return [places.place(held.ids[uid], scope.on) for uid in scope.roots]
