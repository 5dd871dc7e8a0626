"""Which plans somebody sees: those of the whole area, which everybody must know who carries them out, and one's own.

What is still looked through is work of those who reach so far: a draft of the whole area no commune sees.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from diaban.apps.access import Permission, Rights
from diaban.apps.plans.models import Plan, Version


def visible_plans(rights: Rights) -> QuerySet[Plan]:
    """Return the plans within sight: of the working area for whoever may see plans at all, of a unit by its unit."""
    if not rights.holds(Permission.PLAN_VIEW):
        return Plan.objects.none()
    units = rights.units(Permission.PLAN_VIEW)
    if units is None:
        return Plan.objects.all()
    issued = Exists(Version.objects.filter(plan=OuterRef("pk")).exclude(state=Version.State.DRAFT))
    return Plan.objects.filter(Q(unit__in=units) | (Q(unit__isnull=True) & issued))


def visible_versions(rights: Rights) -> QuerySet[Version, Any]:
    """Return the versions of the plans within sight."""
    rows = Version.objects.filter(plan__in=visible_plans(rights)).select_related("plan", "plan__unit")
    if rights.units(Permission.PLAN_VIEW) is None:
        return rows
    return rows.exclude(state=Version.State.DRAFT, plan__unit__isnull=True)


def may_keep(rights: Rights, plan: Plan) -> bool:
    """Tell whether somebody may change this plan."""
    return rights.can(Permission.PLAN_KEEP, unit=plan.unit_id).allowed
