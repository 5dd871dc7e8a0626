"""Who was shown what of the registers tells of persons, and who looked for it: written down by pages and API alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

from django.http import HttpRequest

from diaban.adapters.clock import now
from diaban.apps.access import Purpose
from diaban.apps.accounts.models import User
from diaban.apps.audit import actions as audit
from diaban.apps.hotspots.models import Hotspot, Incident, Route
from diaban.apps.hotspots.privacy import FIELDS
from diaban.core.privacy import PrivacyClass

_OF_PERSONS: Final = frozenset({PrivacyClass.PERSONAL, PrivacyClass.SENSITIVE})
_FOR_THE_MACHINE: Final = frozenset({"search", "name_sort"})  # the same words once more, folded


def _told(*models: str) -> tuple[str, ...]:
    """Return the fields of the models that tell of persons."""
    named = {name for model in models for name, kind in FIELDS[f"hotspots.{model}"].items() if kind in _OF_PERSONS}
    return tuple(sorted(named - _FOR_THE_MACHINE))


_SUBJECTS: Final[Mapping[type[Hotspot] | type[Incident] | type[Route], tuple[str, tuple[str, ...]]]] = {
    Hotspot: ("hotspot", _told("Hotspot", "HotspotStep")),
    Incident: ("incident", _told("Incident")),
    Route: ("route", _told("Route")),
}


def shown(request: HttpRequest, row: Hotspot | Incident | Route) -> None:
    """Write down that the person is shown a record whole. Called by what shows it, once it is certain to be shown."""
    noun, fields = _SUBJECTS[type(row)]
    audit.read(
        by=cast(User, request.user), at=now(), subject=f"{noun}:{row.code}", purpose=Purpose.PLACES, fields=fields
    )


def looked(
    request: HttpRequest, register: str, *, text: str, found: int, terms: Mapping[str, str] | None = None
) -> None:
    """Write down that the person looked through a register for `text`; it is kept as a fingerprint only."""
    audit.searched(
        by=cast(User, request.user),
        at=now(),
        register=register,
        purpose=Purpose.PLACES,
        found=found,
        terms=terms,
        personal={"q": text.strip()},
    )
