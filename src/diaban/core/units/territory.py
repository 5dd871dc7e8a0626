"""What lies in what, over time: pure questions to a `Register`, in terms of uids.

A commune's territory "lies in" an area on a day when every unit of that day that holds some of it belongs to the area.
So "Phường 1" of 2023 lies in today's Phường Vũng Tàu, and a commune that was divided lies in no single commune of today
but still in their province.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from diaban.core.units import Register

COMMUNE = "commune"
DISTRICT = "district"
PROVINCE = "province"


def last_day(end: date | None) -> date | None:
    """Return the day before `end`, the exclusive end of a span; nothing while the span lasts."""
    return end - timedelta(days=1) if end is not None else None


def nearest_day(register: Register, uid: str, on: date) -> date:
    """Return `on`, or the unit's first or last day when it does not exist on `on`."""
    start, end = register.lifetime(uid)
    if on < start:
        return start
    return end - timedelta(days=1) if end is not None and end <= on else on


def with_descendants(register: Register, uid: str, on: date) -> set[str]:
    """Return the unit and everything under it on `on`, or on its own nearest day."""
    day = nearest_day(register, uid, on)
    return {uid} | {spell.unit for spell in register.descendants(uid, day)}


def fully_listed(register: Register, uid: str) -> bool:
    """Say whether the register holds all that is under the unit.

    A province that is only known by name (Thành phố Hồ Chí Minh before 1/7/2025, until the whole country is imported)
    gave its communes to its heir, so what is listed under the heir is not the whole of it.
    """
    pending, seen = [uid], {uid}
    while pending:
        unit = pending.pop()
        last = register.spells_of(unit)[-1]
        day = last.start if last.end is None else last.end - timedelta(days=1)
        if last.level == PROVINCE and not register.children(unit, day):
            return False
        sources = {edge.source for edge in register.predecessors(unit)} - seen
        seen |= sources
        pending.extend(sources)
    return True


def territory(register: Register, roots: Iterable[str], on: date) -> set[str]:
    """Return the units of day `on` that make up the roots' territory.

    A root that exists on `on` stands for itself and all that is under it. A root that does not stands for the leaves of
    that day (communes, and the district without communes) that hold some of its own leaves, and the districts that they
    fill: a working area must not lose a commune that was joined across its edge.
    """
    found: set[str] = set()
    snapshot = register.snapshot(on)
    for root in roots:
        if register.exists(root, on):
            found |= with_descendants(register, root, on)
            continue
        own_day = nearest_day(register, root, on)
        own = register.snapshot(own_day)
        leaves = [uid for uid in with_descendants(register, root, on) if not own.children(uid)]
        heirs = {part.unit for uid in leaves for part in register.carry(uid, on)}
        found |= {uid for uid in heirs if not snapshot.children(uid)}
    districts = {spell.unit for spell in snapshot.of_level(DISTRICT)}
    return found | {
        uid for uid in districts if (below := snapshot.children(uid)) and {spell.unit for spell in below} <= found
    }


def lies_in(register: Register, area: set[str], on: date) -> set[str]:
    """Return every unit of any day whose territory lies in `area`, a set of units of day `on`.

    Units above the communes (districts that ended, say) lie in it when all their communes did.
    """
    found = set(area)
    for uid in _related(register, area):
        if register.exists(uid, on):
            continue
        parts = {part.unit for part in register.carry(uid, on)}
        if parts and parts <= area:
            found.add(uid)
    return found | _whole_parents(register, found)


def _related(register: Register, area: set[str]) -> set[str]:
    """Return what the units of `area` came from and became, however far, themselves left out."""
    seen = set(area)
    for backward in (True, False):
        pending = list(area)
        while pending:
            uid = pending.pop()
            edges = register.predecessors(uid) if backward else register.successors(uid)
            for other in (edge.source if backward else edge.target for edge in edges):
                if other not in seen:
                    seen.add(other)
                    pending.append(other)
    return seen - area


def _whole_parents(register: Register, inside: set[str]) -> set[str]:
    """Return the units, not yet inside, all of whose children on their last (or latest) day are inside."""
    found: set[str] = set()
    pending = set(inside)
    while pending:
        parents = {spell.parent for uid in pending for spell in register.spells_of(uid) if spell.parent is not None}
        pending = set()
        for parent in sorted(parents - inside - found):
            last = register.spells_of(parent)[-1]
            day = last.start if last.end is None else last.end - timedelta(days=1)
            children = {spell.unit for spell in register.children(parent, day)}
            if last.end is not None and children and children <= inside | found:
                pending.add(parent)
        found |= pending
    return found
