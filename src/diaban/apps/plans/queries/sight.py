"""Which plans somebody sees: those of the whole area, which everybody must know who carries them out, and one's own."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from diaban.apps.access import Permission, Rights
from diaban.apps.plans.models import Plan, Version


def visible_plans(rights: Rights) -> QuerySet[Plan]:
    """Return the plans within sight: of the working area for whoever may see plans at all, of a unit by its unit."""
    if not rights.holds(Permission.PLAN_VIEW):
        return Plan.objects.none()
    units = rights.units(Permission.PLAN_VIEW)
    return Plan.objects.all() if units is None else Plan.objects.filter(Q(unit__isnull=True) | Q(unit__in=units))


def visible_versions(rights: Rights) -> QuerySet[Version, Any]:
    """Return the versions of the plans within sight."""
    return Version.objects.filter(plan__in=visible_plans(rights)).select_related("plan", "plan__unit")


def may_keep(rights: Rights, plan: Plan) -> bool:
    """Tell whether somebody may change this plan."""
    return rights.can(Permission.PLAN_KEEP, unit=plan.unit_id).allowed
