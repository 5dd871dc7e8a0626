"""Bring the units of the whole country into the tables."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from diaban.adapters.national_units import read_national
from diaban.apps.access import Permission, Person, require
from diaban.apps.audit.actions import record
from diaban.apps.places.actions.catalogue import load_catalogue
from diaban.apps.places.actions.store import Facts, Progress, Written, ignore, write


@transaction.atomic
def import_national(*, by: Person, at: datetime, progress: Progress = ignore) -> Written:
    """Write every unit before and after 1/7/2025 and how they are related, beside the catalogue's own.

    Units that the catalogue knows keep its identities, names and populations. Importing again changes nothing.
    Raises `core.units.UnitsError` (its message says what to install) without the extra `units`.
    """
    require(by, Permission.UNIT_MANAGE, at=at)
    nation = read_national()
    load_catalogue(by=by, at=at)
    written = write(Facts(nation.spells, nation.edges, nation.points), progress=progress)
    if written:
        record(by=by, at=at, verb="units.import_national", subject="units:national", detail=written.as_dict())
    return written
