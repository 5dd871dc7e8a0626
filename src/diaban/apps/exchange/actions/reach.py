"""Whose records a batch touches, and whether whoever acts may touch them: asked at check, write and undo."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from diaban.apps.access import AccessRefused, Permission, Person, Rights, rights_at
from diaban.apps.exchange.registry import Context, Sheet, Stored


def require_held(by: Person, *permissions: Permission, at: datetime) -> Rights:
    """Return the rights of `by`; raise `AccessRefused` when one of the permissions opens nothing at all to them."""
    rights = rights_at(by, at)
    for permission in permissions:
        if not rights.holds(permission):
            raise AccessRefused(rights.can(permission))
    return rights


class Reach:
    """The units at which somebody holds every one of some permissions. A row of no known unit is the whole area's."""

    def __init__(self, rights: Rights, permissions: Sequence[Permission]) -> None:
        self._limits = [ids for one in permissions if (ids := rights.units(one)) is not None]

    def holds(self, units: Sequence[int]) -> bool:
        """Tell whether a row of these units is within reach."""
        return not self._limits or (bool(units) and all(ids.issuperset(units) for ids in self._limits))


def units_of(sheet: Sheet, rows: Sequence[Stored | None], context: Context) -> list[list[int]]:
    """Return the units of each row; of a row that is not there, none."""
    present = [row for row in rows if row is not None]
    found = iter(sheet.units_of(present, context))
    return [list(next(found)) if row is not None else [] for row in rows]
