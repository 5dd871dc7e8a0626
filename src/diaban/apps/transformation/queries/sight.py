"""What of the transformations somebody sees."""

from __future__ import annotations

from django.db.models import QuerySet

from diaban.apps.access import Permission, Rights
from diaban.apps.transformation.models import Transformation


def visible(rights: Rights) -> QuerySet[Transformation]:
    """Return the transformations of the units within sight."""
    return rights.visible(Transformation.objects.all(), Permission.TRANSFORM_VIEW)
