"""What of the choosing somebody sees: a dossier in the making only those who work on it, a decided one its communes."""

from __future__ import annotations

from django.db.models import QuerySet

from diaban.apps.access import Permission, Rights
from diaban.apps.choosing.models import Choice, Dossier
from diaban.apps.localities.models import Cycle
from diaban.apps.localities.queries import sees_all

WORKS = (Permission.CHOICE_PROPOSE, Permission.CHOICE_APPRAISE, Permission.CHOICE_DECIDE)
PUBLISHED = (Dossier.State.DECIDED, Dossier.State.SUPERSEDED)


def works_on(rights: Rights) -> bool:
    """Tell whether somebody takes a part in choosing, and so sees what is not decided yet."""
    return any(rights.holds(one) for one in WORKS)


def visible_dossiers(rights: Rights) -> QuerySet[Dossier]:
    """Return the dossiers within sight: those that chose a locality in sight, decided unless one works on them."""
    units = rights.units(Permission.CHOICE_VIEW)
    rows = Dossier.objects.all()
    if units is not None:
        chosen = Choice.objects.filter(unit__in=units, role=Choice.Role.CHOSEN)
        rows = rows.filter(pk__in=chosen.values("dossier"))
    return rows if works_on(rights) else rows.filter(state__in=PUBLISHED)


def sees_every_commune(rights: Rights, cycle: Cycle) -> bool:
    """Tell whether the whole ranking of a review may be shown; else only the lines of the reader's own units."""
    return sees_all(cycle, rights.units(Permission.CHOICE_VIEW))
