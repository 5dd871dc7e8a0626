"""The judging itself: three-valued, in whole numbers. Unreported figures are tried in every way they could turn out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from diaban.core.rules.figures import Figures, ProvinceFigures
from diaban.core.rules.ladder import Ladder
from diaban.core.rules.model import READINGS, Condition, Quantity, Reading
from diaban.core.rules.table import UNSET, Levels, Table

LevelSets = tuple[frozenset[int], ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The class under one reading. `klass` is given only if every completion of the missing figures agrees.

    `possible` holds every class that could come out, highest first (None: no class).
    """

    klass: str | None
    certain: bool
    possible: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """One unit judged under one table. `levels` and `bases` follow the order of the table's quantities.

    `met` follows the order of the criteria: True, False, or None where a missing figure decides.
    `conditions` follows the clauses of "không ma túy"; `drug_free` is None where the scheme has no such clauses or a
    missing figure decides. `refused` names the required figures that are missing or nil.
    """

    table: Table
    figures: Figures
    route: str
    levels: LevelSets
    bases: tuple[int | None, ...]
    refused: tuple[str, ...]
    outcomes: Mapping[Reading, Outcome]
    met: Mapping[Reading, tuple[bool | None, ...]]
    deciding: frozenset[str]
    conditions: tuple[bool | None, ...]
    drug_free: bool | None

    def value(self, figure: str) -> int | None:
        """Return a figure by name; None when it is not reported."""
        found = getattr(self.figures, figure, None)
        return found if type(found) is int else None

    @property
    def exact(self) -> Levels | None:
        """Return the level of every quantity when all are known and the unit is not refused."""
        if self.refused or any(len(levels) != 1 for levels in self.levels):
            return None
        return tuple(next(iter(levels)) for levels in self.levels)


def judge(table: Table, figures: Figures) -> Judgement:
    """Judge `figures`; never guesses: a missing figure counts neither as zero nor as anything else."""
    quantities = table.quantities
    bases = tuple(_base(quantity, figures) for quantity in quantities)
    levels = tuple(
        _levels(quantity, ladder, base, figures)
        for quantity, ladder, base in zip(quantities, table.ladders, bases, strict=True)
    )
    route = figures.route or ""
    refused = tuple(name for name in table.scheme.required if not getattr(figures, name))
    outcomes, met, deciding = _weigh(table, levels, route)
    if refused:
        outcomes = {reading: Outcome(None, False, outcome.possible) for reading, outcome in outcomes.items()}
        deciding = deciding | frozenset(refused)
    conditions: tuple[bool | None, ...] = ()
    if figures.SUBJECT == "commune":
        conditions = tuple(_holds(condition, figures) for condition in table.ruleset.drug_free)
    return Judgement(
        table=table,
        figures=figures,
        route=route,
        levels=levels,
        bases=bases,
        refused=refused,
        outcomes=outcomes,
        met=met,
        deciding=deciding,
        conditions=conditions,
        drug_free=all_hold(conditions) if conditions else None,
    )


def _base(quantity: Quantity, figures: Figures) -> int | None:
    """Return the base figure, or None where there is none or it is missing or nil (a share of nothing)."""
    return (getattr(figures, quantity.per) or None) if quantity.per else None


def _levels(quantity: Quantity, ladder: Ladder, base: int | None, figures: Figures) -> frozenset[int]:
    value: int | None = getattr(figures, quantity.figure)
    base_unknown = quantity.per is not None and base is None
    if value is not None:
        if not base_unknown:
            return frozenset({ladder.level(value, base)})
        if value == 0:
            return frozenset({ladder.level(0, 1)})
        open_below = any(rung.band.low is None for rung in ladder.rungs)
        return ladder.levels() - {0} if open_below else ladder.levels()
    if base_unknown:
        return ladder.levels()
    at_most: int | None = getattr(figures, quantity.at_most) if quantity.at_most else None
    least, most = bounds(figures, quantity.figure)
    return ladder.possible(base, most if at_most is None else at_most, least)


def bounds(figures: Figures, figure: str) -> tuple[int, int | None]:
    """Return the least and the most (None: no limit) that a figure not known in full can be."""
    return figures.within.get(figure, (0, None)) if isinstance(figures, ProvinceFigures) else (0, None)


Weighed = tuple[Mapping[Reading, Outcome], Mapping[Reading, tuple[bool | None, ...]], frozenset[str]]


def _weigh(table: Table, levels: LevelSets, route: str) -> Weighed:
    """Return outcomes, criteria met and the figures that decide, over every completion of `levels`."""
    key = (levels, route)
    found = table.weighed.get(key)
    if found is None:
        found = table.weighed[key] = _weigh_all(table, levels, route)
    return found


def _weigh_all(table: Table, levels: LevelSets, route: str) -> Weighed:
    completions = [table.verdicts(choice, route) for choice in product(*table.measure_level_sets(levels))]
    outcomes: dict[Reading, Outcome] = {}
    met: dict[Reading, tuple[bool | None, ...]] = {}
    for reading in READINGS:
        verdicts = [completion[reading] for completion in completions]
        outcomes[reading] = _outcome(table, {verdict.klass for verdict in verdicts})
        met[reading] = tuple(_agreed(column) for column in zip(*(verdict.met for verdict in verdicts), strict=True))
    return outcomes, met, _deciding(table, levels, route)


def _outcome(table: Table, classes: set[str | None]) -> Outcome:
    order: list[str | None] = [*(rule.code for rule in table.scheme.classes), UNSET, None]
    possible = tuple(klass for klass in order if klass in classes)
    certain = len(possible) == 1 and possible[0] != UNSET
    return Outcome(possible[0] if certain else None, certain, possible)


def _agreed(column: Iterable[bool]) -> bool | None:
    seen = set(column)
    return seen.pop() if len(seen) == 1 else None


def _deciding(table: Table, levels: LevelSets, route: str) -> frozenset[str]:
    """Return the figures for which two completions that differ only there give different classes."""
    found = set()
    for position, options in enumerate(levels):
        if len(options) == 1:
            continue
        others = [*levels[:position], frozenset({0}), *levels[position + 1 :]]
        for choice in product(*others):
            classes = set()
            for option in options:
                verdicts = table.verdicts(
                    table.measure_levels((*choice[:position], option, *choice[position + 1 :])), route
                )
                classes.add(tuple(verdicts[reading].klass for reading in READINGS))
            if len(classes) > 1:
                found.add(table.quantities[position].figure)
                break
    return frozenset(found)


def _holds(condition: Condition, figures: Figures) -> bool | None:
    return all_hold(_nil(getattr(figures, term.figure), term.minus, figures) for term in condition.terms)


def _nil(value: int | None, minus: str | None, figures: Figures) -> bool | None:
    """Return whether nothing is left of `value`; None when that is not known or more is taken off than there is."""
    if value is None or value == 0:
        return None if value is None else True
    if minus is None:
        return False
    off: int | None = getattr(figures, minus)
    if off is None or off > value:
        return None
    return off == value


def all_hold(parts: Iterable[bool | None]) -> bool | None:
    """Return the three-valued "and": one False settles it, else one None leaves it open."""
    seen = tuple(parts)
    if False in seen:
        return False
    return None if None in seen else True
