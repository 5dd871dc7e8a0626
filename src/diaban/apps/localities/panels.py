"""What the page of a unit says of its classes: one line a review, newest first."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest

from diaban.apps.access import Permission, rights_of
from diaban.apps.localities.models import Standing
from diaban.apps.places.models import Unit
from diaban.apps.places.panels import Panel

SHOWN = 6


def classes_panel(request: HttpRequest, unit: Unit, on: date) -> Panel | None:
    """Return the unit's classes in the reviews up to the one of `on`; nothing where it was in none, or out of sight."""
    if not rights_of(request).can(Permission.REVIEW_VIEW, unit=unit.pk).allowed:
        return None
    standings = (
        Standing.objects.filter(unit=unit, cycle__first_day__lte=on)
        .select_related("cycle", "decision")
        .defer("proposal", "decision__proposal")
        .order_by("-cycle__year")[:SHOWN]
    )
    rows = list(standings)
    return Panel("localities/unit_panel.html", {"standings": rows, "unit": unit}) if rows else None
