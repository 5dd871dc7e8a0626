"""The decision itself: may this person do this, to this, for this purpose, on this day — and why.

`can` answers for one subject and explains itself; `sight` answers for all subjects at once, as the set of units that a
query may show. They agree: for every unit, `sight(…).sees(unit)` is `can(…).allowed` (four eyes apart, which concern
one record and no list). Units are opaque keys, so the same code serves uids and database ids.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from diaban.core.messages import N_, Message, say
from diaban.core.policy.roles import EVERYBODY, ROLES, Reach
from diaban.core.policy.terms import APPROVALS, LASTING, WALLED, Permission, Purpose
from diaban.core.privacy import EVERYTHING, PrivacyClass

Unit = Hashable
Why = Literal["granted", "inactive", "no_role", "purpose", "expired", "outside", "whole_area", "own_submission"]


@dataclass(frozen=True, slots=True)
class Assignment:
    """A role held at a unit during `[start, end)` (`end` None: still).

    `units` are the units of any day whose records it opens (see `core.policy.reach`); None means the whole working
    area. `giver` is the user name of whoever delegated it during leave, empty for one's own. `line`: code of `Line`.
    """

    role: str
    units: frozenset[Unit] | None
    start: date
    end: date | None = None
    giver: str = ""
    line: str = ""

    def in_force(self, on: date) -> bool:
        """Tell whether it holds on `on`."""
        return self.start <= on and (self.end is None or on < self.end)

    def carries(self, permission: Permission, purpose: Purpose) -> Reach | None:
        """Return how far it carries `permission` for `purpose`; delegated, it leaves out what stays with its giver."""
        if self.giver and permission in LASTING:
            return None
        return ROLES[self.role].reach(permission, purpose)

    def opens(self, reach: Reach, unit: Unit | None) -> bool:
        """Tell whether records of `unit` (None: what belongs to no single unit) lie within it."""
        if self.units is None:
            return True
        return reach is Reach.UNIT and unit is not None and unit in self.units


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts. `house` is the machine itself (the set-up, the command line): everything but what is walled."""

    name: str
    assignments: tuple[Assignment, ...] = ()
    active: bool = True
    house: bool = False

    def roles(self, on: date) -> frozenset[str]:
        """Return the codes of the roles in force on `on`."""
        return frozenset(one.role for one in self.assignments if one.in_force(on))

    def posts(self, on: date) -> frozenset[tuple[str, str]]:
        """Return role and line of one's own posts in force on `on`: what is lent hands out nothing."""
        return frozenset((one.role, one.line) for one in self.assignments if one.in_force(on) and not one.giver)

    def purposes(self, on: date) -> frozenset[Purpose]:
        """Return the purposes for which the actor may look at anything on `on`."""
        if not self.active:
            return frozenset()
        if self.house:
            return frozenset(Purpose) - WALLED
        return frozenset({Purpose.COMMON}).union(*(ROLES[code].purposes for code in self.roles(on)))


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked about: the unit whose record it is (None: the whole area's), and who submitted it."""

    unit: Unit | None = None
    submitted_by: frozenset[str] = frozenset()


WHOLE: Final = Subject()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether, and why: `why` is a code, `reason` the sentence for the person; `grant` what allowed it."""

    allowed: bool
    why: Why
    reason: Message
    permission: Permission
    purpose: Purpose | None = None
    grant: Assignment | None = field(default=None, compare=False)


def can(
    actor: Actor, permission: Permission, subject: Subject = WHOLE, *, on: date, purpose: Purpose | None = None
) -> Verdict:
    """Decide whether `actor` may do `permission` to `subject` on `on` for `purpose` (None: any that it exists for).

    The reason names the role that allows, or what is missing: the nearest to being allowed speaks.
    """
    if not actor.active:
        return _no("inactive", permission, say(N_("Tài khoản đã ngừng hoạt động.")))
    wanted = _wanted(permission, purpose)
    if permission in EVERYBODY and wanted:
        return Verdict(True, "granted", say(N_("Mọi tài khoản đều được.")), permission, Purpose.COMMON)
    if actor.house:
        return _house(permission, wanted)
    return _from_assignments(actor, permission, subject, on, wanted)


def _wanted(permission: Permission, purpose: Purpose | None) -> tuple[Purpose, ...]:
    """Return the purposes in question, in a fixed order; none when `purpose` is not one of the permission's."""
    if purpose is None:
        return tuple(one for one in Purpose if one in permission.purposes)
    return (purpose,) if purpose in permission.purposes else ()


def _house(permission: Permission, wanted: Iterable[Purpose]) -> Verdict:
    open_to = [purpose for purpose in wanted if purpose not in WALLED]
    if not open_to:
        return _no("purpose", permission, _lacks_purpose(permission))
    return Verdict(True, "granted", say(N_("Máy tự làm khi cài đặt, bảo trì.")), permission, open_to[0])


def _from_assignments(
    actor: Actor, permission: Permission, subject: Subject, on: date, wanted: tuple[Purpose, ...]
) -> Verdict:
    nearest: tuple[int, Verdict] = (0, _no("no_role", permission, _lacks_role(permission)))
    if not wanted:
        nearest = (1, _no("purpose", permission, _lacks_purpose(permission)))
    for one in actor.assignments:
        for purpose in wanted:
            rank, verdict = _try(actor, one, permission, purpose, subject, on)
            if verdict.allowed:
                return verdict
            if rank > nearest[0]:
                nearest = (rank, verdict)
    return nearest[1]


def _try(
    actor: Actor, one: Assignment, permission: Permission, purpose: Purpose, subject: Subject, on: date
) -> tuple[int, Verdict]:
    """Return the verdict of one assignment, and how near it came (the higher, the nearer)."""
    role = ROLES[one.role]
    reach = one.carries(permission, purpose)
    if reach is None:
        held_for_another = permission in role.grants and purpose not in role.purposes
        if held_for_another:
            return 1, _no("purpose", permission, _lacks_purpose(permission))
        return 0, _no("no_role", permission, _lacks_role(permission))
    if not one.in_force(on):
        return 2, _no(
            "expired", permission, say(N_("Vai trò “{role}” không có hiệu lực hôm nay."), role=say(role.title))
        )
    if not one.opens(reach, subject.unit):
        if reach is Reach.HOUSE or subject.unit is None:
            return 3, _no("whole_area", permission, say(N_("Việc này thuộc toàn địa bàn, ngoài phạm vi được giao.")))
        return 3, _no("outside", permission, say(N_("Đơn vị này ngoài phạm vi được giao.")))
    if permission in APPROVALS and subject.submitted_by & {actor.name, one.giver or actor.name}:
        return 4, _no("own_submission", permission, say(N_("Không ai được duyệt việc do chính mình trình.")))
    return 5, Verdict(True, "granted", _granted(one), permission, purpose, one)


def _granted(one: Assignment) -> Message:
    role = say(ROLES[one.role].title)
    if one.giver:
        return say(N_("Theo vai trò “{role}” do {giver} ủy quyền."), role=role, giver=one.giver)
    return say(N_("Theo vai trò “{role}”."), role=role)


def _no(why: Why, permission: Permission, reason: Message) -> Verdict:
    return Verdict(False, why, reason, permission)


def _lacks_role(permission: Permission) -> Message:
    return say(N_("Vai trò của tài khoản không gồm việc “{what}”."), what=say(permission.words))


def _lacks_purpose(permission: Permission) -> Message:
    return say(N_("Việc “{what}” không thuộc mục đích mà tài khoản được giao."), what=say(permission.words))


@dataclass(frozen=True, slots=True)
class Sight:
    """What a list may show: everything, or the records of `units`. `house`: also what belongs to no single unit."""

    everything: bool = False
    units: frozenset[Unit] = frozenset()

    def sees(self, unit: Unit | None) -> bool:
        """Tell whether records of `unit` (None: the whole area's) are within sight."""
        return self.everything or (unit is not None and unit in self.units)

    @property
    def is_blind(self) -> bool:
        """Tell whether nothing is within sight."""
        return not self.everything and not self.units


BLIND: Final = Sight()


def sight(actor: Actor, permission: Permission, *, on: date, purpose: Purpose | None = None) -> Sight:
    """Return what of the records that `permission` opens `actor` may see on `on` for `purpose`."""
    wanted = _wanted(permission, purpose)
    if not actor.active or not wanted:
        return BLIND
    if permission in EVERYBODY:
        return Sight(everything=True)
    if actor.house:
        return Sight(everything=any(one not in WALLED for one in wanted))
    units: set[Unit] = set()
    for one in actor.assignments:
        reaches = [found for purpose in wanted if (found := one.carries(permission, purpose)) is not None]
        if not reaches or not one.in_force(on):
            continue
        if one.units is None:
            return Sight(everything=True)
        if Reach.UNIT in reaches:
            units |= one.units
    return Sight(units=frozenset(units))


def cleared(actor: Actor, *, on: date, purpose: Purpose | None = None) -> frozenset[PrivacyClass]:
    """Return the classes of data that `actor` sees in clear on `on` for `purpose` (None: any that the actor has).

    It widens nobody's sight: of a record out of sight nothing is shown, whatever its class. A lent role clears like
    the role itself. Secrets are cleared for nobody, the house included.
    """
    if not actor.active:
        return frozenset()
    if actor.house:
        return frozenset({PrivacyClass.PUBLIC}) if purpose in WALLED else EVERYTHING
    roles = (ROLES[code] for code in actor.roles(on))
    held = (role.clears for role in roles if purpose is None or purpose in role.purposes)
    return frozenset({PrivacyClass.PUBLIC}).union(*held)
