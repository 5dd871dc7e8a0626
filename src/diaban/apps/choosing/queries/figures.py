"""The figures that the criteria ask for, of every commune of a review, on the communes of its last day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import log10

from diaban.apps.hotspots.models import Source
from diaban.apps.hotspots.queries.series import Ask, Figure, SeriesTable, series
from diaban.apps.hotspots.queries.series_counts import MEASURES
from diaban.apps.localities.models import Cycle
from diaban.apps.localities.queries import Row, previous_of, standings
from diaban.apps.localities.queries.territory import KEY_CLASSES
from diaban.apps.places import queries as places
from diaban.catalogue.periods_loader import regime
from diaban.catalogue.rulesets_loader import cycle as cycle_period
from diaban.core.choosing import Baseline, Raw
from diaban.core.periods import Grain, Period
from diaban.core.units import Quality

PER = 10_000
REFORMED_YEARS = 3
CLASS_RANKS: Mapping[str, float] = {"I": 3.0, "II": 2.0, "III": 1.0, "none": 0.25, "free": 0.0}
FROM_RESIDENTS = (Source.REPORTED, Source.TIP)


@dataclass(frozen=True, slots=True)
class Commune:
    """One commune: its row in the review, the figures by criterion, and what makes others like it."""

    row: Row
    raw: Mapping[str, Raw]
    baseline: Baseline


def figures_of(cycle: Cycle, today: date) -> list[Commune]:
    """Return the figures of every commune of the review, by name. A fixed number of queries, however many communes.

    Figures of the registers are those of the review's days so far; what cannot be placed on its communes is missing.
    """
    rows = standings(cycle)
    known = _Registers(cycle, today, tuple(row.place for row in rows))
    years = _years_listed(cycle, [row.standing.unit_id for row in rows])
    residents = places.population([row.standing.unit_id for row in rows], cycle.last_day)
    found = []
    for row in rows:
        declared, unit = row.declaration, row.standing.unit_id
        people = declared.population if declared else None
        if not people and unit in residents:
            people = residents[unit].value
        uid = row.place.uid
        raw: dict[str, Raw] = {
            "class": None if row.shown_class == "unknown" else row.shown_class,
            "persons": _rate(declared.persons if declared else None, people),
            "points": known.points.get(uid),
            "reformed": known.reformed.get(uid),
            "reported": _rate(known.reported.get(uid), people),
            "patrol": _rate(known.patrol.get(uid), people),
            "arrested": _rate(declared.arrested if declared else None, people),
            "route": (declared.route or None) if declared else None,
            "years": years.get(unit),
        }
        baseline: dict[str, float | None] = {
            "class": CLASS_RANKS.get(row.shown_class),
            "population": log10(people) if people else None,
            "persons": _float(raw["persons"]),
            "reported": _float(raw["reported"]),
            "trend": _float(_rate(known.trend.get(uid), people)),
        }
        found.append(Commune(row, raw, baseline))
    return found


def _rate(count: int | Fraction | None, people: int | None) -> Fraction | None:
    return None if count is None or not people else Fraction(count) * PER / people


def _float(value: Raw) -> float | None:
    return None if value is None or isinstance(value, str) else float(value)


class _Registers:
    """What the registers of hot-spots and incidents say, by uid; a commune that is left out is not known."""

    def __init__(self, cycle: Cycle, today: date, rows: tuple[places.Place, ...]) -> None:
        self.cycle, self.today, self.rows = cycle, today, rows
        year = cycle_period(cycle.year)
        self.points = _last(self._ask("cuoi_ky", (year,)))
        earlier = tuple(cycle_period(cycle.year - back) for back in reversed(range(REFORMED_YEARS)))
        self.reformed = _sums([self._ask("tai_phuc_tap", earlier)])
        self.patrol = _sums([self._ask("vu_viec", (year,), Source.PATROL)])
        months = self._months()
        told = [self._ask("vu_viec", months, source) for source in FROM_RESIDENTS] if months else []
        self.reported = _sums(told)
        self.trend = _trends(told)

    def _ask(self, measure: str, periods: Sequence[Period], source: str = "") -> SeriesTable:
        return series(
            Ask(
                measure=MEASURES[measure],
                periods=tuple(periods),
                rows=self.rows,
                within=None,
                on=self.cycle.last_day,
                today=self.today,
                source=source,
            )
        )

    def _months(self) -> tuple[Period, ...]:
        """Return the months of the review that are over; the first one where none is."""
        held = regime(cycle_period(self.cycle.year).regime)
        every = [one for one in held.periods(self.cycle.year, Grain.MONTH) if one.start <= self.today]
        over = [one for one in every if one.end <= self.today]
        return tuple(over or every[:1])


def _usable(figure: Figure) -> bool:
    return figure.known and figure.amount is not None and figure.quality is not Quality.NOT_COMPARABLE


def _last(table: SeriesTable) -> dict[str, int | Fraction]:
    return {
        line.uid: line.whole.amount for line in table.lines if _usable(line.whole) and line.whole.amount is not None
    }


def _sums(tables: Sequence[SeriesTable]) -> dict[str, int | Fraction]:
    """Return the sum over all periods and tables of each unit for which every table is usable."""
    found: dict[str, int | Fraction] = {}
    unusable: set[str] = set()
    for table in tables:
        for line in table.lines:
            if not _usable(line.whole) or line.whole.amount is None:
                unusable.add(line.uid)
            else:
                found[line.uid] = found.get(line.uid, 0) + line.whole.amount
    return {uid: amount for uid, amount in found.items() if uid not in unusable}


def _trends(tables: Sequence[SeriesTable]) -> dict[str, Fraction]:
    """Return by how much a month of the later half had more than one of the earlier half; needs four months."""
    found: dict[str, Fraction] = {}
    if not tables or len(tables[0].ask.periods) < 4:
        return found
    n = len(tables[0].ask.periods)
    half = n // 2
    for lines in zip(*(table.lines for table in tables), strict=True):
        if not all(_usable(figure) for line in lines for figure in line.figures):
            continue
        months = [sum((Fraction(line.figures[at].amount or 0) for line in lines), Fraction(0)) for at in range(n)]
        late, early = months[n - half :], months[:half]
        found[lines[0].uid] = sum(late, Fraction(0)) / half - sum(early, Fraction(0)) / half
    return found


def _years_listed(cycle: Cycle, unit_ids: Sequence[int]) -> dict[int, int]:
    """Return in how many reviews in a row, up to the last one, each unit was decided to be a key locality.

    A unit without a decided class of the same territory last year is left out: nothing is known of it.
    """
    found: dict[int, int] = {}
    running = list(unit_ids)
    current: Cycle | None = cycle
    while running and current is not None:
        before = previous_of(current, running)
        current = Cycle.objects.filter(year=current.year - 1).first()
        still = []
        for unit in running:
            decided = before[unit].decided_class
            if decided:
                found.setdefault(unit, 0)
            if decided in KEY_CLASSES:
                found[unit] += 1
                still.append(unit)
        running = still
    return found
