"""The task in which a hot-spot was shown as evidence, on the page of the hot-spot."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from diaban.apps.access import Permission, rights_of
from diaban.apps.hotspots.facts import Fact
from diaban.apps.hotspots.models import Hotspot
from diaban.apps.programme.queries.sight import visible_tasks


def evidence_fact(request: HttpRequest, spot: Hotspot) -> Fact | None:
    """Return the newest task whose evidence names the hot-spot, and how many more; only where evidence is in sight."""
    rights = rights_of(request)
    seen = visible_tasks(rights).filter(turns__evidence__hotspot=spot, turns__evidence__withdrawn_at__isnull=True)
    found = [
        one.code
        for one in seen.distinct().order_by("-code")
        if rights.can(Permission.TASK_EVIDENCE, unit=one.unit_id).allowed
    ]
    if not found:
        return None
    words = found[0]
    if len(found) > 1:
        words = _("%(code)s và %(n)s nhiệm vụ khác") % {"code": found[0], "n": len(found) - 1}
    return Fact(_("Minh chứng ở nhiệm vụ"), words, reverse("programme:task", args=[found[0]]))
