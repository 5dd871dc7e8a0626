"""What an address of this app names for the person who asks: a dossier within sight, and what may be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from diaban.apps.access import Permission, Rights, rights_of
from diaban.apps.accounts.models import User
from diaban.apps.choosing.actions.steps import chosen_units, verdicts
from diaban.apps.choosing.models import Dossier
from diaban.apps.choosing.queries import sees_every_commune, visible_dossiers
from diaban.apps.localities.models import Cycle
from diaban.apps.places import queries as places
from diaban.core.choosing.dossier import Act, State, permitted


def user_of(request: HttpRequest) -> User:
    """Return who is signed in; the middleware lets nobody else in."""
    return cast(User, request.user)


def dossier_of(request: HttpRequest, code: str) -> Dossier:
    """Return the dossier or answer 404: one out of sight is answered like one that is not there."""
    found = visible_dossiers(rights_of(request)).select_related("cycle", "supersedes").filter(code=code).first()
    if found is None:
        raise Http404(_("Không có hồ sơ lựa chọn này."))
    return found


def uids_seen(rights: Rights, cycle: Cycle) -> frozenset[str] | None:
    """Return the uids of the units whose lines may be shown; None for all of the review."""
    if sees_every_commune(rights, cycle):
        return None
    held = places.known().uids
    return frozenset(held[unit] for unit in rights.units(Permission.CHOICE_VIEW) or () if unit in held)


@dataclass(frozen=True, slots=True)
class Offer:
    """An act as the page offers it: a button or, where one's own hand is on it, the sentence why not."""

    act: Act
    title: str
    reason: str = ""
    href: str = ""


def offers(rights: Rights, dossier: Dossier) -> list[Offer]:
    """Return what the page of `dossier` offers this person; acts of other people's roles are not named at all."""
    units, found = chosen_units(dossier), []
    for act in permitted(State(dossier.state)):
        answers = verdicts(rights, dossier, act, units)
        refused = [one for one in answers if not one.allowed]
        if not refused:
            found.append(Offer(act, _(act.title), href=reverse(f"choosing:{act.name}", args=[dossier.code])))
        elif refused[0].why == "own_submission":
            found.append(Offer(act, _(act.title), refused[0].reason.render(_)))
    return found
