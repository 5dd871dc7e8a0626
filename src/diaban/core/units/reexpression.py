"""A series of figures re-expressed on the boundaries of another day.

Two steps: a `Plan` says for every unit of the series where its figures go (once per pair of days), and
`Plan.apply` moves the figures of any number of periods. Nothing is lost on the way: for every period the amounts
of the cells and the unplaced amounts add up to what went in.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Generic, NamedTuple, TypeVar

from diaban.core.messages import N_, say
from diaban.core.units.coverage import Coverage
from diaban.core.units.lines import Lines, name_basis
from diaban.core.units.model import UnitsError, UnknownUnit
from diaban.core.units.register import Register

Period = TypeVar("Period", bound=Hashable)
Amount = int | Fraction


class Quality(IntEnum):
    """How far a figure on other boundaries can be trusted; the worst contribution decides."""

    EXACT = 0
    ESTIMATED = 1
    NOT_COMPARABLE = 2

    @property
    def code(self) -> str:
        """The stable code: "exact", "estimated" or "not_comparable"."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Weights:
    """Sizes of units, to divide the figure of a united territory among its former parts.

    `name` says what they measure ("population", "area", "declared") and is shown with every estimate made with
    them; `values` gives a size in any one unit of measure, not negative, to the units of the day divided onto.
    """

    name: str
    values: Mapping[str, Amount]


class Cell(NamedTuple):
    """The figure of one unit in one period on the new boundaries.

    `amount` is None when nothing could be placed; where `quality` is NOT_COMPARABLE it is only what could be
    placed, so no more than a lower bound. `weight` names the measures of an estimate. `sources` are the units whose
    figures went in; `missing` are units that lie in this one and gave no figure for the period: absence, not zero.
    """

    amount: Amount | None
    quality: Quality
    weight: str
    sources: tuple[str, ...]
    missing: tuple[str, ...]


class Unplaced(NamedTuple):
    """An amount that belongs to no unit of the new boundaries for certain; it may lie in any of `candidates`."""

    source: str
    amount: Amount
    candidates: tuple[str, ...]


class _Row(NamedTuple):
    """Where one unit's figures go: `parts` as (unit, numerator) over `denominator`, `rest` of it nowhere known."""

    only: str | None  # the one unit that gets everything, exactly
    denominator: int
    parts: tuple[tuple[str, int], ...]
    rest: int
    weight: str
    candidates: tuple[str, ...]  # units that may hold the rest
    touched: tuple[str, ...]  # all units of `parts` and `candidates`


@dataclass(frozen=True, slots=True)
class Reexpression(Generic[Period]):
    """A series on the boundaries of `onto`: `cells[period][uid]`, and by period what could not be placed."""

    onto: date
    cells: Mapping[Period, Mapping[str, Cell]]
    unplaced: Mapping[Period, tuple[Unplaced, ...]]

    def cell(self, uid: str, period: Period) -> Cell | None:
        """Return the figure of a unit in a period; None when no figure touches it: absence, not zero."""
        return self.cells.get(period, {}).get(uid)

    def series(self, uid: str) -> dict[Period, Cell]:
        """Return the figures of one unit by period."""
        return {period: row[uid] for period, row in self.cells.items() if uid in row}

    def total(self, period: Period) -> Amount:
        """Return everything of a period, placed and unplaced: always the sum of what went in."""
        placed = sum((cell.amount for cell in self.cells.get(period, {}).values() if cell.amount is not None), 0)
        return _whole(placed + sum((left.amount for left in self.unplaced.get(period, ())), 0))


class _Tally:
    """A cell in the making. Plain slots: a country's years make a million of them."""

    __slots__ = ("amount", "quality", "sources", "weight")

    def __init__(self, amount: Amount | None, quality: Quality, weight: str, source: str) -> None:
        self.amount = amount
        self.quality = quality
        self.weight = weight
        self.sources = [source]

    def add(self, amount: Amount | None, quality: Quality, weight: str, source: str) -> None:
        """Add an amount; None is an unknown part of `source`, which belongs here all the same."""
        if amount is not None:
            self.amount = amount if self.amount is None else self.amount + amount
        if quality > self.quality:
            self.quality = quality
        if weight and weight != self.weight:
            self.weight = "+".join(sorted({*self.weight.split("+"), *weight.split("+")} - {""}))
        self.sources.append(source)


