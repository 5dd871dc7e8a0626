"""Which units there are on a day, under what, by what code, within what scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from diaban.apps.places.models import Unit
from diaban.apps.places.queries.register import Known, known
from diaban.core.policy import reach_of
from diaban.core.text import sort_key
from diaban.core.units import Hit, Spell, territory


@lru_cache(maxsize=32_768)
def _order(name: str) -> str:
    """Names are few and sorted on every page."""
    return sort_key(name)


@dataclass(frozen=True, slots=True)
class Place:
    """A unit as it was on a day. `name` carries the title; `parent` is a uid."""

    id: int
    uid: str
    name: str
    code: str
    kind: str
    level: str
    parent: str | None

    @property
    def order(self) -> str:
        """Return the key that sorts places by name as Vietnamese do."""
        return _order(self.name)


def place_of(held: Known, spell: Spell) -> Place:
    """Return the unit as the spell has it."""
    return Place(held.ids[spell.unit], spell.unit, spell.name, spell.code, spell.kind, spell.level, spell.parent)


def place(unit_id: int, on: date) -> Place:
    """Return what the unit was on `on`, or on its nearest day when it did not exist then."""
    held = known()
    uid = held.uids[unit_id]
    return place_of(held, held.register.spell(uid, territory.nearest_day(held.register, uid, on)))


def places(on: date, level: str | None = territory.COMMUNE) -> list[Place]:
    """Return the units that exist on `on`, of one level or (None) of all, by code."""
    held = known()
    snapshot = held.register.snapshot(on)
    return [place_of(held, spell) for spell in (snapshot.spells if level is None else snapshot.of_level(level))]


def unit_by_code(code: str, on: date, level: str | None = territory.COMMUNE) -> Unit:
    """Return the unit with `code` on `on`.

    Raises `core.units.UnknownCode` (its message says what the code was on other days) or `AmbiguousCode`.
    """
    uid = known().register.resolve(code, on, level)
    return Unit.objects.get(uid=uid)


def unit_by_uid(uid: str) -> Unit | None:
    """Return the unit, or nothing for a uid that is not known."""
    return Unit.objects.filter(uid=uid).first()


def units_below(unit: Unit, on: date, level: str = territory.COMMUNE) -> list[Place]:
    """Return the units of `level` that make up the unit's territory on `on`, by name; the unit itself if it is one.

    The unit need not exist on `on`: the communes below "tỉnh Bà Rịa - Vũng Tàu" today are the 30 made of it.
    """
    held = known()
    inside = territory.territory(held.register, [unit.uid], on)
    found = [place_of(held, spell) for spell in held.register.snapshot(on).of_level(level) if spell.unit in inside]
    return sorted(found, key=lambda one: (one.order, one.code))


def scope_unit_ids(unit: Unit, on: date, *, include_below: bool = True) -> frozenset[int]:
    """Return the ids of all units, of any date, whose territory lies in `unit` on `on`.

    So what was listed under "Phường 1" in 2023 appears under Phường Vũng Tàu. With `include_below` false only the unit
    itself and what passed wholly into it at its own level.
    """
    held = known()
    return lying_in(held, (unit.uid,), on, include_below=include_below)


def lying_in(held: Known, roots: tuple[str, ...], on: date, *, include_below: bool) -> frozenset[int]:
    """Return the ids of all units, of any date, whose territory lies in that of the roots (uids) on `on`."""

    def compute() -> frozenset[int]:
        area = territory.territory(held.register, roots, on) if include_below else set[str]()
        return frozenset(held.ids[uid] for uid in territory.lies_in(held.register, area | set(roots), on))

    return held.remember(("scope", roots, on, include_below), compute)


def opened_by(unit_id: int, on: date) -> frozenset[int]:
    """Return the ids of the units, of any day, whose records a post at the unit opens on `on` (`core.policy.reach`)."""
    held = known()

    def compute() -> frozenset[int]:
        return frozenset(held.ids[uid] for uid in reach_of(held.register, held.uids[unit_id], on))

    return held.remember(("opened_by", unit_id, on), compute) if unit_id in held.uids else frozenset({unit_id})


def names(unit_ids: Iterable[int], on: date) -> dict[int, str]:
    """Return each unit's name, with its title, on `on` (its nearest day when it did not exist then)."""
    held = known()
    register = held.register
    found: dict[int, str] = {}
    for unit_id in set(unit_ids):
        uid = held.uids[unit_id]
        found[unit_id] = register.spell(uid, territory.nearest_day(register, uid, on)).name if uid in register else uid
    return found


def search(text: str, on: date | None = None, *, level: str | None = None, limit: int | None = 20) -> tuple[Hit, ...]:
    """Return the units that ever had a name like `text` or have it as code, best first; see `Register.search`."""
    return known().register.search(text, on, level=level, limit=limit)
