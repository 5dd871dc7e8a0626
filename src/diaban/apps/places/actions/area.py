"""Say where this installation works."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from diaban.apps.access import Permission, Person, require
from diaban.apps.audit.actions import record
from diaban.apps.places.models import Unit, WorkArea

DEFAULT_PROVINCE = "brvt"
DEFAULT_ROOT_CODE = "77"


@transaction.atomic
def set_area(*, by: Person, at: datetime, name: str, roots: Sequence[Unit]) -> WorkArea:
    """Make the territory of `roots` the working area; they may be units that have ended. At least one is needed."""
    require(by, Permission.UNIT_MANAGE, at=at)
    if not roots:
        raise ValueError("a working area needs at least one unit")
    WorkArea.objects.filter(is_current=True).update(is_current=False)
    area = WorkArea.objects.create(name=name, is_current=True)
    area.roots.set(roots)
    record(
        by=by,
        at=at,
        verb="area.set",
        subject=f"area:{area.pk}",
        detail={"name": name, "roots": sorted(unit.uid for unit in roots)},
    )
    return area


def default_area(*, by: Person, at: datetime, name: str) -> None:
    """Set the catalogue's province as the working area unless one was set before."""
    if WorkArea.objects.filter(is_current=True).exists():
        return
    root = Unit.objects.filter(spells__code=DEFAULT_ROOT_CODE, spells__level="province").order_by("uid").first()
    if root is not None:
        set_area(by=by, at=at, name=name, roots=[root])