def _whole(amount: Amount) -> Amount:
    return amount.numerator if isinstance(amount, Fraction) and amount.denominator == 1 else amount


class Plan:
    """Where the figures of units go on the boundaries of one day; made by `plan`, used for any number of series."""

    __slots__ = ("_coverage", "_rows", "onto")

    def __init__(self, onto: date, rows: Mapping[str, _Row], coverage: Coverage) -> None:
        self.onto = onto
        self._rows = rows
        self._coverage = coverage

    def apply(
        self, observations: Iterable[tuple[str, Period, int]], *, whole_numbers: bool = False
    ) -> Reexpression[Period]:
        """Return the series on the plan's boundaries.

        An observation is (uid, period, count); two of one unit and period are added. Counts are not negative: a
        zero is zero in every part of a unit, so it is placed exactly even where shares are unknown. With
        `whole_numbers`, estimates are rounded by largest remainders, unit by unit and period by period, so that
        each unit's parts still add up; otherwise they are exact fractions.
        Raises `UnknownUnit` for a unit that is not in the plan, `UnitsError` for a negative count.
        """
        tallies: dict[Period, dict[str, _Tally]] = {}
        unplaced: dict[Period, list[Unplaced]] = {}
        rows = self._rows
        for uid, period, count in observations:
            row = rows.get(uid)
            if row is None:
                raise UnknownUnit(say(N_("Không có đơn vị {uid} trong danh mục."), uid=uid))
            if count < 0:
                raise UnitsError(say(N_("{uid}: số liệu {count} là số âm."), uid=uid, count=count))
            by_unit = tallies.get(period)
            if by_unit is None:
                by_unit = tallies[period] = {}
            if row.only is not None:
                tally = by_unit.get(row.only)
                if tally is None:
                    by_unit[row.only] = _Tally(count, Quality.EXACT, "", uid)
                else:
                    tally.amount = count if tally.amount is None else tally.amount + count
                    tally.sources.append(uid)
                continue
            left = _divide(uid, count, row, by_unit, whole_numbers)
            if left is not None:
                unplaced.setdefault(period, []).append(left)
        return Reexpression(
            self.onto,
            MappingProxyType({period: self._finish(tallies.pop(period)) for period in list(tallies)}),
            MappingProxyType({period: tuple(left) for period, left in unplaced.items()}),
        )

    def _finish(self, tallies: Mapping[str, _Tally]) -> Mapping[str, Cell]:
        cells: dict[str, Cell] = {}
        missing = self._coverage.missing
        for unit, tally in tallies.items():
            sources = tuple(tally.sources)
            if len(sources) > 1:
                sources = tuple(sorted(set(sources)))
            amount = tally.amount
            if isinstance(amount, Fraction):
                amount = _whole(amount)
            cells[unit] = Cell(amount, tally.quality, tally.weight, sources, missing(unit, sources))
        return MappingProxyType(cells)


def _divide(uid: str, count: int, row: _Row, by_unit: dict[str, _Tally], whole_numbers: bool) -> Unplaced | None:
    """Put the parts of one figure where they go and return what could not be placed."""
    if count == 0:
        for unit in row.touched:
            _put(by_unit, unit, 0, Quality.EXACT, "", uid)
        return None if row.touched else Unplaced(uid, 0, ())
    shares = [*(numerator for _, numerator in row.parts), row.rest]
    divided: list[Amount]
    if whole_numbers:
        divided = [*_largest_remainders(count, shares, row.denominator)]
    else:
        divided = [_whole(Fraction(count * share, row.denominator)) for share in shares]
    rest = divided.pop()
    for (unit, _), amount in zip(row.parts, divided, strict=True):
        _put(by_unit, unit, amount, Quality.ESTIMATED, row.weight, uid)
    if not row.rest:
        return None
    for unit in row.candidates:
        _put(by_unit, unit, None, Quality.NOT_COMPARABLE, "", uid)
    return Unplaced(uid, rest, row.candidates) if rest else None


def _put(
    by_unit: dict[str, _Tally], unit: str, amount: Amount | None, quality: Quality, weight: str, source: str
) -> None:
    tally = by_unit.get(unit)
    if tally is None:
        by_unit[unit] = _Tally(amount, quality, weight, source)
    else:
        tally.add(amount, quality, weight, source)


