"""Which unit of a given day an old unit's territory belongs to: the lineage, asked for only the units at hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import F, Q

from diaban.apps.places.models import Level, Lineage, Spell


def alive(on: date, prefix: str = "") -> Q:
    """Return the condition that a dated row holds on `on`; `prefix` names the relation ("crossings__")."""
    return Q(**{f"{prefix}valid_from__lte": on}) & (
        Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gt": on})
    )


def carried(unit_ids: Iterable[int], on: date) -> dict[int, int | None]:
    """Return, for each unit, the unit of `on` that holds all of its territory.

    None when it went to several units or its share is unknown: what lies in it cannot be placed by lineage alone.
    """
    asked = set(unit_ids)
    standing = set(Spell.objects.filter(alive(on), unit__in=asked).values_list("unit", flat=True))
    result: dict[int, int | None] = {unit: unit for unit in asked & standing}
    where = {unit: unit for unit in asked - standing}
    while where:
        heirs = _heirs(set(where.values()), on)
        found = set(
            Spell.objects.filter(alive(on), unit__in=[h for h in heirs.values() if h]).values_list("unit", flat=True)
        )
        onward: dict[int, int] = {}
        for unit, at in where.items():
            heir = heirs.get(at)
            if heir is None or heir in found:
                result[unit] = heir
            else:
                onward[unit] = heir
        where = onward
    return result


def _heirs(units: set[int], on: date) -> dict[int, int | None]:
    """Return the single unit that took each of `units` whole by `on`; None where there were several or a part."""
    heirs: dict[int, int | None] = {}
    edges = Lineage.objects.filter(source__in=units, on__lte=on).order_by("on", "id")
    for source, target, num, den in edges.values_list("source", "target", "share_num", "share_den"):
        whole = num is not None and num == den
        heirs[source] = target if whole and source not in heirs else None
    return heirs


def with_predecessors(unit_ids: Iterable[int]) -> set[int]:
    """Return the units and every earlier unit that went whole into one of them, however many reforms ago."""
    found = set(unit_ids)
    frontier = found
    while frontier:
        earlier = Lineage.objects.filter(target__in=frontier, share_num=F("share_den")).values_list("source", flat=True)
        frontier = set(earlier) - found
        found |= frontier
    return found


def below(unit_id: int, on: date) -> set[int]:
    """Return the unit and every unit under it on `on`."""
    found = {unit_id}
    frontier = {unit_id}
    while frontier:
        children = Spell.objects.filter(alive(on), parent__in=frontier).values_list("unit", flat=True)
        frontier = set(children) - found
        found |= frontier
    return found


def communes_on(on: date, unit_ids: Iterable[int] | None = None) -> list[int]:
    """Return the ids of the units of commune level on `on`, of the given ones if any are given."""
    spells = Spell.objects.filter(alive(on), level=Level.COMMUNE)
    if unit_ids is not None:
        spells = spells.filter(unit__in=set(unit_ids))
    return list(spells.order_by("code").values_list("unit", flat=True))


def province_of(unit_id: int, on: date) -> int:
    """Return the province the unit lies in on `on` (itself when it is one, or when nothing is above it)."""
    current = unit_id
    while True:
        spell = Spell.objects.filter(alive(on), unit=current).values_list("level", "parent").first()
        if spell is None or spell[0] == Level.PROVINCE or spell[1] is None:
            return current
        current = spell[1]


def provinces_of(unit_ids: Iterable[int], on: date) -> dict[int, int]:
    """Return `province_of` for many units with one query a level."""
    current = {unit: unit for unit in unit_ids}
    moving = set(current)
    while moving:
        rows = Spell.objects.filter(alive(on), unit__in={current[unit] for unit in moving}, parent__isnull=False)
        parents = dict(rows.exclude(level=Level.PROVINCE).values_list("unit", "parent"))
        moving = {unit for unit in moving if current[unit] in parents}
        for unit in moving:
            current[unit] = parents[current[unit]]
    return current


def names(unit_ids: Iterable[int], on: date) -> dict[int, str]:
    """Return the name of each unit on `on`; the last name it had when it no longer exists, the first before it did."""
    asked = set(unit_ids)
    found: dict[int, tuple[int, str]] = {}
    rows = Spell.objects.filter(unit__in=asked).order_by("valid_from")
    for unit, name, start, end in rows.values_list("unit", "name", "valid_from", "valid_to"):
        rank = 2 if start <= on and (end is None or end > on) else 1 if start <= on else 0
        if unit not in found or rank >= max(found[unit][0], 1):
            found[unit] = (rank, name)
    return {unit: name for unit, (_rank, name) in found.items()}


def codes(unit_ids: Iterable[int], on: date) -> dict[int, str]:
    """Return the statistical code of each unit on `on`, or its last one before."""
    rows = Spell.objects.filter(unit__in=set(unit_ids), valid_from__lte=on).order_by("valid_from")
    return dict(rows.values_list("unit", "code"))
