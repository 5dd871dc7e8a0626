"""What an address of this app names for the person who asks: a review, a unit of it that is within their sight."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from diaban.apps.access import AccessRefused, Permission, rights_of
from diaban.apps.accounts.models import User
from diaban.apps.localities import queries
from diaban.apps.localities.models import Cycle, Standing
from diaban.apps.localities.queries import Row, standings
from diaban.apps.localities.stages import Refused, verdict


def cycle_of(year: int) -> Cycle:
    """Return the review of `year` or answer 404."""
    return get_object_or_404(Cycle, year=year)


def units_in_sight(request: HttpRequest) -> frozenset[int] | None:
    """Return the units whose reviews this person may see; None where there is no limit."""
    return rights_of(request).units(Permission.REVIEW_VIEW)


def rows_of(request: HttpRequest, cycle: Cycle) -> list[Row]:
    """Return the units of the review that are within sight."""
    return standings(cycle, units_in_sight(request))


def row_of(request: HttpRequest, cycle: Cycle, uid: str) -> Row:
    """Return the unit of the review or answer 404: a unit out of sight is answered like one that is not there."""
    named = Standing.objects.filter(cycle=cycle, unit__uid=uid)
    unit_id = rights_of(request).visible(named, Permission.REVIEW_VIEW).values_list("unit_id", flat=True).first()
    if unit_id is None:
        raise Http404(_("Đơn vị không thuộc kỳ phân loại này."))
    return standings(cycle, [unit_id])[0]


def full(row: Row) -> Standing:
    """Return the standing with its whole working loaded."""
    return Standing.objects.select_related("unit", "cycle", "decision", "decision__supersedes").get(pk=row.standing.pk)


def allow(request: HttpRequest, permission: Permission, unit_id: int | None = None) -> None:
    """Let a page that is in sight go on only where the act may be done; None: what belongs to the whole area."""
    found = rights_of(request).can(permission, unit=unit_id)
    if not found.allowed:
        raise AccessRefused(found)


def allow_step(request: HttpRequest, standing: Standing, step: str) -> None:
    """Show the form of a step only to whom may take it: told before it is filled in."""
    found = verdict(rights_of(request), standing, step)
    if not found.allowed:
        raise AccessRefused(found)


def may(request: HttpRequest, cycle: Cycle) -> dict[str, bool]:
    """Return which doors and buttons the pages of a review show this person."""
    rights = rights_of(request)
    return {
        "run": rights.can(Permission.REVIEW_RUN).allowed,
        "province": queries.sees_all(cycle, units_in_sight(request)),
        "report": rights.can(Permission.REPORT_VIEW).allowed,
        "declare": rights.holds(Permission.FIGURES_DECLARE),
        "take_out": rights.holds(Permission.REGISTER_EXPORT),
        "bring_in": rights.holds(Permission.REGISTER_IMPORT) and rights.holds(Permission.FIGURES_DECLARE),
        "choose": rights.holds(Permission.CHOICE_VIEW),
        "transform": rights.holds(Permission.TRANSFORM_VIEW),
        "values": rights.holds(Permission.HOTSPOT_VIEW),
        "journal": rights.can(Permission.AUDIT_VIEW).allowed,
    }


def user_of(request: HttpRequest) -> User:
    """Return who is signed in; every address of this app asks for that (LoginRequiredMiddleware)."""
    if not isinstance(request.user, User):
        raise Refused(_("Cần đăng nhập."))
    return request.user
