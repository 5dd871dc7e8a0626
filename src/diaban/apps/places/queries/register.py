"""The register of units built from the tables once per process and rebuilt when they change."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, TypeVar

from django.db.models import Max, Subquery

from diaban.apps.places.models import Lineage, RegisterStamp, Spell, Unit
from diaban.core import units as core

_Stamp = tuple[str, int, int]
_T = TypeVar("_T")
_MOST_REMEMBERED = 2_000
_MOST_ATTEMPTS = 3


@dataclass(frozen=True)
class Known:
    """All that the tables say of units: the register, the row ids, a point (lon, lat) for every spell that has one."""

    register: core.Register
    ids: dict[str, int]
    uids: dict[int, str]
    points: dict[tuple[str, date], tuple[float, float]]
    _remembered: dict[object, Any] = field(default_factory=dict, compare=False, repr=False)

    def remember(self, key: object, compute: Callable[[], _T]) -> _T:
        """Return what `compute` gives, kept for as long as the register is; `key` must name it wholly."""
        if key not in self._remembered:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[key] = compute()
        found: _T = self._remembered[key]
        return found

    def point(self, uid: str, on: date) -> tuple[float, float] | None:
        """Return the unit's point on `on`, or nothing."""
        for spell in self.register.spells_of(uid):
            if spell.covers(on):
                return self.points.get((uid, spell.start))
        return None


class _Cache:
    """The last register built, with the stamp of the tables that it was built from."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.held: tuple[_Stamp, Known] | None = None


_CACHE = _Cache()


def _stamp() -> _Stamp:
    """Return what changes when the tables do: the token that actions renew, and the newest rows' ids."""
    row = (
        RegisterStamp.objects.order_by("pk")
        .annotate(
            newest_spell=Subquery(Spell.objects.order_by("-pk").values("pk")[:1]),
            newest_edge=Subquery(Lineage.objects.order_by("-pk").values("pk")[:1]),
        )
        .values_list("token", "newest_spell", "newest_edge")
        .first()
    )
    if row is None:
        newest = Spell.objects.aggregate(newest=Max("pk"))["newest"]
        return "", newest or 0, 0
    return row[0], row[1] or 0, row[2] or 0


def known() -> Known:
    """Return the register and the ids, from memory when the tables have not changed (one small query)."""
    stamp = _stamp()
    held = _CACHE.held
    # Without a token the rows were written past the actions, so nothing tells one content from another.
    if held is not None and stamp[0] and held[0] == stamp:
        return held[1]
    with _CACHE.lock:
        held = _CACHE.held
        if held is None or not stamp[0] or held[0] != stamp:
            held = _CACHE.held = _read_whole()
        return held[1]


def _read_whole() -> tuple[_Stamp, Known]:
    """Build from tables that stood still meanwhile: a change between two reads would mix the old with the new."""
    for _attempt in range(_MOST_ATTEMPTS):
        stamp = _stamp()
        try:
            found = _build()
        except core.InvalidRegister:
            if _stamp() == stamp:
                raise
            continue
        if _stamp() == stamp:
            return stamp, found
    return _stamp(), _build()


def register() -> core.Register:
    """Return the register of units as the tables hold it."""
    return known().register


def _build() -> Known:
    uids = dict(Unit.objects.values_list("pk", "uid"))
    spells: list[core.Spell] = []
    points: dict[tuple[str, date], tuple[float, float]] = {}
    rows = Spell.objects.values_list(
        "unit_id", "name", "code", "kind", "level", "parent_id", "valid_from", "valid_to", "instrument", "lon", "lat"
    )
    for unit_id, name, code, kind, level, parent_id, start, end, instrument, lon, lat in rows:
        uid = uids[unit_id]
        parent = uids[parent_id] if parent_id is not None else None
        spells.append(core.Spell(uid, name, code, kind, level, parent, start, end, instrument))
        if lon is not None and lat is not None:
            points[uid, start] = (lon, lat)
    edges = [
        core.Edge(
            uids[source], uids[target], on, Fraction(num, den) if num is not None and den else None, basis, instrument
        )
        for source, target, on, num, den, basis, instrument in Lineage.objects.values_list(
            "source_id", "target_id", "on", "share_num", "share_den", "basis", "instrument"
        )
    ]
    ids = {uid: pk for pk, uid in uids.items()}
    return Known(core.Register(spells, edges), ids, uids, points)
