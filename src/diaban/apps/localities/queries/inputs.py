"""Declared figures beside what the registers say, figure by figure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from diaban.apps.hotspots import queries as hotspots
from diaban.apps.localities import figures
from diaban.apps.localities.models import Cycle, Declaration, RouteKind
from diaban.apps.localities.queries.history import Source, sources
from diaban.apps.localities.queries.rules import law_of
from diaban.apps.localities.queries.working import required_figures
from diaban.apps.places import queries as places
from diaban.core.privacy import PrivacyClass

FROM_REGISTER: Final = ("population", "points", "arrested", "plants", "plant_m2", "route")
ACCOMPANYING: Final = {"population": ("population_as_of", "population_source")}


def register_figures(cycle: Cycle, unit_ids: Collection[int]) -> dict[int, dict[str, figures.Value]]:
    """Return what the registers hold for each unit on the cycle's days, on the cycle's own boundaries.

    Stocks (points, routes) at the end of the last day, flows (arrests, plants) over the whole cycle. Points and routes
    are a register's own statement, so none is none; arrests and plants are sums of what incidents reported, and a unit
    with no incident that reports them has no figure. Population comes with its day and source.
    """
    last, end = cycle.last_day, cycle.last_day + timedelta(days=1)
    points = hotspots.existing_points(last, unit_ids)
    arrested = hotspots.arrests_by_unit(cycle.first_day, end, unit_ids)
    plants = hotspots.plants_by_unit(cycle.first_day, end, unit_ids)
    routes = hotspots.routes_by_unit(last)
    residents = places.population(unit_ids, last)
    found: dict[int, dict[str, figures.Value]] = {}
    for unit_id in unit_ids:
        population, seized = residents.get(unit_id), plants.get(unit_id)
        found[unit_id] = {
            "population": population.value if population else None,
            "population_as_of": population.as_of if population else None,
            "population_source": population.source[:200] if population else None,
            "points": points.get(unit_id, 0),
            "arrested": arrested.get(unit_id),
            "plants": seized.plants if seized else None,
            "plant_m2": seized.m2 if seized else None,
            "route": routes.get(unit_id, RouteKind.NONE.value),
        }
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: declared, in the register (None: the register has none), and whether they differ."""

    figure: figures.Figure
    declared: figures.Value
    register: figures.Value
    in_register: bool
    required: bool
    source: Source | None

    @property
    def differs(self) -> bool:
        """Return whether both are there and are not the same."""
        return self.declared is not None and self.register is not None and self.declared != self.register

    @property
    def can_take(self) -> bool:
        """Return whether taking the register's figure would change anything."""
        return self.register is not None and self.declared != self.register


@dataclass(frozen=True, slots=True)
class Inputs:
    """All figures of one unit in a cycle, with what does not agree among them."""

    lines: tuple[Line, ...]
    disagreements: tuple[figures.Disagreement, ...]
    population_as_of: date | None
    population_source: str
    register_population_as_of: date | None

    @property
    def missing(self) -> tuple[Line, ...]:
        """Return the figures that the rule set asks for and nobody declared."""
        return tuple(line for line in self.lines if line.required and line.declared is None)

    @property
    def main_source(self) -> Source | None:
        """Return where most of the declared figures came from, said once for all of them; none when none is known."""
        counted = Counter(line.source for line in self.lines if line.source)
        return counted.most_common(1)[0][0] if counted else None

    @property
    def one_source(self) -> bool:
        """Return whether every declared figure came from the same source."""
        return len({line.source for line in self.lines if line.source}) <= 1

    @property
    def takeable(self) -> tuple[Line, ...]:
        """Return the figures that the register could give."""
        return tuple(line for line in self.lines if line.can_take)


def inputs_of(
    cycle: Cycle,
    unit_id: int,
    declaration: Declaration | None,
    *,
    cleared: frozenset[PrivacyClass],
    registers: bool = True,
) -> Inputs:
    """Return the declared figures of one unit beside the register's; without `registers`, for a reader who may not see
    sums of the registers, as if they held nothing."""
    declared = {code: getattr(declaration, code) for code in figures.CODES} if declaration else dict(figures.EMPTY)
    register = register_figures(cycle, [unit_id])[unit_id] if registers else {}
    origin = sources(cycle, [unit_id], cleared=cleared).get(unit_id, {})
    required = required_figures(law_of(cycle))
    lines = [
        Line(
            figure=figure,
            declared=declared[figure.code],
            register=register.get(figure.code),
            in_register=registers and figure.code in FROM_REGISTER,
            required=figure.code in required,
            source=origin.get(figure.code),
        )
        for figure in figures.FIGURES
        if figure.kind in ("count", "route") and asked(figure, required)
    ]
    as_of, held = declared["population_as_of"], register.get("population_as_of")
    return Inputs(
        tuple(lines),
        tuple(figures.check(declared)),
        as_of if isinstance(as_of, date) else None,
        str(declared["population_source"] or ""),
        held if isinstance(held, date) else None,
    )


def asked(figure: figures.Figure, required: Collection[str]) -> bool:
    """Return whether a figure belongs on the form: asked for by the rule set, or a part of one that is."""
    return figure.code in required or figure.part_of in required


def form_codes(cycle: Cycle) -> tuple[str, ...]:
    """Return the figures that the cycle's rule set asks for, with their parts, in the order of the form."""
    required = required_figures(law_of(cycle))
    return tuple(figure.code for figure in figures.FIGURES if asked(figure, required))


def taken(register: dict[str, figures.Value], codes: Collection[str]) -> dict[str, figures.Value]:
    """Return the register's values for `codes`, a population with its day and source; nothing where it has none."""
    values: dict[str, figures.Value] = {}
    for code in codes:
        if code in FROM_REGISTER and register.get(code) is not None:
            values[code] = register[code]
            values |= {extra: register.get(extra) for extra in ACCOMPANYING.get(code, ())}
    return values
