"""What a hot-spot's page says of analyses: the answer that it was proposed from, and where to ask about it."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from diaban.apps.access import rights_of
from diaban.apps.analyses.models import Proposal
from diaban.apps.analyses.queries import visible_analyses
from diaban.apps.hotspots.facts import Fact
from diaban.apps.hotspots.models import Hotspot


def origin_fact(request: HttpRequest, spot: Hotspot) -> Fact | None:
    """Say from which answer somebody proposed the hot-spot, to whom the answer is within sight."""
    made = Proposal.objects.filter(hotspot=spot).select_related("analysis").first()
    if made is None or not visible_analyses(rights_of(request)).filter(pk=made.analysis_id).exists():
        return None
    words = _("Phân tích {code}, dòng {row}").format(code=made.analysis.code, row=made.row + 1)
    return Fact(_("Đề nghị từ"), words, reverse("analyses:result", args=[made.analysis.code]))
