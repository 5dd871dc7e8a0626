"""The province judged by Điều 5 from its communes' figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from diaban.apps.localities.models import Cycle, LocalityClass, RouteKind
from diaban.apps.localities.queries.rules import law_of
from diaban.apps.localities.queries.standings import Row, standings
from diaban.core.rules import Assessment, ProvinceFigures, evaluate

SUMMED = ("population", "persons", "points", "arrested", "plants", "plant_m2")


@dataclass(frozen=True, slots=True)
class Province:
    """The assessment, and how many communes reported each figure that is added up.

    A sum stands for the province's figure only when every commune reported. Until then it is the least the figure can
    be: a criterion that it meets already is met, whatever the others will report.
    """

    assessment: Assessment
    reported: dict[str, int]
    partial_sums: dict[str, int]
    communes: int
    key_communes: int | None
    undetermined: int

    @property
    def is_key(self) -> bool | None:
        """Return whether the province is a key one; None while missing figures decide."""
        outcome = next(iter(self.assessment.outcomes.values()))
        return (outcome.klass is not None) if outcome.certain else None


def province_assessment(cycle: Cycle, rows: Iterable[Row] | None = None) -> Province | None:
    """Return the province under Điều 5; nothing where the cycle's rule set has no criteria for provinces.

    Communes of class I and II are counted by decided class, else by the proposed one; while a commune's class is not
    determined the count lies between those known to be heavy and those that may be.
    """
    law = law_of(cycle)
    if law.province is None:
        return None
    found = list(standings(cycle) if rows is None else rows)
    sums: dict[str, int | None] = {}
    reported: dict[str, int] = {}
    partial: dict[str, int] = {}
    for code in SUMMED:
        values = [getattr(row.declaration, code, None) for row in found]
        present = [value for value in values if isinstance(value, int)]
        reported[code], partial[code] = len(present), sum(present)
        sums[code] = sum(present) if found and len(present) == len(found) else None
    undetermined = sum(row.shown_class == LocalityClass.UNKNOWN for row in found)
    heavy = sum(row.shown_class in (LocalityClass.I, LocalityClass.II) for row in found)
    key_communes = heavy if found and not undetermined else None
    routes = {row.declaration.route for row in found if row.declaration}
    inter = RouteKind.INTER.value if RouteKind.INTER in routes else ""
    counts: dict[str, Any] = dict(sums)
    within: dict[str, tuple[int, int | None]] = {code: (partial[code], None) for code in SUMMED if code != "population"}
    within["key_communes"] = (heavy, heavy + undetermined)
    figures = ProvinceFigures(
        **counts, communes=len(found), key_communes=key_communes, route=inter, within=within if found else {}
    )
    return Province(evaluate(law, figures, cycle.settings), reported, partial, len(found), key_communes, undetermined)
