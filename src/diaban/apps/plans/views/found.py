"""What an address of this app names for the person who asks: a plan, a version, a clause within their sight."""

from __future__ import annotations

from typing import cast

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from diaban.adapters.clock import today
from diaban.apps.access import AccessRefused, Permission, rights_of
from diaban.apps.accounts.models import User
from diaban.apps.places import queries as places
from diaban.apps.places.models import Unit
from diaban.apps.plans import queries
from diaban.apps.plans.models import Plan, Version
from diaban.core.drafting import Draft, Piece


def actor(request: HttpRequest) -> User:
    """Return who is signed in; the middleware lets nobody else in."""
    return cast(User, request.user)


def plan_of(request: HttpRequest, code: str) -> Plan:
    """Return the plan or answer 404: one out of sight is answered like one that is not there."""
    plans = queries.visible_plans(rights_of(request)).select_related("unit", "parent", "parent__unit")
    return get_object_or_404(plans, code=code)


def version_of(request: HttpRequest, code: str, seq: int | None = None) -> Version:
    """Return a version of a plan within sight (without a number the one that counts now)."""
    seen = queries.visible_versions(rights_of(request))
    version = queries.version_to_show(plan_of(request, code), seq, seen)
    if version is None:
        raise Http404(_("Không có bản này."))
    return version


def draft_version(request: HttpRequest, code: str, seq: int) -> Version:
    """Return a version that the person may keep; whoever only sees it is refused."""
    version = version_of(request, code, seq)
    allow_keep(request, version.plan)
    return version


def allow_keep(request: HttpRequest, plan: Plan) -> None:
    """Let a page go on only where the plan may be changed."""
    found = rights_of(request).can(Permission.PLAN_KEEP, unit=plan.unit_id)
    if not found.allowed:
        raise AccessRefused(found)


def piece_of(draft: Draft, number: int) -> Piece:
    """Return a clause of the draft or answer 404."""
    try:
        return draft.piece(number)
    except KeyError:
        raise Http404(_("Điều khoản không còn trong bản này.")) from None


def unit_name(unit: Unit | None) -> str:
    """Return what a page calls the unit that a plan is of."""
    if unit is None:
        return places.area_name(places.current_area()) or _("Cả địa bàn")
    return places.names([unit.pk], today()).get(unit.pk) or unit.uid


def tree_address(plan: Plan) -> str:
    """Return where the programme shows the plan with the state of every clause; empty where there is no such page."""
    try:
        return reverse("programme:tree", args=[plan.code])
    except NoReverseMatch:
        return ""
