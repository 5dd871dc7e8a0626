"""What every combination of levels means: classes and criteria met, worked out once per scheme and settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from diaban.core.messages import N_, say
from diaban.core.rules.ladder import Ladder, ladders
from diaban.core.rules.model import (
    READINGS,
    Band,
    Bound,
    Criterion,
    Reading,
    RuleError,
    RuleSet,
    Scheme,
    Settings,
    SettingValue,
)

UNSET = "?"
"""Stands for "a class whose thresholds the province has not entered might apply"."""

Levels = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one combination of measure levels under one reading.

    `klass` is a class code, None for no class, or `UNSET`. `met` follows the order of the scheme's criteria.
    `satisfied` names every class whose criteria are enough, highest first.
    """

    klass: str | None
    met: tuple[bool, ...]
    satisfied: tuple[str, ...]


class Table:
    """A scheme made ready for use with one choice of settings. Pure; remembers what it has worked out."""

    def __init__(self, ruleset: RuleSet, scheme: Scheme, settings: Settings) -> None:
        self.ruleset = ruleset
        self.settings = settings
        self.scheme, self.unset = with_thresholds(scheme, settings)
        self.criteria = self.scheme.criteria
        self.quantities = self.scheme.quantities
        self.ladders: tuple[Ladder, ...] = ladders(self.scheme, bool(settings.get("zero_counts", False)))
        self.recursion = bool(settings.get("route_recursion", False))
        self.ranks = {rule.code: self.scheme.rank(rule.code) for rule in self.scheme.classes}
        self._measure_of = {measure.key: index for index, measure in enumerate(self.scheme.measures)}
        self._spans = self._find_spans()
        self.weighed: dict[Any, Any] = {}
        self.reachable: dict[Any, Any] = {}
        self._classes: dict[tuple[str, Reading], Mapping[Levels, str | None]] = {}
        self._verdicts: dict[tuple[Levels, str, bool], dict[Reading, Verdict]] = {}

    def _find_spans(self) -> tuple[tuple[int, int], ...]:
        spans, start = [], 0
        for measure in self.scheme.measures:
            spans.append((start, start + len(measure.quantities)))
            start += len(measure.quantities)
        return tuple(spans)

    def measure_levels(self, quantity_levels: Levels) -> Levels:
        """Return the level of every measure: the highest among its quantities ("cây hoặc m²")."""
        return tuple(max(quantity_levels[start:end]) for start, end in self._spans)

    def measure_level_sets(self, quantity_levels: tuple[frozenset[int], ...]) -> tuple[frozenset[int], ...]:
        """Return the levels that each measure may have, given those of its quantities."""
        return tuple(
            frozenset(max(choice) for choice in product(*quantity_levels[start:end])) for start, end in self._spans
        )

    def verdicts(self, levels: Levels, route: str, recursion: bool | None = None) -> dict[Reading, Verdict]:
        """Return the outcome of measure `levels` under both readings."""
        deep = self.recursion if recursion is None else recursion
        key = (levels, route, deep)
        found = self._verdicts.get(key)
        if found is None:
            found = {reading: self._judge(levels, route, deep, reading) for reading in READINGS}
            self._verdicts[key] = found
        return found

    def same_route(self, route: str) -> str:
        """Return one name for all routes that the criteria do not tell apart."""
        return "|".join(criterion.code for criterion in self.criteria if route in criterion.route)

    def classes(self, route: str, reading: Reading) -> Mapping[Levels, str | None]:
        """Return the class of every combination of quantity levels under one route and reading."""
        key = (self.same_route(route), reading)
        found = self._classes.get(key)
        if found is None:
            every = product(*(sorted(ladder.levels()) for ladder in self.ladders))
            found = self._classes[key] = {
                levels: self.verdicts(self.measure_levels(levels), route)[reading].klass for levels in every
            }
        return found

    def _judge(self, levels: Levels, route: str, deep: bool, reading: Reading) -> Verdict:
        met: dict[str, bool] = {}
        # Lowest class first, so that a route criterion can look at the route criterion of the class it refers to (G5).
        for criterion in reversed(self.criteria):
            met[criterion.code] = self._meets(criterion, levels, route, deep, reading, met)
        satisfied = tuple(
            rule.code
            for rule in self.scheme.classes
            if sum(met[criterion.code] for criterion in rule.criteria) >= rule.needs
        )
        return Verdict(self._highest(satisfied), tuple(met[criterion.code] for criterion in self.criteria), satisfied)

    def _meets(
        self, criterion: Criterion, levels: Levels, route: str, deep: bool, reading: Reading, met: dict[str, bool]
    ) -> bool:
        rank = self.ranks[criterion.klass]
        if criterion.measure is not None:
            level = levels[self._measure_of[criterion.measure]]
            return level >= rank if reading is Reading.AT_LEAST else level == rank
        if route not in criterion.route:
            return False
        if not criterion.others_class:
            return True
        # Measures are counted, not criteria: one high rate is one criterion "loại III trở lên", however bands are read.
        count = sum(level >= self.ranks[criterion.others_class] for level in levels)
        if deep:
            count += any(
                met[other.code]
                for other in self.criteria
                if other.route and other.klass == criterion.others_class and other.code in met
            )
        return count >= criterion.others

    def _highest(self, satisfied: tuple[str, ...]) -> str | None:
        for rule in self.scheme.classes:
            if rule.code in satisfied:
                return rule.code
            if rule.code in self.unset:
                return UNSET
        return None


def with_thresholds(scheme: Scheme, settings: Settings) -> tuple[Scheme, frozenset[str]]:
    """Return the scheme with the province's own thresholds filled in, and the classes for which it entered none.

    A criterion whose threshold is not entered is left out: it can neither be met nor missed.
    """
    classes, unset = [], set()
    for rule in scheme.classes:
        criteria = tuple(
            filled for criterion in rule.criteria if (filled := _with_thresholds(criterion, settings)) is not None
        )
        if not criteria:
            unset.add(rule.code)
        classes.append(replace(rule, criteria=criteria))
    return replace(scheme, classes=tuple(classes)), frozenset(unset)


def _with_thresholds(criterion: Criterion, settings: Settings) -> Criterion | None:
    bands = []
    for band in criterion.bands:
        low = _bound(band.low, settings)
        if band.low is not None and low is None:
            return None
        high = _bound(band.high, settings)
        if low is not None and high is not None and low.num * high.den >= high.num * low.den:
            raise RuleError(
                say(
                    N_("Tiêu chí {code}: ngưỡng dưới ({low}) phải nhỏ hơn ngưỡng trên ({high})."),
                    code=criterion.code,
                    low=low.num,
                    high=high.num,
                )
            )
        bands.append(Band(low, high))
    return replace(criterion, bands=tuple(bands))


def _bound(bound: Bound | None, settings: Settings) -> Bound | None:
    if bound is None or not bound.setting:
        return bound
    value: SettingValue = settings.get(bound.setting)
    return Bound(value) if type(value) is int else None
