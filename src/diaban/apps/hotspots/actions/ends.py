"""What an act asks at each of the units it concerns: a record that changes hands is asked about at both ends."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from diaban.apps.access import AccessRefused, Permission, Rights, require, rights_at
from diaban.apps.accounts.models import User
from diaban.apps.hotspots.queries import UnitIds
from diaban.apps.places import queries as places
from diaban.core.lifecycle import Problem
from diaban.core.messages import N_, Message, say

_GIVEN: Final = re.compile(r"(?:DTD|VV)-(\d{3,5})-.*", re.IGNORECASE | re.ASCII | re.DOTALL)


def require_at(by: User, permission: Permission, unit_ids: Iterable[int], *, at: datetime) -> None:
    """Raise `AccessRefused` unless `by` may do this at every one of the units; in the whole area if there is none."""
    for unit_id in dict.fromkeys(unit_ids) or (None,):
        require(by, permission, at=at, unit=unit_id)


def require_anywhere(by: User, *permissions: Permission, at: datetime) -> Rights:
    """Return the rights of `by`; raise `AccessRefused` when one of the permissions holds for no record at all."""
    rights = rights_at(by, at)
    for permission in permissions:
        if not rights.holds(permission):
            raise AccessRefused(rights.can(permission))
    return rights


def outside(field: str = "unit_id") -> Problem:
    """Return what is said of a row whose unit is out of reach, whether or not anything is recorded there."""
    return Problem(field, say(N_("Đơn vị này không có trong phạm vi được giao.")))


def unusable(code: str) -> Message:
    """Return what is said of a code that names a record out of sight, or by its form could."""
    return say(N_("Mã {code} không dùng được trong phạm vi được giao; ghi mã khác."), code=code)


def is_of_others(code: str, reach: UnitIds) -> bool:
    """Say whether a code has the form that the house gives ("DTD-26506-0001") with a unit's code out of `reach`.

    Such a code is refused whether or not it exists, so that trying codes tells nothing of the neighbours' registers.
    """
    found = _GIVEN.fullmatch(code)
    return reach is not None and found is not None and found[1] not in _codes_of(reach)


def _codes_of(unit_ids: frozenset[int]) -> frozenset[str]:
    held = places.known()

    def compute() -> frozenset[str]:
        uids = (held.uids[unit_id] for unit_id in unit_ids if unit_id in held.uids)
        known = (uid for uid in uids if uid in held.register)
        return frozenset(spell.code for uid in known for spell in held.register.spells_of(uid))

    return held.remember(("codes-of", unit_ids), compute)
