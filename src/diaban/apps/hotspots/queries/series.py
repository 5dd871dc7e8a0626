"""Figures of the registers through time on the boundaries of one day, re-expressed by `core.units`.

Every figure is recorded in the unit that there was on its day. The rows of a series are the units of one chosen day;
what each of them holds is exact, estimated by a named weight, or not comparable. What cannot be placed is a line of its
own, so that the total is what was recorded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from diaban.apps.hotspots.models import Source
from diaban.apps.hotspots.queries.series_counts import Measure, Recorded, first_record, recorded
from diaban.apps.hotspots.queries.sight import UnitIds, both
from diaban.apps.places import queries as places
from diaban.core.periods import Period
from diaban.core.units import Cell, Plan, Quality, Weights, plan

POPULATION = "population"
Amount = int | Fraction


@dataclass(frozen=True, slots=True)
class Figure:
    """One unit's figure in one period.

    `amount` is None where nothing was reported or nothing could be placed; where the quality is NOT_COMPARABLE it is no
    more than a lower bound. `silent` incidents did not report it. `known`: register and territory go back so far.
    `withheld`: units that the reader does not see may hold a part of it, which was not read.
    """

    amount: Amount | None = 0
    quality: Quality = Quality.EXACT
    weight: str = ""
    sources: tuple[str, ...] = ()
    silent: int = 0
    known: bool = True
    withheld: bool = False


UNKNOWN = Figure(None, known=False)


@dataclass(frozen=True, slots=True)
class Line:
    """A row: a unit of the day of the boundaries, its figures by period, their sum (for a stock: the last one)."""

    uid: str
    name: str
    code: str
    order: str
    figures: tuple[Figure, ...]
    whole: Figure


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked. `within`: ids of units of any date in the scope, None = everything recorded.

    `seen`: ids of the units whose records may be read at all, None = all. `sources_told`: the reader sees the incidents
    too, so figures are told apart by the way they came to be known; `spots_told`: the reader sees the hot-spots.
    """

    measure: Measure
    periods: tuple[Period, ...]
    rows: tuple[places.Place, ...]
    within: UnitIds
    on: date
    today: date
    source: str = ""
    by_population: bool = False
    seen: UnitIds = None
    sources_told: bool = True
    spots_told: bool = True


@dataclass(frozen=True)
class SeriesTable:
    """The answer. `others`: units above or beside the rows that hold records of their own.

    `unplaced` belongs to the scope and to no row for certain; `outside` may lie in a row or outside the scope, and is
    not in the total. `recorded[uid, period]` is what each unit recorded, before anything was moved.
    """

    ask: Ask
    lines: tuple[Line, ...]
    others: tuple[Line, ...]
    unplaced: tuple[Amount, ...]
    outside: tuple[Amount, ...]
    total: Line
    by_source: Mapping[str, tuple[Amount, ...]]
    recorded: Mapping[tuple[str, int], int]
    weight_day: date | None = None
    weight_source: str = ""
    first: date | None = None
    changes: tuple[date, ...] = field(default=())


def series(ask: Ask) -> SeriesTable:
    """Return the series that is asked for."""
    held = places.known()
    closure = _closure(held, ask)
    first = first_record(ask.measure)
    found = recorded(ask.measure, ask.periods, _ids(held, ask, closure), ask.source, ask.today)
    weights, weight_day, weight_source = _weights(ask)
    way = _plan(held, ask.on, weights)
    # Fractions, not whole numbers: small counts rounded month by month would all fall to the largest part.
    moved = way.apply((held.uids[unit], (period, part), n) for (unit, period, part), n in found.counts.items())
    told = way.apply((held.uids[unit], (period, ""), n) for (unit, period), n in found.silent.items())
    collected = _Collected(ask, {place.uid for place in ask.rows}, _in_scope(held, ask))
    for (period, part), cells in moved.cells.items():
        collected.take(period, part, cells)
    for (period, part), left in moved.unplaced.items():
        for one in left:
            collected.leave(period, part, one.source, one.amount, one.candidates)
    for (period, _part), cells in told.cells.items():
        collected.hush(period, cells)
    lives = {place.uid: _life(held, place.uid) for place in ask.rows}
    lines = tuple(
        _withhold(_line(place, collected, ask, lives[place.uid], first), _hidden(held, ask, place.uid), ask)
        for place in ask.rows
    )
    others = tuple(_line(place, collected, ask, (None, None), first) for place in collected.strangers(held))
    return SeriesTable(
        ask=ask,
        lines=lines,
        others=others,
        unplaced=tuple(map(plain, collected.unplaced)),
        outside=tuple(map(plain, collected.outside)),
        total=_total(ask, lines + others, collected, first),
        by_source={
            part: tuple(map(plain, counts))
            for part in Source.values
            if ask.sources_told and (counts := collected.by_part.get(part))
        },
        recorded=_by_unit(held, found),
        weight_day=weight_day,
        weight_source=weight_source,
        first=first,
        changes=_changes(held, ask, closure),
    )


