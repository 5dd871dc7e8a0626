"""Events in words, with the page of what they were done to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.urls import NoReverseMatch, reverse

from diaban.apps.access import Permission, Rights
from diaban.apps.accounts.queries import people
from diaban.apps.audit.models import Event, Kind
from diaban.apps.audit.queries import touchers
from diaban.apps.hotspots.models import Hotspot, Incident, Route
from diaban.apps.overview.journal.classes import detail_for
from diaban.apps.overview.journal.words import act, key, purpose, said
from diaban.apps.places.queries import known
from diaban.core.privacy import PrivacyClass
from diaban.core.units import Register

ADDRESSES: Final[dict[str, tuple[str, Permission, Callable[[str], list[str]]]]] = {
    "account": ("staff:person", Permission.ACCOUNT_VIEW, lambda key: [key]),
    "batch": ("exchange:batch", Permission.REGISTER_IMPORT, lambda key: [key]),
    "cycle": ("localities:cycle", Permission.REVIEW_VIEW, lambda key: [key]),
    "dossier": ("reports:detail", Permission.REPORT_VIEW, lambda key: key.split("/")),
    "job": ("jobs:run", Permission.REVIEW_RUN, lambda key: [key]),
    "standing": ("localities:standing", Permission.REVIEW_VIEW, lambda key: key.split(":", 1)),
    "unit": ("places:detail", Permission.UNIT_VIEW, lambda key: [key]),
}
REGISTERS: Final[dict[str, tuple[str, Permission, Any]]] = {
    "hotspot": ("hotspots:detail", Permission.HOTSPOT_VIEW, Hotspot),
    "incident": ("hotspots:incident", Permission.INCIDENT_VIEW, Incident),
    "route": ("hotspots:route", Permission.ROUTE_VIEW, Route),
}
TONES: Final = {Kind.REFUSAL: "warn", Kind.EXPORT: "info", Kind.SYSTEM: "neutral"}
_NO_RECORD: Final = ("", "-", "list", "chain", "head", "ring")


@dataclass(frozen=True, slots=True)
class Line:
    """One event in words. `subject` is empty for a whole list; `href` leads to the subject's page, where it has one
    that the reader may open.

    `key` is the subject as it is stored, `actor` the user name.
    """

    seq: int
    at: datetime
    who: str
    actor: str
    act: str
    kind: str
    tone: str
    subject: str
    key: str
    href: str
    purpose: str
    details: tuple[tuple[str, str], ...]


def lines(found: Sequence[Event], rights: Rights) -> list[Line]:
    """Return events in words, as somebody with `rights` reads them.

    The names and addresses they need are fetched together.
    """
    cleared = rights.cleared
    names = people((event.actor for event in found), cleared=cleared)
    pages = _pages(found, rights)
    register = known().register
    return [
        Line(
            seq=event.seq,
            at=event.at,
            who=names[event.actor].removesuffix(f" ({event.actor})"),
            actor=event.actor,
            act=act(event.verb),
            kind=str(Kind(event.kind).label) if event.kind in Kind.values else event.kind,
            tone=TONES.get(Kind(event.kind), "") if event.kind in Kind.values else "conflict",
            subject=_refused(event) or _name(event.subject, register),
            key=event.subject,
            href=pages.get(event.subject, ""),
            purpose=purpose(event.purpose),
            details=tuple(
                (key(name), said(value, name))
                for name, value in detail_for(event, cleared).items()
                if value not in ("", None, [], {})
            ),
        )
        for event in found
    ]


def _refused(event: Event) -> str:
    """Return what was refused, in words: a reader knows no route by its name."""
    what = event.detail.get("what", "") if event.kind == Kind.REFUSAL else ""
    return said(what, "what") if what in set(Permission) else ""


def _name(subject: str, register: Register) -> str:
    """Return a subject without its noun, and with the name of the unit in place of its uid."""
    key = subject.partition(":")[2]
    if key in _NO_RECORD:
        return ""
    before, _colon, uid = key.rpartition(":")
    if uid in register:
        return " ".join(filter(None, (register.spells_of(uid)[-1].name, before)))
    return key


def _pages(found: Sequence[Event], rights: Rights) -> dict[str, str]:
    """Return the address of every subject that has a page behind a door open to the reader. One query a register."""
    pages: dict[str, str] = {}
    keys: dict[str, set[str]] = {}
    for event in found:
        noun, _colon, code = event.subject.partition(":")
        if code not in _NO_RECORD:
            keys.setdefault(noun, set()).add(code)
    for noun, (name, needed, split) in ADDRESSES.items():
        for code in keys.get(noun, ()) if rights.holds(needed) else ():
            try:
                pages[f"{noun}:{code}"] = reverse(name, args=split(code))
            except NoReverseMatch:
                continue
    for noun, (name, needed, model) in REGISTERS.items():
        if (wanted := keys.get(noun)) and rights.holds(needed):
            # A code may have been given to two records of different units; then no single page is meant.
            rows = list(model._base_manager.filter(code__in=wanted).values_list("code", "pk"))
            codes = [code for code, _pk in rows]
            pages |= {f"{noun}:{code}": reverse(name, args=[pk]) for code, pk in rows if codes.count(code) == 1}
    return pages


@dataclass(frozen=True, slots=True)
class Touch:
    """What one person had to do with a record, in words. `actor` is the user name."""

    who: str
    actor: str
    what: str
    kind: str
    times: int
    last: datetime


def who_touched(subjects: list[str], *, cleared: frozenset[PrivacyClass]) -> list[Touch]:
    """Return who saw, changed, exported or was refused a record, the latest first."""
    found = touchers(subjects)
    names = people((one.actor for one in found), cleared=cleared)
    words = dict(Kind.choices)
    return [
        Touch(names[one.actor], one.actor, str(words.get(one.kind, one.kind)), one.kind, one.times, one.last)
        for one in found
    ]
