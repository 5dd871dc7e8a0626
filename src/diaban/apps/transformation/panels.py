"""What the page of a unit says of its transformations, newest first."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest

from diaban.apps.access import Permission, rights_of
from diaban.apps.places.models import Unit
from diaban.apps.places.panels import Panel
from diaban.apps.transformation.models import Transformation
from diaban.apps.transformation.shown import state_title


def transformation_panel(request: HttpRequest, unit: Unit, on: date) -> Panel | None:
    """Return the unit's plans begun by `on`; nothing where there is none, or where they are out of sight."""
    if not rights_of(request).can(Permission.TRANSFORM_VIEW, unit=unit.pk).allowed:
        return None
    rows = Transformation.objects.filter(unit=unit, starts__lte=on).order_by("-pk")
    found = [(row, state_title(row)) for row in rows]
    return Panel("transformation/unit_panel.html", {"plans": found}) if found else None
