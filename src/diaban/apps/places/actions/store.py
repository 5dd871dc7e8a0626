"""Write facts about units into the tables, only what differs, and only if the whole register is still sound."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.db import models

from diaban.apps.places import queries
from diaban.apps.places.models import Area, Lineage, Population, RegisterStamp, Spell, Unit
from diaban.core import units as core
from diaban.core.text import fold

BATCH = 1_000
Progress = Callable[[int, int], None]
_M = TypeVar("_M", bound=models.Model)


@dataclass(frozen=True, slots=True)
class PopulationFact:
    """Residents of a unit (uid) on a day."""

    unit: str
    as_of: date
    value: int
    kind: str
    source: str


@dataclass(frozen=True, slots=True)
class AreaFact:
    """Square kilometres of a unit (uid) as published for a day."""

    unit: str
    as_of: date
    km2: Decimal
    source: str


@dataclass(frozen=True)
class Facts:
    """What a source says. The spells of a unit named here replace all spells it had, its leaving edges likewise."""

    spells: Sequence[core.Spell]
    edges: Sequence[core.Edge] = ()
    points: Mapping[str, tuple[float, float]] = field(default_factory=dict)  # lon, lat by uid
    populations: Sequence[PopulationFact] = ()
    areas: Sequence[AreaFact] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows of each kind were new or changed, and how many were taken away."""

    units: int = 0
    spells: int = 0
    edges: int = 0
    populations: int = 0
    areas: int = 0
    removed: int = 0

    def __bool__(self) -> bool:
        return any(asdict(self).values())

    def as_dict(self) -> dict[str, int]:
        """Return the counts by name, for the log."""
        return asdict(self)


def ignore(_done: int, _total: int) -> None:
    """Progress that nobody watches."""


def write(facts: Facts, *, progress: Progress = ignore) -> Written:
    """Write `facts` inside the caller's transaction; raises `core.units.InvalidRegister` when the sum is contradictory.

    `progress(done, total)` is called after each kind of row.
    """
    total = 6
    ids, created = _units(facts)
    progress(1, total)
    spells, gone_spells = _spells(facts, ids)
    progress(2, total)
    edges, gone_edges = _edges(facts, ids)
    progress(3, total)
    populations = _populations(facts.populations, ids)
    areas = _areas(facts.areas, ids)
    progress(4, total)
    if created or spells or edges or gone_spells or gone_edges:
        renew_stamp()
    progress(5, total)
    queries.known()  # builds the register from what was written, which checks it
    progress(6, total)
    return Written(created, spells, edges, populations, areas, gone_spells + gone_edges)


def renew_stamp() -> None:
    """Tell every process that its register is out of date."""
    token = secrets.token_hex(16)
    if not RegisterStamp.objects.update(token=token):
        RegisterStamp.objects.create(token=token)


def _units(facts: Facts) -> tuple[dict[str, int], int]:
    have = dict(Unit.objects.values_list("uid", "pk"))
    new = sorted({spell.unit for spell in facts.spells} - have.keys())
    Unit.objects.bulk_create([Unit(uid=uid) for uid in new], batch_size=BATCH)
    return dict(Unit.objects.values_list("uid", "pk")) if new else have, len(new)


def _upsert(model: type[_M], rows: Iterable[_M], unique: list[str], changing: list[str]) -> None:
    model._default_manager.bulk_create(
        rows, batch_size=BATCH, update_conflicts=True, unique_fields=unique, update_fields=changing
    )


_SPELL_KEY = ["unit_id", "valid_from"]
_SPELL_REST = ["name", "name_folded", "code", "kind", "level", "parent_id", "valid_to", "instrument", "lon", "lat"]


