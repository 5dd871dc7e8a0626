"""How many people lived in a unit, by whose count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from diaban.apps.places.models import Population
from diaban.apps.places.queries.register import Known, known
from diaban.core.units import territory


@dataclass(frozen=True, slots=True)
class Figure:
    """Residents on `as_of`. `parts`: how many other units' figures were added up; 0 for a figure of the unit itself."""

    value: int
    as_of: date
    source_kind: str
    source: str
    parts: int = 0

    @property
    def source_kind_label(self) -> str:
        """Return the kind of source in words."""
        return str(Population.Source(self.source_kind).label)


def figures_of(unit_id: int) -> list[Figure]:
    """Return every figure stored for the unit itself, newest first."""
    rows = Population.objects.filter(unit_id=unit_id).order_by("-as_of", "source_kind")
    return [Figure(row.value, row.as_of, row.source_kind, row.source) for row in rows]


def population(unit_ids: Iterable[int], on: date) -> dict[int, Figure]:
    """Return the latest figure of each unit with `as_of` no later than `on`; a unit without one is left out.

    Where a unit has none of its own, the figures of the whole units it was made of are added up, or of the units below
    it: only when every one of them is known, so a partial sum is never shown as a population.
    """
    held = known()
    wanted = [held.uids[unit_id] for unit_id in set(unit_ids)]
    own = _latest(on)
    found: dict[int, Figure] = {}
    for uid in wanted:
        figure = _figure(held, own, uid, on)
        if figure is not None:
            found[held.ids[uid]] = figure
    return found


def _latest(on: date) -> dict[int, Figure]:
    """Return each unit's newest stored figure; the table has few rows a unit, so it is read whole."""
    rows = Population.objects.filter(as_of__lte=on).order_by("unit_id", "as_of", "pk")
    return {row.unit_id: Figure(row.value, row.as_of, row.source_kind, row.source) for row in rows}


def _figure(held: Known, own: dict[int, Figure], uid: str, on: date) -> Figure | None:
    direct = own.get(held.ids[uid])
    if direct is not None or uid not in held.register:
        return direct
    edges = held.register.predecessors(uid)
    if edges and all(edge.share == 1 for edge in edges):
        from_before = _sum([_figure(held, own, edge.source, on) for edge in edges])
        if from_before is not None:
            return from_before
    if not territory.fully_listed(held.register, uid):
        return None
    children = held.register.children(uid, territory.nearest_day(held.register, uid, on))
    return _sum([_figure(held, own, child.unit, on) for child in children]) if children else None


def _sum(figures: list[Figure | None]) -> Figure | None:
    present = [figure for figure in figures if figure is not None]
    if not present or len(present) < len(figures):
        return None
    kinds = {figure.source_kind for figure in present}
    sources = sorted({figure.source for figure in present})
    return Figure(
        value=sum(figure.value for figure in present),
        as_of=min(figure.as_of for figure in present),
        source_kind=kinds.pop() if len(kinds) == 1 else Population.Source.ESTIMATE,
        source="; ".join(sources) if len(sources) <= 2 else f"{sources[0]}; …",
        parts=sum(figure.parts or 1 for figure in present),
    )
