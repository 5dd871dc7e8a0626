"""What the pages of people share: who asks, whom the address names, what may be offered."""

from __future__ import annotations

from typing import Any, cast

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from diaban.adapters.clock import now
from diaban.apps.access import Permission, rights_of
from diaban.apps.accounts.models import User
from diaban.apps.audit import actions as audit
from diaban.apps.places import queries as places
from diaban.apps.staff import queries
from diaban.core.policy import ROLES, Purpose, may_assign


def actor(request: HttpRequest) -> User:
    """Return who is signed in; the middleware lets nobody else in."""
    return cast(User, request.user)


def person_of(request: HttpRequest, username: str) -> User:
    """Return the officer within sight that the address names, or answer 404."""
    found = queries.person(rights_of(request), username)
    if found is None:
        raise Http404(_("Không có tài khoản này trong phạm vi của bạn."))
    return found


def offered(request: HttpRequest) -> dict[str, Any]:
    """Return the roles and the units that the signed-in person may hand out."""
    rights = rights_of(request)
    held = rights.actor.posts(rights.on)
    ids = rights.units(Permission.ACCOUNT_MANAGE)
    area = places.area_places(rights.on)
    return {
        "offered": [code for code in ROLES if may_assign(held, code)],
        "units": [place for place in area if ids is None or place.id in ids],
        "whole": ids is None,
    }


def note_reading(request: HttpRequest, subject: str, *fields: str) -> None:
    """Write down that personal data of an officer were read."""
    purpose = Purpose.AUDIT if rights_of(request).holds(Permission.AUDIT_VIEW) else Purpose.ADMINISTRATION
    audit.read(by=actor(request), at=now(), subject=subject, purpose=purpose, fields=fields)
