"""What a route asks for, and how a view or an action asks for one record.

Every view declares its permission: `@guard(Permission.HOTSPOT_VIEW)`. The middleware lets nobody in who does not hold
it for any record; which records, the view asks with `rights_of(request)`. Actions ask again, with `require`, whoever
calls them: a page, the API, an import, a job.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from diaban.adapters.clock import today
from diaban.apps.access.rights import Person, Rights, rights_at
from diaban.core.policy import Permission, Purpose, Verdict

View = TypeVar("View", bound=Callable[..., Any])
MARK = "access_asked"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a route asks for: any of `permissions`, and all of `also`, for one purpose or any that they exist for."""

    permissions: tuple[Permission, ...]
    purpose: Purpose | None = None
    also: tuple[Permission, ...] = ()

    @property
    def purposes(self) -> frozenset[Purpose]:
        """Return the purposes for which the route may be opened."""
        if self.purpose is not None:
            return frozenset({self.purpose})
        return frozenset[Purpose]().union(*(one.purposes for one in self.permissions))

    def admits(self, rights: Rights) -> bool:
        """Tell whether somebody with these rights may open the route for any record at all."""
        held = any(rights.holds(one, self.purpose) for one in self.permissions)
        return held and all(rights.holds(one, self.purpose) for one in self.also)

    def refusal(self, rights: Rights) -> Verdict:
        """Return why not."""
        lacking = [one for one in self.also if not rights.holds(one, self.purpose)]
        return rights.can((lacking or self.permissions)[0], purpose=self.purpose)


class AccessRefused(PermissionDenied):
    """The policy says no. `verdict.reason` is for the person; nothing in it tells of data."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(str(verdict.reason))
        self.verdict = verdict


def guard(
    *permissions: Permission, also: Iterable[Permission] = (), purpose: Purpose | None = None
) -> Callable[[View], View]:
    """Declare what the view asks for; put it outermost, so that it marks what the router calls.

    An export, for one, asks to see what it exports and `also` to export at all.
    """
    asked = Asked(permissions, purpose, tuple(also))

    def mark(view: View) -> View:
        setattr(view, MARK, asked)
        return view

    return mark


def asked_of(view: Callable[..., Any]) -> Asked | None:
    """Return what a view asks for; None when it declares nothing."""
    found = getattr(view, MARK, None)
    return found if isinstance(found, Asked) else None


def rights_of(request: HttpRequest) -> Rights:
    """Return the rights of whoever is signed in, today, worked out once a request."""
    kept = vars(request)
    if "_rights" not in kept:
        kept["_rights"] = request.user.rights(today())  # type: ignore[union-attr]
    found: Rights = kept["_rights"]
    return found


def require(
    by: Person,
    permission: Permission,
    *,
    at: datetime,
    unit: int | None = None,
    submitted_by: Iterable[str] = (),
    purpose: Purpose | None = None,
) -> Verdict:
    """Return the verdict that lets `by` act at `at`; raise `AccessRefused` when the policy says no."""
    verdict = rights_at(by, at).can(permission, unit=unit, submitted_by=submitted_by, purpose=purpose)
    if not verdict.allowed:
        raise AccessRefused(verdict)
    return verdict
