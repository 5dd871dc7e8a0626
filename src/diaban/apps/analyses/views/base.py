"""What the pages of analyses share: the row that is seen, who acts, what may be asked where."""

from __future__ import annotations

from typing import cast

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from diaban.apps.access import AccessRefused, Permission, Rights, rights_of
from diaban.apps.accounts.models import User
from diaban.apps.analyses import queries
from diaban.apps.analyses.models import Alert, Analysis
from diaban.apps.places import queries as places
from diaban.apps.places.queries import Place


def actor(request: HttpRequest) -> User:
    """Return who is signed in; the middleware lets nobody else in."""
    return cast(User, request.user)


def seen(request: HttpRequest, code: str) -> Analysis:
    """Return the analysis; 404 when it is out of sight, as when there is none."""
    found = queries.visible_analyses(rights_of(request)).filter(code=code).first()
    if found is None:
        raise Http404(_("Không có phân tích này trong phạm vi của tài khoản."))
    return found


def alert_seen(request: HttpRequest, code: str) -> Alert:
    """Return the alert; 404 when it is out of sight, as when there is none."""
    found = queries.visible_alerts(rights_of(request)).filter(code=code).first()
    if found is None:
        raise Http404(_("Không có báo động này trong phạm vi của tài khoản."))
    return found


def must(request: HttpRequest, permission: Permission, unit: int | None) -> None:
    """Raise `AccessRefused` (403) unless the person may do this there; the action asks again."""
    verdict = rights_of(request).can(permission, unit=unit)
    if not verdict.allowed:
        raise AccessRefused(verdict)


def may_ask(rights: Rights, unit: int | None) -> bool:
    """Tell whether somebody may put a question about a unit (None: the whole area)."""
    return all(rights.can(one, unit=unit).allowed for one in (Permission.ANALYSIS_RUN, Permission.INCIDENT_VIEW))


def places_to_ask(rights: Rights) -> tuple[list[Place], str]:
    """Return the communes about which somebody may ask, and the name of the whole area if they may ask about it."""
    units = queries.askable_units(rights)
    communes = [one for one in places.area_places(rights.on) if units is None or one.id in units]
    whole = (places.area_name(places.current_area()) or _("Cả địa bàn")) if may_ask(rights, None) else ""
    return communes, whole
