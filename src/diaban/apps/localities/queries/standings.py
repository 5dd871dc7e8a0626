"""The units of a cycle with figures, proposals, decisions and last year's class, in a fixed number of queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.utils.translation import gettext

from diaban.apps.localities import figures
from diaban.apps.localities.models import Cycle, Declaration, LocalityClass, Stage, Standing
from diaban.apps.localities.queries.rules import law_of
from diaban.apps.localities.queries.territory import Previous, previous_of
from diaban.apps.localities.queries.working import required_figures
from diaban.apps.places import queries as places
from diaban.catalogue.rulesets_loader import cycle as cycle_period

WEIGHT = {"I": 0, "II": 1, "III": 2, "none": 3, "free": 4, "unknown": 5}


@dataclass(frozen=True)
class Row:
    """One unit in a cycle. `standing.proposal` is not loaded; `standing.brief` says what lists need of it."""

    standing: Standing
    place: places.Place
    declaration: Declaration | None
    previous: Previous
    required: tuple[str, ...]

    @property
    def decided_class(self) -> str:
        """Return the class of the decision in force, empty without one."""
        return self.standing.decision.decided_class if self.standing.decision else ""

    @property
    def shown_class(self) -> str:
        """Return the decided class, else the proposed one."""
        return self.decided_class or self.standing.proposed_class

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """Return the figures that the rule set asks for and nobody declared."""
        return tuple(code for code in self.required if getattr(self.declaration, code, None) is None)

    @property
    def reported(self) -> int:
        """Return how many of the required figures are declared."""
        return len(self.required) - len(self.missing)

    @property
    def has_declared(self) -> bool:
        """Return whether the unit has declared anything."""
        return self.reported > 0

    @property
    def readings_differ(self) -> bool:
        """Return whether the two readings of the bands give different classes."""
        return self.standing.literal_class != self.standing.at_least_class

    @property
    def met(self) -> list[str]:
        """Return the criteria met under the reading that the province has set."""
        found: list[str] = self.standing.brief.get("met", [])
        return found

    @property
    def met_by_class(self) -> list[str]:
        """Return the criteria met, the class said once: "II: a, đ"."""
        letters: dict[str, list[str]] = {}
        for code in self.met:
            klass, _, letter = code.partition(".")
            letters.setdefault(klass, []).append(letter)
        return [f"{klass}: {', '.join(own)}" for klass, own in letters.items()]

    @property
    def near(self) -> list[dict[str, Any]]:
        """Return the higher classes that a small change of one figure would lead to."""
        found: list[dict[str, Any]] = self.standing.brief.get("near", [])
        return found

    @property
    def stale(self) -> bool:
        """Return whether the figures or the rule changed after the appraisal or the decision."""
        if self.standing.decision:
            return self.standing.decision.digest != self.standing.digest
        return bool(self.standing.appraised_digest) and self.standing.appraised_digest != self.standing.digest

    @property
    def weight(self) -> int:
        """Return the rank of the class shown, heaviest first."""
        return WEIGHT[self.shown_class]


def cycle_for(on: date) -> Cycle | None:
    """Return the review whose days hold `on`; nothing if it was not opened."""
    return Cycle.objects.filter(first_day__lte=on, last_day__gte=on).first()


def current_cycle(on: date) -> Cycle | None:
    """Return the review to work on: the newest one that is not locked, else the one of `on`, else the newest."""
    unlocked = Cycle.objects.exclude(state=Cycle.State.CLOSED).filter(first_day__lte=on).order_by("-year").first()
    return unlocked or cycle_for(on) or Cycle.objects.order_by("-year").first()


def year_to_open(on: date) -> int | None:
    """Return the year of the review in which `on` lies, for the form that opens one; None where it is open already."""
    guess = on.year
    year = guess + 1 if on > cycle_period(guess).last_day else guess
    return None if Cycle.objects.filter(year=year).exists() else year


def standings(cycle: Cycle, unit_ids: Collection[int] | None = None) -> list[Row]:
    """Return the units of the cycle (or those named) by name, with all that a list shows."""
    rows = (
        Standing.objects.filter(cycle=cycle).select_related("unit", "decision").defer("proposal", "decision__proposal")
    )
    declared = Declaration.objects.filter(cycle=cycle)
    if unit_ids is not None:
        wanted = list(unit_ids)
        rows, declared = rows.filter(unit__in=wanted), declared.filter(unit__in=wanted)
    found = list(rows)
    by_unit = {declaration.unit_id: declaration for declaration in declared}
    previous = previous_of(cycle, [row.unit_id for row in found])
    known = {place.id: place for place in places.places(cycle.last_day)}
    required = required_figures(law_of(cycle))
    for standing in found:
        standing.cycle = cycle
    return sorted(
        (
            Row(
                standing,
                known.get(standing.unit_id) or places.place(standing.unit_id, cycle.last_day),
                by_unit.get(standing.unit_id),
                previous[standing.unit_id],
                required,
            )
            for standing in found
        ),
        key=lambda row: (row.place.order, row.place.code),
    )


@dataclass(frozen=True, slots=True)
class FigureCompleteness:
    """How many units reported one figure, and which did not."""

    figure: str
    title: str
    reported: int
    total: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Completeness:
    """What is declared of what the rule set asks for. A missing figure is counted as missing, never as none."""

    reported: int
    required: int
    units: int
    complete_units: int
    silent: tuple[Row, ...]
    by_figure: tuple[FigureCompleteness, ...]


def completeness(cycle: Cycle, rows: Iterable[Row] | None = None) -> Completeness:
    """Return how complete the declared figures are; `rows` spares a query where they are at hand."""
    found = list(standings(cycle) if rows is None else rows)
    required = required_figures(law_of(cycle))
    by_figure = []
    for code in required:
        lacking = tuple(row.place.name for row in found if code in row.missing)
        title = str(figures.BY_CODE[code].title)
        by_figure.append(FigureCompleteness(code, title, len(found) - len(lacking), len(found), lacking))
    return Completeness(
        reported=sum(row.reported for row in found),
        required=len(required) * len(found),
        units=len(found),
        complete_units=sum(not row.missing for row in found),
        silent=tuple(row for row in found if not row.has_declared),
        by_figure=tuple(by_figure),
    )


def class_counts(cycle: Cycle, rows: Iterable[Row] | None = None) -> dict[str, int]:
    """Return how many units stand in each class (decided, else proposed), every class named, heaviest first."""
    found = standings(cycle) if rows is None else rows
    counted = Counter(row.shown_class for row in found)
    return {klass: counted[klass] for klass in LocalityClass.values}


def stage_counts(cycle: Cycle, rows: Iterable[Row] | None = None) -> dict[str, int]:
    """Return how many units are at each stage."""
    found = standings(cycle) if rows is None else rows
    counted = Counter(row.standing.stage for row in found)
    return {stage: counted[stage] for stage in Stage.values}


@dataclass(frozen=True, slots=True)
class Change:
    """A unit whose class is not last year's. `direction`: "heavier", "lighter" or "other" (to or from undetermined)."""

    row: Row
    before: str
    after: str
    direction: str