def _spells(facts: Facts, ids: Mapping[str, int]) -> tuple[int, int]:
    """Return how many spells were written and how many removed. A source without a point leaves the known point."""
    touched = {ids[spell.unit] for spell in facts.spells}
    rows = Spell.objects.values_list("unit_id", "valid_from", *_SPELL_REST)
    have = {(row[0], row[1]): row[2:] for row in rows if row[0] in touched}
    points = {key[0]: rest[-2:] for key, rest in have.items() if rest[-1] is not None}
    points |= {ids[uid]: point for uid, point in facts.points.items() if uid in ids}
    wanted: dict[tuple[int, date], tuple[Any, ...]] = {}
    for spell in facts.spells:
        unit_id = ids[spell.unit]
        lon, lat = points.get(unit_id, (None, None))
        wanted[unit_id, spell.start] = (
            spell.name,
            fold(spell.name),
            spell.code,
            spell.kind,
            spell.level,
            ids[spell.parent] if spell.parent is not None else None,
            spell.end,
            spell.instrument,
            lon,
            lat,
        )
    changed = {key: rest for key, rest in wanted.items() if have.get(key) != rest}
    gone = have.keys() - wanted.keys()
    _delete(Spell, gone, "unit_id", "valid_from")
    _upsert(
        Spell,
        [
            Spell(unit_id=key[0], valid_from=key[1], **dict(zip(_SPELL_REST, rest, strict=True)))
            for key, rest in changed.items()
        ],
        ["unit", "valid_from"],
        [name.removesuffix("_id") for name in _SPELL_REST],
    )
    return len(changed), len(gone)


def _edges(facts: Facts, ids: Mapping[str, int]) -> tuple[int, int]:
    """Return how many edges were written and how many removed: those leaving a named unit that the source lacks."""
    wanted: dict[tuple[int, int, date], tuple[Any, ...]] = {}
    for edge in facts.edges:
        share = (edge.share.numerator, edge.share.denominator) if edge.share is not None else (None, None)
        wanted[ids[edge.source], ids[edge.target], edge.on] = (*share, edge.basis, edge.instrument)
    touched = {ids[spell.unit] for spell in facts.spells}
    rows = Lineage.objects.values_list("source_id", "target_id", "on", "share_num", "share_den", "basis", "instrument")
    have = {(row[0], row[1], row[2]): row[3:] for row in rows}
    changed = {key: rest for key, rest in wanted.items() if have.get(key) != rest}
    gone = {key for key in have.keys() - wanted.keys() if key[0] in touched and key[1] in touched}
    _delete(Lineage, gone, "source_id", "target_id", "on")
    names = ["share_num", "share_den", "basis", "instrument"]
    _upsert(
        Lineage,
        [
            Lineage(source_id=key[0], target_id=key[1], on=key[2], **dict(zip(names, rest, strict=True)))
            for key, rest in changed.items()
        ],
        ["source", "target", "on"],
        names,
    )
    return len(changed), len(gone)


def _delete(model: type[models.Model], keys: Iterable[tuple[Any, ...]], *names: str) -> None:
    for key in keys:
        model._default_manager.filter(**dict(zip(names, key, strict=True))).delete()


def _populations(facts: Iterable[PopulationFact], ids: Mapping[str, int]) -> int:
    wanted = {(ids[one.unit], one.as_of, one.kind): (one.value, one.source) for one in facts}
    if not wanted:
        return 0
    rows = Population.objects.values_list("unit_id", "as_of", "source_kind", "value", "source")
    have = {(row[0], row[1], row[2]): (row[3], row[4]) for row in rows}
    changed = {key: rest for key, rest in wanted.items() if have.get(key) != rest}
    _upsert(
        Population,
        [
            Population(unit_id=unit, as_of=as_of, source_kind=kind, value=value, source=source)
            for (unit, as_of, kind), (value, source) in changed.items()
        ],
        ["unit", "as_of", "source_kind"],
        ["value", "source"],
    )
    return len(changed)


def _areas(facts: Iterable[AreaFact], ids: Mapping[str, int]) -> int:
    wanted = {(ids[one.unit], one.as_of): (one.km2, one.source) for one in facts}
    if not wanted:
        return 0
    rows = Area.objects.values_list("unit_id", "as_of", "km2", "source")
    have = {(row[0], row[1]): (row[2], row[3]) for row in rows}
    changed = {key: rest for key, rest in wanted.items() if have.get(key) != rest}
    _upsert(
        Area,
        [Area(unit_id=unit, as_of=as_of, km2=km2, source=source) for (unit, as_of), (km2, source) in changed.items()],
        ["unit", "as_of"],
        ["km2", "source"],
    )
    return len(changed)
