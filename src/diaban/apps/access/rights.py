"""What one person (or the house itself) may do on one day, in terms of database ids."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.timezone import localdate

from diaban.core import policy
from diaban.core.policy import Actor, Permission, Purpose, Sight, Subject, Verdict
from diaban.core.privacy import PrivacyClass

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Rights:
    """The rights of `actor` on the day `on`; worked out once, so they answer for thousands of rows."""

    actor: Actor
    on: date
    _sights: dict[tuple[Permission, Purpose | None], Sight] = field(default_factory=dict, compare=False, repr=False)

    def can(
        self,
        permission: Permission,
        *,
        unit: int | None = None,
        submitted_by: Iterable[str] = (),
        purpose: Purpose | None = None,
    ) -> Verdict:
        """Decide about a record of the unit with the id `unit` (None: what belongs to the whole area)."""
        subject = Subject(unit, frozenset(name for name in submitted_by if name))
        return policy.can(self.actor, permission, subject, on=self.on, purpose=purpose)

    def holds(self, permission: Permission, purpose: Purpose | None = None) -> bool:
        """Tell whether the permission opens anything at all: what decides if a door or a button is shown."""
        if self.sight(permission, purpose).is_blind:
            return self.can(permission, purpose=purpose).allowed
        return True

    def sight(self, permission: Permission, purpose: Purpose | None = None) -> Sight:
        """Return what of the records that `permission` opens is within sight."""
        key = (permission, purpose)
        if key not in self._sights:
            self._sights[key] = policy.sight(self.actor, permission, on=self.on, purpose=purpose)
        return self._sights[key]

    def units(self, permission: Permission, purpose: Purpose | None = None) -> frozenset[int] | None:
        """Return the ids of the units within sight; None when there is no limit."""
        found = self.sight(permission, purpose)
        return None if found.everything else frozenset(unit for unit in found.units if isinstance(unit, int))

    @property
    def cleared(self) -> frozenset[PrivacyClass]:
        """Return the classes of data seen in clear, in whatever record is within sight."""
        return policy.cleared(self.actor, on=self.on)

    def visible(
        self, rows: QuerySet[Row, Any], permission: Permission, purpose: Purpose | None = None, *, unit: str = "unit"
    ) -> QuerySet[Row, Any]:
        """Return the rows within sight; `unit` is the path to the column that holds the unit."""
        ids = self.units(permission, purpose)
        return rows if ids is None else rows.filter(Q(**{f"{unit}__in": ids}))


class Person(Protocol):
    """Whoever acts: a user, or the house."""

    def get_username(self) -> str: ...

    def rights(self, on: date) -> Rights: ...


@dataclass(frozen=True, slots=True)
class House:
    """The machine itself as actor: the set-up, the command line, the worker's rounds."""

    name: str

    def get_username(self) -> str:
        """Return the name that the log shows."""
        return self.name

    def rights(self, on: date) -> Rights:
        """Return the rights of the house: everything but what stands behind the walls."""
        return Rights(Actor(self.name, house=True), on)


def rights_at(by: Person, at: datetime) -> Rights:
    """Return the rights of `by` at the moment `at` (the day is that of the house's time zone)."""
    return by.rights(localdate(at))
