"""What an address of this app names: a review, a unit in it."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from diaban.apps.accounts.models import User
from diaban.apps.localities.models import Cycle, Standing
from diaban.apps.localities.queries import Row, standings
from diaban.apps.localities.stages import Refused


def cycle_of(year: int) -> Cycle:
    """Return the review of `year` or answer 404."""
    return get_object_or_404(Cycle, year=year)


def row_of(cycle: Cycle, uid: str) -> Row:
    """Return the unit of the review or answer 404."""
    standing = Standing.objects.filter(cycle=cycle, unit__uid=uid).values_list("unit_id", flat=True).first()
    if standing is None:
        raise Http404(_("Đơn vị không thuộc kỳ phân loại này."))
    return standings(cycle, [standing])[0]


def full(row: Row) -> Standing:
    """Return the standing with its whole working loaded."""
    return Standing.objects.select_related("unit", "cycle", "decision", "decision__supersedes").get(pk=row.standing.pk)


def user_of(request: HttpRequest) -> User:
    """Return who is signed in; every address of this app asks for that (LoginRequiredMiddleware)."""
    if not isinstance(request.user, User):
        raise Refused(_("Cần đăng nhập."))
    return request.user