def _largest_remainders(count: int, shares: list[int], denominator: int) -> list[int]:
    """Divide `count` in proportion to `shares` (which add up to `denominator`) into whole numbers that add up."""
    floors, remainders = zip(*(divmod(count * share, denominator) for share in shares), strict=True)
    amounts = list(floors)
    by_remainder = sorted(range(len(shares)), key=lambda i: (-remainders[i], i))
    for i in by_remainder[: count - sum(amounts)]:
        amounts[i] += 1
    return amounts


def plan(register: Register, onto: date, sources: Iterable[str] | None = None, weights: Weights | None = None) -> Plan:
    """Return where the figures of `sources` (None: of every unit) go on the boundaries of `onto`.

    Forward in time by the shares of the lineage. Back in time exactly into the one unit that held all of it; a
    united territory is divided among its former parts in proportion to `weights` (times the share of each part that
    went into it), and stays unplaced without them or where a size or a share is unknown.
    Raises `UnknownUnit`.
    """
    lines = register.lines
    rows: dict[str, _Row] = {}
    for uid in register.units if sources is None else sources:
        if not lines.knows(uid):
            raise UnknownUnit(say(N_("Không có đơn vị {uid} trong danh mục."), uid=uid))
        if uid not in rows:
            back = lines.begins_after(uid, onto)
            rows[uid] = _backward_row(lines, uid, onto, weights) if back else _forward_row(lines, uid, onto)
    return Plan(onto, MappingProxyType(rows), Coverage(lines, onto))


def _forward_row(lines: Lines, uid: str, onto: date) -> _Row:
    flow = lines.flow(uid, onto)
    shares = {unit: share for unit, (share, _) in flow.known.items()}
    bases = frozenset(basis for _, (_, own) in flow.known.items() for basis in own)
    return _row(shares, name_basis(bases), tuple(sorted(flow.unknown)))


def _backward_row(lines: Lines, uid: str, onto: date, weights: Weights | None) -> _Row:
    origins, complete = lines.origins(uid, onto)
    if complete and len(origins) == 1:
        return _row({origins[0]: Fraction(1)}, "", ())
    nowhere = _row({}, "", origins)
    if weights is None or not complete or not origins:
        return nowhere
    day = lines.first_day(uid)
    bases = {weights.name}
    sizes: dict[str, Fraction] = {}
    for origin in origins:
        flow = lines.flow(origin, day)
        size = weights.values.get(origin)
        if size is None or uid in flow.unknown or uid not in flow.known:
            return nowhere
        share, own = flow.known[uid]
        bases |= own
        sizes[origin] = size * share
    total = sum(sizes.values(), Fraction(0))
    if total <= 0 or min(sizes.values()) < 0:
        return nowhere
    return _row({unit: size / total for unit, size in sizes.items()}, name_basis(frozenset(bases)), ())


def _row(shares: Mapping[str, Fraction], weight: str, candidates: tuple[str, ...]) -> _Row:
    if len(shares) == 1 and not candidates and next(iter(shares.values())) == 1:
        return _Row(next(iter(shares)), 1, (), 0, "", (), ())
    parts = tuple(sorted((unit, share) for unit, share in shares.items() if share > 0))
    rest = 1 - sum((share for _, share in parts), Fraction(0))
    denominator = _common_denominator([rest, *(share for _, share in parts)])
    return _Row(
        None,
        denominator,
        tuple((unit, int(share * denominator)) for unit, share in parts),
        int(rest * denominator),
        weight,
        candidates,
        tuple(dict.fromkeys([*(unit for unit, _ in parts), *candidates])),
    )


def _common_denominator(shares: Iterable[Fraction]) -> int:
    return math.lcm(*(share.denominator for share in shares))


def reexpress(
    register: Register,
    observations: Iterable[tuple[str, Period, int]],
    onto: date,
    weights: Weights | None = None,
    *,
    whole_numbers: bool = False,
) -> Reexpression[Period]:
    """Return `observations`, each (uid, period, count), on the boundaries of `onto`; see `plan` and `Plan.apply`."""
    series = list(observations)
    made = plan(register, onto, dict.fromkeys(uid for uid, _, _ in series), weights)
    return made.apply(series, whole_numbers=whole_numbers)
