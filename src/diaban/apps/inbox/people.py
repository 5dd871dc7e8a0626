"""Who may do what on one day: the other way round from `Rights`, for whoever has something to tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.db.models import Q

from diaban.apps.access import Permission
from diaban.apps.accounts.models import Assignment, Delegation, User
from diaban.apps.places import queries as places
from diaban.core.policy import ROLES


@dataclass(frozen=True, slots=True)
class _Seat:
    """A role that somebody fills on the day; `units` None: of the whole area."""

    user: User
    role: str
    units: frozenset[int] | None

    def covers(self, unit: int | None) -> bool:
        return self.units is None or (unit is not None and unit in self.units)


@dataclass
class People:
    """The accounts of one day, in three queries; of whoever is named the policy itself was asked (two more each)."""

    on: date
    _kept: dict[tuple[Permission, int | None, bool], list[User]] = field(default_factory=dict)

    @cached_property
    def _seats(self) -> list[_Seat]:
        on, users = self.on, self._users
        held = Q(start__lte=on) & (Q(end__isnull=True) | Q(end__gt=on))
        own = Assignment.objects.filter(held, user__is_active=True).order_by("user_id", "pk")
        rows = [(row.user_id, row) for row in own]
        rows += [(lent.receiver_id, lent.assignment) for lent in self._lent if lent.assignment.in_force(on)]
        return [
            _Seat(users[user], row.role, None if row.unit_id is None else places.opened_by(row.unit_id, on))
            for user, row in rows
            if user in users
        ]

    @cached_property
    def _users(self) -> dict[int, User]:
        return {user.pk: user for user in User.objects.filter(is_active=True)}

    @cached_property
    def _lent(self) -> list[Delegation]:
        lent = Delegation.objects.filter(start__lte=self.on, end__gt=self.on, assignment__user__is_active=True)
        return list(lent.select_related("assignment").order_by("pk"))

    def known(self, ids: Iterable[int]) -> list[User]:
        """Return those of the accounts that are in force, and once each whoever stands in for them during leave."""
        wanted = list(dict.fromkeys(ids))
        deputies = [
            lent.receiver_id
            for lent in self._lent
            if lent.assignment.user_id in wanted and Permission.TASK_VIEW in ROLES[lent.assignment.role].grants
        ]
        return [self._users[pk] for pk in dict.fromkeys([*wanted, *deputies]) if pk in self._users]

    def called(self, usernames: Iterable[str]) -> list[User]:
        """Return the accounts in force with these user names."""
        wanted = set(usernames)
        return [user for user in self._users.values() if user.username in wanted]

    def who_may(self, permission: Permission, unit: int | None, *, near: bool = False) -> list[User]:
        """Return who may do `permission` to records of the unit (None: what belongs to the whole area).

        `near`: only those whose seat opens the fewest units, and of a unit never those of the whole area.
        """
        key = (permission, unit, near)
        if key not in self._kept:
            self._kept[key] = self._find(permission, unit, near=near)
        return self._kept[key]

    def _find(self, permission: Permission, unit: int | None, *, near: bool) -> list[User]:
        fitting = [seat for seat in self._seats if permission in ROLES[seat.role].grants and seat.covers(unit)]
        if near and unit is not None:
            bounded = [(len(seat.units), seat) for seat in fitting if seat.units is not None]
            least = min((size for size, _seat in bounded), default=0)
            fitting = [seat for size, seat in bounded if size == least]
        return self._allowed((seat.user for seat in fitting), permission, unit)

    def in_role(self, role: str, permission: Permission, unit: int | None) -> list[User]:
        """Return who fills the role and may by it do `permission` to records of the unit."""
        fitting = [seat.user for seat in self._seats if seat.role == role and seat.covers(unit)]
        return self._allowed(fitting, permission, unit)

    def _allowed(self, users: Iterable[User], permission: Permission, unit: int | None) -> list[User]:
        """Return each once, whom the policy itself allows it."""
        each = {user.pk: user for user in users}.values()
        return [user for user in each if user.rights(self.on).can(permission, unit=unit).allowed]
