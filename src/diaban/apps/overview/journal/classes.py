"""What of an event's detail somebody may read.

The journal repeats values of the registers, before and after. Whoever inspects it must learn who did what to which
record, and does not open the register by it: values of a class for which the reader is not cleared are masked.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from django.db.models import Q

from diaban.apps.audit.models import Event, Kind
from diaban.apps.vault.privacy import declared
from diaban.core.privacy import PrivacyClass, classed, mask, visible

REGISTERS: Final[Mapping[str, tuple[str, ...]]] = {
    "hotspot": ("hotspots.HotspotStep", "hotspots.Hotspot"),
    "incident": ("hotspots.Incident",),
    "route": ("hotspots.Route",),
    "standing": (
        "localities.Declaration",
        "localities.DeclarationChange",
        "localities.Standing",
        "localities.Decision",
    ),
    "dossier": ("reports.Issue",),
    "submission": ("reports.Submission",),
}
"""The tables whose values stand in the events about a record of that noun."""
WORDS: Final = classed(
    internal="after appraised batch before class digest figures from proposed seizures self steps submission "
    "supersedes to undoes units verb",
    officer="in_name_of submitted_by decider",
    sensitive="note reason remark",
)
"""Keys of those events that no column is called after, or whose class does not follow from the column's."""
PLAIN: Final = frozenset({Kind.READ, Kind.SEARCH, Kind.REFUSAL, Kind.EXPORT, Kind.SYSTEM})
"""Kinds whose detail tells of the act alone: what was asked for, why, how many rows. They repeat no record."""


@cache
def class_of_key(noun: str, key: str) -> PrivacyClass:
    """Return the class of a key of the events about `noun`; one that nobody named is of the strictest."""
    if noun not in REGISTERS:
        return PrivacyClass.INTERNAL
    tables = (declared()[label] for label in REGISTERS[noun])
    named = [table[key] for table in (WORDS, *tables) if key in table]
    return max(named, key=list(PrivacyClass).index, default=PrivacyClass.SENSITIVE)


def detail_for(event: Event, cleared: frozenset[PrivacyClass]) -> dict[str, Any]:
    """Return the detail of an event with what the reader is not cleared for masked."""
    noun = event.subject.partition(":")[0]
    if event.kind in PLAIN or noun not in REGISTERS:
        return dict(event.detail)
    return {key: mask(value, class_of_key(noun, key), cleared) for key, value in event.detail.items()}


def readable(cleared: frozenset[PrivacyClass]) -> Q:
    """Return the condition of events whose whole detail the reader may search: a hit must not tell what is masked."""
    if visible(PrivacyClass.SENSITIVE, cleared):
        return Q()
    hidden = Q()
    for noun in REGISTERS:
        hidden |= Q(subject__startswith=f"{noun}:") & ~Q(kind__in=PLAIN)
    return ~hidden
