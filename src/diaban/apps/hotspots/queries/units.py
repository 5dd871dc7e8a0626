"""Which unit of a given day holds the territory of an old unit: asked of the register of units."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from diaban.apps.places import queries as places
from diaban.apps.places.models import Level
from diaban.core.units.territory import lies_in, nearest_day


def alive(on: date, prefix: str = "") -> Q:
    """Return the condition that a dated row holds on `on`; `prefix` names the relation ("route__")."""
    return Q(**{f"{prefix}valid_from__lte": on}) & (
        Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gt": on})
    )


def carried(unit_ids: Iterable[int], on: date) -> dict[int, int | None]:
    """Return, for each unit, the unit of `on` that holds all of its territory.

    None when it went to several units or its share is unknown: what lies in it cannot be placed by lineage alone.
    """
    held = places.known()
    found: dict[int, int | None] = {}
    for unit_id in set(unit_ids):
        uid = held.uids[unit_id]
        parts = held.register.carry(uid, on) if uid in held.register else ()
        found[unit_id] = held.ids[parts[0].unit] if len(parts) == 1 and parts[0].is_whole else None
    return found


def lying_in(unit_ids: Iterable[int], on: date) -> frozenset[int]:
    """Return the units of any day whose territory lies in the given units of `on`."""
    held = places.known()
    area = {held.uids[unit_id] for unit_id in unit_ids}
    return frozenset(held.ids[uid] for uid in lies_in(held.register, area, on))


def provinces_of(unit_ids: Iterable[int], on: date) -> dict[int, int]:
    """Return the province each unit lies in on `on` (its nearest day); itself when nothing is above it."""
    held = places.known()
    found: dict[int, int] = {}
    for unit_id in set(unit_ids):
        uid = held.uids[unit_id]
        above = held.register.ancestors(uid, nearest_day(held.register, uid, on)) if uid in held.register else ()
        province = next((spell.unit for spell in above if spell.level == Level.PROVINCE), None)
        found[unit_id] = held.ids[province] if province else held.ids[above[-1].unit] if above else unit_id
    return found


def province_of(unit_id: int, on: date) -> int:
    """Return the province the unit lies in on `on`."""
    return provinces_of([unit_id], on)[unit_id]


def codes(unit_ids: Iterable[int], on: date) -> dict[int, str]:
    """Return the statistical code of each unit on `on`, or on its nearest day."""
    return {unit_id: places.place(unit_id, on).code for unit_id in set(unit_ids)}
