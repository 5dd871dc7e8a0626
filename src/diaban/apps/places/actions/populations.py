"""Declare how many people live in a unit."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from diaban.apps.access import Permission, Person, require
from diaban.apps.audit.actions import record
from diaban.apps.places.models import Population, Unit


@transaction.atomic
def declare_population(
    *,
    by: Person,
    at: datetime,
    unit: Unit,
    as_of: date,
    value: int,
    source: str,
    kind: str = Population.Source.RESIDENT,
) -> Population:
    """Store the residents of `unit` on `as_of`; a figure of the same day and kind is replaced and logged."""
    require(by, Permission.POPULATION_DECLARE, at=at, unit=unit.pk)
    if value < 0:
        raise ValueError(f"population of {unit.uid} is negative: {value}")
    before = Population.objects.filter(unit=unit, as_of=as_of, source_kind=kind).first()
    row, _created = Population.objects.update_or_create(
        unit=unit, as_of=as_of, source_kind=kind, defaults={"value": value, "source": source}
    )
    record(
        by=by,
        at=at,
        verb="population.declare",
        subject=f"unit:{unit.uid}",
        detail={
            "as_of": as_of.isoformat(),
            "kind": str(kind),
            "value": value,
            "source": source,
            "before": before.value if before is not None else None,
        },
    )
    return row