DIRECTIONS = ("heavier", "lighter", "other")


def changes(cycle: Cycle, rows: Iterable[Row] | None = None) -> list[Change]:
    """Return the units whose class differs from last year's decided one, where the two can be compared.

    Those that became heavier come first, then the lighter ones, then those not yet (or not then) determined.
    """
    found = []
    for row in standings(cycle) if rows is None else rows:
        before, after = row.previous.decided_class, row.shown_class
        if before and before != after:
            ranks = WEIGHT[before], WEIGHT[after]
            direction = "other" if "unknown" in (before, after) else "heavier" if ranks[1] < ranks[0] else "lighter"
            found.append(Change(row, before, after, direction))
    return sorted(found, key=lambda one: (DIRECTIONS.index(one.direction), WEIGHT[one.after]))


@dataclass(frozen=True, slots=True)
class Near:
    """A unit that a small change of one figure would bring to a heavier class."""

    row: Row
    target: str
    sentence: str


WORDS = {
    "persons": "người có hồ sơ",
    "points": "điểm",
    "arrested": "người bị bắt",
    "plants": "cây",
    "plant_m2": "m² trồng cây",
}


def near_thresholds(cycle: Cycle, rows: Iterable[Row] | None = None) -> list[Near]:
    """Return the undecided units that are close to a heavier class, nearest class first, in whole units."""
    found = []
    for row in standings(cycle) if rows is None else rows:
        if row.decided_class or not row.near:
            continue
        # The heaviest class within reach is the one to warn of.
        heaviest = min(row.near, key=lambda one: WEIGHT[one["class"]])
        ways = gettext(" hoặc ").join(
            gettext("thêm {n} {what}").format(n=n, what=gettext(WORDS[figure]))
            for figure, n in heaviest["single"].items()
        )
        found.append(Near(row, heaviest["class"], ways))
    return sorted(found, key=lambda near: (WEIGHT[near.target], near.row.place.order))
