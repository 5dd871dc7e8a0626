"""The list of units of a day: rows, filters, order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from diaban.apps.places import queries
from diaban.apps.places.models import Area, Kind, Level
from diaban.core.text import sort_key
from diaban.core.units import Register, Snapshot, Spell, territory

LEVELS = {"xa": Level.COMMUNE, "huyen": Level.DISTRICT, "tinh": Level.PROVINCE}


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One line of the list; a missing figure is None."""

    place: queries.Place
    parent_name: str
    kind_label: str
    figure: queries.Figure | None
    km2: float | None

    @property
    def density(self) -> float | None:
        """Return persons per km², nothing when either number is missing."""
        return self.figure.value / self.km2 if self.figure is not None and self.km2 else None


@dataclass(frozen=True, slots=True)
class Former:
    """A unit that the search met and that does not exist on the day asked for, with what holds it then."""

    spell: Spell
    heirs: tuple[queries.Place, ...]

    @property
    def last_day(self) -> date | None:
        """Return the last day, nothing while it lasts."""
        return territory.last_day(self.spell.end)


_ORDERS: dict[str, Callable[[UnitRow], Any]] = {
    "ma": lambda row: row.place.code,
    "ten": lambda row: row.place.order,
    "loai": lambda row: sort_key(row.kind_label),
    "thuoc": lambda row: sort_key(row.parent_name),
    "dan_so": lambda row: row.figure.value if row.figure is not None else None,
    "dien_tich": lambda row: row.km2,
    "mat_do": lambda row: row.density,
}


def unit_rows(
    on: date, *, roots: Iterable[str] = (), level: str = Level.COMMUNE, kind: str = "", text: str = ""
) -> list[UnitRow]:
    """Return the units of `on`: of one level, in the territory of `roots` (all without), matching `text` by any name.

    A district without communes stands among the communes: no list by commune may leave its people out.
    """
    held = queries.known()
    snapshot = held.register.snapshot(on)
    roots = tuple(roots)
    inside = territory.territory(held.register, roots, on) if roots else None
    matching = {hit.spell.unit for hit in queries.search(text, on, limit=None)} if text.strip() else None
    spells = [
        spell
        for spell in snapshot.spells
        if (spell.level == level or (level == Level.COMMUNE and _is_lowest_district(snapshot, spell)))
        and kind in ("", spell.kind)
        and (inside is None or spell.unit in inside)
        and (matching is None or spell.unit in matching)
    ]
    places = [queries.place_of(held, spell) for spell in spells]
    kinds = {one.value: str(one.label) for one in Kind}
    figures = queries.population([place.id for place in places], on)
    areas = dict(Area.objects.filter(as_of__lte=on).order_by("as_of", "pk").values_list("unit_id", "km2"))
    return [
        UnitRow(
            place,
            snapshot.units[place.parent].name if place.parent is not None else "",
            kinds[place.kind],
            figures.get(place.id),
            float(areas[place.id]) if place.id in areas else None,
        )
        for place in places
    ]


def _is_lowest_district(snapshot: Snapshot, spell: Spell) -> bool:
    return spell.level == Level.DISTRICT and not snapshot.children(spell.unit)


def in_order(rows: list[UnitRow], sort: str) -> list[UnitRow]:
    """Return the rows sorted by `sort` ("ten", "-dan_so"); rows without the figure come last either way."""
    key = _ORDERS.get(sort.lstrip("-"), _ORDERS["ten"])
    by_name = sorted(rows, key=lambda row: (row.place.order, row.place.code))
    keyed = [(key(row), row) for row in by_name]
    having = [pair for pair in keyed if pair[0] is not None]
    having.sort(key=lambda pair: pair[0], reverse=sort.startswith("-"))
    return [row for _value, row in having] + [row for value, row in keyed if value is None]


def former_units(text: str, on: date, limit: int = 30) -> list[Former]:
    """Return the units found by `text` that do not exist on `on`, with what holds their territory that day."""
    held = queries.known()
    register = held.register
    found: list[Former] = []
    for hit in queries.search(text, None, limit=None):
        if len(found) == limit:
            break
        if not register.exists(hit.spell.unit, on):
            heirs = [register.spell(uid, on) for uid in _heirs(register, hit.spell, on)]
            found.append(Former(hit.spell, tuple(queries.place_of(held, spell) for spell in heirs)))
    return found


def _heirs(register: Register, spell: Spell, on: date) -> list[str]:
    """Return the units that hold the territory on `on`; of an abolished district those that hold its communes."""
    own = [part.unit for part in register.carry(spell.unit, on)]
    last = territory.last_day(spell.end)
    if own or last is None:
        return own
    inside = register.snapshot(last).children(spell.unit)
    return list(dict.fromkeys(part.unit for child in inside for part in register.carry(child.unit, on)))
