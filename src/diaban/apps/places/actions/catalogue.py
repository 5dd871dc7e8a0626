"""Bring the catalogue's units into the tables."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from diaban.apps.access import Permission, Person, require
from diaban.apps.audit.actions import record
from diaban.apps.places.actions.area import DEFAULT_PROVINCE, default_area
from diaban.apps.places.actions.store import AreaFact, Facts, PopulationFact, Written, write
from diaban.catalogue.units_loader import CatalogueUnits, load_province


def facts_of(catalogue: CatalogueUnits) -> Facts:
    """Return what a catalogue province says, as facts to write."""
    return Facts(
        spells=catalogue.register.spells,
        edges=catalogue.register.edges,
        points=catalogue.points,
        populations=[
            PopulationFact(one.unit, one.as_of, one.value, one.kind, one.source) for one in catalogue.populations
        ],
        areas=[AreaFact(one.unit, one.as_of, one.km2, one.source) for one in catalogue.areas],
    )


@transaction.atomic
def load_catalogue(*, by: Person, at: datetime) -> Written:
    """Write the units of the catalogue (former Bà Rịa - Vũng Tàu in its three eras); set the working area if none is.

    Writing again what is already there changes nothing and leaves no event.
    """
    require(by, Permission.UNIT_MANAGE, at=at)
    catalogue = load_province(DEFAULT_PROVINCE)
    written = write(facts_of(catalogue))
    if written:
        record(by=by, at=at, verb="units.load_catalogue", subject="units:catalogue", detail=written.as_dict())
    default_area(by=by, at=at, name=catalogue.title)
    return written