class _Collected:
    """Cells of the parts put together by unit and period, and what stayed outside them."""

    def __init__(self, ask: Ask, rows: set[str], inside: frozenset[str] | None) -> None:
        self.rows, self.inside, self.on = rows, inside, ask.on
        n = len(ask.periods)
        self.cells: dict[tuple[str, int], list[Cell]] = {}
        self.silent: dict[tuple[str, int], int] = {}
        self.unplaced: list[Amount] = [0] * n
        self.outside: list[Amount] = [0] * n
        self.by_part: dict[str, list[Amount]] = {}
        self.n = n

    def take(self, period: int, part: str, cells: Mapping[str, Cell]) -> None:
        """Keep the cells of the rows, and of other units of the scope that hold something."""
        for uid, cell in cells.items():
            if uid in self.rows or (cell.amount and self.ours(cell.sources)):
                self.cells.setdefault((uid, period), []).append(cell)
                self._count(part, period, cell.amount or 0)

    def leave(self, period: int, part: str, source: str, amount: Amount, candidates: Collection[str]) -> None:
        """Keep an amount that has no place: the scope's own, or one that may be."""
        if self.ours((source,)) or (candidates and self.rows.issuperset(candidates)):
            self.unplaced[period] += amount
            self._count(part, period, amount)
        elif self.rows.intersection(candidates):
            self.outside[period] += amount

    def hush(self, period: int, cells: Mapping[str, Cell]) -> None:
        """Keep how many incidents of a unit did not report the figure; a part of them is at least one."""
        for uid, cell in cells.items():
            self.silent[uid, period] = max(1, -int(-(cell.amount or 0) // 1))

    def strangers(self, held: places.Known) -> list[places.Place]:
        """Return the units beside the rows that hold something, by name."""
        uids = {uid for uid, _period in self.cells} - self.rows
        found = [places.place(held.ids[uid], self.on) for uid in uids]
        return sorted(found, key=lambda one: (one.order, one.code))

    def ours(self, sources: Iterable[str]) -> bool:
        """Say whether all of these units lie in the scope."""
        return self.inside is None or self.inside.issuperset(sources)

    def _count(self, part: str, period: int, n: Amount) -> None:
        self.by_part.setdefault(part, [0] * self.n)[period] += n


def _line(
    place: places.Place,
    collected: _Collected,
    ask: Ask,
    life: tuple[date | None, date | None],
    first: date | None,
) -> Line:
    figures = []
    for number, period in enumerate(ask.periods):
        begins, ends = life
        if not _kept(period, first) or (begins and period.end <= begins) or (ends and ends <= period.start):
            figures.append(UNKNOWN)
            continue
        cells = collected.cells.get((place.uid, number), [])
        figures.append(_pool(cells, collected.silent.get((place.uid, number), 0)))
    return Line(place.uid, place.name, place.code, place.order, tuple(figures), _whole(ask.measure, figures))


def _hidden(held: places.Known, ask: Ask, uid: str) -> frozenset[int]:
    """Return the periods of which a unit out of sight, that this one came from or became, may hold a part.

    Known from the units alone, so that nothing is told of what is recorded there. An incident lies in a unit of its
    day; a hot-spot may be kept under a unit that ended.
    """
    if ask.seen is None:
        return frozenset()
    lives = [held.register.lifetime(one) for one in held.register.lines.around(uid)[0] if held.ids[one] not in ask.seen]
    return frozenset(
        number
        for number, period in enumerate(ask.periods)
        if any(
            start < period.end and (ask.measure.of_spots or end is None or period.start < end) for start, end in lives
        )
    )


def _withhold(line: Line, hidden: frozenset[int], ask: Ask) -> Line:
    """Return the line with what it holds for certain as a lower bound where a part was not read."""
    if not hidden:
        return line
    figures = tuple(
        replace(figure, quality=Quality.NOT_COMPARABLE, withheld=True) if number in hidden and figure.known else figure
        for number, figure in enumerate(line.figures)
    )
    return replace(line, figures=figures, whole=_whole(ask.measure, figures))


def plain(amount: Amount) -> Amount:
    """Return a whole fraction as the integer that it is."""
    return amount.numerator if isinstance(amount, Fraction) and amount.denominator == 1 else amount


def _sum(amounts: Iterable[Amount]) -> Amount:
    return plain(sum(amounts, 0))


def _kept(period: Period, first: date | None) -> bool:
    return first is not None and first < period.end


def _pool(cells: Sequence[Cell], silent: int) -> Figure:
    """Return the parts of one figure together; nothing told and something silent is not zero but missing."""
    if not cells:
        return Figure(None if silent else 0, silent=silent)
    if len(cells) == 1:  # most of them: a long table has twenty thousand
        (cell,) = cells
        return Figure(cell.amount, cell.quality, cell.weight, cell.sources, silent)
    amounts = [cell.amount for cell in cells if cell.amount is not None]
    return Figure(
        _sum(amounts) if amounts else None,
        max(cell.quality for cell in cells),
        "+".join(sorted({part for cell in cells for part in cell.weight.split("+")} - {""})),
        tuple(sorted({source for cell in cells for source in cell.sources})),
        silent,
    )


def _whole(measure: Measure, figures: Sequence[Figure]) -> Figure:
    """Return the sum over the periods that are known; a stock is not added up over time."""
    known = [figure for figure in figures if figure.known]
    if not known:
        return UNKNOWN
    if measure.stock:
        return figures[-1]
    amounts = [figure.amount for figure in known if figure.amount is not None]
    return Figure(
        _sum(amounts) if amounts else None,
        max(figure.quality for figure in known),
        "+".join(sorted({part for figure in known for part in figure.weight.split("+")} - {""})),
        (),
        sum(figure.silent for figure in known),
        withheld=any(figure.withheld for figure in known),
    )


def _total(ask: Ask, lines: Sequence[Line], collected: _Collected, first: date | None) -> Line:
    """Return everything recorded in the scope; exact unless something crossed the edge of the scope."""
    figures = []
    for number, period in enumerate(ask.periods):
        if not _kept(period, first):
            figures.append(UNKNOWN)
            continue
        parts = [line.figures[number] for line in lines]
        amount = _sum([*(part.amount or 0 for part in parts), collected.unplaced[number]])
        crossed = [part for part in parts if not collected.ours(part.sources) and part.quality == Quality.ESTIMATED]
        withheld = any(part.withheld for part in parts)
        quality = Quality.NOT_COMPARABLE if collected.outside[number] or withheld else Quality.EXACT
        if quality is Quality.EXACT and crossed:
            quality = Quality.ESTIMATED
        silent = sum(part.silent for part in parts)
        told = amount or not silent
        figures.append(Figure(amount if told else None, quality, "", (), silent, withheld=withheld))
    return Line("", "", "", "", tuple(figures), _whole(ask.measure, figures))


def _closure(held: places.Known, ask: Ask) -> frozenset[str]:
    """Return every unit that the rows came from or became, themselves included."""
    key = ("series-closure", tuple(place.uid for place in ask.rows))

    def walk() -> frozenset[str]:
        return frozenset(uid for place in ask.rows for uid in held.register.lines.around(place.uid)[0])

    return held.remember(key, walk)


def _ids(held: places.Known, ask: Ask, closure: frozenset[str]) -> UnitIds:
    return None if ask.within is None else both(ask.within | {held.ids[uid] for uid in closure}, ask.seen)


def _in_scope(held: places.Known, ask: Ask) -> frozenset[str] | None:
    return None if ask.within is None else frozenset(held.uids[unit] for unit in ask.within)


def _life(held: places.Known, uid: str) -> tuple[date | None, date | None]:
    """Return the first day known of a territory, and the day from which nothing of it is known any more."""

    def walk() -> tuple[date | None, date | None]:
        lives = [held.register.lifetime(one) for one in held.register.lines.around(uid)[0]]
        ends = [end for _start, end in lives]
        last = None if None in ends else max(end for end in ends if end is not None)
        return min(start for start, _end in lives), last

    return held.remember(("series-life", uid), walk)


def _weights(ask: Ask) -> tuple[Weights | None, date | None, str]:
    """Return the populations of the rows as weights, with the oldest day that they were counted on and their source."""
    if not ask.by_population:
        return None, None, ""
    figures = places.population([place.id for place in ask.rows], ask.on)
    values = {place.uid: figures[place.id].value for place in ask.rows if place.id in figures}
    days = {figure.as_of for figure in figures.values()}
    sources = sorted({figure.source for figure in figures.values()})
    return Weights(POPULATION, values), min(days, default=None), "; ".join(sources[:2])


def _plan(held: places.Known, on: date, weights: Weights | None) -> Plan:
    """Return where every unit's figures go; made once for an era of boundaries and a set of weights."""
    era = max((day for day in held.register.change_days if day <= on), default=on)
    sizes = tuple(sorted(weights.values.items())) if weights else None
    return held.remember(("series-plan", era, sizes), lambda: plan(held.register, era, None, weights))


def _by_unit(held: places.Known, found: Recorded) -> dict[tuple[str, int], int]:
    total: dict[tuple[str, int], int] = {}
    for (unit, period, _part), n in found.counts.items():
        key = (held.uids[unit], period)
        total[key] = total.get(key, 0) + n
    return total


def _changes(held: places.Known, ask: Ask, closure: frozenset[str]) -> tuple[date, ...]:
    """Return the days inside the periods on which one of the territories changed."""
    first, last = ask.periods[0].start, ask.periods[-1].end
    days = {edge.on for uid in closure for edge in held.register.lines.into(uid)}
    return tuple(sorted(day for day in days if first <= day < last))
